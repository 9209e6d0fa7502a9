// What comes live, as the screens see it: the status, the transfers, each watched search, the last ten minutes of speed.
// Keeps the revisions, so that after a loss only what changed comes again.
import type { LiveMessage, PeerStatus, SearchRow, SearchState, Speeds, Transfer } from '#api';
import { Signal } from '../shell/signal.ts';
import type { Link, LiveChannel, Provider } from './provider.ts';

const SPEED_SAMPLES = 600;
const KEPT_SEARCHES = 3;

export type LiveSearch = { state: SearchState | null; rows: readonly SearchRow[]; gone: boolean };
export type Notice = Extract<LiveMessage, { type: 'notice' }>;
export type Message = Extract<LiveMessage, { type: 'message' }>;

type Kept<Row> = { revision: number; rows: Map<string, Row>; watchers: number };

export class Live {
  readonly link = new Signal<Link>({ state: 'connecting', retryAt: null, lostAt: null });
  readonly status = new Signal<PeerStatus | null>(null);
  /** Null until the first delta came. */
  readonly transfers = new Signal<readonly Transfer[] | null>(null);
  readonly speeds = new Signal<Speeds>({ stepMs: 1000, until: 0, downBps: [], upBps: [] });

  readonly #provider: Provider;
  readonly #hear: (notice: Notice | Message) => void;
  readonly #transfers: Kept<Transfer> = { revision: 0, rows: new Map(), watchers: 0 };
  readonly #searches = new Map<string, Kept<SearchRow> & { signal: Signal<LiveSearch> }>();
  #channel: LiveChannel | null = null;

  constructor(provider: Provider, hear: (notice: Notice | Message) => void) {
    this.#provider = provider;
    this.#hear = hear;
  }

  start(): void {
    this.#channel = this.#provider.connect(
      (message) => this.#take(message),
      (link) => {
        this.link.set(link);
        if (link.state === 'open') this.#resume();
      },
    );
  }

  stop(): void {
    this.#channel?.close();
    this.#channel = null;
  }

  retryNow(): void {
    this.#channel?.retryNow();
  }

  /** Returns what ends the watch. */
  watchTransfers(): () => void {
    const kept = this.#transfers;
    if (kept.watchers++ === 0) this.#channel?.send({ type: 'watch', topic: 'transfers', since: kept.revision });
    return () => {
      if (--kept.watchers === 0) this.#channel?.send({ type: 'unwatch', topic: 'transfers' });
    };
  }

  search(id: string): Signal<LiveSearch> {
    return this.#search(id).signal;
  }

  watchSearch(id: string): () => void {
    const kept = this.#search(id);
    if (kept.watchers++ === 0) this.#channel?.send({ type: 'watch', topic: 'search', id, since: kept.revision });
    return () => {
      if (--kept.watchers > 0) return;
      this.#channel?.send({ type: 'unwatch', topic: 'search', id });
      this.#dropOld(id);
    };
  }

  /** Ten thousand rows each: the last few are kept for the way back, the others are asked for again. */
  #dropOld(justLeft: string): void {
    const unwatched = [...this.#searches].filter(([id, { watchers }]) => watchers === 0 && id !== justLeft);
    for (const [id] of unwatched.slice(0, -KEPT_SEARCHES)) this.#searches.delete(id);
  }

  #search(id: string): Kept<SearchRow> & { signal: Signal<LiveSearch> } {
    let kept = this.#searches.get(id);
    if (kept === undefined) {
      const signal = new Signal<LiveSearch>({ state: null, rows: [], gone: false });
      kept = { revision: 0, rows: new Map(), watchers: 0, signal };
      this.#searches.set(id, kept);
    }
    return kept;
  }

  #resume(): void {
    void this.#fetchSpeeds();
    if (this.#transfers.watchers > 0)
      this.#channel?.send({ type: 'watch', topic: 'transfers', since: this.#transfers.revision });
    for (const [id, kept] of this.#searches)
      if (kept.watchers > 0) this.#channel?.send({ type: 'watch', topic: 'search', id, since: kept.revision });
  }

  async #fetchSpeeds(): Promise<void> {
    const speeds = await this.#provider.call('speeds').catch(() => null);
    if (speeds !== null) this.speeds.set(speeds);
  }

  #take(message: LiveMessage): void {
    switch (message.type) {
      case 'status':
        return this.#takeStatus(message.status);
      case 'transfers':
        apply(this.#transfers, message);
        for (const id of message.gone) this.#transfers.rows.delete(id);
        return this.transfers.set([...this.#transfers.rows.values()]);
      case 'search': {
        const kept = this.#search(message.id);
        apply(kept, message);
        return kept.signal.set({ state: message.search, rows: [...kept.rows.values()], gone: false });
      }
      case 'gone':
        return this.#search(message.id).signal.set({ state: null, rows: [], gone: true });
      case 'notice':
      case 'message':
        return this.#hear(message);
      case 'error':
        return console.warn(`peershield: ${message.code}: ${message.message}`);
    }
  }

  #takeStatus(status: PeerStatus): void {
    const before = this.status.get();
    this.status.set(status);
    if (before !== null && before.run !== status.run) this.#forget();
    const { stepMs, until, downBps, upBps } = this.speeds.get();
    if (status.now - until < stepMs * 0.8) return;
    this.speeds.set({
      stepMs,
      until: status.now,
      downBps: [...downBps, status.transfers.downBps].slice(-SPEED_SAMPLES),
      upBps: [...upBps, status.transfers.upBps].slice(-SPEED_SAMPLES),
    });
  }

  /** Another run of the program: its revisions begin again, and searches of the last one are gone. */
  #forget(): void {
    this.#transfers.revision = 0;
    for (const kept of this.#searches.values()) kept.revision = 0;
    this.#resume();
  }
}

function apply<Row extends { id: string }>(
  kept: Kept<Row>,
  delta: { revision: number; full: boolean; rows: Row[] },
): void {
  if (delta.full) kept.rows.clear();
  for (const row of delta.rows) kept.rows.set(row.id, row);
  kept.revision = delta.revision;
}
