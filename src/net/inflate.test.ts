import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, createDeflate, createInflate, deflateSync } from 'node:zlib';
import { createDeflater, createInflater } from './inflate.ts';

test('what we deflate and flush can be read at once by zlib, message by message', async () => {
  const deflater = createDeflater(6);
  const inflate = createInflate();
  for (const text of ['one', 'two'.repeat(1000), '', 'three']) {
    const compressed = deflater.push(Buffer.from(text));
    if (text === '') continue;
    const seen: Buffer[] = [];
    inflate.on('data', (chunk: Buffer) => seen.push(chunk));
    await new Promise<void>((resolve) => inflate.write(compressed, () => resolve()));
    inflate.removeAllListeners('data');
    assert.equal(Buffer.concat(seen).toString(), text);
  }
});

test('a flushed zlib stream is inflated in any cutting', async () => {
  const deflate = createDeflate({ flush: constants.Z_SYNC_FLUSH });
  const parts: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => parts.push(chunk));
  for (const text of ['alpha ', 'beta ', 'gamma'])
    await new Promise<void>((resolve) => deflate.write(text, () => resolve()));
  const whole = Buffer.concat(parts);
  for (const step of [1, 2, 7, whole.length]) {
    const inflater = createInflater(1000);
    let text = '';
    for (let from = 0; from < whole.length; from += step)
      for (const piece of inflater.push(whole.subarray(from, from + step))) text += Buffer.from(piece).toString();
    assert.equal(text, 'alpha beta gamma');
  }
});

test('a zip bomb stops at the bound, not at its end', () => {
  const bomb = deflateSync(Buffer.alloc(64 << 20), { level: 9 });
  const inflater = createInflater(100_000);
  assert.throws(() => inflater.push(bomb), { name: 'WireError', code: 'inflate-bomb' });
});

test('bytes that are no zlib stream are a WireError', () => {
  assert.throws(() => createInflater(1000).push(new Uint8Array(300).fill(0xee)), { name: 'WireError' });
});
