import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireText } from '#base';
import { HubWorld, type TestClient } from './testing/world.ts';

const MD5 = '0123456789abcdef0123456789abcdef';
const share = (
  client: TestClient,
  path: string,
  { kbps = 128, hz = 44_100, seconds = 60, size = 960_000 } = {},
): void => {
  client.send(100, `"${path}" ${MD5} ${size} ${kbps} ${hz} ${seconds}`);
};
const SONG = 'C:\\My Music\\The Band - A Song.mp3';

test('an unregistered nick logs in with any password: 3 first, then motd, then the counts', () => {
  const world = new HubWorld();
  const client = world.connect();
  client.send(2, 'alice pw 6699 "nap v1" 7');
  const heard = client.heard();
  assert.deepEqual(heard[0], [3, 'anon@peershield']);
  assert.deepEqual(heard.at(-1), [214, '1 0 0']);
  assert.ok(heard.slice(1, -1).every(([type]) => type === 621));
  assert.ok(heard.some(([, text]) => text === 'SERVER peershield'));
});

test('a nick is checked, registered on the same connection, and then needs its password', async () => {
  const world = new HubWorld();
  const alice = world.connect();
  assert.deepEqual(alice.ask(7, 'alice'), [[8, '']]);
  assert.deepEqual(alice.ask(7, 'bad nick'), [[10, '']]);
  assert.deepEqual(alice.ask(6, 'alice secret 0 "c" 3 a@b'), []);
  await world.hashed();
  assert.equal(alice.heard()[0]?.[0], 3);
  alice.drop();
  const other = world.connect();
  assert.deepEqual(other.ask(7, 'ALICE'), [[9, '']]);
  other.send(2, 'alice wrong 0 "c" 3');
  await world.hashed();
  assert.deepEqual(other.heard(), [[0, 'Invalid password']]);
  assert.ok(other.gone);
  const again = world.connect();
  again.send(2, 'ALICE secret 0 "c" 3');
  await world.hashed();
  assert.equal(again.heard()[0]?.[0], 3);
  assert.equal(again.user.nick, 'alice', 'the nick is in its registered case');
  const stored = world.hub.accounts.find('alice')?.password ?? '';
  assert.match(stored, /^argon2id\$/);
  assert.ok(!stored.includes('secret'));
});

test('registering does not need a nick check before, and somebody else’s nick is refused', async () => {
  const world = new HubWorld();
  const first = world.connect();
  first.send(6, 'nick[2] pw 0 "mldonkey" 0 nomail');
  await world.hashed();
  assert.equal(first.heard()[0]?.[0], 3);
  const second = world.connect('10.9.9.9');
  second.send(6, 'nick[2] other 0 "c" 0');
  await world.hashed();
  assert.deepEqual(second.heard(), [[0, 'Nick registered to another user']]);
});

test('the owner of a nick takes the session over at once; somebody else does not', async () => {
  const world = new HubWorld();
  const old = world.guest('alice', { address: '10.0.0.1' });
  const thief = world.connect('10.0.0.2');
  thief.send(2, 'alice other 6699 "c" 7');
  assert.deepEqual(thief.heard(), [[0, 'alice is already active']]);
  // The same password as the session that is still there: the same person, on another network.
  const back = world.connect('10.0.0.3');
  back.send(2, 'alice pw 6699 "c" 7');
  assert.equal(back.heard()[0]?.[0], 3);
  assert.deepEqual(
    old.heard().map(([type]) => type),
    [748, 404, 316],
  );
  assert.ok(old.gone);
  assert.equal(world.hub.users.size, 1);
  assert.equal(world.hub.find('alice'), back.user);
});

test('too few login fields, a bad nick, and messages before the login are answered in words', () => {
  const world = new HubWorld();
  const short = world.connect();
  short.send(2, 'alice pw');
  assert.deepEqual(short.heard(), [[0, 'Too few parameters for login']]);
  assert.ok(short.gone);
  const early = world.connect();
  assert.deepEqual(early.ask(200, 'FILENAME CONTAINS "x"'), [[404, 'log in first']]);
  assert.deepEqual(early.ask(31_000), [[404, 'Unknown command code 31000']]);
  for (const type of [0, 14, 300, 920]) assert.deepEqual(early.ask(type, 'x'), []);
  assert.ok(!early.gone);
  const bad = world.connect();
  bad.send(2, '#chan pw 0 "c" 1');
  assert.equal(bad.heard().at(-1)?.[0], 0);
});

test('who does not log in is let go after a minute', () => {
  const world = new HubWorld();
  const client = world.connect();
  world.pass(59_000);
  assert.equal(client.user.session.closing, null);
  world.pass(2000);
  client.heard();
  assert.ok(client.gone);
  assert.equal(world.hub.connected, 0);
});

test('files are shared without an answer, found by others by whole words, and never by their owner', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  share(alice, SONG, { kbps: 192, size: 1_440_000 });
  assert.deepEqual(alice.heard(), []);
  const result = [201, `"${SONG}" ${MD5} 1440000 192 44100 60 alice 16777226 7`];
  assert.deepEqual(bob.ask(200, 'FILENAME CONTAINS "band song" MAX_RESULTS 5'), [result, [202, '']]);
  assert.deepEqual(bob.ask(200, 'FILENAME CONTAINS "ban"'), [[202, '']]);
  assert.deepEqual(bob.ask(200, 'FILENAME CONTAINS "band" FILENAME EXCLUDES "song"'), [[202, '']]);
  assert.deepEqual(bob.ask(200, 'FILENAME CONTAINS "band" BITRATE "AT LEAST" "256"'), [[202, '']]);
  assert.deepEqual(bob.ask(200, 'FILENAME CONTAINS "band" BITRATE "EQUAL TO" 192'), [result, [202, '']]);
  assert.deepEqual(alice.ask(200, 'FILENAME CONTAINS "band"'), [[202, '']]);
});

test('a bad search is answered by 404 and then 202', () => {
  const world = new HubWorld();
  assert.deepEqual(world.guest('bob').ask(200, 'NONSENSE'), [
    [404, 'invalid search request'],
    [202, ''],
  ]);
});

test('case and accents fold: BJÖRK finds björk and bjork, in Latin-1 and UTF-8', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  share(alice, 'C:\\a\\björk.mp3');
  share(alice, wireText('C:\\b\\Björk.mp3'));
  share(alice, 'C:\\c\\bjork.mp3');
  for (const words of ['BJÖRK', wireText('BJÖRK'), 'bjork'])
    assert.equal(bob.ask(200, `FILENAME CONTAINS "${words}"`).length, 4, words);
});

test('sizes above 4 GiB, long durations and odd bitrates survive', () => {
  const world = new HubWorld({ plausible: 'off' });
  const alice = world.guest('alice');
  share(alice, SONG, { size: 5_000_000_000, seconds: 70_000, kbps: 130, hz: 11_025 });
  const [[, text] = [0, '']] = world.guest('bob').ask(200, 'FILENAME CONTAINS "band" BITRATE "EQUAL TO" 130');
  assert.match(text, / 5000000000 130 11025 70000 /);
});

test('MAX_RESULTS is bounded by the hub, whatever is asked', () => {
  const world = new HubWorld({ maxResults: 10 });
  const alice = world.guest('alice');
  for (let i = 0; i < 50; i++) share(alice, `C:\\x\\same ${i}.mp3`);
  const bob = world.guest('bob');
  for (const max of ['', 'MAX_RESULTS 0', 'MAX_RESULTS -1', 'MAX_RESULTS 1000'])
    assert.equal(bob.ask(200, `FILENAME CONTAINS "same" ${max}`).length, 11);
  assert.equal(bob.ask(200, 'FILENAME CONTAINS "same" MAX_RESULTS 3').length, 4);
});

test('firewalled users do not find one another, others find them', () => {
  const world = new HubWorld();
  share(world.guest('alice', { port: 0 }), SONG);
  assert.equal(world.guest('bob', { port: 0 }).ask(200, 'FILENAME CONTAINS "band"').length, 1);
  const carol = world.guest('carol');
  assert.equal(carol.ask(200, 'FILENAME CONTAINS "band"').length, 2);
  carol.send(703, '0');
  assert.equal(carol.ask(200, 'FILENAME CONTAINS "band"').length, 1);
});

test('one file, a folder, or everything is unshared; the path is unquoted and must be the same', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  alice.send(870, `"\\dir\\" "a.mp3" ${MD5} 960000 128 44100 60 "b c.mp3" ${MD5} 960000 128 44100 60`);
  assert.deepEqual(alice.ask(102, '\\dir\\a.mp3'), []);
  assert.deepEqual(alice.ask(102, '"\\dir\\b c.mp3"'), [[404, 'Not sharing that file']]);
  assert.deepEqual(alice.ask(110), [[110, '1']]);
  assert.deepEqual(alice.ask(110), []);
  share(alice, SONG);
  assert.equal(world.guest('bob').ask(200, 'FILENAME CONTAINS "band"').length, 2);
});

test('only sound may be shared, and what is wrong with a share is said once', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const heard = [...Array(3)].flatMap(() => alice.ask(100, `"C:\\setup.exe" ${MD5} 1 0 0 0`));
  assert.equal(heard.length, 1);
  assert.equal(world.hub.index.totals.files, 0);
  assert.deepEqual(alice.ask(100, '"x.mp3" abc'), [[404, 'parameters are unparsable']]);
  assert.deepEqual(alice.ask(100, `"${'x'.repeat(1100)}.mp3" ${MD5} 1 1 1 1`), [[404, 'filename too long']]);
});

test('a video is shared and found only where the operator allows more than sound', () => {
  const world = new HubWorld({ audioOnly: false });
  world.guest('alice').send(10_300, '"C:\\v\\some movie.avi" 999999 0 video');
  const bob = world.guest('bob');
  assert.equal(bob.ask(200, 'FILENAME CONTAINS "movie"').length, 1);
  assert.equal(bob.ask(200, 'FILENAME CONTAINS "movie" TYPE video').length, 2);
});

test('browsing lists every file in exactly seven fields, ends with 213, and says 210 and 213 for nobody', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  share(alice, SONG);
  share(alice, 'C:\\b.mp3');
  const bob = world.guest('bob');
  assert.deepEqual(bob.ask(211, 'ALICE'), [
    [212, `alice "${SONG}" ${MD5} 960000 128 44100 60`],
    [212, `alice "C:\\b.mp3" ${MD5} 960000 128 44100 60`],
    [213, 'alice 16777226'],
  ]);
  assert.equal(bob.ask(211, 'alice 1').length, 2);
  assert.deepEqual(bob.ask(211, 'nobody'), [
    [210, 'nobody'],
    [213, 'nobody'],
  ]);
});

test('a long browse goes on in turns, others are served in between, and a slow reader holds nobody up', () => {
  const world = new HubWorld({ openLimits: true });
  const alice = world.guest('alice');
  for (let i = 0; i < 1500; i++) share(alice, `C:\\x\\f${i}.mp3`);
  const bob = world.guest('bob');
  bob.send(211, 'alice').send(600, 'alice');
  const carol = world.guest('carol');
  const first = bob.heard().length;
  assert.ok(first > 0 && first < 1500);
  assert.equal(carol.ask(200, 'FILENAME CONTAINS "f7"').length, 2);
  bob.unsent = 10_000_000;
  world.work(50);
  assert.equal(bob.heard().length, 0, 'nothing more is made for who does not read');
  bob.unsent = 0;
  world.work();
  const heard = bob.heard();
  assert.equal(first + heard.length, 1502);
  assert.deepEqual(heard.slice(-2), [
    [213, 'alice 16777226'],
    [601, 'alice 7'],
  ]);
});

test('a browse ends in good order when the browsed one leaves in the middle', () => {
  const world = new HubWorld({ openLimits: true });
  const alice = world.guest('alice');
  for (let i = 0; i < 1500; i++) share(alice, `C:\\x\\f${i}.mp3`);
  const bob = world.guest('bob');
  bob.send(211, 'alice');
  alice.drop();
  world.work();
  const heard = bob.heard();
  assert.ok(heard.length < 1500);
  assert.equal(heard.at(-1)?.[0], 213);
});

test('a download is brokered: 607 to the owner first, 204 after the owner’s 608, in the asked words', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob', { address: '10.0.0.2' });
  share(alice, SONG);
  assert.deepEqual(bob.ask(203, `alice "${SONG}"`), []);
  assert.deepEqual(alice.heard(), [[607, `bob "${SONG}"`]]);
  assert.deepEqual(alice.ask(608, `bob "${SONG}"`), []);
  assert.deepEqual(bob.heard(), [[204, `alice 16777226 6699 "${SONG}" ${MD5} 7`]]);
  assert.deepEqual(bob.ask(203, 'alice "C:\\nope.mp3"'), [[206, 'alice "C:\\nope.mp3"']]);
  assert.deepEqual(bob.ask(203, 'nobody "x"'), [[206, 'nobody "x"']]);
  assert.deepEqual(alice.ask(608, `carol "${SONG}"`), [[404, 'carol is not online']]);
  assert.deepEqual(alice.ask(608, 'bob "C:\\nope.mp3"'), [[404, 'Not sharing that file']]);
});

test('a refusal and a full queue are carried to the asker, an unreachable port to the owner', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  share(alice, SONG);
  bob.ask(203, `alice "${SONG}"`);
  alice.heard();
  alice.send(619, `bob "${SONG}" 3`).send(609, `bob "${SONG}"`);
  assert.deepEqual(bob.heard(), [
    [620, `alice "${SONG}" 960000 3`],
    [609, `alice "${SONG}"`],
  ]);
  bob.ask(626, 'alice');
  assert.deepEqual(alice.heard(), [[626, 'bob']]);
});

test('a push: 204 with port 0 at once, 607, 608, and 501 to the firewalled owner', () => {
  const world = new HubWorld();
  const alice = world.guest('alice', { port: 0 });
  const bob = world.guest('bob', { address: '10.0.0.2', port: 6700, speed: 4 });
  share(alice, SONG);
  assert.deepEqual(bob.ask(203, `alice "${SONG}"`), [[204, `alice 16777226 0 "${SONG}" ${'0'.repeat(32)} 7`]]);
  assert.deepEqual(alice.heard(), []);
  bob.ask(500, `alice "${SONG}"`);
  assert.deepEqual(alice.heard(), [[607, `bob "${SONG}"`]]);
  assert.deepEqual(alice.ask(608, `bob "${SONG}"`), [[501, `bob 33554442 6700 "${SONG}" ${MD5} 4`]]);
  const carol = world.guest('carol', { port: 0 });
  assert.deepEqual(carol.ask(500, `alice "${SONG}"`), [[204, `alice 16777226 0 "${SONG}" firewallerror 7`]]);
  share(bob, SONG);
  assert.deepEqual(carol.ask(500, `bob "${SONG}"`), [[404, 'bob is not firewalled']]);
});

test('nobody learns the address of somebody who did not ask for anything', () => {
  const world = new HubWorld();
  const spy = world.guest('spy', { port: 0 });
  share(spy, SONG);
  world.guest('bob');
  assert.deepEqual(spy.ask(608, `bob "${SONG}"`), [[404, 'bob did not ask for a file of yours']]);
  assert.deepEqual(spy.ask(641, 'bob'), [[404, 'bob did not ask for your files']]);
});

test('direct browsing is relayed both ways, also to a firewalled owner, and refused in words', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const wall = world.guest('wall', { port: 0 });
  const bob = world.guest('bob', { address: '10.0.0.2' });
  assert.deepEqual(bob.ask(640, 'alice'), [[642, 'alice "this user shares nothing"']]);
  share(alice, SONG);
  share(wall, SONG);
  bob.ask(640, 'alice');
  assert.deepEqual(alice.heard(), [[640, 'bob']]);
  alice.ask(641, 'bob');
  assert.deepEqual(bob.heard(), [[641, 'alice 16777226 6699']]);
  bob.ask(640, 'wall');
  assert.deepEqual(wall.heard(), [[640, 'bob 33554442 6699']]);
  assert.deepEqual(world.guest('w2', { port: 0 }).ask(640, 'wall'), [[642, 'wall "you are both firewalled"']]);
  assert.deepEqual(bob.ask(640, 'nobody'), [[404, 'User is not currently online.']]);
});

test('resume finds every sharer of a hash and size', () => {
  const world = new HubWorld();
  share(world.guest('alice'), SONG);
  const bob = world.guest('bob');
  assert.deepEqual(bob.ask(215, `${MD5} 960000`), [
    [216, `alice 16777226 6699 "${SONG}" ${MD5} 960000 7`],
    [217, ''],
  ]);
  assert.deepEqual(bob.ask(215, `${MD5} 1`), [[217, '']]);
});

test('whois has no empty quoted field, counts transfers, and answers an unknown nick once', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  alice.send(218).send(218).send(219).send(220);
  world.pass(5000);
  assert.deepEqual(bob.ask(603, 'ALICE'), [[604, 'alice "User" 5 " " "Active" 0 1 1 7 "test client"']]);
  assert.deepEqual(bob.ask(603, 'nobody'), [[404, 'user nobody is not a known user']]);
  alice.send(400, 'Testing');
  assert.match(String(bob.ask(603, 'alice')[0]?.[1]), /" Testing" "Active"/);
});

test('private messages are byte for byte, cut for old clients, and not carried to who ignores', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  bob.ask(205, 'alice two  blanks "and" \xff');
  assert.deepEqual(alice.heard(), [[205, 'bob two  blanks "and" \xff']]);
  bob.ask(205, `alice ${'m'.repeat(400)}`);
  assert.equal(alice.heard()[0]?.[1].length, 180);
  assert.deepEqual(alice.ask(322, 'bob'), [[322, 'bob']]);
  assert.deepEqual(alice.ask(322, 'bob'), [[325, 'bob']]);
  bob.ask(205, 'alice hi');
  assert.deepEqual(alice.heard(), []);
  assert.deepEqual(alice.ask(320), [
    [321, 'bob'],
    [320, '1'],
  ]);
  assert.deepEqual(alice.ask(323, 'bob'), [[323, 'bob']]);
  assert.deepEqual(alice.ask(323, 'bob'), [[324, 'bob']]);
  assert.deepEqual(alice.ask(326), [[326, '0']]);
});

test('the hot list acknowledges any nick, and tells when somebody comes and goes, also when the socket dies', () => {
  const world = new HubWorld();
  const bob = world.guest('bob');
  assert.deepEqual(bob.ask(207, 'carol'), [[301, 'carol']]);
  const carol = world.guest('carol', { speed: 3 });
  assert.deepEqual(bob.heard(), [[209, 'carol 3']]);
  assert.deepEqual(bob.ask(208, 'carol'), [
    [301, 'carol'],
    [209, 'carol 3'],
  ]);
  carol.drop(new Error('reset'));
  assert.deepEqual(bob.heard(), [[210, 'carol']]);
  bob.ask(303, 'carol');
  world.guest('carol');
  assert.deepEqual(bob.heard(), []);
  bob.drop();
  assert.equal(world.hub.watchers.size, 0);
});

test('pings are relayed in the sender’s registered case, also to oneself and with a blank behind the nick', () => {
  const world = new HubWorld();
  const alice = world.guest('Alice');
  const bob = world.guest('Bob');
  bob.ask(751, 'alice ');
  assert.deepEqual(alice.heard(), [[751, 'Bob']]);
  alice.ask(752, 'bob now');
  assert.deepEqual(bob.heard(), [[752, 'Alice now']]);
  assert.deepEqual(bob.ask(751, 'bob'), [[751, 'Bob']]);
  assert.deepEqual(bob.ask(751, 'nobody'), [[404, 'user nobody is not currently online']]);
});

test('a channel: 405, 408 of everybody with oneself, 409, 410; others hear 406 and 407; names as they were written', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  const opened = alice.ask(400, 'Testing');
  assert.deepEqual(
    opened.map(([type]) => type),
    [405, 408, 409, 410],
  );
  assert.deepEqual(bob.ask(400, 'testing'), [
    [405, 'Testing'],
    [408, 'Testing alice 0 7'],
    [408, 'Testing bob 0 7'],
    [409, 'Testing'],
    [410, 'Testing '],
  ]);
  assert.deepEqual(alice.heard(), [[406, 'Testing bob 0 7']]);
  assert.deepEqual(bob.ask(402, 'testing hello  there'), [[403, 'Testing bob hello  there']]);
  assert.deepEqual(alice.heard(), [[403, 'Testing bob hello  there']]);
  assert.deepEqual(bob.ask(824, 'Testing "waves"'), [[824, 'Testing bob "waves"']]);
  assert.deepEqual(bob.ask(830, 'Testing').at(-1), [830, '']);
  assert.deepEqual(bob.ask(617), [
    [618, 'Testing 2 '],
    [617, ''],
  ]);
  assert.deepEqual(bob.ask(827), [
    [828, 'Testing 2 1 0 0 ""'],
    [827, ''],
  ]);
  alice.heard();
  assert.deepEqual(bob.ask(401, 'Testing'), [[401, 'Testing']]);
  assert.deepEqual(alice.heard(), [[407, 'Testing bob 0 7']]);
  alice.drop();
  assert.equal(world.hub.channels.size, 0);
});

test('somebody who leaves takes every trace along', () => {
  const world = new HubWorld();
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  share(alice, SONG);
  alice.send(400, 'room').send(207, 'bob');
  bob.ask(400, 'room');
  alice.drop();
  assert.deepEqual(bob.heard(), [[407, 'room alice 1 7']]);
  assert.deepEqual(bob.ask(200, 'FILENAME CONTAINS "band"'), [[202, '']]);
  assert.deepEqual(bob.ask(214), [[214, '1 0 0']]);
  assert.equal(world.hub.watchers.size, 0);
  assert.equal(world.hub.owners.filter((owner) => owner !== undefined).length, 0);
});

test('an unknown message is answered by its number and the connection stays', () => {
  const world = new HubWorld();
  const bob = world.guest('bob');
  for (const type of [12, 310, 316, 5555, 10_201, 65_535])
    assert.deepEqual(bob.ask(type, 'x'), [[404, `Unknown command code ${type}`]]);
  assert.deepEqual(bob.ask(4, '1.0'), [[4, '']]);
});

test('nothing above type 2000 is sent to a client that did not say 2100', () => {
  const world = new HubWorld({ privacy: true, relay: true });
  const alice = world.guest('alice');
  const bob = world.guest('bob');
  share(alice, SONG);
  const heard = [
    ...bob.ask(203, `alice "${SONG}"`),
    ...alice.ask(608, `bob "${SONG}"`),
    ...bob.heard(),
    ...bob.ask(2140, 'x 5 band'),
    ...bob.ask(2150),
    ...bob.ask(2120, '80'),
  ];
  assert.equal(heard.length, 4);
  assert.ok(heard.every(([type]) => type < 2000));
});

test('thousands of channels are listed in turns, with the end behind the last', () => {
  const world = new HubWorld({ openLimits: true });
  for (let i = 0; i < 1000; i++) world.hub.channels.open(`room${i}`);
  const user = world.guest('user');
  user.send(617).send(600, 'user');
  const first = user.heard();
  assert.equal(first.length, 400);
  world.work();
  const rest = user.heard();
  assert.equal(first.length + rest.length, 1002);
  assert.deepEqual(
    rest.slice(-2).map(([type]) => type),
    [617, 601],
  );
});
