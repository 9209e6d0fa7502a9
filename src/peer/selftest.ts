// Tries to break out of the sandbox from inside, for real, and says what stopped it and what nothing stops.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

export type SelfTestLine = { ok: boolean; text: string };
export type SelfTest = { ok: boolean; lines: SelfTestLine[] };

/**
 * @param who names the process in the lines; @param canary a file outside of everything this process may read, whose
 *   content must not be seen; @param own a folder that it may write, null: none
 */
export async function runSelfTest(who: string, canary: string, own: string | null): Promise<SelfTest> {
  const lines: SelfTestLine[] = [
    mustFail(`${who} reads a file outside its folders`, () => readFileSync(canary)),
    mustFail(`${who} lists a folder outside`, () => readdirSync(join(canary, '..'))),
    mustFail(`${who} writes beside it`, () => writeFileSync(`${canary}.written`, 'x')),
    mustFail(`${who} asks whether it exists`, () => existsSync(canary)),
    mustFail(`${who} starts another program`, () => execFileSync(process.execPath, ['--version'])),
    await workerMustFail(who),
  ];
  if (own !== null) lines.push(mustFail(`${who} makes a link that leads out`, () => linkOut(own, canary)));
  if (sqliteReaches(canary))
    lines.push({
      ok: true,
      text: `not stopped by the sandbox: SQLite opens any path (so ${who} gives it constant paths only)`,
    });
  lines.push(
    {
      ok: true,
      text: `not stopped by the sandbox: connections to anywhere (so ${who} dials only what a hub or you name)`,
    },
    {
      ok: true,
      text: 'not stopped by the sandbox: links inside a shared folder (so each file is opened without following any, and compared with what the scan saw)',
    },
  );
  return { ok: lines.every(({ ok }) => ok), lines };
}

function mustFail(what: string, attempt: () => unknown): SelfTestLine {
  try {
    attempt();
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED';
    return {
      ok: denied,
      text: `${what}: ${denied ? 'refused' : `failed, but not by the sandbox (${(error as Error).message})`}`,
    };
  }
  return { ok: false, text: `${what}: IT WORKED, the sandbox is off` };
}

async function workerMustFail(who: string): Promise<SelfTestLine> {
  try {
    const worker = new Worker('', { eval: true, execArgv: [] });
    await worker.terminate();
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED';
    return {
      ok: denied,
      text: `${who} starts a thread without a sandbox: ${denied ? 'refused' : 'failed, but not by the sandbox'}`,
    };
  }
  return { ok: false, text: `${who} starts a thread without a sandbox: IT WORKED` };
}

function linkOut(own: string, canary: string): void {
  const dir = mkdtempSync(join(own, 'self-test-'));
  try {
    symlinkSync(canary, join(dir, 'link'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function sqliteReaches(canary: string): boolean {
  try {
    new DatabaseSync(canary, { readOnly: true }).close();
    return true;
  } catch {
    return false;
  }
}
