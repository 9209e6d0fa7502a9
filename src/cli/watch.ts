// `peershield watch`: captures or an interface in; findings, pictures, rules and records out. The work is in #watch.
import { Failure, type OptionTable, UsageError } from '#base';
import { alertLine, DEFAULTS, Feed, flowLine, Lines, summaryLine, summaryOf, Watcher, watchFile } from '#watch';
import type { Command, CommandContext } from './command.ts';

const OPTIONS = {
  names: { type: 'flag', default: false, help: "keep searches and file names; off, because they are others' privacy" },
} as const satisfies OptionTable;

export const command: Command = {
  summary: 'who on this network uses Napster and Gnutella, how much, and what to do about it',
  usage: 'FILE… | --interface IF | -',
  words: { min: 0, max: 10_000 },
  options: OPTIONS,
  async run(context) {
    if (context.args.length === 0) throw new UsageError('FILE', 'watch needs a FILE, --interface IF, or - for standard input');
    return await watchCaptures(context);
  },
};

async function watchCaptures(context: CommandContext): Promise<number> {
  const lines = new Lines((block) => void process.stdout.write(block));
  const watcher: Watcher = new Watcher(
    { ...DEFAULTS, names: context.options['names'] === true },
    {
      alert: (alert) => lines.add(context.json ? alertLine(alert) : ''),
      flow: (id, isInterim) => lines.add(context.json ? flowLine(watcher, id, isInterim) : ''),
    },
  );
  const missing: string[] = [];
  let failed: Failure | null = null;
  for (const path of context.args) {
    try {
      const cut = path === '-' ? await watchInput(watcher) : await watchFile(path, watcher, context.interrupted);
      if (cut !== null) missing.push(cut);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed ??= error;
      if (context.args.length > 1) context.warn(error.message);
    }
  }
  if (failed !== null && watcher.packets === 0) throw failed;
  watcher.finish();
  for (const line of missing) context.warn(line);
  if (context.json) {
    for (let id = 0; id < watcher.flows.end; id++) if (watcher.flows.isUsed(id)) lines.add(flowLine(watcher, id, false));
    lines.add(summaryLine(summaryOf(watcher, 0, missing.length === 0 ? null : missing.join('; '))));
  }
  lines.flush();
  return failed === null ? 0 : 1;
}

async function watchInput(watcher: Watcher): Promise<string | null> {
  const feed = new Feed(watcher);
  for await (const chunk of process.stdin) feed.push(chunk as Uint8Array, 'standard input');
  return feed.end('standard input');
}
