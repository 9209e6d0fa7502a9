// The transfer list: what is shown of each transfer, kept in memory and, where it must last, in the table `transfers`.
// Each change gets a number, so that a page can be told what changed since it last looked.
import { LIMITS as API_LIMITS, type Transfer, type TransfersDelta } from '#api';
import type { Store } from '#store';

/** A transfer as the page sees it, and what only we need. */
export type Row = Transfer & {
  /** Smaller goes first. */
  order: number;
  /** Where it is to be shelved; null: the downloads folder. */
  folder: string | null;
  path: string | null;
  sha1: string | null;
  /** What was checked when it was done, in words. */
  checks: string[];
  /** JSON of the verdict, when there is one. */
  inspection: string | null;
  /** A person wants it whatever the guard says. */
  overruled: boolean;
  revision: number;
};

const FINISHED: ReadonlySet<Transfer['state']> = new Set(['done', 'failed', 'quarantined']);
/** Rows that went, remembered so that pages hear of it; older pages get the whole list. */
const GONE_KEPT = 1_000;

export function isFinished({ state }: Pick<Transfer, 'state'>): boolean {
  return FINISHED.has(state);
}

type Stored = {
  id: string;
  direction: 'down' | 'up';
  state: string;
  name: string;
  size: number | null;
  bytes: number;
  ord: number;
  paused: number;
  folder: string | null;
  path: string | null;
  sha1: string | null;
  reason: string | null;
  code: string | null;
  verdict: Transfer['verdict'];
  inspection: string | null;
  overruled: number;
  kbps: number;
  seconds: number;
  nick: string;
  hub: string;
  added: number;
  ended: number | null;
};

export class TransferRows {
  /** Called after each change of a row, with it; null: rows went. */
  onChange: (row: Row | null) => void = () => {};
  revision = 1;
  readonly #store: Store;
  readonly #rows = new Map<string, Row>();
  readonly #gone: { id: string; revision: number }[] = [];
  #forgotten = 0;

  constructor(store: Store) {
    this.#store = store;
    for (const stored of store.prepare('SELECT * FROM transfers ORDER BY added').all() as Stored[]) {
      const row = revive(stored);
      this.#rows.set(row.id, row);
    }
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  all(): Iterable<Row> {
    return this.#rows.values();
  }

  /** No row is finished that could give way to a new one. */
  get isFull(): boolean {
    if (this.#rows.size < API_LIMITS.transferRows.value) return false;
    for (const row of this.#rows.values()) if (isFinished(row)) return false;
    return true;
  }

  /** A new row, on disk when this returns. */
  add(row: Row): void {
    this.#makeRoom();
    this.#rows.set(row.id, row);
    this.save(row);
    this.#touch(row);
  }

  /** Changes what is shown; on disk too when it ends or when `save` is called. */
  update(row: Row, change: Partial<Row>): void {
    Object.assign(row, change);
    if (
      change.state !== undefined ||
      change.paused !== undefined ||
      change.order !== undefined ||
      change.sizeBytes !== undefined
    )
      this.save(row);
    this.#touch(row);
  }

  remove(row: Row): void {
    this.#rows.delete(row.id);
    this.#store.prepare('DELETE FROM transfers WHERE id = ?').run(row.id);
    this.#gone.push({ id: row.id, revision: ++this.revision });
    if (this.#gone.length > GONE_KEPT) this.#forgotten = (this.#gone.shift() as { revision: number }).revision;
    this.onChange(null);
  }

  save(row: Row): void {
    const state = isFinished(row) ? row.state : 'open';
    // An upload is ours to remember once it is over; its partner asks again by itself.
    if (row.direction === 'up' && state === 'open') return;
    this.#store
      .prepare(
        `INSERT INTO transfers (id, direction, state, name, size, bytes, ord, paused, folder, path, sha1, reason, code, verdict, inspection, overruled,
          kbps, seconds, nick, hub, added, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, size = excluded.size, bytes = excluded.bytes, ord = excluded.ord,
          paused = excluded.paused, path = excluded.path, sha1 = excluded.sha1, reason = excluded.reason, code = excluded.code,
          verdict = excluded.verdict, inspection = excluded.inspection, overruled = excluded.overruled, nick = excluded.nick, hub = excluded.hub, ended = excluded.ended`,
      )
      .run(
        row.id,
        row.direction,
        state,
        row.name,
        row.sizeBytes,
        row.bytes,
        row.order,
        row.paused ? 1 : 0,
        row.folder,
        row.path,
        row.sha1,
        row.reason,
        row.reasonCode,
        row.verdict,
        row.inspection,
        row.overruled ? 1 : 0,
        row.kbps,
        row.seconds,
        row.nick,
        row.hub,
        row.addedAt,
        row.endedAt,
      );
  }

  /** What changed after `since`; everything when that is too long ago or 0. */
  delta(since: number): TransfersDelta {
    const full = since === 0 || since > this.revision || since < this.#forgotten;
    const rows: Transfer[] = [];
    for (const row of this.#rows.values()) if (full || row.revision > since) rows.push(shown(row));
    const gone = full ? [] : this.#gone.filter(({ revision }) => revision > since).map(({ id }) => id);
    return { revision: this.revision, full, rows, gone };
  }

  #touch(row: Row): void {
    row.revision = ++this.revision;
    this.onChange(row);
  }

  /** The oldest finished row gives way, others' before one's own: strangers must not push out what a person fetched. */
  #makeRoom(): void {
    if (this.#rows.size < API_LIMITS.transferRows.value) return;
    let oldest: Row | null = null;
    for (const row of this.#rows.values()) {
      if (!isFinished(row)) continue;
      if (row.direction === 'up') {
        oldest = row;
        break;
      }
      oldest ??= row;
    }
    if (oldest !== null) this.remove(oldest);
  }
}

/** What leaves this process of a row. */
export function shown({
  order: _order,
  folder: _folder,
  inspection: _inspection,
  overruled: _overruled,
  revision: _revision,
  ...row
}: Row): Transfer {
  return row;
}

function revive(stored: Stored): Row {
  const { id, direction, name, bytes, folder, path, sha1, reason, verdict, inspection, kbps, seconds, nick, hub } =
    stored;
  const state = stored.state === 'open' ? 'queued' : (stored.state as Transfer['state']);
  return {
    id,
    direction,
    network: 'napster',
    name,
    state,
    bytes,
    folder,
    path,
    sha1,
    reason,
    verdict,
    inspection,
    kbps,
    seconds,
    nick,
    hub,
    sizeBytes: stored.size ?? 0,
    order: stored.ord,
    paused: stored.paused === 1,
    bps: 0,
    reasonCode: stored.code,
    retryAt: null,
    queuePlace: null,
    alternatives: 0,
    addedAt: stored.added,
    endedAt: stored.ended,
    playableBytes: 0,
    libraryId: null,
    checks: [],
    overruled: stored.overruled === 1,
    revision: 1,
  };
}
