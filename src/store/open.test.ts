import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { backupStore, openStore } from './open.ts';

const dir = mkdtempSync(join(tmpdir(), 'peershield-store-'));
after(() => rmSync(dir, { recursive: true }));
const FIRST = 'CREATE TABLE song (name TEXT NOT NULL)';
const SECOND = 'ALTER TABLE song ADD COLUMN kbps INTEGER NOT NULL DEFAULT 0';

test('a store is created private, and each schema step is applied once', () => {
  const path = join(dir, 'a.db');
  const store = openStore(path, [FIRST]);
  store.prepare('INSERT INTO song VALUES (?)').run('one');
  store.close();
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const again = openStore(path, [FIRST, SECOND]);
  assert.deepEqual({ ...again.prepare('SELECT * FROM song').get() }, { name: 'one', kbps: 0 });
  again.close();
});

test('a step that fails leaves the store at the step before, with words', () => {
  const path = join(dir, 'b.db');
  assert.throws(() => openStore(path, [FIRST, 'CREATE TABLE x (y); NONSENSE']), /schema step 2 failed/);
  const store = openStore(path, [FIRST, SECOND]);
  assert.equal(store.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'x'").get()?.['n'], 0);
  store.close();
});

test('a store of a newer version and a file that is no database are refused', () => {
  const path = join(dir, 'c.db');
  openStore(path, [FIRST, SECOND]).close();
  assert.throws(() => openStore(path, [FIRST]), /newer version/);
  const text = join(dir, 'd.db');
  writeFileSync(text, 'this is a text, and a rather long one, long enough to be read as a header of a database file');
  assert.throws(() => openStore(text, [FIRST]), /d\.db/);
});

test('a backup holds what was committed when it began', async () => {
  const store = openStore(join(dir, 'e.db'), [FIRST]);
  store.prepare('INSERT INTO song VALUES (?)').run('kept');
  await backupStore(store, join(dir, 'copy.db'));
  const copy = openStore(join(dir, 'copy.db'), [FIRST]);
  assert.equal(copy.prepare('SELECT name FROM song').get()?.['name'], 'kept');
  copy.close();
  store.close();
});
