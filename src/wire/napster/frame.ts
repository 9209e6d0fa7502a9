// The frame: `<u16le payload length><u16le type><payload>`, the same in both directions.
//
//   +----+----+----+----+--------------
//   | length  |  type   | payload …
//   +----+----+----+----+--------------
import { ByteQueue, type ByteString, byteString, WireError } from '#base';

export const HEADER_BYTES = 4;
const NONE = new Uint8Array(0);

/** How long a payload of this type may be; compared before a byte of it is kept. */
export type PayloadLimit = (type: number) => number;

/**
 * Cuts a byte stream into frames. A frame that lies whole in the chunk is not copied.
 *
 *   reader.push(chunk);
 *   while (reader.next()) use(reader.type, reader.bytes, reader.from, reader.to);
 *   reader.keep();
 */
export class FrameReader {
  type = 0;
  bytes: Uint8Array = NONE;
  /** The payload is `bytes` from `from` up to `to`; valid until the next call. */
  from = 0;
  to = 0;
  readonly #rest = new ByteQueue();
  #chunk: Uint8Array = NONE;
  #at = 0;

  /** Bytes that wait for their frame's end (or for the session to be let go on). */
  get waiting(): number {
    return this.#rest.length + this.#chunk.length - this.#at;
  }

  push(chunk: Uint8Array): void {
    if (this.#chunk.length > 0) this.keep();
    if (this.#rest.length > 0) this.#rest.push(chunk);
    else {
      this.#chunk = chunk;
      this.#at = 0;
    }
  }

  /** True: a frame stands in the fields. @throws WireError `too-long` when a length is above its limit */
  next(limit: PayloadLimit): boolean {
    if (this.#chunk.length > 0) return this.#nextOf(limit);
    if (this.#rest.length < HEADER_BYTES) return false;
    const bytes = this.#rest.peek();
    if (!this.#readAt(bytes, 0, limit)) return false;
    // The queue's bytes stay in place until the next push.
    this.#rest.skip(this.to);
    return true;
  }

  /** Copies what is left of the chunk; to be called when the chunk's owner takes it back. */
  keep(): void {
    if (this.#at < this.#chunk.length) this.#rest.push(this.#chunk.subarray(this.#at));
    this.#chunk = NONE;
    this.#at = 0;
    this.bytes = NONE;
  }

  /** Everything unread, and nothing left here. */
  takeRest(): Uint8Array {
    this.keep();
    return this.#rest.takeAll();
  }

  #nextOf(limit: PayloadLimit): boolean {
    if (this.#chunk.length - this.#at < HEADER_BYTES) return false;
    if (!this.#readAt(this.#chunk, this.#at, limit)) return false;
    this.#at = this.to;
    return true;
  }

  #readAt(bytes: Uint8Array, at: number, limit: PayloadLimit): boolean {
    const length = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const type = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8);
    if (length > limit(type)) throw new WireError('too-long', `message ${type} of ${length} bytes`);
    if (bytes.length - at < HEADER_BYTES + length) return false;
    this.type = type;
    this.bytes = bytes;
    this.from = at + HEADER_BYTES;
    this.to = this.from + length;
    return true;
  }
}

/** One whole frame as text: for tests, tools and everything that is not hot. */
export function encodeFrame(type: number, payload: ByteString = ''): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  writeHeader(frame, 0, type, payload.length);
  for (let i = 0; i < payload.length; i++) frame[HEADER_BYTES + i] = payload.charCodeAt(i);
  return frame;
}

/** The first frame of `bytes`, or null for "need more". @throws WireError `too-long` */
export function decodeFrame(
  bytes: Uint8Array,
  limit: PayloadLimit,
): { type: number; payload: ByteString; length: number } | null {
  if (bytes.length < HEADER_BYTES) return null;
  const length = (bytes[0] as number) | ((bytes[1] as number) << 8);
  const type = (bytes[2] as number) | ((bytes[3] as number) << 8);
  if (length > limit(type)) throw new WireError('too-long', `message ${type} of ${length} bytes`);
  if (bytes.length < HEADER_BYTES + length) return null;
  return { type, payload: byteString(bytes, HEADER_BYTES, HEADER_BYTES + length), length: HEADER_BYTES + length };
}

export function writeHeader(out: Uint8Array, at: number, type: number, length: number): void {
  out[at] = length & 255;
  out[at + 1] = length >>> 8;
  out[at + 2] = type & 255;
  out[at + 3] = type >>> 8;
}
