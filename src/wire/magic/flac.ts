// FLAC (RFC 9639): the stream's own description and the headers of its frames.
import { flacCrc8 } from './crc.ts';

/** STREAMINFO. */
export type FlacStreamInfo = {
  minBlock: number;
  maxBlock: number;
  minFrameBytes: number;
  maxFrameBytes: number;
  hz: number;
  channels: number;
  bits: number;
  /** Samples per channel; 0: not said. */
  samples: number;
};

/** Reads the 34 bytes of STREAMINFO at `at`; null where they make no sense. */
export function readFlacStreamInfo(bytes: Uint8Array, at: number): FlacStreamInfo | null {
  if (at + 34 > bytes.length) return null;
  const b = (i: number): number => bytes[at + i] as number;
  const hz = (b(10) << 12) | (b(11) << 4) | (b(12) >> 4);
  const info = {
    minBlock: (b(0) << 8) | b(1),
    maxBlock: (b(2) << 8) | b(3),
    minFrameBytes: (b(4) << 16) | (b(5) << 8) | b(6),
    maxFrameBytes: (b(7) << 16) | (b(8) << 8) | b(9),
    hz,
    channels: ((b(12) >> 1) & 7) + 1,
    bits: (((b(12) & 1) << 4) | (b(13) >> 4)) + 1,
    samples:
      (b(13) & 15) * 4294967296 +
      ((b(14) << 24) | (b(15) << 16) | (b(16) << 8) | b(17)) +
      (b(14) > 127 ? 4294967296 : 0),
  };
  return hz > 0 && info.maxBlock >= 16 && info.minBlock <= info.maxBlock ? info : null;
}

/** A frame's header. `number` counts frames, or samples where the block size varies. */
export type FlacFrame = { headerBytes: number; variable: boolean; number: number; samples: number };

/** The longest header: sync 4, number 7, block size 2, frequency 2, CRC 1. */
export const FLAC_HEADER_BYTES = 16;

/** Reads the frame header at `at`, its CRC-8 checked; null when there is none. */
export function readFlacFrame(bytes: Uint8Array, at: number, end: number): FlacFrame | null {
  if (at + 6 > end || bytes[at] !== 0xff || ((bytes[at + 1] as number) & 0xfe) !== 0xf8) return null;
  const third = bytes[at + 2] as number;
  const fourth = bytes[at + 3] as number;
  const blockBits = third >> 4;
  const rateBits = third & 15;
  if (blockBits === 0 || rateBits === 15 || fourth >> 4 > 10 || (fourth & 1) !== 0 || ((fourth >> 1) & 7) === 3)
    return null;
  const lead = bytes[at + 4] as number;
  const more =
    lead < 0x80
      ? 0
      : lead < 0xc0
        ? -1
        : lead < 0xe0
          ? 1
          : lead < 0xf0
            ? 2
            : lead < 0xf8
              ? 3
              : lead < 0xfc
                ? 4
                : lead < 0xfe
                  ? 5
                  : lead < 0xff
                    ? 6
                    : -1;
  if (more < 0) return null;
  let number = more === 0 ? lead : lead & (0x3f >> more);
  let next = at + 5;
  for (let i = 0; i < more; i++, next++) {
    const byte = bytes[next] as number;
    if (next >= end || (byte & 0xc0) !== 0x80) return null;
    number = number * 64 + (byte & 0x3f);
  }
  let samples = 0;
  if (blockBits === 1) samples = 192;
  else if (blockBits <= 5) samples = 576 << (blockBits - 2);
  else if (blockBits === 6) samples = (bytes[next++] as number) + 1;
  else if (blockBits === 7) {
    samples = (((bytes[next] as number) << 8) | (bytes[next + 1] as number)) + 1;
    next += 2;
  } else samples = 256 << (blockBits - 8);
  if (rateBits === 12) next += 1;
  else if (rateBits >= 13) next += 2;
  if (next >= end || flacCrc8(bytes, at, next) !== bytes[next]) return null;
  return { headerBytes: next + 1 - at, variable: ((bytes[at + 1] as number) & 1) === 1, number, samples };
}
