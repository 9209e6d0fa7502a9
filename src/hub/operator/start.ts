// Starts everything that an operator has beside the hub itself, from the hub's options: control page, front page,
// metaserver, stats ports, reports to a server list. Stops it in the reverse order.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, type Log } from '#base';
import { type Address, dial, formatAddress, parseAddress } from '#net';
import type { Store } from '#store';
import type { Hub } from '../hub.ts';
import type { HubValues } from '../options.ts';
import type { ReloadLine } from '../settings.ts';
import { CONTROL_FILE, type ControlFile } from './control-file.ts';
import { Desk } from './desk.ts';
import { handlersOf } from './handlers.ts';
import { serveControl } from './http/control.ts';
import { servePublic } from './http/public.ts';
import { inviteLink } from './invite.ts';
import { liveOf } from './live.ts';
import { type Candidate, HubList } from './metaserver.ts';
import { metricsOf } from './metrics.ts';
import type { Counts, LiveHub } from './needs.ts';
import { serveOneLine } from './one-line-server.ts';
import type { FrontPage } from './public-page.ts';
import { reportTo } from './reporter.ts';
import { fiveNumbers, type Machine, sixteenNumbers } from './stats-ports.ts';
import { Door, loadTokens, newToken } from './tokens.ts';
import { Watching } from './watching.ts';

export type OperatorContext = {
  readonly log: Log;
  readonly dataDir: string;
  readonly version: string;
  /** Where the hub listens: the first is what is handed out. */
  readonly napster: readonly string[];
  readonly tls: string | null;
  readonly fingerprint: string | null;
  /** Reads options again without applying them. */
  readonly pending: (() => HubValues) | null;
  reload(values: HubValues): ReloadLine[];
};

export type RunningOperator = {
  readonly listen: Readonly<Record<string, string>>;
  /** The control page with the admin's token in it; null: no page. `fresh`: made at this start, to be shown once. */
  readonly link: { readonly url: string; readonly fresh: boolean } | null;
  /** Options have changed: lists and names that were read from them are read again. */
  reloaded(): void;
  stop(): Promise<void>;
};

const LOOK_MS = 30_000;
const KNOCK_MS = 5_000;
/** Beside `src` and, in the packed form, beside `lib`. */
const WEB_DIRS = ['../../../dist/web', '../../../web'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

export async function startOperator(hub: Hub, store: Store, context: OperatorContext): Promise<RunningOperator> {
  const operator = new Operator(hub, store, context);
  try {
    return await operator.start();
  } catch (error) {
    await operator.stop();
    throw error;
  }
}

class Operator {
  readonly #hub: Hub;
  readonly #context: OperatorContext;
  readonly #now: () => number;
  readonly #live: LiveHub;
  readonly #desk: Desk;
  readonly #watching: Watching;
  readonly #listen: Record<string, string> = {};
  readonly #undo: (() => unknown)[] = [];
  readonly #list: HubList;

  constructor(hub: Hub, store: Store, context: OperatorContext) {
    this.#hub = hub;
    this.#context = context;
    this.#now = () => hub.deps.wallMs();
    this.#live = liveOf(hub);
    this.#desk = new Desk(booksOf(hub, store), this.#live, this.#now, context.log);
    this.#watching = new Watching(this.#live, hub.deps.wallMs());
    this.#list = new HubList(
      () => this.#own(),
      (address) => knock(address),
    );
  }

  async start(): Promise<RunningOperator> {
    const { values } = this.#hub;
    this.#watching.start(this.#now);
    this.#undo.push(() => this.#watching.stop());
    const link = await this.#startControl(values);
    if (values.public !== null) await this.#startPublic(values.public);
    await this.#startPorts(values);
    this.#startReports(values);
    return { listen: this.#listen, link, reloaded: () => this.#reloaded(), stop: () => this.stop() };
  }

  async stop(): Promise<void> {
    for (const step of this.#undo.splice(0).toReversed()) await step();
  }

  async #startControl(values: HubValues): Promise<RunningOperator['link']> {
    const { dataDir, log, version, pending } = this.#context;
    const shown = values.http !== 'off';
    // Without a page `hub admin` still needs a door: one of its own on loopback, which the file names.
    const address = addressOf('--http', shown ? values.http : '127.0.0.1:0', '127.0.0.1', 8880);
    const { tokens, fresh } = loadTokens(dataDir);
    const control: ControlFile = { url: '', secret: newToken(), pid: process.pid };
    const door = new Door(tokens);
    const handlers = handlersOf({
      desk: this.#desk,
      live: this.#live,
      watching: this.#watching,
      config: {
        values: () => this.#hub.values,
        pending,
        reload: () => {
          if (pending === null) throw new Failure('this hub was started without a configuration to read again');
          return this.#context.reload(pending());
        },
      },
      dataDir,
      version,
      door,
      name: () => this.#hub.values.name,
    });
    const served = await serveControl(address, {
      handlers,
      door,
      controlSecret: control.secret,
      metrics: metricsOf(this.#live, this.#watching, () => ({
        accounts: this.#hub.accounts.count,
        bans: this.#hub.bans.count,
      })),
      hostNames: () => namesOf(address.host, this.#hub.values.address),
      webDir: shown ? (WEB_DIRS.find((dir) => existsSync(dir)) ?? (WEB_DIRS[0] as string)) : '',
      log,
      now: this.#now,
    });
    this.#undo.push(() => served.stop());
    const url = `http://${formatAddress({ ...served.at, host: reachable(served.at.host) })}`;
    const file = join(dataDir, CONTROL_FILE);
    writeFileSync(file, `${JSON.stringify({ ...control, url })}\n`, { mode: 0o600 });
    this.#undo.push(() => rmSync(file, { force: true }));
    if (!shown) return null;
    this.#listen['http'] = formatAddress(served.at);
    return { url: `${url}/#token=${tokens.admin}`, fresh };
  }

  async #startPublic(text: string): Promise<void> {
    const served = await servePublic(addressOf('--public', text, '0.0.0.0', 8880), () => this.#frontPage(), this.#now);
    this.#undo.push(() => served.stop());
    this.#listen['public'] = formatAddress(served.at);
  }

  async #startPorts({ host, metaserver, statsPort, statsPort2 }: HubValues): Promise<void> {
    if (metaserver !== null) {
      this.#readHubList();
      const timer = setInterval(() => void this.#list.look(), LOOK_MS);
      timer.unref();
      this.#undo.push(() => clearInterval(timer));
      await this.#serveLine('metaserver', { host, port: metaserver }, () => this.#list.line());
    }
    if (statsPort !== null)
      await this.#serveLine('stats', { host, port: statsPort }, () => fiveNumbers(this.#live.counts(), machine()));
    if (statsPort2 !== null)
      await this.#serveLine('stats2', { host, port: statsPort2 }, () => {
        const { messagesPerSecond = 0, searchesPerSecond = 0 } = this.#watching.minutes.last ?? {};
        const rates = { ...this.#watching.rates, messages: messagesPerSecond, searches: searchesPerSecond };
        return sixteenNumbers(this.#live.counts(), machine(), rates);
      });
  }

  async #serveLine(name: string, address: Address, line: () => string): Promise<void> {
    const served = await serveOneLine(`${name} port`, address, line);
    this.#undo.push(() => served.stop());
    this.#listen[name] = formatAddress(served.at);
  }

  #startReports({ napigator, napigatorUser, napigatorPassword }: HubValues): void {
    if (napigator === null) return;
    const address = addressOf('--napigator', napigator, '', 8890);
    const account = { user: napigatorUser, password: napigatorPassword };
    const reporter = reportTo(address, account, () => this.#report(this.#live.counts()), this.#context.log);
    this.#undo.push(() => reporter.stop());
  }

  #report({ users, files, bytes }: Counts): {
    name: string;
    address: string;
    port: number;
    users: number;
    files: number;
    bytes: number;
  } {
    const { host, port } = this.#place();
    return { name: this.#hub.values.name.replace(/\s+/g, '-'), address: host, port, users, files, bytes };
  }

  /** A list that cannot be read leaves the one before. */
  #reloaded(): void {
    this.#watching.mark('reload', 'the configuration was read again', this.#now());
    if (this.#hub.values.metaserver === null) return;
    try {
      this.#readHubList();
    } catch (failure) {
      this.#context.log.error('metaserver-hubs', { why: (failure as Error).message });
    }
  }

  #readHubList(): void {
    this.#list.set(this.#hub.values.metaserverHubs.map((text) => addressOf('--metaserver-hubs', text, '', 8888)));
    void this.#list.look();
  }

  #own(): Candidate {
    const load = this.#hub.users.size / this.#hub.values.maxUsers;
    return { address: formatAddress(this.#place()), alive: true, load, rttMs: 0 };
  }

  /** Where others reach this hub: what the operator said, else where it listens. */
  #place(): Address {
    const listening = parseAddress(this.#context.napster[0] ?? '', '127.0.0.1', 8888) ?? {
      host: '127.0.0.1',
      port: 8888,
    };
    const said = this.#hub.values.address;
    return said === null ? listening : (parseAddress(said, said, listening.port) ?? listening);
  }

  #frontPage(): FrontPage {
    const { name, contact, terms } = this.#hub.values;
    const { napster, tls, fingerprint, version } = this.#context;
    const { users, files, bytes, rooms } = this.#live.counts();
    const { host } = this.#place();
    const outside = (address: string): string => {
      const { port } = parseAddress(address, host, 8888) ?? { port: 8888 };
      return formatAddress({ host, port });
    };
    const tlsPort = tls === null ? null : (parseAddress(tls, host, 8888)?.port ?? null);
    return {
      stats: {
        name,
        version,
        users,
        files,
        bytes,
        rooms,
        uptimeSeconds: Math.round((this.#hub.deps.wallMs() - this.#hub.startedAt) / 1000),
        napster: napster.map(outside),
        tls: tls === null ? null : outside(tls),
        fingerprint,
        invite: inviteLink({ ...this.#place(), tlsPort, fingerprint, name }),
      },
      motd: this.#hub.motd,
      contact,
      terms,
    };
  }
}

function booksOf(hub: Hub, store: Store): Desk['books'] {
  const { accounts, bans, channels, access, filters, audit, passwords } = hub;
  return { store, accounts, bans, channels, access, filters, audit, passwords };
}

async function knock(address: Address): Promise<number> {
  const started = performance.now();
  const socket = await dial(address, { timeoutMs: KNOCK_MS });
  socket.destroy();
  return performance.now() - started;
}

function machine(): Machine {
  return { load: loadavg()[0] ?? 0, memoryKb: process.memoryUsage.rss() / 1024 };
}

function addressOf(option: string, text: string, defaultHost: string, defaultPort: number): Address {
  const address = parseAddress(text, defaultHost, defaultPort);
  if (address === null || address.host === '') throw new Failure(`${option}: "${text}" is no ADDR:PORT`);
  return address;
}

/** Names that the control page may be called by, beside addresses and localhost. */
function namesOf(host: string, said: string | null): string[] {
  const own = said === null ? null : parseAddress(said, said, 1);
  return own === null ? [host] : [host, own.host];
}

/** What a program on this machine connects to. */
function reachable(host: string): string {
  return host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
}
