// What brought old servers down, hung them or made them leak (facts of 1999–2010), and what strangers try.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { byteString, type Log, silentLog, wholeBelow } from '#base';
import { encodeFrame, FROM_CLIENT, LIMITS as WIRE } from '#wire/napster';
import { LIMITS } from './limits.ts';
import { globMatches } from './masks.ts';
import { HubWorld, type TestClient } from './testing/world.ts';

const MD5 = '0123456789abcdef0123456789abcdef';
const share = (client: TestClient, path: string): TestClient =>
  client.send(100, `"${path}" ${MD5} 960000 128 44100 60`);

/** Somebody else still gets an answer, and nobody was lost on the way. */
function stillServed(world: HubWorld): void {
  const other = world.guest(`other${world.now}${wholeBelow(1e6, Math.random)}`.slice(0, 19), { address: '10.77.0.1' });
  assert.deepEqual(other.ask(600, other.user.nick), [[601, `${other.user.nick} 7`]]);
  other.drop();
}

test('message 823 with more than a dozen words is a question about one channel', () => {
  const world = new HubWorld();
  const user = world.guest('user');
  assert.deepEqual(user.ask(823, 'a b c d e f g h i j k l m n o p'), [[404, 'no such channel']]);
  stillServed(world);
});

test('a login whose compression field is not 1 to 9 logs in without compression', () => {
  const world = new HubWorld();
  for (const [i, field] of ['0', '10', '-1', 'x', '99999999999'].entries()) {
    const client = world.connect();
    client.send(2, `nick${i} pw 6699 "c" 7 a@b.c 1 ${field}`);
    assert.deepEqual(client.heard()[0], [3, 'anon@peershield']);
  }
});

test('nobody can ignore themselves, and messaging oneself works', () => {
  const world = new HubWorld();
  const user = world.guest('user');
  assert.deepEqual(user.ask(322, 'USER'), [[404, 'you cannot ignore yourself']]);
  assert.deepEqual(user.ask(205, 'user hello'), [[205, 'user hello']]);
});

test('a gigabyte of deflated zeros ends its sender’s connection and nothing else', () => {
  const world = new HubWorld();
  const bomb = world.connect();
  bomb.send(2, 'bomb pw 6699 "c" 7 a@b.c 1 6');
  const ack = byteString(bomb.user.session.takeOutput() ?? new Uint8Array(0));
  assert.ok(ack.startsWith(byteString(encodeFrame(3, '"anon@peershield" 6'))));
  const zeros = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage.rss();
  const began = process.cpuUsage();
  bomb.bytes(zeros);
  assert.equal((bomb.user.session.closing as { code?: string } | null)?.code, 'inflate-bomb');
  assert.ok(process.cpuUsage(began).user < 500_000);
  assert.ok(process.memoryUsage.rss() - before < 50e6);
  stillServed(world);
});

test('length limits hold inside a compressed stream too', () => {
  const world = new HubWorld();
  const client = world.connect();
  client.send(2, 'long pw 6699 "c" 7 a@b.c 1 6');
  client.bytes(deflateSync(encodeFrame(205, `x ${'y'.repeat(WIRE.clientPayload.value)}`), { finishFlush: 2 }));
  assert.equal((client.user.session.closing as { code?: string } | null)?.code, 'too-long');
});

test('what is no zlib stream ends a compressed session', () => {
  const world = new HubWorld();
  const client = world.connect();
  client.send(2, 'junk pw 6699 "c" 7 a@b.c 1 6');
  client.bytes(new Uint8Array(1000).fill(0xff));
  assert.equal((client.user.session.closing as { code?: string } | null)?.code, 'inflate');
  stillServed(world);
});

test('sharing one file and unsharing everything, over and over, does not grow the index', () => {
  const world = new HubWorld({ openLimits: true });
  const user = world.guest('user');
  const round = (): void => {
    share(user, 'C:\\x\\one file.mp3').send(110);
    user.heard();
    world.hub.tidy();
  };
  for (let i = 0; i < 500; i++) round();
  const { used } = world.hub.index.memory;
  for (let i = 0; i < 5000; i++) round();
  assert.ok(world.hub.index.memory.used <= used + 65_536, `${used} → ${world.hub.index.memory.used}`);
});

test('a word that thousands of files have stays searchable, for everybody and for ever', () => {
  const world = new HubWorld({ openLimits: true });
  for (let u = 0; u < 4; u++) {
    const sharer = world.guest(`s${u}`);
    for (let i = 0; i < 2000; i++) share(sharer, `C:\\love\\song ${i}.mp3`);
  }
  const user = world.guest('user');
  for (let i = 0; i < 3; i++) assert.equal(user.ask(200, 'FILENAME CONTAINS "love song"').length, 101);
  assert.equal(world.guest('other').ask(200, 'FILENAME CONTAINS "love"').length, 101);
  assert.deepEqual(world.hub.filters.list(), []);
});

test('a search with an excluded word that exists leaves nothing behind', () => {
  const world = new HubWorld({ openLimits: true });
  share(world.guest('sharer'), 'C:\\x\\one two.mp3');
  const user = world.guest('user');
  for (let i = 0; i < 2000; i++) assert.equal(user.ask(200, 'FILENAME CONTAINS "one -two"').length, 1);
});

test('a file of a hundred words and a folder of the longest name are taken or refused, never half', () => {
  const world = new HubWorld();
  const user = world.guest('user');
  const words = Array.from({ length: 100 }, (_, i) => `w${i}`).join(' ');
  assert.deepEqual(share(user, `C:\\${words}.mp3`).heard(), []);
  assert.equal(world.guest('b').ask(200, 'FILENAME CONTAINS "w0 w99"').length, 2);
  const long = 'd'.repeat(WIRE.path.value);
  assert.deepEqual(user.ask(870, `"\\${long}\\" "a.mp3" ${MD5} 1 128 44100 60`), [[404, 'filename too long']]);
  assert.deepEqual(user.ask(870, '"\\dir\\" "a.mp3'), [[404, 'parameters are unparsable']]);
});

test('a topic cannot hold line ends, and only operators set it', () => {
  const world = new HubWorld();
  const op = world.guest('op');
  op.ask(400, 'room');
  assert.deepEqual(op.ask(410, 'room one\r\ntwo\0'), [[410, 'room one  two ']]);
  const other = world.guest('other');
  other.ask(400, 'room');
  assert.deepEqual(other.ask(410, 'room mine'), [[404, 'permission denied']]);
  for (const [type, payload] of [
    [10_204, 'room other'],
    [422, 'room op'],
    [829, 'room op'],
    [820, 'room'],
    [823, 'room Elite'],
    [826, 'room 1'],
    [10_209, 'room +MODERATED'],
    [10_213, 'room op'],
    [10_208, 'room hi'],
  ] as const)
    assert.deepEqual(other.ask(type, payload), [[404, 'permission denied']], String(type));
});

test('a full registered channel goes on under numbers and ends in words', () => {
  const world = new HubWorld();
  const mod = world.staff('mod', 2);
  mod.ask(400, 'full');
  mod.ask(10_209, 'full +REGISTERED');
  mod.ask(826, 'full 1');
  assert.deepEqual(world.guest('one').ask(400, 'full')[0], [405, 'full1']);
  assert.deepEqual(world.guest('two').ask(400, 'full')[0], [405, 'full1']);
});

test('settings that could hurt are not to be set or read by messages', () => {
  const world = new HubWorld({ napigatorPassword: 'secret!' });
  const elite = world.staff('elite', 4);
  const lines = elite.ask(810).map(([, text]) => text);
  assert.ok(lines.length > 20);
  assert.ok(!lines.join('\n').includes('secret!'));
  assert.ok(!lines.some((line) => line.startsWith('napigator_password')));
});

test('message 11 tells nobody whether a password is right, before and after the login', async () => {
  const world = new HubWorld();
  const owner = world.connect();
  owner.send(6, 'owner secret 0 "c" 0');
  await world.hashed();
  const stranger = world.connect();
  assert.deepEqual(stranger.ask(11, 'owner secret'), []);
  assert.deepEqual(stranger.ask(11, 'owner wrong'), []);
  assert.deepEqual(stranger.ask(11, 'owner'), [[404, 'parameters are unparsable for message 11']]);
});

test('what users say never reaches others in more than 180 bytes', () => {
  const world = new HubWorld();
  const [a, b] = [world.guest('a'), world.guest('b')];
  a.ask(400, 'room');
  b.ask(400, 'room');
  a.heard();
  const long = 'x'.repeat(1900);
  b.send(205, `a ${long}`).send(402, `room ${long}`).send(824, `room "${long}"`).send(751, `a ${long}`);
  const heard = a.heard();
  assert.deepEqual(
    heard.map(([type]) => type),
    [205, 403, 824, 751],
  );
  assert.ok(heard.every(([, text]) => text.length <= 180));
});

test('masks of many stars cost no more than their length times the text’s', () => {
  const began = process.cpuUsage();
  assert.equal(globMatches(`${'*a'.repeat(60)}b`, 'a'.repeat(5000)), false);
  assert.ok(process.cpuUsage(began).user < 500_000);
});

test('before the login a client has thirty messages', () => {
  const world = new HubWorld();
  const client = world.connect();
  for (let i = 0; i < LIMITS.messagesBeforeLogin.value; i++) client.send(7, 'nick');
  assert.equal(client.user.session.closing, null);
  client.send(7, 'nick');
  assert.deepEqual(client.heard().at(-1), [0, 'log in first']);
});

test('who floods waits, in order and without losing a message, and others do not notice', () => {
  const world = new HubWorld();
  const flooder = world.guest('flooder');
  const other = world.guest('other');
  for (let i = 0; i < 700; i++) flooder.send(600, 'other');
  assert.ok(flooder.paused, 'the socket is not read from');
  const first = flooder.heard().length;
  assert.ok(first >= 500 && first < 600, String(first));
  assert.deepEqual(other.ask(600, 'flooder'), [[601, 'flooder 7']]);
  world.pass(10_000);
  assert.equal(first + flooder.heard().filter(([type]) => type === 601).length, 700);
  assert.ok(!flooder.paused);
  const [flood] = world.hub.counters.floods.values();
  assert.equal(flood?.nick, 'flooder');
});

test('browsing is paid for by the file: ten bytes cannot make the hub send a megabyte again and again', () => {
  const world = new HubWorld({ messagesPerSecond: 5 });
  const sharer = world.guest('sharer');
  for (let i = 0; i < 2000; i++) share(sharer, `C:\\x\\${i}.mp3`);
  world.pass(1000);
  const user = world.guest('user', { address: '10.1.0.1' });
  let got = 0;
  for (let i = 0; i < 20; i++) {
    user.send(211, 'sharer');
    world.work();
    got += user.heard().length;
  }
  assert.ok(user.paused);
  assert.ok(got < 10 * 2000, String(got));
});

test('a client that sends on while it has to wait is ended', () => {
  const world = new HubWorld();
  const flooder = world.guest('flooder');
  for (let i = 0; i < 100_000 && flooder.user.session.closing === null; i++) flooder.send(600, 'other');
  assert.equal((flooder.user.session.closing as { code?: string } | null)?.code, 'flood');
});

test('searches, talk and shares have budgets of their own', () => {
  const world = new HubWorld({ searchesPerMinute: 60, talkPerMinute: 60, sharesPerSecond: 10 });
  const talker = world.guest('talker');
  const searcher = world.guest('searcher');
  const sharer = world.guest('sharer');
  for (let i = 0; i < 40; i++) {
    talker.send(205, 'searcher hi');
    searcher.send(200, 'FILENAME CONTAINS "x"');
  }
  for (let i = 0; i < 100; i++) share(sharer, `C:\\${i}.mp3`);
  for (const client of [talker, searcher, sharer]) assert.ok(client.paused, client.user.nick);
  world.pass(60_000);
  for (const client of [talker, searcher, sharer]) assert.ok(!client.paused, client.user.nick);
  assert.equal(world.hub.sharedBy(sharer.user), 100);
});

test('many users of one address, and of one network, share a budget; one elsewhere is not concerned', () => {
  const world = new HubWorld({ searchesPerMinute: 60, maxClones: 0, loginsPerMinute: 1000 });
  const crowd = Array.from({ length: 20 }, (_, i) => world.guest(`c${i}`, { address: '10.5.0.7' }));
  const elsewhere = world.guest('elsewhere', { address: '10.6.0.7' });
  for (const client of crowd) for (let i = 0; i < 20; i++) client.send(200, 'FILENAME CONTAINS "x"');
  const waiting = crowd.filter(({ paused }) => paused).length;
  assert.ok(waiting >= 10, `${waiting} of 20 wait, though none is over its own budget of thirty`);
  elsewhere.send(200, 'FILENAME CONTAINS "x"');
  assert.ok(!elsewhere.paused);
});

test('logins, connections and registrations of one address and one network are bounded; another address is not concerned', async () => {
  const world = new HubWorld({ loginsPerMinute: 10, connectsPerMinute: 50, maxClones: 3 });
  let refused = 0;
  for (let i = 0; i < 10; i++) {
    const client = world.connect('10.5.0.1');
    client.send(2, `n${i} pw 0 "c" 0`);
    if (client.heard()[0]?.[0] === 0) refused++;
    client.drop();
  }
  assert.equal(refused, 5);
  assert.equal(world.guest('fine', { address: '10.6.0.1' }).gone, false);
  const refusals: (string | null)[] = [];
  for (let i = 0; i < 30; i++) refusals.push(world.hub.refusal(`10.7.0.${i}`, world.now));
  assert.equal(refusals.filter((why) => why !== null).length, 5);
  for (let i = 0; i < 3; i++) world.connect('10.8.0.1');
  assert.match(String(world.hub.refusal('10.8.0.1', world.now)), /only 3 connections/);
});

test('guessing passwords is slowed down for the guesser’s address only', async () => {
  const world = new HubWorld();
  const owner = world.connect('10.1.1.1');
  owner.send(6, 'owner secret 0 "c" 0');
  await world.hashed();
  owner.drop();
  let tries = 0;
  for (; tries < 30; tries++) {
    const guesser = world.connect('10.2.2.2');
    guesser.send(2, `owner guess${tries} 0 "c" 0`);
    await world.hashed();
    if (String(guesser.heard()[0]?.[1]).startsWith('Connecting too fast')) break;
  }
  assert.ok(tries < 10, String(tries));
  const back = world.connect('10.1.1.1');
  back.send(2, 'owner secret 0 "c" 0');
  await world.hashed();
  assert.equal(back.heard()[0]?.[0], 3);
});

test('passwords are in no log line and nowhere in the database', async () => {
  const lines: unknown[] = [];
  const note = (event: string, fields?: unknown): void => void lines.push([event, fields]);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const world = new HubWorld({}, {}, log);
  const user = world.connect();
  user.send(6, 'user hunter2secret 0 "c" 0');
  await world.hashed();
  user.send(701, 'hunter3secret');
  await world.hashed();
  const elite = world.staff('elite', 4);
  elite.send(753, 'user hunter4secret').send(10_200, 'fresh hunter5secret a@b');
  elite.send(205, 'nickserv register hunter6secret');
  await world.hashed();
  const wrong = world.connect();
  wrong.send(2, 'user hunter7secret 0 "c" 0');
  await world.hashed();
  world.hub.audit.flush();
  const tables = ['account', 'audit', 'setting'].map((table) => world.store.prepare(`SELECT * FROM ${table}`).all());
  assert.ok(!JSON.stringify([lines, tables]).includes('secret'));
  assert.equal(world.hub.accounts.count, 3);
});

test('odd arguments to every message there is, by every level, crash nothing', () => {
  const world = new HubWorld({ openLimits: true });
  const odd = [
    '',
    ' ',
    '"',
    '"" ""',
    '%s%n%x %d',
    'a'.repeat(2044),
    `${'b'.repeat(250)}!*`,
    'user',
    'user user user user user user user user',
    'room',
    '\0\0',
    '-1 -1 -1',
    '99999999999999999999 1',
    '* i',
    '1.2.3.4/99 5',
    'operserv',
    'nickserv register',
    'chanserv',
    '#room +REGISTERED +X',
  ];
  for (const level of [0, 1, 2, 3, 4] as const)
    for (const { type } of Object.values(FROM_CLIENT)) {
      for (const payload of odd) {
        let user = world.hub.find(`who${level}`);
        let client = world.clients.find((one) => one.user === user && !one.gone);
        if (user === null || client === undefined) {
          client = world.guest(`who${level}`, { address: '10.3.0.1' });
          user = client.user;
        }
        user.level = level;
        client.send(type, payload);
        client.heard();
      }
    }
  world.work();
  world.hub.bans.list(0).forEach((ban) => world.hub.bans.lift(`#${ban.id}`, 'test', world.wall));
  assert.equal(world.hub.counters.bugs, 0);
  for (const kind of ['class', 'deny', 'admit', 'exempt'] as const)
    for (const { mask } of world.hub.access.list(kind)) world.hub.access.remove(kind, mask);
  stillServed(world);
});

test('a fault of ours costs whoever met it their connection, and nobody else anything', () => {
  const lines: string[] = [];
  const quiet = silentLog.debug.bind(silentLog);
  const world = new HubWorld({}, {}, { debug: quiet, info: quiet, warn: quiet, error: (event) => lines.push(event) });
  const user = world.guest('user');
  world.hub.accounts.find = () => {
    throw new Error('disk full');
  };
  user.send(603, 'nobody');
  user.heard();
  assert.ok(user.gone);
  assert.deepEqual(lines, ['bug']);
  world.hub.work.add({
    turn: () => {
      throw new Error('again');
    },
    finished: () => {},
  });
  world.work();
  assert.equal(world.hub.counters.bugs, 2);
  Reflect.deleteProperty(world.hub.accounts, 'find');
  stillServed(world);
});
