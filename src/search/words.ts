// What a word is. Letters, digits and the apostrophe make words, everything else ends them; case, accents and width are
// folded; scripts that are written without spaces are cut into single characters and pairs. ASCII goes a fast way that
// builds no string.
import { type ByteString, byteString, fold, readable } from '#base';
import { LIMITS } from './limits.ts';

/** How runs of characters without spaces are cut. */
export const CUT = {
  /** For the index: every character and every pair, so that both can be asked for. Each word once. */
  index: 0,
  /** For a question: the pairs, or the character when it stands alone. Each word once. */
  query: 1,
  /** For what must not occur: as a question, but of longer runs only {@link WordScanner.runs} tells. */
  exclude: 3,
  /** As they stand: every character alone, words as often as they come. For phrases. */
  order: 2,
} as const;
export type Cut = (typeof CUT)[keyof typeof CUT];

const WORD_BYTES = LIMITS.wordBytes.value;
/** More words than this in one name are not indexed. A path of 4096 bytes cannot have more than half as many. */
const MAX_WORDS = 2048;
/** Folding can make text longer; beyond this many characters it is cut. A character takes 3 bytes, its pair 6. */
const MAX_TEXT = 8192;

// What a character is.
const UNKNOWN = 0;
const BREAK = 1;
const LETTER = 2;
const ALONE = 3;
const kinds = new Uint8Array(65536);
/** Lower case for the bytes that make ASCII words, 0 for those that end them. */
const lower = new Uint8Array(256);
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const APOSTROPHE = 0x27;
for (let c = 0; c < 128; c++) {
  const word = (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === APOSTROPHE;
  kinds[c] = word ? LETTER : BREAK;
  lower[c] = word ? (c >= 65 && c <= 90 ? c + 32 : c) : 0;
}
// The typographic apostrophes that phones and taggers write.
for (const c of [0x2018, 0x2019, 0x2bc]) kinds[c] = LETTER;

/** The words of the last text: `count` of them, each as folded UTF-8 in `bytes` and as its hash. Used again by the next. */
export class WordScanner {
  count = 0;
  readonly bytes = new Uint8Array(MAX_TEXT * 9 + 16);
  readonly from = new Uint32Array(MAX_WORDS);
  readonly to = new Uint32Array(MAX_WORDS);
  readonly hash = new Uint32Array(MAX_WORDS);
  /** Runs of more than two characters in a question: pairs say less than the run. */
  readonly runs: string[] = [];
  readonly #seed: number;
  #cut: Cut = CUT.index;
  #text = new Uint8Array(256);
  #at = 0;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
  }

  /** Reads `text[from..to)`, bytes; returns the number of words. */
  scan(text: Uint8Array, from: number, to: number, cut: Cut): number {
    this.#begin(cut);
    for (let i = from; i < to; i++)
      if ((text[i] as number) >= 0x80) return this.#scanUnicode(byteString(text, from, to));
    const { bytes } = this;
    const seed = this.#seed;
    let at = 0;
    let start = 0;
    let hash = seed;
    for (let i = from; i < to; i++) {
      const c = lower[text[i] as number] as number;
      if (c !== 0) {
        bytes[at++] = c;
        hash = Math.imul(hash ^ c, 0x01000193);
      } else if (at !== start) {
        this.#endWord(start, at, hash);
        at = this.#at;
        start = at;
        hash = seed;
      }
    }
    if (at !== start) this.#endWord(start, at, hash);
    return this.count;
  }

  /** The same for a byte string. */
  scanText(text: ByteString, cut: Cut): number {
    const length = text.length;
    if (length > this.#text.length) this.#text = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.#text[i] = text.charCodeAt(i);
    return this.scan(this.#text, 0, length, cut);
  }

  /** A word as text. */
  wordAt(i: number): string {
    return readable(byteString(this.bytes, this.from[i], this.to[i]));
  }

  #begin(cut: Cut): void {
    this.count = 0;
    this.runs.length = 0;
    this.#cut = cut;
    this.#at = 0;
  }

  #scanUnicode(raw: ByteString): number {
    const text = fold(readable(raw)).slice(0, MAX_TEXT);
    let start = this.#at;
    let run: number[] = [];
    for (let i = 0; i < text.length; i++) {
      let c = text.charCodeAt(i);
      let kind = kinds[c] as number;
      if (kind === UNKNOWN) {
        const whole = text.codePointAt(i) as number;
        kind = kindOf(String.fromCodePoint(whole));
        if (whole < 0x10000) kinds[whole] = kind;
        else i++;
        c = whole;
      }
      if (kind !== ALONE && run.length > 0) {
        this.#endRun(run);
        run = [];
        start = this.#at;
      }
      if (kind === LETTER) this.#put(isApostrophe(c) ? APOSTROPHE : c);
      else {
        start = this.#endAt(start);
        if (kind === ALONE) run.push(c);
      }
    }
    if (run.length > 0) this.#endRun(run);
    else this.#endAt(start);
    return this.count;
  }

  #endRun(run: readonly number[]): void {
    const cut = this.#cut;
    const asked = cut === CUT.query || cut === CUT.exclude;
    if (asked && run.length > 2) this.runs.push(String.fromCodePoint(...run));
    if (cut === CUT.exclude && run.length > 2) return;
    const alone = !asked || run.length === 1;
    const pairs = cut !== CUT.order;
    for (let i = 0; i < run.length; i++) {
      if (alone) this.#wordOf(run[i] as number, 0);
      if (pairs && i + 1 < run.length) this.#wordOf(run[i] as number, run[i + 1] as number);
    }
  }

  #wordOf(first: number, second: number): void {
    const start = this.#at;
    this.#put(first);
    if (second !== 0) this.#put(second);
    this.#endAt(start);
  }

  /** One code point in UTF-8. */
  #put(c: number): void {
    const { bytes } = this;
    let at = this.#at;
    if (c < 0x80) bytes[at++] = c;
    else if (c < 0x800) {
      bytes[at++] = 0xc0 | (c >> 6);
      bytes[at++] = 0x80 | (c & 0x3f);
    } else if (c < 0x10000) {
      bytes[at++] = 0xe0 | (c >> 12);
      bytes[at++] = 0x80 | ((c >> 6) & 0x3f);
      bytes[at++] = 0x80 | (c & 0x3f);
    } else {
      bytes[at++] = 0xf0 | (c >> 18);
      bytes[at++] = 0x80 | ((c >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((c >> 6) & 0x3f);
      bytes[at++] = 0x80 | (c & 0x3f);
    }
    this.#at = at;
  }

  #endAt(start: number): number {
    if (this.#at !== start) this.#endWord(start, this.#at, rawHash(this.bytes, start, this.#at, this.#seed));
    return this.#at;
  }

  /** Keeps the word in `bytes[start..end)`, or forgets it when it is there already. */
  #endWord(start: number, end: number, hash: number): void {
    let to = end;
    let h = hash;
    if (to - start > WORD_BYTES) {
      to = start + WORD_BYTES;
      while (((this.bytes[to] as number) & 0xc0) === 0x80) to--;
      h = rawHash(this.bytes, start, to, this.#seed);
    }
    h = mix(h);
    const n = this.count;
    this.#at = start;
    if (n === MAX_WORDS) return;
    if (this.#cut !== CUT.order) {
      for (let i = 0; i < n; i++) if (this.hash[i] === h && this.#same(i, start, to)) return;
    }
    this.from[n] = start;
    this.to[n] = to;
    this.hash[n] = h;
    this.count = n + 1;
    this.#at = to;
  }

  #same(i: number, start: number, end: number): boolean {
    const { bytes } = this;
    const from = this.from[i] as number;
    if ((this.to[i] as number) - from !== end - start) return false;
    for (let k = 0; k < end - start; k++) if (bytes[from + k] !== bytes[start + k]) return false;
    return true;
  }
}

/** The hash of a folded word, as the scanner gives it. */
export function hashOfWord(bytes: Uint8Array, from: number, to: number, seed: number): number {
  return mix(rawHash(bytes, from, to, seed >>> 0));
}

function rawHash(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return hash;
}

/** Spreads a hash over all 32 bits. */
export function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function isApostrophe(c: number): boolean {
  return c === 0x2018 || c === 0x2019 || c === 0x2bc;
}

function kindOf(character: string): number {
  if (!LETTER_OR_DIGIT.test(character)) return BREAK;
  return WITHOUT_SPACES.test(character) ? ALONE : LETTER;
}
