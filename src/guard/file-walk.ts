// The walk along a whole file: what stands here, until the end. Tags, containers, frames, Wrapster, zeros; and what is
// none of these is foreign where it is known and junk where it is not.
import { identify, identifyBare, identifyStrong, type Magic, MAGIC_BYTES, letters } from '#wire/magic';
import { decodeHeader } from '#wire/mpeg';
import { isWrapster } from '#wire/wrapster';
import { walkAdts } from './adts-walk.ts';
import { skipZeros } from './blob-walk.ts';
import { type Chain, findChain, findLyingChain } from './chain.ts';
import type { Context } from './context.ts';
import { walkFlac } from './flac-walk.ts';
import { dataBytes } from './mpeg-frames.ts';
import { walkMp4 } from './mp4-walk.ts';
import { walkPicture } from './picture-walk.ts';
import { walkOgg } from './ogg-walk.ts';
import { walkRiff } from './riff-walk.ts';
import { beginsSomething, scan } from './scan.ts';
import { walkTag } from './tag-walk.ts';
import type { Walk, Window } from './window.ts';
import { walkWrapster } from './wrapster-walk.ts';

/** Walks everything that comes, to the end of the bytes. */
export function* walkFile(w: Window, context: Context): Walk {
  while (yield* w.need(1)) {
    yield* w.need(MAGIC_BYTES + 1);
    if (yield* walkTag(w, context)) continue;
    if (yield* walkContainer(w, context)) continue;
    if (isWrapster(w.view(64))) {
      yield* walkWrapster(w, context);
      continue;
    }
    const chain = yield* findFrames(w, context);
    if (chain !== null) {
      yield* walkMpeg(w, context, chain);
      continue;
    }
    if (w.at(0) === 0 && (yield* walkZeros(w, context))) continue;
    yield* walkUnknown(w, context);
  }
}

function* walkContainer(w: Window, context: Context): Walk<boolean> {
  if ((w.startsWith('RIFF') || w.startsWith('RF64')) && w.startsWith('WAVE', 8)) return yield* walkRiff(w, context);
  if (w.startsWith('fLaC')) return yield* walkFlac(w, context);
  if (w.startsWith('OggS')) return yield* walkOgg(w, context);
  if (w.startsWith('ftyp', 4) && identifyStrong(w.view(64))?.kind !== 'image') return yield* walkMp4(w, context);
  return yield* walkAdts(w, context);
}

/**
 * Frames where they must begin: two in a row, or one behind which the bytes end, something known begins, or which goes
 * on with the stream that was there before.
 */
function* findFrames(w: Window, context: Context): Walk<Chain | null> {
  if (w.at(0) !== 0xff) return null;
  const chain = yield* findChain(w, 0, 2, false);
  if (chain !== null) return chain;
  const single = yield* findSingle(w, context);
  return single ?? (yield* findLyingChain(w, 0, 4));
}

function* findSingle(w: Window, context: Context): Walk<Chain | null> {
  const header = decodeHeader(w.view(4));
  if (header === null || header.lengthBytes === 0) return null;
  if (!(yield* w.need(header.lengthBytes))) {
    return context.mpeg.isSameStream(w) ? { frames: 0, ends: 'cut', fixedBytes: 0, lied: false } : null;
  }
  yield* w.need(header.lengthBytes + MAGIC_BYTES);
  const next = w.view(MAGIC_BYTES, header.lengthBytes);
  const known =
    /^(ID3|TAG|APETAGEX|LYRICSBEGIN|RIFF|fLaC|OggS)/.test(letters(next, 0, 12)) ||
    next.every((byte) => byte === 0) ||
    isWrapster(next) ||
    identify(next, next.length < MAGIC_BYTES) !== null ||
    (context.mpeg.isSameStream(w) && (yield* findChain(w, 0, 1, true)) !== null);
  return known ? { frames: 1, ends: 'no-header', fixedBytes: 0, lied: false } : null;
}

/** Walks frames as long as they follow one another; then looks whether the last one was whole. */
function* walkMpeg(w: Window, context: Context, chain: Chain): Walk {
  const { mpeg, record } = context;
  if (chain.lied && !mpeg.lied) {
    record.note('lies', 'alarm', w.fileOffset(w.pos), 4, 'the headers name a bitrate that their frames do not have');
  }
  if (mpeg.frames === 0) yield* lookIntoBodies(w, context);
  const from = w.pos;
  mpeg.begin(w, chain.fixedBytes, chain.lied);
  for (;;) {
    const stop = mpeg.step(w);
    record.mark(w.fileOffset(w.pos), 'frames');
    if (stop === 'needs-more') {
      yield* w.need(w.ahead + 1);
      continue;
    }
    if (stop === 'cut') return walkCutFrame(w, context);
    if (w.pos > from) return yield* lookBehindShortFrame(w, context);
    return yield* walkJunk(w, context);
  }
}

/** The file ends within a frame, or a tag begins within it. */
function walkCutFrame(w: Window, context: Context): void {
  const { record, mpeg } = context;
  const at = w.pos;
  for (w.pos = at + 4; w.ahead > 0; w.pos++) {
    if (beginsSomething(w)) break;
  }
  const length = w.pos - at;
  mpeg.endsCut = true;
  record.note(
    'truncated',
    'damage',
    w.fileOffset(at),
    length,
    `the last frame is cut: ${length} bytes of it are there`,
  );
  record.mark(w.fileOffset(w.pos), 'frames');
}

/**
 * No header where the last frame ends: perhaps it ended earlier, because bytes are lost. Then the window goes back to
 * where the next frame or tag begins within it.
 */
function* lookBehindShortFrame(w: Window, context: Context): Walk {
  const { mpeg, record } = context;
  const end = w.pos;
  if (!(yield* w.need(1))) return;
  yield* w.need(MAGIC_BYTES + 1);
  if (beginsSomething(w) || isWrapster(w.view(64)) || (yield* findFrames(w, context)) !== null) return;
  const zeros = w.at(0) === 0 && w.at(Math.min(3, w.ahead - 1)) === 0;
  for (let at = mpeg.lastAt + 4; at < end; at++) {
    w.pos = at;
    const tag = beginsSomething(w);
    if (!tag && (zeros || w.at(0) !== 0xff || !mpeg.isSameStream(w) || (yield* findChain(w, 0, 3, true)) === null))
      continue;
    mpeg.takeBack();
    record.unmark(w.fileOffset(at));
    record.note(
      'resync',
      'damage',
      w.fileOffset(mpeg.lastAt),
      end - at,
      `a frame is ${end - at} bytes short: bytes are lost`,
    );
    return;
  }
  w.pos = end;
}

/** The joined bodies of the first frames must not begin as another format does. */
function* lookIntoBodies(w: Window, context: Context): Walk {
  const bodies: number[] = [];
  const behindSide: number[] = [];
  let at = 0;
  for (let i = 0; i < 8; i++) {
    yield* w.need(at + 4);
    const header = decodeHeader(w.view(4, at));
    if (header === null || header.lengthBytes === 0) break;
    yield* w.need(at + header.lengthBytes);
    const frame = w.view(header.lengthBytes, at);
    const side =
      header.layer === 3
        ? header.version === '1'
          ? header.channels === 1
            ? 17
            : 32
          : header.channels === 1
            ? 9
            : 17
        : 0;
    const from = header.protected ? 6 : 4;
    bodies.push(...frame.subarray(from));
    behindSide.push(...frame.subarray(from + side));
    at += header.lengthBytes;
  }
  for (const body of [bodies, behindSide]) {
    const bytes = Uint8Array.from(body.slice(0, MAGIC_BYTES));
    const magic = identifyStrong(bytes) ?? (bytes.length > 512 ? wordsOnly(bytes) : null);
    if (magic === null || magic.kind === 'sound') continue;
    context.record.note('wrapped', 'alarm', w.fileOffset(w.pos), at, `${magic.name} in frames with right headers`);
    return;
  }
}

function wordsOnly(bytes: Uint8Array): Magic | null {
  if (dataBytes(bytes, 0, bytes.length) * 2 < bytes.length) return null;
  const magic = identify(bytes, false);
  return magic?.kind === 'text' || magic?.kind === 'script' ? magic : null;
}

/** Zeros between things are harmless; a few of them belong to what follows. */
function* walkZeros(w: Window, context: Context): Walk<boolean> {
  const from = w.pos;
  const count = yield* skipZeros(w);
  if (count < 4 && (yield* w.need(1))) {
    w.pos = from;
    return false;
  }
  context.record.mark(w.fileOffset(w.pos), 'padding');
  return true;
}

/** Something that no walker knows: a foreign format, or junk. */
function* walkUnknown(w: Window, context: Context): Walk {
  const { record } = context;
  const whole = !(yield* w.need(MAGIC_BYTES + 1));
  const bare = context.mpeg.frames <= 3 && record.sounds.length === 0;
  const magic = (bare ? identifyBare : identify)(w.view(MAGIC_BYTES), whole);
  if (magic === null) return yield* walkJunk(w, context);
  const at = w.fileOffset(w.pos);
  if (magic.kind === 'sound') {
    record.note('mislabelled', 'alarm', at, 0, `${magic.name}, which is not looked into`);
    return yield* scan(w, context, null, null);
  }
  const finding = record.alarmForeign(magic.kind, at, 0, `${magic.name} at byte ${at}`, false);
  if (magic.kind === 'image') {
    // A picture has an end of its own; behind it the file may go on.
    const from = w.pos;
    const ends = yield* walkPicture(w);
    if (w.pos > from) record.mark(w.fileOffset(w.pos), 'foreign');
    if (!ends) yield* scan(w, context, finding, magic);
  } else yield* scan(w, context, finding, magic);
  finding.lengthBytes = w.fileOffset(w.pos) - at;
}

function* walkJunk(w: Window, context: Context): Walk {
  const at = w.fileOffset(w.pos);
  if (context.mpeg.frames > 0 && w.ended && w.ahead < 4 && w.at(0) === 0xff && (w.ahead === 1 || w.at(1) >= 0xe0)) {
    // Not even a whole header of the next frame.
    context.mpeg.endsCut = true;
    context.record.note('truncated', 'damage', at, w.ahead, `the last frame is cut: ${w.ahead} bytes of it are there`);
    yield* w.skip(w.ahead);
    return context.record.mark(w.fileOffset(w.pos), 'frames');
  }
  yield* scan(w, context, null, null);
  const length = w.fileOffset(w.pos) - at;
  context.record.junk(at, length);
}
