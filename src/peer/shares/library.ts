// Our own files: what a scan found, what of it is shared, and what changed since a hub last heard. The truth is the
// table `files`; memory holds nothing that grows with the library but the inodes that have several names.
import { basename } from 'node:path';
import { type ByteString, fold, type Log, readable } from '#base';
import type { Store } from '#store';
import type { Examined, Inspected } from '../reader/examine.ts';
import type { Reader } from '../reader/reader.ts';
import type { Entry } from '../reader/walk.ts';
import { refuseFile, SHARE_LIMITS, wirePath } from './rules.ts';

/** A folder that is looked at; `path` is absolute and without links, as bytes. */
export type Root = { readonly path: ByteString; readonly kind: 'share' | 'downloads' };

/** A row of `files` as SQLite gives it. */
export type FileRow = {
  id: number;
  root: ByteString;
  below: ByteString;
  name: string;
  identity: string;
  size: number;
  mtime: number;
  wire: ByteString | null;
  md5: string;
  kbps: number;
  vbr: number;
  hz: number;
  seconds: number;
  title: string | null;
  artist: string | null;
  album: string | null;
  added: number;
  seen: number;
  shared: number;
  reason: string | null;
  verdict: string | null;
  inspection: string | null;
  checked: number;
  uploads: number;
  rev: number;
};

/** What a hub is told of a file: share it, or (`shared` 0) take it back. */
export type ShareChange = Pick<FileRow, 'rev' | 'size' | 'md5' | 'kbps' | 'hz' | 'seconds' | 'shared' | 'added'> & {
  wire: ByteString;
};

export type LibraryCounts = { files: number; bytes: number; heldBack: number };

const NOT_LOOKED_AT = 'not looked at yet';
/** Up to so many new files are read as a whole before they are shared; beyond it head and tail first, the rest later. */
const WHOLE_AT_ONCE = 500;
const RESCAN_MS = 300_000;
const PARALLEL = 3;

export class Library {
  readonly roots: readonly Root[];
  /** Called when something changed that hubs or pages show; may come often. */
  onChange: () => void = () => {};
  /** Called after a scan that changed what is shared: so many new or changed songs, so many fewer. Not after the first one. */
  onDifference: (more: number, fewer: number) => void = () => {};
  scanning: { done: number; total: number } | null = null;
  #scans = 0;
  readonly #store: Store;
  readonly #reader: Reader;
  readonly #log: Log;
  readonly #now: () => number;
  #rev: number;
  #wanted = false;
  #running: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  #counts: LibraryCounts | null = null;

  constructor(parts: { store: Store; reader: Reader; roots: readonly Root[]; log: Log; now: () => number }) {
    this.#store = parts.store;
    this.#reader = parts.reader;
    this.roots = withoutNested(parts.roots);
    this.#log = parts.log;
    this.#now = parts.now;
    const known = new Map(this.roots.map((root) => [root.path, root]));
    for (const { root } of this.#all<{ root: string }>('SELECT DISTINCT root FROM files'))
      if (!known.has(root)) this.#run('DELETE FROM files WHERE root = ?', root);
    this.#run('DELETE FROM files WHERE seen < 0');
    for (const { path, kind } of this.roots)
      if (kind !== 'share') this.#run('UPDATE files SET shared = 0 WHERE root = ?', path);
    this.#rev = this.#get<{ rev: number | null }>('SELECT max(rev) AS rev FROM files')?.rev ?? 0;
  }

  /** The number of the last change. */
  get revision(): number {
    return this.#rev;
  }

  /** Scans, now or after the running scan; resolves when everything found has been looked at quickly. */
  scan(): Promise<void> {
    this.#wanted = true;
    this.#running ??= this.#scanUntilDone().finally(() => {
      this.#running = null;
      void this.#checkWhole();
    });
    return this.#running;
  }

  /** Scans whenever something changes in the folders. Ends with the reader. */
  async watch(): Promise<void> {
    while (!this.#closed && (await this.#reader.change().catch(() => null)) === true) {
      if (this.#closed) return;
      const started = performance.now();
      await this.scan();
      // A large library whose files change all the time is not scanned all the time.
      await new Promise((resolve) => setTimeout(resolve, (performance.now() - started) * 4).unref());
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** The shared file that strangers call so, or null. */
  byWire(wire: ByteString): FileRow | null {
    return this.#get<FileRow>('SELECT * FROM files WHERE wire = ? AND shared = 1', wire) ?? null;
  }

  byId(id: number): FileRow | null {
    return this.#get<FileRow>('SELECT * FROM files WHERE id = ? AND seen >= 0', id) ?? null;
  }

  /** Whether a file of this size and hash, or size and name, lies here. */
  holds(sizeBytes: number, md5: string | null, name: string): boolean {
    return (
      this.#get(
        'SELECT 1 FROM files WHERE size = ? AND seen >= 0 AND (md5 = ? OR name = ?) LIMIT 1',
        sizeBytes,
        md5 ?? '-',
        name,
      ) !== undefined
    );
  }

  /** At most `limit` changes after `rev`, oldest first. With `rev` 0: everything shared (nothing to take back). */
  changesSince(rev: number, limit: number): ShareChange[] {
    return this.#all<ShareChange>(
      `SELECT rev, wire, size, md5, kbps, hz, seconds, shared, added FROM files
       WHERE rev > ? AND wire IS NOT NULL ORDER BY rev LIMIT ?`,
      rev,
      limit,
    );
  }

  /** All shared files, in pages after `id`: for a direct browse. */
  sharedAfter(id: number, limit: number): FileRow[] {
    return this.#all<FileRow>('SELECT * FROM files WHERE shared = 1 AND id > ? ORDER BY id LIMIT ?', id, limit);
  }

  countUpload(id: number): void {
    this.#run('UPDATE files SET uploads = uploads + 1 WHERE id = ?', id);
  }

  /** What could not be opened for a stranger is not offered any longer, and looked at again. */
  holdBack(id: number, reason: string): void {
    this.#run('UPDATE files SET shared = 0, reason = ?, checked = 0, rev = ? WHERE id = ?', reason, ++this.#rev, id);
    this.#changed();
    void this.scan();
  }

  get counts(): LibraryCounts {
    this.#counts ??= this.#get<LibraryCounts>(
      `SELECT count(*) FILTER (WHERE shared = 1) AS files, coalesce(sum(size) FILTER (WHERE shared = 1), 0) AS bytes,
        count(*) FILTER (WHERE shared = 0 AND root IN (SELECT value FROM json_each(?))) AS heldBack
       FROM files WHERE seen >= 0`,
      JSON.stringify(this.#shareRoots()),
    ) as LibraryCounts;
    return this.#counts;
  }

  folderState(root: ByteString): {
    files: number;
    bytes: number;
    heldBack: number;
    scannedAt: number | null;
    problem: string | null;
  } {
    const counts = this.#get<LibraryCounts>(
      `SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes, count(*) FILTER (WHERE shared = 0) AS heldBack
       FROM files WHERE seen >= 0 AND root = ?`,
      root,
    ) as LibraryCounts;
    const folder = this.#get<{ scanned: number | null; problem: string | null }>(
      'SELECT scanned, problem FROM folders WHERE root = ?',
      root,
    );
    return { ...counts, scannedAt: folder?.scanned ?? null, problem: folder?.problem ?? null };
  }

  async #scanUntilDone(): Promise<void> {
    while (this.#wanted && !this.#closed) {
      this.#wanted = false;
      const started = performance.now();
      const unsettled = await this.#scanOnce().catch((error: unknown) => {
        if (this.#closed) return false;
        this.#log.error('scan-failed', { why: String(error) });
        return true;
      });
      if (this.#closed) return;
      const took = performance.now() - started;
      this.#rescanIn(unsettled ? Math.max(SHARE_LIMITS.quietMs.value + 200, took * 5) : RESCAN_MS);
    }
  }

  #rescanIn(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.scan(), ms);
    this.#timer.unref();
  }

  /** One look at everything; true when something was too fresh to be judged. */
  async #scanOnce(): Promise<boolean> {
    const scan = (this.#get<{ seen: number | null }>('SELECT max(seen) AS seen FROM files')?.seen ?? 0) + 1;
    const linked = new Map<string, { names: number; links: number }>();
    const problems = new Map<ByteString, string>();
    this.scanning = { done: 0, total: 0 };
    const before = this.#rev;
    this.#run('DELETE FROM files WHERE seen < 0');
    const walk = await this.#reader.walk(this.roots.map(({ path }) => path));
    for (let batch = await this.#reader.next(walk); batch !== null; batch = await this.#reader.next(walk)) {
      if (this.#closed) return false;
      this.#record(batch.entries, scan, linked);
      for (const { path, reason } of batch.problems) {
        const root = this.roots.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}/`));
        if (root !== undefined && !problems.has(root.path))
          problems.set(
            root.path,
            path === root.path ? reason : `${readable(path.slice(root.path.length + 1))}: ${reason}`,
          );
      }
      this.scanning = { done: 0, total: this.scanning.total + batch.entries.length };
      this.#changed();
    }
    this.#forget(scan);
    const unsettled = await this.#examineNew(scan, linked);
    for (const { path } of this.roots)
      this.#run(
        'INSERT INTO folders (root, scanned, problem) VALUES (?1, ?2, ?3) ON CONFLICT (root) DO UPDATE SET scanned = ?2, problem = ?3',
        path,
        this.#now(),
        problems.get(path) ?? null,
      );
    this.scanning = null;
    this.#changed();
    if (this.#scans++ > 0 && this.#rev > before) this.#tellDifference(before);
    const { files, heldBack } = this.counts;
    this.#log.info('scanned', { shared: files, heldBack });
    return unsettled;
  }

  #record(entries: readonly Entry[], scan: number, linked: Map<string, { names: number; links: number }>): void {
    this.#store.exec('BEGIN');
    for (const entry of entries) {
      if (entry.links > 1) {
        const inode = linked.get(entry.identity) ?? { names: 0, links: entry.links };
        inode.names++;
        linked.set(entry.identity, inode);
      }
      const row = this.#get<FileRow>('SELECT * FROM files WHERE root = ? AND below = ?', entry.root, entry.below);
      const same =
        row !== undefined &&
        row.identity === entry.identity &&
        row.size === entry.sizeBytes &&
        row.mtime === entry.mtimeMs;
      const refused = entry.isFile ? entry.refused : (entry.refused ?? 'not a regular file');
      if (refused !== null) this.#hold(entry, row, scan, refused);
      else if (!same) this.#hold(entry, row, scan, NOT_LOOKED_AT);
      else this.#run('UPDATE files SET seen = ? WHERE id = ?', scan, row.id);
    }
    this.#store.exec('COMMIT');
  }

  /** Writes an entry that is new or changed: not shared until it has been looked into. */
  #hold(entry: Entry, row: FileRow | undefined, scan: number, reason: string): void {
    const checked = reason === NOT_LOOKED_AT ? 0 : 2;
    const { root, below, identity, sizeBytes, mtimeMs } = entry;
    if (row === undefined) {
      const name = readable(basename(below));
      this.#run(
        `INSERT INTO files (root, below, name, folded, identity, size, mtime, added, seen, shared, reason, checked, rev)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, 0)`,
        root,
        below,
        name,
        fold(readable(below)),
        identity,
        sizeBytes,
        mtimeMs,
        this.#now(),
        scan,
        reason,
        checked,
      );
      return;
    }
    const rev = row.shared === 1 ? ++this.#rev : row.rev;
    this.#run(
      `UPDATE files SET identity = ?, size = ?, mtime = ?, seen = ?, shared = 0, reason = ?, checked = ?, verdict = NULL,
       inspection = NULL, rev = ? WHERE id = ?`,
      identity,
      sizeBytes,
      mtimeMs,
      scan,
      reason,
      checked,
      rev,
      row.id,
    );
  }

  #tellDifference(before: number): void {
    const changed = this.#get<{ more: number; fewer: number }>(
      `SELECT count(*) FILTER (WHERE shared = 1) AS more, count(*) FILTER (WHERE shared = 0) AS fewer
       FROM files WHERE rev > ? AND wire IS NOT NULL`,
      before,
    );
    if (changed !== undefined && changed.more + changed.fewer > 0) this.onDifference(changed.more, changed.fewer);
  }

  /** Files that this scan did not find are gone; their rows stay until the next scan, so that hubs hear of it. */
  #forget(scan: number): void {
    for (const { id, shared } of this.#all<Pick<FileRow, 'id' | 'shared'>>(
      'SELECT id, shared FROM files WHERE seen >= 0 AND seen < ?',
      scan,
    ))
      this.#run(
        'UPDATE files SET seen = -1, shared = 0, reason = ?, rev = ? WHERE id = ?',
        'gone',
        shared === 1 ? ++this.#rev : 0,
        id,
      );
  }

  async #examineNew(scan: number, linked: ReadonlyMap<string, { names: number; links: number }>): Promise<boolean> {
    let unsettled = false;
    this.#holdLinked(linked);
    const { total } = this.#get<{ total: number }>(
      'SELECT count(*) AS total FROM files WHERE checked = 0 AND seen = ?',
      scan,
    ) as { total: number };
    const how = total <= WHOLE_AT_ONCE ? 'whole' : 'quick';
    let after = 0;
    const next = (): FileRow | undefined => {
      const row = this.#get<FileRow>(
        'SELECT * FROM files WHERE checked = 0 AND seen = ? AND id > ? ORDER BY id LIMIT 1',
        scan,
        after,
      );
      if (row !== undefined) after = row.id;
      return row;
    };
    let done = 0;
    const work = async (): Promise<void> => {
      for (let row = next(); row !== undefined && !this.#closed; row = next()) {
        this.scanning = { done: done++, total };
        if (await this.#examine(row, linked.get(row.identity), how)) unsettled = true;
        this.#changed();
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return unsettled;
  }

  /** A file with more names than lie in our folders may be anything private: held back, also when it was fine before. */
  #holdLinked(linked: ReadonlyMap<string, { names: number; links: number }>): void {
    for (const [identity, { names, links }] of linked) {
      if (links <= names) continue;
      for (const row of this.#all<FileRow>('SELECT * FROM files WHERE identity = ? AND shared = 1', identity))
        this.#settle(row, {
          reason: refuseFile({ isFile: true, sizeBytes: row.size, mtimeMs: 0, links }, names, this.#now()) ?? '',
          inspected: null,
          checked: 0,
        });
    }
  }

  /** True when it must be looked at again soon. */
  async #examine(
    row: FileRow,
    inode: { names: number; links: number } | undefined,
    how: 'quick' | 'whole',
  ): Promise<boolean> {
    const found = { isFile: true, sizeBytes: row.size, mtimeMs: row.mtime, links: inode?.links ?? 1 };
    const refusal = refuseFile(found, inode?.names ?? 1, this.#now());
    if (refusal !== null) {
      const young = refusal.startsWith('written to');
      this.#settle(row, { reason: refusal, inspected: null, checked: young || found.links > 1 ? 0 : 2 });
      return young;
    }
    const answer = await this.#reader.examine(row.root, row.below, seenIn(row), how);
    if (this.#closed) return false;
    const changed = 'refused' in answer && /changed since|another file/.test(answer.refused);
    this.#apply(row, answer, changed ? 0 : how === 'whole' ? 2 : 1);
    return changed;
  }

  #apply(row: FileRow, answer: Examined, checked: number): void {
    if ('refused' in answer) {
      this.#settle(row, { reason: answer.refused, inspected: answer.inspected, checked });
      return;
    }
    const { facts } = answer;
    const share = this.roots.some(({ path, kind }) => path === row.root && kind === 'share');
    const folded = fold([readable(row.below), facts.title, facts.artist, facts.album].join(' '));
    this.#run(
      `UPDATE files SET md5 = ?, kbps = ?, vbr = ?, hz = ?, seconds = ?, title = ?, artist = ?, album = ?, folded = ?,
       shared = ?, reason = ?, verdict = ?, inspection = ?, checked = ?, wire = ?, rev = ? WHERE id = ?`,
      facts.md5,
      facts.kbps,
      facts.vbr ? 1 : 0,
      facts.hz,
      facts.seconds,
      facts.title,
      facts.artist,
      facts.album,
      folded,
      share ? 1 : 0,
      share ? null : 'in the downloads folder, which is not shared',
      facts.inspected?.verdict ?? row.verdict,
      facts.inspected === null ? row.inspection : JSON.stringify(facts.inspected),
      checked,
      share ? (row.wire ?? this.#freeWire(row)) : null,
      ++this.#rev,
      row.id,
    );
  }

  #settle(row: FileRow, outcome: { reason: string; inspected: Inspected | null; checked: number }): void {
    const { reason, inspected, checked } = outcome;
    const rev = row.shared === 1 ? ++this.#rev : row.rev;
    this.#run(
      'UPDATE files SET shared = 0, reason = ?, verdict = ?, inspection = ?, checked = ?, rev = ? WHERE id = ?',
      reason,
      inspected?.verdict ?? null,
      inspected === null ? null : JSON.stringify(inspected),
      checked,
      rev,
      row.id,
    );
    if (row.shared === 1) this.#log.warn('unshared', { name: row.name, reason });
  }

  #freeWire({ root, below }: FileRow): ByteString {
    for (let n = 1; ; n++) {
      const wire = wirePath(basename(root) || 'music', below, n);
      if (this.#get('SELECT 1 FROM files WHERE wire = ?', wire) === undefined) return wire;
    }
  }

  /** Looks through as a whole, one at a time, what was shared after a quick look; stops while a scan runs. */
  async #checkWhole(): Promise<void> {
    while (!this.#closed && this.#running === null) {
      const row = this.#get<FileRow>('SELECT * FROM files WHERE checked = 1 AND seen >= 0 LIMIT 1');
      if (row === undefined) return;
      const answer = await this.#reader.examine(row.root, row.below, seenIn(row), 'whole');
      if (this.#closed) return;
      const now = this.byId(row.id);
      if (now === null || now.checked !== 1) continue;
      if ('facts' in answer)
        this.#run(
          'UPDATE files SET verdict = ?, inspection = ?, checked = 2 WHERE id = ?',
          answer.facts.inspected?.verdict ?? null,
          JSON.stringify(answer.facts.inspected),
          row.id,
        );
      else this.#apply(now, answer, 2);
      this.#changed();
    }
  }

  #shareRoots(): ByteString[] {
    return this.roots.filter(({ kind }) => kind === 'share').map(({ path }) => path);
  }

  #changed(): void {
    this.#counts = null;
    this.onChange();
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names the row that the SQL gives
  #get<T>(sql: string, ...values: (string | number | null)[]): T | undefined {
    return this.#prepared(sql).get(...values) as T | undefined;
  }
  #all<T>(sql: string, ...values: (string | number | null)[]): T[] {
    return this.#prepared(sql).all(...values) as T[];
  }
  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#prepared(sql).run(...values);
  }
  #prepared(sql: string): ReturnType<Store['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#store.prepare(sql)));
    return statement;
  }
  readonly #statements = new Map<string, ReturnType<Store['prepare']>>();
}

function seenIn({ identity, size, mtime }: FileRow): { identity: string; sizeBytes: number; mtimeMs: number } {
  return { identity, sizeBytes: size, mtimeMs: mtime };
}

/** A folder inside another one of the list would be found twice; a shared folder wins over the downloads folder. */
function withoutNested(roots: readonly Root[]): Root[] {
  const sorted = roots.toSorted(
    (a, b) => Number(a.kind === 'downloads') - Number(b.kind === 'downloads') || a.path.length - b.path.length,
  );
  const kept: Root[] = [];
  for (const root of sorted)
    if (
      !kept.some(
        ({ path, kind }) =>
          root.path === path || (root.path.startsWith(`${path}/`) && (kind === 'share' || root.kind === 'downloads')),
      )
    )
      kept.push(root);
  return kept;
}
