// The metaserver (8875): whoever connects is told the best hub, `ip:port\n`. Clients of 2000 read an answer that begins
// with 127 as "servers are busy", so that is what stands there when no hub can take anybody.
import { formatAddress } from '#net';

/** What is known of one hub. */
export type Candidate = {
  readonly address: string;
  readonly alive: boolean;
  /** From 0 (empty) to 1 (full); null: nobody knows. */
  readonly load: number | null;
  /** Time to connect, ms; 0 for our own. */
  readonly rttMs: number;
};

export const BUSY = '127.0.0.1:0\n';
/** Hubs whose loads differ by less than this are equally good. */
const ALIKE = 0.1;

/**
 * The line for the visitor of this number: the emptiest hub that is alive; among equals each in turn.
 * A hub of unknown load counts as half full.
 */
export function bestHub(hubs: readonly Candidate[], visitor: number): string {
  const able = hubs.filter(({ alive, load }) => alive && (load ?? 0.5) < 1);
  if (able.length === 0) return BUSY;
  const least = Math.min(...able.map(({ load }) => load ?? 0.5));
  const best = able.filter(({ load }) => (load ?? 0.5) <= least + ALIKE).toSorted((a, b) => a.rttMs - b.rttMs);
  return `${(best[visitor % best.length] as Candidate).address}\n`;
}

/** How to reach other hubs; `dial` of `net` fits. Resolves to the ms that connecting took, rejects when nobody is there. */
export type Knock = (address: { host: string; port: number }) => Promise<number>;

/** Keeps what is known of listed hubs: asks each by connecting, again and again. */
export class HubList {
  readonly #own: () => Candidate;
  readonly #knock: Knock;
  #others: { host: string; port: number; alive: boolean; rttMs: number }[] = [];
  #visitors = 0;
  #listsOwn = true;

  constructor(own: () => Candidate, knock: Knock) {
    this.#own = own;
    this.#knock = knock;
  }

  /** An empty list means our own hub alone; otherwise what is listed is handed out, and nothing else. */
  set(hubs: readonly { host: string; port: number }[]): void {
    const own = this.#own().address;
    this.#listsOwn = hubs.length === 0 || hubs.some((hub) => formatAddress(hub) === own);
    this.#others = hubs.filter((hub) => formatAddress(hub) !== own).map((hub) => ({ ...hub, alive: false, rttMs: 0 }));
  }

  candidates(): Candidate[] {
    const others = this.#others.map(({ alive, rttMs, ...hub }) => ({
      address: formatAddress(hub),
      alive,
      load: null,
      rttMs,
    }));
    return this.#listsOwn ? [this.#own(), ...others] : others;
  }

  line(): string {
    return bestHub(this.candidates(), this.#visitors++);
  }

  /** Asks every other hub once; resolves when all have answered or not. */
  async look(): Promise<void> {
    await Promise.all(
      this.#others.map(async (hub) => {
        try {
          hub.rttMs = await this.#knock(hub);
          hub.alive = true;
        } catch {
          hub.alive = false;
        }
      }),
    );
  }
}
