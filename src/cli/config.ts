// `peershield config PROGRAM`: what would hold if it started now, and who said so.
import { UsageError } from '#base';
import type { Command, CommandContext } from './command.ts';
import { COMMANDS } from './commands.ts';
import { resolveOptions, tomlName } from './options.ts';

export const command: Command = {
  summary: 'Print the effective options of a program and where each came from',
  usage: 'PROGRAM',
  words: { min: 1, max: 1 },
  options: {},
  run,
};

async function run(context: CommandContext): Promise<void> {
  const [program = ''] = context.args;
  const module = await COMMANDS[program]?.load();
  // A program whose command has several parts is configured where it serves.
  const table = (module?.command ?? module?.subcommands?.['serve'])?.options;
  if (table === undefined || program === 'config')
    throw new UsageError(program, `config: "${program}" is no program with options`);
  const configFile = context.options['config'];
  const resolved = resolveOptions(table, program, {
    flags: {},
    env: process.env,
    configFile: typeof configFile === 'string' ? configFile : null,
  });
  for (const [key, { value, from }] of Object.entries(resolved)) {
    const shown = table[key]?.secret === true && value !== null ? '(secret)' : value;
    context.emit({ event: 'option', name: tomlName(key), value: shown, from });
    if (!context.json) context.say(`${tomlName(key)} = ${toml(shown)}  # ${from}`);
  }
}

function toml(value: unknown): string {
  return value === null ? '""' : JSON.stringify(value);
}
