// WAV: chunks, of which `fmt ` and `data` are the sound. A RIFF's own size is believed only as far as chunks bear it out.
import { identify, MAGIC_BYTES, letters } from '#wire/magic';
import { plainText, readId3v2Header } from '#wire/mpeg';
import { foreignRest, walkBlob } from './blob-walk.ts';
import type { Context } from './context.ts';
import { walkTag } from './tag-walk.ts';
import type { Codec } from './verdict.ts';
import { PartWindow, type Walk, type Window } from './window.ts';

type Wave = { codec: Codec; mpeg: boolean; channels: number; hz: number; bytesPerSecond: number; blockBytes: number };

const CODECS: Record<number, Codec> = { 1: 'pcm', 3: 'pcm', 0x50: 'mp2', 0x55: 'mp3' };
/** Chunks that are taken as such whatever their bytes look like. */
const KNOWN = new Set(
  'fmt |data|LIST|JUNK|junk|PAD |FLLR|filr|Fake|fact|bext|cue |smpl|inst|plst|note|labl|DISP|PEAK|iXML|axml|aXML|_PMX|acid|cart|chna|umid|minf|elm1|regn|levl|ds64|id3 |ID3 |strc|slnt|afsp|AFAn'.split(
    '|',
  ),
);
const CHUNK_ID = /^[\x20-\x7e]{4}$/;

/** Walks the RIFF that begins here. */
export function* walkRiff(w: Window, context: Context): Walk<boolean> {
  const { record } = context;
  const start = w.pos;
  const size = little(w, 4);
  const end = w.startsWith('RF64') || size === 0xffffffff || size === 0 ? Number.POSITIVE_INFINITY : start + 8 + size;
  let wave: Wave | null = null;
  let big = 0;
  yield* w.skip(12);
  record.mark(w.fileOffset(w.pos), 'header');
  while (w.pos + 8 <= end && (yield* w.need(8))) {
    const id = letters(w.view(4));
    if (!CHUNK_ID.test(id)) break;
    let bytes = little(w, 4);
    const at = w.fileOffset(w.pos);
    if (id === 'RIFF' || id === 'fLaC' || id === 'OggS') break;
    if (!KNOWN.has(id) && (w.pos + 8 + bytes > end || (yield* isForeignHere(w)))) break;
    yield* w.skip(8);
    record.mark(w.fileOffset(w.pos), 'header');
    if (id === 'ds64' && (yield* w.need(16))) big = little(w, 8) + little(w, 12) * 4294967296;
    if (id === 'fmt ' && bytes >= 16 && bytes < 4096 && (yield* w.need(bytes))) wave = readFormat(w, bytes);
    const open = bytes === 0xffffffff || (id === 'data' && bytes === 0);
    if (id === 'data' && open) bytes = big > 0 ? big : Number.MAX_SAFE_INTEGER;
    const part = new PartWindow(w, bytes);
    if (id === 'data') yield* walkData(part, context, wave);
    else yield* walkChunk(part, context, id);
    yield* part.finish();
    if (id === 'fmt ' || id === 'fact' || id === 'ds64') record.mark(w.fileOffset(w.pos), 'header');
    else record.mark(w.fileOffset(w.pos), id === 'data' ? 'data' : 'tag');
    if (part.cut) {
      if (!open)
        record.note('truncated', 'damage', at, w.fileOffset(w.pos) - at, `the chunk ${id} of ${bytes} bytes is cut`);
      return true;
    }
    if (bytes % 2 === 1 && (yield* w.need(1)) && w.pos < end) {
      yield* w.skip(1);
      record.mark(w.fileOffset(w.pos), 'padding');
    }
  }
  if (Number.isFinite(end) && w.ended && w.ahead === 0 && w.pos + 1 < end && !hasAlarm(context)) {
    record.note(
      'truncated',
      'damage',
      w.fileOffset(start),
      w.pos - start,
      `a RIFF of ${size + 8} bytes ends after ${w.pos - start}`,
    );
  }
  return true;
}

function* isForeignHere(w: Window): Walk<boolean> {
  const whole = !(yield* w.need(MAGIC_BYTES + 1));
  const magic = identify(w.view(MAGIC_BYTES), whole);
  return magic !== null && magic.kind !== 'sound';
}

function hasAlarm(context: Context): boolean {
  return context.record.alarm !== null;
}

function readFormat(w: Window, bytes: number): Wave {
  let tag = w.at(0) | (w.at(1) << 8);
  if (tag === 0xfffe && bytes >= 26) tag = w.at(24) | (w.at(25) << 8);
  return {
    codec: CODECS[tag] ?? 'other',
    mpeg: tag === 0x50 || tag === 0x55,
    channels: w.at(2) | (w.at(3) << 8),
    hz: little(w, 4),
    bytesPerSecond: little(w, 8),
    blockBytes: w.at(12) | (w.at(13) << 8),
  };
}

function* walkData(part: PartWindow, context: Context, wave: Wave | null): Walk {
  const { record } = context;
  if (wave?.mpeg === true) {
    context.inRiff = true;
    yield* context.walkAll(part, context);
    return;
  }
  const whole = !(yield* part.need(MAGIC_BYTES + 1));
  const magic = identify(part.view(MAGIC_BYTES), whole);
  if (magic !== null && magic.kind !== 'sound' && (magic.strong || magic.kind === 'text' || magic.kind === 'script')) {
    yield* foreignRest(part, context, magic, 'where the samples should be');
    return;
  }
  const at = part.fileOffset(part.pos);
  while (yield* part.need(1)) yield* part.skip(part.ahead + Math.min(part.left, 1 << 20));
  const length = part.fileOffset(part.pos) - at;
  if (wave === null || length === 0 || wave.hz === 0 || wave.channels === 0) return;
  const rate = wave.bytesPerSecond > 0 ? wave.bytesPerSecond : wave.hz * Math.max(1, wave.blockBytes);
  const frames = wave.codec === 'pcm' && wave.blockBytes > 0 ? Math.floor(length / wave.blockBytes) : null;
  record.sound(at, {
    container: 'riff',
    codec: wave.codec,
    mpeg: null,
    layer: null,
    kbps: Math.round((rate * 8) / 1000),
    vbr: false,
    freeFormat: false,
    hz: wave.hz,
    channels: wave.channels,
    frames,
    seconds: frames === null ? length / rate : frames / wave.hz,
  });
  if (frames !== null && wave.bytesPerSecond > 0) {
    const ratio = (wave.hz * wave.blockBytes) / wave.bytesPerSecond;
    if (ratio >= 8 || ratio <= 1 / 8)
      record.note('lies', 'alarm', at, 4, 'the header names another rate than its own figures make');
  }
}

function* walkChunk(part: PartWindow, context: Context, id: string): Walk {
  if (id === 'LIST') return yield* walkList(part, context);
  if (id === 'id3 ' || id === 'ID3 ') {
    yield* part.need(10);
    if (readId3v2Header(part.view(10)) !== null) yield* walkTag(part, context);
    return;
  }
  if (id === 'fmt ' || id === 'ds64' || id === 'fact') return;
  const padding = /^(JUNK|junk|PAD |FLLR|Fake|filr)$/.test(id);
  yield* walkBlob(part, context, padding ? 'padding' : 'object', `the chunk ${id.trim()}`);
}

function* walkList(part: PartWindow, context: Context): Walk {
  const { record } = context;
  if (!(yield* part.need(4)) || !part.startsWith('INFO')) return;
  record.tag('riff-info');
  yield* part.skip(4);
  while (yield* part.need(8)) {
    const id = letters(part.view(4));
    const bytes = little(part, 4);
    yield* part.skip(8);
    yield* part.need(Math.min(bytes, 1024));
    const text = plainText(letters(part.view(Math.min(bytes, 1024))));
    if (id === 'INAM') record.name('title', text);
    else if (id === 'IART') record.name('artist', text);
    else if (id === 'IPRD') record.name('album', text);
    yield* part.skip(bytes + (bytes % 2));
  }
}

function little(w: Window, distance: number): number {
  return w.at(distance) + w.at(distance + 1) * 256 + w.at(distance + 2) * 65536 + w.at(distance + 3) * 16777216;
}
