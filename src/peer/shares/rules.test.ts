import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isHidden, isUnfinished, looksLikeAudio, refuseFile, riskOf, SHARE_LIMITS, wirePath } from './rules.ts';

const SOUND = { isFile: true, sizeBytes: 1000, mtimeMs: 0, links: 1 };
const NOW = 1_000_000;

describe('what may be shared', () => {
  it('is audio by its last extension, in any case', () => {
    for (const name of ['a.mp3', 'A.MP3', 'a.b.ogg', 'a.flac', 'a.opus', 'a.m4a', 'a.wav'])
      assert.ok(looksLikeAudio(name), name);
    for (const name of ['a.txt', 'mp3', '.mp3', 'a.mp3.exe', 'a.mp3.part', 'a']) assert.ok(!looksLikeAudio(name), name);
  });

  it('is not hidden and not under a name of something still arriving', () => {
    for (const name of ['.a.mp3', '.git', '$RECYCLE.BIN']) assert.ok(isHidden(name), name);
    for (const name of ['a.mp3.part', 'a.crdownload', 'INCOMPLETE~a.mp3', 'T-123-a.mp3', 'a.mp3~', 'a.!qB'])
      assert.ok(isUnfinished(name), name);
    assert.ok(!isUnfinished('Incomplete Me.mp3'));
  });

  it('is a whole, quiet, regular file without names outside', () => {
    assert.equal(refuseFile(SOUND, 1, NOW), null);
    assert.match(refuseFile({ ...SOUND, isFile: false }, 1, NOW) ?? '', /not a regular file/);
    assert.match(refuseFile({ ...SOUND, sizeBytes: 0 }, 1, NOW) ?? '', /empty/);
    assert.match(refuseFile({ ...SOUND, sizeBytes: SHARE_LIMITS.sizeBytes.value + 1 }, 1, NOW) ?? '', /4 GiB/);
    assert.match(refuseFile({ ...SOUND, links: 2 }, 1, NOW) ?? '', /hard link/);
    assert.equal(refuseFile({ ...SOUND, links: 2 }, 2, NOW), null);
    assert.match(refuseFile({ ...SOUND, mtimeMs: NOW - 10 }, 1, NOW) ?? '', /moment ago/);
    assert.equal(refuseFile({ ...SOUND, mtimeMs: NOW + 86_400_000 }, 1, NOW), null);
  });
});

describe('what strangers call a shared file', () => {
  const long = `${'x'.repeat(196)}.mp3`;
  const TABLE: [root: string, below: string, wire: string][] = [
    ['Music', 'a.mp3', '\\Music\\a.mp3'],
    ['Music', 'Artist/Album/a.mp3', '\\Music\\Artist\\Album\\a.mp3'],
    ['Music', 'say "hi".mp3', '\\Music\\say `hi`.mp3'],
    ['Music', 'back\\slash\n.mp3', '\\Music\\back_slash_.mp3'],
    ['Music', `sub/${long}`, `\\Music\\sub\\${long}`],
    ['Music', `${'y'.repeat(60)}/${long}`, `\\${long}`],
  ];
  for (const [root, below, wire] of TABLE)
    it(`${root} and ${below.slice(0, 20)} become ${wire.slice(0, 24)}`, () =>
      assert.equal(wirePath(root, below), wire));

  it('is told apart by a number where two would be called the same', () => {
    assert.equal(wirePath('Music', 'a.mp3', 2), '\\Music\\a (2).mp3');
    assert.equal(wirePath('Music', 'a', 3), '\\Music\\a (3)');
  });
});

describe('what should not lie in a shared folder', () => {
  it('is named', () => {
    for (const name of ['id_rsa', 'backup.pem', 'taxes.pdf', 'logins.json', '.bashrc', 'my passwords.txt'])
      assert.ok(riskOf(name, false), name);
    assert.ok(riskOf('.ssh', true));
    assert.equal(riskOf('song.mp3', false), null);
  });
});
