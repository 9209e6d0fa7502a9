// Wrapster (2000): any files inside something that a program of 2000 took for an MP3. Layout of 1.0 and 2.0, by the
// specification that Stuart Caie's XAD client quotes; integers are little-endian:
//
//   0  FF FB 18 0C   a frame header: MPEG-1 layer III, 32 kbit/s, 32,000 Hz
//   4  reserved 6 | "wrapster\0\0" 10 | version 8 | count 4
//   32 for each file: name 256 | reserved 32 | CRC 4 | size 4 | data
//
// 3.0 spells it "wwapster", cuts the stream into frames of 417 bytes, four of which are FF FB 90 04, and writes all file
// headers before all data. The CRC is nobody knows what of: it is not looked at.
import { type ByteString, byteString, type Limits } from '#base';

export const LIMITS = {
  wrapsterFiles: {
    value: 10_000,
    unit: 'files of one Wrapster',
    source: 'a header of 296 bytes each; real ones held one album',
  },
} as const satisfies Limits;
const MAX_FILES = LIMITS.wrapsterFiles.value;

/** Bytes that {@link isWrapster} looks at. */
const WRAPSTER_HEAD_BYTES = 32;
const V3_FRAME_BYTES = 417;
const ENTRY_BYTES = 296;
const NAME_BYTES = 256;

/** Whether a Wrapster begins with the frame header at `at`. */
export function isWrapster(bytes: Uint8Array, at = 0): boolean {
  if (at + WRAPSTER_HEAD_BYTES > bytes.length) return false;
  if (bytes[at] !== 0xff || (bytes[at + 1] as number) < 0xe0) return false;
  return /^w[rw]apster$/.test(byteString(bytes, at + 10, at + 18));
}

/** One file inside. `at` counts in the joined stream behind the first frame header. */
export type WrapsterEntry = { name: ByteString; sizeBytes: number };

/** What a reader tells, in the order of the stream. */
export type WrapsterEvent =
  /** The header has been read. */
  | { type: 'version'; version: string; count: number }
  /** A file header has been read; in 3.0 all of them come before the first data. */
  | { type: 'entry'; entry: WrapsterEntry; index: number }
  /** Bytes of a file: a view into the chunk, valid until the next write. */
  | { type: 'data'; index: number; bytes: Uint8Array }
  /** A file is whole. */
  | { type: 'whole'; index: number };

/**
 * Reads a Wrapster that is written to it from its first frame header on, in any cutting. It never throws: what cannot be
 * a file header ends it, as the end of the bytes does.
 */
export class WrapsterReader {
  readonly entries: WrapsterEntry[] = [];
  version = '';
  /** Everything that was announced and makes sense has been read: the rest is padding. */
  done = false;
  #count = 0;
  #v3 = false;
  #stage: 'head' | 'entry' | 'data' = 'head';
  #wanted = WRAPSTER_HEAD_BYTES;
  readonly #held = new Uint8Array(ENTRY_BYTES);
  #heldBytes = 0;
  #index = 0;
  #left = 0;
  /** Where in its frame of 417 bytes the next byte stands (3.0). */
  #inFrame = 0;

  /** Takes the next bytes; returns what they told. `used` is how many belong to the Wrapster. */
  write(chunk: Uint8Array): { events: WrapsterEvent[]; used: number } {
    const events: WrapsterEvent[] = [];
    let at = 0;
    while (at < chunk.length && !this.done) at = this.#take(chunk, at, events);
    return { events, used: at };
  }

  /** The bytes end here; what a lying count made the reader hold back may still be data (3.0). */
  end(): WrapsterEvent[] {
    const events: WrapsterEvent[] = [];
    // A header that is cut off begins as a name does.
    const isName = (this.#held[0] as number) >= 0x20;
    if (this.#v3 && this.#stage === 'entry' && this.entries.length > 0 && !this.done && !isName)
      this.#heldWasData(events);
    return events;
  }

  #take(chunk: Uint8Array, at: number, events: WrapsterEvent[]): number {
    if (this.#v3) {
      if (this.#inFrame === V3_FRAME_BYTES) this.#inFrame = 0;
      if (this.#inFrame < 4) {
        this.#inFrame++;
        return at + 1;
      }
    }
    let room = chunk.length - at;
    if (this.#v3) room = Math.min(room, V3_FRAME_BYTES - this.#inFrame);
    const used = this.#stage === 'data' ? this.#data(chunk, at, room, events) : this.#hold(chunk, at, room, events);
    if (this.#v3 || this.#stage === 'head') this.#inFrame += used;
    return at + used;
  }

  #data(chunk: Uint8Array, at: number, room: number, events: WrapsterEvent[]): number {
    const count = Math.min(room, this.#left);
    if (count > 0) events.push({ type: 'data', index: this.#index, bytes: chunk.subarray(at, at + count) });
    this.#left -= count;
    if (this.#left === 0) this.#fileEnded(events);
    return count;
  }

  #fileEnded(events: WrapsterEvent[]): void {
    events.push({ type: 'whole', index: this.#index });
    this.#index++;
    if (!this.#v3) {
      if (this.#index >= this.#count) this.done = true;
      else this.#expect('entry', ENTRY_BYTES);
    } else this.#nextData(events);
  }

  /** 3.0: the next file that holds anything, or the end. */
  #nextData(events: WrapsterEvent[]): void {
    this.#stage = 'data';
    const entry = this.entries[this.#index];
    if (entry === undefined) this.done = true;
    else if (entry.sizeBytes === 0) this.#fileEnded(events);
    else this.#left = entry.sizeBytes;
  }

  #hold(chunk: Uint8Array, at: number, room: number, events: WrapsterEvent[]): number {
    const count = Math.min(room, this.#wanted - this.#heldBytes);
    this.#held.set(chunk.subarray(at, at + count), this.#heldBytes);
    this.#heldBytes += count;
    if (this.#heldBytes < this.#wanted) return count;
    if (this.#stage === 'head') this.#readHead(events, count);
    else this.#readEntry(events);
    return count;
  }

  #readHead(events: WrapsterEvent[], count: number): void {
    if (!isWrapster(this.#held)) {
      this.done = true;
      return;
    }
    const word = byteString(this.#held, 20, 28);
    this.version = /^[\x20-\x7e]*/.exec(word)?.[0].trim() ?? '';
    this.#v3 = this.version.startsWith('3') || byteString(this.#held, 10, 12) === 'ww';
    this.#inFrame = WRAPSTER_HEAD_BYTES - count;
    this.#count = Math.min(u32(this.#held, 28), MAX_FILES);
    events.push({ type: 'version', version: this.version, count: this.#count });
    if (this.#count === 0) this.done = true;
    else this.#expect('entry', ENTRY_BYTES);
  }

  #readEntry(events: WrapsterEvent[]): void {
    const entry = entryOf(this.#held);
    if (entry === null) {
      // The count lied, or the rest is padding.
      if (!this.#v3 || this.entries.length === 0) this.done = true;
      else this.#heldWasData(events);
      return;
    }
    events.push({ type: 'entry', entry, index: this.entries.length });
    this.entries.push(entry);
    if (this.#v3) {
      if (this.entries.length < this.#count) this.#expect('entry', ENTRY_BYTES);
      else this.#nextData(events);
      return;
    }
    this.#stage = 'data';
    this.#left = entry.sizeBytes;
    if (entry.sizeBytes === 0) this.#fileEnded(events);
  }

  /** 3.0: the count lied, so what was held for a file header is data already. */
  #heldWasData(events: WrapsterEvent[]): void {
    const held = this.#held.slice(0, this.#heldBytes);
    this.#nextData(events);
    for (let at = 0; at < held.length && !this.done; ) at += this.#data(held, at, held.length - at, events);
  }

  #expect(stage: 'entry', bytes: number): void {
    this.#stage = stage;
    this.#wanted = bytes;
    this.#heldBytes = 0;
  }
}

/**
 * A file header; null where none can be: no name, or control characters in what is not padded with zeros as a name is.
 * (A name that hides behind control characters is a name all the same: a reader of the list must see it.)
 */
function entryOf(bytes: Uint8Array): WrapsterEntry | null {
  const field = byteString(bytes, 0, NAME_BYTES);
  const end = field.indexOf('\0');
  const name = end < 0 ? field : field.slice(0, end);
  if (name.trim() === '') return null;
  // oxlint-disable-next-line no-control-regex
  if (/[\u0001-\u001f]/.test(name) && (end < 0 || field.slice(end) !== '\0'.repeat(NAME_BYTES - end))) return null;
  return { name, sizeBytes: u32(bytes, 292) };
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
