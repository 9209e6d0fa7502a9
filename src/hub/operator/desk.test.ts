import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Failure, silentLog } from '#base';
import { openStore } from '#store';
import { FLAG, LEVEL } from '../levels.ts';
import { SCHEMA } from '../schema.ts';
import { secondsOf } from './admin.ts';
import { DATABASE, listBackups, makeBackup, restoreBackup } from './backup.ts';
import { type Actor, Desk } from './desk.ts';
import { deletePerson, exportPerson } from './personal-data.ts';
import { openBooks, World } from './testing/world.ts';
import { loadTokens } from './tokens.ts';

const ADMIN: Actor = { name: 'page:admin', mayActOn: LEVEL.elite };
const MODERATOR: Actor = { name: 'page:moderator', mayActOn: LEVEL.user };
const clock = { ms: Date.now() };

function desk(world: World | null = new World(0)): Desk {
  return new Desk(openBooks(), world, () => clock.ms, silentLog);
}

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'peershield-desk-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('an account is made once, its password kept as argon2id and in no log', async () => {
  const one = desk();
  const lines: string[] = [];
  const log = {
    ...silentLog,
    info: (event: string, fields?: object) => void lines.push(event + JSON.stringify(fields)),
  };
  const logging = new Desk(one.books, one.live, one.now, log);
  await logging.register('anna', 'top secret', LEVEL.moderator, ADMIN);
  const account = one.books.accounts.find('anna');
  assert.match(account?.password ?? '', /^argon2id\$/);
  assert.equal(await one.books.passwords.check('top secret', account?.password ?? ''), true);
  await assert.rejects(logging.register('ANNA', 'x', LEVEL.user, ADMIN), Failure);
  await logging.setPassword('anna', 'other secret', ADMIN);
  assert.doesNotMatch(lines.join() + JSON.stringify(one.books.audit.list('', 0, 10)), /secret/);
});

test('who may act on users only cannot touch moderators, nor make any', async () => {
  const one = desk();
  one.setLevel('boss', LEVEL.moderator, ADMIN);
  assert.throws(() => one.setLevel('boss', LEVEL.user, MODERATOR), /may not act on Moderators/);
  assert.throws(() => one.setLevel('friend', LEVEL.moderator, MODERATOR), Failure);
  assert.throws(() => one.removeAccount('boss', MODERATOR), Failure);
  await assert.rejects(one.register('new', 'x', LEVEL.admin, MODERATOR), Failure);
});

test('a muzzle holds for an account on disk, for a guest while they are here', () => {
  const world = new World(0);
  const one = desk(world);
  world.add('guest');
  one.muzzle('guest', true, 'shouting', ADMIN);
  assert.equal(one.books.accounts.find('guest'), null, 'no account is made that nobody could log in to');
  assert.equal(world.user('guest')?.flags, FLAG.muzzled);
  one.setLevel('member', LEVEL.user, ADMIN);
  one.muzzle('member', true, 'shouting', ADMIN);
  assert.equal(one.books.accounts.find('member')?.flags, FLAG.muzzled);
  one.muzzle('member', false, '', ADMIN);
  assert.equal(one.books.accounts.find('member')?.flags, 0);
  assert.throws(() => one.muzzle('nobody', true, 'x', ADMIN), /nobody is called/);
});

test('a ban meets by address, network and glob, never without reason or end', () => {
  const world = new World(0);
  world.add('a1', { address: '10.0.0.1' });
  world.add('a2', { address: '10.0.0.2' });
  world.add('b1', { address: '192.0.2.1' });
  const one = desk(world);
  assert.equal(one.previewBan('*!10.0.0.*').users, 2);
  assert.equal(one.previewBan('10.0.0.0/8').users, 2);
  assert.equal(one.previewBan('?1!*').users, 2);
  for (const mask of ['', 'a b', 'x'.repeat(129)]) assert.throws(() => one.previewBan(mask), Failure);
  assert.throws(() => one.ban('*!10.0.0.1', ' ', 60, ADMIN), /reason/);
  for (const seconds of [0, 59, 40_000_000, Number.NaN])
    assert.throws(() => one.ban('a1!*', 'x', seconds, ADMIN), /a minute to a year/);
  const { ended, ban } = one.ban('*!10.0.0.*', 'flood', 60, ADMIN);
  assert.equal(ended, 2);
  assert.deepEqual([...world.people.keys()], ['b1']);
  assert.equal(one.liftBan(`#${ban.id}`, ADMIN)[0]?.mask, '*!10.0.0.*');
  assert.throws(() => one.liftBan('*!10.0.0.*', ADMIN), /no ban holds/);
});

test('without a hub the desk writes and says what needs one', async () => {
  const one = desk(null);
  one.ban('x!*', 'rude', 3600, ADMIN);
  one.saveChannel('#lobby', { topic: 'hi', level: LEVEL.user }, ADMIN);
  assert.equal(one.books.channels.find('#lobby')?.topic, 'hi');
  one.dropChannel('#lobby', ADMIN);
  assert.throws(() => one.dropChannel('#lobby', ADMIN), Failure);
  assert.throws(() => one.kill('x', 'y', ADMIN), /does not run/);
  assert.match((await one.previewFilter('word', 'x')).warnings.join(), /does not run/);
});

test('a deleted person is in no table but a ban that holds, and the log keeps the deed without the name', () => {
  const world = new World(0);
  const one = desk(world);
  one.books.audit.gathers = true; // as a running hub does
  world.add('gone');
  one.setLevel('gone', LEVEL.user, ADMIN);
  one.ban('gone!*', 'over', 60, ADMIN);
  clock.ms += 120_000;
  one.ban('gone!*', 'holds', 3600, ADMIN);
  const { removed } = deletePerson(one, null, 'gone', ADMIN);
  assert.deepEqual(removed, ['account', 'ended bans', 'name in the log']);
  const left = exportPerson(one, null, 'gone');
  assert.deepEqual([left.account, left.audit.length, left.bans.map(({ reason }) => reason)], [null, 0, ['holds']]);
  const log = one.books.audit.list('', 0, 20);
  assert.ok(log.length > 3);
  assert.ok(log.every(({ target, detail }) => !target.includes('gone') && !detail.includes('gone!')));
  assert.throws(() => exportPerson(one, null, 'stranger'), /nothing is kept/);
});

test('backups are whole, bounded in number, and garbage is not restored', async (t) => {
  const dir = folder(t);
  const store = openStore(join(dir, DATABASE), SCHEMA);
  const books = openBooks(store);
  books.accounts.save('one', {}, 1);
  const first = await makeBackup(store, dir, Date.UTC(2026, 0, 1));
  assert.equal(first.name, 'hub-20260101-000000.db');
  assert.equal(statSync(join(dir, 'backups', first.name)).mode & 0o777, 0o600);
  assert.equal((await makeBackup(store, dir, Date.UTC(2026, 0, 1))).name, 'hub-20260101-000000-1.db');
  for (let day = 2; day < 17; day++) await makeBackup(store, dir, Date.UTC(2026, 0, day));
  const kept = listBackups(dir);
  assert.equal(kept.length, 14);
  assert.equal(kept[0]?.name, 'hub-20260116-000000.db');
  books.accounts.save('two', {}, 1);
  store.close();
  writeFileSync(join(dir, 'junk.db'), Buffer.alloc(9000, 7));
  assert.throws(() => restoreBackup(dir, join(dir, 'junk.db'), SCHEMA.length), /no backup of a hub/);
  assert.throws(() => restoreBackup(dir, 'hub-20250101-000000.db', SCHEMA.length), /there is no backup/);
  assert.throws(() => restoreBackup(dir, kept[0]?.name ?? '', SCHEMA.length - 1), /newer version/);
  assert.equal(restoreBackup(dir, kept[0]?.name ?? '', SCHEMA.length).accounts, 1);
  const after = openStore(join(dir, DATABASE), SCHEMA);
  assert.equal(openBooks(after).accounts.count, 1);
  after.close();
});

test('tokens are made once, read again, and a file that holds none is named', (t) => {
  const dir = folder(t);
  const made = loadTokens(dir);
  assert.equal(made.fresh, true);
  assert.equal(new Set(Object.values(made.tokens)).size, 3);
  assert.deepEqual(loadTokens(dir), { tokens: made.tokens, fresh: false });
  assert.ok(readFileSync(join(dir, 'tokens.json'), 'utf8').includes(made.tokens.admin));
  for (const text of ['', '{}', '[]', '{"admin":"short"}', 'null']) {
    writeFileSync(join(dir, 'tokens.json'), text);
    assert.throws(() => loadTokens(dir), /holds no tokens/, text);
  }
});

test('times are read as people write them', () => {
  assert.deepEqual(['90', '90s', '5m', '12h', '30d', '2w'].map(secondsOf), [90, 90, 300, 43_200, 2_592_000, 1_209_600]);
  for (const text of ['', 'h', '1y', '-5m', '1.5h']) assert.throws(() => secondsOf(text), /--for/);
});
