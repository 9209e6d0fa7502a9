// What a command is: a table of options, how many words it takes, and what it does. `main.ts` reads argv for it.
import type { Log, OptionTable } from '#base';

/** Everything a command may know of the outside. */
export type CommandContext = {
  /** The words after the options, in order. */
  readonly args: readonly string[];
  /** Effective values of the command's option table: defaults < --config < environment < flags. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Reads config, environment and flags again (for SIGHUP). Throws UsageError when something in them is wrong. */
  readonly resolveAgain: () => Readonly<Record<string, OptionValue>>;
  /** `--json`: NDJSON on stdout and nothing else there. */
  readonly json: boolean;
  /** `--data`, or the XDG state folder; made by whoever needs it. */
  readonly dataDir: string;
  readonly log: Log;
  /** One line of NDJSON with an `event` field; nothing without --json. */
  emit(event: { readonly event: string; readonly [key: string]: unknown }): void;
  /** A line for people: on stdout, or on stderr when --json has stdout. */
  say(text: string): void;
  /** A warning for people, on stderr. */
  warn(text: string): void;
  /** Aborted by Ctrl-C in a command that is no server: stop, the exit code will be 130. */
  readonly interrupted: AbortSignal;
};

export type OptionValue = string | number | boolean | null | readonly string[];

/** One command. `run` returns its exit code (undefined: 0), or throws UsageError (2) or Failure (1). */
export type Command = {
  /** One line for --help, without a full stop. */
  readonly summary: string;
  /** What follows the options in usage, as `WORDS…`. */
  readonly usage?: string;
  /** How many words it takes; default none. */
  readonly words?: { readonly min: number; readonly max: number };
  readonly options: OptionTable;
  /** More text for --help, below the options. */
  readonly help?: string;
  /** A server: SIGINT and SIGTERM are its own (see serve.ts), not an interruption. */
  readonly server?: boolean;
  run(context: CommandContext): Promise<number | void>;
};

/** What a file in this folder exports: a command, commands below it (`hub admin`), or both. */
export type CommandModule = {
  readonly command?: Command | undefined;
  readonly subcommands?: Readonly<Record<string, Command>> | undefined;
};
