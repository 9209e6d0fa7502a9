// The commands there are, each loaded when it is called, so that short ones import nothing they do not need.
import type { CommandModule } from './command.ts';

type Entry = { summary: string; load: () => Promise<CommandModule> };

export const COMMANDS: Readonly<Record<string, Entry>> = {
  config: { summary: 'effective options of a program and where each came from', load: () => import('./config.ts') },
  hub: { summary: 'run a hub: accounts, search, chat, brokered transfers', load: () => import('./hub.ts') },
  watch: {
    summary: 'who on this network uses Napster and Gnutella, how much, and what to do about it',
    load: () => import('./watch.ts'),
  },
  inspect: {
    summary: 'what is this file really? frames, tags, Wrapster, foreign bytes',
    load: () => import('./inspect.ts'),
  },
  shields: { summary: 'what a stranger can see of you: serve, probe, audit', load: () => import('./shields.ts') },
};

/** Words of the stable command line whose programs are still to come. */
export const LATER: ReadonlySet<string> = new Set(['directory']);
