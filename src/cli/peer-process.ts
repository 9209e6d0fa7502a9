// The unsandboxed parent of a peer: reads and keeps its settings, forks the process that talks to strangers and the one that
// reads files, each under Node's permission model with exactly its folders, starts them again, and does what the sandbox
// refuses them. It has no sockets and parses nothing that comes from the network.
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, type Log } from '#base';
import { type Address, parseAddress } from '#net';
import {
  Calls,
  createHost,
  defaultSettings,
  type Listening,
  type NetworkCalls,
  type NetworkStart,
  type ParentCalls,
  PEER_OPTIONS,
  type PeerOptionValues,
  type ReaderCalls,
  readSettings,
  refuseRoot,
  type Root,
  type SelfTest,
  type Settings,
  sweepDownloads,
  withOptions,
  writeSafely,
} from '#peer';
import { makeFolder } from '#store';
import type { OptionValue } from './command.ts';
import type { ReloadLine, Running } from './serve.ts';

export type PeerParts = {
  readonly options: PeerOptionValues;
  readonly dataDir: string;
  readonly version: string;
  readonly log: Log;
};
/** A running peer: where its page is, and its token when this start made it. */
export type RunningPeer = Running & { readonly link: string; readonly freshToken: boolean };

const PROJECT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** Where code lies that the children load: ours, and the packages, whose folder may be a link to a shared one. */
const CODE = [PROJECT, ...linkedPackages()];
const ENTRY = {
  'peer-network': new URL('./peer-network.ts', import.meta.url),
  'peer-reader': new URL('./peer-reader.ts', import.meta.url),
};
/** Options that a running peer takes, by the name of their setting. */
const LIVE_SETTINGS: Readonly<Record<string, string>> = {
  upLimit: 'upLimitKBps',
  downLimit: 'downLimitKBps',
  uploadSlots: 'uploadSlots',
  downloadSlots: 'downloadSlots',
};
const START_MS = 30_000;
const STOP_MS = 2_500;
/** So many ends of a child in so short a time are no accident. */
const MOST_ENDS = 5;
const ENDS_WITHIN_MS = 60_000;

export async function startPeer(parts: PeerParts): Promise<RunningPeer> {
  const family = new PeerProcesses(parts, await prepare(parts));
  const listening = await family.start();
  await family.announce(listening);
  const { token, freshToken } = family.state;
  return {
    listen: { napster: listening.napster === null ? null : [listening.napster], http: listening.http },
    link: `http://${listening.http}/#token=${token}`,
    freshToken,
    ended: family.ended,
    reload: (values) => family.reload(values),
    stop: () => family.stop(),
  };
}

/** Runs the self-test of both sandboxes and nothing else. */
export async function selfTestPeer(parts: PeerParts): Promise<SelfTest> {
  const family = new PeerProcesses(parts, await prepare(parts));
  try {
    return await family.selfTest();
  } finally {
    await family.stop();
  }
}

type State = { settings: Settings; token: string; freshToken: boolean; stateDir: string; canary: string };

async function prepare({ options, dataDir }: PeerParts): Promise<State> {
  const stateDir = join(dataDir, 'state');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const canary = join(dataDir, 'canary');
  await writeFile(canary, 'Nobody inside the sandbox may read this.\n', { mode: 0o600 });
  const { token, freshToken } = await keepToken(join(dataDir, 'token'));
  const password = options.passwordFile === null ? options.password : await firstLine(options.passwordFile);
  const settings = withOptions(await keepSettings(dataDir), { ...options, password });
  return { settings, token, freshToken, stateDir, canary };
}

async function keepToken(path: string): Promise<{ token: string; freshToken: boolean }> {
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (/^[\w-]{40,}\n$/.test(kept)) return { token: kept.trim(), freshToken: false };
  const token = randomBytes(32).toString('base64url');
  await writeSafely(path, `${token}\n`);
  return { token, freshToken: true };
}

/** Saved settings; a first start makes up a nick and a password and keeps them. */
async function keepSettings(dataDir: string): Promise<Settings> {
  const path = join(dataDir, 'settings.json');
  const made = {
    nick: `peer${randomBytes(3).toString('hex')}`,
    password: randomBytes(12).toString('base64url'),
    downloadsDir: join(dataDir, 'downloads'),
  };
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null) return readSettings(text, defaultSettings(made));
  const settings = defaultSettings(made);
  await writeSafely(path, `${JSON.stringify(settings, null, 2)}\n`);
  return settings;
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] as string;
  } catch (error) {
    throw new Failure(`--password-file: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The two children and what they share. */
class PeerProcesses {
  readonly state: State;
  readonly ended: Promise<void>;
  readonly #parts: PeerParts;
  readonly #end = Promise.withResolvers<void>();
  readonly #ends: number[] = [];
  #options: Readonly<Record<string, unknown>>;
  #network: Child | null = null;
  #reader: Child | null = null;
  #http: Address;
  #stopping = false;
  #restarting: Promise<void> | null = null;

  constructor(parts: PeerParts, state: State) {
    this.#parts = parts;
    this.#options = parts.options;
    this.state = state;
    this.#http = parseAddress(parts.options.http, '127.0.0.1') ?? { host: '127.0.0.1', port: 8881 };
    this.ended = this.#end.promise;
    this.ended.catch(() => {});
  }

  /** Forks both and starts the peer. @throws Failure with the peer's own words, as for a taken port */
  async start(): Promise<Listening> {
    const { start } = await this.#fork();
    const network = this.#network as Child;
    const calls = network.calls.remote<NetworkCalls>();
    try {
      const listening = await within(calls.start(start), START_MS, 'the network process does not start');
      this.#http = parseAddress(listening.http, '') ?? this.#http;
      network.onEnd = (why) => this.#lost(why);
      if (this.#reader !== null) this.#reader.onEnd = (why) => this.#lost(why);
      return listening;
    } catch (error) {
      await this.#endChildren();
      throw error instanceof Failure ? error : new Failure((error as Error).message);
    }
  }

  /** Where the commands find the running peer: control.json, mode 0600. */
  async announce({ http }: Listening): Promise<void> {
    await writeSafely(
      join(this.#parts.dataDir, 'control.json'),
      `${JSON.stringify({ http, token: this.state.token, pid: process.pid })}\n`,
    );
  }

  /** Limits and slots are taken at once; everything else waits for the next start. */
  async reload(values: Readonly<Record<string, OptionValue>>): Promise<ReloadLine[]> {
    const lines: ReloadLine[] = [];
    const change: Record<string, number> = {};
    for (const [key, value] of Object.entries(values)) {
      if (!(key in PEER_OPTIONS) || JSON.stringify(value) === JSON.stringify(this.#options[key])) continue;
      const setting = LIVE_SETTINGS[key];
      if (setting === undefined || typeof value !== 'number') lines.push({ key, outcome: 'needs a restart' });
      else {
        change[setting] = value;
        lines.push({ key, outcome: 'applied' });
        this.#options = { ...this.#options, [key]: value };
      }
    }
    if (Object.keys(change).length > 0) await this.#network?.calls.remote<NetworkCalls>().change(change);
    return lines;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await rm(join(this.#parts.dataDir, 'control.json'), { force: true });
    await this.#endChildren();
    this.#end.resolve();
  }

  async selfTest(): Promise<SelfTest> {
    if (this.#network === null) await this.#fork();
    const { canary, stateDir } = this.state;
    const both = await Promise.all([
      (this.#network as Child).calls.remote<NetworkCalls>().selfTest(canary, stateDir),
      (this.#reader as Child).calls.remote<ReaderCalls>().selfTest(canary),
    ]);
    const texts = new Map(both.flatMap(({ lines }) => lines).map((line) => [line.text, line]));
    return { ok: both.every(({ ok }) => ok), lines: [...texts.values()] };
  }

  async #fork(): Promise<{ start: NetworkStart }> {
    const { settings, stateDir } = this.state;
    const { dataDir, version } = this.#parts;
    const downloads = await downloadsFolder(settings.downloadsDir);
    await sweepDownloads(downloads, await readdir(downloads));
    this.state.settings = { ...settings, downloadsDir: downloads };
    const { roots, problems } = await resolveRoots(this.state.settings, dataDir);
    const folders = roots.map(({ path }) => Buffer.from(path, 'latin1').toString());
    this.#reader = new Child('peer-reader', [...CODE, ...folders], [], {});
    this.#network = new Child('peer-network', [...CODE, stateDir, ...folders], [stateDir], this.#serves());
    const start = {
      version,
      settings: this.state.settings,
      stateDir,
      roots,
      problems,
      http: this.#http,
      token: this.state.token,
      webDir: join(PROJECT, 'dist', 'web'),
    };
    return { start };
  }

  /** What the network process may call. */
  #serves(): Record<string, (...args: never[]) => unknown> {
    const { dataDir, log } = this.#parts;
    const host = createHost({
      dataDir,
      stateDir: this.state.stateDir,
      downloadsDir: () => this.state.settings.downloadsDir,
      settingsSaved: (settings) => void (this.state.settings = settings),
      restart: () => this.#restart(),
      selfTest: () => this.selfTest(),
    });
    const reader = (this.#reader as Child).calls.remote<ReaderCalls>();
    const calls: ParentCalls = {
      ...host,
      walk: (roots) => reader.walk(roots),
      next: (walk) => reader.next(walk),
      examine: (root, below, seen, how) => reader.examine(root, below, seen, how),
      change: () => reader.change(),
      log: (level, event, fields) => log[level](event, fields),
    };
    return calls;
  }

  #restart(): Promise<void> {
    this.#restarting ??= this.#startAnew().finally(() => {
      this.#restarting = null;
    });
    return this.#restarting;
  }

  async #startAnew(): Promise<void> {
    await this.#endChildren();
    if (this.#stopping) return;
    try {
      await this.announce(await this.start());
    } catch (error) {
      this.#end.reject(error instanceof Failure ? error : new Failure((error as Error).message));
    }
  }

  #lost(why: string): void {
    if (this.#stopping) return;
    const now = performance.now();
    this.#ends.push(now);
    this.#parts.log.error('process-ended', { why });
    if (this.#ends.filter((at) => now - at < ENDS_WITHIN_MS).length >= MOST_ENDS)
      this.#end.reject(new Failure(`its processes ended ${MOST_ENDS} times in a minute; last: ${why}`));
    else void this.#restart();
  }

  async #endChildren(): Promise<void> {
    const network = this.#network;
    const reader = this.#reader;
    this.#network = null;
    this.#reader = null;
    if (network !== null) {
      network.onEnd = () => {};
      if (reader !== null) reader.onEnd = () => {};
      await within(network.calls.remote<NetworkCalls>().stop(), STOP_MS, 'stopping takes too long').catch(() => {});
    }
    await Promise.all([network?.end(), reader?.end()]);
  }
}

function linkedPackages(): string[] {
  const folder = join(PROJECT, 'node_modules');
  try {
    const real = realpathSync(folder);
    return real === folder ? [] : [real];
  } catch {
    return []; // packed: everything lies in our own folder
  }
}

/** One forked process under the permission model. */
class Child {
  readonly calls: Calls;
  onEnd: (why: string) => void = () => {};
  readonly #process: ChildProcess;

  constructor(
    entry: 'peer-network' | 'peer-reader',
    readable: readonly string[],
    writable: readonly string[],
    serves: Record<string, (...args: never[]) => unknown>,
  ) {
    const flags = [
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      ...writable.map((path) => `--allow-fs-write=${path}`),
    ];
    if (process.allowedNodeEnvironmentFlags.has('--allow-net')) flags.push('--allow-net');
    const file = fileURLToPath(ENTRY[entry]).replace(/\.ts$/, extname(import.meta.filename));
    this.#process = fork(file, [], {
      execArgv: ['--disable-warning=ExperimentalWarning', ...flags],
      env: scrubbed(),
      stdio: ['ignore', 2, 2, 'ipc'],
      cwd: PROJECT,
    });
    this.calls = new Calls((message) => this.#process.connected && this.#process.send(message, () => {}), serves);
    this.#process.on('message', (message) => this.calls.receive(message));
    this.#process.on('error', () => {});
    this.#process.on('exit', (code, signal) => {
      const why = `${entry} ended with ${signal ?? code}`;
      this.calls.close(why);
      this.onEnd(why);
    });
  }

  /** Ends it for sure. */
  async end(): Promise<void> {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill('SIGKILL'), 1_000);
    await gone;
    clearTimeout(timer);
  }
}

/** Nothing of the person's environment: no tokens, no proxies, no NODE_OPTIONS. */
function scrubbed(): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = {};
  for (const name of ['TZ', 'LANG', 'SystemRoot']) if (process.env[name] !== undefined) kept[name] = process.env[name];
  return kept;
}

async function downloadsFolder(path: string): Promise<string> {
  try {
    makeFolder(path);
    return await realpath(path);
  } catch (error) {
    throw new Failure(`the downloads folder ${path} cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The folders as they really are; what cannot be shared is named. A folder that is not there (yet) is looked for at each scan. */
async function resolveRoots(
  settings: Settings,
  dataDir: string,
): Promise<{ roots: Root[]; problems: { path: string; reason: string }[] }> {
  const roots: Root[] = [];
  const problems: { path: string; reason: string }[] = [];
  for (const folder of settings.shareFolders) {
    const path = await realpath(resolve(folder)).catch(() => resolve(folder));
    const refused = await refuseRoot(path, await realpath(dataDir));
    if (refused === null) roots.push({ path: Buffer.from(path).toString('latin1'), kind: 'share' });
    else problems.push({ path: folder, reason: refused });
  }
  roots.push({ path: Buffer.from(settings.downloadsDir).toString('latin1'), kind: 'downloads' });
  return { roots, problems };
}

async function within<T>(work: Promise<T>, limitMs: number, words: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Failure(words)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
