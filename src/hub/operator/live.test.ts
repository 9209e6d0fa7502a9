// The operator's verbs on a real hub without sockets: what people hear, and what the hub holds after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog, wireText } from '#base';
import { FLAG, LEVEL } from '../levels.ts';
import { HubWorld } from '../testing/world.ts';
import { type Actor, Desk } from './desk.ts';
import { liveOf } from './live.ts';
import { Watching } from './watching.ts';

const OPERATOR: Actor = { name: 'page:admin', mayActOn: LEVEL.elite };
const MD5 = '0'.repeat(32);

function hubWithDesk(): { world: HubWorld; desk: Desk; live: ReturnType<typeof liveOf> } {
  const world = new HubWorld();
  const { accounts, bans, channels, access, filters, audit, passwords } = world.hub;
  const books = { store: world.store, accounts, bans, channels, access, filters, audit, passwords };
  const live = liveOf(world.hub);
  return { world, live, desk: new Desk(books, live, () => world.wall, silentLog) };
}

test('people, rooms and counts are what the hub has', () => {
  const { world, live } = hubWithDesk();
  const anna = world.guest('Anna', { address: '192.0.2.1' });
  anna.send(100, `"\\music\\one song.mp3" ${MD5} 3000000 128 44100 187`);
  anna.send(400, '#lounge');
  const [user] = live.users();
  assert.deepEqual(
    [user?.nick, user?.address, user?.files, user?.bytes, user?.rooms, user?.registered],
    ['Anna', '192.0.2.1', 1, 3_000_000, ['#lounge'], false],
  );
  assert.equal(live.user('ANNA')?.since, user?.since, 'since does not wander');
  const [room] = live.rooms();
  assert.deepEqual([room?.name, room?.users], ['#lounge', 1]);
  const counts = live.counts();
  assert.deepEqual([counts.users, counts.files, counts.rooms, counts.logins], [1, 1, 1, 1]);
  assert.deepEqual([...live.files('anna', 10)], [{ nick: 'Anna', path: '\\music\\one song.mp3', hash: MD5 }]);
});

test('who is banned hears why and until when, and is gone', () => {
  const { world, desk } = hubWithDesk();
  const rude = world.guest('rude', { address: '192.0.2.7' });
  rude.heard();
  const { ended } = desk.ban('rude!*', 'rude in the lounge', 3600, OPERATOR);
  assert.equal(ended, 1);
  const heard = rude
    .heard()
    .map(([, text]) => text)
    .join();
  assert.match(heard, /You are banned until .* UTC: rude in the lounge/);
  assert.equal(world.hub.find('rude')?.state ?? 'gone', 'gone');
});

test('a muzzle and a level hold at once and are told', () => {
  const { world, desk } = hubWithDesk();
  const loud = world.guest('loud');
  loud.heard();
  desk.muzzle('loud', true, 'shouting', OPERATOR);
  assert.equal(loud.user.flags & FLAG.muzzled, FLAG.muzzled);
  assert.match(JSON.stringify(loud.heard()), /muzzled/);
  desk.setLevel('loud', LEVEL.moderator, OPERATOR);
  assert.equal(loud.user.level, LEVEL.moderator);
  desk.announce('the hub moves tonight, à bientôt', OPERATOR);
  assert.deepEqual(loud.heard().at(-1), [628, `page:admin ${wireText('the hub moves tonight, à bientôt')}`]);
});

test('a take-down unshares what is there, tells its owners, and keeps it out', async () => {
  const { world, desk, live } = hubWithDesk();
  const anna = world.guest('anna');
  const bob = world.guest('bob');
  for (const client of [anna, bob]) client.send(100, `"\\x\\Stolen Song.mp3" ${MD5} 3000000 128 44100 187`);
  anna.send(100, `"\\x\\fine song.mp3" ${MD5} 3000001 128 44100 187`);
  const preview = await desk.previewFilter('name', 'stolen song.mp3');
  assert.deepEqual([preview.files, preview.owners, preview.looked.files], [2, 2, 3]);
  assert.equal(live.counts().files, 3, 'a dry run takes nothing down');
  anna.heard();
  const { filter, takenDown } = await desk.addFilter('name', 'Stolen Song.mp3', OPERATOR);
  assert.equal(takenDown, 2);
  assert.match(JSON.stringify(anna.heard()), /does not allow 1 of your files/);
  bob.send(100, `"\\y\\STOLEN song.MP3" ${MD5} 3000000 128 44100 187`);
  assert.equal(live.counts().files, 1);
  desk.dropFilter(filter.id, OPERATOR);
  bob.send(100, `"\\y\\STOLEN song.MP3" ${MD5} 3000000 128 44100 187`);
  assert.equal(live.counts().files, 2);
});

test('a closed room is left by everybody, a registered one stays with its topic', () => {
  const { world, desk, live } = hubWithDesk();
  const anna = world.guest('anna');
  anna.send(400, '#bad');
  anna.heard();
  desk.closeRoom('#bad', 'spam', OPERATOR);
  const heard = anna.heard();
  assert.ok(heard.some(([type, text]) => type === 401 && text === '#bad'));
  assert.match(JSON.stringify(heard), /closed by page:admin: spam/);
  assert.deepEqual([...live.rooms()], []);
  desk.saveChannel('#good', { topic: 'über Musik' }, OPERATOR);
  assert.equal([...live.rooms()][0]?.registered, true);
  assert.throws(() => desk.closeRoom('#none', 'x', OPERATOR), /no room/);
});

test('who floods searches shows up with the bound they broke, as an alert', () => {
  const { world, live } = hubWithDesk();
  const watching = new Watching(live, world.wall);
  const flooder = world.guest('flood', { address: '192.0.2.66' });
  for (let i = 0; i < 400; i++) {
    flooder.send(200, 'FILENAME CONTAINS "x"');
    world.work();
    world.pass(200);
  }
  const [slowed] = live.slowed();
  assert.equal(slowed?.nick, 'flood');
  assert.match(slowed?.bound ?? '', /\d+ \w+/);
  const [alert] = watching.alerts(world.wall, () => false);
  assert.equal(alert?.mask, '*!192.0.2.66');
  assert.ok(live.asked(10, true).length > 0, 'what nobody has is known');
  watching.stop();
});
