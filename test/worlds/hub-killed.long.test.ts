import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { seeded } from '#base';
import { scratch } from '../kit/program.ts';
import { killOnce, prepare } from './hub-killed.ts';

const place = scratch('killed');
after(() => place.remove());

test('thirty times kill -9 under load: every acknowledged account, ban, level and channel is there after the restart', {
  timeout: 900_000,
}, async () => {
  await prepare(place.dir);
  const chance = seeded(99);
  for (let round = 0; round < 30; round++) assert.ok((await killOnce(place.dir, round, chance)) > 0);
});
