// The four bytes in front of every MPEG audio frame (ISO 11172-3 §2.4.1.3, ISO 13818-3, and Fraunhofer's 2.5):
//
//   1111 1111  111V VLLP  BBBB HHpx  MMmm cohE
//   sync 11    version, layer, no CRC | bitrate, frequency, padding, private | mode, extension, copyright, original, emphasis

export type MpegVersion = '1' | '2' | '2.5';
export type Layer = 1 | 2 | 3;

/** A decoded frame header. `lengthBytes` is 0 in free format, where only the distance to the next header tells it. */
export type FrameHeader = {
  version: MpegVersion;
  layer: Layer;
  protected: boolean;
  /** kbit/s; 0 in free format. */
  kbps: number;
  hz: number;
  padding: boolean;
  channels: 1 | 2;
  /** 0 stereo, 1 joint, 2 two channels, 3 mono. */
  mode: number;
  modeExtension: number;
  lengthBytes: number;
  /** Samples per channel in the frame. */
  samples: number;
};

/** Free format: what LAME's 640 kbit/s comes to at 8 kHz, rounded up. */
export const MAX_FREE_FRAME_BYTES = 8192;

const VERSIONS = ['2.5', null, '2', '1'] as const;
const HZ = [
  [11025, 12000, 8000],
  [0, 0, 0],
  [22050, 24000, 16000],
  [44100, 48000, 32000],
] as const;
// kbit/s by bitrate index 1..14.
const V1L1 = [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448];
const V1L2 = [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384];
const V1L3 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const V2L1 = [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256];
const V2L23 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** By version, layer, bitrate, frequency and padding bits (see {@link headerIndex}): bytes, 0 impossible, {@link FREE}. */
export const FRAME_LENGTH = new Uint16Array(2048);
/** kbit/s by the same index; 0 in free format. */
export const FRAME_KBPS = new Uint16Array(2048);
/** Hz by the same index. */
export const FRAME_HZ = new Uint16Array(2048);
/** Samples by the same index. */
export const FRAME_SAMPLES = new Uint16Array(2048);
/** Stands in {@link FRAME_LENGTH} for free format. */
export const FREE = 0xffff;

for (let index = 0; index < 2048; index++) fill(index);

function fill(index: number): void {
  const versionBits = index >> 9;
  const layerBits = (index >> 7) & 3;
  const bitrate = (index >> 3) & 15;
  const frequency = (index >> 1) & 3;
  if (versionBits === 1 || layerBits === 0 || bitrate === 15 || frequency === 3) return;
  const hz = HZ[versionBits]?.[frequency] ?? 0;
  const layer = 4 - layerBits;
  const v1 = versionBits === 3;
  FRAME_HZ[index] = hz;
  const samples = layer === 1 ? 384 : layer === 2 || v1 ? 1152 : 576;
  FRAME_SAMPLES[index] = samples;
  if (bitrate === 0) {
    FRAME_LENGTH[index] = FREE;
    return;
  }
  const rates = v1 ? [V1L1, V1L2, V1L3][layer - 1] : layer === 1 ? V2L1 : V2L23;
  const kbps = rates?.[bitrate - 1] ?? 0;
  FRAME_KBPS[index] = kbps;
  FRAME_LENGTH[index] = frameBytes(layer, samples, kbps, hz, index & 1);
}

/** Bytes of a frame at a rate; layer I counts in slots of four. */
export function frameBytes(layer: number, samples: number, kbps: number, hz: number, padding: number): number {
  if (layer === 1) return (Math.floor((12 * kbps * 1000) / hz) + padding) * 4;
  return Math.floor((samples * kbps * 125) / hz) + padding;
}

/** The index into the tables from the second and third byte of a header. */
export function headerIndex(second: number, third: number): number {
  return ((second & 0x1e) << 6) | (third >> 1);
}

/** Whether four bytes can be a frame header at all: sync, no reserved value. */
export function isHeader(first: number, second: number, third: number, fourth: number): boolean {
  return first === 0xff && second >= 0xe0 && FRAME_LENGTH[headerIndex(second, third)] !== 0 && (fourth & 3) !== 2;
}

/** Version, layer and frequency: what stays the same within one stream. Compare of `second << 8 | third`. */
export const SAME_STREAM = 0x1e0c;

/** Decodes the header at `at`; null where none can be. */
export function decodeHeader(bytes: Uint8Array, at = 0): FrameHeader | null {
  if (at + 4 > bytes.length) return null;
  const [first, second, third, fourth] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [
    number,
    number,
    number,
    number,
  ];
  if (!isHeader(first, second, third, fourth)) return null;
  const index = headerIndex(second, third);
  const length = FRAME_LENGTH[index] as number;
  return {
    version: VERSIONS[(second >> 3) & 3] as MpegVersion,
    layer: (4 - ((second >> 1) & 3)) as Layer,
    protected: (second & 1) === 0,
    kbps: FRAME_KBPS[index] as number,
    hz: FRAME_HZ[index] as number,
    padding: (third & 2) !== 0,
    channels: fourth >> 6 === 3 ? 1 : 2,
    mode: fourth >> 6,
    modeExtension: (fourth >> 4) & 3,
    lengthBytes: length === FREE ? 0 : length,
    samples: FRAME_SAMPLES[index] as number,
  };
}

/** Bytes of layer III side information behind header and CRC. */
export function sideInfoBytes(second: number, fourth: number): number {
  const v1 = (second & 0x18) === 0x18;
  return fourth >> 6 === 3 ? (v1 ? 17 : 9) : v1 ? 32 : 17;
}
