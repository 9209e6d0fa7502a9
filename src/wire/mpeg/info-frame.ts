// The frame that carries no sound but a table about the others: Xing's and LAME's (`Xing`, `Info`) behind the side
// information of an empty frame, Fraunhofer's (`VBRI`) always 32 bytes behind the header.
import { sideInfoBytes } from './header.ts';

/** What such a frame claims; null: it does not say. */
export type InfoFrame = {
  kind: 'Xing' | 'Info' | 'VBRI';
  /** Frames without this one. */
  frames: number | null;
  /** Bytes of sound, from this frame's first byte to the last frame's last. */
  bytes: number | null;
  /** The nine letters in which LAME and its kin name themselves, or ''. */
  encoder: string;
  /** LAME: bytes from this frame's start to the end of the music. */
  musicBytes: number | null;
};

/** Reads the info frame at `at` whose length is `length`; null when it is an ordinary frame. */
export function readInfoFrame(bytes: Uint8Array, at: number, length: number): InfoFrame | null {
  const side = sideInfoBytes(bytes[at + 1] as number, bytes[at + 3] as number);
  const end = Math.min(at + length, bytes.length);
  // Behind the CRC of a protected stream, or where it would be without: encoders differ.
  for (const from of [at + 4 + side, at + 6 + side]) {
    const word = from + 8 <= end ? letters(bytes, from, 4) : '';
    if (word === 'Xing' || word === 'Info') return readXing(bytes, from, end, word);
  }
  return at + 36 + 18 <= end && letters(bytes, at + 36, 4) === 'VBRI' ? readVbri(bytes, at + 36) : null;
}

function readXing(bytes: Uint8Array, from: number, end: number, kind: 'Xing' | 'Info'): InfoFrame {
  const flags = u32(bytes, from + 4);
  let at = from + 8;
  const info: InfoFrame = { kind, frames: null, bytes: null, encoder: '', musicBytes: null };
  if ((flags & 1) !== 0 && at + 4 <= end) {
    info.frames = u32(bytes, at);
    at += 4;
  }
  if ((flags & 2) !== 0 && at + 4 <= end) {
    info.bytes = u32(bytes, at);
    at += 4;
  }
  if ((flags & 4) !== 0) at += 100;
  if ((flags & 8) !== 0) at += 4;
  if (at + 36 <= end && /^[\x20-\x7e]{4}/.test(letters(bytes, at, 4))) {
    info.encoder = letters(bytes, at, 9)
      .replace(/[^\x20-\x7e]+/g, '')
      .trim();
    info.musicBytes = u32(bytes, at + 28);
  }
  return info;
}

function readVbri(bytes: Uint8Array, from: number): InfoFrame {
  return { kind: 'VBRI', bytes: u32(bytes, from + 10), frames: u32(bytes, from + 14), encoder: '', musicBytes: null };
}

function letters(bytes: Uint8Array, at: number, count: number): string {
  let text = '';
  for (let i = at; i < at + count; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

function u32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
