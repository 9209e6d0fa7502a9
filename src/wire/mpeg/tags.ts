// The tags that stand around MPEG frames: their fixed headers and footers, and the text in them. Bodies are walked by
// whoever holds the stream; nothing here believes a length.
import { type ByteString, byteString, readable } from '#base';

/** The header of an ID3v2 tag (id3.org, 2.2 to 2.4). */
export type Id3v2Header = {
  major: 2 | 3 | 4;
  flags: number;
  /** The whole tag is unsynchronised (2.2, 2.3; in 2.4 every frame says so itself). */
  unsync: boolean;
  extended: boolean;
  footer: boolean;
  /** Bytes behind the ten of this header, without the footer. */
  bodyBytes: number;
  /** All bytes: header, body, footer. */
  totalBytes: number;
};

/** Reads the ten bytes at `at`; null when they are no ID3v2 header. `word` is `3DI` for the footer of 2.4. */
export function readId3v2Header(bytes: Uint8Array, at = 0, word: 'ID3' | '3DI' = 'ID3'): Id3v2Header | null {
  if (at + 10 > bytes.length || byteString(bytes, at, at + 3) !== word) return null;
  const [major, revision, flags] = [bytes[at + 3], bytes[at + 4], bytes[at + 5]] as [number, number, number];
  if (major < 2 || major > 4 || revision === 0xff) return null;
  for (let i = 6; i < 10; i++) if ((bytes[at + i] as number) > 0x7f) return null;
  const bodyBytes = syncsafe(bytes, at + 6);
  const footer = major === 4 && (flags & 0x10) !== 0;
  return {
    major: major as 2 | 3 | 4,
    flags,
    unsync: (flags & 0x80) !== 0,
    extended: major > 2 && (flags & 0x40) !== 0,
    footer,
    bodyBytes,
    totalBytes: 10 + bodyBytes + (footer ? 10 : 0),
  };
}

/** Four bytes of seven bits. */
export function syncsafe(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) & 0x7f) << 21) |
    (((bytes[at + 1] as number) & 0x7f) << 14) |
    (((bytes[at + 2] as number) & 0x7f) << 7) |
    ((bytes[at + 3] as number) & 0x7f)
  );
}

/** The header of a frame in a tag, 6 bytes in 2.2 and 10 in 2.3 and 2.4. */
export type Id3v2Frame = {
  id: string;
  sizeBytes: number;
  unsync: boolean;
  packed: boolean;
  encrypted: boolean;
  dataAt: number;
};

/** Bytes of a frame's header. */
export function id3v2FrameHeaderBytes(major: number): number {
  return major === 2 ? 6 : 10;
}

/**
 * Reads a frame header; null when there is none (padding, or bytes that are no tag). `plainSize`: take a size of 2.4 as
 * a plain number, as iTunes wrote it.
 */
export function readId3v2Frame(bytes: Uint8Array, at: number, major: number, plainSize = false): Id3v2Frame | null {
  const length = major === 2 ? 3 : 4;
  const id = byteString(bytes, at, at + length);
  if (!/^[A-Z][A-Z0-9]+ ?$/.test(id)) return null;
  if (major === 2) {
    const sizeBytes = ((bytes[at + 3] as number) << 16) | ((bytes[at + 4] as number) << 8) | (bytes[at + 5] as number);
    return { id, sizeBytes, unsync: false, packed: false, encrypted: false, dataAt: 0 };
  }
  const flags = bytes[at + 9] as number;
  const plain = u32be(bytes, at + 4);
  if (major === 3) {
    const packed = (flags & 0x80) !== 0;
    const encrypted = (flags & 0x40) !== 0;
    const dataAt = (packed ? 4 : 0) + (encrypted ? 1 : 0) + ((flags & 0x20) !== 0 ? 1 : 0);
    return { id, sizeBytes: plain, unsync: false, packed, encrypted, dataAt };
  }
  const packed = (flags & 0x08) !== 0;
  const encrypted = (flags & 0x04) !== 0;
  const dataAt = ((flags & 0x40) !== 0 ? 1 : 0) + (encrypted ? 1 : 0) + ((flags & 0x01) !== 0 ? 4 : 0);
  const sizeBytes = plainSize || (plain & 0x80808080) !== 0 ? plain : syncsafe(bytes, at + 4);
  return { id, sizeBytes, unsync: (flags & 0x02) !== 0, packed, encrypted, dataAt };
}

/** The text of an ID3v2 text frame: an encoding byte (Latin-1, UTF-16 with mark, UTF-16BE, UTF-8), then the words. */
export function readId3v2Text(bytes: Uint8Array): string {
  const encoding = bytes[0];
  const body = bytes.subarray(1);
  if (encoding === 0 || encoding === 3) return firstLine(readable(byteString(body)));
  if (encoding !== 1 && encoding !== 2) return firstLine(readable(byteString(bytes)));
  const little = body[0] === 0xff && body[1] === 0xfe;
  const marked = little || (body[0] === 0xfe && body[1] === 0xff);
  return firstLine(utf16(marked ? body.subarray(2) : body, little || (encoding === 1 && !marked)));
}

/** Where a text of this encoding ends (its terminator's first byte), and what it is ended by. */
export function textEnd(bytes: Uint8Array, from: number, encoding: number): { end: number; next: number } {
  const wide = encoding === 1 || encoding === 2;
  for (let at = from; at < bytes.length; at += wide ? 2 : 1) {
    if (bytes[at] === 0 && (!wide || bytes[at + 1] === 0)) return { end: at, next: at + (wide ? 2 : 1) };
  }
  return { end: bytes.length, next: bytes.length };
}

function utf16(bytes: Uint8Array, little: boolean): string {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const [one, two] = [bytes[at] as number, bytes[at + 1] as number];
    text += String.fromCharCode(little ? (two << 8) | one : (one << 8) | two);
  }
  return text.isWellFormed() ? text : text.toWellFormed();
}

function firstLine(text: string): string {
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}

/** An ID3v1 tag of 128 bytes. */
export type Id3v1 = { title: string; artist: string; album: string };

/** Reads the ID3v1 tag at `at`; null when there is none. Fields are ended by a zero or filled with blanks. */
export function readId3v1(bytes: Uint8Array, at: number): Id3v1 | null {
  if (at + 128 > bytes.length || byteString(bytes, at, at + 3) !== 'TAG') return null;
  const field = (from: number): string => firstLine(readable(byteString(bytes, at + from, at + from + 30)));
  return { title: field(3), artist: field(33), album: field(63) };
}

/** Header or footer of an APE tag, 32 bytes; sizes are little-endian. */
export type ApeMark = { version: 1 | 2; sizeBytes: number; items: number; isHeader: boolean; hasHeader: boolean };

/** Reads 32 bytes that begin with `APETAGEX`; null when they are none. `sizeBytes` counts items and footer. */
export function readApeMark(bytes: Uint8Array, at: number): ApeMark | null {
  if (at + 32 > bytes.length || byteString(bytes, at, at + 8) !== 'APETAGEX') return null;
  const version = u32le(bytes, at + 8);
  if (version !== 1000 && version !== 2000) return null;
  const flags = u32le(bytes, at + 20);
  return {
    version: version === 1000 ? 1 : 2,
    sizeBytes: u32le(bytes, at + 12),
    items: u32le(bytes, at + 16),
    isHeader: version === 2000 && flags >>> 29 === 5,
    hasHeader: version === 2000 && flags >>> 31 === 1,
  };
}

/** The head of one APE item: size of its value, flags, key, and where the value begins; null when it is none. */
export function readApeItem(
  bytes: Uint8Array,
  at: number,
): { sizeBytes: number; binary: boolean; key: string; valueAt: number } | null {
  for (let end = at + 8; end < Math.min(bytes.length, at + 8 + 256); end++) {
    const byte = bytes[end] as number;
    if (byte === 0) {
      if (end < at + 10) return null;
      const binary = ((u32le(bytes, at + 4) >> 1) & 3) === 1;
      return { sizeBytes: u32le(bytes, at), binary, key: byteString(bytes, at + 8, end), valueAt: end + 1 };
    }
    if (byte < 0x20 || byte > 0x7e) return null;
  }
  return null;
}

/** Text as old taggers wrote it, up to the first zero. */
export function plainText(text: ByteString): string {
  return firstLine(readable(text));
}

function u32be(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

function u32le(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
