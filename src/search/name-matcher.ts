// What posting lists cannot say: words side by side, in one part of the name, or only begun. Reads the name of a
// candidate; the lists have left few of them.
import { type ByteString, byteString, fold, readable } from '#base';
import type { SearchIndex } from './share-index.ts';
import { indexedPart, readTrackName } from './track-name.ts';
import type { FieldClause } from './types.ts';
import { CUT, type Cut, WordScanner } from './words.ts';

export class NameMatcher {
  readonly #index: SearchIndex;
  readonly #scanner: WordScanner;
  readonly #phrases: string[] = [];
  readonly #prefixes: string[] = [];
  readonly #runs: string[] = [];
  readonly #excludedRuns: string[] = [];
  readonly #fields: { field: FieldClause['field']; words: string[] }[] = [];

  readonly #clauses = [this.#phrases, this.#prefixes, this.#runs, this.#excludedRuns, this.#fields];

  constructor(index: SearchIndex) {
    this.#index = index;
    this.#scanner = new WordScanner(index.seed);
  }

  get active(): boolean {
    return this.#clauses.some((clause) => clause.length > 0);
  }

  clear(): void {
    for (const clause of this.#clauses) clause.length = 0;
  }

  addPhrase(text: ByteString): void {
    const words = this.#read(text, CUT.order);
    if (words.length > 0) this.#phrases.push(framed(words));
  }

  addField(field: FieldClause['field'], text: ByteString): void {
    this.#fields.push({ field, words: this.#read(text, CUT.query) });
  }

  /** Characters that are written without spaces and must stand side by side; folded. */
  addRun(run: string): void {
    this.#runs.push(run);
  }

  /** The same for what must not stand side by side. */
  excludeRun(run: string): void {
    this.#excludedRuns.push(run);
  }

  /** `bytes`: the beginning of a word, folded. */
  addPrefix(bytes: Uint8Array): void {
    this.#prefixes.push(` ${byteString(bytes)}`);
  }

  matches(recording: number): boolean {
    const name = this.#index.nameOf(recording);
    const text = indexedPart(name);
    if (this.#runs.length + this.#excludedRuns.length > 0) {
      const folded = fold(readable(text));
      if (!this.#runs.every((run) => folded.includes(run))) return false;
      if (this.#excludedRuns.some((run) => folded.includes(run))) return false;
    }
    if (this.#phrases.length > 0) {
      const words = framed(this.#read(text, CUT.order));
      if (!this.#phrases.every((phrase) => words.includes(phrase))) return false;
    }
    if (this.#prefixes.length > 0) {
      const words = framed(this.#read(text, CUT.index));
      if (!this.#prefixes.every((prefix) => words.includes(prefix))) return false;
    }
    if (this.#fields.length === 0) return true;
    const parts = readTrackName(name);
    return this.#fields.every(({ field, words }) => {
      const there = new Set(this.#read(parts[field], CUT.index));
      return words.every((word) => there.has(word));
    });
  }

  #read(text: ByteString, cut: Cut): string[] {
    const scanner = this.#scanner;
    const words: string[] = [];
    const count = scanner.scanText(text, cut);
    for (let i = 0; i < count; i++) words.push(byteString(scanner.bytes, scanner.from[i], scanner.to[i]));
    return words;
  }
}

/** Words with a blank on both sides of each, so that whole words can be looked for in it. */
function framed(words: readonly string[]): string {
  return ` ${words.join(' ')} `;
}
