import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { dial, formatAddress, listen, parseAddress } from './listen.ts';

test('addresses are read as people write them', () => {
  const table = [
    ['127.0.0.1:8888', { host: '127.0.0.1', port: 8888 }],
    [':8888', { host: 'localhost', port: 8888 }],
    ['8888', { host: 'localhost', port: 8888 }],
    ['hub.example', { host: 'hub.example', port: 1 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['hub:99999', null],
    ['a b:1', null],
    ['hub:', null],
  ] as const;
  for (const [text, address] of table) assert.deepEqual(parseAddress(text, 'localhost', 1), address, text);
  assert.equal(formatAddress({ host: '::1', port: 80 }), '[::1]:80');
});

test('a taken port fails with words, or moves on where it may', async () => {
  const first = createServer();
  const { port } = await listen(first, 'hub port', { host: '127.0.0.1', port: 0 });
  const second = createServer();
  await assert.rejects(listen(second, 'hub port', { host: '127.0.0.1', port }), /hub port: port \d+ is taken/);
  const moved = await listen(second, 'page', { host: '127.0.0.1', port }, { move: true });
  assert.ok(moved.port > port);
  first.close();
  second.close();
});

test('a connection that nobody takes is an error with a code', async () => {
  const server = createServer();
  const { port } = await listen(server, 'port', { host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(dial({ host: '127.0.0.1', port }, { timeoutMs: 1000 }), { code: 'ECONNREFUSED' });
});
