// A file that arrives in any cutting, seen through a window: walkers are generators that ask for what they need and are
// resumed when it is there, so what they decide cannot depend on the cutting. Positions are offsets in the file.
//
//        base          pos                      end
//   ......|--history----|--------ahead-----------|......
//          bytes[0]                               bytes[filled]

import { LIMITS } from './record.ts';

/** Something that runs over a window and stops wherever bytes are missing. */
export type Walk<T = void> = Generator<undefined, T, undefined>;

/** How far a walker may look ahead. */
const AHEAD_BYTES = LIMITS.lookAhead.value;
/** How much behind the position stays readable. */
const HISTORY_BYTES = 32_768;
/** What is taken from a chunk at once. */
export const SLICE_BYTES = 65_536;
/** What a part takes of its parent at once: little, so that the parent can be handed back what was not read. */
const PART_BYTES = 8192;

const CAPACITY = HISTORY_BYTES + AHEAD_BYTES + SLICE_BYTES + 4096;

export abstract class Window {
  bytes: Uint8Array;
  base = 0;
  filled = 0;
  pos = 0;
  /** No more bytes will come. */
  ended = false;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Offset behind the last byte that is there. */
  get end(): number {
    return this.base + this.filled;
  }

  /** Index of the position in `bytes`. */
  get index(): number {
    return this.pos - this.base;
  }

  /** Bytes ahead of the position. */
  get ahead(): number {
    return this.base + this.filled - this.pos;
  }

  /** The byte `distance` ahead; it must be there. */
  at(distance: number): number {
    return this.bytes[this.pos - this.base + distance] as number;
  }

  /** A view of up to `count` bytes ahead: valid until the walker yields. */
  view(count: number, from = 0): Uint8Array {
    const at = this.index + from;
    return this.bytes.subarray(Math.min(at, this.filled), Math.min(this.filled, at + count));
  }

  /** Whether the bytes ahead begin with this text; what is not there does not match. */
  startsWith(text: string, distance = 0): boolean {
    const at = this.index + distance;
    if (at + text.length > this.filled) return false;
    for (let i = 0; i < text.length; i++) if (this.bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  /** Waits until `count` bytes are ahead (at most AHEAD_BYTES); false: the bytes end before. */
  *need(count: number): Walk<boolean> {
    while (this.base + this.filled - this.pos < count) {
      if (this.ended) return false;
      yield* this.fill();
    }
    return true;
  }

  /** Moves on, over bytes that need not be kept; false: the bytes end before (the position is then the end). */
  *skip(count: number): Walk<boolean> {
    this.pos += count;
    while (this.end < this.pos) {
      if (this.ended) {
        this.pos = this.end;
        return false;
      }
      yield* this.fill();
    }
    return true;
  }

  /** Where in the file the byte at this window's offset lies. */
  abstract fileOffset(offset: number): number;
  protected abstract fill(): Walk;

  protected append(chunk: Uint8Array): void {
    if (this.pos >= this.end + chunk.length) {
      this.base = this.end + chunk.length;
      this.filled = 0;
      return;
    }
    if (this.filled + chunk.length > this.bytes.length) this.#drop();
    this.bytes.set(chunk, this.filled);
    this.filled += chunk.length;
  }

  #drop(): void {
    const keep = Math.min(this.filled, Math.max(0, this.pos - HISTORY_BYTES - this.base));
    this.bytes.copyWithin(0, keep, this.filled);
    this.base += keep;
    this.filled -= keep;
  }
}

/** The window on the file itself: fed from outside while its walker is stopped. */
export class FileWindow extends Window {
  /** `from`: the offset of the first byte that will come. */
  constructor(from = 0) {
    super(CAPACITY);
    this.base = this.pos = from;
  }

  /** At most SLICE_BYTES at once. */
  push(slice: Uint8Array): void {
    this.append(slice);
  }

  fileOffset(offset: number): number {
    return offset;
  }

  protected *fill(): Walk {
    yield;
  }
}

/** The next `length` bytes of another window as one of its own, with ID3's unsynchronisation taken out where asked. */
export class PartWindow extends Window {
  readonly #parent: Window;
  readonly #unsync: boolean;
  readonly #start: number;
  #left: number;
  #afterFf = false;
  /** Offsets in this window before which a byte was taken out, still of interest. */
  #removed: number[] = [];
  #removedBefore = 0;
  /** The parent ended before `length` bytes had come. */
  cut = false;

  constructor(parent: Window, length: number, unsync = false) {
    super(Math.min(CAPACITY, Math.max(1024, length + 64)));
    this.#parent = parent;
    this.#unsync = unsync;
    this.#start = parent.pos;
    this.#left = length;
  }

  fileOffset(offset: number): number {
    let removed = this.#removedBefore;
    for (const at of this.#removed) if (at <= offset) removed++;
    return this.#parent.fileOffset(this.#start + offset + removed);
  }

  /** Bytes of the parent that this window has not read yet. */
  get left(): number {
    return this.#left;
  }

  /** Reads to the end, so that the parent stands behind this part. */
  *finish(): Walk {
    this.pos = Math.max(this.pos, this.end);
    if (this.#unsync) while (!this.ended) yield* this.fill();
    else yield* this.#jump(this.#left);
    this.ended = true;
  }

  /** Ends this part here: the parent goes on at the byte where this window stands. */
  handBack(): void {
    let removed = this.#removedBefore;
    for (const at of this.#removed) if (at <= this.pos) removed++;
    this.#parent.pos = this.#start + this.pos + removed;
    this.#left = 0;
    this.ended = true;
  }

  protected *fill(): Walk {
    if (!this.#unsync && this.pos > this.end) {
      const gap = Math.min(this.pos - this.end, this.#left);
      const moved = yield* this.#jump(gap);
      this.base = this.end + moved;
      this.filled = 0;
      if (this.#left === 0) this.ended = true;
      return;
    }
    if (this.#left === 0 || !(yield* this.#parent.need(1))) {
      this.cut = this.#left > 0;
      this.ended = true;
      return;
    }
    const chunk = this.#parent.view(Math.min(this.#left, PART_BYTES));
    if (this.#unsync) this.#appendUnsync(chunk);
    else this.append(chunk);
    this.#left -= chunk.length;
    this.#parent.pos += chunk.length;
    if (this.#left === 0) this.ended = true;
  }

  *#jump(count: number): Walk<number> {
    const from = this.#parent.pos;
    const whole = yield* this.#parent.skip(count);
    const moved = this.#parent.pos - from;
    this.#left -= moved;
    if (!whole) {
      this.cut = true;
      this.ended = true;
    }
    return moved;
  }

  #appendUnsync(chunk: Uint8Array): void {
    const plain = new Uint8Array(chunk.length);
    let length = 0;
    for (const byte of chunk) {
      if (this.#afterFf && byte === 0) {
        this.#removed.push(this.end + length);
        this.#afterFf = false;
        continue;
      }
      plain[length++] = byte;
      this.#afterFf = byte === 0xff;
    }
    this.append(plain.subarray(0, length));
    if (this.#removed.length < 256) return;
    const kept = this.#removed.filter((at) => at > this.base);
    this.#removedBefore += this.#removed.length - kept.length;
    this.#removed = kept;
  }
}
