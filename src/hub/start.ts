// From options to a hub that answers on its ports, and back.
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { Failure, type Log } from '#base';
import { type Address, type Connection, formatAddress, type Identity, listen, loadIdentity, Pump } from '#net';
import { openStore, type Store } from '#store';
import { encodeFrame } from '#wire/napster';
import { Hub, type HubDeps } from './hub.ts';
import { knock } from './knock.ts';
import type { RunningOperator } from './operator/start.ts';
import type { HubValues } from './options.ts';
import { RelayDesk } from './relay.ts';
import { SCHEMA } from './schema.ts';
import { type ReloadLine, Settings } from './settings.ts';
import type { User } from './user.ts';
import type { Later } from './work.ts';

export type HubContext = {
  log: Log;
  /** Everything is kept below it; made if missing. */
  dataDir: string;
  version: string;
  /** Reads options again for message 10117 and the page; throws UsageError. */
  resolveAgain?: () => HubValues;
};

export type RunningHub = {
  readonly hub: Hub;
  readonly listen: Readonly<Record<string, string | readonly string[] | null>>;
  /** The control page, with the admin's token in its address. `fresh`: made at this start, to be shown once. */
  readonly control: { readonly url: string; readonly fresh: boolean } | null;
  reload(values: Readonly<Record<string, unknown>>): ReloadLine[];
  stop(): Promise<void>;
};

/** Waiting connections that the system may hold for us during a rush; Linux cuts it to net.core.somaxconn. */
const BACKLOG = 4096;
const TICK_MS = 1000;
const REFUSED_MS = 2_000;
const KEEP_ALIVE_MS = 120_000;

/** The database of a hub below its data folder. */
export function openHubStore(dataDir: string): Store {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return openStore(join(dataDir, 'hub.db'), SCHEMA);
}

/** @throws Failure with a sentence: a port is taken, the motd cannot be read, the database is not ours */
export async function startHub(options: HubValues, context: HubContext): Promise<RunningHub> {
  const { log, dataDir } = context;
  const store = openHubStore(dataDir);
  const servers: Server[] = [];
  try {
    const settings = new Settings(store, options);
    const identity = options.tlsPort === null ? null : await loadIdentity(dataDir, options.name);
    const running = new Start(settings, store, identity, context);
    const listening: Record<string, string | readonly string[] | null> = {
      napster: await running.listenPlain(servers),
      tls: identity === null ? null : await running.listenTls(servers, identity),
    };
    const operator = await running.startOperator(listening, identity);
    running.begin();
    log.info('hub-started', { listen: listening, privacy: options.privacy, relay: options.relay });
    return {
      hub: running.hub,
      listen: { ...listening, ...operator.listen },
      control: operator.link,
      reload: (values) => running.reload(values as HubValues),
      stop: () => running.stop(servers),
    };
  } catch (error) {
    for (const server of servers) server.close();
    store.close();
    throw error;
  }
}

/** What lives from start to stop. */
class Start {
  readonly hub: Hub;
  readonly #settings: Settings;
  readonly #store: Store;
  readonly #context: HubContext;
  readonly #pump = new Pump();
  #timer: NodeJS.Timeout | undefined;
  #operator: RunningOperator | null = null;
  readonly #owner = {
    step: (_step: { rest: Uint8Array } | object, { session, socket }: Connection) => {
      const { owner } = session as unknown as { owner: User };
      this.hub.relay?.take(owner, socket, 'rest' in _step ? _step.rest : new Uint8Array(0));
    },
  };

  constructor(settings: Settings, store: Store, identity: Identity | null, context: HubContext) {
    this.#settings = settings;
    this.#store = store;
    this.#context = context;
    const values = settings.effective();
    const deps: HubDeps = {
      values,
      store,
      log: context.log,
      later: LATER,
      wallMs: Date.now,
      motd: readMotd(values.motd),
      version: context.version,
      fingerprint: identity?.fingerprint ?? '',
      setVariable: (name, value) => this.#setVariable(name, value),
      rehash: () => this.#rehash(),
      knock,
    };
    this.hub = new Hub(deps);
    this.hub.relay = new RelayDesk(this.hub);
  }

  async listenPlain(servers: Server[]): Promise<string[]> {
    const { host, port: ports } = this.hub.values;
    const listening: string[] = [];
    for (const port of ports) {
      const server = createServer((socket) => this.#take(socket, false));
      const address = await this.#listen(servers, server, 'hub port', { host, port: Number(port) });
      if (this.hub.relay !== null && this.hub.relay.port === 0) this.hub.relay.port = address.port;
      listening.push(formatAddress(address));
    }
    return listening;
  }

  async listenTls(servers: Server[], { certificate, privateKey }: Identity): Promise<string> {
    const { host, tlsPort } = this.hub.values;
    const server = createTlsServer({
      cert: certificate,
      key: privateKey,
      handshakeTimeout: 10_000,
      minVersion: 'TLSv1.2',
    });
    // Refused before the handshake, which is the dear part.
    server.on('connection', (socket: Socket) => {
      if (this.hub.refusal(addressOf(socket), performance.now()) !== null) socket.destroy();
    });
    server.on('secureConnection', (socket: TLSSocket) => this.#attach(socket, true));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return formatAddress(await this.#listen(servers, server, 'hub TLS port', { host, port: tlsPort ?? 0 }));
  }

  begin(): void {
    this.#timer = setInterval(() => {
      this.hub.tick(performance.now());
      this.#tidy();
    }, TICK_MS);
    this.#timer.unref();
  }

  /** Everything beside the protocol: pages, metaserver, stats ports. Fetched only here: no other command needs it. */
  async startOperator(
    listening: Readonly<Record<string, string | readonly string[] | null>>,
    identity: Identity | null,
  ): Promise<RunningOperator> {
    const { startOperator } = await import('./operator/start.ts');
    const { log, dataDir, version, resolveAgain } = this.#context;
    this.#operator = await startOperator(this.hub, this.#store, {
      log,
      dataDir,
      version,
      napster: [listening['napster'] ?? []].flat(),
      tls: [listening['tls'] ?? []].flat()[0] ?? null,
      fingerprint: identity?.fingerprint ?? null,
      pending: resolveAgain ?? null,
      reload: (values) => this.reload(values),
    });
    return this.#operator;
  }

  reload(next: HubValues): ReloadLine[] {
    const lines = this.#settings.reload(next);
    const why = this.#apply();
    this.#operator?.reloaded();
    return why === null
      ? lines
      : lines.map((line) => (line.key === 'motd' ? { ...line, outcome: 'refused', why } : line));
  }

  async stop(servers: Server[]): Promise<void> {
    clearInterval(this.#timer);
    await this.#operator?.stop();
    for (const server of servers) server.close();
    this.#pump.close(new Error('the hub stops'));
    this.hub.accounts.flush();
    // A hash that is still being made would want the store.
    for (let i = 0; i < 100 && this.hub.passwords.queued > 0; i++) await new Promise((go) => setTimeout(go, 20));
    this.hub.audit.flush();
    this.#store.close();
  }

  async #listen(servers: Server[], server: Server, what: string, address: Address): Promise<Address> {
    const bound = await listen(server, what, address, { backlog: BACKLOG });
    servers.push(server);
    server.on('error', (error) => this.#context.log.error('accept', { what, why: error.message }));
    return bound;
  }

  #take(socket: Socket, encrypted: boolean): void {
    const why = this.hub.refusal(addressOf(socket), performance.now());
    if (why === null) {
      this.#attach(socket, encrypted);
      return;
    }
    this.hub.counters.refused++;
    socket.on('error', () => socket.destroy());
    // By the clock and not by idleness: who goes on talking must not hold a socket.
    const timer = setTimeout(() => socket.destroy(), REFUSED_MS);
    socket.on('close', () => clearTimeout(timer));
    socket.end(encodeFrame(0, why));
    socket.resume();
  }

  #attach(socket: Socket, encrypted: boolean): void {
    const user = this.hub.accept(addressOf(socket), performance.now());
    user.encrypted = encrypted;
    // A dead line says nothing: the system asks, so that a nick does not stay on for ever.
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    user.line = this.#pump.attach(socket, user.session, this.#owner);
  }

  #tidy(): void {
    if (this.hub.tidy()) setImmediate(() => this.#tidy());
  }

  #setVariable(name: string, value: string | null): string {
    try {
      const key = value === null ? this.#settings.reset(name) : this.#settings.set(name, value);
      this.#apply();
      return `${name} = ${String(this.hub.values[key])}`;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #rehash(): void {
    const { resolveAgain, log } = this.#context;
    if (resolveAgain === undefined) return;
    try {
      for (const { key, outcome, why } of this.reload(resolveAgain())) log.warn('reload', { key, outcome, why });
    } catch (error) {
      log.error('reload-refused', { why: (error as Error).message });
    }
  }

  /** Returns what is wrong with the motd, null when it could be read; the old one stays then. */
  #apply(): string | null {
    this.hub.values = this.#settings.effective();
    let wrong: string | null = null;
    try {
      this.hub.motd = readMotd(this.hub.values.motd);
    } catch (error) {
      wrong = (error as Error).message;
      this.#context.log.error('motd', { why: wrong });
    }
    // Budgets are made anew with the new rates; addresses shown may have changed with privacy.
    this.hub.forgetBudgets();
    for (const user of this.hub.users.values()) this.hub.refresh(user);
    return wrong;
  }
}

const LATER: Later = {
  soon: (work) => void setImmediate(work),
  after: (ms, work) => void setTimeout(work, ms).unref(),
};

function addressOf(socket: Socket): string {
  const address = socket.remoteAddress ?? '0.0.0.0';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

const MOTD_LINES = 100;

function readMotd(file: string | null): string[] {
  if (file === null) return [];
  try {
    return readFileSync(file, 'utf8').replace(/\n$/, '').split(/\r?\n/).slice(0, MOTD_LINES);
  } catch (error) {
    throw new Failure(`cannot read the motd ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}
