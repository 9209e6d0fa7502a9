// Access lists by address: deny, admit (stronger than deny), exempt from limits, and connection limits by class.
// The old server kept these lists and let everybody in; here they hold.
import type { Store } from '#store';
import { maskMatches } from './masks.ts';

export type AccessKind = 'class' | 'deny' | 'admit' | 'exempt';
export type AccessRow = { kind: AccessKind; mask: string; value: number };

export class AccessLists {
  readonly #store: Store;
  #rows: AccessRow[];

  constructor(store: Store) {
    this.#store = store;
    this.#rows = store
      .prepare('SELECT kind, mask, value FROM access ORDER BY kind, mask')
      .all() as unknown as AccessRow[];
  }

  list(kind: AccessKind): AccessRow[] {
    return this.#rows.filter((row) => row.kind === kind);
  }

  /** False: that is no address mask. */
  add(kind: AccessKind, mask: string, value: number): boolean {
    if (!/^[\d.*?]+(\/\d{1,2})?$/.test(mask) || this.#rows.length >= ROWS) return false;
    this.#store
      .prepare('INSERT INTO access VALUES (?, ?, ?) ON CONFLICT (kind, mask) DO UPDATE SET value = excluded.value')
      .run(kind, mask, value);
    this.#rows = [...this.#rows.filter((row) => row.kind !== kind || row.mask !== mask), { kind, mask, value }];
    return true;
  }

  remove(kind: AccessKind, mask: string): boolean {
    const before = this.#rows.length;
    this.#store.prepare('DELETE FROM access WHERE kind = ? AND mask = ?').run(kind, mask);
    this.#rows = this.#rows.filter((row) => row.kind !== kind || row.mask !== mask);
    return this.#rows.length < before;
  }

  denies(address: string): boolean {
    return this.#matches('deny', address) && !this.#matches('admit', address) && !this.#matches('exempt', address);
  }

  /** The connection limit of the class of this address; null: none says. */
  limit(address: string): number | null {
    if (this.#matches('exempt', address)) return 0;
    const row = this.list('class').find(({ mask }) => maskMatches({ nick: '*', address: mask }, '', address));
    return row?.value ?? null;
  }

  #matches(kind: AccessKind, address: string): boolean {
    return this.#rows.some((row) => row.kind === kind && maskMatches({ nick: '*', address: row.mask }, '', address));
  }
}

const ROWS = 1000;
