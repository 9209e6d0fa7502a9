// What may not be shared or looked for: words, patterns, and single files taken down by name or hash. Only operators
// write these lists; nothing that a user does adds to them.
import { type ByteString, fold, readable } from '#base';
import type { Store } from '#store';

/** `word` neither shared nor searched; `pattern` of a path; `search` not searched; `name` of a file; `hash` its MD5 token. */
export type FilterKind = 'word' | 'pattern' | 'search' | 'name' | 'hash';
export type FilterRow = { id: number; kind: FilterKind; pattern: string; setter: string; at: number; enabled: number };

export class Filters {
  readonly #store: Store;
  #words: string[] = [];
  #patterns: RegExp[] = [];
  #searches = new Set<string>();
  #names = new Set<string>();
  #hashes = new Set<string>();
  #any = false;
  /** Whether some word cannot be searched. */
  guardsSearches = false;

  constructor(store: Store) {
    this.#store = store;
    this.#load();
  }

  list(): FilterRow[] {
    return this.#store.prepare('SELECT * FROM filter ORDER BY id').all() as unknown as FilterRow[];
  }

  /** Words of why not, or null. A pattern must be a regular expression of at most 200 characters. */
  add(kind: FilterKind, pattern: string, setter: string, at: number): string | null {
    if (pattern === '' || pattern.length > 200) return 'a pattern has 1 to 200 characters';
    if (kind === 'pattern' && compiled(pattern) === null)
      return 'not a regular expression, or one that could take for ever';
    this.#store
      .prepare(
        'INSERT INTO filter (kind, pattern, setter, at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET enabled = 1',
      )
      .run(kind, kind === 'pattern' ? pattern : fold(pattern), setter, at);
    this.#load();
    return null;
  }

  /** Takes it out, or lets it rest; false: there is none of that number. */
  remove(id: number): boolean {
    const { changes } = this.#store.prepare('DELETE FROM filter WHERE id = ?').run(id);
    this.#load();
    return Number(changes) > 0;
  }

  enable(id: number, enabled: boolean): boolean {
    const { changes } = this.#store.prepare('UPDATE filter SET enabled = ? WHERE id = ?').run(enabled ? 1 : 0, id);
    this.#load();
    return Number(changes) > 0;
  }

  /** Whether this file may not be shared. */
  blocks(path: ByteString, hash: ByteString): boolean {
    if (!this.#any) return false;
    if (this.#hashes.has(hash.toLowerCase().slice(0, 32))) return true;
    const text = fold(readable(path));
    if (
      this.#names.size > 0 &&
      this.#names.has(text.slice(Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1))
    )
      return true;
    return this.#words.some((word) => hasWord(text, word)) || this.#patterns.some((pattern) => pattern.test(text));
  }

  /** Whether these words hold one that cannot be searched for. */
  blocksSearch(words: ByteString): boolean {
    if (!this.guardsSearches) return false;
    return fold(readable(words))
      .split(/\s+/)
      .some((word) => this.#searches.has(word));
  }

  #load(): void {
    const rows = this.list().filter(({ enabled }) => enabled === 1);
    const of = (kind: FilterKind): string[] => rows.filter((row) => row.kind === kind).map(({ pattern }) => pattern);
    this.#words = of('word');
    this.#patterns = of('pattern')
      .map(compiled)
      .filter((pattern) => pattern !== null);
    this.#searches = new Set([...of('search'), ...this.#words]);
    this.#names = new Set(of('name'));
    this.#hashes = new Set(of('hash'));
    this.#any = rows.some(({ kind }) => kind !== 'search');
    this.guardsSearches = this.#searches.size > 0;
  }
}

/** A filter that is not written yet: what it would block. */
export function filterMatches(kind: FilterKind, pattern: string, path: ByteString, hash: ByteString): boolean {
  const text = fold(readable(path));
  switch (kind) {
    case 'word':
    case 'search':
      return hasWord(text, fold(pattern));
    case 'pattern':
      return compiled(pattern)?.test(text) === true;
    case 'name':
      return text.slice(Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1) === fold(pattern);
    case 'hash':
      return hash.toLowerCase().slice(0, 32) === pattern.toLowerCase();
  }
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true;
  return false;
}

function isLetter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}

/** Whether this may be a filter: a regular expression that cannot take for ever. */
export function isPattern(pattern: string): boolean {
  return compiled(pattern) !== null;
}

/** Null: no expression, or one with a repeated group that repeats inside, which can take exponential time. */
function compiled(pattern: string): RegExp | null {
  if (/\([^()]*[+*{][^()]*\)[+*{]/.test(pattern) || /\\[1-9]/.test(pattern)) return null;
  try {
    return new RegExp(pattern, 'iu');
  } catch {
    return null;
  }
}
