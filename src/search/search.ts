// One question to the index. Compiled into posting lists (words), then into checks on a recording (facts, and for what
// the lists cannot say, its name), then into checks on a share (whose it is). Candidates come from the top of the rarest
// list down; all lists gallop to it.
import type { ByteString } from '#base';
import { byteString } from '#base';
import { PAGE_MASK, PAGE_SHIFT } from './heap.ts';
import { LIMITS } from './limits.ts';
import { NameMatcher } from './name-matcher.ts';
import { PostingCursor } from './postings.ts';
import { RECORDING, SHARE, TYPE_MASK, TYPE_SHIFT } from './records.ts';
import { FIREWALLED, GONE, HIDDEN, MEDIA, type SearchIndex } from './share-index.ts';
import { ANYBODY, type Query, type Range, type Share, type Viewer } from './types.ts';
import { CUT, WordScanner } from './words.ts';

/** So many shares of one recording are shown before other recordings had their turn. */
const FIRST_SHARES = 4;
/** Completions of a beginning that are looked through, the most frequent ones. */
const COMPLETIONS = 128;
/** What looking at a name letter by letter costs, in steps. */
const NAME_STEPS = 150;
/** Longer words have no apostrophes put into them. */
const LONGEST_SPELLED = 20;
/** Recordings that are looked at together. */
const GATHER = 16;
/** A word in the middle of most names. */
const NAME_AHEAD = RECORDING.name + 12;
const BATCH = LIMITS.batch.value;
const BLANKS = /[\s"]+/;
const LAST_WORD = /\S+$/;

/**
 * One search at a time; keep one and start it again for the next.
 *
 *   search.start(query, viewer);
 *   do {
 *     const done = search.run(steps);
 *     for (let i = 0; i < search.count; i++) use(search.shares[i]);   // before the index changes
 *   } while (!done);                                                  // other work may come in between
 */
export class Search {
  /** The batch that the last `run` found: the first `count` entries. Valid until the index changes. */
  shares = new Uint32Array(256);
  count = 0;
  /** Steps since `start`: postings and shares looked at. */
  steps = 0;
  /** Whether a beginning had more completions than were looked through. */
  narrowed = false;

  readonly #index: SearchIndex;
  readonly #words: WordScanner;
  readonly #names: NameMatcher;
  // Groups of words; a recording must have one word of each. Group g: terms [#groupEnd[g - 1], #groupEnd[g]).
  #terms: number[] = [];
  #groupEnd: number[] = [];
  readonly #cursors: PostingCursor[] = [];
  readonly #excluded: number[] = [];
  readonly #excludedCursors: PostingCursor[] = [];

  #query: Query = { words: '', max: 0 };
  #viewer: Viewer = ANYBODY;
  #left = 0;
  /** Postings below this are still to come; 0: none. */
  #below = 0;
  /** Set: the search is for a content, not for words. */
  #content: { token: ByteString; size: number } | null = null;
  /** Recordings with more shares than were shown at first: pairs of a recording and the number to go on with. */
  readonly #more: number[] = [];

  readonly #candidates = new Uint32Array(GATHER);
  /** Keeps the reading ahead from being optimised away. */
  protected touched = 0;

  // The query as columns, for the loops.
  #blocked = 0;
  #viewerOwner = 0;
  #firstShares = 0;
  #type = -1;
  #checksFacts = false;
  readonly #bounds = new Float64Array(8);
  #speedMin = 0;
  #speedMax = 0;

  constructor(index: SearchIndex) {
    this.#index = index;
    this.#words = new WordScanner(index.seed);
    this.#names = new NameMatcher(index);
  }

  /** Everything that the query says. A query without a word, prefix, phrase or field to be found finds nothing. */
  start(query: Query, viewer: Viewer): void {
    this.#begin(query, viewer);
    this.#below = 0xffffffff;
  }

  /** Everything with this content (message 215): token and size alike, of any media type. Takes one run. */
  startHash(token: ByteString, size: number, viewer: Viewer, max: number): void {
    this.#begin({ words: '', type: 'any', max }, viewer);
    this.#content = { token, size };
  }

  /** Goes on for about `steps` (roughly 20 ns each). True: finished. The index may change between runs. */
  run(steps: number): boolean {
    this.count = 0;
    if (this.#content !== null) return this.#runContent();
    if (this.#below === 0 || this.#left <= 0) return true;
    // Compiled for each run: between runs words may have gone, and come back elsewhere.
    if (!this.#compile()) return true;
    const done = this.#walk(this.steps + steps);
    this.#showMore();
    this.#readAhead();
    return done || this.#left === 0;
  }

  #begin(query: Query, viewer: Viewer): void {
    this.#query = query;
    this.#viewer = viewer;
    this.#left = Math.max(0, query.max);
    this.#content = null;
    this.#below = 0;
    this.count = this.steps = 0;
    this.narrowed = false;
    const type = query.type ?? 'mp3';
    this.#type = type === 'any' ? -1 : MEDIA.indexOf(type);
    this.#firstShares = query.max <= BATCH ? FIRST_SHARES : Number.MAX_SAFE_INTEGER;
    this.#speedMin = query.speed?.min ?? 0;
    this.#speedMax = query.speed?.max ?? 255;
    this.#checksFacts = false;
    this.#bound(0, query.size);
    this.#bound(2, query.kbps);
    this.#bound(4, query.hz);
    this.#bound(6, query.seconds);
  }

  #bound(at: number, range: Range | undefined): void {
    this.#bounds[at] = range?.min ?? 0;
    this.#bounds[at + 1] = range?.max ?? Number.MAX_VALUE;
    if (range !== undefined) this.#checksFacts = true;
  }

  // ---- from the query to posting lists. Each says false where nothing can match.

  #compile(): boolean {
    const query = this.#query;
    this.#terms.length = this.#groupEnd.length = this.#excluded.length = 0;
    this.#names.clear();
    this.#viewerOwner = this.#viewer.owner;
    this.#blocked = GONE | HIDDEN | (this.#viewer.firewalled ? FIREWALLED : 0);
    if (!this.#takeWords(query.words)) return false;
    if (query.excludes !== undefined) this.#exclude(query.excludes);
    for (const phrase of query.phrases ?? []) {
      if (!this.#require(phrase)) return false;
      this.#names.addPhrase(phrase);
    }
    for (const { field, words } of query.fields ?? []) {
      if (!this.#require(words)) return false;
      this.#names.addField(field, words);
    }
    for (const prefix of query.prefixes ?? []) if (!this.#takePrefix(prefix)) return false;
    if (this.#groupEnd.length === 0) return false;
    this.#openLists();
    return true;
  }

  /** Words that must occur and, with a minus before them, words that must not. */
  #takeWords(text: ByteString): boolean {
    if (!text.includes('-')) return this.#require(text);
    for (const part of text.split(BLANKS)) {
      if (part.startsWith('-')) this.#exclude(part);
      else if (!this.#require(part)) return false;
    }
    return true;
  }

  #require(text: ByteString): boolean {
    const words = this.#words;
    const count = words.scanText(text, CUT.query);
    for (const run of words.runs) this.#names.addRun(run);
    for (let i = 0; i < count; i++) {
      if (this.#query.loose === true) {
        for (const term of this.#spellings(i)) this.#terms.push(term);
      } else {
        const term = this.#index.vocabulary.find(words, i);
        if (term !== 0) this.#terms.push(term);
      }
      if (this.#terms.length === (this.#groupEnd.at(-1) ?? 0)) return false;
      this.#groupEnd.push(this.#terms.length);
    }
    return true;
  }

  #exclude(text: ByteString): void {
    const count = this.#words.scanText(text, CUT.exclude);
    for (const run of this.#words.runs) this.#names.excludeRun(run);
    for (let i = 0; i < count; i++) {
      if (this.#query.loose === true) this.#excluded.push(...this.#spellings(i));
      else {
        const term = this.#index.vocabulary.find(this.#words, i);
        if (term !== 0) this.#excluded.push(term);
      }
    }
  }

  /** The index's words that are the scanner's word `i` with at most two apostrophes put anywhere. */
  #spellings(i: number): number[] {
    const word = byteString(this.#words.bytes, this.#words.from[i], this.#words.to[i]).replaceAll("'", '');
    const terms = new Set<number>();
    const add = (spelling: string): void => {
      const term = this.#index.vocabulary.findText(spelling, this.#index.seed);
      if (term !== 0) terms.add(term);
    };
    add(byteString(this.#words.bytes, this.#words.from[i], this.#words.to[i]));
    if (word.length > 0) add(word);
    for (let a = 0; a <= word.length && word.length <= LONGEST_SPELLED; a++) {
      const once = `${word.slice(0, a)}'${word.slice(a)}`;
      add(once);
      for (let b = a + 1; b <= once.length; b++) add(`${once.slice(0, b)}'${once.slice(b)}`);
    }
    return [...terms];
  }

  /** All words but the last are whole; the last may go on. */
  #takePrefix(text: ByteString): boolean {
    const words = this.#words;
    const last = words.scanText(text, CUT.query) - 1;
    if (last < 0) return true;
    const bytes = words.bytes.slice(words.from[last], words.to[last]);
    const before = text.slice(0, Math.max(0, text.trimEnd().search(LAST_WORD)));
    if (!this.#require(before)) return false;
    if (this.#groupEnd.length > 0) {
      this.#names.addPrefix(bytes);
      return true;
    }
    const { terms, looked } = this.#index.vocabulary.completions(bytes, COMPLETIONS);
    this.steps += looked;
    if (terms.length === 0) return false;
    if (terms.length === COMPLETIONS || looked === LIMITS.completionWords.value) this.narrowed = true;
    this.#terms.push(...terms);
    this.#groupEnd.push(this.#terms.length);
    return true;
  }

  /** Opens all lists, the rarest group first: it leads. */
  #openLists(): void {
    const groups: { terms: number[]; count: number }[] = [];
    let from = 0;
    for (const end of this.#groupEnd) {
      const terms = this.#terms.slice(from, end);
      let count = 0;
      for (const term of terms) count += this.#index.vocabulary.countOf(term);
      groups.push({ terms, count });
      from = end;
    }
    if (groups.length > 1) groups.sort((a, b) => a.count - b.count);
    let at = 0;
    groups.forEach((group, g) => {
      for (const term of group.terms) this.#open(this.#cursors, at++, term);
      this.#groupEnd[g] = at;
    });
    this.#excluded.forEach((term, i) => this.#open(this.#excludedCursors, i, term));
  }

  #open(cursors: PostingCursor[], i: number, term: number): void {
    (cursors[i] ??= new PostingCursor(this.#index.text)).open(term);
  }

  // ---- down the lists

  /** Until all is seen (true), or the steps, the batch or the results are used up. */
  #walk(until: number): boolean {
    const groups = this.#groupEnd.length;
    let gathered = 0;
    let id = this.#seek(0, this.#below - 1);
    while (id !== 0) {
      let low = id;
      for (let g = 1; g < groups && low === id; g++) low = this.#seek(g, id);
      if (low === 0) break;
      if (low === id) {
        this.#candidates[gathered++] = id;
        if (gathered === GATHER) {
          this.#consider(gathered);
          gathered = 0;
          if (this.#left === 0) return true;
        }
        low = id - 1;
      }
      id = this.#seek(0, low);
      if (this.steps >= until || this.count >= BATCH) {
        this.#consider(gathered);
        this.#below = id === 0 ? 0 : id + 1;
        return id === 0;
      }
    }
    this.#consider(gathered);
    this.#below = 0;
    return true;
  }

  /** The highest recording at or below `id` that has a word of group `g`, or 0. */
  #seek(g: number, id: number): number {
    const end = this.#groupEnd[g] as number;
    const from = g === 0 ? 0 : (this.#groupEnd[g - 1] as number);
    this.steps += end - from;
    let highest = (this.#cursors[from] as PostingCursor).seek(id);
    for (let i = from + 1; i < end; i++) highest = Math.max(highest, (this.#cursors[i] as PostingCursor).seek(id));
    return highest;
  }

  /**
   * The gathered recordings have all the words; shows the shares of those for which the rest holds too. Each step is
   * done for all of them before the next, so that waiting for memory overlaps (measured: docs/decisions/search-index.md).
   */
  #consider(gathered: number): void {
    const { recordings, text } = this.#index;
    const candidates = this.#candidates;
    this.steps += gathered;
    let kept = 0;
    for (let i = 0; i < gathered; i++) {
      const recording = candidates[i] as number;
      const page = recordings.words[recording >>> PAGE_SHIFT] as Uint32Array;
      const r = recording & PAGE_MASK;
      const type = ((page[r + RECORDING.sizeHigh] as number) >>> TYPE_SHIFT) & TYPE_MASK;
      if (page[r + RECORDING.shares] === 0 || (this.#type >= 0 && type !== this.#type)) continue;
      if (!this.#checksFacts || this.#factsHold(page, r)) candidates[kept++] = recording;
    }
    if (this.#excluded.length > 0 || this.#names.active) kept = this.#sift(kept);
    let touched = 0;
    for (let i = 0; i < kept; i++) {
      const recording = candidates[i] as number;
      const page = recordings.words[recording >>> PAGE_SHIFT] as Uint32Array;
      touched ^= page[((recording & PAGE_MASK) + NAME_AHEAD) & PAGE_MASK] as number;
      if (page[(recording & PAGE_MASK) + RECORDING.shares] === 1) continue;
      const list = page[(recording & PAGE_MASK) + RECORDING.list] as number;
      touched ^= (text.words[list >>> PAGE_SHIFT] as Uint32Array)[list & PAGE_MASK] as number;
    }
    this.touched = touched;
    for (let i = 0; i < kept && this.#left > 0; i++) {
      const recording = candidates[i] as number;
      const page = recordings.words[recording >>> PAGE_SHIFT] as Uint32Array;
      const shares = page[(recording & PAGE_MASK) + RECORDING.shares] as number;
      this.#show(recording, shares - 1, this.#firstShares);
    }
  }

  /** Keeps those of the first `count` candidates that have no excluded word, and whose names are right. */
  #sift(count: number): number {
    const candidates = this.#candidates;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const recording = candidates[i] as number;
      if (this.#hasExcluded(recording)) continue;
      if (this.#names.active) {
        this.steps += NAME_STEPS;
        if (!this.#names.matches(recording)) continue;
      }
      candidates[kept++] = recording;
    }
    return kept;
  }

  #hasExcluded(recording: number): boolean {
    for (let i = 0; i < this.#excluded.length; i++) {
      this.steps++;
      if ((this.#excludedCursors[i] as PostingCursor).seek(recording) === recording) return true;
    }
    return false;
  }

  #factsHold(page: Uint32Array, r: number): boolean {
    const bounds = this.#bounds;
    const kbps = (page[r + RECORDING.kbpsAndLength] as number) >>> 16;
    if (kbps < (bounds[2] as number) || kbps > (bounds[3] as number)) return false;
    const seconds = page[r + RECORDING.seconds] as number;
    if (seconds < (bounds[6] as number) || seconds > (bounds[7] as number)) return false;
    const hz = page[r + RECORDING.hz] as number;
    if (hz < (bounds[4] as number) || hz > (bounds[5] as number)) return false;
    const high = (page[r + RECORDING.sizeHigh] as number) & 0x1fffff;
    const size = high * 0x100000000 + (page[r + RECORDING.sizeLow] as number);
    return size >= (bounds[0] as number) && size <= (bounds[1] as number);
  }

  /**
   * Shows the recording's shares from number `from` down, newest first, that this viewer may see; after `most` the rest
   * is left for {@link #showMore}.
   */
  #show(recording: number, from: number, most: number): void {
    const { recordings, text, owners } = this.#index;
    const page = recordings.words[recording >>> PAGE_SHIFT] as Uint32Array;
    const r = recording & PAGE_MASK;
    const alone = page[r + RECORDING.shares] === 1;
    const list = page[r + RECORDING.list] as number;
    const array = alone ? page : (text.words[list >>> PAGE_SHIFT] as Uint32Array);
    const ownersAt = alone ? r + RECORDING.owner : list & PAGE_MASK;
    const sharesAt = alone ? r + RECORDING.list : ownersAt + (page[r + RECORDING.capacity] as number);
    let room = most;
    for (let i = from; i >= 0; i--) {
      this.steps++;
      const owner = array[ownersAt + i] as number;
      const speed = owners.speeds[owner] as number;
      if (((owners.marks[owner] as number) & this.#blocked) !== 0 || owner === this.#viewerOwner) continue;
      if (speed < this.#speedMin || speed > this.#speedMax) continue;
      if (room-- === 0) {
        this.#more.push(recording, i);
        return;
      }
      if (this.count === this.shares.length) this.#grow();
      this.shares[this.count++] = array[sharesAt + i] as Share;
      if (--this.#left === 0) return;
    }
  }

  #showMore(): void {
    const more = this.#more;
    for (let i = 0; i < more.length && this.#left > 0; i += 2)
      this.#show(more[i] as number, more[i + 1] as number, Number.MAX_SAFE_INTEGER);
    more.length = 0;
  }

  /** Whoever writes the results out will need these next: the shares, and then what stands before their names. */
  #readAhead(): void {
    const { shareHeap, text } = this.#index;
    let touched = this.touched;
    for (let from = 0; from < this.count; from += GATHER) {
      const end = Math.min(this.count, from + GATHER);
      for (let i = from; i < end; i++) {
        const share = this.shares[i] as Share;
        const page = shareHeap.words[share >>> PAGE_SHIFT] as Uint32Array;
        this.#candidates[i - from] = page[(share & PAGE_MASK) + SHARE.place] as number;
      }
      for (let i = 0; i < end - from; i++) {
        const place = this.#candidates[i] as number;
        touched ^= (text.words[place >>> PAGE_SHIFT] as Uint32Array)[place & PAGE_MASK] as number;
      }
    }
    this.touched = touched;
  }

  #grow(): void {
    const shares = new Uint32Array(this.shares.length * 2);
    shares.set(this.shares);
    this.shares = shares;
  }

  #runContent(): boolean {
    const { token, size } = this.#content as { token: ByteString; size: number };
    const { recordings } = this.#index;
    this.#viewerOwner = this.#viewer.owner;
    this.#blocked = GONE | HIDDEN | (this.#viewer.firewalled ? FIREWALLED : 0);
    this.#firstShares = Number.MAX_SAFE_INTEGER;
    let names = LIMITS.namesPerContent.value;
    let recording = this.#index.firstOfContent(token);
    while (recording !== 0 && this.#left > 0 && names-- > 0) {
      this.steps++;
      if (this.#index.isContent(recording, token, size)) {
        this.#candidates[0] = recording;
        this.#consider(1);
      }
      const page = recordings.words[recording >>> PAGE_SHIFT] as Uint32Array;
      recording = page[(recording & PAGE_MASK) + RECORDING.nextSame] as number;
    }
    return true;
  }
}
