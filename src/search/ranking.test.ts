import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Found, groupRecordings, rank } from './ranking.ts';
import { readTrackName } from './track-name.ts';

function offer(name: string, more: Partial<Found> = {}): Found {
  return { name, seconds: 215, kbps: 128, hash: '', freeSlot: null, completed: 0, failed: 0, ...more };
}

function scoreOf(...offers: Found[]): number {
  return rank({ artist: '', title: '', offers }, ['army', 'of', 'me']).score;
}

const NAMES: [string, string, string][] = [
  ['Daft Punk - Discovery\\Daft Punk - Discovery - 03 - Digital Love.mp3', 'Daft Punk', 'Digital Love'],
  ['Björk - Post\\01 - Army Of Me.mp3', 'Björk', 'Army Of Me'],
  ['Björk/Army Of Me.mp3', 'Björk', 'Army Of Me'],
  ['x\\03. Björk - Army Of Me.mp3', 'Björk', 'Army Of Me'],
  ['stuff\\bjork_-_army_of_me.mp3', 'bjork', 'army_of_me'],
  ['A-ha\\Take On Me.mp3', 'A-ha', 'Take On Me'],
  ['', '', ''],
];
for (const [name, artist, title] of NAMES) {
  test(`reads artist and title from "${name}"`, () => {
    const parts = readTrackName(name);
    assert.deepEqual([parts.artist, parts.title], [artist, title]);
  });
}

test('one recording under many names and lengths is one group', () => {
  const groups = groupRecordings([
    offer('Björk\\01 - Army Of Me.mp3'),
    offer('x\\BJORK - army of me.mp3', { seconds: 217 }),
    offer('x\\Björk - Army Of Me (Live).mp3', { seconds: 300 }),
    offer('x\\Björk - Army Of Me.mp3', { seconds: 260 }),
  ]);
  assert.deepEqual(
    groups.map(({ offers }) => offers.length),
    [2, 1, 1],
  );
});

test('the same content is one group whatever it is called, and an unknown content is not the same', () => {
  const hash = 'b92870e0d41bc8e698cf2f0a1ddfeac7';
  const zeros = '0'.repeat(32);
  assert.equal(groupRecordings([offer('a - b.mp3', { hash }), offer('track 1.mp3', { hash })]).length, 1);
  assert.equal(groupRecordings([offer('a - b.mp3', { hash: zeros }), offer('c - d.mp3', { hash: zeros })]).length, 2);
});

test('an exact name, more sources, a free slot and a good history each rank higher, and the rank says so', () => {
  const plain = offer('x\\Army - Of Me.mp3');
  assert.ok(scoreOf(plain) > scoreOf(offer('x\\Army - Of Me And All My Other Friends.mp3')));
  assert.ok(scoreOf(plain, plain, plain) > scoreOf(plain));
  assert.ok(scoreOf({ ...plain, freeSlot: true }) > scoreOf({ ...plain, freeSlot: false }));
  assert.ok(scoreOf({ ...plain, completed: 5 }) > scoreOf({ ...plain, failed: 5 }));
  const { match, sources, freeSlot, history } = rank({ artist: '', title: '', offers: [plain] }, ['army', 'of', 'me']);
  assert.deepEqual([match, freeSlot, history], [1, 0.5, 0.5]);
  assert.ok(sources > 0 && sources < 1);
});
