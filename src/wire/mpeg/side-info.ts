// Layer III side information (ISO 11172-3 §2.4.1.7, 13818-3 §2.4.1.7): whether it can be what an encoder wrote. This is
// what tells sound from a program cut into frames: random bytes pass in well under one frame of a hundred.

/** What {@link readSideInfo} found, valid until its next call: one object for all, because it runs for every frame. */
export const side = {
  /** How many bytes before this frame's own main data its main data begins. */
  mainDataBegin: 0,
  /** Bits of scale factors and Huffman codes over all granules and channels. */
  mainBits: 0,
  /** No granule has a single bit of sound. */
  silent: false,
  /** Side information of nothing but zeros, which no encoder writes for long. */
  blank: false,
};

// Bits of scale factors by scalefac_compress (table 3-B.32): slen1, slen2.
const SLEN1 = [0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4];
const SLEN2 = [0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3];

/**
 * Reads the side information at `at` (behind header and CRC) into {@link side}.
 *
 * @param slots bytes of main data that the frame itself holds
 * @returns whether it is possible: lengths within frame and reservoir, big_values, tables, block types
 */
export function readSideInfo(bytes: Uint8Array, at: number, v1: boolean, mono: boolean, slots: number): boolean {
  const channels = mono ? 1 : 2;
  const granules = v1 ? 2 : 1;
  let bit = at * 8;
  let total = 0;
  let blank = true;
  const size = v1 ? (mono ? 17 : 32) : mono ? 9 : 17;
  for (let i = at; i < at + size; i++) {
    if (bytes[i] !== 0) {
      blank = false;
      break;
    }
  }
  side.blank = blank;
  side.mainBits = 0;
  side.mainDataBegin = 0;
  side.silent = true;
  if (blank) return true;

  const mainDataBegin = v1 ? bitsAt(bytes, bit, 9) : bitsAt(bytes, bit, 8);
  side.mainDataBegin = mainDataBegin;
  let scfsi = 0;
  if (v1) {
    bit += mono ? 14 : 12;
    scfsi = bitsAt(bytes, bit, 4 * channels);
    bit += 4 * channels;
  } else {
    bit += mono ? 9 : 10;
  }
  for (let granule = 0; granule < granules; granule++) {
    for (let channel = 0; channel < channels; channel++) {
      const lengths = bitsAt(bytes, bit, 21);
      const part23 = lengths >> 9;
      const bigValues = lengths & 0x1ff;
      total += part23;
      if (bigValues > 288) return false;
      const compress = v1 ? bitsAt(bytes, bit + 29, 4) : bitsAt(bytes, bit + 29, 9);
      const rest = bit + (v1 ? 33 : 38);
      const switching = bitsAt(bytes, rest, 23);
      let first: number;
      let second: number;
      let third = 0;
      let blockType = 0;
      let mixed = 0;
      if (switching >> 22 === 1) {
        blockType = (switching >> 20) & 3;
        mixed = (switching >> 19) & 1;
        if (blockType === 0) return false;
        first = (switching >> 14) & 31;
        second = (switching >> 9) & 31;
      } else {
        first = (switching >> 17) & 31;
        second = (switching >> 12) & 31;
        third = (switching >> 7) & 31;
      }
      // Tables 4 and 14 do not exist.
      if (
        bigValues > 0 &&
        (first === 4 || first === 14 || second === 4 || second === 14 || third === 4 || third === 14)
      )
        return false;
      if (v1 && part23 > 0) {
        const one = SLEN1[compress] as number;
        const two = SLEN2[compress] as number;
        let part2: number;
        if (blockType === 2) part2 = mixed === 1 ? 17 * one + 18 * two : 18 * one + 18 * two;
        else if (granule === 0 || scfsi === 0) part2 = 11 * one + 10 * two;
        else {
          const shared = channels === 1 ? scfsi : (scfsi >> (channel === 0 ? 4 : 0)) & 15;
          part2 = ((shared & 8) === 0 ? 6 * one : 0) + ((shared & 4) === 0 ? 5 * one : 0);
          part2 += ((shared & 2) === 0 ? 5 * two : 0) + ((shared & 1) === 0 ? 5 * two : 0);
        }
        if (part2 > part23) return false;
      }
      if (part23 > 0) side.silent = false;
      else if (bigValues > 0 && (first | second | third) !== 0) return false;
      bit += v1 ? 59 : 63;
    }
  }
  side.mainBits = total;
  return total <= (slots + mainDataBegin) * 8;
}

/** Up to 24 bits from a bit position. */
function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >> 3;
  const word =
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number);
  return ((word << (bit & 7)) >>> 0) >>> (32 - count);
}
