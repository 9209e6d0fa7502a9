// "Did you mean": words of the index that are one slip of the finger away from what was typed (a letter too many, too
// few, another one, two swapped), or two slips in words that begin the same. The most frequent comes first.
import { type ByteString, fold, readable, wireText } from '#base';
import type { SearchIndex } from './share-index.ts';

const PLAIN_WORD = /^[\p{L}\p{N}']+$/u;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Shorter words are too near to everything, longer ones too dear. */
const LEAST_LETTERS = 3;
const MOST_LETTERS = 24;
/** Words with the same two letters in front that are compared for two slips. */
const COMPARED = 2000;
/** A correction must be so many times as frequent as what was typed. */
const MORE_FREQUENT = 20;

/**
 * What may have been meant by a text that found nothing or little, best first, at most `most`: the text with its rare
 * words replaced. Empty when its words are frequent, or nothing better is near.
 */
export function suggest(index: SearchIndex, typed: string, most = 3): string[] {
  const words = typed.trim().split(/\s+/);
  const better = words.map((word) => nearTo(index, word));
  const rare = better.findIndex((list) => list.length > 0);
  if (rare < 0) return [];
  // Of several rare words the first is offered in all its ways, the others in their best.
  const ways = (better[rare] as string[]).slice(0, most);
  return ways.map((way) => words.map((word, i) => (i === rare ? way : (better[i]?.[0] ?? word))).join(' '));
}

/** Words of the index, folded, that are far more frequent than this one and near to it. */
function nearTo(index: SearchIndex, typed: string): string[] {
  const word = fold(typed);
  if (word.length < LEAST_LETTERS || word.length > MOST_LETTERS || !PLAIN_WORD.test(word)) return [];
  const own = countOf(index, wireText(word));
  const found = new Map<ByteString, number>();
  for (const near of oneSlipFrom(word)) {
    const text = wireText(near);
    const count = countOf(index, text);
    if (near !== word && count > own * MORE_FREQUENT) found.set(text, count);
  }
  if (found.size === 0) addTwoSlips(index, wireText(word), own, found);
  const best = [...found].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return best.map(([text]) => readable(text));
}

function countOf(index: SearchIndex, word: ByteString): number {
  const term = index.vocabulary.findText(word, index.seed);
  return term === 0 ? 0 : index.vocabulary.countOf(term);
}

function* oneSlipFrom(word: string): Generator<string> {
  for (let i = 0; i <= word.length; i++) {
    const before = word.slice(0, i);
    const after = word.slice(i);
    if (after !== '') yield before + after.slice(1);
    if (after.length > 1) yield before + after.charAt(1) + after.charAt(0) + after.slice(2);
    for (const letter of LETTERS) {
      yield before + letter + after;
      if (after !== '') yield before + letter + after.slice(1);
    }
  }
}

function addTwoSlips(index: SearchIndex, word: ByteString, own: number, found: Map<ByteString, number>): void {
  if (word.length < LEAST_LETTERS + 2) return;
  const start = Uint8Array.of(word.charCodeAt(0), word.charCodeAt(1));
  for (const term of index.vocabulary.completions(start, COMPARED).terms) {
    const count = index.vocabulary.countOf(term);
    if (count <= own * MORE_FREQUENT) break;
    const other = index.vocabulary.wordOf(term);
    if (Math.abs(other.length - word.length) <= 2 && distance(word, other) <= 2) found.set(other, count);
  }
}

/** Letters to add, drop, change or swap with their neighbour. */
function distance(a: ByteString, b: ByteString): number {
  let before = new Uint8Array(b.length + 1);
  let row = Uint8Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = new Uint8Array(b.length + 1);
    next[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] as number) + 1);
      next[j] = least;
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}
