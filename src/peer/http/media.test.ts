import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRange } from './media.ts';

describe('a range of sound', () => {
  const TABLE: [header: string | undefined, range: [number, number, boolean] | null][] = [
    [undefined, [0, 100, false]],
    ['bytes=0-', [0, 100, true]],
    ['bytes=10-19', [10, 20, true]],
    ['bytes=90-500', [90, 100, true]],
    ['bytes=-10', [90, 100, true]],
    ['bytes=-500', [0, 100, true]],
    ['bytes=100-', null],
    ['bytes=20-10', null],
    ['bytes=0-1,5-6', [0, 100, false]],
    ['nonsense', [0, 100, false]],
  ];
  for (const [header, range] of TABLE)
    it(`reads ${header ?? 'no header'}`, () => {
      const got = readRange(header, 100);
      assert.deepEqual(got === null ? null : [got.from, got.to, got.partial], range);
    });
});
