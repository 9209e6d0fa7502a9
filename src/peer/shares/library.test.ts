import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { silentLog } from '#base';
import { openStore, type Store } from '#store';
import { createReader, type Reader } from '../reader/reader.ts';
import { LIBRARY_SCHEMA } from '../schema.ts';
import { Library } from './library.ts';

const TUNES = join(import.meta.dirname, '..', '..', '..', 'assets', 'tunes');
const ONE = 'Ida Fern - Slow River.mp3';
const top = realpathSync(mkdtempSync(join(tmpdir(), 'peershield-library-')));
let count = 0;

describe('the library', () => {
  let root: string;
  let store: Store;
  let library: Library;
  let examined: string[];
  beforeEach(() => {
    library?.close();
    root = join(top, String(++count), 'music');
    mkdirSync(root, { recursive: true });
    store = openStore(':memory:', LIBRARY_SCHEMA);
    library = open();
  });
  after(() => {
    library.close();
    rmSync(top, { recursive: true, force: true });
  });

  function open(roots: string[] = [root]): Library {
    const reader = createReader();
    examined = [];
    const spied: Reader = {
      ...reader,
      examine: (at, below, seen, how) => {
        examined.push(below);
        return reader.examine(at, below, seen, how);
      },
    };
    return new Library({
      store,
      reader: spied,
      log: silentLog,
      now: Date.now,
      roots: roots.map((path) => ({ path: Buffer.from(path).toString('latin1'), kind: 'share' as const })),
    });
  }
  function put(name: string, from: string | Buffer = readFileSync(join(TUNES, ONE))): string {
    const path = join(root, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, from);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    return path;
  }
  const shared = (): string[] =>
    library
      .sharedAfter(0, 100)
      .map(({ wire }) => wire ?? '')
      .toSorted();
  const reasonOf = (name: string): string | null => {
    const row = store.prepare('SELECT reason FROM files WHERE name = ? AND seen >= 0').get(name);
    return row === undefined ? 'not listed' : (row['reason'] as string | null);
  };

  it('shares songs and names what it holds back', async () => {
    put('a/song.mp3');
    put('empty.mp3', Buffer.alloc(0));
    put('letter.mp3', Buffer.from('Dear aunt, this is private.\n'.repeat(500)));
    truncateSync(put('cut.mp3'), 50_001);
    utimesSync(join(root, 'cut.mp3'), 1_700_000_000, 1_700_000_000);
    for (const name of ['.hidden.mp3', 'arriving.mp3.part', 'notes.txt', '.secret/song.mp3']) put(name);
    symlinkSync(join(TUNES, ONE), join(root, 'link.mp3'));
    symlinkSync(TUNES, join(root, 'tunes'));
    symlinkSync(join(root, 'a', 'song.mp3'), join(root, 'inner.mp3'));
    execFileSync('mkfifo', [join(root, 'pipe.mp3')]);
    await library.scan();
    assert.deepEqual(shared(), ['\\music\\a\\song.mp3']);
    assert.match(reasonOf('empty.mp3') ?? '', /0 bytes/);
    assert.match(reasonOf('letter.mp3') ?? '', /^fake/);
    assert.match(reasonOf('cut.mp3') ?? '', /^damaged/);
    assert.match(reasonOf('link.mp3') ?? '', /leads out/);
    assert.match(reasonOf('pipe.mp3') ?? '', /not a regular file/);
    for (const name of ['.hidden.mp3', 'arriving.mp3.part', 'notes.txt', 'inner.mp3'])
      assert.equal(reasonOf(name), 'not listed', name);
    assert.deepEqual({ ...library.counts }, { files: 1, bytes: readFileSync(join(TUNES, ONE)).length, heldBack: 5 });
  });

  it('looks again only at what changed', async () => {
    const tunes = readdirSync(TUNES).filter((file) => file.endsWith('.mp3'));
    for (const name of tunes) put(name, readFileSync(join(TUNES, name)));
    await library.scan();
    const all = examined.length;
    assert.equal(all, tunes.length);
    await library.scan();
    assert.equal(examined.length, all);
    const told: number[][] = [];
    library.onDifference = (...difference) => told.push(difference);
    put(ONE, readFileSync(join(TUNES, 'Ida Fern - Rain on Slate.mp3')));
    await library.scan();
    assert.deepEqual(examined.slice(all), [ONE]);
    assert.deepEqual(told, [[1, 0]]);
    const rows = library.changesSince(0, 100).filter(({ wire }) => wire.endsWith('Slow River.mp3'));
    assert.deepEqual(
      rows.map(({ size, shared: on }) => [size, on]),
      [[readFileSync(join(TUNES, 'Ida Fern - Rain on Slate.mp3')).length, 1]],
    );
  });

  it('waits for a file that is still being written, and shares it then by itself', async () => {
    cpSync(join(TUNES, ONE), join(root, ONE));
    utimesSync(join(root, ONE), Date.now() / 1000, Date.now() / 1000);
    await library.scan();
    assert.deepEqual(shared(), []);
    assert.match(reasonOf(ONE) ?? '', /moment ago/);
    await new Promise<void>((resolve) => {
      library.onChange = () => shared().length === 1 && resolve();
    });
  });

  it('takes back what is gone, a whole folder that was moved away too, and names the folder', async () => {
    put('one.mp3');
    put('two.mp3', readFileSync(join(TUNES, 'Ida Fern - Rain on Slate.mp3')));
    await library.scan();
    const before = library.revision;
    rmSync(join(root, 'one.mp3'));
    await library.scan();
    assert.deepEqual(
      library.changesSince(before, 10).map(({ wire, shared: on }) => [wire, on]),
      [['\\music\\one.mp3', 0]],
    );
    renameSync(root, `${root}.away`);
    await library.scan();
    assert.deepEqual(shared(), []);
    assert.match(library.folderState(Buffer.from(root).toString('latin1')).problem ?? '', /no longer there/);
    renameSync(`${root}.away`, root);
    await library.scan();
    assert.deepEqual(shared(), ['\\music\\two.mp3']);
    assert.equal(library.folderState(Buffer.from(root).toString('latin1')).problem, null);
  });

  it('calls two files by two names, though their folders are called the same', async () => {
    put('song.mp3');
    const second = join(top, String(count), 'other', 'music');
    mkdirSync(second, { recursive: true });
    cpSync(join(root, 'song.mp3'), join(second, 'song.mp3'), { preserveTimestamps: true });
    library.close();
    library = open([root, second]);
    await library.scan();
    assert.deepEqual(shared(), ['\\music\\song (2).mp3', '\\music\\song.mp3']);
  });

  it('opens names that are no UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(`${root}/`), Buffer.from('bj\xf6rk.mp3', 'latin1')]);
    writeFileSync(bytes, readFileSync(join(TUNES, ONE)));
    utimesSync(bytes, 1_700_000_000, 1_700_000_000);
    await library.scan();
    assert.deepEqual(shared(), ['\\music\\bj\xf6rk.mp3']);
    assert.equal(library.byWire('\\music\\bj\xf6rk.mp3')?.name, 'björk.mp3');
  });

  it('knows its files at once after a restart, and forgets folders that are no longer shared', async () => {
    put('song.mp3');
    await library.scan();
    library.close();
    library = open();
    assert.deepEqual(shared(), ['\\music\\song.mp3']);
    library.close();
    library = open([join(top, 'elsewhere')]);
    assert.deepEqual(shared(), []);
  });
});
