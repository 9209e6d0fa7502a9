// How fast bytes move: a mean over the last seconds, without a timer of its own.

const WINDOW_MS = 3_000;

export class Meter {
  total = 0;
  #recent = 0;
  #at = 0;

  add(bytes: number, now: number): void {
    this.#decay(now);
    this.#recent += bytes;
    this.total += bytes;
  }

  /** Bytes per second over the last few seconds. */
  rate(now: number): number {
    this.#decay(now);
    return Math.round((this.#recent / WINDOW_MS) * 1000);
  }

  #decay(now: number): void {
    const passed = now - this.#at;
    if (passed <= 0) return;
    this.#recent *= Math.exp(-passed / WINDOW_MS);
    this.#at = now;
  }
}
