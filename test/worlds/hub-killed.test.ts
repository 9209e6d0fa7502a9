import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { seeded } from '#base';
import { scratch } from '../kit/program.ts';
import { killOnce, prepare } from './hub-killed.ts';

const place = scratch('killed');
after(() => place.remove());

test('kill -9 under load: every acknowledged account, ban, level and channel is there after the restart', {
  timeout: 120_000,
}, async () => {
  await prepare(place.dir);
  const chance = seeded(9);
  for (let round = 0; round < 2; round++) assert.ok((await killOnce(place.dir, round, chance)) > 0);
});
