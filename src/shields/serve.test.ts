import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ShieldsMe, ShieldsMessage, ShieldsReport } from '#api';
import { silentLog } from '#base';
import { type RunningShields, startShields } from './options.ts';

const dir = mkdtempSync(join(tmpdir(), 'shields-'));
const DEADLINE_MS = 15_000;
let lan: RunningShields;
let internet: RunningShields;
let proxied: RunningShields;

before(async () => {
  mkdirSync(join(dir, 'web'));
  mkdirSync(join(dir, 'none'));
  writeFileSync(join(dir, 'web', 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(dir, 'opt-out.txt'), '# asked on Monday\n198.18.0.0/15\n9.9.9.0/24\n');
  const environment = { log: silentLog, dataDir: dir, webDir: join(dir, 'web'), version: '0' };
  lan = await startShields({ http: '127.0.0.1:0', lan: true, trustProxy: [], unsolicited: false }, environment);
  internet = await startShields({ http: '127.0.0.1:0', lan: false, trustProxy: [], unsolicited: false }, environment);
  proxied = await startShields(
    { http: '127.0.0.1:0', lan: true, trustProxy: ['127.0.0.1'], unsolicited: false },
    environment,
  );
});

after(async () => {
  await Promise.all([lan.stop(), internet.stop(), proxied.stop()]);
  rmSync(dir, { recursive: true });
});

type Sent = Record<string, string>;
const url = ({ listen }: RunningShields, path: string): string => `http://${listen.http}${path}`;
const ownPage = (server: RunningShields): Sent => ({ origin: `http://${server.listen.http}` });

async function me(server: RunningShields, headers: Sent = {}): Promise<ShieldsMe> {
  return (await (await fetch(url(server, '/api/shields/me'), { headers })).json()) as ShieldsMe;
}

async function consent(server: RunningShields, body: unknown, headers: Sent = ownPage(server)) {
  const response = await fetch(url(server, '/api/shields/consent'), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as { token?: string; error?: { code: string; message: string } },
  };
}

/** A page that is open: what it heard, and a way to wait for a kind of message. */
class PageOpen {
  readonly socket: WebSocket;
  readonly heard: ShieldsMessage[] = [];
  #wake: (() => void)[] = [];

  constructor(server: RunningShields, headers: Sent = ownPage(server)) {
    this.socket = new WebSocket(`ws://${server.listen.http}/api/shields/live`, { headers });
    this.socket.addEventListener('message', ({ data }) => {
      this.heard.push(JSON.parse(String(data)) as ShieldsMessage);
      for (const wake of this.#wake.splice(0)) wake();
    });
    this.socket.addEventListener('close', () => this.#wake.splice(0).forEach((wake) => wake()));
    this.socket.addEventListener('error', () => {});
  }

  async next<K extends ShieldsMessage['kind']>(kind: K): Promise<Extract<ShieldsMessage, { kind: K }>> {
    const timeout = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const at = this.heard.findIndex((message) => message.kind === kind);
      if (at >= 0) return this.heard.splice(at, 1)[0] as Extract<ShieldsMessage, { kind: K }>;
      timeout.throwIfAborted();
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error(`closed while waiting for ${kind}`);
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
        timeout.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  async connection(): Promise<string> {
    return (await this.next('hello')).connection;
  }

  start(token: string | undefined): void {
    this.socket.send(JSON.stringify({ kind: 'start', token }));
  }

  async closed(): Promise<void> {
    if (this.socket.readyState !== WebSocket.CLOSED)
      await once(this.socket, 'close', { signal: AbortSignal.timeout(DEADLINE_MS) });
  }
}

test('a visitor of the local network is tested: own ports, live, with a report that names no address', async (t) => {
  const door = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await once(door, 'listening');
  t.after(() => door.close());
  const { port } = door.address() as AddressInfo;
  const page = new PageOpen(lan);
  t.after(() => page.socket.close());
  const { body } = await consent(lan, { test: 'own', connection: await page.connection(), ports: [port, 1] });
  page.start(body.token);
  const { report } = await page.next('report');
  assert.deepEqual([report.open, report.closed, report.verdict], [1, 1, 'open found']);
  assert.equal(report.rows.find((row) => row.port === port)?.state, 'open');
  assert.ok(!JSON.stringify(report satisfies ShieldsReport).includes('127.0.0.1:'));
  assert.ok(!report.text.includes('127.0.0.1'));
  assert.ok(page.heard.some(({ kind }) => kind === 'states'));
});

test('at once after a test, another one of the same address has to wait', async (t) => {
  const page = new PageOpen(lan);
  t.after(() => page.socket.close());
  const { body } = await consent(lan, { test: 'own', connection: await page.connection(), ports: [1, 2] });
  page.start(body.token);
  assert.equal((await page.next('failed')).code, 'pause');
});

test('without --lan a private visitor is told why nothing is tested, and gets no consent', async (t) => {
  assert.match((await me(internet)).refused ?? '', /private address/);
  const page = new PageOpen(internet);
  t.after(() => page.socket.close());
  const { status, body } = await consent(internet, { test: 'common', connection: await page.connection() });
  assert.equal(status, 403);
  assert.equal(body.token, undefined);
});

for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded'])
  test(`a forged ${header} makes nobody else the target`, async () => {
    const forged = await fetch(url(lan, '/api/shields/me'), { headers: { [header]: '8.8.8.8' } });
    assert.equal(forged.status, 403);
    assert.ok(!(await forged.text()).includes('8.8.8.8'));
  });

test('behind a named proxy the rightmost foreign hop is the visitor, and a forged hop further left is not', async () => {
  assert.equal((await me(proxied, { 'x-forwarded-for': '1.1.1.1, 8.8.4.4' })).address, '8.8.4.4');
  assert.equal((await me(proxied, { 'x-forwarded-for': '1.1.1.1, ::ffff:8.8.4.4' })).address, '8.8.4.4');
  assert.equal((await fetch(url(proxied, '/api/shields/me'))).status, 403);
  assert.match((await me(proxied, { 'x-forwarded-for': '169.254.169.254' })).refused ?? '', /No visitor/);
});

test('whoever asked to be left out is left out', async () => {
  assert.match((await me(proxied, { 'x-forwarded-for': '9.9.9.9' })).refused ?? '', /asked us never/);
});

test('a reload reads the list of those left out, and says which options wait for a restart', async () => {
  const asks = { 'x-forwarded-for': '8.8.4.4' };
  assert.equal((await me(proxied, asks)).refused, null);
  writeFileSync(join(dir, 'opt-out.txt'), '9.9.9.0/24\n8.8.4.0/24\n');
  const now = { http: '127.0.0.1:0', lan: false, trustProxy: ['127.0.0.1'], unsolicited: false };
  assert.deepEqual(proxied.reload(now), [
    { key: 'lan', outcome: 'needs a restart' },
    { key: 'opt-out.txt', outcome: 'applied' },
  ]);
  assert.match((await me(proxied, asks)).refused ?? '', /asked us never/);
  writeFileSync(join(dir, 'opt-out.txt'), 'nonsense\n');
  assert.equal(proxied.reload({ ...now, lan: true })[0]?.outcome, 'refused');
  assert.match((await me(proxied, asks)).refused ?? '', /asked us never/, 'a list that cannot be read changes nothing');
  writeFileSync(join(dir, 'opt-out.txt'), '9.9.9.0/24\n');
});

for (const extra of [{ host: '8.8.8.8' }, { ip: '8.8.8.8' }, { address: '8.8.8.8' }, { target: '8.8.8.8' }])
  test(`a request that names a ${Object.keys(extra)[0]} is refused`, async (t) => {
    const page = new PageOpen(lan);
    t.after(() => page.socket.close());
    const { status } = await consent(lan, { test: 'own', ports: [1], connection: await page.connection(), ...extra });
    assert.equal(status, 400);
  });

const BAD: [name: string, body: unknown][] = [
  ['65 ports', { test: 'own', connection: 'x'.repeat(24), ports: Array.from({ length: 65 }, (_, i) => i) }],
  ['a port beyond the last', { test: 'own', connection: 'x'.repeat(24), ports: [65_536] }],
  ['a port as text', { test: 'own', connection: 'x'.repeat(24), ports: ['80'] }],
  ['the same port twice', { test: 'own', connection: 'x'.repeat(24), ports: [80, 80] }],
  ['a test that does not exist', { test: 'everything', connection: 'x'.repeat(24) }],
  ['nothing', {}],
];
for (const [name, body] of BAD)
  test(`consent for ${name} is refused`, async () => assert.equal((await consent(lan, body)).status, 400));

test('a body that is too long is refused', async () => {
  const { status } = await consent(lan, { test: 'own', connection: 'x'.repeat(24), padding: 'x'.repeat(5000) });
  assert.equal(status, 413);
});

for (const origin of ['http://evil.example', 'null', ''])
  test(`a page from "${origin}" can neither get a token nor open a connection`, async () => {
    const headers: Sent = origin === '' ? {} : { origin };
    assert.equal((await consent(lan, { test: 'common', connection: 'x'.repeat(24) }, headers)).status, 403);
    const page = new PageOpen(lan, headers);
    await page.closed();
    assert.deepEqual(page.heard, []);
  });

test('a cross-site request that says so is refused even with a fitting origin', async () => {
  const headers = { ...ownPage(lan), 'sec-fetch-site': 'cross-site' };
  assert.equal((await consent(lan, { test: 'common', connection: 'x'.repeat(24) }, headers)).status, 403);
});

test('a token works once, on the connection it was given for, and for nobody else', async (t) => {
  const mine = new PageOpen(proxied, { ...ownPage(proxied), 'x-forwarded-for': '10.0.0.7' });
  const other = new PageOpen(proxied, { ...ownPage(proxied), 'x-forwarded-for': '10.0.0.8' });
  t.after(() => [mine, other].forEach(({ socket }) => socket.close()));
  const connection = await mine.connection();
  await other.connection();
  const as = (address: string): Sent => ({ ...ownPage(proxied), 'x-forwarded-for': address });
  const foreign = await consent(proxied, { test: 'common', connection }, as('10.0.0.8'));
  assert.equal(foreign.status, 403, 'consent for a connection of somebody else');
  const { body } = await consent(proxied, { test: 'common', connection }, as('10.0.0.7'));
  other.start(body.token);
  assert.equal((await other.next('failed')).code, 'no-consent');
  mine.start(body.token);
  assert.equal((await mine.next('failed')).code, 'no-consent', 'shown at the wrong place, it is spent');
});

test('loopback behind a proxy is nobody: no connection is opened', async () => {
  const page = new PageOpen(proxied, { ...ownPage(proxied), 'x-forwarded-for': '127.0.0.9' });
  await page.closed();
  assert.deepEqual(page.heard, []);
});

test('a page that says nonsense is closed', async () => {
  for (const text of [
    '{',
    '[]',
    '{"kind":"start"}',
    '{"kind":"start","token":"x","host":"8.8.8.8"}',
    'x'.repeat(5000),
  ]) {
    const page = new PageOpen(lan);
    await page.connection();
    page.socket.send(text);
    await page.closed();
  }
});

test('a visitor has at most eight connections', async (t) => {
  const pages = Array.from({ length: 9 }, () => new PageOpen(internet));
  t.after(() => pages.forEach(({ socket }) => socket.close()));
  await Promise.any(pages.map((page) => page.closed()));
  const greeted = await Promise.all(
    pages.map((page) =>
      page.connection().then(
        () => true,
        () => false,
      ),
    ),
  );
  assert.equal(greeted.filter(Boolean).length, 8);
});

test('the inside of the machine is shown to its own browser only, by its own name', async () => {
  assert.equal((await me(lan)).audit, true);
  assert.equal((await fetch(url(lan, '/api/shields/audit'))).status, 200);
  const away = await fetch(url(proxied, '/api/shields/audit'), { headers: { 'x-forwarded-for': '8.8.8.8' } });
  assert.equal(away.status, 403);
  const site = await fetch(url(lan, '/api/shields/audit'), { headers: { 'sec-fetch-site': 'cross-site' } });
  assert.equal(site.status, 403);
});

test('the page comes with a policy that lets nothing foreign in', async () => {
  const response = await fetch(url(lan, '/'));
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'self'.*frame-ancestors 'none'/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.match(await (await fetch(url(lan, '/notice'))).text(), /2,000 times a second/);
  assert.equal((await fetch(url(lan, '/..%2f..%2fetc%2fpasswd'))).status, 403);
});
