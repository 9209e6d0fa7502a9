// Installs, shows and removes our table with the system's `nft`. Checked before it is applied, undone completely, and
// never mistaken for somebody else's: a table of our name without our mark is left alone.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#base';
import { runNft } from './nft.ts';
import { counterName, type FirewallRules, MARK, REMOVAL, script, TABLE } from './rules.ts';
import { removeForgotten } from './unsolicited.ts';

/** What is there. `changed`: not as we left it, somebody else has been at it. */
export type TableState =
  | { there: false }
  | {
      there: true;
      rules: FirewallRules | null;
      changed: boolean;
      knocks: { port: number; packets: number }[];
      text: string;
    };

type InstallRecord = { rules: FirewallRules; listed: string };

/** @throws Failure: no nft, no right, refused by the kernel, or a table of our name that is not ours */
export async function installTable(rules: FirewallRules, dataDir: string): Promise<void> {
  await refuseForeign();
  const text = script(rules);
  await mustRun(['-c', '-f', '-'], text, 'the packet filter refuses the table; nothing was changed');
  await mustRun(['-f', '-'], text, 'the table could not be applied; nothing was changed');
  mkdirSync(dataDir, { recursive: true });
  const kept: InstallRecord = { rules, listed: await listed() };
  writeFileSync(recordPath(dataDir), JSON.stringify(kept), { mode: 0o600 });
}

/** True when there was one. Removes it also when somebody changed it, because it is ours by name and mark. */
export async function removeTable(dataDir: string): Promise<boolean> {
  const there = (await runNft(['list', 'table', 'inet', TABLE])).code === 0;
  if (there) {
    await refuseForeign();
    await mustRun(['-f', '-'], REMOVAL, 'the table could not be removed');
  }
  await removeForgotten();
  rmSync(recordPath(dataDir), { force: true });
  return there;
}

export async function showTable(dataDir: string): Promise<TableState> {
  const { code, stdout, stderr } = await runNft(['list', 'table', 'inet', TABLE]);
  if (code !== 0) {
    if (/No such file/i.test(stderr)) return { there: false };
    throw refused(stderr, 'the packet filter could not be read');
  }
  const record = readRecord(dataDir);
  const knocks = (record === null ? [] : [...record.rules.sharePorts, ...record.rules.quietPorts]).map((port) => ({
    port,
    packets: knocksIn(stdout, port),
  }));
  const changed = record === null || record.listed !== (await listed());
  return { there: true, rules: record?.rules ?? null, changed, knocks, text: stdout };
}

/** Packets of a named counter in a listing; 0 when it is not there. */
export function knocksIn(text: string, port: number): number {
  return Number(new RegExp(`counter ${counterName(port)} \\{[^}]*?packets (\\d+)`).exec(text)?.[1] ?? 0);
}

async function refuseForeign(): Promise<void> {
  const { code, stdout } = await runNft(['list', 'table', 'inet', TABLE]);
  if (code === 0 && !stdout.includes(MARK))
    throw new Failure(`there is a table "inet ${TABLE}" that this program did not make; it is left alone`);
}

/** The table without what changes by itself: counters, and elements that come and go. */
async function listed(): Promise<string> {
  const { stdout } = await runNft(['--stateless', '--terse', 'list', 'table', 'inet', TABLE]);
  return stdout;
}

async function mustRun(args: string[], input: string, what: string): Promise<void> {
  const { code, stderr } = await runNft(args, input);
  if (code !== 0) throw refused(stderr, what);
}

function refused(stderr: string, what: string): Failure {
  if (/not permitted/i.test(stderr)) return new Failure(`${what}: it needs root`);
  const [first = ''] = stderr.trim().split('\n');
  return new Failure(`${what}: ${first}`);
}

function recordPath(dataDir: string): string {
  return join(dataDir, 'firewall.json');
}

function readRecord(dataDir: string): InstallRecord | null {
  try {
    return JSON.parse(readFileSync(recordPath(dataDir), 'utf8')) as InstallRecord;
  } catch {
    return null;
  }
}
