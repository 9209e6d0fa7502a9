// One hub: our connection to it, what we asked it and still wait for, and when to try again. A hub answers searches
// without saying which one it means, so they go one after the other; browses and downloads are told apart by nick and path.
import type { Socket } from 'node:net';
import { type ByteString, type Chance, harmless, type Limits, type Log, readable, TokenBucket } from '#base';
import { type Address, type Connection, dial, type Pump } from '#net';
import {
  type ClientOptions,
  ClientSession,
  formatSearchText,
  type FromClient,
  type FromHub,
  type FromHubBy,
  type SearchText,
  type Unknown,
} from '#wire/napster';
import { HUB_PACE, retryDelayMs } from '../backoff.ts';
import type { ShareChange } from '../shares/library.ts';

export type HubResult = Omit<FromHubBy['result'], 'kind'>;
export type BrowsedFile = Omit<FromHubBy['browseEntry'], 'kind'>;
/** The owner is ready; `port` 0: it cannot be reached and must push. */
export type Ready = Omit<FromHubBy['ready'], 'kind'>;

/** How a download request ended. */
export type RequestAnswer =
  | { kind: 'ready'; ready: Ready }
  | { kind: 'queued'; place: number }
  | { kind: 'refused'; reason: string }
  | { kind: 'unanswered'; reason: string };

/** What the link asks of the rest of the peer. */
export type LinkOwner = {
  identity(): Pick<ClientOptions, 'nick' | 'password' | 'port' | 'speed'>;
  /** Changes of our shares after `rev`, oldest first; `revision()` is the newest. Nothing while nothing may be shared. */
  changesSince(rev: number, limit: number): ShareChange[];
  revision(): number;
  uploadRequested(link: HubLink, nick: ByteString, path: ByteString): void;
  pushRequested(link: HubLink, request: Omit<FromHubBy['pushRequest'], 'kind'>): void;
  browseAsked(link: HubLink, request: Omit<FromHubBy['browseAsked'], 'kind'>): void;
  portErrorHeard(link: HubLink, nick: ByteString): void;
  said(link: HubLink, nick: ByteString, text: ByteString): void;
  /** The hub has tried to connect to our share port: open, closed, silent, busy or not-a-peer. */
  knocked(link: HubLink, outcome: string): void;
  changed(link: HubLink): void;
};

export type LinkState = 'online' | 'connecting' | 'waiting' | 'refused' | 'off';

export const LINK_LIMITS = {
  hubCalls: {
    value: 60,
    unit: 'calls a minute',
    source: 'to addresses that a hub names unasked (pushes, lists): a hub must not scan or flood others through us',
  },
  hubAsks: {
    value: 50,
    unit: 'requests a second',
    source: 'for files of ours (607), ten seconds of them at once; each is looked up, and more is no crowd but a flood',
  },
} as const satisfies Limits;

const CLIENT_NAME = 'peershield 0.1';
const DIAL_MS = 15_000;
const SEARCH_MS = 20_000;
const BROWSE_MS = 45_000;
const REQUEST_MS = 30_000;
const QUEUED_SEARCHES = 20;
/** What a hub says of itself and of us, on one line of a page. */
const NAME_LETTERS = 100;
const REASON_LETTERS = 300;
/** Refused by words: trying often would only annoy. */
const REFUSED_FAILURES = 5;
/** Files a turn, and the bytes that may wait in the socket: a hub that is slow to take them slows us down. */
const SHARES_AT_ONCE = 100;
const SHARES_EVERY_MS = 40;
const UNSENT_BYTES = 65_536;

type Search = { text: ByteString; onResult: (result: HubResult) => void; done: PromiseWithResolvers<string | null> };
type Browse = {
  nick: ByteString;
  onFile: (file: BrowsedFile) => void;
  done: PromiseWithResolvers<string | null>;
  timer: NodeJS.Timeout;
};
type Request = { done: PromiseWithResolvers<RequestAnswer>; timer: NodeJS.Timeout };

export class HubLink {
  /** `host:port` as set: the key of this hub. */
  readonly name: string;
  state: LinkState = 'off';
  reason: string | null = null;
  retryAt: number | null = null;
  hubName: string | null = null;
  users = 0;
  files = 0;
  gigabytes = 0;
  /** The hub's own IP address while connected. */
  remoteAddress: string | null = null;
  readonly #address: Address;
  readonly #bind: string | undefined;
  readonly #pump: Pump;
  readonly #owner: LinkOwner;
  readonly #log: Log;
  readonly #chance: Chance;
  readonly #calls = new TokenBucket(LINK_LIMITS.hubCalls.value / 60, LINK_LIMITS.hubCalls.value, performance.now());
  readonly #asks = new TokenBucket(LINK_LIMITS.hubAsks.value, LINK_LIMITS.hubAsks.value * 10, performance.now());
  #session: ClientSession | null = null;
  #connection: Connection | null = null;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #attempt = 0;
  #register = false;
  #shareTimer: NodeJS.Timeout | null = null;
  #sharedRev = 0;
  /** What was shared when we came in: the hub hears of it for the first time. */
  #revAtLogin = 0;
  #loginAt = 0;
  readonly #searches: Search[] = [];
  #searchTimer: NodeJS.Timeout | null = null;
  readonly #browses = new Map<string, Browse>();
  readonly #requests = new Map<string, Request>();
  #lastNotice: { text: string; at: number } | null = null;

  constructor(parts: {
    name: string;
    address: Address;
    bind?: string | undefined;
    pump: Pump;
    owner: LinkOwner;
    log: Log;
    chance: Chance;
  }) {
    this.name = parts.name;
    this.#address = parts.address;
    this.#bind = parts.bind;
    this.#pump = parts.pump;
    this.#owner = parts.owner;
    this.#log = parts.log;
    this.#chance = parts.chance;
  }

  get online(): boolean {
    return this.state === 'online';
  }

  start(): void {
    if (this.state !== 'off') return;
    void this.#connect();
  }

  /** Leaves the hub; everything that waits for it fails with `why`. */
  stop(why = 'switched off'): void {
    this.#attempt++;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#set('off', why, null);
    this.#connection?.end();
    this.#leave(why);
  }

  /** Searches; resolves null at the end of results, or why there is none. */
  search(query: SearchText, onResult: (result: HubResult) => void): Promise<string | null> {
    const done = Promise.withResolvers<string | null>();
    if (!this.online) done.resolve(this.reason ?? 'not connected');
    else if (this.#searches.length >= QUEUED_SEARCHES) done.resolve('too many searches at once');
    else {
      this.#searches.push({ text: formatSearchText(query), onResult, done });
      if (this.#searches.length === 1) this.#sendSearch();
    }
    return done.promise;
  }

  /** What `nick` shares; resolves null at the end of the list, or why there is none. */
  browse(nick: ByteString, onFile: (file: BrowsedFile) => void): Promise<string | null> {
    const done = Promise.withResolvers<string | null>();
    const key = nick.toLowerCase();
    if (!this.online) done.resolve(this.reason ?? 'not connected');
    else if (this.#browses.has(key)) done.resolve('already being browsed');
    else {
      const timer = setTimeout(() => this.#endBrowse(key, 'the hub sent no list'), BROWSE_MS);
      this.#browses.set(key, { nick, onFile, done, timer });
      this.#send({ kind: 'browse', nick });
    }
    return done.promise;
  }

  /** Asks for a file of `nick` (203). */
  requestDownload(nick: ByteString, path: ByteString): Promise<RequestAnswer> {
    return this.#request(nick, path, { kind: 'download', nick, path });
  }

  /** Asks `nick`, who cannot be reached, to bring the file (500). Good hubs answer only when it cannot be: see `firewallerror`. */
  requestPush(nick: ByteString, path: ByteString): Promise<RequestAnswer> {
    return this.#request(nick, path, { kind: 'push', nick, path });
  }

  /** Nobody waits for the answer to a request any longer. */
  forgetRequest(nick: ByteString, path: ByteString): void {
    this.#answer(keyOf(nick, path), { kind: 'unanswered', reason: 'no longer wanted' });
  }

  /** Tells the hub something that it does not answer. */
  tell(message: FromClient): void {
    this.#send(message);
  }

  /** Whether one more address that this hub names unasked may be called now; counts it. */
  takeCall(): boolean {
    return this.#calls.take(1, performance.now());
  }

  /** Our shares have changed: the hub hears of it soon. */
  sharesChanged(): void {
    if (this.online) this.#shareSoon(SHARES_EVERY_MS);
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    this.#set('connecting', null, null);
    let socket: Socket;
    try {
      socket = await dial(this.#address, {
        timeoutMs: DIAL_MS,
        ...(this.#bind === undefined ? {} : { localAddress: this.#bind }),
      });
    } catch (error) {
      if (attempt === this.#attempt) this.#retry('waiting', dialReason(error as NodeJS.ErrnoException));
      return;
    }
    if (attempt !== this.#attempt) {
      socket.destroy();
      return;
    }
    this.remoteAddress = socket.remoteAddress ?? null;
    const session = new ClientSession(
      {
        ...this.#owner.identity(),
        client: CLIENT_NAME,
        enter: this.#register ? 'new' : 'login',
        extensions: { capabilities: ['knock'] },
      },
      {
        online: () => attempt === this.#attempt && this.#enter(),
        message: (message) => attempt === this.#attempt && this.#hear(message),
        ended: (why, refused) => attempt === this.#attempt && this.#lost(why, refused),
      },
      performance.now(),
    );
    this.#session = session;
    this.#connection = this.#pump.attach(socket, session);
  }

  #enter(): void {
    this.#failures = 0;
    this.#register = false;
    this.#sharedRev = 0;
    this.#revAtLogin = this.#owner.revision();
    this.#loginAt = Date.now();
    this.#set('online', null, null);
    this.#log.info('hub-online', { hub: this.name });
    this.#shareSoon(0);
  }

  #lost(why: string, refused: boolean): void {
    const wasOnline = this.online;
    this.#session = null;
    this.#connection = null;
    this.remoteAddress = null;
    if (
      refused &&
      !this.#register &&
      /not registered|unknown (?:user|account)|must register|registered only/i.test(why)
    )
      this.#register = true;
    if (refused) this.#failures = Math.max(this.#failures, REFUSED_FAILURES - 1);
    if (wasOnline) this.#log.warn('hub-lost', { hub: this.name, why });
    this.#retry(refused ? 'refused' : 'waiting', why);
    this.#leave(why);
  }

  #retry(state: 'waiting' | 'refused', why: string): void {
    const delay = retryDelayMs(HUB_PACE, ++this.#failures, this.#chance);
    this.#attempt++;
    this.#set(state, why, Date.now() + delay);
    this.#timer = setTimeout(() => void this.#connect(), delay);
    this.#timer.unref();
  }

  /** Nobody waits for a hub that is gone. */
  #leave(why: string): void {
    this.#session = null;
    this.#connection = null;
    if (this.#shareTimer !== null) clearTimeout(this.#shareTimer);
    this.#shareTimer = null;
    if (this.#searchTimer !== null) clearTimeout(this.#searchTimer);
    for (const { done } of this.#searches.splice(0)) done.resolve(why);
    for (const key of this.#browses.keys()) this.#endBrowse(key, why);
    for (const key of this.#requests.keys()) this.#answer(key, { kind: 'unanswered', reason: why });
  }

  #set(state: LinkState, reason: string | null, retryAt: number | null): void {
    this.state = state;
    this.reason = reason === null ? null : harmless(reason, REASON_LETTERS);
    this.retryAt = retryAt;
    this.#owner.changed(this);
  }

  #send(message: FromClient): void {
    this.#session?.send(message);
    this.#connection?.kick();
  }

  #hear(message: FromHub | Unknown): void {
    // What a hub may say and a peer has no use for is many: the default passes over it.
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check
    switch (message.kind) {
      case 'result':
        this.#searches[0]?.onResult(message);
        return;
      case 'searchEnd':
        this.#endSearch(null);
        return;
      case 'browseEntry':
        this.#browses.get(message.nick.toLowerCase())?.onFile(message);
        return;
      case 'browseEnd':
        this.#endBrowse(message.nick.toLowerCase(), null);
        return;
      case 'signOff':
        this.#endBrowse(message.nick.toLowerCase(), 'not online');
        return;
      case 'ready':
        this.#answer(keyOf(message.nick, message.path), { kind: 'ready', ready: message });
        return;
      case 'getError':
        this.#answer(keyOf(message.nick, message.path), {
          kind: 'refused',
          reason: 'not online, or not sharing it any more',
        });
        return;
      case 'refused':
        this.#answer(keyOf(message.nick, message.path), { kind: 'refused', reason: 'the owner refused' });
        return;
      case 'queueLimit':
        this.#answer(keyOf(message.nick, message.path), { kind: 'queued', place: message.limit });
        return;
      case 'uploadRequest':
        if (this.#asks.take(1, performance.now())) this.#owner.uploadRequested(this, message.nick, message.path);
        return;
      case 'pushRequest':
        this.#owner.pushRequested(this, message);
        return;
      case 'browseAsked':
        this.#owner.browseAsked(this, message);
        return;
      case 'portError':
        this.#owner.portErrorHeard(this, message.nick);
        return;
      case 'said':
        this.#owner.said(this, message.nick, message.text);
        return;
      case 'ping':
        this.#send({ kind: 'pong', nick: message.nick, ...(message.text === undefined ? {} : { text: message.text }) });
        return;
      case 'stats':
        this.users = message.users;
        this.files = message.files;
        this.gigabytes = message.gigabytes;
        this.#owner.changed(this);
        return;
      case 'motd':
        if (message.text?.startsWith('SERVER ') === true)
          this.hubName = harmless(readable(message.text.slice(7)), NAME_LETTERS);
        return;
      case 'notice':
        this.#heardNotice(readable(message.text));
        return;
      case 'hello':
        this.#askKnock(message.capabilities);
        return;
      case 'knocked':
        this.#owner.knocked(this, message.outcome);
        return;
      case 'ghost':
        this.#log.warn('hub-ghost', { hub: this.name, why: 'somebody logged in with our nick' });
        return;
      default:
    }
  }

  /** A hub that can tells us whether others reach our port. */
  #askKnock(capabilities: ByteString): void {
    const { port } = this.#owner.identity();
    if (port > 0 && capabilities.split(',').includes('knock')) this.#send({ kind: 'knock', port });
  }

  #heardNotice(text: string): void {
    this.#lastNotice = { text, at: Date.now() };
    this.#log.debug('hub-notice', { hub: this.name, text });
    if (/search failed|invalid search|no valid words/i.test(text) && this.#searches.length > 0)
      this.#log.info('search-refused', { hub: this.name, text });
  }

  #sendSearch(): void {
    const [search] = this.#searches;
    if (search === undefined) return;
    this.#searchTimer = setTimeout(() => this.#endSearch('the hub did not answer in time'), SEARCH_MS);
    this.#send({ kind: 'search', text: search.text });
  }

  #endSearch(why: string | null): void {
    if (this.#searchTimer !== null) clearTimeout(this.#searchTimer);
    this.#searches.shift()?.done.resolve(why);
    this.#sendSearch();
  }

  #endBrowse(key: string, why: string | null): void {
    const browse = this.#browses.get(key);
    if (browse === undefined) return;
    this.#browses.delete(key);
    clearTimeout(browse.timer);
    browse.done.resolve(why);
  }

  #request(nick: ByteString, path: ByteString, message: FromClient): Promise<RequestAnswer> {
    const done = Promise.withResolvers<RequestAnswer>();
    const key = keyOf(nick, path);
    if (!this.online) done.resolve({ kind: 'unanswered', reason: this.reason ?? 'not connected' });
    else if (this.#requests.has(key)) done.resolve({ kind: 'unanswered', reason: 'already being asked for' });
    else {
      const asked = Date.now();
      const timer = setTimeout(
        () => this.#answer(key, { kind: 'unanswered', reason: this.#silence(asked) }),
        REQUEST_MS,
      );
      this.#requests.set(key, { done, timer });
      this.#send(message);
    }
    return done.promise;
  }

  #silence(asked: number): string {
    const notice = this.#lastNotice;
    return notice !== null && notice.at >= asked
      ? `no answer; the hub said: ${notice.text.slice(0, 200)}`
      : 'no answer from the owner';
  }

  #answer(key: string, answer: RequestAnswer): void {
    const request = this.#requests.get(key);
    if (request === undefined) return;
    this.#requests.delete(key);
    clearTimeout(request.timer);
    request.done.resolve(answer);
  }

  #shareSoon(ms: number): void {
    if (this.#shareTimer !== null) return;
    this.#shareTimer = setTimeout(() => {
      this.#shareTimer = null;
      this.#shareSome();
    }, ms);
    this.#shareTimer.unref();
  }

  #shareSome(): void {
    const connection = this.#connection;
    if (connection === null || !this.online || this.#sharedRev >= this.#owner.revision()) return;
    if (connection.socket.writableLength > UNSENT_BYTES) {
      this.#shareSoon(SHARES_EVERY_MS * 5);
      return;
    }
    const changes = this.#owner.changesSince(this.#sharedRev, SHARES_AT_ONCE);
    for (const change of changes) this.#tellShare(change);
    this.#sharedRev = changes.at(-1)?.rev ?? this.#owner.revision();
    connection.kick();
    if (changes.length > 0) this.#shareSoon(SHARES_EVERY_MS);
  }

  #tellShare({ rev, wire, md5, size, kbps, hz, seconds, shared, added }: ShareChange): void {
    const first = rev <= this.#revAtLogin;
    if (first && shared === 0) return;
    if (shared === 0 || (!first && added < this.#loginAt)) this.#session?.send({ kind: 'unshare', path: wire });
    if (shared === 1) this.#session?.send({ kind: 'share', path: wire, hash: md5, size, kbps, hz, seconds });
  }
}

function keyOf(nick: ByteString, path: ByteString): string {
  return `${nick.toLowerCase()}\0${path}`;
}

/** Why a connection did not come about, for people. */
export function dialReason({ code = '', message }: NodeJS.ErrnoException): string {
  return DIAL_WORDS.get(code) ?? (code === '' ? message : code);
}

const DIAL_WORDS = new Map([
  ['ECONNREFUSED', 'nobody answers at that port'],
  ['ETIMEDOUT', 'no answer'],
  ['ENOTFOUND', 'that name has no address'],
  ['EAI_AGAIN', 'that name has no address'],
  ['EHOSTUNREACH', 'no way there from this network'],
  ['ENETUNREACH', 'no way there from this network'],
  ['ECONNRESET', 'the connection was cut'],
]);
