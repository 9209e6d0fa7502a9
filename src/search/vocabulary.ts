// Every word that some recording has, with its postings. A word lives exactly as long as it has postings.
//
//   word of the record   0 hash        1 postings   2 list     3 capacity
//                        4 blocks      5, 6 next and previous word with the same beginning
//                        7 bytes in the word       8 … the word in folded UTF-8
import { type ByteString, byteString, bytesOf } from '#base';
import { AddressTable } from './address-table.ts';
import { PAGE_MASK, PAGE_SHIFT, type WordHeap } from './heap.ts';
import { LIMITS } from './limits.ts';
import { COUNT, Postings } from './postings.ts';
import { hashOfWord, type WordScanner } from './words.ts';

const BLOCKS = 4;
const NEXT = 5;
const PREVIOUS = 6;
const LENGTH = 7;
const HEAD_WORDS = 8;
/** Words are chained by their first two bytes, which is where a completion starts. */
const BEGINNINGS = 1 << 16;

export class Vocabulary {
  readonly #heap: WordHeap;
  readonly #table: AddressTable;
  readonly #postings: Postings;
  readonly #beginnings = new Uint32Array(BEGINNINGS);

  constructor(heap: WordHeap) {
    this.#heap = heap;
    this.#table = new AddressTable(heap, 0);
    this.#postings = new Postings(heap);
  }

  /** How many words there are. */
  get size(): number {
    return this.#table.size;
  }

  /** The record of the scanner's word `i`, or 0. */
  find(words: WordScanner, i: number): number {
    return this.findBytes(words.bytes, words.from[i] as number, words.to[i] as number, words.hash[i] as number);
  }

  findBytes(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const part = this.#table.part(hash);
    const mask = part.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const term = part[slot] as number;
      if (term === 0 || this.#is(term, bytes, from, to, hash)) return term;
    }
  }

  /** Says that the recording has the scanner's word `i`; it did not before. */
  add(words: WordScanner, i: number, recording: number): void {
    this.#postings.add(this.find(words, i) || this.#create(words, i), recording);
  }

  /** Takes that back. */
  delete(words: WordScanner, i: number, recording: number): void {
    const term = this.find(words, i);
    if (this.#postings.delete(term, recording) === 0) this.#drop(term);
  }

  countOf(term: number): number {
    return this.#page(term)[(term & PAGE_MASK) + COUNT] as number;
  }

  wordOf(term: number): ByteString {
    const at = ((term & PAGE_MASK) + HEAD_WORDS) * 4;
    const bytes = this.#heap.bytes[term >>> PAGE_SHIFT] as Uint8Array;
    return byteString(bytes, at, at + (this.#page(term)[(term & PAGE_MASK) + LENGTH] as number));
  }

  /** The record of a word in folded UTF-8, or 0. */
  findText(word: ByteString, seed: number): number {
    const bytes = bytesOf(word);
    return this.findBytes(bytes, 0, bytes.length, hashOfWord(bytes, 0, bytes.length, seed));
  }

  /**
   * The words that begin with the bytes (at least one), most frequent first, at most `most`. `looked`: how many words
   * were looked at; of very many only the newest are.
   */
  completions(bytes: Uint8Array, most: number): { terms: number[]; looked: number } {
    const best = new MostFrequent(most);
    let looked = 0;
    const first = bytes[0] as number;
    const oneByte = bytes.length === 1;
    for (let second = oneByte ? 0 : (bytes[1] as number); second < 256; second++) {
      let term = this.#beginnings[first * 256 + second] as number;
      for (; term !== 0 && looked < LIMITS.completionWords.value; term = this.#next(term)) {
        looked++;
        if (this.#begins(term, bytes, 0, bytes.length)) best.add(term, this.countOf(term));
      }
      if (!oneByte) break;
    }
    return { terms: best.terms(), looked };
  }

  #next(term: number): number {
    return this.#page(term)[(term & PAGE_MASK) + NEXT] as number;
  }

  #page(address: number): Uint32Array {
    return this.#heap.words[address >>> PAGE_SHIFT] as Uint32Array;
  }

  #is(term: number, bytes: Uint8Array, from: number, to: number, hash: number): boolean {
    const page = this.#page(term);
    const t = term & PAGE_MASK;
    if (page[t] !== hash || page[t + LENGTH] !== to - from) return false;
    return this.#begins(term, bytes, from, to);
  }

  #begins(term: number, bytes: Uint8Array, from: number, to: number): boolean {
    if ((this.#page(term)[(term & PAGE_MASK) + LENGTH] as number) < to - from) return false;
    const own = this.#heap.bytes[term >>> PAGE_SHIFT] as Uint8Array;
    const at = ((term & PAGE_MASK) + HEAD_WORDS) * 4 - from;
    for (let i = from; i < to; i++) if (own[at + i] !== bytes[i]) return false;
    return true;
  }

  #create(words: WordScanner, i: number): number {
    const from = words.from[i] as number;
    const length = (words.to[i] as number) - from;
    const term = this.#heap.alloc(HEAD_WORDS + ((length + 3) >> 2));
    const page = this.#page(term);
    const t = term & PAGE_MASK;
    page[t] = words.hash[i] as number;
    page[t + COUNT] = 0;
    page[t + BLOCKS] = 0;
    page[t + LENGTH] = length;
    const own = this.#heap.bytes[term >>> PAGE_SHIFT] as Uint8Array;
    const at = (t + HEAD_WORDS) * 4;
    for (let k = 0; k < length; k++) own[at + k] = words.bytes[from + k] as number;
    this.#chain(page, t, term, beginningOf(own, at, length));
    this.#table.insert(words.hash[i] as number, term);
    return term;
  }

  #chain(page: Uint32Array, t: number, term: number, beginning: number): void {
    const next = this.#beginnings[beginning] as number;
    page[t + NEXT] = next;
    page[t + PREVIOUS] = 0;
    if (next !== 0) this.#page(next)[(next & PAGE_MASK) + PREVIOUS] = term;
    this.#beginnings[beginning] = term;
  }

  #drop(term: number): void {
    const page = this.#page(term);
    const t = term & PAGE_MASK;
    const length = page[t + LENGTH] as number;
    const next = page[t + NEXT] as number;
    const previous = page[t + PREVIOUS] as number;
    if (next !== 0) this.#page(next)[(next & PAGE_MASK) + PREVIOUS] = previous;
    if (previous !== 0) this.#page(previous)[(previous & PAGE_MASK) + NEXT] = next;
    else
      this.#beginnings[beginningOf(this.#heap.bytes[term >>> PAGE_SHIFT] as Uint8Array, (t + HEAD_WORDS) * 4, length)] =
        next;
    this.#table.delete(page[t] as number, term);
    this.#heap.free(term, HEAD_WORDS + ((length + 3) >> 2));
  }
}

/** Keeps the most frequent of many terms; sorts only what could be among them. */
class MostFrequent {
  readonly #most: number;
  readonly #kept: { term: number; count: number }[] = [];
  #floor = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(term: number, count: number): void {
    if (count <= this.#floor) return;
    this.#kept.push({ term, count });
    if (this.#kept.length === this.#most * 4) this.#trim();
  }

  terms(): number[] {
    this.#trim();
    return this.#kept.map(({ term }) => term);
  }

  #trim(): void {
    this.#kept.sort((a, b) => b.count - a.count);
    if (this.#kept.length < this.#most) return;
    this.#kept.length = this.#most;
    this.#floor = (this.#kept.at(-1) as { count: number }).count;
  }
}

function beginningOf(bytes: Uint8Array, at: number, length: number): number {
  return (bytes[at] as number) * 256 + (length > 1 ? (bytes[at + 1] as number) : 0);
}
