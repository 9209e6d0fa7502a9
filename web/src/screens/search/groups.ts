// Results of many people as recordings: the same song once, who has it inside. Pure.
//
// Two files are the same recording when their hashes agree; else when their names, without numbers, brackets and order,
// have the same words and their lengths are within three seconds. Line speed, slots and bitrate decide which one is
// taken first, and the rest stands by as other sources.
import type { SearchRow } from '#api';
import type { Sort } from '../../shell/order.ts';

const SAME_SECONDS = 3;

export type Group = {
  kind: 'group';
  id: string;
  /** Best first. */
  rows: readonly SearchRow[];
  best: SearchRow;
  sources: number;
};
export type Single = { kind: 'single'; id: string; group: Group; row: SearchRow };
export type Line = Group | Single;

export type Filters = {
  kbps: '' | '128' | '192' | '256';
  length: '' | 'short' | 'song' | 'long';
  size: '' | 'small' | 'middle' | 'large';
  freeSlot: boolean;
  plausible: boolean;
};
export const NO_FILTERS: Filters = { kbps: '', length: '', size: '', freeSlot: false, plausible: false };

const LENGTHS = { short: [0, 120], song: [120, 420], long: [420, Number.POSITIVE_INFINITY] } as const;
const SIZES = { small: [0, 5e6], middle: [5e6, 15e6], large: [15e6, Number.POSITIVE_INFINITY] } as const;

export function passes(row: SearchRow, filters: Filters): boolean {
  if (filters.kbps !== '' && row.kbps < Number(filters.kbps)) return false;
  if (filters.length !== '' && !within(row.seconds, LENGTHS[filters.length])) return false;
  if (filters.size !== '' && !within(row.sizeBytes, SIZES[filters.size])) return false;
  if (filters.freeSlot && !row.sources.some(({ freeSlot }) => freeSlot === true)) return false;
  return !(filters.plausible && row.doubts.length > 0);
}

function within(value: number, [from, to]: readonly [number, number]): boolean {
  return value >= from && value <= to;
}

/** Groups in the order in which their first row came. */
export function groupRows(rows: readonly SearchRow[]): Group[] {
  const byHash = new Map<string, Group>();
  const byName = new Map<string, { seconds: number; rows: SearchRow[] }[]>();
  const made: { rows: SearchRow[] }[] = [];
  for (const row of rows) {
    const hash = row.hashes.sha1;
    const known = hash === undefined ? undefined : (byHash.get(hash) as { rows: SearchRow[] } | undefined);
    if (known !== undefined) {
      known.rows.push(row);
      continue;
    }
    const key = keyOf(row.name);
    const alike = byName.get(key) ?? [];
    let group = alike.find(({ seconds }) => Math.abs(seconds - row.seconds) <= SAME_SECONDS);
    if (group === undefined) {
      group = { seconds: row.seconds, rows: [] };
      alike.push(group);
      byName.set(key, alike);
      made.push(group);
    }
    group.rows.push(row);
    if (hash !== undefined) byHash.set(hash, group as unknown as Group);
  }
  return made.map(({ rows: members }) => {
    const ordered = members.length === 1 ? members : members.toSorted((a, b) => scoreOf(b) - scoreOf(a));
    const best = ordered[0] as SearchRow;
    const people = new Set(members.flatMap(({ sources }) => sources.map(({ nick }) => nick)));
    return { kind: 'group', id: `g-${(members[0] as SearchRow).id}`, rows: ordered, best, sources: people.size };
  });
}

const SPLIT = /[^\p{L}\p{N}]+/u;

/** The words of a name in their order of the alphabet: `04 - Foo - Bar (live).mp3` and `foo bar.mp3` are apart by `live`. */
export function keyOf(name: string): string {
  return name
    .replace(/\.[a-z0-9]{2,4}$/i, '')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .split(SPLIT)
    .filter((word) => word !== '' && !/^\d{1,2}$/.test(word))
    .toSorted()
    .join(' ');
}

/** What to take first: a free slot, a fast line, no doubts, then a higher bitrate. */
export function scoreOf(row: SearchRow): number {
  const best = Math.max(0, ...row.sources.map(({ freeSlot, line }) => (freeSlot === false ? 0 : 20) + (line ?? 0)));
  return best + Math.min(row.kbps, 320) / 32 - row.doubts.length * 50;
}

const FIGURE: Record<string, (group: Group) => number> = {
  seconds: ({ best }) => best.seconds,
  kbps: ({ best }) => best.kbps,
  sizeBytes: ({ best }) => best.sizeBytes,
  sources: ({ sources }) => sources,
};

const BY_NAME = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

export function sortGroups(groups: readonly Group[], { key, order }: Sort): Group[] {
  const sign = order === 'asc' ? 1 : -1;
  const figure = FIGURE[key];
  if (figure !== undefined) return groups.toSorted((a, b) => (figure(a) - figure(b)) * sign);
  return groups.toSorted((a, b) => BY_NAME.compare(a.best.name, b.best.name) * sign);
}

/** The lines of the table: each group, and the rows of those that are open. */
export function linesOf(groups: readonly Group[], open: ReadonlySet<string>): Line[] {
  const lines: Line[] = [];
  for (const group of groups) {
    lines.push(group);
    if (open.has(group.id)) for (const row of group.rows) lines.push({ kind: 'single', id: row.id, group, row });
  }
  return lines;
}
