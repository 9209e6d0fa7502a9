// Whether MPEG frames begin here: one header is four bytes of chance, a chain of them is not.
import {
  checkAllocation,
  FRAME_HZ,
  FRAME_KBPS,
  FRAME_LENGTH,
  FREE,
  headerIndex,
  isHeader,
  MAX_FREE_FRAME_BYTES,
  readInfoFrame,
  readSideInfo,
  SAME_STREAM,
  side,
  sideInfoBytes,
} from '#wire/mpeg';
import type { Walk, Window } from './window.ts';

/** A chain of frames from a place on. */
export type Chain = {
  /** Whole frames that were followed. */
  frames: number;
  /** Why no more were: enough, the bytes end behind a frame or within one, or no header follows. */
  ends: 'enough' | 'at-end' | 'cut' | 'no-header';
  /** Frame length without padding where headers do not tell it, else 0. */
  fixedBytes: number;
  /** The headers tell a rate, but the frames are of another length. */
  lied: boolean;
};

/**
 * Follows up to `wanted` frames from `distance` ahead of (or behind) the position; null when it is no chain: fewer frames,
 * and neither the end of the bytes. With `plausible`, three quarters of the bodies must be possible; `audible`: and not silence.
 */
export function* findChain(
  w: Window,
  distance: number,
  wanted: number,
  plausible: boolean | 'audible',
): Walk<Chain | null> {
  if (!headerAt(w, distance)) return null;
  const index = headerIndex(w.at(distance + 1), w.at(distance + 2));
  if (FRAME_LENGTH[index] === FREE) {
    // Pictures are full of FF FF 0x at equal distances.
    if (plausible === 'audible' && (w.at(distance + 1) & 6) !== 2) return null;
    const fixed = yield* equalHeaders(w, distance);
    return fixed === 0 ? null : yield* follow(w, distance, wanted, plausible, fixed, false);
  }
  return yield* follow(w, distance, wanted, plausible, 0, false);
}

/** A chain whose headers name another rate than their frames have: equal headers at one distance, which is not theirs. */
export function* findLyingChain(w: Window, distance: number, wanted: number): Walk<Chain | null> {
  if (!headerAt(w, distance)) return null;
  const fixed = yield* equalHeaders(w, distance);
  return fixed === 0 ? null : yield* follow(w, distance, wanted, true, fixed, true);
}

function headerAt(w: Window, distance: number): boolean {
  return (
    w.ahead >= distance + 4 && isHeader(w.at(distance), w.at(distance + 1), w.at(distance + 2), w.at(distance + 3))
  );
}

function* follow(
  w: Window,
  distance: number,
  wanted: number,
  plausible: boolean | 'audible',
  fixedBytes: number,
  lied: boolean,
): Walk<Chain | null> {
  const same = streamOf(w, distance);
  let at = distance;
  let frames = 0;
  let possible = 0;
  let ends: Chain['ends'] = 'enough';
  for (;;) {
    if (!(yield* w.need(at + 4))) {
      ends = w.ahead <= at ? 'at-end' : 'no-header';
      break;
    }
    if (!headerAt(w, at) || streamOf(w, at) !== same) {
      ends = tagAt(w, at) ? 'at-end' : 'no-header';
      break;
    }
    if (frames >= wanted) break;
    const length = lengthAt(w, at, fixedBytes);
    if (length < 4) return null;
    if (!(yield* w.need(at + length))) {
      ends = 'cut';
      break;
    }
    if (plausible !== false && bodyIsPossible(w, at, length, plausible === 'audible')) {
      if (plausible !== 'audible' || frames === 0 || !isMuchLikeBefore(w, at, length)) possible++;
    }
    at += length;
    frames++;
  }
  if (frames === 0 || (plausible !== false && possible * 4 < frames * 3)) return null;
  if (frames < wanted && ends === 'no-header') return null;
  return { frames, ends, fixedBytes, lied };
}

/** Rows of pixels are alike; frames of sound that is no silence are not. */
function isMuchLikeBefore(w: Window, at: number, length: number): boolean {
  let alike = 0;
  for (let i = 4; i < 68 && i < length; i++) if (w.at(at + i) === w.at(at - length + i)) alike++;
  return alike >= 40;
}

function tagAt(w: Window, distance: number): boolean {
  return ['ID3', 'TAG', 'APETAGEX', 'LYRICSBEGIN'].some((word) => w.startsWith(word, distance));
}

function lengthAt(w: Window, distance: number, fixedBytes: number): number {
  const [second, third] = [w.at(distance + 1), w.at(distance + 2)];
  if (fixedBytes > 0) return fixedBytes + ((third >> 1) & 1) * ((second & 6) === 6 ? 4 : 1);
  const length = FRAME_LENGTH[headerIndex(second, third)] as number;
  return length === FREE ? 0 : length;
}

function streamOf(w: Window, distance: number): number {
  return ((w.at(distance + 1) << 8) | w.at(distance + 2)) & SAME_STREAM;
}

/** The distance of equal headers without padding, seen three times (or twice and then the end); 0: none. */
function* equalHeaders(w: Window, distance: number): Walk<number> {
  yield* w.need(distance + 3 * MAX_FREE_FRAME_BYTES);
  const [second, third, fourth] = [w.at(distance + 1), w.at(distance + 2), w.at(distance + 3)];
  const slot = (second & 6) === 6 ? 4 : 1;
  const isEqual = (at: number): boolean =>
    headerAt(w, at) &&
    w.at(at + 1) === second &&
    ((w.at(at + 2) ^ third) & 0xfc) === 0 &&
    ((w.at(at + 3) ^ fourth) & 0xc0) === 0;
  const limit = Math.min(MAX_FREE_FRAME_BYTES, w.ahead - distance - 4);
  for (let d = 24; d <= limit; d++) {
    if (w.at(distance + d) !== 0xff || !isEqual(distance + d)) continue;
    const fixed = d - ((third >> 1) & 1) * slot;
    const next = distance + d + fixed + ((w.at(distance + d + 2) >> 1) & 1) * slot;
    if (w.ahead === next || isEqual(next)) return fixed;
  }
  return 0;
}

/** Whether the body of the frame can be sound. */
function bodyIsPossible(w: Window, distance: number, length: number, audible: boolean): boolean {
  const [second, third, fourth] = [w.at(distance + 1), w.at(distance + 2), w.at(distance + 3)];
  const at = w.index + distance;
  const body = at + ((second & 1) === 0 ? 6 : 4);
  const v1 = (second & 0x18) === 0x18;
  const mode = fourth >> 6;
  if ((second & 6) === 2) {
    const slots = at + length - body - sideInfoBytes(second, fourth);
    if (slots < 0) return false;
    if (readInfoFrame(w.bytes, at, length) !== null) return true;
    return readSideInfo(w.bytes, body, v1, mode === 3, slots) && !(audible && side.silent);
  }
  const index = headerIndex(second, third);
  const found = checkAllocation(w.bytes, body, at + length, {
    layer: (second & 6) === 6 ? 1 : 2,
    v1,
    kbps: FRAME_KBPS[index] as number,
    hz: FRAME_HZ[index] as number,
    mode,
    modeExtension: (fourth >> 4) & 3,
  });
  return found.possible && !(audible && found.silent);
}
