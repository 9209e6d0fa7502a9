// Who did what to whom, with evidence: for operators, and for whoever was acted upon.
import type { Store } from '#store';
import { LIMITS } from './limits.ts';

export type AuditRow = { id: number; at: number; actor: string; action: string; target: string; detail: string };

const MOST_WAITING = 1000;

export class Audit {
  /** Set by a running hub: rows gather and go to disk together, once a second, so that nobody waits for the disk. */
  gathers = false;
  readonly #store: Store;
  readonly #insert;
  readonly #waiting: Omit<AuditRow, 'id'>[] = [];
  #written = 0;

  constructor(store: Store) {
    this.#store = store;
    this.#insert = store.prepare('INSERT INTO audit (at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?)');
  }

  write(at: number, actor: string, action: string, target: string, detail = ''): void {
    this.#waiting.push({ at, actor, action, target, detail: detail.slice(0, 1000) });
    if (!this.gathers || this.#waiting.length >= MOST_WAITING) this.flush();
  }

  /** Everything that was written is on disk. */
  flush(): void {
    const rows = this.#waiting.splice(0);
    if (rows.length === 0) return;
    this.#store.exec('BEGIN IMMEDIATE');
    for (const { at, actor, action, target, detail } of rows) this.#insert.run(at, actor, action, target, detail);
    this.#store.exec('COMMIT');
    this.#written += rows.length;
    if (this.#written < 1000) return;
    this.#written = 0;
    this.#store.prepare('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?').run(LIMITS.audit.value);
  }

  /** Newest first; `target` empty: of everybody. `before` 0: from the newest on. */
  list(target: string, before: number, limit: number): AuditRow[] {
    this.flush();
    const from = before > 0 ? before : Number.MAX_SAFE_INTEGER;
    return this.#store
      .prepare("SELECT * FROM audit WHERE id < ? AND (? = '' OR target = ?) ORDER BY id DESC LIMIT ?")
      .all(from, target, target, limit) as unknown as AuditRow[];
  }
}
