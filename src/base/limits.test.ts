import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from './limits.ts';

test('a bucket gives its burst, then its rate', () => {
  const bucket = new TokenBucket(2, 3, 0);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => bucket.take(1, 0)),
    [true, true, true, false],
  );
  assert.equal(bucket.waitMs(1, 0), 500);
  assert.equal(bucket.take(1, 499), false);
  assert.equal(bucket.take(1, 500), true);
});

test('a debt is paid before anything else passes', () => {
  const bucket = new TokenBucket(1, 2, 0);
  bucket.force(5, 0);
  assert.equal(bucket.take(1, 3000), false);
  assert.equal(bucket.take(1, 4000), true);
});

test('what can never be given is waited for for ever', () => {
  assert.equal(new TokenBucket(1, 2, 0).waitMs(3, 0), Number.POSITIVE_INFINITY);
});

test('a clock that goes back gives nothing', () => {
  const bucket = new TokenBucket(1, 1, 10_000);
  assert.equal(bucket.take(1, 10_000), true);
  assert.equal(bucket.take(1, 0), false);
});
