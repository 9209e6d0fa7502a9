import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { scratch } from '../kit/program.ts';
import { soak } from './hub-soak.ts';

const MINUTES = Number(process.env['PEERSHIELD_SOAK_MINUTES'] ?? 10);
const place = scratch('soak');
after(() => place.remove());

test('ten minutes of mixed load: at most 2 MB growth after the third', {
  timeout: (MINUTES + 2) * 60_000,
}, async (t) => {
  const sizes = await soak(place.dir, MINUTES);
  t.diagnostic(`resident MB by minute: ${sizes.map((bytes) => (bytes / 1e6).toFixed(1)).join(' ')}`);
  assert.ok((sizes.at(-1) as number) - (sizes[2] as number) <= 2_000_000);
});
