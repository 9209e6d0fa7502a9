// FLAC: metadata blocks, then frames whose lengths nobody tells. A frame ends where its CRC-16 comes out as nothing and the
// next header (CRC-8, next number) begins, or the file ends, or something else begins.
import {
  FLAC_HEADER_BYTES,
  flacScan,
  type FlacStreamInfo,
  identify,
  MAGIC_BYTES,
  readComments,
  readFlacFrame,
  readFlacStreamInfo,
  scanFlac,
  letters,
} from '#wire/magic';
import { walkBlob } from './blob-walk.ts';
import type { Context } from './context.ts';
import { PartWindow, type Walk, type Window } from './window.ts';

const COMMENT_BYTES = 60_000;
/** How far back the end of the last frame is still in the window for certain. */
const BACK_BYTES = 16_384;

type Frames = { count: number; samples: number; bytes: number; broken: number; brokenAt: number };

/** Walks the FLAC that begins here. */
export function* walkFlac(w: Window, context: Context): Walk<boolean> {
  const { record } = context;
  const start = w.fileOffset(w.pos);
  yield* w.skip(4);
  record.mark(w.fileOffset(w.pos), 'header');
  const info = yield* walkBlocks(w, context);
  if (info === null) return true;
  context.declaredSamples = info.samples;
  const from = w.fileOffset(w.pos);
  const found = yield* walkFrames(w, context, info);
  if (found.count === 0) return true;
  const seconds = found.samples / info.hz;
  record.sound(from, {
    container: 'flac',
    codec: 'flac',
    mpeg: null,
    layer: null,
    kbps: seconds > 0 ? Math.round((found.bytes * 8) / seconds / 1000) : 0,
    vbr: true,
    freeFormat: false,
    hz: info.hz,
    channels: info.channels,
    frames: found.count,
    seconds,
  });
  if (found.broken > 0) {
    record.note(
      'resync',
      'damage',
      found.brokenAt,
      0,
      `${found.broken} frames whose checksum is wrong or that are missing`,
    );
  }
  if (info.samples > found.samples) {
    const lie = info.samples >= found.samples * 8 && found.broken === 0 && !context.mpeg.endsCut;
    const what = `the header counts ${info.samples} samples, ${found.samples} are there`;
    record.note(lie ? 'lies' : 'truncated', lie ? 'alarm' : 'damage', start, 0, what);
  } else if (info.samples > 0 && info.samples * 8 <= found.samples) {
    record.note('lies', 'alarm', start, 0, `the header counts ${info.samples} samples, ${found.samples} are there`);
  }
  return true;
}

/** STREAMINFO, PADDING, APPLICATION, VORBIS_COMMENT, PICTURE …; null where no STREAMINFO came or the bytes ended. */
function* walkBlocks(w: Window, context: Context): Walk<FlacStreamInfo | null> {
  const { record } = context;
  let info: FlacStreamInfo | null = null;
  for (;;) {
    if (!(yield* w.need(4))) return null;
    const type = w.at(0) & 0x7f;
    const last = w.at(0) > 0x7f;
    const bytes = (w.at(1) << 16) | (w.at(2) << 8) | w.at(3);
    const at = w.fileOffset(w.pos);
    if (type > 6 && (info === null || w.at(0) === 0xff || type === 127)) return info;
    if (info === null && (type !== 0 || bytes !== 34)) return null;
    yield* w.skip(4);
    const part = new PartWindow(w, bytes);
    if (type === 0) {
      yield* part.need(34);
      info = readFlacStreamInfo(part.view(34), 0);
      if (info === null) return null;
    } else if (type === 4) yield* walkComments(part, context);
    else if (type === 6) yield* walkPictureBlock(part, context);
    else if (type === 1) yield* walkBlob(part, context, 'padding', 'the padding');
    else if (type === 2) {
      yield* part.skip(4);
      yield* walkBlob(part, context, 'object', 'an application block');
    } else yield* walkBlob(part, context, 'object', 'a metadata block');
    yield* part.finish();
    record.mark(w.fileOffset(w.pos), type === 0 ? 'header' : type === 1 ? 'padding' : 'tag');
    if (part.cut) {
      record.note('truncated', 'damage', at, w.fileOffset(w.pos) - at, `a metadata block of ${bytes} bytes is cut`);
      return info;
    }
    if (last) return info;
  }
}

function* walkComments(part: PartWindow, context: Context): Walk {
  const { record } = context;
  yield* part.need(COMMENT_BYTES);
  const comments = readComments(part.view(COMMENT_BYTES), 0);
  record.tag('vorbis-comment');
  record.name('title', comments.title);
  record.name('artist', comments.artist);
  record.name('album', comments.album);
  record.pictures += comments.pictures;
}

/** type 4 | MIME length 4, MIME | description length 4, description | size and colours 16 | length 4 | picture */
function* walkPictureBlock(part: PartWindow, context: Context): Walk {
  context.record.pictures++;
  yield* part.need(8192);
  const mime = big(part, 4);
  const description = mime < 4096 ? big(part, 8 + mime) : 0;
  if (mime >= 4096 || description > 60_000) return;
  const link = letters(part.view(3, 8)) === '-->';
  yield* part.skip(8 + mime + 4 + description + 16 + 4);
  if (!link) yield* walkBlob(part, context, 'picture', 'the cover');
}

function* walkFrames(w: Window, context: Context, info: FlacStreamInfo): Walk<Frames> {
  const { record } = context;
  const found: Frames = { count: 0, samples: 0, bytes: 0, broken: 0, brokenAt: -1 };
  let expected = -1;
  for (;;) {
    yield* w.need(FLAC_HEADER_BYTES);
    const frame = readFlacFrame(w.bytes, w.index, w.filled);
    if (frame === null) return found;
    if (expected >= 0 && frame.number !== expected) {
      found.broken++;
      if (found.brokenAt < 0) found.brokenAt = w.fileOffset(w.pos);
    }
    expected = frame.variable ? frame.number + frame.samples : frame.number + 1;
    const from = w.pos;
    const rest = info.samples > 0 ? info.samples - found.samples - frame.samples : 1;
    const end = yield* findFrameEnd(w, info, expected, rest <= 0, frame.variable);
    if (end === 'cut') {
      context.mpeg.endsCut = true;
      record.note(
        'truncated',
        'damage',
        w.fileOffset(from),
        w.pos - from,
        'the last frame is cut or its checksum is wrong',
      );
      record.mark(w.fileOffset(w.pos), 'frames');
      return found;
    }
    if (end === 'broken') {
      found.broken++;
      if (found.brokenAt < 0) found.brokenAt = w.fileOffset(from);
    } else {
      found.count++;
      found.samples += frame.samples;
      found.bytes += w.pos - from;
    }
    record.mark(w.fileOffset(w.pos), 'frames');
  }
}

/**
 * Moves behind the frame that begins here. `whole`: its checksum is right; `broken`: the next frame's header came first;
 * `cut`: the bytes end within it.
 */
function* findFrameEnd(
  w: Window,
  info: FlacStreamInfo,
  next: number,
  mayBeLast: boolean,
  variable: boolean,
): Walk<'whole' | 'broken' | 'cut'> {
  const from = w.pos;
  // No frame is longer than its samples uncompressed and some.
  const limit = info.maxBlock * info.channels * ((info.bits + 7) >> 3) + info.maxBlock + 4096;
  let crc = 0;
  let firstEnd = -1;
  while (w.pos - from <= limit && (yield* w.need(1))) {
    yield* w.need(FLAC_HEADER_BYTES + 1);
    const there = w.ended ? w.filled : w.filled - FLAC_HEADER_BYTES;
    const stop = Math.max(w.index + 1, Math.min(there, from + limit + 1 - w.base));
    scanFlac(w.bytes, w.index, stop, crc);
    crc = flacScan.crc;
    w.pos = w.base + flacScan.at;
    yield* w.need(FLAC_HEADER_BYTES);
    if (w.pos - from < 8) continue;
    if (w.ahead >= 6 && w.at(0) === 0xff && (w.at(1) & 0xfe) === 0xf8) {
      const frame = readFlacFrame(w.bytes, w.index, w.filled);
      if (frame !== null && (frame.number === next || (crc === 0 && isNear(frame.number, next, variable)))) {
        return crc === 0 ? 'whole' : 'broken';
      }
    }
    if (crc !== 0) continue;
    if (w.ahead === 0 || (yield* somethingBegins(w))) return 'whole';
    if (firstEnd < 0) firstEnd = w.pos;
  }
  if (!mayBeLast || firstEnd < 0 || w.pos - firstEnd > BACK_BYTES) return 'cut';
  w.pos = firstEnd;
  return 'whole';
}

/** After frames that are missing the numbers go on, a little later. */
function isNear(number: number, next: number, variable: boolean): boolean {
  return number > next && number - next < (variable ? 50_000_000 : 50_000);
}

/** Whether a tag, padding or a foreign format begins here. */
function* somethingBegins(w: Window): Walk<boolean> {
  yield* w.need(MAGIC_BYTES + 1);
  const view = w.view(MAGIC_BYTES);
  const word = letters(view, 0, Math.min(12, view.length));
  // oxlint-disable-next-line no-control-regex
  if (/^(ID3|TAG|APETAGEX|LYRICSBEGIN|fLaC|OggS|RIFF|\0{8})/.test(word)) return true;
  return identify(view, w.ahead <= MAGIC_BYTES) !== null;
}

function big(w: Window, distance: number): number {
  return w.at(distance) * 16777216 + ((w.at(distance + 1) << 16) | (w.at(distance + 2) << 8) | w.at(distance + 3));
}
