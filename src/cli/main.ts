// The roof: picks a command, reads argv and environment for it, and is the only one that sets exit codes.
// 0 done, 1 failed (one line says what and what to do), 2 wrong usage, 130 Ctrl-C.
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { Command as Parser, CommanderError, Option } from 'commander';
import { Failure, harmless, type OptionSpec, type OptionTable, UsageError } from '#base';
import type { Command, CommandContext, CommandModule } from './command.ts';
import { COMMANDS, LATER } from './commands.ts';
import { type LogLevel, openLog } from './log.ts';
import { envName, flagName, plainValues, type Resolved, resolveOptions } from './options.ts';
import { version } from './version.ts';

/** What every command takes. */
const COMMON = {
  data: { type: 'text', default: null, value: 'DIR', help: 'where everything is kept (default: XDG state folder)' },
  config: {
    type: 'text',
    default: null,
    value: 'FILE',
    help: 'a TOML file with options; flags and environment win over it',
  },
  json: { type: 'flag', default: false, help: 'NDJSON on stdout, one object a line with an "event" field' },
  logLevel: {
    type: 'text',
    default: 'warn',
    value: 'LEVEL',
    choices: ['debug', 'info', 'warn', 'error'],
    help: 'how much the log on stderr says',
  },
} as const satisfies OptionTable;

/** Runs one command line and sets `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endOfPipe);
  try {
    process.exitCode = await dispatch(argv);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const entry = COMMANDS[name];
  if (entry === undefined) throw unknownCommand(name);
  const module = await entry.load();
  const [second = '', ...third] = rest;
  const sub = module.subcommands?.[second];
  if (sub !== undefined) return await runCommand(`${name} ${second}`, name, sub, third);
  if (module.command === undefined) return noSubcommand(name, module, rest);
  return await runCommand(name, name, module.command, rest, module);
}

function unknownCommand(name: string): UsageError {
  if (LATER.has(name)) return new UsageError(name, `${name}: not in this version`);
  const what = name.startsWith('-') ? 'option' : 'command';
  return new UsageError(name, `unknown ${what} "${harmless(name, 60)}"; see peershield --help`);
}

function noSubcommand(name: string, module: CommandModule, rest: readonly string[]): number {
  const names = Object.keys(module.subcommands ?? {});
  if (rest[0] === '--help' || rest[0] === '-h') {
    const lines = Object.entries(module.subcommands ?? {}).map(
      ([sub, { summary }]) => `  ${sub.padEnd(12)} ${summary}`,
    );
    process.stdout.write(
      `Usage: peershield ${name} COMMAND …\n\n${lines.join('\n')}\n\npeershield ${name} COMMAND --help tells more.\n`,
    );
    return 0;
  }
  if (rest[0] === '--version') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  const said = rest[0] === undefined ? 'says what to do' : `does not know "${harmless(rest[0], 60)}"`;
  throw new UsageError(
    name,
    `${name}: ${rest[0] === undefined ? 'needs a word that ' : ''}${said}: ${names.join(', ')}`,
  );
}

async function runCommand(
  title: string,
  program: string,
  command: Command,
  argv: readonly string[],
  module?: CommandModule,
): Promise<number> {
  const table: OptionTable = { ...command.options, ...COMMON };
  const { flags, words } = parse(title, command, table, argv, module);
  // `config` reads the file as another program would: its keys are none of `config`'s own.
  const sources = { flags, env: process.env, configFile: program === 'config' ? null : configFile(flags) };
  const resolved = resolveOptions(table, program, sources);
  const interrupted = new AbortController();
  if (command.server !== true) process.once('SIGINT', () => interruptOrEnd(interrupted));
  const again = (): ReturnType<CommandContext['resolveAgain']> =>
    plainValues(resolveOptions(table, program, { ...sources, env: process.env }));
  try {
    const code = await command.run(context(title, resolved, words, interrupted.signal, again));
    return interrupted.signal.aborted ? 130 : (code ?? 0);
  } catch (error) {
    if (interrupted.signal.aborted) return 130; // whatever broke off, it was asked to
    throw error;
  }
}

/** The first Ctrl-C asks the command to stop; a command that does not listen is given a moment, and ends all the same. */
function interruptOrEnd(controller: AbortController): void {
  controller.abort();
  process.exitCode = 130;
  setTimeout(() => process.exit(130), 300).unref();
  process.once('SIGINT', () => process.exit(130));
}

function parse(
  title: string,
  command: Command,
  table: OptionTable,
  argv: readonly string[],
  module?: CommandModule,
): { flags: Record<string, string | boolean | string[]>; words: string[] } {
  const parser = new Parser(`peershield ${title}`)
    .usage(['[options]', command.usage].filter(Boolean).join(' '))
    .description(`${command.summary}.`)
    .allowExcessArguments(true)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .helpOption('-h, --help', 'this text');
  parser.version(version(), '--version', 'the version');
  for (const [key, spec] of Object.entries(table)) addOption(parser, key, spec);
  parser.argument('[words...]');
  const more = Object.entries(module?.subcommands ?? {}).map(
    ([sub, { summary }]) => `  ${title} ${sub.padEnd(14)} ${summary}`,
  );
  if (more.length > 0) parser.addHelpText('after', `\nAlso:\n${more.join('\n')}`);
  if (command.help !== undefined) parser.addHelpText('after', `\n${command.help}`);
  parser.parse([...argv], { from: 'user' });
  const words = parser.args;
  const { min, max } = command.words ?? { min: 0, max: 0 };
  if (words.length > max)
    throw new UsageError(
      String(words[max]),
      `${title}: "${harmless(String(words[max]), 60)}" is one word too many; see peershield ${title} --help`,
    );
  if (words.length < min)
    throw new UsageError(
      command.usage ?? '',
      `${title} needs ${command.usage ?? 'more words'}; see peershield ${title} --help`,
    );
  const given = parser.opts<Record<string, string | boolean | string[]>>();
  const flags = Object.fromEntries(Object.entries(given).filter(([key]) => parser.getOptionValueSource(key) === 'cli'));
  return { flags, words };
}

function addOption(parser: Parser, key: string, spec: OptionSpec): void {
  const name = flagName(key);
  const value = spec.value ?? { number: 'N', text: 'TEXT', list: 'TEXT', flag: '' }[spec.type];
  const note =
    spec.default === null || spec.type === 'flag' || spec.type === 'list' ? '' : ` (default: ${spec.default})`;
  if (spec.type === 'flag')
    parser.addOption(hideIf(spec, new Option(spec.default ? `--no-${name}` : `--${name}`, spec.help)));
  else {
    const option = new Option(
      `--${name} <${value}>`,
      `${spec.help}${note}${spec.type === 'list' ? ' (can be repeated)' : ''}`,
    );
    if (spec.type === 'list')
      option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
    parser.addOption(hideIf(spec, option));
  }
}

function hideIf(spec: OptionSpec, option: Option): Option {
  return spec.hidden === true ? option.hideHelp() : option;
}

function configFile(flags: Readonly<Record<string, unknown>>): string | null {
  const file = flags['config'] ?? process.env[envName('config')];
  return typeof file === 'string' && file !== '' ? file : null;
}

function context(
  title: string,
  resolved: Resolved,
  args: readonly string[],
  interrupted: AbortSignal,
  resolveAgain: CommandContext['resolveAgain'],
): CommandContext {
  const options = plainValues(resolved);
  const json = options['json'] === true;
  const program = title.split(' ')[0] as string;
  const data = options['data'];
  if (resolved['password']?.from === 'flag')
    process.stderr.write(
      'peershield: --password can be read by everybody in the process list; --password-file FILE cannot\n',
    );
  return {
    args,
    options,
    resolveAgain,
    json,
    dataDir: typeof data === 'string' ? resolve(data) : defaultDataDir(program),
    log: openLog(options['logLevel'] as LogLevel, process.stderr.isTTY && !json ? 'text' : 'json'),
    emit: (event) => {
      if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
    },
    say: (text) => void (json ? process.stderr : process.stdout).write(`${text}\n`),
    warn: (text) => void process.stderr.write(`peershield: ${text}\n`),
    interrupted,
  };
}

/** Commands that talk to the peer look where `up` and `peer` keep it; see `find.ts` of those commands. */
function defaultDataDir(program: string): string {
  const said = process.env['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(said) ? said : join(homedir(), '.local', 'state'); // the XDG rule: empty or relative is none
  const base = join(state, 'peershield');
  return ['hub', 'shields', 'directory', 'watch'].includes(program) ? join(base, program) : base;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    process.stderr.write(`peershield: ${error.message.replace(/^error: /, '')}\n`);
    return 2;
  }
  if (error instanceof UsageError) {
    process.stderr.write(`peershield: ${error.message}\n`);
    return 2;
  }
  if (error instanceof Failure) {
    process.stderr.write(`peershield: ${error.message}\n`);
    return 1;
  }
  process.stderr.write(
    `peershield: a fault of ours, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 1;
}

function overview(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  return `Usage: peershield COMMAND [options]

Share music with people you do not know, without exposing yourself.

${lines.join('\n')}

peershield COMMAND --help tells more; --version tells the version.
`;
}

/** `peershield … | head` ends quietly. */
function endOfPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
