// Walks along tags: ID3v2 with its frames, ID3v1 and its longer form, APE, Lyrics3. Only a little of any text is read, and
// no length is believed before the bytes are there.
import { identify, MAGIC_BYTES, letters } from '#wire/magic';
import {
  type Id3v2Header,
  id3v2FrameHeaderBytes,
  plainText,
  readApeItem,
  readApeMark,
  readId3v1,
  readId3v2Frame,
  readId3v2Header,
  readId3v2Text,
  syncsafe,
  textEnd,
} from '#wire/mpeg';
import { foreignRest, skipZeros, walkBlob } from './blob-walk.ts';
import { findChain } from './chain.ts';
import type { Context } from './context.ts';
import { LIMITS } from './record.ts';
import { PartWindow, type Walk, type Window } from './window.ts';

/** Tags in tags (CHAP) deeper than this are passed over. */
const TAG_DEPTH = LIMITS.tagDepth.value;
/** Frames of one tag that are looked into; the rest is passed over. */
const TAG_FRAMES = LIMITS.tagFrames.value;
const TEXT_BYTES = LIMITS.tagText.value;
/** A tag that ends this much before its claim is a slip, more is a lie. */
const SLIP_BYTES = 4096;

/** Walks the tag that begins here, if one does. */
export function* walkTag(w: Window, context: Context): Walk<boolean> {
  if (w.startsWith('ID3')) {
    const header = readId3v2Header(w.view(10));
    if (header !== null) {
      yield* walkId3v2(w, context, header);
      return true;
    }
  }
  if (w.startsWith('TAG')) return yield* walkId3v1(w, context);
  if (w.startsWith('APETAGEX')) return yield* walkApe(w, context);
  if (w.startsWith('LYRICSBEGIN')) return yield* walkLyrics(w, context);
  if (w.startsWith('3DI') && readId3v2Header(w.view(10), 0, '3DI') !== null) {
    yield* w.skip(10);
    context.record.mark(w.fileOffset(w.pos), 'tag');
    return true;
  }
  return yield* walkApeItemsWithoutHeader(w, context);
}

function* walkId3v2(w: Window, context: Context, header: Id3v2Header): Walk {
  const { record } = context;
  const at = w.fileOffset(w.pos);
  record.tag(`id3v2.${header.major}`);
  context.tagEnd = at + header.totalBytes;
  yield* w.skip(10);
  const body = new PartWindow(w, header.bodyBytes, header.unsync && header.major < 4);
  yield* skipExtendedHeader(body, header);
  const framesEnd = yield* walkFrames(body, context, header);
  if (framesEnd !== 'all' && (yield* walkPadding(body, context, framesEnd === 'padding'))) {
    // Frames of sound where the tag claims to be still going on.
    const excess = body.left + body.ahead;
    body.handBack();
    const there = w.fileOffset(w.pos);
    record.mark(there, 'tag');
    const what = `a tag claims ${header.totalBytes} bytes and ends after ${there - at}`;
    if (excess > SLIP_BYTES) record.note('lies', 'alarm', at, header.totalBytes, what);
    else record.note('resync', 'note', there, excess, what);
    return;
  }
  yield* body.finish();
  if (body.cut) {
    const claimed = `a tag of ${header.totalBytes} bytes, of which ${w.fileOffset(w.pos) - at} are there`;
    record.note('truncated', 'damage', at, w.fileOffset(w.pos) - at, claimed);
  } else if (header.footer && (yield* w.need(10)) && w.startsWith('3DI')) yield* w.skip(10);
  record.mark(w.fileOffset(w.pos), 'tag');
}

function* skipExtendedHeader(body: PartWindow, header: Id3v2Header): Walk {
  if (!header.extended || !(yield* body.need(4))) return;
  const view = body.view(4);
  if (header.major === 4) yield* body.skip(Math.min(Math.max(syncsafe(view, 0), 6), header.bodyBytes));
  else {
    const size =
      ((view[0] as number) << 24) | ((view[1] as number) << 16) | ((view[2] as number) << 8) | (view[3] as number);
    if (size === 6 || size === 10) yield* body.skip(4 + size);
  }
}

/** Walks frames up to `all` of the body, to the first zero where `padding` begins, or to bytes that are no frame. */
function* walkFrames(body: Window, context: Context, header: Id3v2Header): Walk<'all' | 'padding' | 'no-frame'> {
  const headBytes = id3v2FrameHeaderBytes(header.major);
  for (let count = 0; count < TAG_FRAMES; count++) {
    if (!(yield* body.need(1))) return 'all';
    if (body.at(0) === 0) return 'padding';
    if (!(yield* body.need(headBytes))) return 'no-frame';
    let frame = readId3v2Frame(body.view(headBytes), 0, header.major);
    if (frame === null) return 'no-frame';
    if (header.major === 4 && frame.sizeBytes >= 128) {
      const plain = readId3v2Frame(body.view(headBytes), 0, 4, true);
      if (plain !== null && plain.sizeBytes !== frame.sizeBytes && !(yield* frameFollows(body, 10 + frame.sizeBytes))) {
        if (yield* frameFollows(body, 10 + plain.sizeBytes)) frame = plain;
      }
    }
    yield* body.skip(headBytes);
    const part = new PartWindow(body, frame.sizeBytes, header.major === 4 && (frame.unsync || header.unsync));
    if (!frame.encrypted && !frame.packed) {
      yield* part.skip(frame.dataAt);
      yield* walkFrame(part, context, frame.id, header);
    }
    yield* part.finish();
    if (part.cut) return 'all';
  }
  return 'all';
}

/** Whether another frame, padding or the end stands there; unknown where it lies too far ahead. */
function* frameFollows(body: Window, distance: number): Walk<boolean> {
  if (distance > 12_000) return false;
  if (!(yield* body.need(distance + 10)))
    return body.ahead === distance || (body.ahead > distance && body.at(distance) === 0);
  return body.at(distance) === 0 || readId3v2Frame(body.view(10, distance), 0, 4) !== null;
}

function* walkFrame(part: PartWindow, context: Context, id: string, header: Id3v2Header): Walk {
  const { record } = context;
  switch (id) {
    case 'TIT2':
    case 'TT2':
      return record.name('title', yield* text(part));
    case 'TPE1':
    case 'TP1':
      return record.name('artist', yield* text(part));
    case 'TALB':
    case 'TAL':
      return record.name('album', yield* text(part));
    case 'TLEN':
    case 'TLE': {
      const ms = Number(yield* text(part));
      if (ms > 0 && Number.isFinite(ms) && context.lengthClaims.length < 100) {
        context.lengthClaims.push({ ms, at: part.fileOffset(0), secondsBefore: context.mpeg.seconds });
      }
      return;
    }
    case 'APIC':
    case 'PIC':
      return yield* walkCover(part, context, id);
    case 'GEOB':
    case 'GEO':
      return yield* walkObject(part, context, id);
    case 'PRIV':
    case 'UFID':
      yield* part.need(256);
      yield* part.skip(textEnd(part.view(256), 0, 0).next);
      return yield* walkBlob(part, context, 'object', `the tag's ${id} frame`);
    case 'CHAP':
    case 'CTOC':
      return yield* walkChapter(part, context, id, header);
    default:
      if (id.startsWith('T') || id.startsWith('W') || /^(COM|COMM|ULT|USLT|SLT|SYLT|PCNT|CNT|POPM|POP)$/.test(id))
        return;
      return yield* walkBlob(part, context, 'object', `the tag's ${id} frame`);
  }
}

function* text(part: Window): Walk<string> {
  yield* part.need(TEXT_BYTES);
  return readId3v2Text(part.view(TEXT_BYTES));
}

/** encoding | MIME (or three letters in 2.2) | type | description | picture */
function* walkCover(part: PartWindow, context: Context, id: string): Walk {
  context.record.pictures++;
  yield* part.need(TEXT_BYTES);
  const view = part.view(TEXT_BYTES);
  const encoding = view[0] ?? 0;
  const mime = id === 'PIC' ? { end: 4, next: 4 } : textEnd(view, 1, 0);
  const link = letters(view, 1, mime.end) === '-->';
  const description = textEnd(view, mime.next + 1, encoding);
  yield* part.skip(description.next);
  if (!link) yield* walkBlob(part, context, 'picture', 'the cover');
}

/** encoding | MIME | file name | description | object */
function* walkObject(part: PartWindow, context: Context, id: string): Walk {
  yield* part.need(TEXT_BYTES);
  const view = part.view(TEXT_BYTES);
  const encoding = view[0] ?? 0;
  const name = textEnd(view, textEnd(view, 1, 0).next, encoding);
  const description = textEnd(view, name.next, encoding);
  yield* part.skip(description.next);
  yield* walkBlob(part, context, 'object', `the tag's ${id} frame`);
}

/** A chapter: its name, 16 bytes of times, frames of its own. */
function* walkChapter(part: PartWindow, context: Context, id: string, header: Id3v2Header): Walk {
  if (context.depth >= TAG_DEPTH) return;
  yield* part.need(TEXT_BYTES);
  const name = textEnd(part.view(TEXT_BYTES), 0, 0).next;
  if (id === 'CHAP') yield* part.skip(name + 16);
  else {
    yield* part.skip(name);
    if (!(yield* part.need(2))) return;
    const entries = part.at(1);
    yield* part.skip(2);
    for (let i = 0; i < entries; i++) {
      yield* part.need(256);
      yield* part.skip(textEnd(part.view(256), 0, 0).next);
    }
  }
  const { record } = context;
  const outside = { title: record.title, artist: record.artist, album: record.album };
  context.depth++;
  yield* walkFrames(part, context, header);
  context.depth--;
  // A chapter's names are not the song's.
  Object.assign(record, outside);
}

/** What stands behind a tag's frames: zeros by right. True where MPEG frames begin, which no tag may hold. */
function* walkPadding(body: PartWindow, context: Context, zerosFirst: boolean): Walk<boolean> {
  const { record } = context;
  let first = !zerosFirst;
  while (yield* body.need(1)) {
    if (!first) yield* skipZeros(body);
    first = false;
    if (!(yield* body.need(1))) return false;
    if ((yield* findChain(body, 0, 4, true)) !== null) return true;
    const whole = !(yield* body.need(MAGIC_BYTES + 1));
    const magic = identify(body.view(MAGIC_BYTES), whole);
    if (magic !== null && magic.kind !== 'sound') {
      yield* foreignRest(body, context, magic, "in the tag's padding");
      return false;
    }
    const at = body.fileOffset(body.pos);
    const found = yield* skipGarbage(body);
    const length = body.fileOffset(body.pos) - at;
    record.note('junk', 'note', at, length, `${length} bytes in a tag's padding`);
    if (found) return true;
  }
  return false;
}

/** Moves to the next sixteen zeros, or (true) to frames of sound. */
function* skipGarbage(body: Window): Walk<boolean> {
  let zeros = 0;
  while (yield* body.need(1)) {
    const byte = body.at(0);
    zeros = byte === 0 ? zeros + 1 : 0;
    if (zeros === 16) {
      body.pos -= 15;
      return false;
    }
    if (byte === 0xff && (yield* findChain(body, 0, 4, true)) !== null) return true;
    body.pos++;
  }
  return false;
}

function* walkId3v1(w: Window, context: Context): Walk<boolean> {
  const { record } = context;
  yield* w.need(360);
  if (w.startsWith('TAG+') && w.startsWith('TAG', 227)) {
    record.tag('tag+');
    yield* w.skip(227);
    record.mark(w.fileOffset(w.pos), 'tag');
    return true;
  }
  const at = w.fileOffset(w.pos);
  if (w.ahead < 128) {
    const length = w.ahead;
    if (context.mpeg.frames > 0) {
      yield* w.skip(length);
      record.tag('id3v1');
      record.mark(w.fileOffset(w.pos), 'tag');
      record.note('truncated', 'damage', at, length, `an ID3v1 tag of which ${length} of 128 bytes are there`);
      return true;
    }
    return false;
  }
  const tag = readId3v1(w.view(128), 0);
  if (tag === null) return false;
  record.tag('id3v1');
  record.name('title', tag.title);
  record.name('artist', tag.artist);
  record.name('album', tag.album);
  yield* w.skip(128);
  record.mark(w.fileOffset(w.pos), 'tag');
  return true;
}

function* walkApe(w: Window, context: Context): Walk<boolean> {
  if (!(yield* w.need(32))) return false;
  const mark = readApeMark(w.view(32), 0);
  if (mark === null) return false;
  const { record } = context;
  const at = w.fileOffset(w.pos);
  record.tag(`apev${mark.version}`);
  yield* w.skip(32);
  if (mark.isHeader) {
    const part = new PartWindow(w, mark.sizeBytes);
    yield* walkApeItems(part, context);
    yield* part.finish();
    if (part.cut) {
      const there = w.fileOffset(w.pos) - at;
      record.note(
        'truncated',
        'damage',
        at,
        there,
        `an APE tag of ${mark.sizeBytes + 32} bytes, of which ${there} are there`,
      );
    }
  }
  record.mark(w.fileOffset(w.pos), 'tag');
  return true;
}

function* walkApeItems(part: PartWindow, context: Context): Walk {
  const { record } = context;
  for (let count = 0; count < TAG_FRAMES; count++) {
    if (!(yield* part.need(11)) || part.startsWith('APETAGEX')) return;
    yield* part.need(8 + 256);
    const item = readApeItem(part.view(8 + 256), 0);
    if (item === null) return;
    yield* part.skip(item.valueAt);
    const value = new PartWindow(part, item.sizeBytes);
    const key = item.key.toLowerCase();
    if (key.startsWith('cover art')) {
      record.pictures++;
      yield* value.need(TEXT_BYTES);
      yield* value.skip(textEnd(value.view(TEXT_BYTES), 0, 0).next);
      yield* walkBlob(value, context, 'picture', `the APE item ${item.key}`);
    } else if (item.binary || (key !== 'title' && key !== 'artist' && key !== 'album')) {
      yield* walkBlob(value, context, 'object', `the APE item ${item.key}`);
    } else {
      yield* value.need(TEXT_BYTES);
      record.name(key, plainText(letters(value.view(TEXT_BYTES))));
    }
    yield* value.finish();
    if (value.cut) return;
  }
}

/** APEv1, and APEv2 without its header: items, and only behind them the footer. Looked for within what can be seen. */
function* walkApeItemsWithoutHeader(w: Window, context: Context): Walk<boolean> {
  yield* w.need(270);
  let at = 0;
  for (let count = 0; count < 200; count++) {
    if (at > 60_000) return false;
    yield* w.need(at + 300);
    if (count > 0 && w.startsWith('APETAGEX', at)) break;
    const item = readApeItem(w.view(300, at), 0);
    if (item === null || item.sizeBytes > 60_000 || !/^[\x20-\x7e]{2,}$/.test(item.key)) return false;
    at += item.valueAt + item.sizeBytes;
  }
  const mark = readApeMark(w.view(32, at), 0);
  if (mark === null || mark.sizeBytes !== at + 32) return false;
  const part = new PartWindow(w, at);
  yield* walkApeItems(part, context);
  yield* part.finish();
  context.record.tag(`apev${mark.version}`);
  yield* w.skip(32);
  context.record.mark(w.fileOffset(w.pos), 'tag');
  return true;
}

/** Version 1 ends in LYRICSEND within 5,100 bytes; version 2 is fields of three letters and five digits. */
function* walkLyrics(w: Window, context: Context): Walk<boolean> {
  yield* w.need(5200);
  const { record } = context;
  const at = w.fileOffset(w.pos);
  let whole = true;
  if (/^[A-Z0-9]{3}\d{5}/.test(letters(w.view(8, 11)))) {
    record.tag('lyrics3v2');
    yield* w.skip(11);
    while (yield* w.need(8)) {
      const field = /^[A-Z0-9]{3}(\d{5})/.exec(letters(w.view(8)));
      if (field === null || w.startsWith('LYRICS200', 6)) break;
      yield* w.skip(8 + Number(field[1]));
    }
    whole = (yield* w.need(15)) && w.startsWith('LYRICS200', 6);
    if (whole) yield* w.skip(15);
  } else {
    const end = letters(w.view(5200)).indexOf('LYRICSEND');
    whole = end >= 0;
    if (!whole && w.ahead >= 5200) return false;
    record.tag('lyrics3v1');
    yield* w.skip(whole ? end + 9 : w.ahead);
  }
  record.mark(w.fileOffset(w.pos), 'tag');
  if (!whole && !(yield* w.need(1))) {
    record.note('truncated', 'damage', at, w.fileOffset(w.pos) - at, 'lyrics without their end');
  }
  return true;
}
