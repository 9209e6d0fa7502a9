// What is counted: for /metrics, /stats.json and the dashboard. Counting is cheap; nothing here keeps one entry a person.
import type { Budget } from './user.ts';

/** One second of the hub. */
export type Sample = {
  users: number;
  files: number;
  searches: number;
  results: number;
  messages: number;
  logins: number;
};
/** Somebody who had to wait, and for what. */
export type Flood = { nick: string; address: string; budget: Budget; times: number; first: number; last: number };

const HISTORY = 3600;
const WORDS = 2000;
const FLOODS = 200;
const DOUBTED = 200;
/** Upper ends of the histogram of search times, in ms. */
const EDGES = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, 1000] as const;

export class Counters {
  messages = 0;
  bytesIn = 0;
  logins = 0;
  refused = 0;
  searches = 0;
  results = 0;
  shares = 0;
  blocked = 0;
  /** Faults of ours that a log line tells about. */
  bugs = 0;
  doubts = 0;
  brokered = 0;
  bytesBrokered = 0;
  said = 0;
  relayedBytes = 0;
  readonly floods = new Map<string, Flood>();
  readonly samples: Sample[] = [];
  readonly searchTimes = new Uint32Array(EDGES.length + 1);
  readonly doubted: { nick: string; path: string }[] = [];
  readonly edges = EDGES;
  #before = { searches: 0, results: 0, messages: 0, logins: 0 };
  readonly #asked = new Map<string, { times: number; found: number }>();

  /** A search ended: how long it took, what was asked, whether anything was found. */
  searched(ms: number, words: string, found: number): void {
    this.searches++;
    this.results += found;
    let edge = 0;
    while (edge < EDGES.length && ms > (EDGES[edge] as number)) edge++;
    this.searchTimes[edge]! += 1;
    const entry = this.#asked.get(words);
    if (entry !== undefined) {
      entry.times++;
      entry.found = found;
    } else if (this.#asked.size < WORDS) this.#asked.set(words.slice(0, 80), { times: 1, found });
  }

  flood(budget: Budget, nick: string, address: string, at: number): void {
    const key = `${budget}:${nick}:${address}`;
    const known = this.floods.get(key);
    if (known !== undefined) {
      known.times++;
      known.last = at;
      return;
    }
    if (this.floods.size >= FLOODS) {
      const [oldest] = this.floods.keys();
      if (oldest !== undefined) this.floods.delete(oldest);
    }
    this.floods.set(key, { nick, address, budget, times: 1, first: at, last: at });
  }

  /** A share whose claims do not fit together; the last ones are kept for the operator. */
  doubtful(nick: string, path: string): void {
    this.doubts++;
    this.doubted.push({ nick, path });
    if (this.doubted.length > DOUBTED * 2) this.doubted.splice(0, DOUBTED);
  }

  /** Called once a second. */
  sample(users: number, files: number): void {
    const { searches, results, messages, logins } = this;
    const before = this.#before;
    this.samples.push({
      users,
      files,
      searches: searches - before.searches,
      results: results - before.results,
      messages: messages - before.messages,
      logins: logins - before.logins,
    });
    if (this.samples.length > HISTORY) this.samples.splice(0, this.samples.length - HISTORY);
    this.#before = { searches, results, messages, logins };
  }

  /** The time in ms that this part of all searches stayed below (an edge of the histogram). */
  searchMs(part: number): number {
    const total = this.searchTimes.reduce((sum, n) => sum + n, 0);
    let seen = 0;
    for (let i = 0; i < EDGES.length; i++) {
      seen += this.searchTimes[i] as number;
      if (seen >= total * part) return EDGES[i] as number;
    }
    return EDGES.at(-1) as number;
  }

  /** Most searched, and of those never found. */
  asked(limit: number, missing: boolean): { words: string; times: number; found: number }[] {
    return [...this.#asked]
      .filter(([, { found }]) => !missing || found === 0)
      .map(([words, entry]) => ({ words, ...entry }))
      .toSorted((a, b) => b.times - a.times)
      .slice(0, limit);
  }
}
