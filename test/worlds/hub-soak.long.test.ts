import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { scratch } from '../kit/program.ts';
import { soak } from './hub-soak.ts';

const MINUTES = Number(process.env['PEERSHIELD_SOAK_MINUTES'] ?? 10);
const place = scratch('soak');
after(() => place.remove());

// Resident memory holds what the allocator and the collector keep for themselves, which grows for longer than what lives
// (src/hub/memory.test.ts shows that): here it must level off.
test('ten minutes of mixed load: the resident size levels off', {
  timeout: (MINUTES + 2) * 60_000,
}, async (t) => {
  const sizes = await soak(place.dir, MINUTES);
  t.diagnostic(`resident MB by minute: ${sizes.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ')}`);
  const grown = (from: number, to: number): number => (sizes[to] as number) - (sizes[from] as number);
  assert.ok(grown(MINUTES - 2, MINUTES - 1) <= Math.max(2_000_000, grown(0, 1)), 'the last minute');
  assert.ok(grown(2, MINUTES - 1) <= 50_000_000, 'after the third minute');
});
