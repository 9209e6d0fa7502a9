// What people type into a search box, as a query:
//   björk army                 both words, in any order, whatever the case and the accents
//   "army of me"               these words side by side
//   -live                      not with this word
//   jog*                       words that begin like this; while typing, the last word is read like that
//   artist:björk title:"army of me" album:post
//   kbps>=192  size<10MB  len:3-5m  len>=90s  len:3:30-4:00  hz=44100  speed>=7  type:video
// What cannot be read is reported with its place; the rest is still searched for.
import { wireText } from '#base';
import type { FieldClause, MediaType, Query, Range } from './types.ts';

/** Something in the text that was not understood: `text.slice(at, at + length)`. */
export type QueryProblem = { readonly at: number; readonly length: number; readonly message: string };

export type ParsedQuery = { readonly query: Query; readonly problems: readonly QueryProblem[] };

export type ParseOptions = {
  /** The most results. */
  readonly max: number;
  /** The text is still being typed: its last word may go on. */
  readonly typing?: boolean;
};

const FIELDS: Record<string, FieldClause['field']> = {
  artist: 'artist',
  title: 'title',
  song: 'title',
  album: 'album',
  folder: 'album',
};
type Measure = 'kbps' | 'size' | 'hz' | 'seconds' | 'speed';
const MEASURES: Record<string, Measure> = {
  kbps: 'kbps',
  bitrate: 'kbps',
  size: 'size',
  hz: 'hz',
  len: 'seconds',
  length: 'seconds',
  duration: 'seconds',
  speed: 'speed',
};
const TYPES = new Set<string>(['mp3', 'audio', 'video', 'application', 'image', 'text', 'any']);
const UNITS: Record<Measure, Record<string, number>> = {
  kbps: { '': 1, k: 1, kbps: 1 },
  size: { '': 1, b: 1, k: 1024, kb: 1024, m: 1024 ** 2, mb: 1024 ** 2, g: 1024 ** 3, gb: 1024 ** 3 },
  hz: { '': 1, hz: 1, k: 1000, khz: 1000 },
  seconds: { '': 1, s: 1, sec: 1, m: 60, min: 60, h: 3600 },
  speed: { '': 1 },
};

/** A piece between blanks: perhaps a minus, perhaps a key and how it compares, a value that may be in quotes. */
const PIECE = /(-?)(?:([a-z]+)(:|>=|<=|>|<|=))?(?:"([^"]*)("?)|(\S*))/iy;
const BLANKS = /\s*/y;
const MOST_CHARACTERS = 1000;

/** Reads what a person typed. Never throws. */
export function parseQuery(text: string, { max, typing = false }: ParseOptions): ParsedQuery {
  const reader = new Reader(text.slice(0, MOST_CHARACTERS));
  if (text.length > MOST_CHARACTERS)
    reader.problem(
      MOST_CHARACTERS,
      text.length - MOST_CHARACTERS,
      `only the first ${MOST_CHARACTERS} characters count`,
    );
  reader.readAll(typing);
  return { query: reader.query(max), problems: reader.problems };
}

class Reader {
  readonly problems: QueryProblem[] = [];
  readonly #text: string;
  readonly #words: string[] = [];
  readonly #excludes: string[] = [];
  readonly #prefixes: string[] = [];
  readonly #phrases: string[] = [];
  readonly #fields: { field: FieldClause['field']; words: string }[] = [];
  readonly #ranges: { [M in Measure]?: Range } = {};
  #type: MediaType | 'any' | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(typing: boolean): void {
    let at = skipBlanks(this.#text, 0);
    while (at < this.#text.length) {
      PIECE.lastIndex = at;
      const piece = PIECE.exec(this.#text);
      const end = at + Math.max(1, piece?.[0].length ?? 1);
      if (piece !== null) this.#take(piece, at, typing && end === this.#text.length);
      at = skipBlanks(this.#text, end);
    }
    if (this.#words.length + this.#phrases.length + this.#prefixes.length + this.#fields.length === 0)
      this.problem(0, this.#text.length, 'needs at least one word to look for');
  }

  query(max: number): Query {
    return {
      words: wireText(this.#words.join(' ')),
      excludes: wireText(this.#excludes.join(' ')),
      prefixes: this.#prefixes.map(wireText),
      phrases: this.#phrases.map(wireText),
      fields: this.#fields.map(({ field, words }) => ({ field, words: wireText(words) })),
      ...this.#ranges,
      type: this.#type ?? 'mp3',
      loose: true,
      max,
    };
  }

  problem(at: number, length: number, message: string): void {
    this.problems.push({ at, length, message });
  }

  #take(piece: RegExpExecArray, at: number, last: boolean): void {
    const [whole, minus = '', key, compare = '', quoted, closing, bare = ''] = piece;
    if (quoted !== undefined && closing === '' && !last) this.problem(at, whole.length, 'a quote is not closed');
    const value = quoted ?? bare;
    const word = key?.toLowerCase() ?? '';
    const known = word in FIELDS || word in MEASURES || word === 'type';
    if (!known || value === '') {
      const text = quoted === undefined ? whole.slice(minus.length) : quoted;
      this.#takeText(text, quoted !== undefined, minus !== '', at, whole.length, last);
    } else if (minus !== '') this.problem(at, whole.length, `"${word}" cannot be left out by a minus`);
    else if (word === 'type') this.#takeType(value, at, whole.length);
    else if (FIELDS[word] !== undefined) this.#fields.push({ field: FIELDS[word], words: value });
    else this.#takeMeasure(MEASURES[word] as Measure, compare, value, at, whole.length);
  }

  #takeText(text: string, quoted: boolean, minus: boolean, at: number, length: number, last: boolean): void {
    if (!/[\p{L}\p{N}]/u.test(text)) return;
    if (minus && quoted && /\s/.test(text.trim())) this.problem(at, length, 'only single words can be left out');
    else if (minus) this.#excludes.push(text.replace(/\*$/, ''));
    else if (quoted) this.#phrases.push(text);
    else if (text.endsWith('*') || last) this.#prefixes.push(text.replace(/\*+$/, ''));
    else this.#words.push(text);
  }

  #takeType(value: string, at: number, length: number): void {
    const type = value.toLowerCase();
    if (TYPES.has(type)) this.#type = type as MediaType | 'any';
    else this.problem(at, length, `"${value}" is no type; there are ${[...TYPES].join(', ')}`);
  }

  #takeMeasure(measure: Measure, compare: string, value: string, at: number, length: number): void {
    const range = readRange(measure, compare, value);
    if (range === null) {
      this.problem(at, length, `"${value}" is no ${measure === 'seconds' ? 'length' : measure}; ${EXAMPLES[measure]}`);
      return;
    }
    const before = this.#ranges[measure];
    const min = Math.max(range.min ?? 0, before?.min ?? 0);
    const max = Math.min(range.max ?? Number.POSITIVE_INFINITY, before?.max ?? Number.POSITIVE_INFINITY);
    if (min > max) this.problem(at, length, 'nothing can be both');
    this.#ranges[measure] = { min, max };
  }
}

const EXAMPLES: Record<Measure, string> = {
  kbps: 'write kbps>=192 or kbps:128-192',
  size: 'write size<10MB or size:3-5MB',
  hz: 'write hz=44100 or hz>=44.1k',
  seconds: 'write len:3-5m, len>=90s or len:3:30-4:00',
  speed: 'write speed>=7, 0 to 10',
};

function readRange(measure: Measure, compare: string, value: string): Range | null {
  const dash = value.indexOf('-');
  if (compare === ':' && dash > 0) {
    const high = readMeasure(measure, value.slice(dash + 1), '');
    const low = readMeasure(measure, value.slice(0, dash), high?.unit ?? '');
    if (high === null || low === null || low.value > high.value) return null;
    return { min: low.value, max: high.value };
  }
  const read = readMeasure(measure, value, '');
  if (read === null) return null;
  const { value: is, unit } = read;
  switch (compare) {
    case '>=':
      return { min: is };
    case '<=':
      return { max: is };
    case '>':
      return { min: Math.floor(is) + 1 };
    case '<':
      return { max: Math.ceil(is) - 1 };
    default:
      // Nobody knows a length or a size to the second or byte: 4m is all that would be called four minutes.
      return { min: is, max: is + (UNITS[measure][unit] ?? 1) - 1 };
  }
}

const CLOCK = /^(\d{1,4}):([0-5]\d)$/;
const MEASURED = /^(\d{1,15}(?:\.\d{1,6})?)([a-z]*)$/;

/** `unit` is taken where the text has none. */
function readMeasure(measure: Measure, text: string, unit: string): { value: number; unit: string } | null {
  const clock = measure === 'seconds' ? CLOCK.exec(text) : null;
  if (clock !== null) return { value: Number(clock[1]) * 60 + Number(clock[2]), unit: '' };
  const parts = MEASURED.exec(text.toLowerCase());
  if (parts === null) return null;
  const said = parts[2] === '' ? unit : (parts[2] as string);
  const factor = UNITS[measure][said];
  return factor === undefined ? null : { value: Number(parts[1]) * factor, unit: said };
}

function skipBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at;
  return at + (BLANKS.exec(text)?.[0].length ?? 0);
}
