// Puts cases before the guard and says which were judged wrongly.
import { seeded } from '../../src/base/mod.ts';
import { createJudge, type Judgement } from '../../src/guard/mod.ts';
import type { Case } from './cases.ts';

/** What is wrong with a judgement of a case; null: nothing. */
export function complaint(one: Case, judgement: Judgement): string | null {
  const { verdict, kind, findings, segments, sizeBytes } = judgement;
  const said = `${verdict}/${kind} ${findings.map(({ code, level, at, what }) => `[${level} ${code} @${at} ${what}]`).join(' ')}`;
  if (!one.verdicts.includes(verdict)) return said;
  if (one.kind !== null && kind !== one.kind) return `kind: ${said}`;
  if (one.at !== undefined && !findings.some(({ at, level }) => at === one.at && level === 'alarm'))
    return `not at ${one.at}: ${said}`;
  let at = 0;
  for (const { from, to } of segments) {
    if (from !== at || to <= from) return `strip: gap at ${at}`;
    at = to;
  }
  return at === sizeBytes && sizeBytes === one.bytes.length ? null : `strip: ends at ${at} of ${sizeBytes}`;
}

/** Judges a case in pieces of chance lengths (`seed` 0: whole). */
export function judge(one: Case, seed = 0): Judgement {
  const judgement = createJudge({ name: one.file });
  if (seed === 0) judgement.write(one.bytes);
  else {
    const chance = seeded(seed);
    for (let at = 0; at < one.bytes.length; ) {
      const length = Math.ceil(chance() ** 4 * 40_000) + (chance() < 0.2 ? 0 : 1);
      judgement.write(one.bytes.subarray(at, at + length));
      at += length;
    }
  }
  return judgement.end();
}
