import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ByteString, seeded, wholeBelow, wireText } from '#base';
import { parseQuery } from './human-query.ts';
import { LIMITS } from './limits.ts';
import { Search } from './search.ts';
import { SearchIndex } from './share-index.ts';
import { suggest } from './spelling.ts';
import { ANYBODY, type Query, type SharedFile } from './types.ts';

const MD5 = 'b92870e0d41bc8e698cf2f0a1ddfeac7';

function file(path: ByteString, more: Partial<SharedFile> = {}): SharedFile {
  return { path, hash: MD5, size: 4_433_320, kbps: 192, hz: 44_100, seconds: 300, type: 'mp3', ...more };
}

function indexOf(...paths: ByteString[]): SearchIndex {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 8, firewalled: false });
  for (const path of paths) assert.ok(index.add(owner, file(path)));
  return index;
}

function found(index: SearchIndex, query: Partial<Query>, viewer = ANYBODY): ByteString[] {
  const search = new Search(index);
  search.start({ words: '', max: 100, ...query }, viewer);
  assert.ok(search.run(1_000_000));
  return Array.from(search.shares.subarray(0, search.count), (share) => index.pathOf(share));
}

function foundByText(index: SearchIndex, text: string): ByteString[] {
  const { query, problems } = parseQuery(text, { max: 100 });
  assert.deepEqual(problems, []);
  return found(index, query);
}

const LOVE = 'C:\\Music\\Daft Punk - Discovery\\Daft Punk - Discovery - 03 - Digital Love.mp3';
const JOGA = "/home/x/Topdir/Bj\xf6rk/02 - J\xf3ga (don't) 12_34 S.O.S. A-ha.mp3";

const WORDS: { name: string; words: ByteString; hit: boolean }[] = [
  { name: 'one word', words: 'daft', hit: true },
  { name: 'words in any order and case', words: 'DIGITAL dAFT', hit: true },
  { name: 'a word of the last folder', words: 'discovery', hit: true },
  { name: 'no word of the folder above', words: 'music', hit: false },
  { name: 'no extension', words: 'mp3', hit: false },
  { name: 'no beginning of a word', words: 'digi', hit: false },
  { name: 'no middle of a word', words: 'gita', hit: false },
  { name: 'a track number', words: '03', hit: true },
  { name: 'not when one of the words is missing', words: 'daft zzz', hit: false },
  { name: 'not with a word that has a minus', words: 'daft -digital', hit: false },
  { name: 'words around other signs', words: '"digital",love!', hit: true },
];
for (const { name, words, hit } of WORDS) {
  test(`finds ${name}`, () => assert.deepEqual(found(indexOf(LOVE), { words }), hit ? [LOVE] : []));
}

const FOLDED: { words: ByteString; hit: boolean }[] = [
  { words: 'bj\xf6rk', hit: true },
  { words: 'BJ\xd6RK', hit: true },
  { words: 'bjork', hit: true },
  { words: wireText('BJÖRK jóga'), hit: true },
  { words: wireText('ＢＪＯＲＫ'), hit: true },
  { words: "don't", hit: true },
  { words: wireText('don’t'), hit: true },
  { words: 'dont', hit: false },
  { words: '34', hit: true },
  { words: '12_34', hit: true },
  { words: 's.o.s.', hit: true },
  { words: 'a-ha', hit: true },
];
for (const { words, hit } of FOLDED) {
  test(`folds and cuts: ${JSON.stringify(words)} ${hit ? 'finds' : 'does not find'} it`, () => {
    assert.deepEqual(found(indexOf(JOGA), { words }), hit ? [JOGA] : []);
  });
}

test("finds don't by dont, and rock'n'roll by rocknroll, only when asked", () => {
  const index = indexOf("C:\\a\\Don't Stop Rock'n'Roll.mp3");
  assert.equal(found(index, { words: 'dont rocknroll' }).length, 0);
  assert.equal(found(index, { words: 'dont rocknroll', loose: true }).length, 1);
  assert.equal(found(index, { words: 'stop', excludes: 'dont', loose: true }).length, 0);
});

test('finds what is written without spaces by its parts, and only where they stand together', () => {
  const tower = wireText('C:\\a\\東京タワー.mp3');
  const index = indexOf(tower, wireText('C:\\b\\京東 東京 京タ タワ ワー.mp3'));
  for (const words of ['東', '東京', '東京タワー', 'タワー'])
    assert.ok(found(index, { words: wireText(words) }).includes(tower), words);
  assert.deepEqual(found(index, { words: wireText('東京タワー') }), [tower]);
});

test('people’s queries: phrases, beginnings, fields, lengths', () => {
  const army = 'C:\\x\\Bj\xf6rk - Post\\01 - Army Of Me.mp3';
  const cover = 'C:\\x\\Covers\\Helmet - Army Of Me.mp3';
  const index = indexOf(army, cover);
  assert.deepEqual(foundByText(index, '"army of me" artist:björk'), [army]);
  assert.deepEqual(foundByText(index, 'title:army artist:helmet'), [cover]);
  assert.deepEqual(foundByText(index, 'album:post arm*'), [army]);
  assert.deepEqual(foundByText(index, 'hel*'), [cover]);
  assert.deepEqual(foundByText(index, '"of army"'), []);
  assert.equal(foundByText(index, 'army len:4-6m kbps>=192').length, 2);
  assert.equal(foundByText(index, 'army len:1-2m').length, 0);
});

test('suggests the frequent word that was probably meant', () => {
  const names = ['Nirvana', 'Nirvana', 'Madonna', 'Metallica'];
  const index = indexOf(...Array.from({ length: 100 }, (_, i) => `C:\\${i}\\${names[i % 4]} ${i}.mp3`));
  assert.deepEqual(suggest(index, 'nirvan'), ['nirvana']);
  assert.deepEqual(suggest(index, 'Nirvanna'), ['nirvana']);
  assert.deepEqual(suggest(index, 'metalcia'), ['metallica']);
  assert.deepEqual(suggest(index, 'nirvana'), []);
  assert.deepEqual(suggest(index, 'qqqqqq'), []);
  assert.deepEqual(suggest(index, 'nirvanna madona 12'), ['nirvana madonna 12']);
});

test('own files are never found, firewalled ones only by those who are not, hidden ones by nobody', () => {
  const index = new SearchIndex();
  const open = index.addOwner({ speed: 1, firewalled: false });
  const closed = index.addOwner({ speed: 1, firewalled: true });
  const secret = index.addOwner({ speed: 1, firewalled: false, hidden: true });
  for (const owner of [open, closed, secret]) index.add(owner, file(`C:\\${owner}\\song.mp3`));
  const words = 'song';
  assert.deepEqual(found(index, { words }, { owner: open, firewalled: false }), [`C:\\${closed}\\song.mp3`]);
  assert.deepEqual(found(index, { words }, { owner: 0, firewalled: true }), [`C:\\${open}\\song.mp3`]);
  index.setOwner(secret, { speed: 1, firewalled: false });
  assert.equal(found(index, { words }).length, 3);
});

test('a search by content finds every name of it', () => {
  const index = indexOf('C:\\a\\one.mp3', 'C:\\a\\two.mp3');
  const other = index.addOwner({ speed: 1, firewalled: false });
  index.add(other, file('C:\\a\\three.mp3', { hash: `${MD5}-4433` }));
  index.add(other, file('C:\\a\\four.mp3', { size: 1 }));
  const search = new Search(index);
  search.startHash(MD5, 4_433_320, ANYBODY, 100);
  assert.ok(search.run(1));
  assert.deepEqual(Array.from(search.shares.subarray(0, search.count), (s) => index.pathOf(s)).toSorted(), [
    'C:\\a\\one.mp3',
    'C:\\a\\two.mp3',
  ]);
});

test('recordings that many share are stored once, and everyone gets a turn before anyone has a fifth source', () => {
  const index = new SearchIndex();
  for (let i = 0; i < 200; i++) {
    const owner = index.addOwner({ speed: 1, firewalled: false });
    index.add(owner, file('C:\\a\\common song.mp3'));
    if (i < 10) index.add(owner, file(`C:\\a\\rare ${i} song.mp3`));
  }
  assert.equal(index.totals.recordings, 11);
  const paths = found(index, { words: 'song', max: 20 });
  assert.equal(paths.length, 20);
  assert.equal(paths.filter((path) => path.includes('rare')).length, 10);
});

test('a size of 2^53 - 1 and every other fact comes back as it came', () => {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 1, firewalled: false });
  const whole = file('x.mp3', { size: Number.MAX_SAFE_INTEGER, kbps: 131, hz: 11_025, seconds: 70_000, hash: 'ABC' });
  index.add(owner, whole);
  const out = new Uint8Array(500);
  const end = index.writeEntry(index.find(owner, 'x.mp3'), out, 0);
  assert.equal(String.fromCharCode(...out.subarray(0, end)), '"x.mp3" ABC 9007199254740991 131 11025 70000');
});

test('an owner’s label ends each result, changes with the owner, stays when all is unshared, and is bounded', () => {
  const index = new SearchIndex();
  const out = new Uint8Array(500);
  const result = (owner: number): string =>
    String.fromCharCode(...out.subarray(0, index.writeResult(index.find(owner, 'x.mp3'), out, 0)));
  const traits = { speed: 1, firewalled: false };
  let owner = index.addOwner({ ...traits, label: ' alice 16777343 8' });
  index.add(owner, file('x.mp3'));
  assert.equal(result(owner), `"x.mp3" ${MD5} 4433320 192 44100 300 alice 16777343 8`);
  index.setOwner(owner, { ...traits, label: ' alice 0 9' });
  owner = index.removeAll(owner);
  index.add(owner, file('x.mp3'));
  assert.equal(result(owner), `"x.mp3" ${MD5} 4433320 192 44100 300 alice 0 9`);
  const { value } = LIMITS.labelBytes;
  index.setOwner(owner, { ...traits, label: 'x'.repeat(value) });
  assert.ok(result(owner).endsWith('x'.repeat(value)));
  assert.throws(() => index.setOwner(owner, { ...traits, label: 'x'.repeat(value + 1) }), RangeError);
});

for (const [name, limit] of [
  ['path', LIMITS.pathBytes],
  ['hash', LIMITS.hashBytes],
] as const) {
  test(`a ${name} of ${limit.value} bytes is taken, and one more is refused`, () => {
    const index = new SearchIndex();
    const owner = index.addOwner({ speed: 1, firewalled: false });
    assert.ok(index.add(owner, { ...file('a.mp3'), [name]: 'x'.repeat(limit.value) }));
    assert.throws(() => index.add(owner, { ...file('a.mp3'), [name]: 'x'.repeat(limit.value + 1) }), RangeError);
  });
}

test('a word longer than the limit is found by its beginning of that length', () => {
  const { value } = LIMITS.wordBytes;
  const index = indexOf(`C:\\a\\${'y'.repeat(value + 1)}.mp3`);
  assert.equal(found(index, { words: 'y'.repeat(value + 5) }).length, 1);
  assert.equal(found(index, { words: 'y'.repeat(value - 1) }).length, 0);
});

test('a batch holds the limit and what the last recording adds, and the next run goes on behind it', () => {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 1, firewalled: false });
  const { value } = LIMITS.batch;
  for (let i = 0; i < value * 2; i++) index.add(owner, file(`C:\\a\\song ${i}.mp3`));
  const search = new Search(index);
  search.start({ words: 'song', max: Infinity }, ANYBODY);
  assert.equal(search.run(1_000_000), false);
  assert.ok(search.count >= value && search.count < value + 32);
  let all = search.count;
  for (let done = false; !done; all += search.count) done = search.run(1_000_000);
  assert.equal(all, value * 2);
});

test('a search by a hash that all share looks at the limit of names', () => {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 1, firewalled: false });
  const { value } = LIMITS.namesPerContent;
  for (let i = 0; i <= value; i++) index.add(owner, file(`C:\\a\\${i}.mp3`));
  const search = new Search(index);
  search.startHash(MD5, 4_433_320, ANYBODY, Infinity);
  assert.ok(search.run(1));
  assert.equal(search.count, value);
});

test('a beginning looks at the limit of words, and says that there were more', () => {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 1, firewalled: false });
  const { value } = LIMITS.completionWords;
  for (let i = 0; i <= value; i++) index.add(owner, file(`C:\\a\\qu${i}.mp3`));
  const search = new Search(index);
  search.start({ words: '', prefixes: ['qu'], max: 10 }, ANYBODY);
  search.run(Infinity);
  assert.ok(search.count === 10 && search.narrowed && search.steps < value + 3000);
  search.start({ words: '', prefixes: ['qu77'], max: 10 }, ANYBODY);
  search.run(Infinity);
  assert.ok(search.count === 10);
});

test('browsing goes on when the file at hand and others have gone', () => {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 1, firewalled: false });
  for (let i = 0; i < 50; i++) index.add(owner, file(`${i}.mp3`));
  const first = index.nextOf(owner, 0);
  index.remove(owner, '0.mp3');
  index.remove(owner, '1.mp3');
  assert.equal(index.pathOf(index.nextOf(owner, first)), '2.mp3');
});

test('an owner who left is gone before anything is tidied up', () => {
  const index = new SearchIndex();
  const owner = index.addOwner({ speed: 1, firewalled: false });
  for (let i = 0; i < 1000; i++) index.add(owner, file(`C:\\a\\song ${i}.mp3`));
  index.removeOwner(owner);
  assert.deepEqual(found(index, { words: 'song' }), []);
  assert.equal(index.totals.files, 0);
  assert.throws(() => index.filesOf(owner), RangeError);
});

function numbered(n: number): string {
  return `C:\\a\\song w${n % 7} number${n}.mp3`;
}

test('what stays while a search goes on is found once, whatever comes and goes in between', () => {
  const chance = seeded(11);
  const index = new SearchIndex(11);
  const owners = Array.from({ length: 5 }, () => index.addOwner({ speed: 1, firewalled: false }));
  for (let n = 0; n < 3000; n++) index.add(owners[n % 5] as number, file(numbered(n)));
  const search = new Search(index);
  for (let round = 0; round < 20; round++) {
    const stayed = new Set<string>();
    for (let n = 3; n < 6000; n += 7)
      if (index.find(owners[n % 5] as number, numbered(n)) !== 0) stayed.add(numbered(n));
    const gone = new Set<string>();
    const seen = new Set<string>();
    search.start({ words: 'song w3', max: Infinity }, ANYBODY);
    for (let done = false; !done; ) {
      done = search.run(20);
      for (const share of search.shares.subarray(0, search.count)) {
        const path = index.pathOf(share);
        assert.ok(!gone.has(path) && !seen.has(path), path);
        seen.add(path);
      }
      for (let i = 0; i < 30; i++) {
        const n = wholeBelow(6000, chance);
        const owner = owners[n % 5] as number;
        if (index.remove(owner, numbered(n))) gone.add(numbered(n));
        else if (!gone.has(numbered(n)) && chance() < 0.5) index.add(owner, file(numbered(n)));
      }
      index.tidy(200);
    }
    for (const path of stayed) assert.ok(gone.has(path) || seen.has(path), path);
  }
});

// ---- cost, counted and not timed

function filled(owners: number, each: number): SearchIndex {
  const index = new SearchIndex(9);
  const chance = seeded(9);
  for (let o = 0; o < owners; o++) {
    const owner = index.addOwner({ speed: 1, firewalled: false });
    for (let i = 0; i < each; i++) {
      const n = wholeBelow(owners * each, chance);
      index.add(owner, file(`C:\\a\\all w${n % 97} v${n % 101} only${n}.mp3`));
    }
  }
  return index;
}

test('a search for few of many takes steps by what it finds, not by what there is', () => {
  const steps = [2000, 32_000].map((files) => {
    const search = new Search(filled(10, files / 10));
    for (const words of ['all', 'w5 v7', 'all only77', 'zzz all']) {
      search.start({ words, max: 100 }, ANYBODY);
      search.run(Infinity);
      if (words === 'all') assert.ok(search.steps < 700, `${words}: ${search.steps}`);
      if (words === 'all only77') assert.ok(search.steps < 60, `${words}: ${search.steps}`);
      if (words === 'zzz all') assert.equal(search.steps, 0);
    }
    search.start({ words: 'w5 v7', max: 100 }, ANYBODY);
    search.run(Infinity);
    return search.steps;
  });
  assert.ok(
    (steps[1] as number) < 16 * 1.5 * (steps[0] as number),
    `sixteen times the files: ${steps.join(' → ')} steps`,
  );
});

test('a run takes about the steps it was given, whatever is asked', () => {
  const index = filled(10, 3000);
  const search = new Search(index);
  search.start({ words: 'all', kbps: { min: 999 }, max: 100 }, ANYBODY);
  let runs = 0;
  for (let before = 0; !search.run(500); before = search.steps, runs++) assert.ok(search.steps - before < 600);
  assert.ok(runs > 50);
});

test('removing costs by what is removed: eight times the files, eight times the slices', () => {
  const slices = [16_000, 128_000].map((files) => {
    const index = filled(1, files);
    index.removeOwner(1);
    let count = 1;
    while (index.tidy(1000)) count++;
    return count;
  });
  const [few, many] = slices as [number, number];
  // A few recordings that nobody has are kept, which is why it is not exactly eight.
  assert.ok(many < few * 8 * 1.5 && few < 300, slices.join(' → '));
});

test('everybody leaves and comes back twenty times, and the memory does not grow', () => {
  const index = new SearchIndex(3);
  let held = 0;
  for (let round = 0; round < 20; round++) {
    const chance = seeded(100 + (round % 4));
    const owners = Array.from({ length: 20 }, () => {
      const owner = index.addOwner({ speed: 1, firewalled: false });
      for (let i = 0; i < 400; i++) {
        const n = wholeBelow(30_000, chance);
        index.add(
          owner,
          file(`D:\\m${n % 7}\\Artist${n % 900}\\Artist${n % 900} - Song ${n} of ${'x'.repeat(n % 40)}.mp3`),
        );
      }
      return owner;
    });
    const { used } = index.memory;
    if (round < 4) held = Math.max(held, used);
    else assert.ok(used <= held * 1.02, `round ${round}: ${used} of ${held}`);
    for (const owner of owners) index.removeOwner(owner);
    while (index.tidy(10_000));
    assert.equal(index.totals.files, 0);
  }
  assert.deepEqual(index.memory, { held: 0, used: 0 });
});
