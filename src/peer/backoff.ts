// When to try again. Pure: chance and time are arguments.
import type { Chance } from '#base';

/** How a kind of trying slows down: the first wait, the longest one. */
export type Pace = { readonly firstMs: number; readonly longestMs: number };

/** Hubs restart in seconds and go away for days. */
export const HUB_PACE: Pace = { firstMs: 1_000, longestMs: 300_000 };
/** A source that did not answer: its owner may have gone to bed. */
export const SOURCE_PACE: Pace = { firstMs: 5_000, longestMs: 900_000 };
/** A source whose slots are taken: asking too often is rude, too seldom loses the place. */
export const QUEUE_PACE: Pace = { firstMs: 15_000, longestMs: 60_000 };

/** The wait after `failures` tries in a row (from 1): doubled each time, between half and the whole of it by chance. */
export function retryDelayMs(pace: Pace, failures: number, chance: Chance): number {
  const whole = Math.min(pace.longestMs, pace.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * chance());
}
