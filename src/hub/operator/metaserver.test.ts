import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { OPERATOR_LIMITS } from './limits.ts';
import { BUSY, bestHub, type Candidate, HubList } from './metaserver.ts';
import { serveOneLine } from './one-line-server.ts';
import { fiveNumbers, sixteenNumbers } from './stats-ports.ts';
import { NO_COUNTS } from './testing/world.ts';

const hub = (address: string, more: Partial<Candidate> = {}): Candidate => ({
  address,
  alive: true,
  load: 0.2,
  rttMs: 5,
  ...more,
});

test('the emptiest living hub is handed out, equals in turn', () => {
  const hubs = [
    hub('10.0.0.1:8888', { load: 0.9 }),
    hub('10.0.0.2:8888'),
    hub('10.0.0.3:8888', { load: 0.25, rttMs: 2 }),
    hub('10.0.0.4:8888', { load: 0, alive: false }),
  ];
  const lines = [0, 1, 2].map((visitor) => bestHub(hubs, visitor));
  assert.deepEqual(lines, ['10.0.0.3:8888\n', '10.0.0.2:8888\n', '10.0.0.3:8888\n']);
});

test('when every hub is full or gone, clients are told that servers are busy', () => {
  assert.equal(bestHub([], 0), BUSY);
  assert.equal(bestHub([hub('10.0.0.1:8888', { load: 1 }), hub('10.0.0.2:8888', { alive: false })], 7), BUSY);
  assert.match(BUSY, /^127/);
});

test('listed hubs are asked by connecting; one that is gone is not handed out', async () => {
  let there = true;
  const list = new HubList(
    () => hub('10.0.0.1:8888', { load: 1 }),
    async () => {
      if (!there) throw new Error('nobody');
      return 3;
    },
  );
  assert.equal(list.line(), BUSY, 'our own is full');
  list.set([{ host: '10.0.0.9', port: 7777 }]);
  assert.equal(list.line(), BUSY, 'not asked yet');
  await list.look();
  assert.equal(list.line(), '10.0.0.9:7777\n');
  there = false;
  await list.look();
  assert.equal(list.line(), BUSY);
});

test('the server lets a visitor go who goes on talking', { timeout: 10_000 }, async () => {
  const server = await serveOneLine('test port', { host: '127.0.0.1', port: 0 }, () => 'line\n');
  const talker = connect(server.at.port, '127.0.0.1').pause();
  const gone = Promise.withResolvers<void>();
  talker.on('error', () => gone.resolve()).on('close', () => gone.resolve());
  const drip = setInterval(() => talker.write('x'), 50);
  await gone.promise;
  clearInterval(drip);
  talker.destroy();
  await server.stop();
});

test('the server writes one line and closes, whatever the visitor sends', async () => {
  let visits = 0;
  const server = await serveOneLine('test port', { host: '127.0.0.1', port: 0 }, () => `line ${++visits}\n`);
  assert.equal(await readAll(connect(server.at.port, '127.0.0.1')), 'line 1\n');
  const talker = connect(server.at.port, '127.0.0.1');
  talker.write('GET / HTTP/1.0\r\n\r\n'.repeat(2000));
  assert.equal(await readAll(talker), 'line 2\n');
  await server.stop();
});

test('one connection more than the limit is dropped and the next visitor is served', async () => {
  const server = await serveOneLine('test port', { host: '127.0.0.1', port: 0 }, () => 'x\n');
  const most = OPERATOR_LIMITS.oneLineSockets.value;
  // They never close their side, so their sockets stay until the time is over.
  const sitting = await Promise.all(
    Array.from({ length: most + 1 }, async () => {
      const socket = connect({ port: server.at.port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      await once(socket, 'connect');
      return socket;
    }),
  );
  const answers = await Promise.all(sitting.map(readAll));
  assert.ok(answers.filter((text) => text === 'x\n').length >= most);
  for (const socket of sitting) socket.destroy();
  assert.equal(await readAll(connect(server.at.port, '127.0.0.1')), 'x\n');
  await server.stop();
});

test('the stats ports say five and sixteen numbers', () => {
  const counts = { ...NO_COUNTS, users: 12, files: 3400, bytes: 5_000_000_000_000, compressed: 3, bytesIn: 99 };
  assert.equal(fiveNumbers(counts, { load: 0.456, memoryKb: 1 }), '12 3400 0.46 5000000000000 12\n');
  const line = sixteenNumbers(
    counts,
    { load: 0, memoryKb: 2048 },
    { outKBps: 0, inKBps: 1.4, logins: 2, messages: 7, searches: 5 },
  );
  assert.equal(line, '12 12 3 3400 3400 0 0 99 1 2048 4882812500 2 7 0 5 0\n');
  assert.equal(line.trim().split(' ').length, 16);
});

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  if (!socket.readableEnded && !socket.destroyed) await Promise.race([once(socket, 'end'), once(socket, 'close')]);
  socket.end();
  return text;
}
