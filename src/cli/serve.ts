// The life of a server command: lock, start, one ready line, signals, a clean end within five seconds.
import { Failure } from '#base';
import type { CommandContext, OptionValue } from './command.ts';
import { lockDataDir } from './lock.ts';
import { tomlName } from './options.ts';

/** What a started program gives back. */
export type Running = {
  /** Where it really listens, by name: `{ napster: ['127.0.0.1:8888'], http: '127.0.0.1:8880' }`. */
  readonly listen: Readonly<Record<string, string | readonly string[] | null>>;
  /** The ready lines of a command that runs several programs; default: one for itself. */
  readonly ready?: readonly { readonly program: string; readonly listen: Running['listen'] }[];
  /** Applies new options; says of each changed key what became of it. */
  reload?(values: Readonly<Record<string, OptionValue>>): Promise<readonly ReloadLine[]> | readonly ReloadLine[];
  /** Saves, closes, resolves when all is done. */
  stop(): Promise<void>;
  /** Settles when the program ends by itself; a Failure becomes exit code 1. */
  readonly ended?: Promise<void>;
};

export type ReloadLine = { key: string; outcome: 'applied' | 'needs a restart' | 'refused'; why?: string };

const STOP_MS = 5_000;

/** Runs a program until a signal (or npm's going away) ends it; returns its exit code. */
export async function serve<R extends Running>(
  context: CommandContext,
  program: string,
  start: () => Promise<R>,
  words: (running: R) => string,
): Promise<number> {
  const unlock = lockDataDir(context.dataDir);
  const stopped = stopRequested();
  try {
    const running = await start();
    for (const line of running.ready ?? [{ program, listen: running.listen }])
      context.emit({ event: 'ready', ...line });
    context.say(words(running));
    const onHangup = (): void => void reload(context, running);
    process.on('SIGHUP', onHangup);
    try {
      await Promise.race([stopped.promise, running.ended ?? new Promise<never>(() => {})]);
    } finally {
      process.off('SIGHUP', onHangup);
      await within(running.stop(), STOP_MS - 500);
    }
    return 0;
  } finally {
    stopped.dispose();
    unlock();
  }
}

/** Told at the level that shows by default: whoever sent the signal wants to know what became of it. */
async function reload(context: CommandContext, running: Running): Promise<void> {
  try {
    const lines = (await running.reload?.(context.resolveAgain())) ?? [];
    for (const { key, outcome, why } of lines)
      context.log.warn('reload', { key: tomlName(key), outcome, ...(why === undefined ? {} : { why }) });
    context.log.warn('reloaded', { changed: lines.length });
  } catch (error) {
    context.log.error('reload-refused', { why: (error as Error).message });
  }
}

/** SIGINT, SIGTERM, or npm (whose shell swallows signals) having gone away. */
export function stopRequested(): { promise: Promise<void>; dispose(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const parent = process.ppid;
  const watch =
    process.env['npm_lifecycle_event'] === undefined ? null : setInterval(() => process.ppid !== parent && stop(), 500);
  watch?.unref();
  return {
    promise,
    dispose: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      if (watch !== null) clearInterval(watch);
    },
  };
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure('stopping took too long; what was acknowledged is saved')), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
