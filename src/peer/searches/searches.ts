// Searches over all hubs: asked at once, answers gathered into rows as they come. One row is one file of one owner; the
// same on a second hub is a second source of that row. Rows of the same content carry the same `content`.
import { randomBytes } from 'node:crypto';
import {
  LIMITS as API_LIMITS,
  type SearchDelta,
  type SearchRequest,
  type SearchRow,
  type SearchState,
  type Source,
} from '#api';
import { type ByteString, fold, harmless, readable, wireText } from '#base';
import type { SearchText } from '#wire/napster';
import { safeName } from '../downloads/names.ts';
import type { HubLink, HubResult } from '../hubs/link.ts';

/** A row, with what is needed to fetch it. */
export type FoundRow = SearchRow & {
  /** Equal for rows that hold the same recording byte for byte, as far as hash, size and name tell. */
  content: string;
};
type Kept = FoundRow & { wire: ByteString; owner: ByteString; revision: number };
type Search = { state: SearchState; rows: Kept[]; byOwner: Map<string, Kept>; revision: number; touched: number };

export type SearchParts = {
  hubs(): Iterable<HubLink>;
  /** Whether the library holds the same file, and which transfer fetches it. */
  inLibrary(row: { sizeBytes: number; md5: string | null; name: string }): boolean;
  transferOf(hub: string, nick: ByteString, wire: ByteString): string | null;
};

const MAX_RESULTS = 1_000;
/** Of all kept searches together: some 50 MB. */
const MOST_ROWS = 50_000;
/** What 32 kbps at 32,000 Hz means is in the protocol's history: files wrapped as songs said so. */
const WRAPSTER = { kbps: 32, hz: 32_000 };

export class Searches {
  /** Called after each change of a search, with its id. */
  onChange: (id: string) => void = () => {};
  readonly #parts: SearchParts;
  readonly #kept = new Map<string, Search>();

  constructor(parts: SearchParts) {
    this.#parts = parts;
  }

  start(request: SearchRequest): SearchState {
    const id = `s${randomBytes(4).toString('hex')}`;
    const links = request.network === 'gnutella' ? [] : [...this.#parts.hubs()];
    const state: SearchState = {
      id,
      text: request.text,
      startedAt: Date.now(),
      state: 'running',
      reason: null,
      results: 0,
      asked: links.map(({ name }) => ({ at: name, state: 'asked', results: 0, reason: null })),
    };
    const search: Search = { state, rows: [], byOwner: new Map(), revision: 1, touched: 1 };
    this.#makeRoom();
    this.#kept.set(id, search);
    const query = queryOf(request);
    if (request.network === 'gnutella') this.#end(search, 'failed', 'Gnutella is not in this version');
    else if (links.length === 0) this.#end(search, 'failed', 'no hub is set');
    else if (query.words.trim() === '') this.#end(search, 'failed', 'nothing to search for');
    else
      void Promise.all(links.map((link, index) => this.#ask(search, link, index, query))).then(() =>
        this.#allAnswered(search),
      );
    return state;
  }

  list(): SearchState[] {
    return [...this.#kept.values()].map(({ state }) => state).toReversed();
  }

  drop(id: string): boolean {
    return this.#kept.delete(id);
  }

  delta(id: string, since: number): SearchDelta | null {
    const search = this.#kept.get(id);
    if (search === undefined) return null;
    const full = since === 0 || since > search.revision;
    const rows = search.rows.filter(({ revision }) => full || revision > since).map(shownRow);
    return { revision: search.revision, full, search: search.state, rows };
  }

  /** The row of that id, and the others of the same content: where it could come from too. */
  find(id: string): { row: Kept; same: Kept[] } | null {
    const search = this.#kept.get(id.split('.', 1)[0] ?? '');
    const row = search?.rows.find((candidate) => candidate.id === id);
    if (search === undefined || row === undefined) return null;
    return { row, same: search.rows.filter(({ content, id: other }) => content === row.content && other !== id) };
  }

  /** A row is being fetched now. */
  mark(row: Kept, transferId: string): void {
    const search = this.#kept.get(row.id.split('.', 1)[0] ?? '');
    if (search === undefined || row.transferId === transferId) return;
    row.transferId = transferId;
    this.#touch(search, row);
  }

  async #ask(search: Search, link: HubLink, index: number, query: SearchText): Promise<void> {
    const asked = search.state.asked[index] as SearchState['asked'][number];
    const why = await link.search(query, (result) => this.#take(search, link, asked, result));
    asked.state = why === null ? 'answered' : 'failed';
    asked.reason = why;
    this.#touch(search, null);
  }

  #take(search: Search, link: HubLink, asked: SearchState['asked'][number], result: HubResult): void {
    asked.results++;
    const key = `${result.nick.toLowerCase()}\0${result.size}\0${result.path}`;
    const source: Source & { ip?: never } = {
      nick: readable(result.nick),
      hub: link.name,
      line: result.speed,
      freeSlot: null,
      pingMs: null,
    };
    const there = search.byOwner.get(key);
    if (there !== undefined) {
      if (!there.sources.some(({ hub }) => hub === link.name)) there.sources.push(source);
      this.#touch(search, there);
      return;
    }
    if (search.rows.length >= API_LIMITS.searchRows.value) {
      search.state.state = 'full';
      return;
    }
    const row = this.#row(search, result, source);
    search.rows.push(row);
    search.byOwner.set(key, row);
    search.state.results = search.rows.length;
    this.#touch(search, row);
  }

  #row(search: Search, result: HubResult, source: Source): Kept {
    const { path, hash, size, kbps, hz, seconds, nick } = result;
    const name = harmless(safeName(readable(path)));
    const md5 = realHash(hash);
    return {
      id: `${search.state.id}.${search.rows.length}`,
      network: 'napster',
      name,
      path: harmless(readable(path), 2_000),
      sizeBytes: size,
      kbps,
      hz,
      seconds,
      sources: [source],
      hashes: md5 === null ? {} : { md5 },
      doubts: doubtsOf(size, kbps, hz, seconds),
      transferId: this.#parts.transferOf(source.hub, nick, path),
      inLibrary: this.#parts.inLibrary({ sizeBytes: size, md5, name }),
      content: contentOf({ size, md5, seconds, name }),
      wire: path,
      owner: nick,
      revision: 0,
    };
  }

  #allAnswered(search: Search): void {
    if (search.state.state !== 'running') return this.#touch(search, null);
    const failed = search.state.asked.filter(({ state }) => state === 'failed');
    const none = failed.length === search.state.asked.length;
    this.#end(search, none ? 'failed' : 'done', none ? (failed[0]?.reason ?? null) : null);
  }

  #end(search: Search, state: 'done' | 'failed', reason: string | null): void {
    search.state.state = state;
    search.state.reason = reason;
    this.#touch(search, null);
  }

  #touch(search: Search, row: Kept | null): void {
    search.revision++;
    if (row !== null) row.revision = search.revision;
    this.onChange(search.state.id);
  }

  #makeRoom(): void {
    let rows = 0;
    for (const search of this.#kept.values()) rows += search.rows.length;
    while (this.#kept.size >= API_LIMITS.searches.value || rows > MOST_ROWS) {
      const [oldest] = this.#kept.keys();
      rows -= this.#kept.get(oldest as string)?.rows.length ?? 0;
      this.#kept.delete(oldest as string);
    }
  }
}

function shownRow({ wire: _wire, owner: _owner, revision: _revision, ...row }: Kept): FoundRow {
  return row;
}

/** What the hubs are asked: words, `-word` for what must not occur, and bounds. */
export function queryOf(request: SearchRequest): SearchText {
  const words: string[] = [];
  const excludes: string[] = [];
  for (const word of request.text.replaceAll('"', ' ').split(/\s+/).filter(Boolean)) {
    if (word.startsWith('-') && word.length > 1) excludes.push(word.slice(1));
    else words.push(word);
  }
  const query: SearchText = { words: wireText(words.join(' ')), max: MAX_RESULTS };
  if (excludes.length > 0) query.excludes = wireText(excludes.join(' '));
  const kbps = rangeOf(request.minKbps, request.maxKbps);
  const seconds = rangeOf(request.minSeconds, request.maxSeconds);
  const size = rangeOf(request.minBytes, request.maxBytes);
  if (kbps !== null) query.kbps = kbps;
  if (seconds !== null) query.seconds = seconds;
  if (size !== null) query.size = size;
  return query;
}

function rangeOf(min = 0, max = 0): { min?: number; max?: number } | null {
  if (min === 0 && max === 0) return null;
  return { ...(min > 0 ? { min } : {}), ...(max > 0 ? { max } : {}) };
}

/** A hash that says something: 32 hex digits that are not all the same; old clients and hubs put zeros or words there. */
export function realHash(hash: ByteString): string | null {
  const digits = hash.split('-', 1)[0]?.toLowerCase() ?? '';
  return /^[0-9a-f]{32}$/.test(digits) && !/^(.)\1*$/.test(digits) ? digits : null;
}

/** Rows with equal keys are the same recording: by size and hash of the sound, else by size, length and name. */
export function contentOf({
  size,
  md5,
  seconds,
  name,
}: {
  size: number;
  md5: string | null;
  seconds: number;
  name: string;
}): string {
  return md5 === null ? `${size} ${seconds} ${fold(name)}` : `${size} ${md5}`;
}

/** What a claim alone gives away. Variable rates and covers make sizes differ; only what cannot be is doubted. */
export function doubtsOf(sizeBytes: number, kbps: number, hz: number, seconds: number): SearchRow['doubts'] {
  const doubts: SearchRow['doubts'] = [];
  if (kbps === WRAPSTER.kbps && hz === WRAPSTER.hz) doubts.push('wrapster');
  const expected = (kbps * 1000 * seconds) / 8;
  if (expected > 0 && (sizeBytes < expected / 4 || sizeBytes > expected * 4 + 5_000_000)) doubts.push('size');
  return doubts;
}
