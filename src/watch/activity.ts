// Bytes over time. One list of (flow's track, time bin, bytes each way), in typed arrays; and one total a bin. When the
// list grows past its bound the bins become twice as wide and what falls together is joined, so a capture of a minute
// shows seconds and one of a month shows hours, in the same memory.
import type { Limits } from '#base';

export const ACTIVITY_LIMITS = {
  watchActivity: { value: 524_288, unit: 'entries', source: '12 MB; beyond it time bins become twice as wide' },
  watchBins: {
    value: 16_384,
    unit: 'bins',
    source: 'more than any screen has pixels; beyond it bins become twice as wide',
  },
} as const satisfies Limits;

const MAX_ENTRIES = ACTIVITY_LIMITS.watchActivity.value;

export class Activity {
  /** Seconds a bin. */
  width = 1;
  /** The capture's first second. */
  origin = Number.NaN;
  /** All bytes on the wire, by bin. */
  readonly totals = new Map<number, number>();
  count = 0;
  #keys = new Int32Array(2 * 1024);
  #bytes = new Float64Array(2 * 1024);

  #bin = 0;
  #isOpen = false;
  /** The open bin's first second, its end, and its bytes so far. Typed, so that no number is boxed for each packet. */
  readonly #span = new Float64Array([0, 0, 0]);

  /** Counts a packet for the totals and returns the bin it is in. `clock[0]` is the packet's time in seconds. */
  total(clock: Float64Array, bytes: number): number {
    const span = this.#span;
    if (clock[0]! >= span[0]! && clock[0]! < span[1]!) {
      span[2] = span[2]! + bytes;
      return this.#bin;
    }
    return this.#nextBin(clock[0]!, bytes);
  }

  #nextBin(seconds: number, bytes: number): number {
    this.flush();
    if (Number.isNaN(this.origin)) this.origin = Math.floor(seconds);
    const bin = this.binOf(seconds);
    this.#bin = bin;
    this.#isOpen = true;
    this.#place();
    this.#span[2] = bytes;
    if (this.totals.size > ACTIVITY_LIMITS.watchBins.value) this.#widen();
    return this.#bin;
  }

  #place(): void {
    this.#span[0] = this.origin + this.#bin * this.width;
    this.#span[1] = this.origin + (this.#bin + 1) * this.width;
  }

  /** The bin of a moment; below 0 for moments before the first packet: files come in any order, and clocks go back. */
  binOf(seconds: number): number {
    return Math.floor((seconds - this.origin) / this.width);
  }

  flush(): void {
    if (this.#isOpen) this.totals.set(this.#bin, (this.totals.get(this.#bin) ?? 0) + this.#span[2]!);
    this.#span[2] = 0;
  }

  /** One flow's bytes in a bin. */
  add(track: number, bin: number, ab: number, ba: number): void {
    if (this.count * 2 === this.#keys.length) this.#room();
    const at = this.count++ * 2;
    this.#keys[at] = track;
    this.#keys[at + 1] = bin;
    this.#bytes[at] = ab;
    this.#bytes[at + 1] = ba;
  }

  each(visit: (track: number, bin: number, ab: number, ba: number) => void): void {
    for (let at = 0; at < this.count * 2; at += 2)
      visit(this.#keys[at]!, this.#keys[at + 1]!, this.#bytes[at]!, this.#bytes[at + 1]!);
  }

  #room(): void {
    if (this.count >= MAX_ENTRIES) {
      this.#widen();
      if (this.count < MAX_ENTRIES * 0.9) return;
    }
    const keys = new Int32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const bytes = new Float64Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }

  /** Joins pairs of bins. Bins that tracks still hold open are halved by {@link generation}'s reader. */
  generation = 0;
  #widen(): void {
    this.width *= 2;
    this.generation++;
    this.#bin >>= 1;
    if (this.#isOpen) this.#place();
    const before = [...this.totals];
    this.totals.clear();
    for (const [bin, bytes] of before) this.totals.set(bin >> 1, (this.totals.get(bin >> 1) ?? 0) + bytes);
    const joined = new Map<number, number>();
    let kept = 0;
    for (let at = 0; at < this.count * 2; at += 2) {
      const track = this.#keys[at]!;
      const bin = this.#keys[at + 1]! >> 1;
      const key = track * 33_554_432 + (bin & 0x1ffffff);
      const slot = joined.get(key);
      if (slot === undefined) {
        joined.set(key, kept);
        this.#keys[kept] = track;
        this.#keys[kept + 1] = bin;
        this.#bytes[kept] = this.#bytes[at]!;
        this.#bytes[kept + 1] = this.#bytes[at + 1]!;
        kept += 2;
      } else {
        this.#bytes[slot]! += this.#bytes[at]!;
        this.#bytes[slot + 1]! += this.#bytes[at + 1]!;
      }
    }
    this.count = kept / 2;
  }
}
