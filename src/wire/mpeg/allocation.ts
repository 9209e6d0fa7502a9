// Layers I and II (ISO 11172-3 §2.4.1.5–6, annex 3-B.2; 13818-3 annex B.1): whether bit allocation, scale factors and
// samples fit into the frame. Random bytes ask for more bits than there are, or for allocations that do not exist.

/** Bits of three samples by quantiser: 3, 5, 7, 9, 15, 31 … 65535 steps; the first, second and fourth are grouped. */
const triple = (steps: number): number =>
  steps === 3 ? 5 : steps === 5 ? 7 : steps === 9 ? 10 : 3 * Math.round(Math.log2(steps + 1));
const quantisers = (...steps: number[]): Uint8Array => Uint8Array.from([0, ...steps.map(triple)]);

const LOW = quantisers(3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383, 32767, 65535);
const MIDDLE = quantisers(3, 5, 7, 9, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 65535);
const HIGH = quantisers(3, 5, 7, 9, 15, 31, 65535);
const TOP = quantisers(3, 5, 65535);
const FEW_LOW = quantisers(3, 5, 9, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383, 32767);
const FEW_HIGH = quantisers(3, 5, 9, 15, 31, 63, 127);
const HALF_LOW = quantisers(3, 5, 7, 9, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095, 8191, 16383);
const HALF_TOP = quantisers(3, 5, 9);

type Table = { bands: number; rowOf(band: number): Uint8Array };
const FULL = (band: number): Uint8Array => (band < 3 ? LOW : band < 11 ? MIDDLE : band < 23 ? HIGH : TOP);
const FEW = (band: number): Uint8Array => (band < 2 ? FEW_LOW : FEW_HIGH);
const HALF = (band: number): Uint8Array => (band < 4 ? HALF_LOW : band < 11 ? FEW_HIGH : HALF_TOP);
const A: Table = { bands: 27, rowOf: FULL };
const B: Table = { bands: 30, rowOf: FULL };
const C: Table = { bands: 8, rowOf: FEW };
const D: Table = { bands: 12, rowOf: FEW };
const LSF: Table = { bands: 30, rowOf: HALF };

/** How many scale factors by scfsi. */
const FACTORS = [3, 2, 1, 2];
/** Scale factors from here on (2 to the minus 18 and less) are below what 16 bits can tell from nothing. */
const INAUDIBLE = 56;

class Bits {
  readonly #bytes: Uint8Array;
  bit: number;
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.bit = at * 8;
  }
  take(count: number): number {
    const at = this.bit >> 3;
    const word =
      ((this.#bytes[at] as number) << 24) |
      ((this.#bytes[at + 1] as number) << 16) |
      ((this.#bytes[at + 2] as number) << 8);
    const value = ((word << (this.bit & 7)) >>> 0) >>> (32 - count);
    this.bit += count;
    return value;
  }
}

/** What a frame of layer I or II must tell about itself to be checked. */
export type AllocationFrame = {
  layer: 1 | 2;
  v1: boolean;
  /** kbit/s of the frame; 0 in free format. */
  kbps: number;
  hz: number;
  mode: number;
  modeExtension: number;
};

/**
 * Whether the body from `at` (behind header and CRC) up to `end` can be a frame of layer I or II.
 * `silent`: nothing is allocated, or nothing that could be heard.
 */
export function checkAllocation(
  bytes: Uint8Array,
  at: number,
  end: number,
  frame: AllocationFrame,
): { possible: boolean; silent: boolean; usedBits: number } {
  const bits = new Bits(bytes, at);
  const channels = frame.mode === 3 ? 1 : 2;
  const table = frame.layer === 1 ? null : tableOf(frame, channels);
  const bands = table === null ? 32 : table.bands;
  const bound = frame.mode === 1 ? Math.min(bands, (frame.modeExtension + 1) * 4) : bands;
  const allocated = new Uint8Array(64);
  let sampleBits = 0;
  let silent = true;
  for (let band = 0; band < bands; band++) {
    const own = band < bound ? channels : 1;
    const row = table?.rowOf(band);
    for (let channel = 0; channel < own; channel++) {
      const width = row === undefined ? 4 : row.length === 16 ? 4 : row.length === 8 ? 3 : 2;
      const value = bits.take(width);
      if (row === undefined && value === 15) return { possible: false, silent: false, usedBits: 0 };
      if (value !== 0) {
        silent = false;
        sampleBits += 12 * (row === undefined ? value + 1 : (row[value] as number));
      }
      allocated[band * 2 + channel] = value;
      if (own === 1) allocated[band * 2 + 1] = channels === 2 ? value : 0;
    }
  }
  const factors = readFactors(bits, allocated, bands * 2, frame.layer);
  const usedBits = bits.bit + sampleBits - at * 8;
  return { possible: usedBits <= (end - at) * 8, silent: silent || factors.inaudible, usedBits };
}

/** Reads scfsi and scale factors. Their value forbids nothing: encoders write even 63. */
function readFactors(bits: Bits, allocated: Uint8Array, count: number, layer: 1 | 2): { inaudible: boolean } {
  let factors = 0;
  for (let i = 0; i < count; i++) {
    if (allocated[i] !== 0) factors += layer === 1 ? 1 : (FACTORS[bits.take(2)] as number);
  }
  let inaudible = true;
  for (let i = 0; i < factors; i++) if (bits.take(6) < INAUDIBLE) inaudible = false;
  return { inaudible };
}

function tableOf(frame: AllocationFrame, channels: number): Table {
  if (!frame.v1) return LSF;
  const rate = frame.kbps / channels;
  if (frame.kbps !== 0 && rate < 56) return frame.hz === 32000 ? D : C;
  if (frame.hz === 48000 || (frame.kbps !== 0 && rate <= 80)) return A;
  return B;
}
