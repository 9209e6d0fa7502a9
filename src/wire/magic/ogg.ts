// Ogg pages (RFC 3533) and the first packets of Vorbis, Opus (RFC 7845), Speex and FLAC in them.
import { letters } from './letters.ts';

/** A page's header; `bodyBytes` follow it. */
export type OggPage = {
  continued: boolean;
  first: boolean;
  last: boolean;
  /** Position in samples (codec's own clock); -1: no packet ends here. */
  granule: number;
  serial: number;
  sequence: number;
  crc: number;
  headerBytes: number;
  bodyBytes: number;
  /** Packets that end on this page. */
  packets: number;
};

/** The longest page header. */
export const OGG_HEADER_BYTES = 282;
/** Reads a page header at `at`; null when there is none or it is not whole. */
export function readOggPage(bytes: Uint8Array, at: number): OggPage | null {
  if (at + 27 > bytes.length || letters(bytes, at, at + 4) !== 'OggS' || bytes[at + 4] !== 0) return null;
  const flags = bytes[at + 5] as number;
  const segments = bytes[at + 26] as number;
  if (flags > 7 || at + 27 + segments > bytes.length) return null;
  let bodyBytes = 0;
  let packets = 0;
  for (let i = 0; i < segments; i++) {
    const size = bytes[at + 27 + i] as number;
    bodyBytes += size;
    if (size < 255) packets++;
  }
  const [low, high] = [u32le(bytes, at + 6), u32le(bytes, at + 10)];
  return {
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    granule: high === 0xffffffff && low === 0xffffffff ? -1 : high * 4294967296 + low,
    serial: u32le(bytes, at + 14),
    sequence: u32le(bytes, at + 18),
    crc: u32le(bytes, at + 22),
    headerBytes: 27 + segments,
    bodyBytes,
    packets,
  };
}

/** What the first packet of a stream says it is. */
export type OggCodec = {
  codec: 'vorbis' | 'opus' | 'speex' | 'flac' | 'theora' | 'skeleton';
  hz: number;
  channels: number;
  /** Samples to leave out at the start (Opus). */
  preSkip: number;
  /** Bits a second that it names, 0 when it does not. */
  nominal: number;
};

/** Reads a stream's first packet; null when it is of no codec known here. */
export function readOggCodec(bytes: Uint8Array, at: number, end: number): OggCodec | null {
  const word = letters(bytes, at, Math.min(end, at + 8));
  const short = end - at;
  if (word.startsWith('\x01vorbis') && short >= 30) {
    const hz = u32le(bytes, at + 12);
    const channels = bytes[at + 11] as number;
    if (hz === 0 || channels === 0 || u32le(bytes, at + 7) !== 0) return null;
    return { codec: 'vorbis', hz, channels, preSkip: 0, nominal: u32le(bytes, at + 20) };
  }
  if (word === 'OpusHead' && short >= 19) {
    const channels = bytes[at + 9] as number;
    if (channels === 0 || (bytes[at + 8] as number) > 15) return null;
    return { codec: 'opus', hz: 48000, channels, preSkip: u32le(bytes, at + 10) & 0xffff, nominal: 0 };
  }
  if (word === 'Speex   ' && short >= 80) {
    return { codec: 'speex', hz: u32le(bytes, at + 36), channels: u32le(bytes, at + 48), preSkip: 0, nominal: 0 };
  }
  if (word.startsWith('\x7fFLAC') && short >= 51) {
    const from = at + 17;
    const hz =
      ((bytes[from + 10] as number) << 12) | ((bytes[from + 11] as number) << 4) | ((bytes[from + 12] as number) >> 4);
    return { codec: 'flac', hz, channels: (((bytes[from + 12] as number) >> 1) & 7) + 1, preSkip: 0, nominal: 0 };
  }
  if (word.startsWith('\x80theora')) return { codec: 'theora', hz: 0, channels: 0, preSkip: 0, nominal: 0 };
  if (word.startsWith('fishead\0')) return { codec: 'skeleton', hz: 0, channels: 0, preSkip: 0, nominal: 0 };
  return null;
}

const OPUS_FRAME = [480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 1920, 2880, 480, 960, 480, 960];
const OPUS_SHORT = [120, 240, 480, 960];

/** Samples at 48 kHz of an Opus packet by its first two bytes; 0: no packet is like that. */
export function opusSamples(first: number, second: number): number {
  const config = first >> 3;
  const frame = config < 16 ? (OPUS_FRAME[config] as number) : (OPUS_SHORT[config & 3] as number);
  const code = first & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : second & 63;
  const samples = frame * frames;
  return samples <= 5760 ? samples : 0;
}

function u32le(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
