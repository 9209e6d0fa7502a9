import { test } from 'node:test';
import { need } from '../kit/need.ts';
import { scoreSeed } from './score.ts';

for (let seed = 2; seed <= 20; seed++) {
  test(`the scorer has no complaint about the captures of seed ${seed}`, {
    skip: need('python3'),
    timeout: 120_000,
  }, async () => {
    await scoreSeed(seed);
  });
}
