// The first bytes of undecided TCP conversations, put in order by sequence number: at most 2 kB a direction, in cells of
// 64 to 2048 bytes out of a pool with a bound. Typed arrays throughout; a flood of flows that never say
// anything recognisable costs the pool's bound and no more: the oldest undecided flow is given up, and counted.
import type { Limits } from '#base';

export const PREFIX_LIMITS = {
  watchPrefix: {
    value: 2048,
    unit: 'bytes a direction',
    source: 'enough for every opening that was met; beyond it a flow stays unknown',
  },
  watchPrefixPool: { value: 50_331_648, unit: 'bytes', source: 'all undecided flows together; the oldest is given up' },
} as const satisfies Limits;

export const PREFIX_BYTES = PREFIX_LIMITS.watchPrefix.value;
const CLASSES = 6;
const SMALLEST = 64;
const PAGE_BYTES = 1 << 18;

// A record: next, previous, flow, spare, then two sides of eight words each:
//   base sequence · bytes in order · cell plus one · class · two islands beyond the order as (from, to)
const WORDS = 20;
const NEXT = 0;
const PREVIOUS = 1;
const FLOW = 2;
const SIDE = 4;
const SIDE_WORDS = 8;
const BASE = 0;
const LENGTH = 1;
const CELL = 2;
const CLASS = 3;
const ISLAND = 4;
const NONE = 0xffffffff;

/** What a segment did to a prefix. */
export const ADDED = { nothing: 0, order: 1, island: 2 } as const;

class Cells {
  readonly size: number;
  readonly #pages: Uint8Array[] = [];
  readonly #free: number[] = [];
  #made = 0;
  constructor(size: number) {
    this.size = size;
  }
  take(): number {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    const cell = this.#made++;
    if ((cell * this.size) % PAGE_BYTES === 0) this.#pages.push(new Uint8Array(PAGE_BYTES));
    return cell;
  }
  give(cell: number): void {
    this.#free.push(cell);
  }
  page(cell: number): Uint8Array {
    return this.#pages[Math.floor((cell * this.size) / PAGE_BYTES)]!;
  }
  at(cell: number): number {
    return (cell * this.size) % PAGE_BYTES;
  }
}

export class Prefixes {
  #words = new Uint32Array(1024 * WORDS);
  #end = 0;
  readonly #free: number[] = [];
  readonly #cells = Array.from({ length: CLASSES }, (_, n) => new Cells(SMALLEST << n));
  readonly #maxBytes: number;
  #bytes = 0;
  #oldest = NONE;
  #newest = NONE;
  count = 0;

  constructor(maxBytes: number = PREFIX_LIMITS.watchPrefixPool.value) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the pool is over its bound: give up `oldestFlow` and free its prefix. */
  get isOver(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  get oldest(): number {
    return this.#oldest;
  }

  open(flow: number): number {
    const id = this.#free.pop() ?? this.#end++;
    if ((id + 1) * WORDS > this.#words.length) {
      const more = new Uint32Array(this.#words.length * 2);
      more.set(this.#words);
      this.#words = more;
    }
    const words = this.#words;
    const at = id * WORDS;
    words.fill(0, at, at + WORDS);
    words[at + FLOW] = flow;
    words[at + NEXT] = NONE;
    words[at + PREVIOUS] = this.#newest;
    if (this.#newest === NONE) this.#oldest = id;
    else words[this.#newest * WORDS + NEXT] = id;
    this.#newest = id;
    this.count++;
    return id;
  }

  flow(id: number): number {
    return this.#words[id * WORDS + FLOW]!;
  }

  free(id: number): void {
    const words = this.#words;
    const at = id * WORDS;
    const next = words[at + NEXT]!;
    const previous = words[at + PREVIOUS]!;
    if (previous === NONE) this.#oldest = next;
    else words[previous * WORDS + NEXT] = next;
    if (next === NONE) this.#newest = previous;
    else words[next * WORDS + PREVIOUS] = previous;
    for (let side = 0; side < 2; side++) this.#dropCell(at + SIDE + side * SIDE_WORDS);
    this.#free.push(id);
    this.count--;
  }

  /** Bytes in order from the start of a direction. */
  length(id: number, side: number): number {
    return this.#words[id * WORDS + SIDE + side * SIDE_WORDS + LENGTH]!;
  }

  /** Sequence number right behind the bytes in order. */
  nextSequence(id: number, side: number): number {
    const at = id * WORDS + SIDE + side * SIDE_WORDS;
    return (this.#words[at + BASE]! + this.#words[at + LENGTH]!) | 0;
  }

  /** The bytes in order; a view that is valid until the next call. */
  bytes(id: number, side: number): Uint8Array {
    const at = id * WORDS + SIDE + side * SIDE_WORDS;
    const words = this.#words;
    if (words[at + CELL] === 0) return EMPTY;
    const cells = this.#cells[words[at + CLASS]!]!;
    const cell = words[at + CELL]! - 1;
    const from = cells.at(cell);
    return cells.page(cell).subarray(from, from + words[at + LENGTH]!);
  }

  /** Fixes where a direction begins (the sequence number behind its SYN). */
  begin(id: number, side: number, sequence: number): void {
    this.#words[id * WORDS + SIDE + side * SIDE_WORDS + BASE] = sequence;
  }

  hasBytes(id: number, side: number): boolean {
    return this.#words[id * WORDS + SIDE + side * SIDE_WORDS + CELL] !== 0;
  }

  /** Whether bytes wait beyond a hole in this direction. */
  hasIsland(id: number, side: number): boolean {
    return this.#words[id * WORDS + SIDE + side * SIDE_WORDS + ISLAND + 1] !== 0;
  }

  /** Gives a hole up: the first island becomes the start of the direction. */
  jumpToIsland(id: number, side: number): void {
    const words = this.#words;
    const at = id * WORDS + SIDE + side * SIDE_WORDS;
    const from = words[at + ISLAND]!;
    const to = words[at + ISLAND + 1]!;
    const cells = this.#cells[words[at + CLASS]!]!;
    const cell = words[at + CELL]! - 1;
    const start = cells.at(cell);
    cells.page(cell).copyWithin(start, start + from, start + to);
    words[at + BASE] = (words[at + BASE]! + from) >>> 0;
    words[at + LENGTH] = to - from;
    words.fill(0, at + ISLAND, at + ISLAND + 4);
  }

  /**
   * Adds a segment. `isStartKnown`: the direction's base came from a SYN; otherwise the first segment seen is the base,
   * and an earlier one that comes late moves it back.
   */
  add(
    id: number,
    side: number,
    sequence: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    isStartKnown: boolean,
  ): number {
    const at = id * WORDS + SIDE + side * SIDE_WORDS;
    const words = this.#words;
    if (words[at + CELL] === 0 && !isStartKnown) words[at + BASE] = sequence;
    let offset = (sequence - words[at + BASE]!) | 0;
    let start = from;
    if (offset < 0) {
      const back = -offset;
      const canMove =
        !isStartKnown &&
        back + words[at + LENGTH]! <= PREFIX_BYTES &&
        words[at + ISLAND + 1] === 0 &&
        to - from >= back;
      if (canMove) {
        this.#moveBack(at, back, bytes, from);
        return ADDED.order;
      }
      start += back;
      offset = 0;
    }
    const length = Math.min(to - start, PREFIX_BYTES - offset);
    const ordered = words[at + LENGTH]!;
    if (length <= 0 || offset + length <= ordered) return ADDED.nothing;
    this.#fit(at, offset + length);
    const cells = this.#cells[words[at + CLASS]!]!;
    const cell = words[at + CELL]! - 1;
    const page = cells.page(cell);
    const target = cells.at(cell) + offset;
    for (let i = 0; i < length; i++) page[target + i] = bytes[start + i]!;
    if (offset > ordered) {
      this.#island(at, offset, offset + length);
      return ADDED.island;
    }
    words[at + LENGTH] = offset + length;
    this.#joinIslands(at);
    return ADDED.order;
  }

  #moveBack(at: number, back: number, bytes: Uint8Array, from: number): void {
    const words = this.#words;
    const length = words[at + LENGTH]!;
    this.#fit(at, length + back);
    const cells = this.#cells[words[at + CLASS]!]!;
    const cell = words[at + CELL]! - 1;
    const page = cells.page(cell);
    const start = cells.at(cell);
    page.copyWithin(start + back, start, start + length);
    for (let i = 0; i < back; i++) page[start + i] = bytes[from + i]!;
    words[at + BASE] = (words[at + BASE]! - back) >>> 0;
    words[at + LENGTH] = length + back;
  }

  #island(at: number, from: number, to: number): void {
    const words = this.#words;
    for (let n = 0; n < 2; n++) {
      const island = at + ISLAND + n * 2;
      if (words[island + 1] === 0) {
        words[island] = from;
        words[island + 1] = to;
        return;
      }
      if (from <= words[island + 1]! && to >= words[island]!) {
        words[island] = Math.min(from, words[island]!);
        words[island + 1] = Math.max(to, words[island + 1]!);
        return;
      }
    }
    // A third hole: the sender's retransmission will bring these bytes again, or they stay unseen.
  }

  #joinIslands(at: number): void {
    const words = this.#words;
    for (let again = true; again; ) {
      again = false;
      for (let n = 0; n < 2; n++) {
        const island = at + ISLAND + n * 2;
        const to = words[island + 1]!;
        if (to === 0 || words[island]! > words[at + LENGTH]!) continue;
        words[at + LENGTH] = Math.max(words[at + LENGTH]!, to);
        words[island] = words[island + 1] = 0;
        if (n === 0 && words[at + ISLAND + 3] !== 0) {
          words.copyWithin(at + ISLAND, at + ISLAND + 2, at + ISLAND + 4);
          words[at + ISLAND + 2] = words[at + ISLAND + 3] = 0;
        }
        again = true;
      }
    }
  }

  /** A cell of at least `length` bytes for a side, its content moved along. */
  #fit(at: number, length: number): void {
    const words = this.#words;
    let wanted = 0;
    while (SMALLEST << wanted < length) wanted++;
    const has = words[at + CELL] !== 0;
    if (has && words[at + CLASS]! >= wanted) return;
    const cells = this.#cells[wanted]!;
    const cell = cells.take();
    if (has) {
      const old = this.#cells[words[at + CLASS]!]!;
      const oldCell = words[at + CELL]! - 1;
      const from = old.at(oldCell);
      cells.page(cell).set(old.page(oldCell).subarray(from, from + old.size), cells.at(cell));
      this.#dropCell(at);
    }
    words[at + CELL] = cell + 1;
    words[at + CLASS] = wanted;
    this.#bytes += cells.size;
  }

  #dropCell(at: number): void {
    const words = this.#words;
    if (words[at + CELL] === 0) return;
    const cells = this.#cells[words[at + CLASS]!]!;
    cells.give(words[at + CELL]! - 1);
    this.#bytes -= cells.size;
    words[at + CELL] = 0;
  }
}

const EMPTY = new Uint8Array(0);
