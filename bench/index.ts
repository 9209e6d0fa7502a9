// The index alone, without a hub: what it weighs, what adding, finding and leaving cost, and SQLite's FTS5 beside it in
// the same run. Names come from bench/data/tracks.tsv (artist, title, seconds), in the variants people make of them.
//   node --expose-gc bench/index.ts [--files 1000000] [--owners 1000] [--queries 20000] [--rounds 0] [--no-fts]
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { type Chance, pick, seeded, wholeBelow, wireText } from '#base';
import { ANYBODY, type Owner, type Query, Search, SearchIndex, type SharedFile } from '#search';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '1000000' },
    owners: { type: 'string', default: '1000' },
    queries: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '0' },
    'no-fts': { type: 'boolean', default: false },
  },
});
const FILES = Number(options.files);
const OWNERS = Number(options.owners);
const QUERIES = Number(options.queries);
const PER_OWNER = Math.ceil(FILES / OWNERS);
/** Three owners for each recording, as in the load tool. */
const RECORDINGS = Math.max(1000, Math.ceil(FILES / 3));
const ROOTS = ['C:\\My Music\\', 'D:\\mp3\\', 'C:\\Program Files\\Napster\\Music\\', '/home/user/music/'];
const KBPS = [128, 128, 128, 160, 192, 192, 256, 320];

type Track = { artist: string; title: string; seconds: number };
const tracks: Track[] = readFileSync(new URL('data/tracks.tsv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => {
    const [artist = '', title = '', seconds = '0'] = line.split('\t');
    return { artist: wireText(artist), title: wireText(title), seconds: Number(seconds) };
  });
const popular = new Float64Array(RECORDINGS);
for (let i = 0, sum = 0; i < RECORDINGS; i++) popular[i] = sum += 1 / (i + 20) ** 0.8;

const index = new SearchIndex(1);
const search = new Search(index);
const out = new Uint8Array(4096);

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(46)}${figure}\n`);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function rss(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

/** The same recording for the same number, whoever has it. */
function nameOf(recording: number): { name: string; facts: Omit<SharedFile, 'path'> } {
  const chance = seeded(recording * 2654435761);
  const { artist, title, seconds } = tracks[recording % tracks.length] as Track;
  const number = String(wholeBelow(15, chance) + 1).padStart(2, '0');
  const album = pick(tracks, chance).title;
  const name = pick(
    [
      `${artist}\\${artist} - ${album} - ${number} - ${title}.mp3`,
      `${artist}\\${artist} - ${title}.mp3`,
      `${artist} - ${album}\\${number} - ${title}.mp3`,
      `${artist}\\${artist} - ${title} (${album}).mp3`,
    ],
    chance,
  );
  const kbps = pick(KBPS, chance);
  let hash = '';
  while (hash.length < 32) hash += wholeBelow(65536, chance).toString(16).padStart(4, '0');
  return {
    name,
    facts: { hash, size: kbps * 125 * seconds + wholeBelow(4000, chance), kbps, hz: 44_100, seconds, type: 'mp3' },
  };
}

function drawRecording(chance: Chance): number {
  const at = chance() * (popular.at(-1) as number);
  let low = 0;
  let high = RECORDINGS - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((popular[middle] as number) < at) low = middle + 1;
    else high = middle;
  }
  // Spread, so that popular ones are not the first of the list.
  return (low * 7919) % RECORDINGS;
}

/** Kept where everybody comes back often and memory allows. */
const kept: SharedFile[][] | null = Number(options.rounds) > 2 && FILES <= 2_000_000 ? [] : null;

function filesOf(owner: number): SharedFile[] {
  const known = kept?.[owner];
  if (known !== undefined) return known;
  const made = makeFiles(owner);
  if (kept !== null) kept[owner] = made;
  return made;
}

function makeFiles(owner: number): SharedFile[] {
  const chance = seeded(owner + 1);
  const root = ROOTS[owner % ROOTS.length] as string;
  return Array.from({ length: PER_OWNER }, () => {
    const { name, facts } = nameOf(drawRecording(chance));
    return { path: root + (root.startsWith('/') ? name.replace('\\', '/') : name), ...facts };
  });
}

/** Two words of one name. */
function twoWords(chance: Chance): string {
  for (;;) {
    const words =
      nameOf(drawRecording(chance))
        .name.replace('.mp3', '')
        .toLowerCase()
        .match(/[a-z]{3,}/g) ?? [];
    if (words.length > 1) return `${pick(words, chance)} ${pick(words, chance)}`;
  }
}

type Class = { name: string; share: number; make: (chance: Chance) => Query };
function classes(): Class[] {
  const count = new Map<string, number>();
  for (let i = 0; i < 20_000; i++) {
    for (const word of new Set(
      nameOf(wholeBelow(RECORDINGS, seeded(i)))
        .name.toLowerCase()
        .match(/[a-z]{3,}/g) ?? [],
    ))
      count.set(word, (count.get(word) ?? 0) + 1);
  }
  count.delete('mp3');
  const byCount = [...count].toSorted((a, b) => b[1] - a[1]).map(([word]) => word);
  const common = byCount.slice(0, 50);
  const middle = byCount.slice(5, 300);
  const rare = byCount.slice(-20_000);
  const max = 100;
  return [
    { name: 'common', share: 20, make: (chance) => ({ words: pick(common, chance), max }) },
    { name: 'two', share: 30, make: (chance) => ({ words: twoWords(chance), max }) },
    { name: 'rare', share: 20, make: (chance) => ({ words: pick(rare, chance), max }) },
    { name: 'nomatch', share: 10, make: (chance) => ({ words: `zzq${wholeBelow(1e9, chance)}`, max }) },
    {
      name: 'filter',
      share: 10,
      make: (chance) => ({
        words: pick(common, chance),
        max,
        kbps: { min: 256 },
        speed: { min: wholeBelow(10, chance) },
      }),
    },
    {
      name: 'and_common',
      share: 10,
      make: (chance) => ({ words: `${pick(middle, chance)} ${pick(middle, chance)}`, max }),
    },
  ];
}

/** One search as a hub does it: to the end, every result written out. */
function ask(query: Query): number {
  let found = 0;
  search.start(query, ANYBODY);
  for (let done = false; !done; ) {
    done = search.run(1_000_000);
    found += search.count;
    for (let i = 0; i < search.count; i++) {
      const share = search.shares[i] as number;
      index.writeEntry(share, out, 0);
    }
  }
  return found;
}

function timed(queries: readonly Query[]): string {
  const times: number[] = [];
  let found = 0;
  const cpu = cpuSeconds();
  for (const query of queries) {
    const before = performance.now();
    found += ask(query);
    times.push(performance.now() - before);
  }
  const used = cpuSeconds() - cpu;
  times.sort((a, b) => a - b);
  const at = (q: number): string => (times[Math.floor(times.length * q)] as number).toFixed(3);
  const perSecond = Math.round(queries.length / used);
  return `${perSecond.toLocaleString('en')} per CPU s   p50 ${at(0.5)} p99 ${at(0.99)} max ${at(0.99999)} ms   ${(found / queries.length).toFixed(1)} results`;
}

// ---- building

const owners: Owner[] = [];
const before = rss();
let adding = 0;
let worstAdd = 0;
for (let o = 0; o < OWNERS; o++) {
  const files = filesOf(o);
  const cpu = cpuSeconds();
  const start = performance.now();
  const owner = index.addOwner({ speed: o % 11, firewalled: false });
  for (const file of files) index.add(owner, file);
  adding += cpuSeconds() - cpu;
  worstAdd = Math.max(worstAdd, performance.now() - start);
  owners.push(owner);
}
const { files, recordings, words } = index.totals;
print('files, owners, recordings, words', `${files} ${OWNERS} ${recordings} ${words}`);
print(
  'added per CPU second',
  `${Math.round(files / adding).toLocaleString('en')}   (slowest owner ${worstAdd.toFixed(1)} ms)`,
);
print('resident bytes per file (after gc)', ((rss() - before) / files).toFixed(1));
print(
  'the index’s own pages, bytes per file',
  `${(index.memory.held / files).toFixed(1)} held, ${(index.memory.used / files).toFixed(1)} used`,
);

// ---- searching

const all = classes();
const chance = seeded(99);
const mix = Array.from({ length: QUERIES }, () => {
  let at = wholeBelow(100, chance);
  return (all.find((c) => (at -= c.share) < 0) as Class).make(chance);
});
timed(mix.slice(0, 2000));
print('searches, mix', timed(mix));
for (const c of all) print(`  ${c.name}`, timed(Array.from({ length: QUERIES / 5 }, () => c.make(chance))));

// ---- leaving

const big = index.addOwner({ speed: 5, firewalled: false });
for (const file of filesOf(OWNERS + 1).slice(0, 2500)) index.add(big, file);
for (let i = 0; index.filesOf(big) < 5000; i++)
  index.add(big, {
    path: `E:\\only here\\Nobody Else ${i}\\number${i}.mp3`,
    hash: '0'.repeat(32),
    size: i,
    kbps: 128,
    hz: 44_100,
    seconds: 9,
    type: 'mp3',
  });
let start = performance.now();
index.removeOwner(big);
print('an owner with 5,000 files leaves', `${(performance.now() - start).toFixed(3)} ms of blocking`);
let worst = 0;
let slices = 0;
for (let more = true; more; slices++) {
  start = performance.now();
  more = index.tidy(2000);
  worst = Math.max(worst, performance.now() - start);
}
print('  and is tidied up', `in ${slices} slices of at most ${worst.toFixed(3)} ms`);

// ---- everybody leaves and comes back

for (let round = 1; round <= Number(options.rounds); round++) {
  for (const owner of owners.splice(0)) index.removeOwner(owner);
  worst = 0;
  for (let more = true; more; ) {
    start = performance.now();
    more = index.tidy(2000);
    worst = Math.max(worst, performance.now() - start);
  }
  const { held, used } = index.memory;
  const empty = `empty: ${(used / 1e6).toFixed(0)} of ${(held / 1e6).toFixed(0)} MB used, slowest slice ${worst.toFixed(2)} ms`;
  for (let o = 0; o < OWNERS; o++) {
    const owner = index.addOwner({ speed: o % 11, firewalled: false });
    for (const file of filesOf(o)) index.add(owner, file);
    owners.push(owner);
  }
  print(
    `round ${round}`,
    `${empty}; full again: held ${(index.memory.held / 1e6).toFixed(0)} MB, rss ${(rss() / 1e6).toFixed(0)} MB`,
  );
}

// ---- the peer

if (!options['no-fts']) {
  const db = new DatabaseSync(':memory:');
  db.exec("CREATE VIRTUAL TABLE f USING fts5(name, content='', tokenize='unicode61')");
  const insert = db.prepare('INSERT INTO f(rowid, name) VALUES (?, ?)');
  let row = 0;
  let inserting = 0;
  const base = rss();
  db.exec('BEGIN');
  for (let o = 0; o < OWNERS; o++) {
    const names = filesOf(o).map(({ path }) => path.split(/[\\/]/).slice(-2).join(' ').replace('.mp3', ''));
    const cpu = cpuSeconds();
    for (const name of names) insert.run(++row, name);
    inserting += cpuSeconds() - cpu;
  }
  db.exec('COMMIT');
  print('FTS5 in memory: added per CPU second', `${Math.round(row / inserting).toLocaleString('en')}   (names only)`);
  print('FTS5: resident bytes per file', ((rss() - base) / row).toFixed(1));
  const select = db.prepare('SELECT rowid FROM f WHERE f MATCH ? LIMIT 100');
  const asked = mix.slice(0, 2000).map(({ words: text }) =>
    text
      .split(' ')
      .map((word) => `"${word}"`)
      .join(' '),
  );
  const cpu = cpuSeconds();
  for (const text of asked) select.all(text);
  print(
    'FTS5: searches, mix, without filters',
    `${Math.round(asked.length / (cpuSeconds() - cpu)).toLocaleString('en')} per CPU s`,
  );
}
