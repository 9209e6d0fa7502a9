// The hub on real sockets: what only they can show.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { deflateSync } from 'node:zlib';
import { silentLog } from '#base';
import { encodeFrame } from '#wire/napster';
import { defaultHubValues, type HubValues } from './options.ts';
import { type RunningHub, startHub } from './start.ts';
import { Wire } from './testing/wire.ts';

const dirs: string[] = [];
const running: RunningHub[] = [];
after(async () => {
  for (const hub of running) await hub.stop();
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

async function begin(values: Partial<HubValues> = {}, dataDir = folder()): Promise<RunningHub & { port: number }> {
  const options = defaultHubValues({ port: ['0'], http: 'off', ...values });
  const hub = await startHub(options, { log: silentLog, dataDir, version: 'test' });
  running.push(hub);
  const [address = ''] = hub.listen['napster'] as string[];
  return Object.assign(hub, { port: Number(address.split(':')[1]) });
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'peershield-hub-'));
  dirs.push(dir);
  return dir;
}

const share = (wire: Wire, path: string): Wire =>
  wire.send(100, `"${path}" 0123456789abcdef0123456789abcdef 960000 128 44100 60`);

test('two people on sockets share, find and broker a file; several ports at once', { timeout: 20_000 }, async () => {
  const hub = await begin({ port: ['0', '0'] });
  const ports = (hub.listen['napster'] as string[]).map((address) => Number(address.split(':')[1]));
  assert.equal(new Set(ports).size, 2);
  const alice = await Wire.login(ports[0] as number, 'alice');
  const bob = await Wire.login(ports[1] as number, 'bob');
  share(alice, 'C:\\a song.mp3').send(600, 'alice');
  await alice.until(601);
  bob.send(200, 'FILENAME CONTAINS "song"');
  assert.match(await bob.until(201), /^"C:\\a song\.mp3" .* alice 16777343 7$/);
  await bob.until(202);
  bob.send(203, 'alice "C:\\a song.mp3"');
  alice.send(608, await alice.until(607));
  assert.match(await bob.until(204), /^alice 16777343 6699 /);
});

test('a zip bomb on a socket ends only its own connection', { timeout: 20_000 }, async () => {
  const { port, hub } = await begin();
  const bomb = await Wire.dial(port);
  bomb.send(2, 'bomb pw 6699 "c" 7 a@b.c 1 9');
  await bomb.until(3);
  const before = process.memoryUsage.rss();
  bomb.socket.write(deflateSync(Buffer.alloc(32 * 1024 * 1024)));
  const other = await Wire.login(port, 'other');
  other.send(600, 'other');
  assert.equal(await other.until(601), 'other 7');
  await bomb.end();
  assert.equal(hub.compressed, 0);
  assert.ok(process.memoryUsage.rss() - before < 100e6);
});

test('who does not read what was asked for costs a bounded amount, and the others are served', {
  timeout: 30_000,
}, async () => {
  const { port, hub } = await begin({ openLimits: true });
  const sharer = await Wire.login(port, 'sharer');
  for (let i = 0; i < 4000; i++) share(sharer, `C:\\x\\some quite long name of a song ${i}.mp3`);
  sharer.send(600, 'sharer');
  await sharer.until(601);
  const slow = connect(port, '127.0.0.1');
  await once(slow, 'connect');
  slow.pause();
  slow.write(encodeFrame(2, 'slow pw 6699 "c" 7'));
  for (let i = 0; i < 200; i++) slow.write(encodeFrame(211, 'sharer'));
  const other = await Wire.login(port, 'other');
  for (let i = 0; i < 50; i++) {
    other.send(200, 'FILENAME CONTAINS "song"');
    await other.until(202);
  }
  const user = hub.find('slow');
  assert.ok(user === null || (user.line.socket?.writableLength ?? 0) < 2_000_000);
  slow.destroy();
});

test('resets, half messages and hundreds of silent sockets leave the hub as it was', { timeout: 30_000 }, async () => {
  const { port, hub } = await begin({ connectsPerMinute: 100_000, maxClones: 1000 });
  const silent: Socket[] = [];
  for (let i = 0; i < 300; i++) silent.push(connect(port, '127.0.0.1').on('error', () => {}));
  for (let i = 0; i < 100; i++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write(Uint8Array.from([200, 0, 2, 0, 65]));
    socket.resetAndDestroy();
  }
  const user = await Wire.login(port, 'user');
  assert.equal(hub.users.size, 1);
  for (const socket of silent) socket.destroy();
  for (let i = 0; hub.connected > 1 && i < 1000; i++) {
    user.send(600, 'user');
    await user.until(601);
  }
  assert.equal(hub.connected, 1);
});

test('over its budget of connections an address is told so and closed', { timeout: 20_000 }, async () => {
  const { port } = await begin({ maxClones: 2 });
  await Wire.login(port, 'a');
  await Wire.login(port, 'b');
  const third = await Wire.dial(port);
  assert.match(await third.until(0), /only 2 connections from one address/);
  await third.end();
});

test('the same protocol inside TLS; 2101 carries the certificate’s fingerprint', { timeout: 20_000 }, async () => {
  const hub = await begin({ tlsPort: 0 });
  const port = Number(String(hub.listen['tls']).split(':')[1]);
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const print = socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase();
  const wire = new Wire(socket);
  wire.send(2, 'alice pw 6699 "c" 7');
  await wire.until(214);
  wire.send(2100, '1 intro');
  assert.ok((await wire.until(2101)).endsWith(` ${print}`));
  assert.ok(hub.hub.find('alice')?.encrypted);
  socket.destroy();
});

test('a knock finds a peer, a stranger and a closed port', { timeout: 20_000 }, async () => {
  const { port } = await begin();
  const wire = await Wire.login(port, 'alice');
  wire.send(2100, '1 knock');
  await wire.until(2101);
  const peer = createServer((socket) => socket.end('1')).listen(0, '127.0.0.1');
  const stranger = createServer((socket) => socket.end('SSH-2.0')).listen(0, '127.0.0.1');
  await Promise.all([once(peer, 'listening'), once(stranger, 'listening')]);
  const at = (server: typeof peer): number => (server.address() as { port: number }).port;
  const closed = at(stranger);
  wire.send(2120, String(at(peer)));
  assert.match(await wire.until(2121), /^\d+ open \d+$/);
  wire.send(2120, String(at(stranger)));
  assert.match(await wire.until(2121), /^\d+ not-a-peer \d+$/);
  stranger.close();
  await once(stranger, 'close');
  wire.send(2120, String(closed));
  assert.match(await wire.until(2121), /^\d+ closed \d+$/);
  peer.close();
});

test('two firewalled users are relayed: opaque bytes go both ways, tokens work once', { timeout: 20_000 }, async () => {
  const { port, hub } = await begin({ relay: true });
  const owner = await Wire.login(port, 'owner');
  const asker = await Wire.login(port, 'asker');
  for (const wire of [owner, asker]) {
    wire.send(703, '0').send(2100, '1 relay');
    await wire.until(2101);
  }
  share(owner, '/song.mp3');
  owner.send(600, 'owner');
  await owner.until(601);
  asker.send(2130, 'owner "/song.mp3"');
  const offer = await owner.until(2131);
  const [id = ''] = offer.split(' ');
  assert.equal(offer, `${id} asker "/song.mp3"`);
  owner.send(2132, id);
  const ends = await Promise.all(
    [asker, owner].map(async (wire, i) => {
      const [, relayPort, token = '', side] = (await wire.until(2134)).split(' ');
      assert.equal(side, i === 0 ? 'listens' : 'connects');
      const socket = connect(Number(relayPort), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(Buffer.concat([encodeFrame(2135, token), Buffer.from(i === 0 ? '1' : '')]));
      return { socket, token };
    }),
  );
  const [listens, connects] = ends as [(typeof ends)[0], (typeof ends)[0]];
  assert.equal(String(await once(connects.socket, 'data')), '1');
  connects.socket.write('SENDowner "/song.mp3" 5');
  assert.equal(String(await once(listens.socket, 'data')), 'SENDowner "/song.mp3" 5');
  assert.equal(hub.relay?.open, 1);
  const thief = await Wire.dial(port);
  thief.send(2135, listens.token);
  assert.equal(await thief.until(0), 'no such relay');
  listens.socket.destroy();
  await once(connects.socket, 'close');
  assert.equal(hub.relay.open, 0);
});

test('a reload applies what can be applied and says of every changed key what became of it', {
  timeout: 20_000,
}, async () => {
  const dir = folder();
  const motd = join(dir, 'motd');
  writeFileSync(motd, 'first\n');
  const hub = await begin({ motd }, dir);
  writeFileSync(motd, 'second\nlines\n');
  const next = defaultHubValues({ port: ['1'], http: 'off', motd, maxResults: 5, privacy: true });
  const lines = hub.reload(next);
  assert.deepEqual(
    lines.map(({ key, outcome }) => [key, outcome]),
    [
      ['port', 'needs a restart'],
      ['privacy', 'applied'],
      ['maxResults', 'applied'],
    ],
  );
  assert.equal(hub.hub.values.maxResults, 5);
  assert.deepEqual(hub.hub.motd, ['second', 'lines']);
  const elite = await Wire.login(hub.port, 'boss');
  const user = hub.hub.find('boss');
  if (user !== null) user.level = 4;
  elite.send(810, 'max_results 7');
  assert.equal(await elite.until(404), 'max_results = 7');
  elite.send(810, 'port 9');
  assert.match(await elite.until(404), /only be set at the start/);
  elite.send(810, 'max_results many');
  assert.match(await elite.until(404), /is a number from 1 to 10000/);
  const line = hub.reload({ ...next, maxResults: 6 }).find(({ key }) => key === 'maxResults');
  assert.equal(line?.outcome, 'refused');
  elite.send(800, 'max_results');
  assert.equal(await elite.until(404), 'max_results = 6');
  const [refused] = hub.reload({ ...next, maxResults: 6, motd: join(dir, 'none') }).filter(({ key }) => key === 'motd');
  assert.equal(refused?.outcome, 'refused');
  assert.match(refused?.why ?? '', /cannot read the motd/);
  assert.deepEqual(hub.hub.motd, ['second', 'lines'], 'the old one stays');
});

test('a taken port fails with words and leaves nothing open', { timeout: 20_000 }, async () => {
  const { port } = await begin();
  await assert.rejects(begin({ port: [String(port)] }), /hub port: port \d+ is taken by another program/);
});
