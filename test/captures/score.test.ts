// The labelled captures of mkcap.py, watched and scored by watchscore.py: everything found, nothing wrong. The reference
// seed runs always; more seeds in score.long.test.ts.
import { test } from 'node:test';
import { need } from '../kit/need.ts';
import { scoreSeed } from './score.ts';

test('the scorer has no complaint about the reference captures: recall, precision, roles, shares, alerts, inference, form', {
  skip: need('python3'),
  timeout: 120_000,
}, async () => {
  await scoreSeed(1);
});
