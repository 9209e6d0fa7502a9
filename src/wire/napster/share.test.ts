import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, seeded, WireError, wholeBelow } from '#base';
import { LIMITS } from './limits.ts';
import { parseShare, parseShareDirectory, type ShareFields } from './share.ts';

const blank = (): ShareFields => ({ path: '', hash: '', size: 0, kbps: 0, hz: 0, seconds: 0, type: 'mp3' });
const share = (text: string): ShareFields => {
  const into = blank();
  const bytes = bytesOf(`xx${text}yy 1 1 1`);
  parseShare(bytes, 2, 2 + text.length, into);
  return into;
};
const folder = (text: string): ShareFields[] => {
  const files: ShareFields[] = [];
  parseShareDirectory(bytesOf(text), 0, text.length, blank(), (file) => files.push({ ...file }));
  return files;
};

const paths = (text: string): string[] => folder(text).map(({ path }) => path);

test('message 100 is read from its bytes alone, whatever stands before and after', () => {
  assert.deepEqual(share('"/a b/c.mp3" NOMD5COMPUTED 5000000000 0 0 15'), {
    path: '/a b/c.mp3',
    hash: 'NOMD5COMPUTED',
    size: 5_000_000_000,
    kbps: 0,
    hz: 0,
    seconds: 15,
    type: 'mp3',
  });
});

test('message 870 joins the folder and each name with one slash', () => {
  assert.deepEqual(paths('"\\dir\\sub\\" "a.mp3" h 1 2 3 4 "b c.mp3" h 1 2 3 4'), [
    '\\dir\\sub\\a.mp3',
    '\\dir\\sub\\b c.mp3',
  ]);
  assert.deepEqual(paths('"/unix/dir" "a.mp3" h 1 2 3 4'), ['/unix/dir\\a.mp3']);
  assert.deepEqual(paths('"/unix/dir/" "a.mp3" h 1 2 3 4 '), ['/unix/dir/a.mp3']);
  assert.deepEqual(paths('"empty"'), []);
});

const of = (length: number): string => `"${'x'.repeat(length)}" h 1 2 3 4`;

test('a path of the longest length is taken, one byte more is refused', () => {
  assert.equal(share(of(LIMITS.path.value)).path.length, LIMITS.path.value);
  assert.throws(() => share(of(LIMITS.path.value + 1)), { code: 'path' });
});

test('what is not as it should be is refused', () => {
  for (const text of [
    '',
    'x',
    '"a',
    '"a"',
    '"a" h',
    '"a" h 1 2 3',
    '"a" h 1 2 3 x',
    '"a" h 1 2 3 -4',
    '"a" h 99999999999999999 2 3 4',
    '"" h 1 2 3 4',
  ])
    assert.throws(() => share(text), WireError, text);
});

test('fuzz: shares are read or refused', () => {
  const chance = seeded(9);
  const parts = ['"', '"a"', 'h', '1', ' ', 'x', '\0', '\xff', '"b c"', '99999999999999999'];
  for (let i = 0; i < 20_000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1); i++) {
    const text = Array.from({ length: wholeBelow(14, chance) }, () => parts[wholeBelow(parts.length, chance)]).join(
      ' ',
    );
    for (const read of [share, folder])
      try {
        read(text);
      } catch (error) {
        assert.ok(error instanceof WireError, String(error));
      }
  }
});
