// The hub's state and its turns: who is on, what is shared, and what happens with a message. What each message does is
// in the rooms beside this file; `dispatch.ts` is the table.
import { randomBytes } from 'node:crypto';
import { type ByteString, type Log, readable, TokenBucket, WireError, wireText } from '#base';
import { type OwnerTraits, type Share, Search, SearchIndex } from '#search';
import type { Store } from '#store';
import { ipNumber, ServerSession, type ServerSink } from '#wire/napster';
import { AccessLists } from './access.ts';
import { Accounts } from './accounts.ts';
import { Audit } from './audit.ts';
import { Bans } from './bans.ts';
import { Channels } from './channels.ts';
import { Counters } from './counters.ts';
import { beforeLogin, handle } from './dispatch.ts';
import { Filters } from './filters.ts';
import { LEVEL } from './levels.ts';
import { LIMITS } from './limits.ts';
import { networkOf } from './masks.ts';
import type { HubValues } from './options.ts';
import { Passwords } from './passwords.ts';
import type { RelayDesk } from './relay.ts';
import { searchFrame } from './searching.ts';
import { shareDirectoryFrame, shareFrame } from './sharing.ts';
import { type Budget, type Line, type Purse, User } from './user.ts';
import { type Later, Work } from './work.ts';

/** What a hub needs from outside. */
export type HubDeps = {
  values: HubValues;
  store: Store;
  log: Log;
  later: Later;
  /** Unix ms. */
  wallMs(): number;
  motd: readonly string[];
  version: string;
  /** The certificate's fingerprint, or empty. */
  fingerprint: string;
  /** Sets one option while running (null: back to what it was started with); answers in words what became of it. */
  setVariable(name: string, value: string | null): string;
  /** Reads the configuration again, as SIGHUP does. */
  rehash(): void;
  /** Connects back to somebody's own address: see knock.ts. Null: not offered. */
  knock: ((address: string, port: number) => Promise<{ outcome: string; ms: number }>) | null;
};

const NO_LINE: Line = { kick: () => {}, pause: () => {}, resume: () => {}, destroy: () => {} };
/** Cost no message: shares have a budget of their own, the others honest clients send by the hundred. */
const UNCOUNTED = new Set([100, 102, 110, 207, 208, 218, 219, 220, 221, 870, 10300]);

/** Tokens a second and how many are saved up, of one user. */
type Rate = (values: HubValues) => readonly [rate: number, burst: number];
const RATES: Readonly<Record<Budget, Rate>> = {
  messages: ({ messagesPerSecond: rate }) => [rate, rate * 10],
  bytes: ({ bytesPerSecond: rate }) => [rate, rate * 20],
  shares: ({ sharesPerSecond: rate }) => [rate, rate * 4],
  talk: ({ talkPerMinute: rate }) => [rate / 60, Math.max(10, rate / 3)],
  searches: ({ searchesPerMinute: rate }) => [rate / 60, Math.max(10, rate / 2)],
  told: ({ privacyTold: rate }) => [rate / 3600, Math.max(10, rate / 4)],
};

export class Hub implements ServerSink<User> {
  values: HubValues;
  motd: readonly string[];
  readonly deps: HubDeps;
  readonly log: Log;
  readonly accounts: Accounts;
  readonly bans: Bans;
  readonly channels: Channels;
  readonly access: AccessLists;
  readonly filters: Filters;
  readonly audit: Audit;
  readonly passwords = new Passwords();
  readonly index = new SearchIndex(randomBytes(4).readUInt32LE());
  readonly counters = new Counters();
  readonly work: Work;
  /** Keys the proofs of unregistered logins, and the tokens of relays; new at each start. */
  readonly secret = randomBytes(32);
  /** By nick in lower case. */
  readonly users = new Map<string, User>();
  /** Moderators and above who are on. */
  readonly staff = new Set<User>();
  /** By owner number in the index. */
  readonly owners: (User | undefined)[] = [];
  /** Who wants to know when this nick comes and goes. */
  readonly watchers = new Map<string, Set<User>>();
  readonly whoWas = new Map<string, { nick: ByteString; address: string; at: number; client: ByteString }>();
  /** Connected, logged in or not. */
  connected = 0;
  compressed = 0;
  startedAt: number;
  /** ms of the clock that sessions are given. */
  now = 0;
  relay: RelayDesk | null = null;
  readonly #searches: Search[] = [];
  readonly #clones = new Map<string, number>();
  /** Budgets of addresses and networks, by `what:which`. */
  readonly #gates = new Map<string, TokenBucket>();
  /** Budgets that the users of an address or a network share. */
  readonly #shared = new Map<string, Purse>();
  #statsAt = 0;
  #tidyAt = 0;
  #expireAt = 0;

  constructor(deps: HubDeps) {
    const { values, store, log, later, motd } = deps;
    this.deps = deps;
    this.values = values;
    this.log = log;
    this.motd = motd;
    this.accounts = new Accounts(store);
    this.bans = new Bans(store, deps.wallMs());
    this.channels = new Channels(store);
    this.access = new AccessLists(store);
    this.filters = new Filters(store);
    this.audit = new Audit(store);
    this.audit.gathers = true;
    this.work = new Work(later, (error) => this.bug(error));
    this.startedAt = deps.wallMs();
  }

  // Connections -----------------------------------------------------------------------------------------------------

  /** Why a connection from there is not taken, in words; null: it is. */
  refusal(address: string, now: number): string | null {
    this.now = now;
    if (this.connected >= this.values.maxUsers + LIMITS.waitingRoom.value) return 'the hub is full; try again later';
    if (this.values.openLimits) return null;
    if (this.access.denies(address)) return 'connections from your address are not allowed';
    if (!this.gate('connects', networkOf(address), this.values.connectsPerMinute, now))
      return 'too many connections from your network; try again in a minute';
    const clones = this.#clones.get(address) ?? 0;
    const most = this.access.limit(address) ?? this.values.maxClones;
    return most > 0 && clones >= most ? `only ${most} connections from one address` : null;
  }

  /** A connection begins; its line is to be set right after. */
  accept(address: string, now: number): User {
    this.now = now;
    const session = new ServerSession<User>(this);
    const user = new User(session, NO_LINE, address, ipNumber(address));
    session.owner = user;
    session.deadline = now + LIMITS.loginMs.value;
    this.connected++;
    this.#clones.set(address, (this.#clones.get(address) ?? 0) + 1);
    return user;
  }

  frame(session: ServerSession<User>, type: number, bytes: Uint8Array, from: number, to: number, now: number): void {
    this.now = now;
    const user = session.owner as User;
    user.messages++;
    this.counters.messages++;
    this.counters.bytesIn += to - from + 4;
    try {
      if (user.state === 'online') this.#hear(user, type, bytes, from, to);
      else beforeLogin(this, user, type, text(bytes, from, to));
    } catch (error) {
      if (error instanceof WireError) throw error;
      this.bug(error, user, type);
    }
  }

  #hear(user: User, type: number, bytes: Uint8Array, from: number, to: number): void {
    if (type === 100) shareFrame(this, user, bytes, from, to);
    else if (type === 200) searchFrame(this, user, text(bytes, from, to));
    else if (type === 870) shareDirectoryFrame(this, user, bytes, from, to);
    else handle(this, user, type, text(bytes, from, to));
    if (!this.values.openLimits) this.#charge(user, type, to - from + 4);
  }

  /** A fault of ours, or a full disk: whoever met it is let go, everybody else stays. */
  bug(error: unknown, user: User | null = null, type = 0): void {
    this.counters.bugs++;
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log.error('bug', { type, nick: user?.nick ?? '', stack });
    user?.session.end(new Error('internal error'));
  }

  /** Something that ends later than its message; `user` is who is let go when it fails. */
  background(user: User, work: () => Promise<void>): void {
    work().catch((error: unknown) => this.bug(error, user));
  }

  /** Does what a message would, for a service that was asked in words. */
  perform(user: User, type: number, payload: ByteString): void {
    handle(this, user, type, payload);
  }

  due(session: ServerSession<User>, now: number): void {
    this.now = now;
    const user = session.owner as User;
    if (user.state === 'online') this.release(user);
    else if (user.state === 'new') session.end(new WireError('login-time', 'no login in time'));
  }

  closed(session: ServerSession<User>, why: Error | undefined): void {
    const user = session.owner as User;
    this.connected--;
    const clones = (this.#clones.get(user.address) ?? 1) - 1;
    if (clones === 0) this.#clones.delete(user.address);
    else this.#clones.set(user.address, clones);
    if (why instanceof WireError) this.log.debug('closed', { address: user.address, nick: user.nick, why: why.code });
    this.leave(user);
  }

  /** Answers 0 and closes: only before and during login. */
  refuse(user: User, words: string): void {
    this.counters.refused++;
    user.session.out.frame(0, wireText(words));
    user.line.kick();
    user.session.end(new WireError('refused', words));
  }

  /** Ends somebody's connection with words. */
  disconnect(user: User, words: string): void {
    user.notice(wireText(words));
    user.tell(316, '0');
    user.session.end(new Error(words));
    user.line.kick();
  }

  // Holding: somebody waits, nobody else does -----------------------------------------------------------------------

  hold(user: User): void {
    user.holds++;
    user.session.hold();
    user.line.pause();
  }

  release(user: User): void {
    if (user.holds === 0 || --user.holds > 0) return;
    user.line.resume();
    user.session.resume(this.now);
    user.line.kick();
  }

  /** Takes from a user's budget whether it is there or not; who is in debt waits. Returns the wait in ms. */
  charge(user: User, budget: Budget, count: number): number {
    if (this.values.openLimits) return 0;
    let waitMs = 0;
    for (const { buckets, factor } of this.#purses(user)) {
      const bucket = this.#bucketOf(buckets, budget, factor);
      bucket.force(count, this.now);
      waitMs = Math.max(waitMs, bucket.waitMs(0, this.now));
    }
    if (waitMs > 0) this.#delay(user, budget, waitMs);
    return waitMs;
  }

  /** The user's own bucket: for what is refused rather than waited for. */
  bucket(user: User, budget: Budget): TokenBucket {
    return this.#bucketOf((this.#purses(user)[0] as Purse).buckets, budget, 1);
  }

  /** What a user pays from: their own, their address's and their network's, which all its users share. */
  #purses(user: User): readonly Purse[] {
    user.purses ??= [
      { buckets: new Map(), factor: 1 },
      this.#sharedPurse(user.address, ADDRESS_FACTOR),
      this.#sharedPurse(networkOf(user.address), NETWORK_FACTOR),
    ];
    return user.purses;
  }

  #sharedPurse(key: string, factor: number): Purse {
    let purse = this.#shared.get(key);
    if (purse === undefined) {
      purse = { buckets: new Map(), factor };
      this.#shared.set(key, purse);
    }
    return purse;
  }

  #bucketOf(buckets: Map<Budget, TokenBucket>, budget: Budget, factor: number): TokenBucket {
    let bucket = buckets.get(budget);
    if (bucket === undefined) {
      const [rate, burst] = RATES[budget](this.values);
      bucket = new TokenBucket(rate * factor, burst * factor, this.now);
      buckets.set(budget, bucket);
    }
    return bucket;
  }

  /** New rates hold from now on. */
  forgetBudgets(): void {
    this.#shared.clear();
    for (const user of this.users.values()) user.purses = null;
  }

  /** Whether this address (or network) may do this once more; `perMinute` of them, and half of it at once. */
  gate(what: string, which: string, perMinute: number, now: number): boolean {
    if (this.values.openLimits) return true;
    const key = `${what}:${which}`;
    let bucket = this.#gates.get(key);
    if (bucket === undefined) {
      if (this.#gates.size >= LIMITS.gates.value) this.#forgetGates(now);
      bucket = new TokenBucket(perMinute / 60, Math.max(5, perMinute / 2), now);
      this.#gates.set(key, bucket);
    }
    return bucket.take(1, now);
  }

  #charge(user: User, type: number, bytes: number): void {
    if (user.state !== 'online') return;
    this.charge(user, 'bytes', bytes);
    if (!UNCOUNTED.has(type)) this.charge(user, 'messages', 1);
  }

  #delay(user: User, budget: Budget, waitMs: number): void {
    const { session } = user;
    const until = this.now + waitMs;
    if (session.deadline !== Number.POSITIVE_INFINITY) {
      session.deadline = Math.max(session.deadline, until);
      return;
    }
    this.hold(user);
    session.deadline = until;
    user.floods++;
    this.counters.flood(budget, user.nick, user.address, this.deps.wallMs());
  }

  #forgetGates(now: number): void {
    for (const [key, bucket] of this.#gates) if (bucket.isFull(now)) this.#gates.delete(key);
    // Under attack from more addresses than this: begin anew rather than grow.
    if (this.#gates.size >= LIMITS.gates.value) this.#gates.clear();
  }

  // People ----------------------------------------------------------------------------------------------------------

  find(nick: ByteString): User | null {
    return this.users.get(nick.toLowerCase()) ?? null;
  }

  /** What ends a result of theirs; to be made again when nick, address shown or speed change. */
  retail(user: User): void {
    user.tail = ` ${user.nick} ${this.values.privacy ? 0 : user.ip} ${user.speed}`;
  }

  /** Their port, speed or level has changed. */
  refresh(user: User): void {
    if (user.level >= LEVEL.moderator) this.staff.add(user);
    else this.staff.delete(user);
    this.retail(user);
    if (user.owner !== 0) this.index.setOwner(user.owner, this.traits(user));
  }

  traits(user: User): OwnerTraits {
    return {
      speed: user.speed,
      firewalled: user.firewalled,
      hidden: user.level === LEVEL.leech,
      label: user.tail,
    };
  }

  sharedBy(user: User): number {
    return user.owner === 0 ? 0 : this.index.filesOf(user.owner);
  }

  /** A user is gone: out of every list, and everybody who should know is told. */
  leave(user: User): void {
    const was = user.state;
    user.state = 'gone';
    this.staff.delete(user);
    if (was !== 'online') return;
    if (this.users.get(user.key) === user) {
      this.users.delete(user.key);
      for (const watcher of this.watchers.get(user.key) ?? []) watcher.tell(210, user.nick);
    }
    for (const channel of user.channels ?? []) {
      this.channels.leave(channel, user);
      channel.say(407, `${channel.name} ${user.nick} ${this.sharedBy(user)} ${user.speed}`);
    }
    for (const key of user.hotlist?.keys() ?? []) this.unwatch(key, user);
    if (user.owner !== 0) {
      this.index.removeOwner(user.owner);
      this.owners[user.owner] = undefined;
      user.owner = 0;
    }
    this.#remember(user);
    if (user.registered) this.accounts.touch(user.key, this.deps.wallMs(), user.address);
  }

  watch(key: string, user: User): void {
    const watchers = this.watchers.get(key) ?? new Set<User>();
    watchers.add(user);
    this.watchers.set(key, watchers);
  }

  unwatch(key: string, user: User): void {
    const watchers = this.watchers.get(key);
    watchers?.delete(user);
    if (watchers?.size === 0) this.watchers.delete(key);
  }

  /** A line to moderators who want notices. */
  notify(words: string): void {
    const line = wireText(words);
    for (const user of this.users.values()) if (user.level >= LEVEL.moderator && user.notices !== 0) user.notice(line);
  }

  /** What somebody did, on disk, in the log and to moderators. */
  record(actor: string, action: string, target: string, detail = ''): void {
    this.audit.write(this.deps.wallMs(), actor, action, target, readable(detail));
    this.log.info(action, { actor, target, detail: readable(detail) });
  }

  // Time ------------------------------------------------------------------------------------------------------------

  /** A search object that is free; give it back. */
  takeSearch(): Search {
    return this.#searches.pop() ?? new Search(this.index);
  }

  giveBack(search: Search): void {
    if (this.#searches.length < 16) this.#searches.push(search);
  }

  ownerOf(share: Share): User | undefined {
    return this.owners[this.index.ownerOf(share)];
  }

  /** Once a second: what is not urgent. */
  tick(now: number): void {
    this.now = now;
    this.counters.sample(this.users.size, this.index.totals.files);
    this.audit.flush();
    if (now >= this.#tidyAt) {
      this.#tidyAt = now + 60_000;
      this.bans.expire(this.deps.wallMs());
      this.accounts.flush();
      this.#forgetOld(now);
    }
    if (now >= this.#expireAt) {
      this.#expireAt = now + 3_600_000;
      const gone = this.accounts.expire(this.deps.wallMs() - this.values.nickExpireDays * 86_400_000);
      if (gone > 0) this.record('hub', 'expire', '*', `${gone} accounts unused for ${this.values.nickExpireDays} days`);
    }
    if (now >= this.#statsAt) {
      this.#statsAt = now + 60_000;
      this.#tellStats();
    }
  }

  /** Does a little of what leaving people left behind; true: there is more. */
  tidy(): boolean {
    return this.index.tidy(5000);
  }

  /** The payload of 214: users, files, whole gigabytes. */
  stats(): ByteString {
    const { files, bytes } = this.index.totals;
    return `${this.users.size} ${files} ${Math.floor(bytes / 2 ** 30)}`;
  }

  #tellStats(): void {
    const stats = this.stats();
    const users = [...this.users.values()];
    let at = 0;
    this.work.add({
      turn: () => {
        for (const end = Math.min(users.length, at + 500); at < end; at++) users[at]?.tell(214, stats);
        return at < users.length ? 'more' : 'done';
      },
      finished: () => {},
    });
  }

  #remember(user: User): void {
    if (this.whoWas.size >= LIMITS.whoWas.value) {
      const [oldest] = this.whoWas.keys();
      if (oldest !== undefined) this.whoWas.delete(oldest);
    }
    this.whoWas.delete(user.key);
    this.whoWas.set(user.key, { nick: user.nick, address: user.address, at: this.now, client: user.client });
  }

  #forgetOld(now: number): void {
    for (const [key, { at }] of this.whoWas) {
      if (at > now - LIMITS.whoWasMs.value) break;
      this.whoWas.delete(key);
    }
    for (const [key, bucket] of this.#gates) if (bucket.isFull(now)) this.#gates.delete(key);
    // Who still holds a purse that is forgotten here owes nothing; a new one begins full as well.
    for (const [key, { buckets }] of this.#shared)
      if ([...buckets.values()].every((bucket) => bucket.isFull(now))) this.#shared.delete(key);
  }
}

/** What the users of one address, and of one network, may do together, as multiples of what one may. */
const ADDRESS_FACTOR = 4;
const NETWORK_FACTOR = 40;
const slice = Buffer.prototype.latin1Slice;

function text(bytes: Uint8Array, from: number, to: number): ByteString {
  return from === to ? '' : slice.call(bytes, from, to);
}
