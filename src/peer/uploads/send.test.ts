import assert from 'node:assert/strict';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { sendBody } from './send.ts';

test('who has everything and goes on talking does not keep the slot', { timeout: 10_000 }, async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  client.pause().on('error', () => {});
  const drip = setInterval(() => client.write('x'), 20);
  const file = await open(import.meta.filename);
  try {
    const sent = await sendBody(socket, file, {
      from: 0,
      to: 100,
      limit: null,
      stallMs: 200,
      signal: new AbortController().signal,
      onBytes: () => {},
    });
    assert.equal(sent, null);
  } finally {
    clearInterval(drip);
    await file.close();
    client.destroy();
    server.close();
  }
});
