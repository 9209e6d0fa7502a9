// Real files, spoiled by chance: bytes changed, lost, overwritten, pieces of other files put in.
import { type Chance, pick } from '../../src/base/mod.ts';
import type { Judgement } from '../../src/guard/mod.ts';
import { type Bytes, join } from './dress.ts';
import { judge } from './score.ts';
import type { Case } from './cases.ts';

const MAX_BYTES = 400_000;

export function mutate(bytes: Bytes, others: readonly Case[], chance: Chance): Bytes {
  let out = new Uint8Array(bytes);
  for (let changes = 1 + Math.floor(chance() * 6); changes > 0; changes--) {
    const at = Math.floor(chance() * out.length);
    const roll = chance();
    if (roll < 0.5) out[at] = Math.floor(chance() * 256);
    else if (roll < 0.65)
      out = new Uint8Array(join(out.subarray(0, at), out.subarray(at + Math.floor(chance() * 900))));
    else if (roll < 0.8) {
      const other = pick(others, chance).bytes;
      out = new Uint8Array(
        join(out.subarray(0, at), other.subarray(Math.floor(chance() * other.length)), out.subarray(at)),
      );
    } else out.fill(chance() < 0.5 ? 0 : 255, at, at + Math.floor(chance() * 3000));
    out = out.subarray(0, MAX_BYTES);
  }
  return out;
}

/** What is wrong with how a spoiled case is judged; null: nothing. */
export function inconsistency(one: Case, cutting: number): string | null {
  const whole = judge(one);
  if (JSON.stringify(whole) !== JSON.stringify(judge(one, cutting))) return `${one.name}: another verdict when cut`;
  return gap(whole) ? `${one.name}: a gap in the strip` : null;
}

function gap({ segments, sizeBytes }: Judgement): boolean {
  let at = 0;
  for (const { from, to } of segments) {
    if (from !== at || to <= from) return true;
    at = to;
  }
  return at !== sizeBytes;
}
