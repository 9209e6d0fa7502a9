import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inviteLink } from '../invite.ts';
import { OPERATOR_LIMITS } from '../limits.ts';
import type { FrontPage } from '../public-page.ts';
import type { Served } from './control.ts';
import { isOurHost, isOurOrigin } from './door.ts';
import { servePublic } from './public.ts';

const FINGERPRINT = 'ab'.repeat(32);
const clock = { ms: 1_000_000 };
const page: FrontPage = {
  stats: {
    name: '<b>River</b> & "friends"',
    version: '1.2.3',
    users: 1,
    files: 12_345,
    bytes: 5e9,
    rooms: 2,
    uptimeSeconds: 7200,
    napster: ['192.0.2.7:8888'],
    tls: '192.0.2.7:8899',
    fingerprint: FINGERPRINT,
    invite: inviteLink({ host: '192.0.2.7', port: 8888, tlsPort: 8899, fingerprint: FINGERPRINT, name: 'River' }),
  },
  motd: ['Welcome <script>alert(1)</script>', 'Share what is yours.'],
  contact: 'op@example.org',
  terms: 'Be kind.',
};
let served: Served;
let url = '';

before(async () => {
  served = await servePublic(
    { host: '127.0.0.1', port: 0 },
    () => page,
    () => clock.ms,
  );
  url = `http://127.0.0.1:${served.at.port}`;
});
after(() => served.stop());

test('the front page tells name, counts, motd, terms, contact and the invitation, with every text made harmless', async () => {
  const response = await fetch(`${url}/`);
  const html = await response.text();
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'self'/);
  assert.doesNotMatch(html, /<script|<b>/);
  for (const words of [
    '12,345',
    'person here',
    'Share what is yours.',
    'Be kind.',
    'op@example.org',
    'abab abab',
    '192.0.2.7:8899',
  ])
    assert.ok(html.includes(words), words);
});

test('stats.json holds the same figures, for any page to read', async () => {
  const response = await fetch(`${url}/stats.json`);
  assert.equal(response.headers.get('access-control-allow-origin'), '*');
  assert.deepEqual(await response.json(), page.stats);
});

test('the invitation carries address, TLS port and fingerprint, and its picture is an SVG', async () => {
  const link = new URL(page.stats.invite);
  assert.equal(link.protocol, 'peershield:');
  assert.deepEqual(Object.fromEntries(link.searchParams), {
    at: '192.0.2.7:8888',
    tls: '8899',
    fp: FINGERPRINT,
    name: 'River',
  });
  assert.equal(
    inviteLink({ host: '::1', port: 1, tlsPort: null, fingerprint: null, name: 'a b' }),
    'peershield:hub?at=%5B%3A%3A1%5D%3A1&name=a+b',
  );
  const picture = await fetch(`${url}/invite.svg`);
  assert.equal(picture.headers.get('content-type'), 'image/svg+xml');
  assert.match(await picture.text(), /^<svg/);
});

test('nothing else is there, and nothing can be sent', async () => {
  for (const path of ['/api/overview', '/metrics', '/../tokens.json', '/%00', '/index.html'])
    assert.equal((await fetch(url + path)).status, 404, path);
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await fetch(url, { method })).status, 405);
  const head = await fetch(url, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), '');
});

test('one request more than an address may make is refused, and a minute later it is answered', async () => {
  const burst = OPERATOR_LIMITS.publicRequests.value / 2;
  let refused = 0;
  for (let i = 0; i <= burst; i++) if ((await fetch(`${url}/stats.json`)).status === 429) refused++;
  assert.ok(refused >= 1);
  clock.ms += 60_000;
  assert.equal((await fetch(`${url}/stats.json`)).status, 200);
});

test('host and origin: addresses, localhost and own names only; nothing that another page sends', () => {
  const hosts: [string | undefined, boolean][] = [
    ['localhost', true],
    ['LOCALHOST:80', true],
    ['10.1.2.3:8880', true],
    ['[fe80::1]:8880', true],
    ['hub.example', true],
    ['hub.example.evil', false],
    ['evil', false],
    ['local host', false],
    ['localhost:99999999', false],
    [undefined, false],
    ['', false],
  ];
  for (const [host, ours] of hosts) assert.equal(isOurHost(host, ['Hub.Example']), ours, String(host));
  assert.equal(isOurOrigin('null', undefined, 'localhost'), false);
  assert.equal(isOurOrigin(undefined, 'same-site', 'localhost'), false);
  assert.equal(isOurOrigin(undefined, 'same-origin', 'localhost'), true);
  assert.equal(isOurOrigin('https://localhost:1', 'none', 'localhost:1'), true);
});
