// A live interface through a child `tcpdump`: it has the rights, we have none. Its ring is large, its output unbuffered;
// it is restarted when it dies, and drained before it is stopped, because an interrupted tcpdump abandons its ring.
import { type ChildProcess, spawn } from 'node:child_process';
import { Failure } from '#base';
import { Feed } from './feed.ts';
import type { Watcher } from './watcher.ts';

export type LiveOptions = {
  interface: string;
  /** A filter in tcpdump's language; null: everything. */
  filter: string | null;
  /** Bytes of each packet to look at; 0: all. */
  snaplen: number;
};

/** What the capture tells while it runs. */
export type LiveEvents = {
  /** tcpdump listens. */
  ready(): void;
  /** In words: it died and is started again, the interface is gone. */
  trouble(text: string): void;
};

const RESTART_MS = 1000;
const MAX_RESTART_MS = 30_000;
/** tcpdump hands a block of its ring over after a second at the latest. */
const QUIET_MS = 1100;
const DRAIN_MS = 2500;

/**
 * tcpdump as root becomes another user; in a user namespace it cannot, and keeping root (`-Z`) fails there too where the
 * kernel denies setgroups. dumpcap asks for none of it.
 */
const WAYS = ['tcpdump', 'tcpdump-as-root', 'dumpcap'] as const;

function captureCommand(way: number, { interface: name, filter, snaplen }: LiveOptions): [string, string[]] {
  if (WAYS[way] === 'dumpcap') {
    return [
      'dumpcap',
      [
        '-q',
        '-P',
        '-B',
        '64',
        '-i',
        name,
        '-w',
        '-',
        ...(snaplen > 0 ? ['-s', String(snaplen)] : []),
        ...(filter === null ? [] : ['-f', filter]),
      ],
    ];
  }
  const asRoot = WAYS[way] === 'tcpdump-as-root' ? ['-Z', 'root'] : [];
  return [
    'tcpdump',
    [
      '-n',
      '-U',
      '-s',
      String(snaplen),
      '-B',
      '65536',
      '-i',
      name,
      ...asRoot,
      '-w',
      '-',
      ...(filter === null ? [] : [filter]),
    ],
  ];
}

export class LiveCapture {
  readonly #watcher: Watcher;
  readonly #options: LiveOptions;
  readonly #events: LiveEvents;
  #child: ChildProcess | null = null;
  #stopping: (() => void) | null = null;
  #lastData = 0;
  #restartMs = RESTART_MS;
  #timer: NodeJS.Timeout | null = null;
  #hasBeenReady = false;
  /** How the capturing program is called; the next way is tried where one cannot work. */
  #way = 0;
  /** Packets that the kernel dropped, as tcpdump says when it ends. */
  dropped = 0;
  /** Settles when the capture has been stopped; fails when it could not begin. */
  readonly ended: Promise<void>;
  #end: () => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(watcher: Watcher, options: LiveOptions, events: LiveEvents) {
    this.#watcher = watcher;
    this.#options = options;
    this.#events = events;
    this.ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    this.#start();
  }

  /** Takes what is still in the pipe, then ends tcpdump. */
  stop(): void {
    if (this.#stopping !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null) {
      this.#end();
      return;
    }
    const since = Date.now();
    const timer = setInterval(() => {
      const isQuiet = Date.now() - this.#lastData > QUIET_MS;
      if (!isQuiet && Date.now() - since < DRAIN_MS) return;
      clearInterval(timer);
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), 1000).unref();
    }, 50);
    this.#stopping = () => clearInterval(timer);
  }

  #start(): void {
    const name = this.#options.interface;
    const [program, args] = captureCommand(this.#way, this.#options);
    // Its own process group: Ctrl-C on the terminal must reach us first.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    const feed = new Feed(this.#watcher);
    let errors = '';
    let isReady = false;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#lastData = Date.now();
      if (!isReady) {
        isReady = true;
        this.#restartMs = RESTART_MS;
        if (!this.#hasBeenReady) this.#events.ready();
        this.#hasBeenReady = true;
      }
      try {
        feed.push(chunk, name);
      } catch (error) {
        this.#events.trouble(error instanceof Error ? error.message : String(error));
        child.kill('SIGKILL');
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4000);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      this.#child = null;
      this.#fail(
        new Failure(
          this.#way > 0
            ? 'tcpdump cannot give up its rights in this user namespace: use a network namespace of root (unshare -n), or pipe a capture into "peershield watch -"'
            : error.code === 'ENOENT'
              ? 'tcpdump is not installed here: install it, or pipe a capture into "peershield watch -"'
              : `tcpdump: ${error.message}`,
        ),
      );
    });
    child.on('close', () => this.#closed(errors));
  }

  #closed(errors: string): void {
    if (this.#child === null) return;
    this.#child = null;
    this.dropped +=
      Number(/(\d+) packets? dropped by kernel/.exec(errors)?.[1] ?? 0) +
      Number(/(\d+) packets? dropped by interface/.exec(errors)?.[1] ?? 0);
    if (this.#stopping !== null) {
      this.#stopping();
      this.#end();
      return;
    }
    if (/Couldn't change to '/.test(errors) && this.#way + 1 < WAYS.length) {
      this.#way++;
      this.#start();
      return;
    }
    const why = lastWords(errors);
    if (!this.#hasBeenReady) {
      this.#fail(new Failure(`tcpdump does not listen on ${this.#options.interface}: ${why}`));
      return;
    }
    this.#events.trouble(`tcpdump ended (${why}); it is started again in ${this.#restartMs / 1000} s`);
    this.#timer = setTimeout(() => this.#start(), this.#restartMs);
    this.#restartMs = Math.min(this.#restartMs * 2, MAX_RESTART_MS);
  }
}

function lastWords(errors: string): string {
  const lines = errors
    .split('\n')
    .filter((line) => line.startsWith('tcpdump:') && !/listening on|data link type/.test(line));
  return lines.at(-1)?.slice('tcpdump:'.length).trim() || 'without a word';
}
