// What the guard held: listed with its finding, kept where nothing plays or shares it, until a person decides.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, QuarantineAction, QuarantineRow } from '#api';
import { Failure } from '#base';
import type { Store } from '#store';
import type { Inspected } from './reader/examine.ts';
import type { Row, TransferRows } from './rows.ts';

export type QuarantineParts = {
  readonly store: Store;
  readonly rows: TransferRows;
  readonly dir: string;
  /** Puts a held file into the downloads folder; the path. */
  shelve(id: string, held: string, name: string): Promise<string>;
  /** Takes it back from there. */
  unshelve(path: string, held: string): Promise<void>;
  /** Goes on with a download that was stopped early. */
  overrule(row: Row, held: string): Promise<void>;
};

type Stored = {
  id: string;
  transfer: string;
  name: string;
  size: number;
  whole: number;
  inspection: string;
  nick: string;
  hub: string;
  at: number;
  released: string | null;
};

export class Quarantine {
  readonly #parts: QuarantineParts;

  constructor(parts: QuarantineParts) {
    this.#parts = parts;
  }

  get held(): number {
    const row = this.#parts.store.prepare('SELECT count(*) AS held FROM quarantine WHERE released IS NULL').get();
    return Number(row?.['held'] ?? 0);
  }

  /** Newest first. */
  list(offset: number, limit: number): Page<QuarantineRow> {
    const { store } = this.#parts;
    const total = Number(store.prepare('SELECT count(*) AS total FROM quarantine').get()?.['total'] ?? 0);
    const rows = store
      .prepare('SELECT * FROM quarantine ORDER BY at DESC, id LIMIT ? OFFSET ?')
      .all(limit, offset) as Stored[];
    return { total, offset, rows: rows.map(shown) };
  }

  /** Null when done; else why not. */
  async act(id: string, action: QuarantineAction): Promise<'missing' | null> {
    const stored = this.#parts.store.prepare('SELECT * FROM quarantine WHERE id = ?').get(id) as Stored | undefined;
    if (stored === undefined) return 'missing';
    if (action === 'release') await this.#release(stored);
    else if (action === 'undo') await this.#undo(stored);
    else await this.#delete(stored);
    return null;
  }

  async #release(stored: Stored): Promise<void> {
    const { store, rows } = this.#parts;
    if (stored.released !== null) throw new Failure('it is released already');
    const row = rows.get(stored.transfer);
    if (stored.whole === 0) {
      if (row === undefined || row.state === 'done')
        throw new Failure('it was stopped early, and its transfer is gone: there is no whole file');
      await this.#parts.overrule(row, this.#path(stored.id));
      store.prepare('DELETE FROM quarantine WHERE id = ?').run(stored.id);
      return;
    }
    const path = await this.#parts.shelve(stored.id, this.#path(stored.id), stored.name);
    store.prepare('UPDATE quarantine SET released = ? WHERE id = ?').run(path, stored.id);
    if (row !== undefined && row.state === 'quarantined')
      rows.update(row, {
        state: 'done',
        path,
        reason: 'released by you',
        reasonCode: 'released',
        bytes: stored.size,
        checks: ['overruled'],
      });
  }

  async #undo(stored: Stored): Promise<void> {
    const { store, rows } = this.#parts;
    if (stored.released === null) throw new Failure('it is not released');
    await this.#parts.unshelve(stored.released, this.#path(stored.id));
    store.prepare('UPDATE quarantine SET released = NULL WHERE id = ?').run(stored.id);
    const row = rows.get(stored.transfer);
    if (row?.path === stored.released)
      rows.update(row, {
        state: 'quarantined',
        path: null,
        reason: 'held again',
        reasonCode: 'quarantined',
        bytes: 0,
        checks: [],
      });
  }

  async #delete({ id, released }: Stored): Promise<void> {
    if (released === null) await rm(this.#path(id), { force: true });
    this.#parts.store.prepare('DELETE FROM quarantine WHERE id = ?').run(id);
  }

  #path(id: string): string {
    return join(this.#parts.dir, `${id}.held`);
  }
}

function shown({ id, name, size, inspection, nick, hub, at, released }: Stored): QuarantineRow {
  const { verdict, kind, findings, segments, format } = JSON.parse(inspection) as Inspected;
  return {
    id,
    name,
    sizeBytes: size,
    verdict,
    kind,
    findings,
    segments,
    format,
    nick,
    hub,
    at,
    released: released !== null,
  };
}
