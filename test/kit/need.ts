// Tests that need a program which npm cannot bring: skipped by name where it is missing, a failure where skips are
// forbidden (PEERSHIELD_NO_SKIP=1, as .ci/run sets). `npm test` installs the Debian packages first when it may.
import { spawnSync } from 'node:child_process';

const known = new Map<string, boolean>();

/** False when every program is on the PATH; else the reason, for `test(name, { skip })`. */
export function need(...programs: string[]): false | string {
  const missing = programs.filter((program) => !has(program));
  if (missing.length === 0) return false;
  return `needs ${missing.join(', ')}`;
}

function has(program: string): boolean {
  let there = known.get(program);
  if (there === undefined) {
    there = spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status === 0;
    known.set(program, there);
  }
  return there;
}
