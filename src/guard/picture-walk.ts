// Where a picture ends, by its own structure: what hangs behind a cover's end is no picture.
import type { Walk, Window } from './window.ts';

/** Moves behind the picture that begins here; false: its end cannot be told (cut, damaged, or of a kind without one). */
export function* walkPicture(w: Window): Walk<boolean> {
  yield* w.need(16);
  if (w.at(0) === 0xff && w.at(1) === 0xd8) return yield* walkJpeg(w);
  if (w.startsWith('\x89PNG')) return yield* walkPng(w);
  if (w.startsWith('GIF8')) return yield* walkGif(w);
  if (w.startsWith('BM')) return yield* skipSize(w, little(w, 2));
  if (w.startsWith('RIFF') && w.startsWith('WEBP', 8)) return yield* skipSize(w, little(w, 4) + 8 + (little(w, 4) & 1));
  return false;
}

function* skipSize(w: Window, bytes: number): Walk<boolean> {
  return bytes >= 16 && (yield* w.skip(bytes));
}

/** Segments with lengths up to the scan; in the scan every FF is followed by 00, a restart, or the next marker. */
function* walkJpeg(w: Window): Walk<boolean> {
  yield* w.skip(2);
  for (;;) {
    if (!(yield* w.need(2)) || w.at(0) !== 0xff) return false;
    const marker = w.at(1);
    if (marker === 0xff) {
      yield* w.skip(1);
      continue;
    }
    if (marker === 0xd9) return yield* w.skip(2);
    if (marker === 0 || marker === 0xd8) return false;
    if (marker === 1 || (marker >= 0xd0 && marker <= 0xd7)) {
      yield* w.skip(2);
      continue;
    }
    if (!(yield* w.need(4))) return false;
    const length = (w.at(2) << 8) | w.at(3);
    if (length < 2 || !(yield* w.skip(2 + length))) return false;
    if (marker === 0xda && !(yield* skipScan(w))) return false;
  }
}

function* skipScan(w: Window): Walk<boolean> {
  while (yield* w.need(2)) {
    const bytes = w.bytes;
    let at = w.index;
    const last = w.filled - 1;
    for (; at < last; at++) {
      if (bytes[at] !== 0xff) continue;
      const next = bytes[at + 1] as number;
      if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) {
        w.pos = w.base + at;
        return true;
      }
    }
    w.pos = w.base + at;
  }
  return false;
}

function* walkPng(w: Window): Walk<boolean> {
  yield* w.skip(8);
  while (yield* w.need(8)) {
    const last = w.startsWith('IEND', 4);
    const length = w.at(0) * 16777216 + ((w.at(1) << 16) | (w.at(2) << 8) | w.at(3));
    if (length > 0x7fffffff || !(yield* w.skip(length + 12))) return false;
    if (last) return true;
  }
  return false;
}

function* walkGif(w: Window): Walk<boolean> {
  const flags = w.at(10);
  if (!(yield* w.skip(13 + colours(flags)))) return false;
  while (yield* w.need(1)) {
    const block = w.at(0);
    if (block === 0x3b) return yield* w.skip(1);
    if (block === 0x21) yield* w.skip(2);
    else if (block === 0x2c) {
      if (!(yield* w.need(10))) return false;
      yield* w.skip(10 + colours(w.at(9)) + 1);
    } else return false;
    for (;;) {
      if (!(yield* w.need(1))) return false;
      const length = w.at(0);
      if (!(yield* w.skip(1 + length))) return false;
      if (length === 0) break;
    }
  }
  return false;
}

function colours(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1);
}

function little(w: Window, distance: number): number {
  return w.at(distance) + w.at(distance + 1) * 256 + w.at(distance + 2) * 65536 + w.at(distance + 3) * 16777216;
}
