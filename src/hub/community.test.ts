// A thousand people on one hub, doing everything there is to do, by seeded chance; and strangers who send what a grammar
// of the protocol can make. What must hold: every search is ended, nobody is lost, the counts are those of a model, and
// when everybody has left nothing is left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chance, pick, seeded, WireError, wholeBelow } from '#base';
import { FROM_CLIENT } from '#wire/napster';
import { fuzzPayload } from './testing/grammar.ts';
import { HubWorld, type TestClient } from './testing/world.ts';

const SCALE = Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
const WORDS = 'love night army river copper slow kettle moon rain björk 02 live dance blue'.split(' ');
const CHANNELS = ['lobby', 'Testing', '#rock', 'jazz'];

type Person = { client: TestClient; nick: string; files: Set<string>; searches: number; ended: number };

test('a thousand users and every kind of message: the hub’s counts are the model’s, each search ends, nothing is left', () => {
  const chance = seeded(2026);
  const world = new HubWorld({ openLimits: true, plausible: 'off' });
  const people: Person[] = [];
  for (let i = 0; i < 1000; i++) people.push(comes(world, `user${i}`, chance));
  for (let step = 0; step < 10_000 * SCALE; step++) {
    const at = wholeBelow(people.length, chance);
    let person = people[at] as Person;
    if (wholeBelow(200, chance) === 0) {
      person.client.drop();
      person = people[at] = comes(world, person.nick, chance);
    }
    acts(person, pick(people, chance), chance);
    if (step % 50 === 0) {
      world.work();
      world.hub.tidy();
    }
  }
  world.work();
  for (const person of people) hears(person);
  assert.equal(world.hub.counters.bugs, 0);
  for (const { nick, searches, ended } of people) assert.equal(ended, searches, nick);
  const files = people.reduce((sum, person) => sum + person.files.size, 0);
  assert.equal(world.hub.index.totals.files, files);
  assert.equal(world.hub.users.size, 1000);
  for (const { client } of people) client.drop();
  while (world.hub.tidy());
  assert.equal(world.hub.index.totals.files, 0);
  assert.equal(world.hub.index.totals.owners, 0);
  assert.equal(world.hub.users.size, 0);
  assert.equal(world.hub.connected, 0);
  assert.equal(world.hub.channels.size, 0);
  assert.equal(world.hub.watchers.size, 0);
});

function comes(world: HubWorld, nick: string, chance: Chance): Person {
  const port = wholeBelow(4, chance) === 0 ? 0 : 6699;
  const client = world.guest(nick, { port, address: `10.0.${wholeBelow(250, chance)}.${wholeBelow(250, chance)}` });
  const person = { client, nick, files: new Set<string>(), searches: 0, ended: 0 };
  for (let i = wholeBelow(8, chance); i > 0; i--) shares(person, chance);
  return person;
}

function shares({ client, files }: Person, chance: Chance): void {
  const path = `C:\\music\\${pick(WORDS, chance)}\\${pick(WORDS, chance)} ${pick(WORDS, chance)} ${wholeBelow(30, chance)}.mp3`;
  client.send(
    100,
    `"${path}" 0123456789abcdef0123456789abcdef ${wholeBelow(9e6, chance)} ${pick([64, 128, 192], chance)} 44100 200`,
  );
  files.add(path);
}

function acts(person: Person, other: Person, chance: Chance): void {
  const { client, files } = person;
  const { nick } = other;
  const channel = pick(CHANNELS, chance);
  const path = pick([...other.files, 'C:\\nope.mp3'], chance);
  switch (wholeBelow(22, chance)) {
    case 0:
    case 1:
      shares(person, chance);
      break;
    case 2: {
      const [first] = files;
      if (first === undefined) break;
      client.send(102, first);
      files.delete(first);
      break;
    }
    case 3:
      if (wholeBelow(10, chance) > 0) break;
      client.send(110);
      files.clear();
      break;
    case 4:
    case 5:
    case 6:
      person.searches++;
      client.send(200, `FILENAME CONTAINS "${pick(WORDS, chance)} ${pick(WORDS, chance)}" MAX_RESULTS 20`);
      break;
    case 7:
      client.send(211, nick);
      break;
    case 8:
      client.send(203, `${nick} "${path}"`);
      break;
    case 9:
      client.send(500, `${nick} "${path}"`);
      break;
    case 10:
      client.send(205, `${nick} hello ${'x'.repeat(wholeBelow(300, chance))}`);
      break;
    case 11:
      client.send(pick([207, 208, 303], chance), nick);
      break;
    case 12:
      client.send(pick([751, 752], chance), nick);
      break;
    case 13:
      client.send(pick([400, 401], chance), channel);
      break;
    case 14:
      client.send(pick([402, 824, 410], chance), `${channel} "words"`);
      break;
    case 15:
      client.send(pick([617, 827, 214, 621, 320, 110 + 104], chance));
      break;
    case 16:
      client.send(pick([603, 600, 640, 641, 10_119], chance), nick);
      break;
    case 17:
      client.send(pick([218, 219, 220, 221], chance));
      break;
    case 18:
      client.send(pick([322, 323], chance), nick);
      break;
    case 19:
      client.send(703, String(pick([0, 6699], chance)));
      break;
    case 20:
      // Answers whatever it was asked.
      answers(person);
      break;
    default:
      client.send(215, `0123456789abcdef0123456789abcdef ${wholeBelow(9e6, chance)}`);
  }
}

function answers(person: Person): void {
  for (const [type, text] of hears(person)) {
    if (type === 607) person.client.send(text.length % 3 === 0 ? 609 : 608, text);
    if (type === 640) person.client.send(641, text.split(' ')[0]);
  }
}

function hears(person: Person): [number, string][] {
  const heard = person.client.heard();
  for (const [type] of heard) if (type === 202) person.ended++;
  return heard;
}

test('fuzz: a grammar of every message by users, moderators and elites; a second client stays served all the time', () => {
  const chance = seeded(823);
  const world = new HubWorld({ openLimits: true, audioOnly: false, relay: true });
  let watcher = world.guest('watcher', { address: '10.200.0.1' });
  const levels = [1, 1, 1, 2, 4, 0] as const;
  const fuzzers = levels.map((_, i) => enters(world, `f${i}`, levels[i] as 0));
  const types: number[] = Object.values(FROM_CLIENT).map(({ type }) => type);
  const rounds = 15_000 * SCALE;
  for (let round = 0; round < rounds; round++) {
    const i = wholeBelow(fuzzers.length, chance);
    if ((fuzzers[i] as TestClient).gone) fuzzers[i] = enters(world, `f${i}`, levels[i] as 0);
    const client = fuzzers[i] as TestClient;
    client.send(wholeBelow(50, chance) === 0 ? wholeBelow(65_536, chance) : pick(types, chance), fuzzPayload(chance));
    if (wholeBelow(500, chance) === 0) client.bytes(Uint8Array.from([9, 0, 200, 0, 1]));
    if (wholeBelow(300, chance) === 0) client.drop();
    else client.heard();
    if (round % 20 === 0) {
      world.work();
      world.now += 10;
      liftBans(world);
      // An elite among them may have sent the watcher away: then it comes again, and must be let in.
      watcher.heard();
      if (watcher.gone) watcher = enters(world, 'watcher', 1);
      assert.deepEqual(served(watcher), [601, 'watcher 7']);
    }
  }
  assert.equal(world.hub.counters.bugs, 0);
  for (const { gone, user } of fuzzers) {
    if (gone || user.session.closing === null) continue;
    assert.ok(user.session.closing instanceof WireError || user.session.closing instanceof Error);
  }
});

function enters(world: HubWorld, nick: string, level: 0 | 1 | 2 | 3 | 4): TestClient {
  liftBans(world);
  world.hub.accounts.remove(nick);
  const client = world.guest(nick, { address: '10.0.0.77' });
  client.user.level = level;
  return client;
}

/** What the watcher hears of its own question, whatever else is said to it. */
function served(watcher: TestClient): unknown {
  if (watcher.user.level !== 1) watcher.user.level = 1;
  watcher.user.speed = 7;
  return watcher.ask(600, 'watcher').find(([type]) => type === 601);
}

/** Elites among the fuzzers ban and deny everybody now and then. */
function liftBans({ hub, wall }: HubWorld): void {
  for (const { id } of hub.bans.list(0)) hub.bans.lift(`#${id}`, 'test', wall);
  for (const kind of ['deny', 'class'] as const)
    for (const { mask } of hub.access.list(kind)) hub.access.remove(kind, mask);
}
