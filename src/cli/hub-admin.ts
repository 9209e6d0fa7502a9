// `peershield hub admin COMMAND …`: accounts, levels, bans, channels, filters, backups, on a running hub or on its folder.
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { Failure, type OptionTable, type OptionValues, UsageError } from '#base';
import { ADMIN_VERBS, adminHub } from '#hub';
import type { Command, CommandContext } from './command.ts';
import { lockDataDir } from './lock.ts';

const OPTIONS = {
  reason: { type: 'text', default: null, value: 'TEXT', help: 'why: whoever it meets is told' },
  for: { type: 'text', default: null, value: 'TIME', help: 'how long a ban holds: 90m, 12h, 30d' },
  dryRun: { type: 'flag', default: false, help: 'ban, filter: only say what it would meet' },
  passwordFile: { type: 'text', default: null, value: 'FILE', help: 'register, password: read it from here' },
  topic: { type: 'text', default: null, value: 'TEXT', help: 'channel: its topic' },
  limit: { type: 'number', default: null, min: 0, max: 100_000, value: 'N', help: 'channel: most users; 0: no limit' },
  level: { type: 'text', default: null, value: 'LEVEL', help: 'channel: least level to join' },
} as const satisfies OptionTable;

const HELP = [
  'Commands:',
  ...Object.entries(ADMIN_VERBS).map(([verb, { usage, help }]) => `  ${`${verb} ${usage}`.padEnd(42)} ${help}`),
  `  ${'restore NAME|FILE'.padEnd(42)} put a backup in the place of the database; the hub must be stopped`,
].join('\n');

export const admin: Command = {
  summary: 'Accounts, levels, bans, channels, filters and backups of a hub, running or not',
  usage: 'COMMAND …',
  words: { min: 1, max: 64 },
  options: OPTIONS,
  help: HELP,
  run,
};

async function run(context: CommandContext): Promise<void> {
  const [verb = '', ...words] = context.args;
  const { lines, events } = await adminHub(
    { verb, words: withPaths(verb, words), options: optionsOf(context), actor: `shell:${userInfo().username}` },
    { dataDir: context.dataDir, lock: lockDataDir, log: context.log },
  );
  for (const event of events) context.emit(event);
  if (!context.json) for (const line of lines) context.say(line);
}

/** The hub may stand in another folder than we do. */
function withPaths(verb: string, words: readonly string[]): string[] {
  const isFile = (at: number): boolean =>
    (verb === 'import' && at === 1) || (verb === 'restore' && /[/\\]/.test(words[at] ?? ''));
  return words.map((word, at) => (isFile(at) ? resolve(word) : word));
}

function optionsOf(context: CommandContext): Record<string, string> {
  const {
    reason,
    for: time,
    dryRun,
    passwordFile,
    topic,
    limit,
    level,
  } = context.options as OptionValues<typeof OPTIONS>;
  const options: Record<string, string> = {};
  for (const [name, value] of Object.entries({ reason, for: time, topic, limit, level }))
    if (value !== null) options[name] = String(value);
  if (dryRun) options['dryRun'] = 'yes';
  if (passwordFile !== null) options['password'] = passwordIn(passwordFile);
  return options;
}

function passwordIn(file: string): string {
  try {
    const [line = ''] = readFileSync(file, 'utf8').split(/\r?\n/);
    if (line === '') throw new UsageError('--password-file', `--password-file: ${file} is empty`);
    return line;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new Failure(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}
