// Who did what to whom, with evidence: for operators, and for whoever was acted upon.
import type { Store } from '#store';
import { LIMITS } from './limits.ts';

export type AuditRow = { id: number; at: number; actor: string; action: string; target: string; detail: string };

export class Audit {
  readonly #store: Store;
  readonly #insert;
  #written = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#insert = store.prepare('INSERT INTO audit (at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?)');
  }

  write(at: number, actor: string, action: string, target: string, detail = ''): void {
    this.#insert.run(at, actor, action, target, detail.slice(0, 1000));
    if (++this.#written % 1000 !== 0) return;
    this.#store.prepare('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?').run(LIMITS.audit.value);
  }

  /** Newest first; `target` empty: of everybody. `before` 0: from the newest on. */
  list(target: string, before: number, limit: number): AuditRow[] {
    const from = before > 0 ? before : Number.MAX_SAFE_INTEGER;
    return this.#store
      .prepare("SELECT * FROM audit WHERE id < ? AND (? = '' OR target = ?) ORDER BY id DESC LIMIT ?")
      .all(from, target, target, limit) as unknown as AuditRow[];
  }
}
