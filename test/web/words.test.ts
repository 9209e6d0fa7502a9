// The page's decisions, which need no browser: the status sentence, grouping of results, transfers in words, figures.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HubState, PeerStatus, SearchRow, Transfer } from '#api';
import { barsOf } from '../../web/src/player/bars.ts';
import { groupRows, keyOf, NO_FILTERS, passes, sortGroups } from '../../web/src/screens/search/groups.ts';
import { actionsFor, stateWords } from '../../web/src/screens/transfers/words.ts';
import { formatPlace, parsePlace } from '../../web/src/shell/place.ts';
import { sentenceOf } from '../../web/src/shell/sentence.ts';
import { bytes, length, span, speed } from '../../web/src/texts/format.ts';

const OPEN = { state: 'open', retryAt: null, lostAt: null } as const;
const HUB: HubState = {
  address: 'hub.example:8888',
  state: 'online',
  reason: null,
  retryAt: null,
  nick: 'fox',
  name: null,
  users: 3,
  files: 40,
  gigabytes: 0,
  encrypted: false,
  pingMs: 1,
};
const STATUS: PeerStatus = {
  version: '1',
  run: 'a',
  now: 0,
  startedAt: 0,
  nick: 'fox',
  mode: 'sharing',
  features: [],
  hubs: [HUB],
  gnutella: null,
  reach: { state: 'reachable', napsterPort: 6699, gnutellaPort: 0, why: null },
  shares: { folders: 1, files: 1204, bytes: 1, heldBack: 0, scanning: null },
  transfers: { down: 0, up: 0, queued: 0, failed: 0, downBps: 0, upBps: 0 },
  today: { filesDown: 0, bytesDown: 0, filesUp: 0, bytesUp: 0, peopleUp: 0 },
  problems: [],
};

test('the status sentence names the worst thing first, with a colour and what to press', () => {
  const alarm = {
    id: 'd',
    level: 'alarm',
    code: 'disk-full',
    text: 'The disk is full.',
    fix: { screen: 'settings' },
  } as const;
  const waiting: HubState = { ...HUB, state: 'waiting', reason: 'it does not answer' };
  const cases: [string, PeerStatus | null, string, string | undefined, string][] = [
    ['good', STATUS, 'You share 1,204 files on one hub and can be reached.', 'Search', 'all is well'],
    ['idle', null, 'Asking the program how it stands …', undefined, 'nothing known yet'],
    [
      'idle',
      { ...STATUS, mode: 'off', problems: [alarm] },
      'Everything is closed: no port held, nothing shared.',
      'Turn on',
      'off',
    ],
    ['bad', { ...STATUS, hubs: [], problems: [alarm] }, 'The disk is full.', 'Show', 'an alarm before hubs'],
    [
      'good',
      { ...STATUS, gnutella: { mode: 'leaf', peers: 3, wanted: 4, port: 0 } },
      'You share 1,204 files on one hub and Gnutella and can be reached.',
      'Search',
      'both networks',
    ],
    [
      'warn',
      { ...STATUS, hubs: [], gnutella: { mode: 'leaf', peers: 0, wanted: 4, port: 0 } },
      'Looking for Gnutella peers …',
      'See hubs',
      'Gnutella alone, nobody yet',
    ],
    [
      'warn',
      { ...STATUS, hubs: [] },
      'You have no hub yet. A hub is where people find each other.',
      'Add a hub',
      'no hub',
    ],
    ['warn', { ...STATUS, hubs: [waiting] }, 'No hub answers: it does not answer', 'See hubs', 'no hub answers'],
    [
      'warn',
      { ...STATUS, hubs: [{ ...HUB, state: 'connecting' }] },
      'Connecting to hub.example:8888 …',
      'See hubs',
      'connecting',
    ],
    [
      'good',
      { ...STATUS, mode: 'fetch-only' },
      'Fetching only, on one hub: no port held, nothing shared.',
      'Search',
      'fetch only',
    ],
    [
      'warn',
      { ...STATUS, shares: { ...STATUS.shares, files: 0 } },
      'You are on one hub and share nothing yet.',
      'Choose a folder',
      'nothing shared',
    ],
    [
      'good',
      { ...STATUS, shares: { ...STATUS.shares, scanning: { done: 10, total: 4000 } } },
      'Reading your folders: 10 of 4,000 files.',
      'Search',
      'scanning',
    ],
    [
      'warn',
      { ...STATUS, reach: { ...STATUS.reach, state: 'firewalled' } },
      'You share 1,204 files on one hub. Nobody can connect to you, so you connect to them.',
      'Sharing',
      'firewalled',
    ],
  ];
  for (const [tone, status, text, button, name] of cases) {
    const sentence = sentenceOf(OPEN, status, 0);
    assert.deepEqual([sentence.tone, sentence.text, sentence.button?.label], [tone, text, button], name);
  }
});

test('a program that went away is said before everything else, with the time of the next try', () => {
  assert.equal(sentenceOf({ state: 'lost', retryAt: 400, lostAt: 0 }, STATUS, 1000).tone, 'warn');
  const sentence = sentenceOf({ state: 'lost', retryAt: 8000, lostAt: 0 }, STATUS, 5000);
  assert.deepEqual([sentence.tone, sentence.text], ['bad', 'The program does not answer. Next try in 3 s.']);
  assert.deepEqual(sentence.button?.press, { do: 'retry' });
});

function row(id: string, name: string, over: Partial<SearchRow> = {}): SearchRow {
  return {
    id,
    network: 'napster',
    name,
    path: name,
    sizeBytes: 5_000_000,
    kbps: 192,
    hz: 44_100,
    seconds: 200,
    sources: [{ nick: id, hub: HUB.address, line: 8, freeSlot: true, pingMs: null }],
    hashes: {},
    doubts: [],
    transferId: null,
    inLibrary: false,
    ...over,
  };
}

test('the same words in any order and nearly the same length are one recording', () => {
  const groups = groupRows([
    row('a', 'Paper Choir - Blue Hour.mp3'),
    row('b', '04 - Blue Hour (paper choir).mp3', { seconds: 203 }),
    row('c', 'Paper Choir - Blue Hour.mp3', { seconds: 260 }),
    row('d', 'Paper Choir - Blue Hour (live).mp3'),
    row('e', 'PÁPER CHOIR - blue hour.mp3'),
  ]);
  assert.deepEqual(
    groups.map(({ rows }) => rows.map(({ id }) => id).toSorted()),
    [['a', 'b', 'e'], ['c'], ['d']],
  );
  assert.equal(groups[0]?.sources, 3);
});

test('the same hash is one recording whatever its name', () => {
  const hashes = { sha1: 'x' };
  const groups = groupRows([row('a', 'one.mp3', { hashes }), row('b', 'two.mp3', { hashes, seconds: 90 })]);
  assert.equal(groups.length, 1);
});

test('the best source of a recording has a free slot, a fast line and no doubts', () => {
  const busy = [{ nick: 'x', hub: HUB.address, line: 10, freeSlot: false, pingMs: null }];
  const [group] = groupRows([
    row('busy', 'a b.mp3', { sources: busy }),
    row('doubtful', 'a b.mp3', { doubts: ['wrapster'], kbps: 320 }),
    row('slow', 'a b.mp3', { sources: [{ nick: 'y', hub: HUB.address, line: 2, freeSlot: true, pingMs: null }] }),
    row('best', 'a b.mp3'),
  ]);
  assert.deepEqual(
    group?.rows.map(({ id }) => id),
    ['best', 'slow', 'busy', 'doubtful'],
  );
});

test('track numbers and extensions do not part a recording, other words do', () => {
  assert.equal(keyOf('01 - A - B.mp3'), keyOf('b a.MP3'));
  assert.notEqual(keyOf('A - B.mp3'), keyOf('A - B (remix).mp3'));
});

test('filters let through what is inside their bounds', () => {
  assert.equal(
    passes(row('a', 'a.mp3'), { ...NO_FILTERS, kbps: '192', length: 'song', size: 'middle', freeSlot: true }),
    true,
  );
  assert.equal(passes(row('a', 'a.mp3'), { ...NO_FILTERS, kbps: '256' }), false);
  assert.equal(passes(row('a', 'a.mp3', { doubts: ['size'] }), { ...NO_FILTERS, plausible: true }), false);
});

test('ten thousand results keep their number through grouping and sorting', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => row(`r${i}`, `Band ${i % 700} Song ${i % 3000}.mp3`));
  const sorted = sortGroups(groupRows(rows), { key: 'sources', order: 'desc' });
  assert.equal(
    sorted.reduce((sum, group) => sum + group.rows.length, 0),
    10_000,
  );
  assert.ok((sorted[0]?.sources ?? 0) >= (sorted.at(-1)?.sources ?? 0));
});

const TRANSFER: Transfer = {
  id: 't',
  direction: 'down',
  network: 'napster',
  name: 'a.mp3',
  state: 'receiving',
  paused: false,
  bytes: 500_000,
  sizeBytes: 1_000_000,
  bps: 100_000,
  reason: null,
  reasonCode: null,
  retryAt: null,
  nick: 'alice',
  hub: HUB.address,
  queuePlace: null,
  alternatives: 0,
  kbps: 128,
  seconds: 60,
  addedAt: 0,
  endedAt: null,
  playableBytes: 0,
  libraryId: null,
  verdict: null,
};

test('a transfer says its state and everything known about why', () => {
  const waiting = {
    ...TRANSFER,
    state: 'waiting',
    reason: 'alice is not online',
    retryAt: 60_000,
    alternatives: 2,
  } as const;
  assert.equal(stateWords(TRANSFER, 0), 'Receiving 50 %: 5 s left');
  assert.equal(stateWords({ ...TRANSFER, state: 'done', bps: 0, verdict: 'damaged' }, 0), 'Done: damaged');
  assert.equal(stateWords({ ...TRANSFER, direction: 'up' }, 0), 'Sending 50 %: 5 s left');
  assert.equal(stateWords(waiting, 0), 'Waiting: alice is not online, next try in 60 s, 2 other sources');
  assert.equal(stateWords({ ...TRANSFER, state: 'waiting', paused: true, bps: 0, reason: 'paused' }, 0), 'Paused');
});

test('only actions that make sense for every selected row are offered', () => {
  const failed = { ...TRANSFER, state: 'failed' } as const;
  assert.deepEqual(actionsFor([TRANSFER]), ['pause', 'first', 'cancel']);
  assert.deepEqual(actionsFor([failed]), ['retry', 'clear']);
  assert.deepEqual(actionsFor([TRANSFER, failed]), []);
  assert.deepEqual(actionsFor([{ ...TRANSFER, direction: 'up' }]), ['cancel']);
});

test('figures are short and in the units that people use', () => {
  assert.deepEqual([0, 999, 1000, 999_499, 999_600, 5_242_880, 4.2e9].map(bytes), [
    '0 B',
    '999 B',
    '1 kB',
    '999 kB',
    '1.0 MB',
    '5.2 MB',
    '4.2 GB',
  ]);
  assert.deepEqual([0, 5, 65, 3725].map(length), ['', '0:05', '1:05', '1:02:05']);
  assert.deepEqual([3000, 120_000, 7_200_000, 4 * 86_400_000].map(span), ['3 s', '2 min', '2 h', '4 days']);
  assert.deepEqual([0, 400, 1_250_000].map(speed), ['0 kB/s', '0 kB/s', '1.3 MB/s']);
});

test('a waveform has the asked number of bars, the loudest being 1, and silence is flat', () => {
  const samples = Float32Array.from({ length: 1000 }, (_, i) => (i < 500 ? 0.1 : 0.4) * (i % 2 === 0 ? 1 : -1));
  assert.deepEqual(
    barsOf(samples, 4).map((bar) => Number(bar.toFixed(3))),
    [0.25, 0.25, 1, 1],
  );
  assert.deepEqual(barsOf(new Float32Array(10), 3), [0, 0, 0]);
});

test('a place in the address is read back as it was written', () => {
  const hash = formatPlace(['browse', 'a/b c'], { hub: 'x:1', folder: 'A & B', none: undefined });
  assert.deepEqual(parsePlace(hash), { path: ['browse', 'a/b c'], query: { hub: 'x:1', folder: 'A & B' } });
  assert.deepEqual(parsePlace(''), { path: [], query: {} });
  assert.deepEqual(parsePlace('#/%E0%A4%A'), { path: ['%E0%A4%A'], query: {} });
});
