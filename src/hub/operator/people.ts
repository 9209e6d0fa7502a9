// What was seen of each person, in memory only: messages and searches in each of the last minutes, and a timeline.
// Looked at every few seconds from outside, so that the hub's own path does nothing for it.
import type { ByteString } from '#base';
import { OPERATOR_LIMITS } from './limits.ts';
import type { UserNow } from './needs.ts';

const MINUTES = 30;
const MINUTE_MS = 60_000;

export type Seen = {
  readonly nick: ByteString;
  /** Oldest first; the last is the minute that runs. */
  readonly messages: number[];
  readonly searches: number[];
  readonly timeline: { at: number; text: string }[];
  here: boolean;
  address: string;
};
type Kept = Seen & { since: number; counted: { messages: number; searches: number; files: number } };

export class People {
  readonly #all = new Map<string, Kept>();
  #minute = 0;

  /** By nick in lower case. */
  find(nick: ByteString): Seen | null {
    return this.#all.get(nick.toLowerCase()) ?? null;
  }

  /** Nothing is kept of this one any more. */
  forget(nick: ByteString): void {
    this.#all.delete(nick.toLowerCase());
  }

  /** A line of somebody's timeline. */
  note(nick: ByteString, at: number, text: string): void {
    const kept = this.#all.get(nick.toLowerCase());
    if (kept !== undefined) addTo(kept, at, text);
  }

  look(users: Iterable<UserNow>, now: number): void {
    const minute = Math.floor(now / MINUTE_MS);
    const turned = this.#minute === 0 ? 0 : Math.min(MINUTES, minute - this.#minute);
    this.#minute = minute;
    const before = new Set(this.#all.keys());
    for (const user of users) {
      const key = user.nick.toLowerCase();
      before.delete(key);
      this.#see(key, user, turned, now);
    }
    for (const key of before) this.#gone(this.#all.get(key) as Kept, now);
    this.#forgetOldest();
  }

  #see(key: string, user: UserNow, turned: number, now: number): void {
    let kept = this.#all.get(key);
    if (kept === undefined || kept.since !== user.since) kept = this.#came(key, user, kept);
    else if (turned > 0) turn(kept, turned);
    const { counted } = kept;
    addToLast(kept.messages, user.messages - counted.messages);
    addToLast(kept.searches, user.searches - counted.searches);
    if (user.files !== counted.files) addTo(kept, now, `shares ${user.files} files`);
    kept.counted = { messages: user.messages, searches: user.searches, files: user.files };
  }

  #came(key: string, user: UserNow, before: Kept | undefined): Kept {
    const kept: Kept = {
      nick: user.nick,
      messages: [0],
      searches: [0],
      timeline: before?.timeline ?? [],
      here: true,
      address: user.address,
      since: user.since,
      counted: { messages: 0, searches: 0, files: 0 },
    };
    addTo(kept, user.since, `logged in from ${user.address} with ${user.client}`);
    this.#all.delete(key); // those who came last stand last, so that the oldest are forgotten first
    this.#all.set(key, kept);
    return kept;
  }

  #gone(kept: Kept, now: number): void {
    if (!kept.here) return;
    kept.here = false;
    addTo(kept, now, 'left');
  }

  #forgetOldest(): void {
    const gone: string[] = [];
    for (const [key, { here }] of this.#all) if (!here) gone.push(key);
    for (const key of gone.slice(0, Math.max(0, gone.length - OPERATOR_LIMITS.peopleGone.value))) this.#all.delete(key);
  }
}

function addTo(kept: Kept, at: number, text: string): void {
  kept.timeline.push({ at, text });
  if (kept.timeline.length > OPERATOR_LIMITS.timelineEvents.value) kept.timeline.shift();
}

function turn(kept: Kept, minutes: number): void {
  for (const column of [kept.messages, kept.searches]) {
    for (let i = 0; i < minutes; i++) column.push(0);
    column.splice(0, Math.max(0, column.length - MINUTES));
  }
}

function addToLast(column: number[], count: number): void {
  column[column.length - 1] = (column.at(-1) ?? 0) + Math.max(0, count);
}
