// What a session has to say, gathered in one buffer and taken in one piece: a message is never parted, and everything
// that one chunk asked for leaves in one write.
import type { ByteString } from '#base';
import { HEADER_BYTES, writeHeader } from './frame.ts';

const FIRST_BYTES = 65_536;
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

  /** Plain bytes: what is no frame. */
  text(text: ByteString): void {
    const buffer = this.reserve(text.length);
    latin1Write.call(buffer, text, this.#length, text.length);
    this.#length += text.length;
  }

  /**
   * The buffer with room for `bytes` more from `length` on: the hot way, for those who write a frame's bytes themselves
   * and then {@link commit} it.
   */
  reserve(bytes: number): Buffer {
    let buffer = this.#buffer;
    if (buffer === null) buffer = this.#buffer = pool.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
    if (buffer.length - this.#length >= bytes) return buffer;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, this.#length + bytes));
    buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
    return larger;
  }

  /** A frame was written at `length`: its payload ends at `end`. Puts its header there. */
  commit(type: number, end: number): void {
    writeHeader(this.#buffer as Buffer, this.#length, type, end - this.#length - HEADER_BYTES);
    this.#length = end;
  }

  /** Everything so far, as bytes of its own; null when there is nothing. */
  take(): Uint8Array | null {
    const buffer = this.#buffer;
    if (buffer === null || this.#length === 0) return null;
    const bytes = Buffer.allocUnsafe(this.#length);
    buffer.copy(bytes, 0, 0, this.#length);
    this.#buffer = null;
    this.#length = 0;
    if (buffer.length === FIRST_BYTES && pool.length < POOLED) pool.push(buffer);
    return bytes;
  }

  /** Forgets everything. */
  drop(): void {
    this.#buffer = null;
    this.#length = 0;
  }
}
