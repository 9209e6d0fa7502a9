// A small scripted hub for tests of the peer: brokers as the old ones do, keeps everything in memory, and can be told to
// be strange. Not a hub to use; that is #hub.
import { createServer, type Server } from 'node:net';
import { fold, readable } from '#base';
import { type Connection, listen, Pump } from '#net';
import {
  decodeFromClient,
  FROM_HUB,
  type FromClient,
  type FromHub,
  parseSearchText,
  payloadFromHub,
  ServerSession,
} from '#wire/napster';

type File = { path: string; hash: string; size: number; kbps: number; hz: number; seconds: number };
export type User = { nick: string; ip: string; port: number; files: Map<string, File>; session: ServerSession<User> };

export class TestHub {
  readonly users = new Map<string, User>();
  /** Everything that clients said, newest last. */
  readonly heard: { nick: string; message: FromClient }[] = [];
  /** Answers instead of the hub; true: answered. */
  instead: (user: User, message: FromClient) => boolean = () => false;
  port = 0;
  readonly #pump = new Pump();
  #server: Server | null = null;

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#server = createServer((socket) => {
      const session: ServerSession<User> = new ServerSession<User>({
        frame: (from, type, bytes, at, to) => {
          const message = decodeFromClient(type, Buffer.from(bytes.subarray(at, to)).toString('latin1'));
          if (message.kind !== 'unknown') this.#hear(from, message, socket.remoteAddress ?? '');
        },
        due: () => {},
        closed: (from) => {
          if (from.owner !== null) this.users.delete(fold(from.owner.nick));
        },
      });
      this.#connections.set(session, this.#pump.attach(socket, session));
    });
    this.port = (await listen(this.#server, 'test hub', { host: '127.0.0.1', port: this.port })).port;
  }
  readonly #connections = new Map<ServerSession<User>, Connection>();

  async stop(): Promise<void> {
    for (const connection of this.#connections.values()) connection.destroy();
    this.#connections.clear();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  say(to: User | undefined, message: FromHub): void {
    if (to === undefined) return;
    to.session.out.frame(FROM_HUB[message.kind].type, payloadFromHub(message));
    this.#connections.get(to.session)?.kick();
  }

  user(nick: string): User | undefined {
    return this.users.get(fold(nick));
  }

  #hear(session: ServerSession<User>, message: FromClient, ip: string): void {
    if (message.kind === 'login' || message.kind === 'register') {
      const user: User = {
        nick: message.nick,
        ip: ip.replace('::ffff:', ''),
        port: message.port,
        files: new Map(),
        session,
      };
      session.owner = user;
      session.loggedIn();
      this.heard.push({ nick: user.nick, message });
      if (this.instead(user, message)) return;
      this.users.set(fold(user.nick), user);
      this.say(user, { kind: 'loginAck', email: 'anon@test' });
      this.say(user, { kind: 'stats', users: this.users.size, files: 0, gigabytes: 0 });
    } else if (session.owner !== null) {
      this.heard.push({ nick: session.owner.nick, message });
      if (!this.instead(session.owner, message)) this.#answer(session.owner, message);
    }
  }

  #answer(user: User, message: FromClient): void {
    // What a test of the peer does not need is not answered.
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check
    switch (message.kind) {
      case 'share':
        user.files.set(message.path, message);
        return;
      case 'unshare':
        user.files.delete(message.path);
        return;
      case 'search':
        this.#search(user, message.text ?? '');
        return;
      case 'browse': {
        const owner = this.user(message.nick);
        if (owner === undefined) this.say(user, { kind: 'signOff', nick: message.nick });
        for (const { path, hash, size, kbps, hz, seconds } of owner?.files.values() ?? [])
          this.say(user, { kind: 'browseEntry', nick: message.nick, path, hash, size, kbps, hz, seconds });
        this.say(user, { kind: 'browseEnd', nick: message.nick });
        return;
      }
      case 'download': {
        const owner = this.user(message.nick);
        if (owner?.files.has(message.path) !== true)
          this.say(user, { kind: 'getError', nick: message.nick, path: message.path });
        else if (owner.port === 0) this.#ready(user, owner, message.path, 0);
        else this.say(owner, { kind: 'uploadRequest', nick: user.nick, path: message.path });
        return;
      }
      case 'push': {
        const owner = this.user(message.nick);
        if (owner === undefined) return;
        if (user.port === 0) this.#ready(user, owner, message.path, 0, 'firewallerror');
        else this.say(owner, { kind: 'uploadRequest', nick: user.nick, path: message.path });
        return;
      }
      case 'accept': {
        const asker = this.user(message.nick);
        if (asker === undefined) return;
        if (user.port === 0) {
          const { nick, ip, port } = asker;
          this.say(user, { kind: 'pushRequest', nick, ip, port, path: message.path, hash: '0', speed: 0 });
        } else this.#ready(asker, user, message.path, user.port);
        return;
      }
      case 'queueLimit': {
        const asker = this.user(message.nick);
        const size = user.files.get(message.path)?.size ?? 0;
        this.say(asker, { kind: 'queueLimit', nick: user.nick, path: message.path, size, limit: message.limit });
        return;
      }
      default:
    }
  }

  #ready(to: User, owner: User, path: string, port: number, hash = '0'): void {
    this.say(to, { kind: 'ready', nick: owner.nick, ip: owner.ip, port, path, hash, speed: 0 });
  }

  #search(user: User, text: string): void {
    const words = fold(readable(parseSearchText(text).words)).split(' ');
    for (const owner of this.users.values())
      if (owner !== user)
        for (const { path, hash, size, kbps, hz, seconds } of owner.files.values())
          if (words.every((word) => fold(readable(path)).includes(word)))
            this.say(user, {
              kind: 'result',
              path,
              hash,
              size,
              kbps,
              hz,
              seconds,
              nick: owner.nick,
              ip: owner.ip,
              speed: 0,
            });
    this.say(user, { kind: 'searchEnd' });
  }
}
