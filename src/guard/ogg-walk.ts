// Ogg: pages with checksums, streams that follow one another or run side by side. Duration from the granules, tags from
// the second packet.
import {
  OGG_HEADER_BYTES,
  type OggCodec,
  oggCrc32,
  type OggPage,
  opusSamples,
  readComments,
  readOggCodec,
  readOggPage,
  letters,
} from '#wire/magic';
import type { Context } from './context.ts';
import type { Walk, Window } from './window.ts';

/** Streams of one file that are told apart. */
const STREAMS = 64;
/** A comment packet is read up to here. */
const COMMENT_BYTES = 60_000;

type Stream = {
  codec: OggCodec | null;
  at: number;
  sequence: number;
  firstGranule: number;
  granule: number;
  packets: number;
  bytes: number;
  last: boolean;
  /** The packet of comments as it gathers over pages; null: read, or not wanted. */
  comments: Uint8Array[] | null;
  commentBytes: number;
  opusSamples: number;
};

/** Walks the Ogg pages that begin here. */
export function* walkOgg(w: Window, context: Context): Walk<boolean> {
  const { record } = context;
  const streams = new Map<number, Stream>();
  const start = w.fileOffset(w.pos);
  let pages = 0;
  let broken = 0;
  let missing = 0;
  let damageAt = -1;
  while (yield* w.need(27)) {
    yield* w.need(OGG_HEADER_BYTES);
    const page = readOggPage(w.view(OGG_HEADER_BYTES), 0);
    if (page === null) break;
    const length = page.headerBytes + page.bodyBytes;
    const at = w.fileOffset(w.pos);
    if (!(yield* w.need(length))) {
      if (w.startsWith('OggS')) {
        record.note(
          'truncated',
          'damage',
          at,
          w.ahead,
          `the last page is cut: ${w.ahead} of ${length} bytes are there`,
        );
        yield* w.skip(w.ahead);
        record.mark(w.fileOffset(w.pos), 'frames');
        context.mpeg.endsCut = true;
      }
      break;
    }
    if (!crcIsRight(w, page, length)) {
      // The page may be shorter than it says: the next one then begins within it, its header perhaps ending behind it.
      yield* w.need(length + OGG_HEADER_BYTES);
      const next = innerPage(w, length);
      broken++;
      if (damageAt < 0) damageAt = at;
      yield* w.skip(next > 0 ? next : length);
      record.mark(w.fileOffset(w.pos), 'frames');
      pages++;
      continue;
    }
    let stream = streams.get(page.serial);
    if (page.first || stream === undefined) {
      if (streams.size >= STREAMS && stream === undefined) break;
      if (stream !== undefined) finishStream(stream, context);
      stream = newStream(w, page, at, length);
      streams.set(page.serial, stream);
    } else {
      if (page.sequence !== stream.sequence + 1) {
        missing++;
        if (damageAt < 0) damageAt = at;
      }
      takePage(w, page, stream, context);
    }
    stream.sequence = page.sequence;
    stream.last = page.last;
    pages++;
    yield* w.skip(length);
    record.mark(w.fileOffset(w.pos), page.first ? 'header' : 'frames');
  }
  if (pages === 0) return false;
  if (broken > 0 && [...streams.values()].some(({ codec }) => codec !== null)) context.hasCutSound = true;
  if (broken > 0) record.note('resync', 'damage', damageAt, 0, `${broken} pages whose checksum is wrong`);
  else if (missing > 0) record.note('resync', 'damage', damageAt, 0, `pages are missing in ${missing} places`);
  let open = 0;
  for (const stream of streams.values()) {
    if (!stream.last && stream.codec !== null) open++;
    finishStream(stream, context);
  }
  if (open > 0 && !context.mpeg.endsCut && broken === 0) {
    record.note('truncated', 'damage', start, 0, 'the stream ends without its last page');
  }
  return true;
}

function newStream(w: Window, page: OggPage, at: number, length: number): Stream {
  const codec = page.first ? readOggCodec(w.bytes, w.index + page.headerBytes, w.index + length) : null;
  return {
    codec,
    at,
    sequence: page.sequence,
    firstGranule: -1,
    granule: 0,
    packets: 0,
    bytes: 0,
    last: false,
    comments: codec === null ? null : [],
    commentBytes: 0,
    opusSamples: 0,
  };
}

function takePage(w: Window, page: OggPage, stream: Stream, context: Context): void {
  if (stream.comments !== null) {
    gatherComments(w, page, stream, context);
    return;
  }
  stream.bytes += page.bodyBytes;
  if (page.granule >= 0) {
    if (stream.firstGranule < 0) stream.firstGranule = page.granule === 0 ? -1 : page.granule;
    if (page.granule > stream.granule) stream.granule = page.granule;
  }
  if (page.granule > 0 || page.granule === -1) stream.packets += page.packets;
  if (stream.codec?.codec === 'opus') stream.opusSamples += opusPage(w, page);
}

/** Samples of the packets that begin on this page. */
function opusPage(w: Window, page: OggPage): number {
  const table = w.index + 27;
  const segments = page.headerBytes - 27;
  let at = w.index + page.headerBytes;
  let samples = 0;
  let begins = !page.continued;
  for (let i = 0; i < segments; i++) {
    const size = w.bytes[table + i] as number;
    if (begins && size > 0) samples += opusSamples(w.bytes[at] as number, w.bytes[at + 1] ?? 0);
    begins = size < 255;
    at += size;
  }
  return samples;
}

/** The second packet: the first lacing value below 255 ends it. */
function gatherComments(w: Window, page: OggPage, stream: Stream, context: Context): void {
  const table = w.index + 27;
  const segments = page.headerBytes - 27;
  let size = 0;
  let ends = false;
  for (let i = 0; i < segments && !ends; i++) {
    const lacing = w.bytes[table + i] as number;
    size += lacing;
    ends = lacing < 255;
  }
  const from = w.index + page.headerBytes;
  const room = Math.max(0, COMMENT_BYTES - stream.commentBytes);
  stream.comments?.push(w.bytes.slice(from, from + Math.min(size, room)));
  stream.commentBytes += size;
  if (!ends) return;
  const bytes = joined(stream.comments ?? []);
  stream.comments = null;
  const codec = stream.codec?.codec;
  const skip = codec === 'vorbis' ? 7 : codec === 'opus' ? 8 : codec === 'flac' ? 4 : 0;
  const { record } = context;
  if (codec === 'vorbis' && letters(bytes, 0, 7) !== '\x03vorbis') return;
  if (codec === 'opus' && letters(bytes, 0, 8) !== 'OpusTags') return;
  const comments = readComments(bytes, skip);
  record.tag('vorbis-comment');
  record.name('title', comments.title);
  record.name('artist', comments.artist);
  record.name('album', comments.album);
  record.pictures += comments.pictures;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function finishStream(stream: Stream, context: Context): void {
  const { codec } = stream;
  if (codec === null || codec.codec === 'skeleton') return;
  const { record } = context;
  if (codec.codec === 'theora') {
    record.alarmForeign('video', stream.at, 0, 'a Theora film', false);
    return;
  }
  // A stream cut out of the middle begins with a granule that is not its own length.
  const samples = Math.max(0, stream.granule - codec.preSkip);
  if (stream.bytes === 0 || samples === 0 || codec.hz === 0) return;
  let seconds = samples / codec.hz;
  if (codec.codec === 'opus' && stream.opusSamples > 0) {
    const real = stream.opusSamples / 48000;
    if (seconds > real * 8 + 1 && stream.firstGranule < stream.opusSamples * 8) {
      record.note(
        'lies',
        'alarm',
        stream.at,
        0,
        `positions claim ${Math.round(seconds)} s, the packets hold ${Math.round(real)} s`,
      );
    }
    if (seconds > real) seconds = real;
  }
  record.sound(stream.at, {
    container: 'ogg',
    codec: codec.codec,
    mpeg: null,
    layer: null,
    kbps: seconds > 0 ? Math.round((stream.bytes * 8) / seconds / 1000) : 0,
    vbr: true,
    freeFormat: false,
    hz: codec.hz,
    channels: codec.channels,
    frames: stream.packets,
    seconds,
  });
}

const ZERO4 = new Uint8Array(4);

function crcIsRight(w: Window, page: OggPage, length: number): boolean {
  const at = w.index;
  let crc = oggCrc32(0, w.bytes, at, at + 22);
  crc = oggCrc32(crc, ZERO4, 0, 4);
  return oggCrc32(crc, w.bytes, at + 26, at + length) === page.crc;
}

/** Where the next page begins within this one; 0: nowhere. */
function innerPage(w: Window, length: number): number {
  for (let at = 4; at < length; at++) {
    if (w.at(at) === 0x4f && w.startsWith('OggS\0', at) && readOggPage(w.view(OGG_HEADER_BYTES, at), 0) !== null)
      return at;
  }
  return 0;
}
