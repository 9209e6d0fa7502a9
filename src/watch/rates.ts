// How often, or to how many, a host did one thing within a minute of the capture's time.
import type { Limits } from '#base';

export const RATE_LIMITS = {
  watchRates: { value: 50_000, unit: 'host and kind pairs', source: 'a bound; the oldest goes' },
} as const satisfies Limits;

const WINDOW_SECONDS = 60;

type Window = { since: number; count: number; subjects: Set<string> | null };

export class Rates {
  readonly #windows = new Map<string, Window>();

  /**
   * Counts one more and returns how many there were in this minute: all of them, or with a `subject` the different
   * subjects (at most `stopAt`, beyond which none are kept).
   */
  count(kind: string, host: number, subject: string | null, now: number, stopAt: number): number {
    const key = `${kind} ${host}`;
    let window = this.#windows.get(key);
    if (window === undefined || Math.abs(now - window.since) > WINDOW_SECONDS) {
      window = { since: now, count: 0, subjects: null };
      this.#windows.delete(key);
      this.#windows.set(key, window);
      if (this.#windows.size > RATE_LIMITS.watchRates.value) {
        for (const oldest of this.#windows.keys()) {
          this.#windows.delete(oldest);
          break;
        }
      }
    }
    if (subject === null) return ++window.count;
    window.subjects ??= new Set();
    if (window.subjects.size < stopAt) window.subjects.add(subject);
    return window.subjects.size;
  }
}
