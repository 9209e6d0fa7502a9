import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore } from '#store';
import { LEVEL } from './levels.ts';
import { SCHEMA } from './schema.ts';
import { HubWorld } from './testing/world.ts';

const DENIED = [[404, 'permission denied']];

test('what only moderators, admins and elites may do is denied to others', () => {
  const world = new HubWorld();
  const user = world.guest('user');
  world.guest('victim');
  for (const type of [610, 611, 612, 614, 615, 622, 623, 625, 627, 652, 801, 810, 831, 10_050, 10_121, 10_122, 10_253])
    assert.deepEqual(user.ask(type, 'victim x'), DENIED, String(type));
  const mod = world.staff('mod', 2);
  for (const type of [628, 753, 821, 822, 10_200, 10_264, 800, 10_117, 9999])
    assert.deepEqual(mod.ask(type, 'victim x y z'), DENIED, String(type));
});

test('a level acts on lower ones only, an elite on all', () => {
  const world = new HubWorld();
  const mod = world.staff('mod', 2);
  const other = world.staff('other', 2);
  const elite = world.staff('elite', 4);
  assert.deepEqual(mod.ask(610, 'other'), DENIED);
  assert.deepEqual(mod.ask(606, 'mod Elite'), DENIED);
  elite.ask(610, 'other "enough"');
  assert.ok(other.heard().some(([, text]) => text === 'You have been killed by elite: enough'));
  assert.ok(other.gone);
});

test('a ban has a reason and an end, both are told, and it ends by itself or by hand', () => {
  const world = new HubWorld({ banSeconds: 3600 });
  const mod = world.staff('mod', 2);
  const victim = world.guest('victim', { address: '10.5.5.5' });
  mod.ask(612, '10.5.5.5 "too loud" 60');
  assert.match(String(victim.heard()[0]?.[1]), /^You are banned until \d{4}-\d\d-\d\d \d\d:\d\d UTC: too loud$/);
  assert.ok(victim.gone);
  const again = world.connect('10.5.5.5');
  again.send(2, 'newnick pw 0 "c" 0');
  assert.match(String(again.heard()[0]?.[1]), /^You are banned until .*too loud$/);
  const listed = mod.ask(615);
  assert.deepEqual(listed.at(-1), [615, '']);
  assert.match(String(listed[0]?.[1]), /^\*!10\.5\.5\.5 mod "too loud" \d+ 60$/);
  world.pass(61_000);
  assert.equal(world.guest('newnick', { address: '10.5.5.5' }).gone, false);
  mod.ask(612, 'badnick');
  const [ban] = world.hub.bans.list(world.wall);
  assert.equal(ban?.until, (ban?.at ?? 0) + 3_600_000, 'nobody said an end: the hub’s option says one');
  assert.equal(ban?.reason, 'no reason given by mod');
  assert.deepEqual(mod.ask(614, 'badnick'), [[404, 'mod lifted the ban on badnick']]);
  assert.deepEqual(mod.ask(614, 'badnick'), [[404, 'no such ban']]);
});

test('masks by nick, address, part of an address and network', () => {
  const world = new HubWorld();
  const mod = world.staff('mod', 2);
  for (const mask of ['evil*', '10.7.', '10.8.0.0/16', 'x!10.9.0.1']) mod.ask(612, mask);
  const enters = (nick: string, address: string): boolean => {
    const client = world.connect(address);
    client.send(2, `${nick} pw 0 "c" 0`);
    const entered = client.heard()[0]?.[0] === 3;
    client.drop();
    return entered;
  };
  assert.equal(enters('EvilOne', '1.1.1.1'), false);
  assert.equal(enters('good', '10.7.3.2'), false);
  assert.equal(enters('good', '10.8.200.1'), false);
  assert.equal(enters('x', '10.9.0.1'), false);
  assert.equal(enters('y', '10.9.0.1'), true);
  assert.equal(enters('good', '10.70.3.2'), true);
  assert.deepEqual(mod.ask(612, 'mod'), [[404, 'that mask would ban yourself']]);
});

test('a muzzled user says nothing to anybody, and keeps the muzzle after coming back', async () => {
  const world = new HubWorld();
  const mod = world.staff('mod', 2);
  const loud = world.connect();
  loud.send(6, 'loud pw 0 "c" 0');
  await world.hashed();
  loud.ask(400, 'room');
  mod.ask(622, 'loud "be quiet"');
  mod.ask(622, 'loud "be quiet"');
  assert.deepEqual(
    loud.heard().map(([, text]) => text),
    ['you have been muzzled by mod: be quiet'],
  );
  mod.heard();
  loud.ask(205, 'mod hello');
  assert.deepEqual(mod.heard(), []);
  assert.deepEqual(loud.ask(402, 'room hello'), [[404, 'you may not talk in channel room now']]);
  assert.deepEqual(loud.ask(400, 'other'), [[404, 'you are muzzled and cannot join channels']]);
  loud.drop();
  const back = world.connect();
  back.send(2, 'loud pw 0 "c" 0');
  await world.hashed();
  assert.equal(back.user.flags & 1, 1);
  mod.ask(623, 'loud');
  assert.equal(world.hub.accounts.find('loud')?.flags, 0);
});

test('a leech hears and talks, but does not share, search, browse or download', () => {
  const world = new HubWorld();
  const leech = world.staff('leech', 0);
  assert.deepEqual(leech.ask(200, 'FILENAME CONTAINS "x"'), [
    [404, 'you are not allowed to search'],
    [202, ''],
  ]);
  assert.deepEqual(leech.ask(100, '"a.mp3" h 1 1 1 1'), [[404, 'you are not allowed to share files']]);
  for (const [type, payload] of [
    [211, 'leech'],
    [203, 'leech "x"'],
    [500, 'leech "x"'],
    [640, 'leech'],
    [215, 'x 1'],
  ] as const)
    assert.deepEqual(leech.ask(type, payload), DENIED);
});

test('levels, accounts, bans, flags and registered channels are there after a restart', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'peershield-hub-'));
  const path = join(dir, 'hub.db');
  const first = new HubWorld({}, { store: openStore(path, SCHEMA) });
  const elite = first.staff('boss', 4);
  elite.send(10_200, 'anna secret a@b mod');
  await first.hashed();
  elite.ask(606, 'anna Admin');
  elite.ask(10_050, 'anna FRIEND');
  elite.ask(612, '10.66.0.1 "spam" 3600');
  elite.ask(400, 'club');
  elite.ask(10_209, 'club +REGISTERED +MODERATED');
  elite.ask(410, 'club a topic');
  elite.ask(422, 'club spammer "spam"');
  elite.ask(826, 'club 50');
  first.store.close();
  const second = new HubWorld({}, { store: openStore(path, SCHEMA) });
  const account = second.hub.accounts.find('ANNA');
  assert.equal(account?.level, LEVEL.admin);
  assert.equal(account.flags, 2);
  assert.equal(second.hub.bans.find('x', '10.66.0.1', second.wall)?.reason, 'spam');
  const club = second.hub.channels.find('club');
  assert.equal(club?.topic, 'a topic');
  assert.equal(club.limit, 50);
  assert.ok(club.has('MODERATED') && club.has('REGISTERED'));
  assert.equal(club.bans.length, 1);
  const anna = second.connect();
  anna.send(2, 'anna secret 0 "c" 0');
  await second.hashed();
  assert.equal(anna.user.level, LEVEL.admin);
  second.store.close();
  rmSync(dir, { recursive: true });
});

test('everything that is done to somebody is in the audit log, with who and why', () => {
  const world = new HubWorld();
  const mod = world.staff('mod', 2);
  world.guest('bad');
  mod.ask(610, 'bad "rude"');
  mod.ask(612, 'bad "very rude" 60');
  const rows = world.hub.audit
    .list('', 0, 10)
    .map(({ actor, action, target, detail }) => [actor, action, target, detail]);
  assert.deepEqual(rows[1], ['mod', 'kill', 'bad', 'rude']);
  assert.equal(rows[0]?.[1], 'ban');
  assert.match(String(rows[0]?.[3]), /60 s: very rude$/);
});

test('an account made for a level has no password until its owner sets one, and opens for nobody before', async () => {
  const world = new HubWorld();
  const elite = world.staff('boss', 4);
  const guest = world.guest('guest');
  elite.ask(606, 'guest Moderator');
  assert.ok(guest.heard().some(([, text]) => text.includes('set one now')));
  const thief = world.connect('10.99.0.1');
  thief.send(2, 'guest anything 0 "c" 0');
  assert.match(String(thief.heard()[0]?.[1]), /no password yet/);
  guest.send(701, 'mine');
  await world.hashed();
  guest.drop();
  const back = world.connect();
  back.send(2, 'guest mine 0 "c" 0');
  await world.hashed();
  assert.equal(back.user.level, LEVEL.moderator);
});

test('a nuked account is gone, and an admin sets passwords of those below', async () => {
  const world = new HubWorld();
  const admin = world.staff('admin', 3);
  admin.send(10_200, 'anna secret a@b');
  await world.hashed();
  admin.send(753, 'anna fresh "forgot it"');
  await world.hashed();
  const anna = world.connect();
  anna.send(2, 'anna fresh 0 "c" 0');
  await world.hashed();
  assert.equal(anna.heard()[0]?.[0], 3);
  admin.ask(611, 'anna "gone"');
  anna.heard();
  assert.ok(anna.gone);
  assert.equal(world.hub.accounts.find('anna'), null);
});

test('cloaked moderators are seen by moderators and themselves only', () => {
  const world = new HubWorld();
  const mod = world.staff('mod', 2);
  const user = world.guest('user');
  mod.ask(652);
  user.ask(400, 'room');
  mod.ask(400, 'room');
  assert.deepEqual(user.heard(), []);
  assert.deepEqual(
    user.ask(830, 'room').map(([, text]) => text),
    ['room user 0 7', ''],
  );
  assert.equal(mod.ask(830, 'room').length, 3);
  mod.ask(402, 'room hello');
  assert.deepEqual(user.heard(), [[403, 'room Operator hello']]);
});

test('access lists are enforced: denied, admitted in spite of it, limited by class, exempt', () => {
  const world = new HubWorld({ maxClones: 2 });
  const mod = world.staff('mod', 2);
  mod.ask(10_253, '10.20.0.0/16');
  mod.ask(10_256, '10.20.1.*');
  mod.ask(10_250, '10.30.0.* 1');
  mod.ask(10_259, '10.40.0.1');
  assert.match(String(world.hub.refusal('10.20.5.5', world.now)), /not allowed/);
  assert.equal(world.hub.refusal('10.20.1.5', world.now), null);
  world.connect('10.30.0.1');
  assert.match(String(world.hub.refusal('10.30.0.1', world.now)), /only 1 conn/);
  for (let i = 0; i < 5; i++) world.connect('10.40.0.1');
  assert.equal(world.hub.refusal('10.40.0.1', world.now), null);
  assert.deepEqual(mod.ask(10_255), [
    [10_255, '10.20.0.0/16'],
    [10_255, ''],
  ]);
  mod.ask(10_254, '10.20.0.0/16');
  assert.equal(world.hub.refusal('10.20.5.5', world.now), null);
});

test('channel bans, voice, muzzle, invitation, limit and level keep people out or quiet', () => {
  const world = new HubWorld();
  const op = world.guest('op');
  const one = world.guest('one', { address: '10.0.0.2' });
  op.ask(400, 'room');
  op.ask(422, 'room one "spam"');
  assert.deepEqual(one.ask(400, 'room'), [[404, 'you are banned from channel room']]);
  assert.match(String(op.ask(420, 'room')[0]?.[1]), /^one!\* op "spam" \d+ 0$/);
  op.ask(423, 'room one');
  op.ask(10_209, 'room +INVITE');
  assert.deepEqual(one.ask(400, 'room'), [[404, 'channel room is by invitation only']]);
  op.ask(10_210, 'room one');
  assert.deepEqual(one.heard(), [[404, 'op invited you to channel room']]);
  assert.equal(one.ask(400, 'room')[0]?.[0], 405);
  op.ask(10_209, 'room -INVITE +MODERATED');
  one.heard();
  assert.deepEqual(one.ask(402, 'room hi'), [[404, 'you may not talk in channel room now']]);
  op.ask(10_211, 'room one');
  one.heard();
  assert.deepEqual(one.ask(402, 'room hi'), [[403, 'room one hi']]);
  op.ask(829, 'room one "bye"');
  assert.deepEqual(
    one.heard().map(([type]) => type),
    [401, 404],
  );
  op.ask(10_209, 'room -MODERATED');
  op.ask(826, 'room 1');
  assert.deepEqual(one.ask(400, 'room'), [[404, 'channel room is full']]);
});

test('services understand words: OperServ for moderators, ChanServ for operators of a channel, NickServ for all', async () => {
  const world = new HubWorld();
  const user = world.guest('user');
  assert.deepEqual(user.ask(205, 'OperServ stats'), DENIED);
  assert.match(String(user.ask(205, 'nickserv help')[0]?.[1]), /^NickServ commands: .*ghost register help$/);
  user.send(205, 'nickserv register secret');
  await world.hashed();
  assert.deepEqual(user.heard(), [[205, 'NickServ your nick is registered now']]);
  user.ask(400, 'room');
  assert.deepEqual(user.ask(205, 'chanserv topic room hello there'), [[410, 'room hello there']]);
  const mod = world.staff('mod', 2);
  assert.equal(mod.ask(205, 'operserv stats')[0]?.[0], 10_115);
  const other = world.guest('other', { address: '10.4.4.4' });
  other.send(205, 'nickserv ghost user secret');
  await world.hashed();
  user.heard();
  assert.ok(user.gone);
});

test('an imported opennap account opens with its old password and is hashed anew', async () => {
  const { createHash } = await import('node:crypto');
  const world = new HubWorld();
  const hash = createHash('md5').update('saltsalt').update('oldpw').digest('base64').replace(/=+$/, '');
  world.hub.accounts.save('veteran', { password: `opennap$saltsalt$${hash}` }, world.wall);
  const wrong = world.connect();
  wrong.send(2, 'veteran nope 0 "c" 0');
  await world.hashed();
  assert.deepEqual(wrong.heard(), [[0, 'Invalid password']]);
  const right = world.connect();
  right.send(2, 'veteran oldpw 0 "c" 0');
  await world.hashed();
  await world.hashed();
  assert.equal(right.heard()[0]?.[0], 3);
  assert.match(world.hub.accounts.find('veteran')?.password ?? '', /^argon2id/);
});

test('words and patterns that the operator filters are neither shared nor searched; a dry run says what they would hit', () => {
  const world = new HubWorld();
  const { filters } = world.hub;
  assert.equal(filters.add('word', 'Forbidden', 'op', 0), null);
  assert.equal(filters.add('pattern', 'bad\\d+', 'op', 0), null);
  assert.equal(filters.add('search', 'secret', 'op', 0), null);
  assert.equal(filters.add('hash', 'ffffffffffffffffffffffffffffffff', 'op', 0), null);
  assert.match(String(filters.add('pattern', '(a+)+$', 'op', 0)), /for ever/);
  const user = world.guest('user');
  for (const path of ['C:\\FÖRBIDDEN song.mp3', 'C:\\x\\bad12.mp3', 'C:\\x\\fine.mp3', 'C:\\unforbidden.mp3'])
    user.send(100, `"${path}" h 960000 128 44100 60`);
  user.send(100, '"C:\\taken down.mp3" FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF 960000 128 44100 60');
  assert.equal(world.hub.sharedBy(user.user), 2);
  assert.match(String(user.ask(200, 'FILENAME CONTAINS "a SECRET word"')[0]?.[1]), /does not allow/);
});
