// For each word, which recordings have it: addresses in rising order, read from the top down.
//
//   1 posting      in the word's own record
//   up to 128      one array, sizes 2, 4, 8 … 128
//   more           blocks of up to 127, and a directory of [lowest posting, block] in rising order
//
// So that a change moves at most a few hundred bytes (and, once in sixty times, a part of the directory), and a search
// that needs the next posting at or below some address gallops there: first in its block, then in the directory.
import { PAGE_MASK, PAGE_SHIFT, PAGE_WORDS, type WordHeap } from './heap.ts';

/** Words of a term's record that this file keeps; `vocabulary.ts` has the whole picture. */
export const COUNT = 1;
const LIST = 2;
const CAPACITY = 3;
const BLOCKS = 4;

const SMALL_MOST = 128;
const BLOCK_WORDS = 128;
const BLOCK_MOST = BLOCK_WORDS - 1;
/** Neighbours that fit into this together become one block. */
const MERGE_BELOW = 80;
/** A large list that has shrunk to this is one array again. */
const SMALL_AGAIN = 48;
const LEAST_DIRECTORY = 8;

export class Postings {
  readonly #heap: WordHeap;

  constructor(heap: WordHeap) {
    this.#heap = heap;
  }

  /** Adds a posting that is not there. */
  add(term: number, id: number): void {
    const record = this.#page(term);
    const t = term & PAGE_MASK;
    const count = record[t + COUNT] as number;
    if (record[t + BLOCKS] !== 0) this.#addToBlocks(record, t, id);
    else if (count === 0) {
      record[t + LIST] = id;
      record[t + CAPACITY] = 1;
    } else if (count === SMALL_MOST) {
      this.#cutIntoBlocks(record, t);
      this.#addToBlocks(record, t, id);
    } else {
      if (count === record[t + CAPACITY]) this.#resizeSmall(record, t, count * 2);
      const list = record[t + LIST] as number;
      insert(this.#page(list), list & PAGE_MASK, count, id);
    }
    record[t + COUNT] = count + 1;
  }

  /** Removes a posting that is there. Returns how many are left. */
  delete(term: number, id: number): number {
    const record = this.#page(term);
    const t = term & PAGE_MASK;
    const left = (record[t + COUNT] as number) - 1;
    record[t + COUNT] = left;
    if (record[t + BLOCKS] !== 0) {
      this.#deleteFromBlocks(record, t, id);
      if (left <= SMALL_AGAIN) this.#joinBlocks(record, t);
    } else if (left > 0) {
      const list = record[t + LIST] as number;
      remove(this.#page(list), list & PAGE_MASK, left + 1, id);
      const capacity = record[t + CAPACITY] as number;
      if (left === 1) this.#resizeSmall(record, t, 1);
      else if (left * 4 <= capacity) this.#resizeSmall(record, t, capacity / 2);
    }
    return left;
  }

  #page(address: number): Uint32Array {
    return this.#heap.words[address >>> PAGE_SHIFT] as Uint32Array;
  }

  /** To another capacity: 1 means in the record. */
  #resizeSmall(record: Uint32Array, t: number, capacity: number): void {
    const before = record[t + CAPACITY] as number;
    const list = record[t + LIST] as number;
    const count = Math.min(record[t + COUNT] as number, capacity);
    if (capacity === 1) {
      record[t + LIST] = this.#page(list)[list & PAGE_MASK] as number;
    } else {
      const fresh = this.#heap.alloc(capacity);
      const to = this.#page(fresh);
      const at = fresh & PAGE_MASK;
      if (before === 1) to[at] = list;
      else {
        const from = this.#page(list);
        for (let i = 0; i < count; i++) to[at + i] = from[(list & PAGE_MASK) + i] as number;
      }
      record[t + LIST] = fresh;
    }
    record[t + CAPACITY] = capacity;
    if (before > 1) this.#heap.free(list, before);
  }

  #cutIntoBlocks(record: Uint32Array, t: number): void {
    const list = record[t + LIST] as number;
    const from = this.#page(list);
    const directory = this.#heap.alloc(LEAST_DIRECTORY * 2);
    record[t + LIST] = directory;
    record[t + CAPACITY] = LEAST_DIRECTORY;
    record[t + BLOCKS] = 2;
    for (let half = 0; half < 2; half++) {
      // Mostly postings come in rising order: the first block is as good as full for ever.
      const first = half === 0 ? 0 : SMALL_MOST - 16;
      const count = half === 0 ? SMALL_MOST - 16 : 16;
      this.#writeBlock(directory, half, from, (list & PAGE_MASK) + first, count);
    }
    this.#heap.free(list, SMALL_MOST);
  }

  /** A new block with postings from `from[at]` on, as entry `b` of a directory. */
  #writeBlock(directory: number, b: number, from: Uint32Array, at: number, count: number): void {
    const block = this.#heap.alloc(BLOCK_WORDS);
    const page = this.#page(block);
    const base = block & PAGE_MASK;
    page[base] = count;
    for (let i = 0; i < count; i++) page[base + 1 + i] = from[at + i] as number;
    const entries = this.#page(directory);
    entries[(directory & PAGE_MASK) + b * 2] = from[at] as number;
    entries[(directory & PAGE_MASK) + b * 2 + 1] = block;
  }

  /** The block that would hold the posting: the last whose lowest is not above it, or the first. */
  #blockFor(record: Uint32Array, t: number, id: number): number {
    const directory = record[t + LIST] as number;
    const entries = this.#page(directory);
    const at = directory & PAGE_MASK;
    let low = 0;
    let high = record[t + BLOCKS] as number;
    if ((entries[at + (high - 1) * 2] as number) <= id) return high - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((entries[at + middle * 2] as number) <= id) low = middle;
      else high = middle;
    }
    return low;
  }

  #addToBlocks(record: Uint32Array, t: number, id: number): void {
    let b = this.#blockFor(record, t, id);
    const directory = record[t + LIST] as number;
    const entry = (directory & PAGE_MASK) + b * 2;
    const entries = this.#page(directory);
    let block = entries[entry + 1] as number;
    let page = this.#page(block);
    if (page[block & PAGE_MASK] === BLOCK_MOST) {
      this.#split(record, t, b, id);
      b = this.#blockFor(record, t, id);
      const now = record[t + LIST] as number;
      block = this.#page(now)[(now & PAGE_MASK) + b * 2 + 1] as number;
      page = this.#page(block);
    }
    const base = block & PAGE_MASK;
    const count = page[base] as number;
    insert(page, base + 1, count, id);
    page[base] = count + 1;
    const now = record[t + LIST] as number;
    this.#page(now)[(now & PAGE_MASK) + b * 2] = page[base + 1] as number;
  }

  /** Makes room for `id` in block `b`: half of it moves, or nothing where the list only grows at its end. */
  #split(record: Uint32Array, t: number, b: number, id: number): void {
    const blocks = record[t + BLOCKS] as number;
    if (blocks === record[t + CAPACITY]) this.#resizeDirectory(record, t, blocks * 2);
    const directory = record[t + LIST] as number;
    const entries = this.#page(directory);
    const at = directory & PAGE_MASK;
    const block = entries[at + b * 2 + 1] as number;
    const page = this.#page(block);
    const base = block & PAGE_MASK;
    entries.copyWithin(at + (b + 2) * 2, at + (b + 1) * 2, at + blocks * 2);
    record[t + BLOCKS] = blocks + 1;
    const atEnd = b === blocks - 1 && id > (page[base + BLOCK_MOST] as number);
    const keep = atEnd ? BLOCK_MOST - 8 : BLOCK_MOST >> 1;
    this.#writeBlock(directory, b + 1, page, base + 1 + keep, BLOCK_MOST - keep);
    page[base] = keep;
  }

  #resizeDirectory(record: Uint32Array, t: number, capacity: number): void {
    if (capacity * 2 > PAGE_WORDS) throw new RangeError('a word has more postings than one index can hold');
    const before = record[t + LIST] as number;
    const from = this.#page(before);
    const fresh = this.#heap.alloc(capacity * 2);
    const to = this.#page(fresh);
    const blocks = record[t + BLOCKS] as number;
    for (let i = 0; i < blocks * 2; i++) to[(fresh & PAGE_MASK) + i] = from[(before & PAGE_MASK) + i] as number;
    this.#heap.free(before, (record[t + CAPACITY] as number) * 2);
    record[t + LIST] = fresh;
    record[t + CAPACITY] = capacity;
  }

  #deleteFromBlocks(record: Uint32Array, t: number, id: number): void {
    const b = this.#blockFor(record, t, id);
    const directory = record[t + LIST] as number;
    const entries = this.#page(directory);
    const at = directory & PAGE_MASK;
    const block = entries[at + b * 2 + 1] as number;
    const page = this.#page(block);
    const base = block & PAGE_MASK;
    const left = (page[base] as number) - 1;
    remove(page, base + 1, left + 1, id);
    page[base] = left;
    if (left === 0) {
      this.#dropBlock(record, t, b);
      return;
    }
    entries[at + b * 2] = page[base + 1] as number;
    const blocks = record[t + BLOCKS] as number;
    if (b + 1 < blocks && this.#merge(entries, at, b)) this.#dropBlock(record, t, b + 1);
    else if (b > 0 && this.#merge(entries, at, b - 1)) this.#dropBlock(record, t, b);
  }

  /** Moves the next block's postings into block `b` if both are small; the next one is then to be dropped. */
  #merge(entries: Uint32Array, at: number, b: number): boolean {
    const block = entries[at + b * 2 + 1] as number;
    const next = entries[at + b * 2 + 3] as number;
    const page = this.#page(block);
    const from = this.#page(next);
    const count = page[block & PAGE_MASK] as number;
    const more = from[next & PAGE_MASK] as number;
    if (count + more > MERGE_BELOW) return false;
    const to = (block & PAGE_MASK) + 1 + count;
    for (let i = 0; i < more; i++) page[to + i] = from[(next & PAGE_MASK) + 1 + i] as number;
    page[block & PAGE_MASK] = count + more;
    return true;
  }

  #dropBlock(record: Uint32Array, t: number, b: number): void {
    const directory = record[t + LIST] as number;
    const entries = this.#page(directory);
    const at = directory & PAGE_MASK;
    const blocks = record[t + BLOCKS] as number;
    this.#heap.free(entries[at + b * 2 + 1] as number, BLOCK_WORDS);
    entries.copyWithin(at + b * 2, at + (b + 1) * 2, at + blocks * 2);
    record[t + BLOCKS] = blocks - 1;
    const capacity = record[t + CAPACITY] as number;
    if (capacity > LEAST_DIRECTORY && (blocks - 1) * 4 <= capacity) this.#resizeDirectory(record, t, capacity / 2);
  }

  /** Back to one array. */
  #joinBlocks(record: Uint32Array, t: number): void {
    const directory = record[t + LIST] as number;
    const entries = this.#page(directory);
    const at = directory & PAGE_MASK;
    const fresh = this.#heap.alloc(SMALL_MOST);
    const to = this.#page(fresh);
    let end = fresh & PAGE_MASK;
    for (let b = 0; b < (record[t + BLOCKS] as number); b++) {
      const block = entries[at + b * 2 + 1] as number;
      const page = this.#page(block);
      const base = block & PAGE_MASK;
      for (let i = 1; i <= (page[base] as number); i++) to[end++] = page[base + i] as number;
      this.#heap.free(block, BLOCK_WORDS);
    }
    this.#heap.free(directory, (record[t + CAPACITY] as number) * 2);
    record[t + LIST] = fresh;
    record[t + CAPACITY] = SMALL_MOST;
    record[t + BLOCKS] = 0;
  }
}

/** Goes down one list. Valid until the index changes. */
export class PostingCursor {
  /** How many postings the list has. */
  count = 0;
  readonly #heap: WordHeap;
  #page: Uint32Array;
  /** Where the block's lowest posting stands in its page, and which one of the block we are at. */
  #base = 0;
  #at = 0;
  #directory: Uint32Array;
  #directoryAt = 0;
  #block = 0;

  constructor(heap: WordHeap) {
    this.#heap = heap;
    this.#page = this.#directory = new Uint32Array(0);
  }

  /** Starts at the top of a term's list, which has at least one posting. */
  open(term: number): void {
    const record = this.#heap.words[term >>> PAGE_SHIFT] as Uint32Array;
    const t = term & PAGE_MASK;
    const count = record[t + COUNT] as number;
    const list = record[t + LIST] as number;
    const blocks = record[t + BLOCKS] as number;
    this.count = count;
    this.#block = 0;
    if (blocks !== 0) {
      this.#directory = this.#heap.words[list >>> PAGE_SHIFT] as Uint32Array;
      this.#directoryAt = list & PAGE_MASK;
      this.#openBlock(blocks - 1);
    } else if (count === 1) {
      this.#page = record;
      this.#base = t + LIST;
      this.#at = 0;
    } else {
      this.#page = this.#heap.words[list >>> PAGE_SHIFT] as Uint32Array;
      this.#base = list & PAGE_MASK;
      this.#at = count - 1;
    }
  }

  /** The highest posting at or below `id`, or 0. `id` must not rise from call to call. */
  seek(id: number): number {
    const page = this.#page;
    const value = page[this.#base + this.#at] as number;
    if (value <= id) return value;
    if ((page[this.#base] as number) <= id) return this.#gallop(page, this.#base, this.#at, id);
    if (this.#block === 0) return 0;
    return this.#seekBlock(id);
  }

  #seekBlock(id: number): number {
    const directory = this.#directory;
    const at = this.#directoryAt;
    if ((directory[at] as number) > id) {
      this.#openBlock(0);
      this.#at = 0;
      return 0;
    }
    // Some block begins at or below: gallop down to the last one that does.
    let high = this.#block;
    let step = 1;
    let low = high - 1;
    while (low > 0 && (directory[at + low * 2] as number) > id) {
      high = low;
      step *= 2;
      low = Math.max(0, low - step);
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((directory[at + middle * 2] as number) <= id) low = middle;
      else high = middle;
    }
    this.#openBlock(low);
    const page = this.#page;
    const top = page[this.#base + this.#at] as number;
    return top <= id ? top : this.#gallop(page, this.#base, this.#at, id);
  }

  /** `page[base]` is at or below the id and `page[base + from]` above it. */
  #gallop(page: Uint32Array, base: number, from: number, id: number): number {
    let high = from;
    let step = 1;
    let low = high - 1;
    while (low > 0 && (page[base + low] as number) > id) {
      high = low;
      step *= 2;
      low = Math.max(0, low - step);
    }
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((page[base + middle] as number) <= id) low = middle;
      else high = middle;
    }
    this.#at = low;
    return page[base + low] as number;
  }

  #openBlock(b: number): void {
    const block = this.#directory[this.#directoryAt + b * 2 + 1] as number;
    this.#page = this.#heap.words[block >>> PAGE_SHIFT] as Uint32Array;
    this.#base = (block & PAGE_MASK) + 1;
    this.#at = (this.#page[block & PAGE_MASK] as number) - 1;
    this.#block = b;
  }
}

/** Puts `id` into the rising `count` postings from `at` on; there is room. */
function insert(page: Uint32Array, at: number, count: number, id: number): void {
  let i = at + count;
  if (count > 40 && (page[i - 1] as number) > id) {
    const place = lowerBound(page, at, count, id);
    page.copyWithin(place + 1, place, i);
    page[place] = id;
    return;
  }
  while (i > at && (page[i - 1] as number) > id) {
    page[i] = page[i - 1] as number;
    i--;
  }
  page[i] = id;
}

/** Takes `id` out of the rising `count` postings from `at` on. */
function remove(page: Uint32Array, at: number, count: number, id: number): void {
  const place = lowerBound(page, at, count, id);
  if (page[place] !== id) throw new Error('a posting that should be there is not');
  page.copyWithin(place, place + 1, at + count);
}

/** The first place whose posting is not below `id`. */
function lowerBound(page: Uint32Array, at: number, count: number, id: number): number {
  let low = at;
  let high = at + count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((page[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
