// The guard before some ten thousand files: every rate, mode, frequency and method of lame, twolame, ffmpeg, flac, oggenc
// and opusenc.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { need } from '../kit/need.ts';
import { makeCases } from './cases.ts';
import { allJobs, encode } from './encodes.ts';
import { payloads } from './payloads.ts';
import { complaint, judge } from './score.ts';

test('nothing is missed and nothing good is accused in ten thousand files, in any cutting', {
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
  } finally {
    rmSync(dir, { recursive: true });
  }
});
