import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import type { Part } from './part.ts';
import { type Received, receiveBody } from './receive.ts';

/** Receives 100,000 bytes from somebody who sends as `send` says. */
async function receiveFrom(send: (socket: Socket) => void): Promise<{ received: Received; bytes: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    send(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
  await once(socket, 'connect');
  const part = {
    bytes: 0,
    alarm: null,
    append: async (chunk: Uint8Array) => void (part.bytes += chunk.length),
    matches: async () => true,
  };
  const received = await receiveBody(
    { socket, rest: new Uint8Array(0) },
    {
      part: part as unknown as Part,
      offset: 0,
      sizeBytes: 100_000,
      limit: null,
      stallMs: 100,
      signal: new AbortController().signal,
      onBytes: () => {},
    },
  );
  server.close();
  return { received, bytes: part.bytes };
}

test('a body that comes whole is complete', async () => {
  const { received, bytes } = await receiveFrom((socket) => socket.end(Buffer.alloc(100_000)));
  assert.deepEqual([received.kind, bytes], ['complete', 100_000]);
});

test('who sends a byte now and then does not hold the slot', { timeout: 10_000 }, async () => {
  const { received, bytes } = await receiveFrom((socket) => {
    const drip = setInterval(() => socket.write('x'), 10);
    socket.on('close', () => clearInterval(drip));
  });
  assert.deepEqual(received, { kind: 'broken', reason: 'hardly anything came any more' });
  assert.ok(bytes < 4_096);
});

test('who sends nothing at all does not either', { timeout: 10_000 }, async () => {
  const { received } = await receiveFrom(() => {});
  assert.deepEqual(received, { kind: 'broken', reason: 'nothing came any more' });
});

test('who hangs up in the middle is told apart', async () => {
  const { received } = await receiveFrom((socket) => socket.end(Buffer.alloc(5_000)));
  assert.deepEqual(received, { kind: 'broken', reason: 'the other side hung up in the middle' });
});
