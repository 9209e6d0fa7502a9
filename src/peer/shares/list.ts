// The library as the page lists it: a page of rows, sorted and filtered by SQLite. Sort keys come from a table, never from
// the request's text.
import { createHash } from 'node:crypto';
import type { LibraryFile, LibraryFolder, LibraryQuery, LibrarySort, Page, Verdict } from '#api';
import { type ByteString, fold, readable } from '#base';
import type { Store } from '#store';
import type { FileRow, Library, Root } from './library.ts';

const COLUMNS: Readonly<Record<LibrarySort, string>> = {
  name: 'name COLLATE NOCASE',
  artist: 'artist COLLATE NOCASE',
  album: 'album COLLATE NOCASE',
  sizeBytes: 'size',
  kbps: 'kbps',
  seconds: 'seconds',
  addedAt: 'added',
  uploads: 'uploads',
  path: 'below',
};

export function folderId(root: ByteString): string {
  return createHash('sha1').update(root, 'latin1').digest('hex').slice(0, 12);
}

export function listLibrary(store: Store, library: Library, query: LibraryQuery): Page<LibraryFile> {
  const { offset = 0, limit = 200, sort = 'name', order = 'asc', q = '', folderId: folder, only } = query;
  const where = ['seen >= 0'];
  const values: (string | number)[] = [];
  for (const pattern of likePatterns(q)) {
    where.push(`folded LIKE ? ESCAPE '\\'`);
    values.push(pattern);
  }
  const roots = library.roots.filter(({ path }) => folder === undefined || folderId(path) === folder);
  if (folder !== undefined) {
    where.push('root = ?');
    values.push(roots[0]?.path ?? '');
  }
  if (only === 'shared') where.push('shared = 1');
  if (only === 'held-back') where.push('shared = 0');
  if (only === 'downloads') {
    where.push('root IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(library.roots.filter(({ kind }) => kind === 'downloads').map(({ path }) => path)));
  }
  const condition = where.join(' AND ');
  const total = Number(
    store.prepare(`SELECT count(*) AS total FROM files WHERE ${condition}`).get(...values)?.['total'] ?? 0,
  );
  const rows = store
    .prepare(
      `SELECT * FROM files WHERE ${condition} ORDER BY ${COLUMNS[sort]} ${order === 'desc' ? 'DESC' : 'ASC'}, id LIMIT ? OFFSET ?`,
    )
    .all(...values, limit, offset) as FileRow[];
  return { total, offset, rows: rows.map(shownFile) };
}

export function listFolders(library: Library): LibraryFolder[] {
  return library.roots.map(({ path, kind }: Root) => {
    const { files, bytes, heldBack, scannedAt, problem } = library.folderState(path);
    const shared = kind === 'share';
    return {
      id: folderId(path),
      path: readable(path),
      kind,
      shared,
      files,
      bytes,
      heldBack: shared ? heldBack : 0,
      scanning: library.scanning !== null,
      scannedAt,
      problem,
    };
  });
}

function shownFile(row: FileRow): LibraryFile {
  const {
    id,
    name,
    root,
    below,
    size,
    kbps,
    vbr,
    hz,
    seconds,
    title,
    artist,
    album,
    added,
    shared,
    reason,
    verdict,
    uploads,
  } = row;
  return {
    id: String(id),
    name,
    folderId: folderId(root),
    path: readable(below),
    sizeBytes: size,
    kbps,
    vbr: vbr === 1,
    hz,
    seconds,
    title,
    artist,
    album,
    addedAt: added,
    shared: shared === 1,
    reason,
    verdict: verdict as Verdict | null,
    uploads,
  };
}

/** Words of a library search, folded, as LIKE patterns. */
function likePatterns(text: string): string[] {
  return fold(text)
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 16)
    .map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
}
