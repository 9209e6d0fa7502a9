// Chance that a test can repeat. Not for secrets: those come from node:crypto.

/** A source of numbers in [0, 1), as `Math.random`. */
export type Chance = () => number;

/** A seeded source: the same seed gives the same numbers for ever (mulberry32). */
export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number from 0 up to, not including, `below`. */
export function wholeBelow(below: number, chance: Chance): number {
  return Math.floor(chance() * below);
}

/** One of the items; they must not be empty. */
export function pick<T>(items: readonly T[], chance: Chance): T {
  if (items.length === 0) throw new RangeError('pick from nothing');
  return items[wholeBelow(items.length, chance)] as T;
}
