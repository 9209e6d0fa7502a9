// The checksums of FLAC and Ogg.

const FLAC8 = new Uint8Array(256);
const FLAC16 = new Uint16Array(256);
const OGG = new Uint32Array(256 * 4);

for (let i = 0; i < 256; i++) {
  let eight = i;
  let sixteen = i << 8;
  let thirtyTwo = i << 24;
  for (let bit = 0; bit < 8; bit++) {
    eight = (eight << 1) ^ ((eight & 0x80) === 0 ? 0 : 0x107);
    sixteen = (sixteen << 1) ^ ((sixteen & 0x8000) === 0 ? 0 : 0x18005);
    thirtyTwo = (thirtyTwo << 1) ^ (thirtyTwo < 0 ? 0x04c11db7 : 0);
  }
  FLAC8[i] = eight;
  FLAC16[i] = sixteen;
  OGG[i] = thirtyTwo;
}
for (let i = 0; i < 256; i++) {
  for (let k = 1; k < 4; k++) {
    const before = OGG[(k - 1) * 256 + i] as number;
    OGG[k * 256 + i] = (before << 8) ^ (OGG[before >>> 24] as number);
  }
}

/** CRC-8 of a FLAC frame header (polynomial 0x07). */
export function flacCrc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = FLAC8[crc ^ (bytes[i] as number)] as number;
  return crc;
}

/** Where {@link scanFlac} stopped: one object for all, because it runs over every byte. */
export const flacScan = { at: 0, crc: 0 };

/**
 * Carries the CRC-16 of a FLAC frame (polynomial 0x8005) from `from` over at least one byte, and stops in {@link flacScan}
 * where it is 0 (the frame with its own checksum ends there, or chance has it so), where a sync code stands, or at `to`.
 */
export function scanFlac(bytes: Uint8Array, from: number, to: number, crc: number): void {
  let at = from;
  do {
    crc = ((crc << 8) & 0xffff) ^ (FLAC16[(crc >> 8) ^ (bytes[at] as number)] as number);
    at++;
  } while (at < to && crc !== 0 && !(bytes[at] === 0xff && ((bytes[at + 1] as number) & 0xfe) === 0xf8));
  flacScan.at = at;
  flacScan.crc = crc;
}

/** CRC-32 of an Ogg page (polynomial 0x04c11db7, not reflected), continued from `crc`. Four bytes at a time: measured. */
export function oggCrc32(crc: number, bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const word =
      crc ^
      (((bytes[i] as number) << 24) |
        ((bytes[i + 1] as number) << 16) |
        ((bytes[i + 2] as number) << 8) |
        (bytes[i + 3] as number));
    crc =
      (OGG[768 + (word >>> 24)] as number) ^
      (OGG[512 + ((word >>> 16) & 255)] as number) ^
      (OGG[256 + ((word >>> 8) & 255)] as number) ^
      (OGG[word & 255] as number);
  }
  for (; i < to; i++) crc = (crc << 8) ^ (OGG[(crc >>> 24) ^ (bytes[i] as number)] as number);
  return crc >>> 0;
}
