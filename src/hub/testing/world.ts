// A hub without sockets: lines in memory, a clock that tests turn, work that runs when asked. For tests only.
import { type ByteString, byteString, type Log, silentLog } from '#base';
import { openStore, type Store } from '#store';
import { encodeFrame, FrameReader } from '#wire/napster';
import { Hub, type HubDeps } from '../hub.ts';
import { defaultHubValues, type HubValues } from '../options.ts';
import { SCHEMA } from '../schema.ts';
import type { Line, User } from '../user.ts';

/** What a client heard: the number and the payload. */
export type Heard = [type: number, payload: ByteString];

export class HubWorld {
  readonly hub: Hub;
  readonly store: Store;
  now = 1_000_000;
  wall = 1_700_000_000_000;
  readonly #soon: (() => void)[] = [];
  readonly clients: TestClient[] = [];

  constructor(values: Partial<HubValues> = {}, more: Partial<HubDeps> = {}, log: Log = silentLog) {
    this.store = more.store ?? openStore(':memory:', SCHEMA);
    this.hub = new Hub({
      values: defaultHubValues(values),
      store: this.store,
      log,
      later: { soon: (work) => this.#soon.push(work), after: (_ms, work) => this.#soon.push(work) },
      wallMs: () => this.wall,
      motd: ['welcome'],
      version: '0',
      fingerprint: '',
      setVariable: () => 'not here',
      rehash: () => {},
      knock: null,
      ...more,
    });
  }

  /** A new connection. */
  connect(address = '10.0.0.1'): TestClient {
    const client = new TestClient(this, this.hub.accept(address, this.now));
    this.clients.push(client);
    return client;
  }

  /** Somebody who is logged in without an account; what was said at the door is forgotten. */
  guest(nick: string, { port = 6699, address = '10.0.0.1', speed = 7, password = 'pw' } = {}): TestClient {
    const client = this.connect(address);
    client.send(2, `${nick} ${password} ${port} "test client" ${speed}`);
    if (!client.heard().some(([type]) => type === 3)) throw new Error(`${nick} was not let in`);
    return client;
  }

  /** Somebody of a level. */
  staff(nick: string, level: 0 | 2 | 3 | 4, address = '10.0.0.9'): TestClient {
    const client = this.guest(nick, { address });
    client.user.level = level;
    this.hub.refresh(client.user);
    return client;
  }

  /** Runs the hub's own work until there is none, at most `turns`. Returns how many ran. */
  work(turns = 10_000): number {
    let done = 0;
    for (; done < turns && this.#soon.length > 0; done++) this.#soon.shift()?.();
    return done;
  }

  /** Waits for passwords that are being hashed, in real time. */
  async hashed(): Promise<void> {
    const until = Date.now() + 20_000;
    do {
      await new Promise((go) => setTimeout(go, 5));
      if (Date.now() > until) throw new Error('hashing takes too long');
    } while (this.hub.passwords.queued > 0);
    await new Promise((go) => setImmediate(go));
  }

  /** Lets time pass, with every deadline and tick in it. */
  pass(ms: number): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.now = Math.min(until, this.now + 100);
      this.wall += 100;
      for (const { user } of this.clients) if (user.session.deadline <= this.now) user.session.wake(this.now);
      if (this.now % 1000 === 0) this.hub.tick(this.now);
    }
  }
}

export class TestClient {
  readonly user: User;
  paused = false;
  gone = false;
  /** How many bytes the line says it could not get rid of. */
  unsent = 0;
  readonly #world: HubWorld;
  readonly #reader = new FrameReader();

  constructor(world: HubWorld, user: User) {
    this.#world = world;
    this.user = user;
    // oxlint-disable-next-line typescript/no-this-alias
    const self = this;
    const line: Line = {
      kick: () => {},
      pause: () => (this.paused = true),
      resume: () => (this.paused = false),
      destroy: () => this.drop(),
      socket: {
        get writableLength() {
          return self.unsent;
        },
      },
    };
    user.line = line;
  }

  send(type: number, payload: ByteString = ''): this {
    return this.bytes(encodeFrame(type, payload));
  }

  bytes(bytes: Uint8Array): this {
    this.user.session.receive(bytes, this.#world.now);
    return this;
  }

  /** What came since the last call. A connection that the hub has ended is closed when this has been read. */
  heard(): Heard[] {
    const { session } = this.user;
    const heard: Heard[] = [];
    const bytes = session.takeOutput();
    if (bytes !== null) this.#reader.push(bytes);
    while (this.#reader.next(() => 65_535)) {
      const { type, bytes: all, from, to } = this.#reader;
      heard.push([type, byteString(all, from, to)]);
    }
    this.#reader.keep();
    if (this.#reader.waiting > 0) throw new Error('a message was parted over two writes');
    if (session.closing !== null) this.drop(session.closing);
    return heard;
  }

  /** Says something and returns what comes back at once. */
  ask(type: number, payload: ByteString = ''): Heard[] {
    this.heard();
    this.send(type, payload);
    return this.heard();
  }

  /** The socket dies. */
  drop(why?: Error): void {
    if (this.gone) return;
    this.gone = true;
    this.user.session.close(why);
  }
}
