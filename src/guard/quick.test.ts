import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat } from '#base';
import { createJudge } from './judge.ts';
import { QUICK_HEAD_BYTES, QUICK_TAIL_BYTES, readFacts } from './quick.ts';
import { latin, program, song, tag } from './testing/frames.ts';
import type { QuickFacts } from './verdict.ts';

/** As a scan does it: head, tail, and once more where the head was all tag. */
function scan(bytes: Uint8Array): { facts: QuickFacts | null; reads: number } {
  const source = {
    sizeBytes: bytes.length,
    head: bytes.subarray(0, QUICK_HEAD_BYTES),
    tail: bytes.subarray(Math.max(0, bytes.length - QUICK_TAIL_BYTES)),
  };
  const found = readFacts(source);
  if (found === null || !('wants' in found)) return { facts: found, reads: 1 };
  const more = { from: found.wants, bytes: bytes.subarray(found.wants, found.wants + QUICK_HEAD_BYTES) };
  const again = readFacts({ ...source, more });
  assert.ok(again === null || !('wants' in again));
  return { facts: again, reads: 2 };
}

test('a small file is known exactly, as the judge knows it', () => {
  const bytes = concat([tag('Tune'), song(20)]);
  const one = createJudge({ name: 'a.mp3' });
  one.write(bytes);
  const { facts } = scan(bytes);
  assert.deepEqual(
    [facts?.format, facts?.tags, facts?.exact, facts?.soundFrom],
    [one.end().format, one.end().tags, true, 25],
  );
});

test('a long file of one rate is known from its head', () => {
  const { facts } = scan(concat([tag('Tune'), song(3000)]));
  assert.deepEqual([facts?.format.kbps, facts?.format.frames, facts?.exact], [128, 3000, true]);
});

test('behind a tag larger than the head the sound is read where it begins', () => {
  const big = tag('Tune', undefined, 400_000);
  const { facts, reads } = scan(concat([big, song(1500)]));
  assert.deepEqual([facts?.soundFrom, facts?.format.frames, facts?.tags.title, reads], [big.length, 1500, 'Tune', 2]);
});

test('what is no sound has no facts', () => {
  assert.equal(scan(program(400_000)).facts, null);
  assert.equal(scan(latin('text')).facts, null);
  assert.equal(scan(new Uint8Array(0)).facts, null);
});
