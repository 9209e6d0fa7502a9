// One connection and, after its login, the person on it. Sets and budgets come into being when they are used: most
// people only listen.
import type { ByteString, TokenBucket } from '#base';
import { LIMITS, type ServerSession } from '#wire/napster';
import type { Channel } from './channel.ts';
import { LEVEL, type Level } from './levels.ts';

/** What the hub wants of a socket; `Connection` of `net` fits, and so does a line without one in a test. */
export type Line = {
  /** Output has gathered: send it at the end of this turn. */
  kick(): void;
  pause(): void;
  resume(): void;
  destroy(why?: Error): void;
  readonly socket?: { readonly writableLength: number };
};

/** Old clients have buffers of 2 kB: what is longer is cut, as opennap does. */
const MOST = LIMITS.hubText.value;

/** Somebody was told somebody's address. */
export type Told = { nick: ByteString; at: number; why: 'download' | 'push' | 'browse' };

export type Budget = 'messages' | 'bytes' | 'shares' | 'talk' | 'searches' | 'told';

/** Buckets that are filled `factor` times as fast as one user's. */
export type Purse = { readonly buckets: Map<Budget, TokenBucket>; readonly factor: number };

export class User {
  readonly session: ServerSession<User>;
  /** Set right after the session was joined to its socket. */
  line: Line;
  /** Dotted or IPv6. */
  readonly address: string;
  /** As messages carry it; 0 for IPv6. */
  readonly ip: number;
  /** `busy`: the password is being checked. */
  state: 'new' | 'busy' | 'online' | 'gone' = 'new';
  nick: ByteString = '';
  key = '';
  /** Their share port; 0: nobody can reach them. */
  port = 0;
  speed = 0;
  client: ByteString = '';
  email: ByteString = '';
  level: Level = LEVEL.user;
  flags = 0;
  registered = false;
  cloaked = false;
  encrypted = false;
  /** The owner number in the index. */
  owner = 0;
  /** ` nick ip speed`: what ends a result of theirs. */
  tail: ByteString = '';
  /** What their unregistered login said as a password, keyed and hashed: who says it again is the same person. */
  proof = '';
  /** ms of the hub's clock. */
  since = 0;
  messages = 0;
  holds = 0;
  downloads = 0;
  uploads = 0;
  totalDownloads = 0;
  totalUploads = 0;
  searches = 0;
  floods = 0;
  warned = 0;
  speedChanged = false;
  notices = 0xffff;
  hotlist: Map<string, ByteString> | null = null;
  ignores: Map<string, ByteString> | null = null;
  channels: Set<Channel> | null = null;
  /** Owners whose files this one asked for, and when; who was not asked cannot learn our address. */
  asked: Map<string, number> | null = null;
  told: Told[] | null = null;
  purses: readonly Purse[] | null = null;
  /** Set by message 2100. */
  extensions: { capabilities: ReadonlySet<string>; key: string } | null = null;

  constructor(session: ServerSession<User>, line: Line, address: string, ip: number) {
    this.session = session;
    this.line = line;
    this.address = address;
    this.ip = ip;
  }

  get firewalled(): boolean {
    return this.port === 0;
  }

  /** Says something from outside the user's own turn. */
  tell(type: number, payload: ByteString = ''): void {
    if (this.state === 'gone') return;
    this.session.out.frame(type, payload.length > MOST ? payload.slice(0, MOST) : payload);
    this.line.kick();
  }

  /** Message 404. */
  notice(text: ByteString): void {
    this.tell(404, text);
  }

  can(capability: string): boolean {
    return this.extensions?.capabilities.has(capability) === true;
  }

  ignoring(key: string): boolean {
    return this.ignores?.has(key) === true;
  }
}
