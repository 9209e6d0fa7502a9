// The commands there are, each loaded when it is called, so that short ones import nothing they do not need.
import type { CommandModule } from './command.ts';

type Entry = { summary: string; load: () => Promise<CommandModule> };

export const COMMANDS: Readonly<Record<string, Entry>> = {
  up: {
    summary: 'the main job on this machine: a hub, your peer with its page, a neighbour with tunes',
    load: () => import('./up.ts'),
  },
  config: { summary: 'effective options of a program and where each came from', load: () => import('./config.ts') },
  hub: { summary: 'run a hub: accounts, search, chat, brokered transfers', load: () => import('./hub.ts') },
  peer: {
    summary: 'join hubs, share folders, search and fetch; with a page of its own',
    load: () => import('./peer.ts'),
  },
  search: { summary: 'search all hubs of the running peer', load: () => import('./search.ts') },
  get: { summary: 'fetch a song that a search or a browse has found', load: () => import('./get.ts') },
  browse: { summary: 'list what somebody shares', load: () => import('./browse.ts') },
  transfers: { summary: 'what is fetched and what others fetch', load: () => import('./transfers.ts') },
  quarantine: {
    summary: 'downloads that the guard held: list, release, delete',
    load: () => import('./quarantine.ts'),
  },
  off: {
    summary: 'close every port we hold and unshare everything, until "on"',
    load: async () => ({ command: (await import('./onoff.ts')).off }),
  },
  on: {
    summary: 'share and listen again after "off"',
    load: async () => ({ command: (await import('./onoff.ts')).on }),
  },
  watch: {
    summary: 'who on this network uses Napster and Gnutella, how much, and what to do about it',
    load: () => import('./watch.ts'),
  },
  inspect: {
    summary: 'what is this file really? frames, tags, Wrapster, foreign bytes',
    load: () => import('./inspect.ts'),
  },
  shields: { summary: 'what a stranger can see of you: serve, probe, audit', load: () => import('./shields.ts') },
  firewall: { summary: 'a packet-filter table of our own: install, remove, show', load: () => import('./firewall.ts') },
};

/** Words of the stable command line whose programs are still to come. */
export const LATER: ReadonlySet<string> = new Set(['directory']);
