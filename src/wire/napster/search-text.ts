// The text of message 200: clauses in any order, key words in any case, numbers with or without quotes.
//   FILENAME CONTAINS "words" FILENAME EXCLUDES "words" MAX_RESULTS n TYPE mp3 LOCAL_ONLY
//   LINESPEED|BITRATE|FREQ|SIZE|DURATION "AT LEAST"|"AT BEST"|"EQUAL TO" n
import { type ByteString, WireError } from '#base';
import { FieldReader, parseWhole, quotable } from './fields.ts';
import { LIMITS } from './limits.ts';

/** Both ends included. */
export type SearchRange = { min?: number; max?: number };
export type SearchType = 'mp3' | 'audio' | 'video' | 'application' | 'image' | 'text' | 'any';

/** What was asked. `max` null: not said, 0 or negative, which all mean the hub's own bound. */
export type SearchText = {
  words: ByteString;
  excludes?: ByteString;
  speed?: SearchRange;
  kbps?: SearchRange;
  hz?: SearchRange;
  size?: SearchRange;
  seconds?: SearchRange;
  type?: SearchType;
  localOnly?: boolean;
  max: number | null;
};

const RANGES = { LINESPEED: 'speed', BITRATE: 'kbps', FREQ: 'hz', SIZE: 'size', DURATION: 'seconds' } as const;
const TYPES = new Set<string>(['mp3', 'audio', 'video', 'application', 'image', 'text', 'any']);

/** @throws WireError `search`: a key word that nobody knows, a clause without its value */
export function parseSearchText(text: ByteString): SearchText {
  const query: SearchText = { words: '', max: null };
  const reader = new FieldReader(text);
  let clauses = 0;
  for (let key = reader.next(); key !== null; key = reader.next()) {
    if (++clauses > LIMITS.searchClauses.value) throw new WireError('search', 'too many clauses');
    readClause(key.toUpperCase(), reader, query);
  }
  return query;
}

/** A query as a client writes it. */
export function formatSearchText(query: SearchText): ByteString {
  const parts: string[] = [];
  if (query.words !== '') parts.push(`FILENAME CONTAINS "${quotable(query.words)}"`);
  if (query.excludes !== undefined) parts.push(`FILENAME EXCLUDES "${quotable(query.excludes)}"`);
  if (query.max !== null) parts.push(`MAX_RESULTS ${query.max}`);
  for (const [key, name] of Object.entries(RANGES)) {
    const range = query[name];
    if (range === undefined) continue;
    if (range.min !== undefined && range.min === range.max) parts.push(`${key} "EQUAL TO" "${range.min}"`);
    else {
      if (range.min !== undefined) parts.push(`${key} "AT LEAST" "${range.min}"`);
      if (range.max !== undefined) parts.push(`${key} "AT BEST" "${range.max}"`);
    }
  }
  if (query.type !== undefined) parts.push(`TYPE ${query.type}`);
  if (query.localOnly === true) parts.push('LOCAL_ONLY');
  return parts.join(' ');
}

function readClause(key: string, reader: FieldReader, query: SearchText): void {
  switch (key) {
    case 'FILENAME':
    case 'SOUNDEX':
      readName(reader, query);
      return;
    case 'MAX_RESULTS':
      query.max = readMax(reader.next());
      return;
    case 'LINESPEED':
    case 'BITRATE':
    case 'FREQ':
    case 'SIZE':
    case 'DURATION':
      readRange(RANGES[key], reader, query);
      return;
    case 'TYPE': {
      const type = reader.next()?.toLowerCase() ?? '';
      if (!TYPES.has(type)) throw new WireError('search', 'a type that does not exist');
      query.type = type as SearchType;
      return;
    }
    case 'LOCAL':
    case 'LOCAL_ONLY':
      query.localOnly = true;
      return;
    case 'WMA-FILE':
      query.type = 'audio';
      return;
    default:
      throw new WireError('search', 'a clause that does not exist');
  }
}

function readName(reader: FieldReader, query: SearchText): void {
  const verb = reader.next()?.toUpperCase();
  const words = reader.next();
  if (words === null) throw new WireError('search', 'words are missing');
  if (verb === 'CONTAINS') query.words = query.words === '' ? words : `${query.words} ${words}`;
  else if (verb === 'EXCLUDES') query.excludes = query.excludes === undefined ? words : `${query.excludes} ${words}`;
  else throw new WireError('search', 'neither CONTAINS nor EXCLUDES');
}

function readMax(text: ByteString | null): number | null {
  if (text === null || !/^-?\d{1,10}$/.test(text)) throw new WireError('search', 'MAX_RESULTS is no number');
  const max = Number(text);
  return max > 0 ? max : null;
}

function readRange(name: (typeof RANGES)[keyof typeof RANGES], reader: FieldReader, query: SearchText): void {
  let bound = reader.next()?.toUpperCase() ?? '';
  if (bound === 'AT' || bound === 'EQUAL') bound += ` ${reader.next()?.toUpperCase() ?? ''}`;
  const value = parseWhole(reader.next());
  if (value === null) throw new WireError('search', 'a bound is no number');
  const range = (query[name] ??= {});
  if (bound !== 'AT LEAST' && bound !== 'AT BEST' && bound !== 'EQUAL TO')
    throw new WireError('search', 'neither AT LEAST, AT BEST nor EQUAL TO');
  if (bound !== 'AT BEST') range.min = Math.max(range.min ?? 0, value);
  if (bound !== 'AT LEAST') range.max = Math.min(range.max ?? Number.POSITIVE_INFINITY, value);
}
