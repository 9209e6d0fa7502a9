// The walk along MPEG frames, and what it adds up to: one object for all MPEG sound of a file, because rates and counts
// are the file's, whatever stands between the frames. `step` runs for every frame and is the hot place of the guard.
import {
  checkAllocation,
  FRAME_HZ,
  FRAME_KBPS,
  FRAME_LENGTH,
  FRAME_SAMPLES,
  FREE,
  headerIndex,
  type InfoFrame,
  isHeader,
  readInfoFrame,
  readSideInfo,
  SAME_STREAM,
  side,
  sideInfoBytes,
} from '#wire/mpeg';
import { identifyStrong } from '#wire/magic';
import type { FileRecord } from './record.ts';
import type { Format } from './verdict.ts';
import { isWrapster } from '#wire/wrapster';
import type { Window } from './window.ts';

/** What an info frame claimed, and what had been counted when it came. */
export type Claim = InfoFrame & { at: number; countedBefore: number; borderIsClean: boolean };

/** Why {@link MpegFrames.step} stopped. */
export type Stop = 'needs-more' | 'no-header' | 'cut';

/** Frames whose slots the reservoir can still reach: 511 bytes at 11 bytes of slots a frame, and some. */
const RING = 64;
/** A gap between two frames' main data that is looked into, in bytes. */
const GAP_BYTES = 32;
/** Data in gaps and silence from which on it is an alarm, in bytes: an encoder's own stuffing never comes near. */
const HIDDEN_BYTES = 600;
/** Zeros in a row that are an encoder's, not a program's. */
const STUFFING_RUN = 32;
/** 1 for bytes that text is made of. */
const IS_LETTER = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13 ? 1 : 0,
);
/** Bytes of main data that are weighed at once. */
const WEIGHED_BYTES = 2048;
/** Impossible frames in a row (each possible one takes a quarter back) that make a stretch no sound. */
const HEAT = 12;

export class MpegFrames {
  readonly #record: FileRecord;
  /** Whole frames, without info frames. */
  frames = 0;
  seconds = 0;
  bytes = 0;
  /** Frames whose inside cannot be what an encoder wrote. */
  impossible = 0;
  firstImpossibleAt = -1;
  /** Of these: frames whose main data would begin inside that of the frame before. */
  overlaps = 0;
  firstOverlapAt = -1;
  /** Where a stream went on behind junk, and not where it had been left: bytes are lost there. */
  readonly holes: number[] = [];
  hiddenBytes = 0;
  hiddenAt = -1;
  wrappedAt = -1;
  claims: Claim[] = [];
  first: { second: number; third: number; fourth: number; at: number } | null = null;
  /** The last frame that was accepted. */
  lastAt = 0;
  lastLength = 0;
  freeFormat = false;
  /** The last stretch of frames ended within one. */
  endsCut = false;
  /** Headers name a rate that is not their frame's length. */
  lied = false;

  #kbpsSum = 0;
  #kbpsOne = -1;
  #vbr = false;
  #heat = 0;
  #heatAt = 0;
  /** All frames so far are one and the same. */
  #repeated = true;
  #allBlank = true;
  #anySilence = false;
  #firstBody: Uint8Array | null = null;
  /** Layers I and II: the newest frame that nobody could hear. */
  #lastSilence: Uint8Array | null = null;

  // This run: what must stay the same (and of which bits), and a fixed length where the header does not tell it (0: it does).
  #same = 0;
  #mask = SAME_STREAM;
  #fixed = 0;
  #border = -1;

  // The joined main data of this run: S is where the next frame's slots begin, E where the last main data ended.
  #slotsSeen = 0;
  #mainEnd = -1e9;
  #widestGap = 0;
  #weighed = 0;
  #weighedAt = 0;
  #zeros = 0;
  #letters = 0;
  #gapsSeen = 0;
  /** The run goes on with the stream that something stood in. */
  #continues = false;
  readonly #ringFile = new Float64Array(RING);
  readonly #ringStart = new Float64Array(RING);
  readonly #ringLength = new Int32Array(RING);
  #ringNext = 0;

  constructor(record: FileRecord) {
    this.#record = record;
  }

  /** A run begins at the window's position; `fixedBytes` is the frame length without padding, where headers do not tell. */
  begin(w: Window, fixedBytes: number, lied: boolean): void {
    const [second, third] = [w.at(1), w.at(2)];
    this.#continues = this.frames > 0 && this.isSameStream(w);
    // Where the header's rate tells no length, another rate is another stream.
    this.#mask = fixedBytes > 0 ? SAME_STREAM | 0xf0 : SAME_STREAM;
    this.#same = ((second << 8) | third) & this.#mask;
    this.#fixed = fixedBytes;
    if (fixedBytes > 0 && !lied) this.freeFormat = true;
    if (lied) this.lied = true;
    if (!this.#continues) this.#mainEnd = -1e9;
    this.#ringLength.fill(0);
  }

  /** Whether the header ahead is of the stream that was walked last. */
  isSameStream(w: Window): boolean {
    if (this.first === null || w.ahead < 4) return false;
    const [second, third] = [w.at(1), w.at(2)];
    return (((second << 8) | third) & this.#mask) === this.#same && isHeader(w.at(0), second, third, w.at(3));
  }

  /** Walks as many frames as the window holds. */
  step(w: Window): Stop {
    for (;;) {
      const at = w.pos - w.base;
      const ahead = w.filled - at;
      if (ahead < 4) return w.ended ? 'no-header' : 'needs-more';
      const bytes = w.bytes;
      const second = bytes[at + 1] as number;
      const third = bytes[at + 2] as number;
      if ((((second << 8) | third) & this.#mask) !== this.#same) return 'no-header';
      const fourth = bytes[at + 3] as number;
      if (!isHeader(bytes[at] as number, second, third, fourth)) return 'no-header';
      const index = headerIndex(second, third);
      let length = FRAME_LENGTH[index] as number;
      if (this.#fixed > 0) length = this.#fixed + ((third >> 1) & 1) * ((second & 6) === 6 ? 4 : 1);
      else if (length === FREE) return 'no-header';
      if (ahead < length) {
        if (w.ended) return 'cut';
        return 'needs-more';
      }
      if (bytes[at + 10] === 0x77 && isWrapster(bytes, at)) return 'no-header';
      this.#take(w, at, length, index, second, third, fourth);
      this.lastAt = w.pos;
      this.lastLength = length;
      w.pos += length;
    }
  }

  /** The last frame was shorter than its header says: it is not one. */
  takeBack(): void {
    if (this.frames > 0) this.frames--;
    this.#mainEnd = -1e9;
  }

  /** Null where there is no sound. */
  format(container: 'mpeg' | 'riff'): Format | null {
    const first = this.first;
    if (first === null || this.frames === 0) return null;
    const index = headerIndex(first.second, first.third);
    const layer = (4 - ((first.second >> 1) & 3)) as 1 | 2 | 3;
    return {
      container,
      codec: layer === 3 ? 'mp3' : layer === 2 ? 'mp2' : 'mp1',
      mpeg: (['2.5', null, '2', '1'] as const)[(first.second >> 3) & 3] ?? null,
      layer,
      kbps: Math.round(this.#kbpsSum / this.frames),
      vbr: this.#vbr,
      freeFormat: this.freeFormat,
      hz: FRAME_HZ[index] as number,
      channels: first.fourth >> 6 === 3 ? 1 : 2,
      frames: this.frames,
      seconds: this.seconds,
    };
  }

  /** Nothing but one frame again and again, which is no silence that an encoder wrote. */
  get isOneFrameRepeated(): boolean {
    if (!this.#repeated || this.frames < 10) return false;
    return this.#allBlank || !this.#anySilence || this.impossible > 0;
  }

  /** Bodies that are no sound: enough of them to say so for the whole. */
  get isMostlyImpossible(): boolean {
    return this.impossible > 0 && this.impossible >= this.frames * 0.2 && (this.impossible > 1 || this.frames <= 3);
  }

  #take(w: Window, at: number, length: number, index: number, second: number, third: number, fourth: number): void {
    const bytes = w.bytes;
    const layer3 = (second & 6) === 2;
    const body = at + ((second & 1) === 0 ? 6 : 4);
    let slotsAt = body;
    let possible = true;
    if (layer3) {
      const sideBytes = sideInfoBytes(second, fourth);
      slotsAt = body + sideBytes;
      const slots = at + length - slotsAt;
      if (slots < 0) possible = false;
      else {
        const mark = bytes[at + 4 + sideBytes] as number;
        const late = bytes[at + 6 + sideBytes] as number;
        if (mark === 0x58 || mark === 0x49 || late === 0x58 || late === 0x49 || bytes[at + 36] === 0x56) {
          const info = readInfoFrame(bytes, at, length);
          if (info !== null) {
            this.#claim(w, info);
            this.#passSlots(w, slotsAt, slots, w.pos);
            return;
          }
        }
        const mono = fourth >> 6 === 3;
        possible = readSideInfo(bytes, body, (second & 0x18) === 0x18, mono, slots);
        if (!side.blank) this.#allBlank = false;
        if (side.silent) this.#anySilence = true;
        if (possible) possible = this.#follow(w);
        if (possible && slots >= 64 && side.mainBits >= slots * 7.2 && (this.frames < 64 || (this.frames & 7) === 0)) {
          this.#weighBytes(w, slotsAt, slots);
        }
        if (!possible) this.#mainEnd = -1e9;
        else this.#mainEnd = this.#slotsSeen - side.mainDataBegin + ((side.mainBits + 7) >> 3);
        this.#passSlots(w, slotsAt, slots, w.pos);
      }
    } else {
      possible = this.#checkAllocation(w, body, at + length, index, second, fourth);
    }

    if (this.first === null) this.first = { second, third, fourth, at: w.fileOffset(w.pos) };
    if (this.frames === this.#border) {
      const claim = this.claims.at(-1);
      if (claim !== undefined) claim.borderIsClean = layer3 ? side.mainDataBegin === 0 : true;
    }
    this.#compareWithFirst(bytes, at, length);
    this.frames++;
    this.bytes += length;
    const samples = FRAME_SAMPLES[index] as number;
    const hz = FRAME_HZ[index] as number;
    this.seconds += samples / hz;
    const kbps = this.#fixed > 0 ? (this.#fixed * 8 * hz) / samples / 1000 : (FRAME_KBPS[index] as number);
    this.#kbpsSum += kbps;
    if (this.#kbpsOne === -1) this.#kbpsOne = kbps;
    else if (this.#kbpsOne !== kbps) this.#vbr = true;
    if (possible) {
      if (this.#heat > 0) this.#heat -= 0.25;
    } else this.#countImpossible(w);
  }

  #countImpossible(w: Window): void {
    if (this.impossible++ === 0) this.firstImpossibleAt = w.fileOffset(w.pos);
    if (this.#heat <= 0) {
      this.#heat = 0;
      this.#heatAt = w.fileOffset(w.pos);
    }
    if (++this.#heat < HEAT || this.wrappedAt >= 0) return;
    this.wrappedAt = this.#heatAt;
    const length = w.fileOffset(w.pos) - this.#heatAt;
    this.#record.note(
      'wrapped',
      'alarm',
      this.#heatAt,
      length,
      'frame headers are right and what is in the frames is no sound',
    );
  }

  /**
   * Huffman codes of sound look like chance: in the corpus at most 6 of 100 bytes are zero and 45 are letters. Of programs
   * 20 to 40 are zero, of text nearly all are letters.
   */
  #weighBytes(w: Window, from: number, count: number): void {
    if (this.#weighed === 0) this.#weighedAt = w.fileOffset(w.pos);
    const bytes = w.bytes;
    // Locals and a table rather than branches on bytes of chance: measured (bench/guard.ts).
    const end = from + count;
    let letters = 0;
    let zeros = 0;
    let left = count;
    for (let i = from; i < end; i++) {
      const byte = bytes[i] as number;
      letters += IS_LETTER[byte] as number;
      if (byte !== 0) continue;
      let to = i + 1;
      while (to < end && bytes[to] === 0) to++;
      // Some encoders fill granules up with zeros: long runs are theirs.
      if (to - i < STUFFING_RUN) zeros += to - i;
      else left -= to - i;
      i = to - 1;
    }
    this.#letters += letters;
    this.#zeros += zeros;
    this.#weighed += left;
    if (this.#weighed < WEIGHED_BYTES) return;
    const isSound = this.#zeros < this.#weighed * 0.15 && this.#letters < this.#weighed * 0.75;
    if (!isSound && this.wrappedAt < 0) {
      this.wrappedAt = this.#weighedAt;
      const length = w.fileOffset(w.pos) - this.#weighedAt;
      this.#record.note(
        'wrapped',
        'alarm',
        this.#weighedAt,
        length,
        'what is in the frames is a program or text, not sound',
      );
    }
    this.#weighed = this.#zeros = this.#letters = 0;
  }

  /** The main data must begin where the last frame's has ended, or later; what lies between is looked at. */
  #follow(w: Window): boolean {
    const begin = this.#slotsSeen - side.mainDataBegin;
    const gap = begin - this.#mainEnd;
    if (this.#continues) {
      this.#continues = false;
      const known = gap < 1e6 && side.mainDataBegin > 0;
      if (known && (gap < 0 || gap > this.#slack())) this.holes.push(w.fileOffset(w.pos));
      return true;
    }
    if (gap < 0) {
      if (this.overlaps++ === 0) this.firstOverlapAt = w.fileOffset(w.pos);
      return false;
    }
    if (gap > this.#widestGap && gap < 1e6) this.#widestGap = gap;
    if (gap >= GAP_BYTES && gap < 1e6) this.#lookIntoGap(w, this.#mainEnd, begin);
    return true;
  }

  /** The widest gap that this stream may have between main data, by what it had so far. */
  #slack(): number {
    return this.#vbr || this.frames < 8 ? 2 * this.#widestGap + 16 : this.#widestGap;
  }

  #lookIntoGap(w: Window, from: number, to: number): void {
    let hidden = 0;
    let at = -1;
    let slots = 1;
    for (let i = 0; i < RING; i++) {
      const k = (this.#ringNext + i) % RING;
      const length = this.#ringLength[k] as number;
      const start = this.#ringStart[k] as number;
      if (length === 0 || start + length <= from || start >= to) continue;
      const a = Math.max(from, start);
      const file = (this.#ringFile[k] as number) + (a - start);
      const count = Math.min(to, start + length) - a;
      slots = Math.max(slots, length);
      if (file < w.base) continue;
      if (this.#gapsSeen < 16 && a === start && count >= GAP_BYTES) {
        this.#gapsSeen++;
        const magic = identifyStrong(w.bytes.subarray(file - w.base, Math.min(w.filled, file - w.base + count)));
        if (magic !== null) this.#hide(HIDDEN_BYTES, w.fileOffset(file));
      }
      hidden += dataBytes(w.bytes, file - w.base, count);
      if (at < 0) at = w.fileOffset(file);
    }
    if (hidden >= 24 && hidden * 2 >= Math.min(slots, to - from)) this.#hide(hidden, at);
  }

  #hide(count: number, at: number): void {
    if (this.hiddenBytes === 0) this.hiddenAt = at;
    const before = this.hiddenBytes;
    this.hiddenBytes += count;
    if (before >= HIDDEN_BYTES || this.hiddenBytes < HIDDEN_BYTES) return;
    this.wrappedAt = this.wrappedAt < 0 ? this.hiddenAt : this.wrappedAt;
    this.#record.note(
      'wrapped',
      'alarm',
      this.hiddenAt,
      this.hiddenBytes,
      'data in the part of the frames that holds no sound',
    );
  }

  #checkAllocation(w: Window, body: number, end: number, index: number, second: number, fourth: number): boolean {
    const layer = (second & 6) === 6 ? 1 : 2;
    const found = checkAllocation(w.bytes, body, end, {
      layer,
      v1: (second & 0x18) === 0x18,
      kbps: this.#fixed > 0 ? 0 : (FRAME_KBPS[index] as number),
      hz: FRAME_HZ[index] as number,
      mode: fourth >> 6,
      modeExtension: (fourth >> 4) & 3,
    });
    this.#allBlank = false;
    if (found.silent) this.#anySilence = true;
    if (!found.possible) return false;
    // What is too quiet to be heard is the same in every frame, unless somebody wrote into it.
    if (found.silent && found.usedBits > 0) {
      const hidden = this.#differsFromLastSilence(w.bytes, body, end) ? dataBytes(w.bytes, body, end - body) : 0;
      if (hidden * 2 >= end - body) this.#hide(hidden, w.fileOffset(w.pos));
      this.#lastSilence = w.bytes.slice(body, end);
      return true;
    }
    const rest = body + ((found.usedBits + 7) >> 3);
    if (end - rest >= GAP_BYTES) {
      const hidden = dataBytes(w.bytes, rest, end - rest);
      if (hidden >= 24 && hidden * 2 >= end - body) this.#hide(hidden, w.fileOffset(w.base + rest));
    }
    return true;
  }

  #differsFromLastSilence(bytes: Uint8Array, from: number, to: number): boolean {
    const last = this.#lastSilence;
    if (last === null) return false;
    let differing = 0;
    const count = Math.min(last.length, to - from);
    for (let i = 0; i < count; i++) if (bytes[from + i] !== last[i]) differing++;
    return differing * 2 > count;
  }

  #passSlots(_w: Window, slotsAt: number, slots: number, frameAt: number): void {
    const k = this.#ringNext;
    this.#ringFile[k] = frameAt + (slotsAt - (frameAt - _w.base));
    this.#ringStart[k] = this.#slotsSeen;
    this.#ringLength[k] = slots;
    this.#ringNext = (k + 1) % RING;
    this.#slotsSeen += slots;
  }

  #claim(w: Window, info: InfoFrame): void {
    if (this.claims.length < 1000) {
      this.claims.push({ ...info, at: w.fileOffset(w.pos), countedBefore: this.frames, borderIsClean: false });
    }
    this.#border = info.frames === null ? -1 : this.frames + info.frames;
    // The frames of a song lean on nothing before its info frame.
    this.#mainEnd = -1e9;
  }

  #compareWithFirst(bytes: Uint8Array, at: number, length: number): void {
    if (!this.#repeated) return;
    const body = this.#firstBody;
    if (body === null) {
      this.#firstBody = bytes.slice(at + 4, at + length);
      return;
    }
    // One of the two may have a padding byte more.
    const count = Math.min(body.length, length - 4);
    if (Math.abs(body.length - (length - 4)) > 4) {
      this.#repeated = false;
      return;
    }
    for (let i = 0; i < count; i++) {
      if (body[i] === bytes[at + 4 + i]) continue;
      this.#repeated = false;
      return;
    }
  }
}

/** How many of the bytes are no stuffing: neither the byte before again nor the one before that. */
export function dataBytes(bytes: Uint8Array, from: number, count: number): number {
  let data = 0;
  for (let i = from + 2; i < from + count; i++) if (bytes[i] !== bytes[i - 1] && bytes[i] !== bytes[i - 2]) data++;
  return data;
}
