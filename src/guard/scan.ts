// Moves over what is foreign or junk to the next thing that is known.
import { identifyStrong, letters, type Magic, MAGIC_BYTES } from '#wire/magic';
import { isWrapster } from '#wire/wrapster';
import { lookForMacros } from './blob-walk.ts';
import { findChain } from './chain.ts';
import type { Context } from './context.ts';
import type { Finding } from './verdict.ts';
import type { Walk, Window } from './window.ts';

/** Frames in a row that are sound behind something foreign, which may hold a few of its own. */
const CHAIN_IN_FOREIGN = 16;
/** Frames in a row that are sound behind junk. */
const CHAIN_IN_JUNK = 3;
/** Bytes that are passed at once. */
const STEP_BYTES = 16_384;
/** Zeros in junk from which on they are padding. */
const ZERO_RUN = 64;
/** Formats that are looked for in the middle of junk: only those that six bytes or more, or a structure, speak for. */
const IN_JUNK = [
  'MZ',
  '\x7fELF',
  'PK\x03\x04',
  '%PDF-',
  'Rar!\x1a\x07',
  '7z\xbc\xaf\x27\x1c',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '\x89PNG\r\n',
  '#!/bin/',
  '#!/usr/',
];

/** Moves on to the next thing that is known; marks what was passed as foreign (with a finding) or junk. */
export function* scan(w: Window, context: Context, finding: Finding | null, magic: Magic | null): Walk {
  const foreign = finding !== null;
  const is = foreign ? 'foreign' : 'junk';
  const mayHoldMacros = magic?.kind === 'document';
  let zeros = 0;
  let searched = w.pos;
  if (yield* w.need(1)) w.pos++;
  while (yield* w.need(1)) {
    yield* w.need(MAGIC_BYTES + 1);
    // Little at once: what has been passed must still be in the window when it is searched.
    const stop = Math.min(w.ended ? w.end : w.end - MAGIC_BYTES, w.pos + STEP_BYTES);
    let at = w.pos;
    let known = false;
    for (; at < stop && !known; at++) {
      // The window may move under us whenever a walker waits: always by offset.
      const byte = w.bytes[at - w.base] as number;
      zeros = byte === 0 ? zeros + 1 : 0;
      if (zeros === ZERO_RUN && !foreign) {
        at -= ZERO_RUN - 1;
        known = true;
        break;
      }
      if (INTERESTING[byte] === 0) continue;
      w.pos = at;
      known = yield* isKnownHere(w, byte, foreign);
      if (known) break;
    }
    w.pos = at;
    if (mayHoldMacros && finding !== null) {
      const from = Math.max(0, searched - 32 - w.base);
      lookForMacros(letters(w.bytes, from, at - w.base), finding, context);
      searched = at;
    }
    if (known) break;
  }
  context.record.mark(w.fileOffset(w.pos), is);
}

const INTERESTING = new Uint8Array(256);
for (const letter of '\xffITALOfRM\x7fP%7\xd0\x89#') INTERESTING[letter.charCodeAt(0)] = 1;

function* isKnownHere(w: Window, byte: number, foreign: boolean): Walk<boolean> {
  if (byte === 0xff) {
    if (w.ahead < 4 || w.at(1) < 0xe0) return false;
    if (isWrapster(w.view(64))) return true;
    if (foreign) return (yield* findChain(w, 0, CHAIN_IN_FOREIGN, 'audible')) !== null;
    return (yield* findChain(w, 0, CHAIN_IN_JUNK, true)) !== null;
  }
  if (beginsSomething(w)) return true;
  if (w.startsWith('OggS\0') && w.at(5) < 8) return true;
  if (w.startsWith('fLaC\0\0\0"') || w.startsWith('fLaC\x80\0\0"')) return true;
  if (w.startsWith('RIFF') && w.startsWith('WAVEfmt ', 8)) return true;
  if (foreign) return false;
  return IN_JUNK.some((word) => w.startsWith(word)) && identifyStrong(w.view(MAGIC_BYTES)) !== null;
}

/** Tags and programs that cannot be chance, where a frame was still going on. */
export function beginsSomething(w: Window): boolean {
  switch (w.at(0)) {
    case 0x54:
      return w.ended && w.ahead === 128 && w.startsWith('TAG');
    case 0x41:
      return w.startsWith('APETAGEX');
    case 0x4c:
      // In text the word alone is no tag: fields of version 2 must follow.
      return w.startsWith('LYRICSBEGIN') && /^[A-Z0-9]{3}\d{5}$/.test(letters(w.view(8, 11)));
    case 0x49:
      return w.startsWith('ID3') && w.at(3) >= 2 && w.at(3) <= 4 && w.at(4) === 0 && (w.at(5) & 15) === 0;
    default:
      return false;
  }
}
