// The control page's server, asked as strangers, monitors, moderators and shells would.
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ApiError, HUB_ROUTES, type HubAnswers, type HubRoute } from '#api';
import { OPERATOR_LIMITS } from '../../src/hub/operator/limits.ts';
import { crowd, type World } from '../../src/hub/operator/testing/world.ts';
import { renewToken } from '../../src/hub/operator/tokens.ts';
import { type ControlOfWorld, controlOf, evening } from './crowd.ts';

const clock = { ms: Date.now() };
let world: World;
let control: ControlOfWorld;

before(async () => {
  world = crowd(50, clock.ms);
  control = await controlOf(world, () => clock.ms, clock.ms - 1_800_000);
  evening(world, control.watching, clock.ms);
});
after(() => control.stop());

type Role = 'admin' | 'moderator' | 'read-only';
type More = { query?: string; params?: Record<string, string>; body?: unknown };

async function ask(route: HubRoute, role: Role, { query = '', params = {}, body }: More = {}): Promise<Response> {
  const { method, path } = HUB_ROUTES[route];
  const filled = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  return fetch(`${control.url}${filled}${query}`, {
    method,
    headers: {
      authorization: `Bearer ${control.tokens[role]}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined || method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
}

async function answer<R extends HubRoute>(route: R, role: Role, more: More = {}): Promise<HubAnswers[R]> {
  const response = await ask(route, role, more);
  const text = await response.text();
  assert.ok(response.ok, `${route}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as HubAnswers[R];
}

async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${((await response.json()) as ApiError).error.code}`;
}

/** With headers that fetch would not send. */
function raw(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(control.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

test('every route but hello wants a token, and a wrong one opens nothing', async () => {
  for (const [name, { method, path }] of Object.entries(HUB_ROUTES)) {
    const url = control.url + path.replace(/:\w+/g, '1');
    const bare = await fetch(url, { method });
    assert.equal(bare.status, name === 'hello' ? 200 : 401, name);
    if (name === 'hello') continue;
    const wrong = await raw(path, { host: 'localhost', authorization: 'Bearer nonsense' });
    assert.ok(wrong.status === 401 || wrong.status === 429 || wrong.status === 404, `${name} ${wrong.status}`);
  }
  assert.equal((await fetch(`${control.url}/metrics`)).status, 401);
  clock.ms += 120_000;
});

test('each role may do what its routes say and no more', async () => {
  for (const [name, { role }] of Object.entries(HUB_ROUTES)) {
    if (role === 'read-only') continue;
    const response = await ask(name as HubRoute, 'read-only', { params: { id: '1', nick: 'x', name: 'x' }, body: {} });
    assert.ok(response.status === 403 || (name === 'admin' && response.status === 401), `${name} ${response.status}`);
    if (role === 'moderator') continue;
    const moderators = await ask(name as HubRoute, 'moderator', {
      params: { id: '1', nick: 'x', name: 'x' },
      body: {},
    });
    assert.ok(moderators.status === 403 || name === 'admin', `${name} ${moderators.status}`);
  }
  assert.equal(
    await codeOf(await ask('admin', 'admin', { body: { verb: 'status', words: [], options: {}, actor: 'x' } })),
    '401 locked',
  );
});

test('a name that somebody else pointed at this address is not served', async () => {
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8880'])
    assert.equal((await raw('/api/hello', { host })).status, 421, host);
  for (const host of ['localhost:8880', '127.0.0.1', '[::1]:1', 'hub.example', '192.168.1.4:80'])
    assert.equal((await raw('/api/hello', { host })).status, 200, host);
});

test('requests from other pages are refused, from our own and from shells taken', async () => {
  const authorization = `Bearer ${control.tokens.admin}`;
  const host = 'localhost:1';
  assert.equal((await raw('/api/overview', { host, authorization, origin: 'http://evil.example' })).status, 403);
  assert.equal((await raw('/%61pi/overview', { host, authorization, origin: 'http://evil.example' })).status, 403);
  assert.equal((await raw('/api/overview', { host, authorization, 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await raw('/api/overview', { host, authorization, origin: 'http://localhost:1' })).status, 200);
  assert.equal((await raw('/api/overview', { host, authorization })).status, 200);
});

test('who tries tokens is made to wait, also with the right one, and it passes', async () => {
  const tries = OPERATOR_LIMITS.wrongTokens.value + 1;
  const wrong = { headers: { authorization: 'Bearer guess' } };
  for (let i = 0; i < tries; i++) await fetch(`${control.url}/api/overview`, wrong);
  assert.equal(await codeOf(await fetch(`${control.url}/api/overview`, wrong)), '429 too-many-tries');
  assert.equal((await ask('overview', 'admin')).status, 429);
  clock.ms += 120_000;
  assert.equal((await ask('overview', 'admin')).status, 200);
});

test('a body above the limit, a wrong shape and a wrong type are refused in words', async () => {
  const big = await ask('ban', 'admin', {
    body: { mask: 'x', reason: 'x'.repeat(OPERATOR_LIMITS.controlBody.value), seconds: 60 },
  });
  assert.equal(big.status, 413);
  for (const body of [
    {},
    { mask: 'a b', reason: 'x', seconds: 60 },
    { mask: 'x', reason: ' ', seconds: 60 },
    { mask: 'x', reason: 'x', seconds: 59 },
    { mask: 'x', reason: 'x', seconds: 60, more: 1 },
  ])
    assert.equal(await codeOf(await ask('ban', 'admin', { body })), '400 bad-request', JSON.stringify(body));
  const { url } = control;
  const garbled = await fetch(`${url}/api/bans`, {
    method: 'POST',
    body: '{"mask":',
    headers: { authorization: `Bearer ${control.tokens.admin}`, 'content-type': 'application/json' },
  });
  assert.equal(garbled.status, 400);
});

test('the page comes with a policy that refuses everything foreign and may not be kept', async () => {
  const response = await fetch(`${control.url}/`);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'self'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const below = await fetch(`${control.url}/..%2f..%2fpackage.json`);
  assert.equal(below.status, 404);
});

test('the overview sends only new samples to who has the others', async () => {
  const all = await answer('overview', 'read-only');
  assert.equal(all.series.users.length, 900);
  assert.equal(all.users, 50);
  const { until } = all.series;
  assert.equal((await answer('overview', 'read-only', { query: `?since=${until}` })).series.users.length, 0);
  clock.ms = until + 2000;
  control.watching.step(clock.ms);
  const { series } = await answer('overview', 'read-only', { query: `?since=${until}` });
  assert.equal(series.users.length, 1);
  assert.equal((await answer('overview', 'read-only', { query: '?span=day' })).series.step, 60_000);
});

test('users are sorted, searched and cut into pages by the hub', async () => {
  const { total, rows } = await answer('users', 'read-only', { query: '?sort=files&order=desc&limit=5' });
  assert.equal(total, 50);
  assert.equal(rows.length, 5);
  assert.deepEqual(
    rows.map(({ files }) => files),
    rows.map(({ files }) => files).toSorted((a, b) => b - a),
  );
  const [first] = rows;
  assert.ok((first?.minutes.length ?? 0) > 20, 'a sparkline of the evening');
  const found = await answer('users', 'read-only', { query: `?q=${first?.nick.toUpperCase()}` });
  assert.ok(found.rows.some(({ nick }) => nick === first?.nick));
});

test('a ban says whom it would meet, ends them with reason and end, and is undone', async () => {
  const [victim] = [...world.people.values()].slice(10);
  assert.ok(victim);
  const mask = `${victim.nick}!*`;
  const preview = await answer('previewBan', 'read-only', { body: { mask } });
  assert.deepEqual([preview.users, preview.nicks], [1, [victim.nick]]);
  const { ban, ended } = await answer('ban', 'moderator', { body: { mask, reason: 'flooding', seconds: 3600 } });
  assert.equal(ended, 1);
  assert.match(world.done.at(-1) ?? '', /You are banned until \d{4}-\d\d-\d\d \d\d:\d\d UTC: flooding/);
  assert.equal(ban.until - ban.at, 3_600_000);
  const { rows } = await answer('bans', 'read-only');
  assert.equal(rows[0]?.id, ban.id);
  await answer('liftBan', 'moderator', { params: { id: String(ban.id) } });
  assert.equal((await answer('bans', 'read-only')).total, 0);
  const all = await answer('bans', 'read-only', { query: '?which=all' });
  assert.equal(all.rows[0]?.liftedBy, 'page:moderator');
  assert.equal(await codeOf(await ask('liftBan', 'moderator', { params: { id: String(ban.id) } })), '422 refused');
});

test("a ban of everybody is refused, moderators are never met, and a moderator's key cannot act on them", async () => {
  assert.equal(
    await codeOf(await ask('ban', 'admin', { body: { mask: '*!*', reason: 'x', seconds: 60 } })),
    '422 refused',
  );
  const staff = [...world.people.values()].find(({ level }) => level === 2);
  assert.ok(staff);
  const preview = await answer('previewBan', 'admin', { body: { mask: `${staff.nick}!*` } });
  assert.equal(preview.users, 0);
  assert.match(preview.warnings.join(), /moderators are not banned/);
  const body = { action: 'kill', reason: 'x' };
  assert.equal(
    await codeOf(await ask('actOnUser', 'moderator', { params: { nick: staff.nick }, body })),
    '422 refused',
  );
  assert.equal(
    await codeOf(
      await ask('actOnUser', 'moderator', { params: { nick: staff.nick }, body: { action: 'level', level: 'user' } }),
    ),
    '422 refused',
  );
});

test('an alert names who floods, with evidence, and goes once they are banned', async () => {
  const [flooder] = [...world.people.values()].slice(20);
  assert.ok(flooder);
  const slowed = { nick: flooder.nick, address: flooder.address, budget: 'searches', bound: '120 searches a minute' };
  world.slow = [{ ...slowed, times: 40, first: clock.ms - 60_000, last: clock.ms }];
  const [alert] = (await answer('overview', 'read-only')).alerts;
  assert.equal(alert?.nick, flooder.nick);
  assert.equal(alert?.evidence, 'made to wait 40 times in 60 s; the bound is 120 searches a minute');
  const { measures } = await answer('floods', 'read-only');
  assert.equal(measures[0]?.nick, flooder.nick);
  const { ban } = await answer('ban', 'moderator', { body: { mask: alert?.mask, reason: 'flooding', seconds: 3600 } });
  assert.deepEqual((await answer('overview', 'read-only')).alerts, []);
  await answer('liftBan', 'moderator', { params: { id: String(ban.id) } });
  world.slow = [];
});

test('a filter is tried on what is shared and searched before it holds, and a take-down is logged', async () => {
  const tried = await answer('previewFilter', 'read-only', { body: { kind: 'word', pattern: 'GLASS' } });
  assert.ok(tried.files > 0 && tried.files < tried.looked.files);
  assert.ok(tried.searches > 0);
  assert.equal((await answer('filters', 'read-only')).length, 0, 'trying adds nothing');
  const [file] = world.shared;
  assert.ok(file);
  const name = file.path.split('\\').at(-1) as string;
  world.blocks = ({ path }) => path.endsWith(name);
  const { filter, takenDown } = await answer('addFilter', 'moderator', { body: { kind: 'name', pattern: name } });
  assert.ok(takenDown >= 1);
  const { rows } = await answer('audit', 'read-only', { query: '?q=take' });
  assert.equal(rows[0]?.action, 'take down');
  assert.equal(rows[0]?.actor, 'page:moderator');
  await answer('dropFilter', 'moderator', { params: { id: String(filter.id) } });
  for (const pattern of ['(a+)+', '(', '\\1', 'x'.repeat(201)])
    assert.equal(
      await codeOf(await ask('addFilter', 'moderator', { body: { kind: 'pattern', pattern } })),
      '422 refused',
      pattern,
    );
});

test('config shows what differs from the file, and reading it again says what became of each key', async () => {
  const { rows, error } = await answer('config', 'read-only');
  assert.equal(error, null);
  const pending = rows.filter((row) => row.pending !== null);
  assert.deepEqual(
    pending.map(({ key, pending: next, reload }) => [key, next, reload]),
    [
      ['port', '9999', false],
      ['max_users', '500', true],
    ],
  );
  assert.equal(rows.find(({ key }) => key === 'napigator_password')?.secret, true);
  const { lines } = await answer('reload', 'admin');
  assert.deepEqual(
    lines.map(({ key, outcome }) => `${key} ${outcome}`),
    ['maxUsers applied', 'port needs a restart'],
  );
});

test('everything about one person is shown to them and deleted, but a ban that holds', async () => {
  const nick = 'gdpr';
  await control.desk.register(nick, 'secret', 1, { name: 'test', mayActOn: 4 });
  control.desk.ban('gdpr!*', 'rude', 3600, { name: 'test', mayActOn: 4 });
  const kept = await answer('exportUser', 'admin', { params: { nick } });
  assert.equal(kept.account?.nick, nick);
  assert.equal(kept.bans.length, 1);
  assert.ok(kept.audit.length >= 1);
  assert.doesNotMatch(JSON.stringify(kept), /argon2id/);
  await answer('deleteUser', 'admin', { params: { nick } });
  const left = await answer('exportUser', 'admin', { params: { nick } });
  assert.equal(left.account, null);
  assert.deepEqual(left.audit, []);
  assert.equal(left.bans.length, 1, 'a ban that holds protects others');
});

test('health tells figures, a backup is made and listed, metrics are Prometheus text', async () => {
  const made = await answer('backUp', 'admin');
  assert.match(made.name, /^hub-\d{8}-\d{6}\.db$/);
  const file = join(control.dataDir, 'backups', made.name);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const health = await answer('health', 'read-only');
  assert.equal(health.backups[0]?.name, made.name);
  assert.ok(health.memory.rss > 1e6);
  const metrics = await fetch(`${control.url}/metrics`, {
    headers: { authorization: `Bearer ${control.tokens['read-only']}` },
  });
  const text = await metrics.text();
  assert.match(text, /^peershield_hub_users \d+$/m);
  assert.match(text, /^# TYPE peershield_hub_searches_total gauge$/m);
  assert.ok(existsSync(file));
});

test('a renewed token holds at once and the old one opens nothing', async () => {
  const ask2 = { verb: 'tokens', words: ['renew', 'read-only'], options: {}, actor: 'shell:test' };
  const response = await fetch(`${control.url}/api/admin`, {
    method: 'POST',
    headers: { authorization: `Bearer ${control.secret}`, 'content-type': 'application/json' },
    body: JSON.stringify(ask2),
  });
  assert.equal(response.status, 200);
  const { events } = (await response.json()) as HubAnswers['admin'];
  const fresh = String(events[0]?.['token']);
  assert.equal((await ask('overview', 'read-only')).status, 401);
  assert.equal(
    (await fetch(`${control.url}/api/overview`, { headers: { authorization: `Bearer ${fresh}` } })).status,
    200,
  );
  assert.equal(renewToken(control.dataDir, 'moderator').admin, control.tokens.admin, 'the others stay');
});
