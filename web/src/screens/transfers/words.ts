// A transfer in words: its state and why, its order, what may be done with it. Pure.
import type { Transfer, TransferAction } from '#api';
import type { Sort } from '../../shell/order.ts';
import { percent } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';

export type Filter = 'all' | 'down' | 'up' | 'problems';

export function belongs(row: Transfer, filter: Filter): boolean {
  if (filter === 'problems') return isStuck(row);
  return filter === 'all' || row.direction === filter;
}

export function isStuck({ state, paused }: Transfer): boolean {
  return state === 'failed' || state === 'quarantined' || (state === 'waiting' && !paused);
}

export function isEnded({ state }: Transfer): boolean {
  return state === 'done' || state === 'failed' || state === 'quarantined';
}

export function stateName({ state, direction, paused }: Transfer): string {
  if (paused) return t.transfers.states.paused;
  if (state === 'receiving' && direction === 'up') return t.transfers.states.sending;
  return t.transfers.states[state];
}

/** State and everything known about why: `Waiting: the other side is not online, next try in 2 min`. */
export function stateWords(row: Transfer, now: number): string {
  const words: string[] = [];
  if (row.state === 'done' && row.verdict !== null && row.verdict !== 'good')
    words.push(t.verdict.names[row.verdict].toLowerCase());
  if (row.reason !== null && !row.paused) words.push(row.reason);
  if (row.queuePlace !== null) words.push(t.transfers.place(row.queuePlace));
  if (row.retryAt !== null && row.retryAt > now) words.push(t.transfers.retryIn(row.retryAt - now));
  if (row.state === 'waiting' && row.alternatives > 0) words.push(t.transfers.alternatives(row.alternatives));
  if (row.state === 'receiving' && row.bps > 0)
    words.push(t.transfers.left(((row.sizeBytes - row.bytes) / row.bps) * 1000));
  const name = row.state === 'receiving' ? `${stateName(row)} ${percent(row.bytes, row.sizeBytes)}` : stateName(row);
  return words.length === 0 ? name : `${name}: ${words.join(', ')}`;
}

export function toneOf(row: Transfer): 'go' | 'up' | 'done' | 'bad' | 'still' {
  if (row.state === 'failed' || row.state === 'quarantined') return 'bad';
  if (row.state === 'done') return 'done';
  if (row.state !== 'receiving' && row.state !== 'checking') return 'still';
  return row.direction === 'up' ? 'up' : 'go';
}

/** The actions that make sense for all of these rows. */
export function actionsFor(rows: readonly Transfer[]): TransferAction[] {
  const all = (may: (row: Transfer) => boolean): boolean => rows.length > 0 && rows.every(may);
  const actions: TransferAction[] = [];
  if (all((row) => !isEnded(row) && !row.paused && row.direction === 'down')) actions.push('pause', 'first');
  if (all(({ paused }) => paused)) actions.push('resume');
  if (all((row) => row.direction === 'down' && (row.state === 'failed' || row.state === 'waiting') && !row.paused))
    actions.push('retry');
  if (all((row) => !isEnded(row))) actions.push('cancel');
  if (all(isEnded)) actions.push('clear');
  return actions;
}

const STATE_ORDER = ['receiving', 'checking', 'connecting', 'queued', 'waiting', 'failed', 'quarantined', 'done'];
const FIGURE: Record<string, (row: Transfer) => number> = {
  state: ({ state }) => STATE_ORDER.indexOf(state),
  progress: ({ bytes, sizeBytes }) => (sizeBytes > 0 ? bytes / sizeBytes : 0),
  bps: ({ bps }) => bps,
  sizeBytes: ({ sizeBytes }) => sizeBytes,
  addedAt: ({ addedAt }) => addedAt,
};
const BY_NAME = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function sortTransfers(rows: readonly Transfer[], { key, order }: Sort): Transfer[] {
  const sign = order === 'asc' ? 1 : -1;
  const figure = FIGURE[key];
  if (figure !== undefined) return rows.toSorted((a, b) => (figure(a) - figure(b)) * sign || b.addedAt - a.addedAt);
  const text = key === 'nick' ? (row: Transfer) => row.nick : (row: Transfer) => row.name;
  return rows.toSorted((a, b) => BY_NAME.compare(text(a), text(b)) * sign);
}
