// What a session has to say, gathered in one buffer and taken in one piece: a message is never parted, and everything
// that one chunk asked for leaves in one write.
import type { ByteString } from '#base';
import { HEADER_BYTES, writeHeader } from './frame.ts';

/** A line of talk goes to many at once: each of them gets a small buffer, not one of the long ones. */
const SHORT_BYTES = 1024;
const LONG_BYTES = 65_536;
/** Less than this is copied out, so that a slow reader of short texts does not hold whole buffers. */
const COPIED_BYTES = 4096;
/** Buffer's own, which the types leave out: half the cost of `write` for short texts. */
const latin1Write = (Buffer.prototype as unknown as { latin1Write: Latin1Write }).latin1Write;
type Latin1Write = (this: Uint8Array, text: ByteString, at: number, length: number) => number;

/** Buffers that no session is filling now. A session holds one only between its first word and `take`. */
const pool: Buffer[] = [];
const POOLED = 8;

/** A growing buffer of frames. Empty, it holds no memory. */
export class FrameOutput {
  #buffer: Buffer | null = null;
  #length = 0;
  /** What `take` gave away whole. */
  #lent: Buffer | null = null;

  get length(): number {
    return this.#length;
  }

  /** One frame from a byte string. Payloads beyond 65,535 bytes are a bug of the caller. */
  frame(type: number, payload: ByteString = ''): void {
    const buffer = this.reserve(HEADER_BYTES + payload.length);
    writeHeader(buffer, this.#length, type, payload.length);
    if (payload.length > 0) latin1Write.call(buffer, payload, this.#length + HEADER_BYTES, payload.length);
    this.#length += HEADER_BYTES + payload.length;
  }

  /**
   * The buffer with room for `bytes` more from `length` on: the hot way, for those who write a frame's bytes themselves
   * and then {@link commit} it.
   */
  reserve(bytes: number): Buffer {
    let buffer = this.#buffer;
    // Where one of the long ones is free, it costs nothing; where none is, many are being told something short.
    if (buffer === null) buffer = this.#buffer = pool.pop() ?? Buffer.allocUnsafe(SHORT_BYTES);
    if (buffer.length - this.#length >= bytes) return buffer;
    const needed = this.#length + bytes;
    const larger =
      needed <= LONG_BYTES
        ? (pool.pop() ?? Buffer.allocUnsafeSlow(LONG_BYTES))
        : Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, needed));
    buffer.copy(larger, 0, 0, this.#length);
    putBack(buffer);
    this.#buffer = larger;
    return larger;
  }

  /** A frame was written at `length`: its payload ends at `end`. Puts its header there. */
  commit(type: number, end: number): void {
    writeHeader(this.#buffer as Buffer, this.#length, type, end - this.#length - HEADER_BYTES);
    this.#length = end;
  }

  /**
   * Everything so far, as bytes of its own; null when there is nothing. Long output is the buffer itself, which comes
   * back by {@link sent}: memory outside the heap that is new for every answer makes the collector run all the time.
   */
  take(): Uint8Array | null {
    const buffer = this.#buffer;
    const length = this.#length;
    if (buffer === null || length === 0) return null;
    this.#buffer = this.#lent = null;
    this.#length = 0;
    if (buffer.length === SHORT_BYTES) return buffer.subarray(0, length);
    if (length >= COPIED_BYTES) {
      this.#lent = buffer;
      return buffer.subarray(0, length);
    }
    const bytes = Buffer.allocUnsafe(length);
    buffer.copy(bytes, 0, 0, length);
    putBack(buffer);
    return bytes;
  }

  /** What `take` gave last is not needed any more. */
  sent(): void {
    if (this.#lent !== null) putBack(this.#lent);
    this.#lent = null;
  }
}

function putBack(buffer: Buffer): void {
  if (buffer.length === LONG_BYTES && pool.length < POOLED) pool.push(buffer);
}
