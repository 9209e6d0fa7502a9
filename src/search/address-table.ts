// Finds records of a heap by a hash that each of them carries in one of its words. Open addressing in many small parts
// that grow one by one, so that no insertion ever waits for a rehash of everything.
import { PAGE_MASK, PAGE_SHIFT, type WordHeap } from './heap.ts';

const PART_BITS = 10;
const NONE = new Uint32Array(1);

export class AddressTable {
  size = 0;
  readonly #heap: WordHeap;
  readonly #hashWord: number;
  readonly #parts: Uint32Array[] = Array.from({ length: 1 << PART_BITS }, () => NONE);
  readonly #counts = new Uint32Array(1 << PART_BITS);

  /** `hashWord`: which word of a record holds its hash. */
  constructor(heap: WordHeap, hashWord: number) {
    this.#heap = heap;
    this.#hashWord = hashWord;
  }

  /** Where to look: from `hash & (length - 1)` on, round the end, until a 0. */
  part(hash: number): Uint32Array {
    return this.#parts[hash >>> (32 - PART_BITS)] as Uint32Array;
  }

  /** Adds a record that is not there. */
  insert(hash: number, address: number): void {
    const number = hash >>> (32 - PART_BITS);
    let part = this.#parts[number] as Uint32Array;
    const count = (this.#counts[number] as number) + 1;
    if (count * 4 > part.length * 3) part = this.#resize(number, Math.max(8, part.length * 2));
    place(part, hash, address);
    this.#counts[number] = count;
    this.size++;
  }

  /** Removes a record that is there; those that were pushed on by it move up, so that no marks are left behind. */
  delete(hash: number, address: number): void {
    const number = hash >>> (32 - PART_BITS);
    const part = this.#parts[number] as Uint32Array;
    const mask = part.length - 1;
    let hole = hash & mask;
    while (part[hole] !== address) hole = (hole + 1) & mask;
    for (let i = (hole + 1) & mask; part[i] !== 0; i = (i + 1) & mask) {
      const home = this.#hashOf(part[i] as number) & mask;
      if (((i - home) & mask) < ((i - hole) & mask)) continue;
      part[hole] = part[i] as number;
      hole = i;
    }
    part[hole] = 0;
    const count = (this.#counts[number] as number) - 1;
    this.#counts[number] = count;
    this.size--;
    if (part.length > 8 && count * 6 < part.length) this.#resize(number, part.length / 2);
  }

  #resize(number: number, length: number): Uint32Array {
    const before = this.#parts[number] as Uint32Array;
    const part = new Uint32Array(length);
    for (const address of before) if (address !== 0) place(part, this.#hashOf(address), address);
    this.#parts[number] = part;
    return part;
  }

  #hashOf(address: number): number {
    return (this.#heap.words[address >>> PAGE_SHIFT] as Uint32Array)[(address & PAGE_MASK) + this.#hashWord] as number;
  }
}

function place(part: Uint32Array, hash: number, address: number): void {
  const mask = part.length - 1;
  let i = hash & mask;
  while (part[i] !== 0) i = (i + 1) & mask;
  part[i] = address;
}
