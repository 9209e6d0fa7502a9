// The index against a model that does everything the slow and obvious way: every operation in any order, seeded.
// PEERSHIELD_FUZZ multiplies the operations.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ByteString, type Chance, fold, pick, readable, seeded, wholeBelow, wireText } from '#base';
import { Search } from './search.ts';
import { SearchIndex } from './share-index.ts';
import type { MediaType, Owner, OwnerTraits, Query, Range, SharedFile, Viewer } from './types.ts';

const OPERATIONS = 2500 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);

test('any sequence of adding, removing and searching gives what looking at every file gives', () => {
  for (const seed of [1, 2, 3]) playAgainstModel(seed, OPERATIONS, 40, 400);
});

test('the same holds for few owners with many files, so that word lists become long', () => {
  playAgainstModel(4, OPERATIONS / 5, 5, 20_000);
});

type Person = { traits: OwnerTraits; files: Map<ByteString, SharedFile> };

function playAgainstModel(seed: number, operations: number, mostOwners: number, mostFiles: number): void {
  const chance = seeded(seed);
  const index = new SearchIndex(seed * 77);
  const search = new Search(index);
  const people = new Map<Owner, Person>();
  const words = vocabulary(chance);
  for (let n = 0; n < operations; n++) {
    const what = wholeBelow(100, chance);
    const owner = people.size > 0 ? pick([...people.keys()], chance) : 0;
    const person = people.get(owner);
    if (person === undefined || (what < 3 && people.size < mostOwners)) {
      const traits = traitsOf(chance);
      people.set(index.addOwner(traits), { traits, files: new Map() });
    } else if (what < 4) {
      index.removeOwner(owner);
      people.delete(owner);
    } else if (what < 5 && chance() < 0.3) {
      people.delete(owner);
      people.set(index.removeAll(owner), { traits: person.traits, files: new Map() });
    } else if (what < 7) {
      person.traits = traitsOf(chance);
      index.setOwner(owner, person.traits);
    } else if (what < 60) {
      const burst = wholeBelow(mostFiles / 50, chance) + 1;
      for (let i = 0; i < burst && person.files.size < mostFiles; i++) {
        const file = fileOf(words, chance);
        assert.equal(index.add(owner, file), !person.files.has(file.path));
        if (!person.files.has(file.path)) person.files.set(file.path, file);
      }
    } else if (what < 70) {
      for (let i = wholeBelow(6, chance); i > 0; i--) {
        const path: ByteString =
          person.files.size > 0 && chance() < 0.9 ? pick([...person.files.keys()], chance) : 'C:\\none.mp3';
        assert.equal(index.find(owner, path) !== 0, person.files.has(path));
        assert.equal(index.remove(owner, path), person.files.delete(path));
      }
    } else if (what < 75) index.tidy(wholeBelow(3000, chance));
    else if (what < 78) compareBrowse(index, owner, person);
    else {
      const viewer = { owner: chance() < 0.5 ? owner : 0, firewalled: chance() < 0.3 };
      compareSearch(index, search, people, queryOf(words, chance), viewer, chance);
    }
  }
  compareTotals(index, people);
  for (const owner of people.keys()) index.removeOwner(owner);
  while (index.tidy(100_000));
  assert.deepEqual(index.totals, { owners: 0, files: 0, bytes: 0, recordings: 0, words: 0 });
  assert.deepEqual(index.memory, { held: 0, used: 0 });
}

function compareSearch(
  index: SearchIndex,
  search: Search,
  people: Map<Owner, Person>,
  query: Query,
  viewer: Viewer,
  chance: Chance,
): void {
  const wanted = new Map<string, SharedFile>();
  const matches = matcherOf(query);
  for (const [owner, person] of people) {
    if (owner === viewer.owner || person.traits.hidden === true) continue;
    if (viewer.firewalled && person.traits.firewalled) continue;
    if (!within(person.traits.speed, query.speed)) continue;
    for (const file of person.files.values()) if (matches(file)) wanted.set(`${owner} ${file.path}`, file);
  }
  search.start(query, viewer);
  const steps = chance() < 0.5 ? 1_000_000 : wholeBelow(50, chance) + 1;
  const seen = new Set<string>();
  let done = false;
  while (!done) {
    done = search.run(steps);
    for (let i = 0; i < search.count; i++) {
      const share = search.shares[i] as number;
      const key = `${index.ownerOf(share)} ${index.pathOf(share)}`;
      const file = wanted.get(key);
      assert.ok(file !== undefined, `${JSON.stringify(query)} must not find ${key}`);
      assert.ok(!seen.has(key), `${JSON.stringify(query)} found twice: ${key}`);
      seen.add(key);
      assert.deepEqual(factsOf(index, share), { ...file });
    }
  }
  assert.equal(seen.size, Math.min(wanted.size, query.max), JSON.stringify(query));
}

function factsOf(index: SearchIndex, share: number): SharedFile {
  const out = new Uint8Array(index.bytesToWrite(share));
  const text = readable(String.fromCharCode(...out.subarray(0, index.writeFacts(share, out, 0))));
  const [hash = '', size, kbps, hz, seconds] = text.split(' ');
  const path: ByteString = String.fromCharCode(...out.subarray(0, index.writePath(share, out, 0)));
  assert.equal(path, index.pathOf(share));
  assert.equal(hash, index.hashOf(share));
  return {
    path,
    hash,
    size: Number(size),
    kbps: Number(kbps),
    hz: Number(hz),
    seconds: Number(seconds),
    type: index.typeOf(share),
  };
}

function compareBrowse(index: SearchIndex, owner: Owner, person: Person): void {
  const paths: ByteString[] = [];
  let bytes = 0;
  for (let share = index.nextOf(owner, 0); share !== 0; share = index.nextOf(owner, share)) {
    paths.push(index.pathOf(share));
    bytes += index.sizeOf(share);
  }
  assert.deepEqual(paths, [...person.files.keys()]);
  assert.equal(index.filesOf(owner), paths.length);
  assert.equal(index.bytesOf(owner), bytes);
}

function compareTotals(index: SearchIndex, people: Map<Owner, Person>): void {
  while (index.tidy(100_000));
  const files = [...people.values()].flatMap((person) => [...person.files.values()]);
  const names = new Set(files.map((file) => JSON.stringify({ ...file, path: tailOf(file.path) })));
  const { words: _, ...totals } = index.totals;
  assert.deepEqual(totals, {
    owners: people.size,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    recordings: names.size,
  });
}

// ---- the obvious way

function tailOf(path: ByteString): ByteString {
  return /(?:[^\\/]*[\\/])?[^\\/]*$/.exec(path)?.[0] ?? '';
}

const ALONE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** The indexed part with one blank around each word, and around each character that stands alone. */
function spacedWords(text: ByteString): string {
  let spaced = ' ';
  for (const c of fold(readable(text)).replaceAll(/[‘’ʼ]/g, "'")) {
    if (ALONE.test(c)) spaced += ` ${c} `;
    else spaced += /[\p{L}\p{N}']/u.test(c) ? c : ' ';
  }
  return `${spaced} `.replaceAll(/ +/g, ' ');
}

function indexed(path: ByteString): ByteString {
  return tailOf(path).replace(/\.[^.\\/]*$/, '');
}

/** The query as a question to one file; read once, asked of every file. */
function matcherOf(query: Query): (file: SharedFile) => boolean {
  const parts = query.words.split(' ');
  const wanted = parts.filter((part) => !part.startsWith('-')).flatMap(runsOf);
  const unwanted = [...parts.filter((part) => part.startsWith('-')), query.excludes ?? ''].flatMap(runsOf);
  const together = [
    ...(query.phrases ?? []).map(spacedWords),
    ...(query.prefixes ?? []).map((prefix) => ` ${spacedWords(prefix).trim()}`),
  ];
  return (file) => {
    if (query.type !== 'any' && file.type !== (query.type ?? 'mp3')) return false;
    if (!within(file.size, query.size) || !within(file.kbps, query.kbps)) return false;
    if (!within(file.hz, query.hz) || !within(file.seconds, query.seconds)) return false;
    const { plain, words } = textOfPath(file.path);
    const has = (run: string): boolean => (ALONE.test(run) ? plain.includes(run) : words.includes(` ${run} `));
    return wanted.every(has) && !unwanted.some(has) && together.every((sequence) => words.includes(sequence));
  };
}

const texts = new Map<ByteString, { words: string; plain: string }>();

function textOfPath(path: ByteString): { words: string; plain: string } {
  let text = texts.get(path);
  if (text === undefined) {
    text = { words: spacedWords(indexed(path)), plain: fold(readable(indexed(path))) };
    texts.set(path, text);
  }
  return text;
}

/** Words as they are looked for: characters without spaces belong together where they touch. */
function runsOf(text: ByteString): string[] {
  const plain = fold(readable(text)).replaceAll(/[‘’ʼ]/g, "'");
  return (
    plain.match(
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+|[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}']+/gu,
    ) ?? []
  );
}

function within(value: number, range: Range | undefined): boolean {
  return range === undefined || (value >= (range.min ?? 0) && value <= (range.max ?? Number.POSITIVE_INFINITY));
}

// ---- what is tried

const SPECIAL = [
  'BJÖRK',
  'björk',
  'bjork',
  "don't",
  'don’t',
  'dont',
  'ｗｉｄｅ',
  'wide',
  'Straße',
  'İstanbul',
  'Ωmega',
  'любовь',
];
const CJK = ['東京', '京東', '東', '東京タワー', '사랑해', '사랑'];

function vocabulary(chance: Chance): string[] {
  const plain = Array.from({ length: 60 }, (_, i) => `${pick(['a', 'be', 'cor', 'do'], chance)}${i.toString(36)}`);
  return [...plain, ...SPECIAL, ...CJK];
}

/** Zipf-like: the first words are frequent. */
function wordOf(all: readonly string[], chance: Chance): string {
  return all[Math.floor(all.length * chance() ** 2.5)] as string;
}

function textOf(all: readonly string[], most: number, chance: Chance): string {
  return Array.from({ length: wholeBelow(most, chance) + 1 }, () => wordOf(all, chance)).join(
    pick([' ', ' - ', '_', '.'], chance),
  );
}

function wireOf(text: string, chance: Chance): ByteString {
  // Half of those that can are written as old clients did.
  const old = Array.from(text).every(
    (c) => c.charCodeAt(0) < 0x80 || (c.charCodeAt(0) >= 0xa0 && c.charCodeAt(0) < 0x100),
  );
  return old && chance() < 0.5 ? text : wireText(text);
}

function fileOf(all: readonly string[], chance: Chance): SharedFile {
  const slash = pick(['\\', '/'], chance);
  const root = pick(['', `C:${slash}`, `D:${slash}Music${slash}`, `${slash}home${slash}x${slash}`], chance);
  const folder = chance() < 0.9 ? `${textOf(all, 2, chance)}${slash}` : '';
  const same = chance() < 0.7;
  return {
    path: wireOf(`${root}${folder}${textOf(all, 4, chance)}${pick(['.mp3', '.mp3', '', '.tar.gz'], chance)}`, chance),
    hash: same
      ? '0123456789abcdef0123456789abcdef'
      : pick(['f'.repeat(32), 'F'.repeat(32), '00-77', `${'a'.repeat(32)}-4433`], chance),
    size: same ? 4_433_320 : pick([0, 1, 5_000_000_000, 2 ** 40 + 1, 3_000_000], chance),
    kbps: same ? 128 : pick([0, 64, 160, 192, 320, 65_535], chance),
    hz: same ? 44_100 : pick([0, 11_025, 48_000, 4_294_967_295], chance),
    seconds: same ? 215 : pick([0, 70_000, 300, 4_294_967_295], chance),
    type: same ? 'mp3' : pick<MediaType>(['mp3', 'audio', 'video', 'application', 'image', 'text'], chance),
  };
}

function traitsOf(chance: Chance): OwnerTraits {
  return { speed: wholeBelow(11, chance), firewalled: chance() < 0.3, hidden: chance() < 0.1 };
}

function queryOf(all: readonly string[], chance: Chance): Query {
  const query: { -readonly [K in keyof Query]: Query[K] } = {
    words: wireOf(textOf(all, 3, chance).replaceAll(/[-_.]/g, ' '), chance),
    max: pick([1, 5, 100, 100, Number.POSITIVE_INFINITY], chance),
  };
  if (chance() < 0.1) query.words += ` -${wireOf(wordOf(all, chance), chance)}`;
  if (chance() < 0.1) query.excludes = wireOf(textOf(all, 2, chance), chance);
  if (chance() < 0.2) query.kbps = rangeOf([0, 128, 160, 192, 320], chance);
  if (chance() < 0.1) query.size = rangeOf([0, 3_000_000, 4_433_320, 5_000_000_000], chance);
  if (chance() < 0.1) query.hz = rangeOf([44_100, 48_000], chance);
  if (chance() < 0.1) query.seconds = rangeOf([200, 215, 300], chance);
  if (chance() < 0.2) query.speed = rangeOf([3, 4, 7, 9], chance);
  if (chance() < 0.3) query.type = pick(['any', 'mp3', 'video', 'text'], chance);
  if (chance() < 0.1) query.phrases = [wireOf(textOf(all, 2, chance), chance)];
  if (chance() < 0.1) query.prefixes = [pick(['a', 'b', 'be', 'co', 'cor', 'bj', 'do'], chance)];
  if (query.prefixes !== undefined && chance() < 0.5) query.words = '';
  return query;
}

function rangeOf(values: readonly number[], chance: Chance): Range {
  const value = pick(values, chance);
  return pick<Range>([{ min: value }, { max: value }, { min: value, max: value }], chance);
}
