// M4A: boxes with sizes, of which `moov` describes the sound and `mdat` is it. Sample tables are summed, not kept.
import { readable } from '#base';
import { identify, MAGIC_BYTES, letters } from '#wire/magic';
import { passForeign, walkBlob } from './blob-walk.ts';
import type { Context } from './context.ts';
import type { Codec } from './verdict.ts';
import { PartWindow, type Walk, type Window } from './window.ts';

const DEPTH = 12;
const BOX_TYPE = /^[\x20-\x7e\xa9]{4}$/;
const FREE = /^(free|skip|wide|junk)$/;
/** Boxes that hold boxes; the number is what stands before the first. */
const HOLDS: Record<string, number> = {
  moov: 0,
  trak: 0,
  mdia: 0,
  minf: 0,
  stbl: 0,
  udta: 0,
  meta: 4,
  ilst: 0,
  edts: 0,
  dinf: 0,
};
const TEXTS: Record<string, 'title' | 'artist' | 'album'> = {
  '\xa9nam': 'title',
  '\xa9ART': 'artist',
  '\xa9alb': 'album',
};

type Track = {
  handler: string;
  codec: Codec | null;
  hz: number;
  channels: number;
  timescale: number;
  duration: number;
  samples: number;
  /** Sum of all samples' times, in the track's timescale. */
  summed: number;
  sampleBytes: number;
  bitrate: number;
};

type Mp4 = {
  tracks: Track[];
  mdatBytes: number;
  mdatAt: number;
  moov: boolean;
  fragments: boolean;
  alarmInMdat: boolean;
  /** A brand of sound is named: `M4A `, `M4B `. */
  ofSound: boolean;
};

/** Walks the boxes that begin here with `ftyp`. */
export function* walkMp4(w: Window, context: Context): Walk<boolean> {
  const { record } = context;
  const start = w.fileOffset(w.pos);
  const mp4: Mp4 = {
    tracks: [],
    mdatBytes: 0,
    mdatAt: -1,
    moov: false,
    fragments: false,
    alarmInMdat: false,
    ofSound: false,
  };
  let boxes = 0;
  while (yield* w.need(8)) {
    const at = w.fileOffset(w.pos);
    const type = letters(w.view(4, 4));
    let bytes = big(w, 0);
    let head = 8;
    if (bytes === 1 && (yield* w.need(16))) {
      bytes = big(w, 8) * 4294967296 + big(w, 12);
      head = 16;
    }
    const toEnd = bytes === 0;
    if (toEnd) bytes = Number.MAX_SAFE_INTEGER;
    if (
      !/^(ftyp|styp|moov|mdat|free|skip|wide|junk|udta|meta|uuid|moof|mfra|sidx|emsg|pdin|prft|pnot)$/.test(type) ||
      bytes < head
    )
      break;
    if (toEnd && type !== 'mdat') break;
    yield* w.skip(head);
    record.mark(w.fileOffset(w.pos), 'header');
    const part = new PartWindow(w, bytes - head);
    if (type === 'ftyp') {
      yield* part.need(64);
      mp4.ofSound = /M4[ABP] /.test(letters(part.view(64)));
    } else if (type === 'mdat') yield* walkMdat(part, context, mp4);
    else if (type === 'moov') {
      mp4.moov = true;
      yield* walkBoxes(part, context, mp4, 1);
    } else if (type === 'udta' || type === 'meta') {
      yield* part.skip(HOLDS[type] ?? 0);
      yield* walkBoxes(part, context, mp4, 1);
    } else if (type === 'moof') mp4.fragments = true;
    else if (FREE.test(type)) yield* walkBlob(part, context, 'padding', `the box ${type}`);
    else if (type === 'uuid') {
      yield* part.skip(16);
      yield* walkBlob(part, context, 'object', 'a uuid box');
    }
    yield* part.finish();
    record.mark(w.fileOffset(w.pos), type === 'mdat' ? 'data' : FREE.test(type) ? 'padding' : 'header');
    boxes++;
    if (part.cut) {
      if (!toEnd)
        record.note('truncated', 'damage', at, w.fileOffset(w.pos) - at, `the box ${type} of ${bytes} bytes is cut`);
      context.mpeg.endsCut = true;
      break;
    }
  }
  judgeTracks(mp4, context, start);
  return boxes > 0;
}

function judgeTracks(mp4: Mp4, context: Context, start: number): void {
  const { record } = context;
  const sound = mp4.tracks.find((track) => track.handler === 'soun');
  const film = mp4.tracks.find((track) => track.handler === 'vide' && track.samples > 1);
  if (film !== undefined) {
    record.alarmForeign('video', start, 0, 'a film: it has a track of pictures that move', false);
    return;
  }
  if (sound === undefined || mp4.alarmInMdat) {
    if (mp4.alarmInMdat || record.alarm !== null) return;
    if (!mp4.ofSound && (mp4.mdatBytes > 0 || mp4.moov)) {
      record.alarmForeign('video', start, 0, 'a film in MP4: no track of sound in it', false);
    } else if (!mp4.moov && mp4.mdatBytes > 0) {
      record.note('truncated', 'damage', start, 0, 'the table of the sound (moov) is missing');
      context.hasCutSound = true;
    }
    return;
  }
  const seconds = sound.timescale > 0 ? sound.duration / sound.timescale : 0;
  if ((sound.samples === 0 && !mp4.fragments) || mp4.mdatBytes === 0) return;
  if (sound.sampleBytes > mp4.mdatBytes && !mp4.fragments) {
    if (sound.sampleBytes > mp4.mdatBytes * 8 && !context.mpeg.endsCut) {
      record.note(
        'lies',
        'alarm',
        start,
        0,
        `the table counts ${sound.sampleBytes} bytes of sound, ${mp4.mdatBytes} are there`,
      );
    } else if (!context.mpeg.endsCut) {
      record.note(
        'truncated',
        'damage',
        start,
        0,
        `the table counts ${sound.sampleBytes} bytes of sound, ${mp4.mdatBytes} are there`,
      );
    }
  }
  if (sound.summed > 0 && (sound.duration >= sound.summed * 8 || sound.duration * 8 <= sound.summed)) {
    const real = Math.round(sound.summed / Math.max(1, sound.timescale));
    record.note('lies', 'alarm', start, 0, `the header claims ${Math.round(seconds)} s, the table counts ${real}`);
  }
  const bytes = sound.samples === 0 ? mp4.mdatBytes : sound.sampleBytes;
  record.sound(start, {
    container: 'mp4',
    codec: sound.codec ?? 'other',
    mpeg: null,
    layer: null,
    kbps: seconds > 0 ? Math.round((bytes * 8) / seconds / 1000) : Math.round(sound.bitrate / 1000),
    vbr: true,
    freeFormat: false,
    hz: sound.hz || sound.timescale,
    channels: sound.channels,
    frames: sound.samples,
    seconds,
  });
}

/** The sound itself: only its first bytes can say that it is none. */
function* walkMdat(part: PartWindow, context: Context, mp4: Mp4): Walk {
  const { record } = context;
  if (mp4.mdatAt < 0) mp4.mdatAt = part.fileOffset(0);
  const whole = !(yield* part.need(MAGIC_BYTES + 1));
  const magic = identify(part.view(MAGIC_BYTES), whole);
  if (magic !== null && magic.kind !== 'sound' && (magic.strong || magic.kind === 'text' || magic.kind === 'script')) {
    const at = part.fileOffset(part.pos);
    const finding = record.alarmForeign(magic.kind, at, 0, `${magic.name} where the sound should be`, false);
    yield* passForeign(part, context, finding);
    finding.lengthBytes = part.fileOffset(part.pos) - at;
    mp4.alarmInMdat = true;
    return;
  }
  const from = part.pos;
  while (yield* part.need(1)) yield* part.skip(part.ahead + Math.min(part.left, 1 << 20));
  mp4.mdatBytes += part.pos - from;
}

function* walkBoxes(w: PartWindow, context: Context, mp4: Mp4, depth: number): Walk {
  for (let count = 0; count < 10_000 && (yield* w.need(8)); count++) {
    const type = letters(w.view(4, 4));
    let bytes = big(w, 0);
    if (bytes === 0) bytes = w.left + w.ahead;
    if (bytes < 8 || !BOX_TYPE.test(type)) return;
    yield* w.skip(8);
    const part = new PartWindow(w, bytes - 8);
    const inner = HOLDS[type];
    if (type === 'trak' && mp4.tracks.length < 64) mp4.tracks.push(newTrack());
    if (inner !== undefined && depth < DEPTH) {
      if (type === 'ilst') context.record.tag('mp4');
      yield* part.skip(yield* metaSkip(part, type, inner));
      yield* walkBoxes(part, context, mp4, depth + 1);
    } else if (FREE.test(type)) yield* walkBlob(part, context, 'padding', `the box ${type}`);
    else if (TEXTS[type] !== undefined || type === 'covr') yield* walkItem(part, context, type);
    else yield* readBox(part, type, mp4);
    yield* part.finish();
  }
}

/** `meta` begins with four bytes of version, except where QuickTime wrote it. */
function* metaSkip(part: PartWindow, type: string, inner: number): Walk<number> {
  if (type !== 'meta') return inner;
  yield* part.need(8);
  return part.startsWith('hdlr', 4) ? 0 : inner;
}

/** `data` box: type 4, locale 4, value. A cover may hold several. */
function* walkItem(part: PartWindow, context: Context, type: string): Walk {
  const { record } = context;
  while (yield* part.need(16)) {
    const bytes = big(part, 0);
    if (bytes < 16 || !part.startsWith('data', 4)) return;
    yield* part.skip(16);
    const value = new PartWindow(part, bytes - 16);
    const name = TEXTS[type];
    if (name === undefined) {
      record.pictures++;
      yield* walkBlob(value, context, 'picture', 'the cover');
    } else {
      yield* value.need(4096);
      record.name(name, readable(letters(value.view(4096))));
    }
    yield* value.finish();
  }
}

function* readBox(part: PartWindow, type: string, mp4: Mp4): Walk {
  const track = mp4.tracks.at(-1);
  if (track === undefined) return;
  if (type === 'hdlr' && (yield* part.need(12)) && track.handler === '') track.handler = letters(part.view(4, 8));
  else if (type === 'mdhd' && (yield* part.need(24))) {
    const long = part.at(0) === 1;
    if (long && !(yield* part.need(36))) return;
    track.timescale = big(part, long ? 20 : 12);
    track.duration = long ? big(part, 24) * 4294967296 + big(part, 28) : big(part, 16);
  } else if (type === 'stsd' && (yield* part.need(16 + 28))) readSampleEntry(part, track, part.view(600));
  else if (type === 'stts' && (yield* part.need(8))) yield* sumTimes(part, track);
  else if (type === 'stsz' && (yield* part.need(12))) yield* sumSizes(part, track);
}

/** version 4, count 4 | size 4, format 4, reserved 6+2, version 2 … channels at 24, bits, rate 16.16 at 32 */
function readSampleEntry(part: Window, track: Track, view: Uint8Array): void {
  const format = letters(part.view(4, 12));
  const codecs: Record<string, Codec> = {
    mp4a: 'aac',
    alac: 'alac',
    '.mp3': 'mp3',
    fLaC: 'flac',
    Opus: 'opus',
    sowt: 'pcm',
    twos: 'pcm',
  };
  track.codec = codecs[format] ?? 'other';
  if (track.handler === 'vide') return;
  track.channels = (part.at(32) << 8) | part.at(33);
  track.hz = (part.at(40) << 8) | part.at(41);
  const text = letters(view);
  const esds = text.indexOf('esds');
  if (esds < 0) return;
  const config = text.indexOf('\x04', esds + 8);
  const object = view[config + (view[config + 1] === 0x80 ? 5 : 2)];
  if (object === 0x6b || object === 0x69) track.codec = 'mp3';
}

function* sumSizes(part: PartWindow, track: Track): Walk {
  const fixed = big(part, 4);
  const count = big(part, 8);
  track.samples = count;
  if (fixed > 0) {
    track.sampleBytes = fixed * count;
    return;
  }
  yield* part.skip(12);
  let sum = 0;
  let seen = 0;
  while (seen < count && (yield* part.need(4))) {
    const bytes = part.bytes;
    let at = part.index;
    for (; at + 4 <= part.filled && seen < count; at += 4, seen++) {
      sum +=
        (bytes[at] as number) * 16777216 +
        (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
    }
    part.pos = part.base + at;
  }
  track.samples = seen;
  track.sampleBytes = sum;
}

function* sumTimes(part: PartWindow, track: Track): Walk {
  const count = big(part, 4);
  yield* part.skip(8);
  for (let i = 0; i < count && i < 1_000_000 && (yield* part.need(8)); i++) {
    track.summed += big(part, 0) * big(part, 4);
    yield* part.skip(8);
  }
}

function newTrack(): Track {
  return {
    handler: '',
    codec: null,
    hz: 0,
    channels: 0,
    timescale: 0,
    duration: 0,
    samples: 0,
    summed: 0,
    sampleBytes: 0,
    bitrate: 0,
  };
}

function big(w: Window, distance: number): number {
  return w.at(distance) * 16777216 + ((w.at(distance + 1) << 16) | (w.at(distance + 2) << 8) | w.at(distance + 3));
}
