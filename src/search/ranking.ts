// Results for people: the same recording shown once with all its sources, and an order that can say why.
import { fold } from '#base';
import { readTrackName } from './track-name.ts';

/** One file that somebody offers, in text for people. */
export type Found = {
  /** The path or the end of it. */
  readonly name: string;
  readonly seconds: number;
  readonly kbps: number;
  /** MD5 or the like; empty or zeros when it is not known. */
  readonly hash: string;
  /** Whether the owner has a free upload slot: unknown counts as half. */
  readonly freeSlot: boolean | null;
  /** Transfers from this owner that were completed and that failed, as far as we remember. */
  readonly completed: number;
  readonly failed: number;
};

/** A recording with what it is offered as. */
export type Recording<T extends Found> = {
  readonly artist: string;
  readonly title: string;
  readonly offers: readonly T[];
};

/** From 0 to 1 each; `score` is their weighted sum, and {@link WEIGHTS} are the weights. */
export type Rank = {
  readonly score: number;
  readonly match: number;
  readonly sources: number;
  readonly freeSlot: number;
  readonly history: number;
};

export const WEIGHTS = { match: 0.5, sources: 0.2, freeSlot: 0.15, history: 0.15 } as const;

/** Encoders and players count the end differently. */
const SAME_LENGTH_SECONDS = 2;
const WORDS = /[\p{L}\p{N}']+/gu;
const NO_HASH = /^0*$/;

/**
 * Puts offers of the same recording together: the same content; or the same artist and title, and lengths that are at
 * most {@link SAME_LENGTH_SECONDS} apart. Groups and offers keep the order in which they came.
 */
export function groupRecordings<T extends Found>(found: readonly T[]): Recording<T>[] {
  const groups: { artist: string; title: string; offers: T[] }[] = [];
  const byHash = new Map<string, { artist: string; title: string; offers: T[] }>();
  const byName = new Map<string, { seconds: number; group: { artist: string; title: string; offers: T[] } }[]>();
  for (const offer of found) {
    const { artist, title } = readTrackName(offer.name);
    const names = upsert(byName, `${wordsOf(artist).join(' ')}\n${wordsOf(title).join(' ')}`);
    const known = names.find(({ seconds }) => Math.abs(seconds - offer.seconds) <= SAME_LENGTH_SECONDS);
    let group = (NO_HASH.test(offer.hash) ? undefined : byHash.get(offer.hash)) ?? known?.group;
    if (group === undefined) groups.push((group = { artist, title, offers: [] }));
    group.offers.push(offer);
    if (known === undefined) names.push({ seconds: offer.seconds, group });
    if (!NO_HASH.test(offer.hash)) byHash.set(offer.hash, group);
  }
  return groups;
}

/** How good an answer a recording is to the words that were looked for, and why. */
export function rank(recording: Recording<Found>, words: readonly string[]): Rank {
  const { offers } = recording;
  const match = Math.max(0, ...offers.map((offer) => matchOf(offer.name, words)));
  const sources = Math.min(1, Math.log2(1 + offers.length) / 6);
  const freeSlot = Math.max(0, ...offers.map((offer) => (offer.freeSlot === null ? 0.5 : Number(offer.freeSlot))));
  const history = Math.max(0, ...offers.map((offer) => (offer.completed + 1) / (offer.completed + offer.failed + 2)));
  const score =
    WEIGHTS.match * match + WEIGHTS.sources * sources + WEIGHTS.freeSlot * freeSlot + WEIGHTS.history * history;
  return { score, match, sources, freeSlot, history };
}

/** The share of the name's own words that were looked for, artist and title alone: more when nothing else is in it. */
function matchOf(name: string, words: readonly string[]): number {
  const { artist, title } = readTrackName(name);
  const own = new Set([...wordsOf(artist), ...wordsOf(title)]);
  if (own.size === 0) return 0;
  const wanted = new Set(words.flatMap(wordsOf));
  let both = 0;
  for (const word of wanted) if (own.has(word)) both++;
  return both / (own.size + wanted.size - both);
}

function wordsOf(text: string): string[] {
  return fold(text).match(WORDS) ?? [];
}

function upsert<K, V>(map: Map<K, V[]>, key: K): V[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
