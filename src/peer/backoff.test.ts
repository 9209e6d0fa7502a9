import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seeded } from '#base';
import { HUB_PACE, retryDelayMs } from './backoff.ts';

describe('waiting before another try', () => {
  it('doubles up to the longest wait', () => {
    const waits = [1, 2, 3, 4, 20, 5000].map((failures) => retryDelayMs(HUB_PACE, failures, () => 0.999999));
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 300_000, 300_000]);
  });

  it('spreads a thousand peers over half of it', () => {
    const chance = seeded(1);
    const waits = Array.from({ length: 1000 }, () => retryDelayMs(HUB_PACE, 3, chance));
    assert.ok(Math.min(...waits) >= 2000 && Math.max(...waits) <= 4000);
    assert.ok(new Set(waits).size > 500);
  });
});
