// The flow table: one record of 64 bytes (a cache line) per conversation in one typed array, found through an open hash
// of record numbers. A record keeps its number for life, so others may hold it. Ends are ordered: A is the smaller.
//
//   word  0 ip A        1 ip B        2 port A, port B   3 protocol, family
//         4 packets A→B 5 packets B→A 6-7 bytes A→B      8-9 bytes B→A (float64)
//        10-11 first seen, seconds (float64)             12 last seen, ms after the first
//        13 state       14 prefix or track, plus one     15 free
//
// An IPv4 address is its number; an IPv6 address is the number that Addresses gave it.

export const WORDS = 16;
export const IP_A = 0;
export const IP_B = 1;
export const PORTS = 2;
export const KIND_WORD = 3;
export const PACKETS_AB = 4;
export const PACKETS_BA = 5;
/** In float64 units from the record's start. */
export const BYTES_AB = 3;
export const BYTES_BA = 4;
export const FIRST = 5;
export const LAST = 12;
export const STATE = 13;
export const LINK = 14;

/** Bits of the state word. */
export const DONE = 1 << 6; // content has been judged, or given up
export const TRACKED = 1 << 7; // LINK is a track
export const OPENER_B = 1 << 8; // B opened it
export const OPENER_KNOWN = 1 << 9;
export const SYN_A = 1 << 10;
export const SYN_B = 1 << 11;
export const FIN_A = 1 << 12;
export const FIN_B = 1 << 13;
export const RESET = 1 << 14;
export const DATA_A = 1 << 15;
export const DATA_B = 1 << 16;
export const OTHER_SHIFT = 17; // three bits: what it was when it was none of ours
export const OTHER_MASK = 7 << OTHER_SHIFT;
export const GIVEN_UP = 1 << 20; // its prefix was evicted before a verdict

export class FlowTable {
  #capacity: number;
  words: Uint32Array;
  floats: Float64Array;
  /** The same words, signed: keys are compared so, because unsigned numbers above 2^31 are boxed. */
  ints: Int32Array;
  #index: Int32Array;
  #mask: number;
  /** Record numbers below this have been used. */
  end = 0;
  /** Flows that are in the table now. */
  count = 0;
  #free: number[] = [];
  /** Whether the last {@link find} made the record. */
  made = false;

  constructor(capacity = 1 << 12) {
    this.#capacity = capacity;
    this.words = new Uint32Array(capacity * WORDS);
    this.floats = new Float64Array(this.words.buffer);
    this.ints = new Int32Array(this.words.buffer);
    this.#index = new Int32Array(capacity * 2).fill(-1);
    this.#mask = capacity * 2 - 1;
  }

  /** The record of this key (signed words), made when it is new. `kind` is not 0. */
  find(ipA: number, ipB: number, ports: number, kind: number): number {
    const words = this.ints;
    const index = this.#index;
    let at = hash(ipA, ipB, ports, kind) & this.#mask;
    for (;;) {
      const id = index[at]!;
      if (id < 0) break;
      const base = id * WORDS;
      if (words[base] === ipA && words[base + 1] === ipB && words[base + 2] === ports && words[base + 3] === kind) {
        this.made = false;
        return id;
      }
      at = (at + 1) & this.#mask;
    }
    return this.#make(ipA, ipB, ports, kind);
  }

  isUsed(id: number): boolean {
    return this.words[id * WORDS + KIND_WORD] !== 0;
  }

  /** Removes records; their numbers are used again. The whole index is laid anew, so remove many at once. */
  remove(ids: readonly number[]): void {
    for (const id of ids) {
      this.words.fill(0, id * WORDS, (id + 1) * WORDS);
      this.#free.push(id);
    }
    this.count -= ids.length;
    this.#layIndex();
  }

  #make(ipA: number, ipB: number, ports: number, kind: number): number {
    if (this.count >= this.#capacity) this.#grow();
    const id = this.#free.pop() ?? this.end++;
    const base = id * WORDS;
    this.ints[base] = ipA;
    this.ints[base + 1] = ipB;
    this.ints[base + 2] = ports;
    this.ints[base + 3] = kind;
    this.#enter(id);
    this.count++;
    this.made = true;
    return id;
  }

  #enter(id: number): void {
    const base = id * WORDS;
    const words = this.ints;
    let at = hash(words[base]!, words[base + 1]!, words[base + 2]!, words[base + 3]!) & this.#mask;
    while (this.#index[at]! >= 0) at = (at + 1) & this.#mask;
    this.#index[at] = id;
  }

  #grow(): void {
    // Doubling a large table would hold three times its size for a moment; by half is enough then.
    this.#capacity = this.#capacity < 1 << 19 ? this.#capacity * 2 : this.#capacity + (1 << 18);
    const words = new Uint32Array(this.#capacity * WORDS);
    words.set(this.words.subarray(0, this.end * WORDS));
    this.words = words;
    this.floats = new Float64Array(words.buffer);
    this.ints = new Int32Array(words.buffer);
    let size = this.#mask + 1;
    while (size < this.#capacity * 2) size *= 2;
    if (size !== this.#mask + 1) {
      this.#index = new Int32Array(size);
      this.#mask = size - 1;
      this.#layIndex();
    }
  }

  #layIndex(): void {
    this.#index.fill(-1);
    for (let id = 0; id < this.end; id++) if (this.words[id * WORDS + KIND_WORD] !== 0) this.#enter(id);
  }
}

function hash(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ d, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ b, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13) ^ c, 0xc2b2ae3d);
  return h ^ (h >>> 16);
}
