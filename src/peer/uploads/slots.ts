// Who may be served now. Napster has no queue on the wire: one who asks too early is told so (619) and asks again. So the
// line is kept here: who asked first and still asks is served first, one person at a time. Pure; time is an argument.
import type { Limits } from '#base';

export const SLOT_LIMITS = {
  waiting: {
    value: 1_000,
    unit: 'requests',
    source: 'kept in line; beyond it people are sent away until somebody gives up',
  },
  waitingPerNick: { value: 50, unit: 'requests', source: 'one person in line; a folder of songs, not a library' },
  freshMs: {
    value: 120_000,
    unit: 'ms',
    source: 'who has not asked again for so long has given up; clients ask every 15 to 60 s',
  },
  absentMs: {
    value: 65_000,
    unit: 'ms',
    source: 'who is ahead but has not asked for so long is passed by; his place is kept for a while',
  },
  claimMs: { value: 60_000, unit: 'ms', source: 'an accepted request that does not connect gives its slot back' },
} as const satisfies Limits;

export type SlotRules = { readonly slots: number; readonly perNick: number };

/** `go`: serve it. `wait`: place in line from 1. `full`: not even in line. */
export type SlotAnswer = { go: true } | { go: false; place: number } | { go: false; full: true };

type Waiting = { readonly who: string; readonly what: string; readonly since: number; seen: number };
type Taken = { readonly who: string; readonly what: string; claimBy: number };

/** The upload slots and the line before them. */
export class Slots {
  #rules: SlotRules;
  #line: Waiting[] = [];
  readonly #taken = new Map<string, Taken>();

  constructor(rules: SlotRules) {
    this.#rules = rules;
  }

  set rules(rules: SlotRules) {
    this.#rules = rules;
  }

  get taken(): number {
    return this.#taken.size;
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** `who` asks for `what`. A slot that is granted must be claimed (the transfer begins) or it falls back. */
  ask(who: string, what: string, now: number): SlotAnswer {
    this.#expire(now);
    const key = keyOf(who, what);
    const held = this.#taken.get(key);
    if (held !== undefined) {
      // A slot is one transfer: who asks again while it runs waits for its end.
      if (held.claimBy === Number.POSITIVE_INFINITY) return { go: false, place: 1 };
      held.claimBy = now + SLOT_LIMITS.claimMs.value;
      return { go: true };
    }
    const waiting = this.#lineUp(who, what, now);
    if (waiting === null) return { go: false, full: true };
    const place = this.#placeOf(waiting, now);
    if (place > this.#rules.slots - this.#taken.size || this.#of(who) >= this.#rules.perNick)
      return { go: false, place: Math.max(1, place) };
    this.#line.splice(this.#line.indexOf(waiting), 1);
    this.#taken.set(key, { who, what, claimBy: now + SLOT_LIMITS.claimMs.value });
    return { go: true };
  }

  /** The transfer that a slot was granted for has begun. False: it was not granted, has begun before, or came too late. */
  claim(who: string, what: string, now: number): boolean {
    this.#expire(now);
    const taken = this.#taken.get(keyOf(who, what));
    if (taken === undefined || taken.claimBy === Number.POSITIVE_INFINITY) return false;
    taken.claimBy = Number.POSITIVE_INFINITY;
    return true;
  }

  /** The transfer is over, however it ended. */
  release(who: string, what: string): void {
    this.#taken.delete(keyOf(who, what));
  }

  #lineUp(who: string, what: string, now: number): Waiting | null {
    const there = this.#line.find((waiting) => waiting.who === who && waiting.what === what);
    if (there !== undefined) {
      there.seen = now;
      return there;
    }
    if (this.#line.length >= SLOT_LIMITS.waiting.value) return null;
    if (this.#line.filter((waiting) => waiting.who === who).length >= SLOT_LIMITS.waitingPerNick.value) return null;
    const waiting = { who, what, since: now, seen: now };
    this.#line.push(waiting);
    return waiting;
  }

  /** From 1, counting one request for each person who has less than the others, in the order they came. */
  #placeOf(wanted: Waiting, now: number): number {
    const ahead = new Set<string>();
    for (const waiting of this.#line) {
      if (waiting === wanted) break;
      if (now - waiting.seen > SLOT_LIMITS.absentMs.value) continue;
      if (waiting.who !== wanted.who && this.#of(waiting.who) < this.#rules.perNick) ahead.add(waiting.who);
    }
    return ahead.size + 1;
  }

  #of(who: string): number {
    let count = 0;
    for (const taken of this.#taken.values()) if (taken.who === who) count++;
    return count;
  }

  #expire(now: number): void {
    for (const [key, { claimBy }] of this.#taken) if (claimBy <= now) this.#taken.delete(key);
    if (this.#line.some(({ seen }) => now - seen > SLOT_LIMITS.freshMs.value))
      this.#line = this.#line.filter(({ seen }) => now - seen <= SLOT_LIMITS.freshMs.value);
  }
}

function keyOf(who: string, what: string): string {
  return `${who}\0${what}`;
}
