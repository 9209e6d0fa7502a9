// Which download starts next, from which source, and why the others do not. Pure: rows, slots, sources and the time go
// in, moves come out; `queue.ts` does them. The same answer for the same question, so the page can say why.

/** Where a download could come from, as far as the plan cares. */
export type PlanSource = {
  readonly key: number;
  readonly nick: string;
  readonly hub: string;
  /** Our link to that hub stands. */
  readonly reachable: boolean;
  /** Not before this moment (ms). */
  readonly retryAt: number;
  /** Never again: it was tried and cannot or must not be used. */
  readonly spent: boolean;
};

/** One unfinished download. */
export type PlanRow = {
  readonly id: string;
  /** Smaller goes first. */
  readonly order: number;
  readonly paused: boolean;
  /** The source it is being fetched from now, if any. */
  readonly active: PlanSource | null;
  readonly sources: readonly PlanSource[];
};

export type PlanLimits = {
  /** Downloads at once. */
  readonly slots: number;
  /** Downloads at once from one person; old clients serve one after the other. */
  readonly perNick: number;
};

/** Why a row does not move now. */
export type Hold = 'paused' | 'no-slot' | 'nick-busy' | 'retry-later' | 'hub-away' | 'no-source';

export type Plan = {
  readonly starts: readonly { readonly id: string; readonly source: number }[];
  readonly holds: ReadonlyMap<string, { readonly why: Hold; readonly until: number | null }>;
  /** When to plan again though nothing happens; Infinity: never. */
  readonly wakeAt: number;
};

/** Plans all unfinished rows. Linear in rows and sources after one sort. */
export function planDownloads(rows: readonly PlanRow[], limits: PlanLimits, now: number): Plan {
  const starts: { id: string; source: number }[] = [];
  const holds = new Map<string, { why: Hold; until: number | null }>();
  const busy = new Map<string, number>();
  let free = limits.slots;
  let wakeAt = Number.POSITIVE_INFINITY;
  for (const { active } of rows) {
    if (active === null) continue;
    free--;
    busy.set(person(active), (busy.get(person(active)) ?? 0) + 1);
  }
  for (const row of rows.toSorted((a, b) => a.order - b.order)) {
    if (row.active !== null) continue;
    const choice = choose(row, busy, limits, now);
    if ('why' in choice) {
      holds.set(row.id, choice);
      if (choice.why === 'retry-later' && choice.until !== null) wakeAt = Math.min(wakeAt, choice.until);
    } else if (free <= 0) {
      holds.set(row.id, { why: 'no-slot', until: null });
    } else {
      free--;
      busy.set(person(choice), (busy.get(person(choice)) ?? 0) + 1);
      starts.push({ id: row.id, source: choice.key });
    }
  }
  return { starts, holds, wakeAt };
}

function choose(
  row: PlanRow,
  busy: ReadonlyMap<string, number>,
  limits: PlanLimits,
  now: number,
): PlanSource | { why: Hold; until: number | null } {
  if (row.paused) return { why: 'paused', until: null };
  let best: PlanSource | null = null;
  let soonest = Number.POSITIVE_INFINITY;
  let away = false;
  let engaged = false;
  for (const source of row.sources) {
    if (source.spent) continue;
    if (!source.reachable) away = true;
    else if (source.retryAt > now) soonest = Math.min(soonest, source.retryAt);
    else if ((busy.get(person(source)) ?? 0) >= limits.perNick) engaged = true;
    else if (best === null || source.retryAt < best.retryAt) best = source;
  }
  if (best !== null) return best;
  if (engaged) return { why: 'nick-busy', until: null };
  if (soonest !== Number.POSITIVE_INFINITY) return { why: 'retry-later', until: soonest };
  return { why: away ? 'hub-away' : 'no-source', until: null };
}

function person({ hub, nick }: PlanSource): string {
  return `${hub} ${nick.toLowerCase()}`;
}
