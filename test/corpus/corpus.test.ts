// The guard before the small corpus: one encode of each kind in every dress, every fake in every place. The form of some
// ten thousand files is corpus.long.test.ts; the table beside other tools is printed by table.ts.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pick, seeded } from '../../src/base/mod.ts';
import { need } from '../kit/need.ts';
import { type Case, makeCases } from './cases.ts';
import { encode, smallJobs } from './encodes.ts';
import { inconsistency, mutate } from './mutate.ts';
import { payloads } from './payloads.ts';
import { complaint, judge } from './score.ts';

const skip = need('lame', 'twolame', 'ffmpeg', 'flac', 'oggenc', 'opusenc', 'bzip2');
const dir = mkdtempSync(join(tmpdir(), 'peershield-corpus-'));
after(() => rmSync(dir, { recursive: true }));

let made: Case[] | null = null;
const cases = (): Case[] => (made ??= makeCases({ encodes: encode(smallJobs(), dir), payloads: payloads(dir) }));

for (const [group, what] of [
  ['good', 'every good file is good, whatever it looks like'],
  ['damaged', 'every damaged file is damaged'],
  ['fake', 'every fake is fake, of its kind and at its byte'],
  ['polyglot', 'every song that carries something else is suspect, at that byte'],
  ['lies', 'every lie of length, rate, count and tag size is found'],
  ['mislabelled', 'every song that is named as another format is found'],
  ['wrapster', 'every Wrapster is found, whole, cut or hidden'],
  ['hurt', 'tags that are made to hurt are judged in a second each'],
] as const) {
  test(what, { skip }, () => {
    const wrong: string[] = [];
    const of = cases().filter((one) => one.group === group);
    for (const one of of) {
      const begun = performance.now();
      const said = complaint(one, judge(one));
      if (said !== null) wrong.push(`${one.name}: ${said}`);
      if (performance.now() - begun > 5000) wrong.push(`${one.name}: took too long`);
    }
    assert.ok(of.length > 5);
    assert.deepEqual(wrong, []);
  });
}

test('a file is judged the same however it is cut', { skip }, () => {
  for (const [i, one] of cases().entries()) {
    if (i % 3 !== 0 || one.bytes.length > 300_000) continue;
    assert.deepEqual(judge(one, i + 1), judge(one), one.name);
  }
});

test('whatever is done to real files, the judge answers, the same in any cutting, with a strip without gaps', {
  skip,
}, () => {
  const chance = seeded(12);
  const some = cases().filter(({ bytes }) => bytes.length > 0 && bytes.length < 100_000);
  for (let round = 1; round <= 250; round++) {
    const one = pick(some, chance);
    assert.equal(inconsistency({ ...one, bytes: mutate(one.bytes, some, chance) }, round), null, `round ${round}`);
  }
});
