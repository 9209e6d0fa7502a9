// Limits have a name, a unit and a source, live beside the code that keeps them, and are printed into docs/limits.md.

/** One limit. `value` in `unit`; `source` says where the figure comes from or what it protects. */
export type Limit = { readonly value: number; readonly unit: string; readonly source: string };

/** A room's table of limits; a room exports it as `LIMITS`, and `tools/limits.ts` prints all of them. */
export type Limits = Readonly<Record<string, Limit>>;

/**
 * A token bucket: `rate` tokens a second, at most `burst` saved up. Time is an argument, in ms.
 * 24 bytes of state and no timer, so that every user, address and network can have several.
 */
export class TokenBucket {
  readonly rate: number;
  readonly burst: number;
  #tokens: number;
  #at: number;

  constructor(rate: number, burst: number, now: number) {
    this.rate = rate;
    this.burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes `count` tokens if they are there; false leaves the bucket as it is. */
  take(count: number, now: number): boolean {
    this.#refill(now);
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes `count` tokens whether they are there or not; the debt is paid before anything else passes. */
  force(count: number, now: number): void {
    this.#refill(now);
    this.#tokens -= count;
  }

  /** Milliseconds until `count` tokens will be there: 0 when they are. Infinity when `count` is above the burst. */
  waitMs(count: number, now: number): number {
    this.#refill(now);
    if (this.#tokens >= count) return 0;
    if (count > this.burst || this.rate <= 0) return Number.POSITIVE_INFINITY;
    return Math.ceil(((count - this.#tokens) / this.rate) * 1000);
  }

  /** Full again: nothing is owed, so the owner may forget this bucket. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.burst;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#at) / 1000) * this.rate);
    this.#at = now;
  }
}
