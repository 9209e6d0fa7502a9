import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder } from './folder.ts';

const dir = mkdtempSync(join(tmpdir(), 'peershield-folder-'));
after(() => rmSync(dir, { recursive: true }));

test('a folder is made with those above it, and one that is there is left as it is', () => {
  makeFolder(join(dir, 'a', 'b', 'c'), 0o700);
  makeFolder(join(dir, 'a', 'b', 'c'));
  assert.equal(statSync(join(dir, 'a', 'b', 'c')).mode & 0o777, 0o700);
});

test('a place where no folder can be ends with an error, and a file is no folder', {
  skip: process.platform !== 'linux',
}, () => {
  assert.throws(() => makeFolder('/proc/nowhere'), { code: 'ENOENT' });
  assert.throws(() => makeFolder('/proc/nowhere/deep'), { code: 'ENOENT' });
  writeFileSync(join(dir, 'file'), '');
  assert.throws(() => makeFolder(join(dir, 'file')), { code: 'EEXIST' });
});
