// Memory for records of 32-bit words, in pages that never move. An address counts words from the start of page 0, so
// that 32 bits reach 16 GB; address 0 is nothing. No growth ever copies, and nothing here is seen by the garbage
// collector but the pages. Freed records are kept by exact size and used again.
//
//   words[address >>> PAGE_SHIFT][address & PAGE_MASK]

export const PAGE_SHIFT = 20;
export const PAGE_WORDS = 1 << PAGE_SHIFT;
export const PAGE_MASK = PAGE_WORDS - 1;
/** Sizes up to this have a free list each; above it only powers of two are asked for. */
const EXACT_WORDS = 1200;
/** Pages start with this, so that no record has address 0 and blocks of 64 words are aligned. */
const FIRST = 64;

export class WordHeap {
  readonly words: Uint32Array[] = [];
  /** The same pages as bytes. */
  readonly bytes: Uint8Array[] = [];
  /** And as a view, for copying four bytes at a time from anywhere. */
  readonly views: DataView[] = [];
  /** Words in records that are in use. */
  used = 0;
  readonly #free = new Uint32Array(EXACT_WORDS + 32);
  #next = 0;
  #end = 0;

  /** A record of `size` words, not cleared; `size` is at most a page, and a power of two above {@link EXACT_WORDS}. */
  alloc(size: number): number {
    this.used += size;
    const list = listOf(size);
    const address = this.#free[list] as number;
    if (address !== 0) {
      this.#free[list] = (this.words[address >>> PAGE_SHIFT] as Uint32Array)[address & PAGE_MASK] as number;
      return address;
    }
    if (this.#end - this.#next < size) this.#addPage();
    const fresh = this.#next;
    this.#next += size;
    return fresh;
  }

  /** Gives a record back; `size` as it was asked for. */
  free(address: number, size: number): void {
    this.used -= size;
    if (this.used === 0) this.#giveBack();
    else this.#put(address, size);
  }

  /** What all pages take. */
  get heldBytes(): number {
    return this.words.length * PAGE_WORDS * 4;
  }

  /** Nothing is in use: all pages go. */
  #giveBack(): void {
    this.words.length = this.bytes.length = this.views.length = 0;
    this.#free.fill(0);
    this.#next = this.#end = 0;
  }

  #put(address: number, size: number): void {
    const list = listOf(size);
    (this.words[address >>> PAGE_SHIFT] as Uint32Array)[address & PAGE_MASK] = this.#free[list] as number;
    this.#free[list] = address;
  }

  #addPage(): void {
    this.#keepRest();
    const buffer = new ArrayBuffer(PAGE_WORDS * 4);
    this.#next = this.words.length * PAGE_WORDS;
    this.#end = this.#next + PAGE_WORDS;
    if (this.words.length === 0) this.#next += FIRST;
    this.words.push(new Uint32Array(buffer));
    this.bytes.push(new Uint8Array(buffer));
    this.views.push(new DataView(buffer));
  }

  /** What is left of the last page goes to the free lists. */
  #keepRest(): void {
    for (let rest = this.#end - this.#next; rest > 0; rest = this.#end - this.#next) {
      const piece = rest <= EXACT_WORDS ? rest : 1 << (31 - Math.clz32(rest));
      this.#put(this.#next, piece);
      this.#next += piece;
    }
  }
}

function listOf(size: number): number {
  return size <= EXACT_WORDS ? size : EXACT_WORDS + 32 - Math.clz32(size);
}
