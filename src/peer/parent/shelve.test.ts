import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { shelve, shelvedAs } from './shelve.ts';

describe('shelving a finished download', () => {
  let dir: string;
  let downloads: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'peershield-shelve-'));
    downloads = join(dir, 'downloads');
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  function part(text: string): string {
    const path = join(dir, 'x.part');
    writeFileSync(path, text);
    return path;
  }

  it('moves it under its base name and makes the folder', async () => {
    const path = await shelve({ part: part('one'), folder: downloads, name: '\\Music\\song.mp3', id: 'a' });
    assert.equal(path, join(downloads, 'song.mp3'));
    assert.equal(readFileSync(path, 'utf8'), 'one');
    assert.equal(existsSync(join(dir, 'x.part')), false);
  });

  it('never writes over a file or a link that has the name', async () => {
    symlinkSync('/nowhere', join(downloads, 'song (2).mp3'));
    const path = await shelve({ part: part('two'), folder: downloads, name: 'song.mp3', id: 'b' });
    assert.equal(path, join(downloads, 'song (3).mp3'));
    assert.equal(readFileSync(join(downloads, 'song.mp3'), 'utf8'), 'one');
  });

  it('finishes what a crash between link and unlink left', async () => {
    const from = part('three');
    linkSync(from, join(downloads, 'third.mp3'));
    assert.equal(
      await shelve({ part: from, folder: downloads, name: 'third.mp3', id: 'c' }),
      join(downloads, 'third.mp3'),
    );
    assert.equal(existsSync(from), false);
    assert.equal(existsSync(join(downloads, 'third (2).mp3')), false);
  });

  it('is found again by its hash after a crash that came before the note of it', async () => {
    const sha1 = createHash('sha1').update('noted').digest('hex');
    const file = { folder: downloads, name: 'noted.mp3', sizeBytes: 5, sha1 };
    assert.equal(await shelvedAs(file), null);
    writeFileSync(join(downloads, 'noted.mp3'), 'other');
    const path = await shelve({ part: part('noted'), folder: downloads, name: 'noted.mp3', id: 'n' });
    assert.equal(path, join(downloads, 'noted (2).mp3'));
    assert.equal(await shelvedAs(file), path);
  });

  it('stays in the folder whatever the name', async () => {
    const path = await shelve({ part: part('four'), folder: downloads, name: '..\\../..', id: 'd' });
    assert.equal(path, join(downloads, 'unnamed'));
  });

  it('refuses what is no regular file', async () => {
    const link = join(dir, 'link.part');
    symlinkSync('/etc/hostname', link);
    await assert.rejects(shelve({ part: link, folder: downloads, name: 'a.mp3', id: 'e' }), /not a regular file/);
    assert.equal(existsSync(join(downloads, 'a.mp3')), false);
  });

  const other = '/dev/shm';
  const apart = existsSync(other) && statfsSync(other).type !== statfsSync(tmpdir()).type;
  it('copies across file systems and leaves no dot file', {
    skip: apart ? false : 'needs a second file system',
  }, async () => {
    const far = mkdtempSync(join(other, 'peershield-shelve-'));
    try {
      mkdirSync(far, { recursive: true });
      writeFileSync(join(far, 'song.mp3'), 'theirs');
      const path = await shelve({ part: part('five'), folder: far, name: 'song.mp3', id: 'f' });
      assert.equal(path, join(far, 'song (2).mp3'));
      assert.deepEqual(readdirSync(far).toSorted(), ['song (2).mp3', 'song.mp3']);
      assert.equal(existsSync(join(dir, 'x.part')), false);
    } finally {
      rmSync(far, { recursive: true });
    }
  });
});
