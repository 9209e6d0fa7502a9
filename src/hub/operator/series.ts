// What happened over time, for the charts: columns in rings, and percentiles out of a histogram that only grows.

/** One moment of the hub; rates are per second over the step before it. */
export type Moment = {
  users: number;
  files: number;
  searchesPerSecond: number;
  searchP99Ms: number;
  brokeredBps: number;
  messagesPerSecond: number;
  lagMs: number;
};

const COLUMNS = [
  'users',
  'files',
  'searchesPerSecond',
  'searchP99Ms',
  'brokeredBps',
  'messagesPerSecond',
  'lagMs',
] as const satisfies readonly (keyof Moment)[];

export type Columns = { step: number; until: number } & Record<keyof Moment, number[]>;

/** The last `keep` moments, `step` ms apart. */
export class Series {
  readonly step: number;
  readonly #keep: number;
  readonly #moments: Moment[] = [];
  #until = 0;

  constructor(step: number, keep: number) {
    this.step = step;
    this.#keep = keep;
  }

  get until(): number {
    return this.#until;
  }

  get last(): Moment | null {
    return this.#moments.at(-1) ?? null;
  }

  push(moment: Moment, now: number): void {
    this.#moments.push(moment);
    if (this.#moments.length > this.#keep) this.#moments.shift();
    this.#until = now;
  }

  /** What came after `since` (Unix ms, as an `until` of before); 0: everything. */
  after(since: number): Columns {
    const fresh = since <= 0 ? this.#keep : Math.max(0, Math.round((this.#until - since) / this.step));
    const moments = fresh === 0 ? [] : this.#moments.slice(-fresh);
    const columns = { step: this.step, until: this.#until } as Columns;
    for (const column of COLUMNS) columns[column] = moments.map((moment) => moment[column]);
    return columns;
  }

  /** The mean of the last `count` moments; rates and loads of a longer step. P99 and lag: the worst of them. */
  mean(count: number): Moment | null {
    const moments = this.#moments.slice(-count);
    if (moments.length === 0) return null;
    const mean = {} as Moment;
    for (const column of COLUMNS) {
      const values = moments.map((moment) => moment[column]);
      const worst = column === 'searchP99Ms' || column === 'lagMs';
      mean[column] = worst ? Math.max(...values) : values.reduce((sum, value) => sum + value, 0) / values.length;
    }
    return mean;
  }
}

/** The upper edge below which `part` of what came between two states of a histogram lies; 0: nothing came. */
export function percentile(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  edges: readonly number[],
  part: number,
): number {
  let total = 0;
  for (let i = 0; i < after.length; i++) total += (after[i] as number) - (before[i] ?? 0);
  if (total === 0) return 0;
  let seen = 0;
  for (let i = 0; i < edges.length; i++) {
    seen += (after[i] as number) - (before[i] ?? 0);
    if (seen >= total * part) return edges[i] as number;
  }
  return edges.at(-1) as number;
}
