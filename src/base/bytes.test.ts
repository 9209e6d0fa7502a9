import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteQueue, byteString, bytesOf, concat, readable, wireText } from './bytes.ts';

test('a byte string carries every byte there and back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(bytesOf(byteString(all)), all);
  assert.equal(byteString(all, 65, 68), 'ABC');
});

test('bytes are shown as UTF-8 when they are, else as Windows-1252', () => {
  assert.equal(readable(wireText('Björk – Jóga')), 'Björk – Jóga');
  assert.equal(readable('Bj\u00f6rk \u0096 J\u00f3ga'), 'Björk – Jóga');
  assert.equal(readable('plain'), 'plain');
});

test('a queue gives back what was pushed, in any cutting', () => {
  const queue = new ByteQueue();
  let expected = '';
  let seen = '';
  for (let i = 1; i < 300; i++) {
    const piece = String(i).repeat(i % 7);
    queue.push(bytesOf(piece));
    expected += piece;
    const take = Math.min(queue.length, (i * 5) % 13);
    seen += byteString(queue.peek(), 0, take);
    queue.skip(take);
  }
  seen += byteString(queue.takeAll());
  assert.equal(seen, expected);
  assert.equal(queue.length, 0);
});

test('a message that comes byte by byte moves a bounded number of times', () => {
  const queue = new ByteQueue();
  const one = new Uint8Array(1);
  const buffers = new Set<ArrayBufferLike>();
  for (let i = 0; i < 100_000; i++) {
    queue.push(one);
    buffers.add(queue.peek().buffer);
  }
  assert.ok(buffers.size < 20, `${buffers.size} buffers for 100,000 bytes`);
});

test('chunks are joined once, and one chunk is not copied', () => {
  const one = bytesOf('ab');
  assert.equal(concat([one]), one);
  assert.equal(byteString(concat([one, bytesOf('c'), new Uint8Array(0)])), 'abc');
});
