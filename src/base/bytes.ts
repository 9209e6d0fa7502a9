// Bytes and byte strings. A byte string is a JavaScript string whose characters are bytes (0..255): what 2000-era
// protocols carry has no encoding, and must come back exactly as it came. `readable` turns one into text for people.

/** A string in which each character is one byte. Not for display: see {@link readable}. */
export type ByteString = string;

const NONE = new Uint8Array(0);
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');
const utf8 = new TextEncoder();

/** The bytes from `from` up to `to` as a byte string, lossless. */
export function byteString(bytes: Uint8Array, from = 0, to: number = bytes.length): ByteString {
  return Buffer.prototype.latin1Slice.call(bytes, from, to);
}

/** The bytes of a byte string. Characters above 255 lose their high bits: pass byte strings only. */
export function bytesOf(text: ByteString): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Text for people: UTF-8 where the bytes are valid UTF-8, else Windows-1252, which is what old clients typed in. */
export function readable(text: ByteString): string {
  let ascii = true;
  for (let i = 0; ascii && i < text.length; i++) ascii = text.charCodeAt(i) < 0x80;
  if (ascii) return text;
  const bytes = bytesOf(text);
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return windows1252.decode(bytes);
  }
}

/** Text from people as a byte string in UTF-8: the way back from {@link readable} for everything modern. */
export function wireText(text: string): ByteString {
  return byteString(utf8.encode(text));
}

/** Joins chunks once. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * Bytes that arrive in any cutting and are read from the front. Grows by doubling up to what its reader needs, so a
 * message of n bytes in n chunks costs O(n). The owner bounds `length` by its protocol's limits before it pushes more.
 */
export class ByteQueue {
  #bytes: Uint8Array = NONE;
  #from = 0;
  #to = 0;

  get length(): number {
    return this.#to - this.#from;
  }

  /** Copies the chunk to the end. */
  push(chunk: Uint8Array): void {
    if (this.#from === this.#to) this.#from = this.#to = 0;
    if (this.#to + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  /** A view of everything unread; valid until the next push. */
  peek(): Uint8Array {
    return this.#bytes.subarray(this.#from, this.#to);
  }

  /** Drops `count` bytes from the front (at most what is there). */
  skip(count: number): void {
    this.#from = Math.min(this.#from + count, this.#to);
    if (this.#from !== this.#to) return;
    this.#from = this.#to = 0;
    if (this.#bytes.length > KEEP_BYTES) this.#bytes = NONE;
  }

  /** A copy of everything unread, and nothing left here. */
  takeAll(): Uint8Array {
    const all = this.peek().slice();
    this.skip(all.length);
    return all;
  }

  #makeRoom(more: number): void {
    const length = this.length;
    const needed = length + more;
    const target = needed <= this.#bytes.length / 2 ? this.#bytes : new Uint8Array(Math.max(64, needed * 2));
    target.set(this.#bytes.subarray(this.#from, this.#to), 0);
    this.#bytes = target;
    this.#from = 0;
    this.#to = length;
  }
}

/** An emptied queue keeps a buffer of at most this size, so that idle connections cost little. */
const KEEP_BYTES = 4096;
