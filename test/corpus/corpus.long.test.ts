// The guard before some ten thousand files: every rate, mode, frequency and method of lame, twolame, ffmpeg, flac, oggenc
// and opusenc.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pick, seeded } from '../../src/base/mod.ts';
import { need } from '../kit/need.ts';
import { makeCases } from './cases.ts';
import { allJobs, encode } from './encodes.ts';
import { inconsistency, mutate } from './mutate.ts';
import { payloads } from './payloads.ts';
import { complaint, judge } from './score.ts';

test('nothing is missed and nothing good is accused in ten thousand files and twenty thousand spoiled ones, in any cutting', {
  skip: need('lame', 'twolame', 'ffmpeg', 'flac', 'oggenc', 'opusenc', 'bzip2'),
}, () => {
  const dir = mkdtempSync(join(tmpdir(), 'peershield-corpus-'));
  try {
    const cases = makeCases({ encodes: encode(allJobs(), dir), payloads: payloads(dir) });
    assert.ok(cases.length > 9000);
    const wrong: string[] = [];
    for (const [i, one] of cases.entries()) {
      const whole = judge(one);
      const said = complaint(one, whole);
      if (said !== null) wrong.push(`${one.name}: ${said}`);
      if (one.bytes.length < 1_000_000) assert.deepEqual(judge(one, i + 1), whole, one.name);
    }
    assert.deepEqual(wrong, []);
    const chance = seeded(13);
    const some = cases.filter(({ bytes }) => bytes.length > 0 && bytes.length < 150_000);
    for (let round = 1; round <= 20_000; round++) {
      const one = pick(some, chance);
      assert.equal(inconsistency({ ...one, bytes: mutate(one.bytes, some, chance) }, round), null, `round ${round}`);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
