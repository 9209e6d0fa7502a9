import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { seeded } from '#base';
import { outcomeOf } from './attempt.ts';
import { neighbourIsMissing, probe } from './probe.ts';

const CASES: [code: string | undefined, outcome: string][] = [
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'open'],
  ['EPIPE', 'open'],
  ['EHOSTUNREACH', 'rejected'],
  ['EACCES', 'rejected'],
  ['ENETUNREACH', 'unreachable'],
  ['EMFILE', 'local'],
  ['ENFILE', 'local'],
  ['EADDRNOTAVAIL', 'local'],
  [undefined, 'local'],
  ['ESOMETHINGNEW', 'local'],
];

for (const [code, outcome] of CASES)
  test(`${code ?? 'an error without a code'} is ${outcome}`, () => assert.equal(outcomeOf(code), outcome));

test('a listener is open and its neighbour port is closed, even when it drops whoever connects', async (t) => {
  const server = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const other = (closed.address() as AddressInfo).port;
  closed.close();
  await once(closed, 'close');
  const { ports } = await probe({ host: '127.0.0.1', ports: [port, other], chance: seeded(1) });
  assert.equal(ports.find((row) => row.port === port)?.state, 'open');
  assert.equal(ports.find((row) => row.port === other)?.state, 'closed');
});

test('a probe stops at once when its signal says so', async () => {
  const stop = new AbortController();
  const running = probe({ host: '127.0.0.1', ports: [1, 2, 3], chance: seeded(1), signal: stop.signal });
  stop.abort(new Error('the visitor left'));
  await assert.rejects(running, /the visitor left/);
});

test('an ARP entry without an answer means that no machine is there', () => {
  const table = `IP address       HW type     Flags       HW address            Mask     Device
10.0.0.7         0x1         0x0         00:00:00:00:00:00     *        eth0
10.0.0.1         0x1         0x2         02:00:00:00:00:01     *        eth0
`;
  assert.equal(neighbourIsMissing(table, '10.0.0.7'), true);
  assert.equal(neighbourIsMissing(table, '10.0.0.1'), false);
  assert.equal(neighbourIsMissing(table, '10.0.0.70'), false);
});
