// One more than each limit allows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS as WIRE } from '#wire/napster';
import { Counters } from './counters.ts';
import { LIMITS } from './limits.ts';
import { HubWorld, type TestClient } from './testing/world.ts';

const many = (count: number, each: (i: number) => void): void => {
  for (let i = 0; i < count; i++) each(i);
};

/** The words of the refusal of a login with this nick and password. */
function refusal(world: HubWorld, login: string): string {
  const client = world.connect();
  client.send(2, login);
  return client.heard().find(([type]) => type === 0)?.[1] ?? '';
}

test('nick, password, program name, mail and channel name', async () => {
  const world = new HubWorld();
  const { nick, password, clientName, channel } = WIRE;
  assert.equal(refusal(world, `${'n'.repeat(nick.value)} pw 0 "c" 0`), '');
  assert.match(refusal(world, `${'n'.repeat(nick.value + 1)} pw 0 "c" 0`), /^Invalid nick/);
  assert.equal(refusal(world, `a ${'p'.repeat(password.value)} 0 "c" 0`), '');
  assert.match(refusal(world, `b ${'p'.repeat(password.value + 1)} 0 "c" 0`), /^a password has at most/);
  refusal(world, `c pw 0 "${'c'.repeat(clientName.value + 1)}" 0`);
  assert.equal(world.hub.find('c')?.client.length, clientName.value);
  const user = world.guest('user');
  assert.equal(user.ask(400, 'c'.repeat(channel.value))[0]?.[0], 405);
  assert.deepEqual(user.ask(400, 'c'.repeat(channel.value + 1)), [[404, 'invalid channel name']]);
  const registered = world.connect();
  registered.send(6, `mail pw 0 "c" 0 ${'m'.repeat(LIMITS.email.value + 1)}`);
  await world.hashed();
  assert.equal(world.hub.accounts.find('mail')?.email.length, LIMITS.email.value);
});

test('hot list, ignore list and channels of one user', () => {
  const world = new HubWorld({ openLimits: true });
  const user = world.guest('user');
  many(LIMITS.hotlist.value, (i) => user.send(207, `h${i}`));
  assert.equal(user.heard().length, LIMITS.hotlist.value);
  assert.deepEqual(user.ask(207, 'one-more'), []);
  many(LIMITS.ignores.value, (i) => user.send(322, `i${i}`));
  user.heard();
  assert.equal(user.ask(322, 'one-more')[0]?.[0], 404);
  many(LIMITS.channelsOfUser.value, (i) => user.send(400, `c${i}`));
  user.heard();
  assert.match(String(user.ask(400, 'one-more')[0]?.[1]), /^you may only join/);
});

test('channels, bans of a channel, its topic, reasons', () => {
  const world = new HubWorld({ openLimits: true });
  const mod = world.staff('mod', 2);
  const { channels, channelBans, topic, reason } = LIMITS;
  mod.ask(400, 'room');
  many(channelBans.value + 1, (i) => mod.send(422, `room n${i} "${'r'.repeat(reason.value + 1)}"`));
  const room = world.hub.channels.find('room');
  assert.equal(room?.bans.length, channelBans.value);
  assert.equal(room.bans[0]?.reason.length, reason.value);
  mod.ask(410, `room ${'t'.repeat(topic.value + 1)}`);
  assert.equal(room.topic.length, topic.value);
  mod.ask(612, `somebody "${'r'.repeat(reason.value + 1)}"`);
  assert.equal(world.hub.bans.list(0)[0]?.reason.length, reason.value);
  many(channels.value, (i) => world.hub.channels.open(`made${i}`));
  assert.deepEqual(mod.ask(400, 'one-more'), [[404, 'there are too many channels']]);
});

test('files of one user, users of a hub, compressed users', () => {
  const world = new HubWorld({ maxShared: 3, maxUsers: 2 });
  const user = world.guest('user');
  many(4, (i) => user.send(100, `"${i}.mp3" h 960000 128 44100 60`));
  assert.deepEqual(user.heard(), [[404, 'You may only share 3 files']]);
  world.guest('second');
  assert.equal(refusal(world, 'third pw 0 "c" 0'), 'the hub is full; try again later');
  const roomy = new HubWorld();
  roomy.hub.compressed = LIMITS.compressed.value;
  const client = roomy.connect();
  client.send(2, 'zip pw 0 "c" 0 m 1 6');
  assert.deepEqual(client.heard()[0], [3, 'anon@peershield'], 'over the limit it is let in uncompressed');
});

test('who was told an address, who was here, floods and samples are kept in bounded numbers', () => {
  const world = new HubWorld({ openLimits: true });
  const owner = world.guest('owner');
  owner.send(100, '"a.mp3" h 960000 128 44100 60');
  const asker = world.guest('asker');
  many(LIMITS.told.value + 1, () => {
    asker.send(203, 'owner "a.mp3"');
    owner.send(608, 'asker "a.mp3"');
  });
  assert.equal(owner.user.told?.length, LIMITS.told.value);
  const passers: TestClient[] = [];
  many(LIMITS.whoWas.value + 1, (i) => passers.push(world.guest(`p${i}`)));
  for (const passer of passers) passer.drop();
  assert.equal(world.hub.whoWas.size, LIMITS.whoWas.value);
  const counters = new Counters();
  many(5000, (i) => {
    counters.flood('talk', `n${i}`, '1.1.1.1', i);
    counters.sample(1, 1);
    counters.searched(1, `words ${i}`, 0);
    counters.doubtful('n', 'p');
  });
  assert.ok(counters.floods.size <= 200 && counters.samples.length <= 3600 && counters.doubted.length <= 400);
  assert.ok(counters.asked(10_000, true).length <= 2000);
});

test('password checks wait in a bounded queue, and who comes when it is full is told so', async () => {
  const world = new HubWorld({ openLimits: true });
  const first = world.connect();
  first.send(6, 'owner secret 0 "c" 0');
  await world.hashed();
  Object.defineProperty(world.hub.passwords, 'full', { get: () => true });
  const late = world.connect();
  late.send(2, 'owner secret 0 "c" 0');
  assert.match(String(late.heard()[0]?.[1]), /^too many people log in just now/);
});
