import { type ByteString, byteString } from '#base';

/** The bytes from `from` to `to` as letters, as far as they are there. */
export function letters(bytes: Uint8Array, from = 0, to: number = bytes.length): ByteString {
  return from >= bytes.length ? '' : byteString(bytes, from, Math.min(to, bytes.length));
}
