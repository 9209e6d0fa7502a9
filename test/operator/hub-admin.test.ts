// `hub admin` as an operator types it, on a running hub and on its folder, and what a kill -9 leaves.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { command, eventually, Program, type ProgramEvent, scratch } from '../kit/program.ts';

const folder = scratch('hub-admin');
const home = folder.dir;
after(() => folder.remove());

const PORTS = [
  '--port',
  '0',
  '--http',
  '127.0.0.1:0',
  '--public',
  '127.0.0.1:0',
  '--metaserver',
  '0',
  '--stats-port',
  '0',
  '--stats-port2',
  '0',
];

function startHub(data: string): Program {
  return new Program(['hub', '--data', data, ...PORTS, '--json'], home);
}

async function admin(data: string, ...words: string[]): Promise<readonly ProgramEvent[]> {
  const { code, events, err } = await command(['hub', 'admin', ...words, '--data', data, '--json'], home);
  assert.equal(code, 0, `hub admin ${words.join(' ')}: ${err}`);
  return events;
}

/** What the hub answers to a login: its first message's type and text. */
async function login(address: string, nick: string, password: string): Promise<{ type: number; text: string }> {
  const [host = '', port = ''] = address.split(':');
  const payload = `${nick} ${password} 6699 "test 1.0" 7`;
  const head = Buffer.alloc(4);
  head.writeUInt16LE(payload.length, 0);
  head.writeUInt16LE(2, 2);
  const socket = connect(Number(port), host);
  socket.write(Buffer.concat([head, Buffer.from(payload)]));
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt16LE(0)) break;
  }
  socket.destroy();
  return { type: bytes.readUInt16LE(2), text: bytes.subarray(4, 4 + bytes.readUInt16LE(0)).toString() };
}

async function lineFrom(address: string): Promise<string> {
  const [host = '', port = ''] = address.split(':');
  let text = '';
  for await (const chunk of connect(Number(port), host)) text += String(chunk);
  return text;
}

test('what was acknowledged is there after kill -9, and the next start needs no help', async () => {
  const data = join(home, 'killed');
  const hub = startHub(data);
  await hub.ready('hub', 'napster');
  const password = join(home, 'password');
  writeFileSync(password, 'open sesame\n', { mode: 0o600 });
  await admin(data, 'register', 'anna', 'elite', '--password-file', password);
  await admin(data, 'register', 'mod1', 'moderator');
  await admin(data, 'level', 'mod1', 'admin');
  const [ban] = await admin(data, 'ban', '*!10.9.8.*', '--reason', 'flooding again', '--for', '30d');
  await admin(data, 'channel', '#lounge', '--topic', 'über alles Mögliche', '--limit', '50', '--level', 'user');
  await admin(data, 'filter', 'word', 'advert');
  await hub.stop('SIGKILL');

  // Without a hub the same words work on the folder …
  const accounts = await admin(data, 'accounts');
  assert.deepEqual(
    accounts.map(({ nick, level }) => `${String(nick)} ${String(level)}`),
    ['anna elite', 'mod1 admin'],
  );
  // … and with the next one.
  const next = startHub(data);
  const napster = await next.ready('hub', 'napster');
  const [held] = await admin(data, 'bans');
  assert.equal(held?.['mask'], '*!10.9.8.*');
  assert.equal(held?.['reason'], 'flooding again');
  assert.equal(held?.['until'], ban?.['until']);
  const [channel] = await admin(data, 'channels');
  assert.deepEqual(
    [channel?.['name'], channel?.['topic'], channel?.['limit'], channel?.['level']],
    ['#lounge', 'über alles Mögliche', 50, 'user'],
  );
  const [filter] = await admin(data, 'filters');
  assert.equal(filter?.['pattern'], 'advert');
  assert.equal((await login(napster, 'anna', 'wrong')).type, 0);
  assert.equal((await login(napster, 'anna', '"open sesame"')).type, 0, 'quotes are no part of it');
  const [renewed] = await admin(data, 'password', 'anna');
  assert.equal((await login(napster, 'anna', String(renewed?.['password']))).type, 3);
  assert.equal(await next.stop(), 0);
});

test('a ban from the shell ends who is met, tells why, and keeps them out until it is lifted', async () => {
  const data = join(home, 'banned');
  const hub = startHub(data);
  const napster = await hub.ready('hub', 'napster');
  assert.equal((await login(napster, 'guest1', 'pw')).type, 3);
  const [preview] = await admin(data, 'ban', 'guest1!*', '--dry-run');
  assert.equal(preview?.event, 'preview');
  await admin(data, 'ban', 'guest1!*', '--reason', 'rude in the lounge', '--for', '1h');
  const refused = await login(napster, 'guest1', 'pw');
  assert.equal(refused.type, 0);
  assert.match(refused.text, /^You are banned until .* UTC: rude in the lounge$/);
  await admin(data, 'unban', 'guest1!*');
  assert.equal((await login(napster, 'guest1', 'pw')).type, 3);
  const audit = await admin(data, 'audit', 'guest1');
  assert.deepEqual(
    audit.map(({ action }) => action),
    ['unban', 'ban'],
  );
  await hub.stop();
});

test('metaserver, stats ports and front page answer on their ports', async () => {
  const data = join(home, 'ports');
  const hub = startHub(data);
  const napster = await hub.ready('hub', 'napster');
  assert.equal(await lineFrom(await hub.ready('hub', 'metaserver')), `${napster}\n`);
  assert.match(await lineFrom(await hub.ready('hub', 'stats')), /^0 0 \d+\.\d\d 0 0\n$/);
  assert.equal((await lineFrom(await hub.ready('hub', 'stats2'))).trim().split(' ').length, 16);
  const page = await hub.ready('hub', 'public');
  const stats = (await (await fetch(`http://${page}/stats.json`)).json()) as Record<string, unknown>;
  assert.deepEqual([stats['users'], stats['files'], stats['napster']], [0, 0, [napster]]);
  assert.match(await (await fetch(`http://${page}/`)).text(), /<h1>peershield<\/h1>/);
  await hub.stop();
});

test('the tokens are shown at the first start only and lie in files that nobody else reads', async () => {
  const data = join(home, 'tokens');
  const first = startHub(data);
  const http = await first.ready('hub', 'http');
  await eventually('the link', () => Promise.resolve(/#token=([\w-]{32})/.exec(first.err)?.[1]));
  const token = /#token=([\w-]{32})/.exec(first.err)?.[1] ?? '';
  for (const file of ['tokens.json', 'control.json', 'hub.db'])
    assert.equal(statSync(join(data, file)).mode & 0o077, 0, file);
  const overview = await fetch(`http://${http}/api/overview`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(overview.status, 200);
  await first.stop();
  const second = startHub(data);
  await second.ready('hub', 'http');
  assert.doesNotMatch(second.err, /#token=/);
  const tokens = await admin(data, 'tokens');
  assert.ok(tokens.some((row) => row['role'] === 'admin' && row['token'] === token));
  await second.stop();
});

test("opennap's files are taken over, and an old password opens once and is then hashed anew", async () => {
  const data = join(home, 'imported');
  const hash = createHash('md5').update('saltsaltletmein').digest('base64').replace(/=+$/, '');
  const file = (name: string, text: string): string => {
    const path = join(home, name);
    writeFileSync(path, text, 'latin1');
    return path;
  };
  const users = file(
    'users',
    `:version 1\nold[1] 1,saltsalt,${hash} mail@example.org Moderator 900000000 1000000000 0\nbroken line\n`,
  );
  const bans = file('bans', '*!10.1.1.* op 1000000000 "old grudge" 0\n*!10.1.2.* op 1000000000 "long over" 60\n');
  const channels = file('channels', ':version 1\n#old 10 User "Caf\u00e9"\n');
  const filter = file('filter', 'viagra\n');

  const hub = startHub(data);
  const napster = await hub.ready('hub', 'napster');
  const [imported] = await admin(data, 'import', 'users', users);
  assert.deepEqual([imported?.['taken'], imported?.['complaints']], [1, ['line 3: 6 fields or 7, not 2']]);
  await admin(data, 'import', 'bans', bans);
  await admin(data, 'import', 'channels', channels);
  await admin(data, 'import', 'filter', filter);
  const held = await admin(data, 'bans');
  assert.deepEqual(
    held.map(({ mask }) => mask),
    ['*!10.1.1.*'],
    'what has ended is not taken',
  );
  const [channel] = await admin(data, 'channels');
  assert.equal(channel?.['topic'], 'Café');
  const kinds = (await admin(data, 'filters')).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['word', 'search']);
  const again = await admin(data, 'import', 'users', users);
  assert.deepEqual([again[0]?.['taken'], again[0]?.['kept']], [0, 1]);

  assert.equal((await login(napster, 'old[1]', 'letmeout')).type, 0);
  assert.equal((await login(napster, 'old[1]', 'letmein')).type, 3);
  await hub.stop();
  const database = readFileSync(join(data, 'hub.db'), 'latin1');
  assert.ok(database.includes('argon2id$'), 'hashed anew');
  assert.equal((await admin(data, 'accounts'))[0]?.['level'], 'moderator');

  const wrong = await command(['hub', 'admin', 'import', 'users', channels, '--data', data], home);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /no users file of opennap-ng/);
});

test('a backup is made while the hub runs and put back while it does not', async () => {
  const data = join(home, 'backups');
  const hub = startHub(data);
  await hub.ready('hub', 'napster');
  await admin(data, 'register', 'before');
  const [made] = await admin(data, 'backup');
  await admin(data, 'register', 'after');
  const name = String(made?.['name']);
  const refused = await command(['hub', 'admin', 'restore', name, '--data', data], home);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /stop the hub first/);
  await hub.stop();
  const [restored] = await admin(data, 'restore', name);
  assert.equal(restored?.['accounts'], 1);
  assert.deepEqual(
    (await admin(data, 'accounts')).map(({ nick }) => nick),
    ['before'],
  );
  writeFileSync(join(home, 'no.db'), 'this is no database');
  const garbage = await command(['hub', 'admin', 'restore', join(home, 'no.db'), '--data', data], home);
  assert.equal(garbage.code, 1);
  assert.deepEqual(
    (await admin(data, 'accounts')).map(({ nick }) => nick),
    ['before'],
    'nothing was harmed',
  );
});

test('an edited file is shown as a difference, its faults with their line, and read again on demand', async () => {
  const data = join(home, 'config');
  const file = join(home, 'hub.toml');
  writeFileSync(file, '[hub]\nname = "first"\nmax_users = 100\n');
  const hub = new Program(['hub', '--data', data, '--config', file, ...PORTS, '--json'], home);
  const http = await hub.ready('hub', 'http');
  const [token] = (await admin(data, 'tokens'))
    .filter(({ role }) => role === 'admin')
    .map((row) => String(row['token']));
  const headers = { authorization: `Bearer ${token}` };
  const config = async (): Promise<{
    error: string | null;
    rows: { key: string; value: string; pending: string | null }[];
  }> => (await fetch(`http://${http}/api/config`, { headers })).json() as never;
  assert.deepEqual(
    (await config()).rows.filter((row) => row.pending !== null),
    [],
  );
  writeFileSync(file, '[hub]\nname = "second"\nmax_users = "many"\n');
  assert.match((await config()).error ?? '', /hub\.toml:3: max_users takes a number/);
  writeFileSync(file, '[hub]\nname = "second"\nmax_users = 100\n');
  const [changed] = (await config()).rows.filter((row) => row.pending !== null);
  assert.deepEqual([changed?.key, changed?.value, changed?.pending], ['name', 'first', 'second']);
  const reload = await fetch(`http://${http}/api/config/reload`, { method: 'POST', headers });
  assert.deepEqual(((await reload.json()) as { lines: unknown }).lines, [
    { key: 'name', outcome: 'applied', why: null },
  ]);
  const stats = (await (await fetch(`http://${await hub.ready('hub', 'public')}/stats.json`)).json()) as {
    name: string;
  };
  assert.equal(stats.name, 'second');
  writeFileSync(file, '[hub]\nname = "third"\n');
  hub.child.kill('SIGHUP');
  await eventually('the third name', async () => {
    const { rows } = await config();
    return rows.find(({ key }) => key === 'name')?.value === 'third' ? true : undefined;
  });
  await eventually('a line of the log for it', () =>
    Promise.resolve(/"key":"name","outcome":"applied"/.test(hub.err) ? true : undefined),
  );
  await hub.stop();
});

test('without a page the shell still reaches the hub, also from the folder above, as `up` keeps it', async () => {
  const data = join(home, 'above');
  const hub = new Program(['hub', '--data', join(data, 'hub'), '--port', '0', '--http', 'off', '--json'], home);
  const napster = await hub.ready('hub', 'napster');
  const listen = hub.events.find(({ event }) => event === 'ready')?.['listen'] as Record<string, unknown>;
  assert.equal(listen['http'] ?? null, null);
  assert.doesNotMatch(hub.err, /#token=/);
  const [status] = await admin(data, 'status');
  assert.equal(status?.['running'], true);
  const { url } = JSON.parse(readFileSync(join(data, 'hub', 'control.json'), 'utf8')) as { url: string };
  assert.match(url, /^http:\/\/127\.0\.0\.1:/);
  assert.equal((await fetch(url)).status, 404, 'there is a door for the shell and no page');
  assert.equal((await login(napster, 'guest2', 'pw')).type, 3);
  await hub.stop();
});

test('wrong words end with 2, refusals with 1, each in one line that says what to do', async () => {
  const data = join(home, 'words');
  const cases: [string[], number, RegExp][] = [
    [['status'], 1, /no hub has run/],
    [[], 2, /needs COMMAND/],
    [['dance'], 2, /does not know "dance"/],
    [['ban', 'x!*'], 2, /--reason/],
    [['ban', 'x!*', '--reason', 'y', '--for', 'ever'], 2, /--for/],
    [['register'], 2, /needs NICK/],
    [['register', 'x', 'boss'], 2, /"boss" is no level/],
    [['register', 'with blank'], 1, /is no nick/],
  ];
  for (const [words, code, line] of cases) {
    const result = await command(['hub', 'admin', ...words, '--data', data], home);
    assert.equal(result.code, code, `${words.join(' ')}: ${result.err}`);
    assert.match(result.err, line);
    assert.equal(result.err.trim().split('\n').length, 1, result.err);
  }
});
