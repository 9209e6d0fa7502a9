// What an operator can do, as verbs: the same for the page, for `hub admin` on a running hub, and for `hub admin` on the
// data folder of one that does not run (`live` is null). Each verb writes disk first, then the audit log, then acts on
// whoever is there. Texts of people come in as they type them; byte strings begin behind this desk.
import { setImmediate as breath } from 'node:timers/promises';
import {
  HUB_FILTER_KINDS,
  type HubBan,
  type HubBanned,
  type HubBanPreview,
  type HubFilter,
  type HubFiltered,
  type HubFilterKind,
  type HubFilterPreview,
} from '#api';
import { type ByteString, Failure, fold, harmless, type Log, readable, wireText } from '#base';
import type { Account } from '../accounts.ts';
import { NO_PASSWORD } from '../accounts.ts';
import { type Ban } from '../bans.ts';
import { MODE } from '../channel.ts';
import { type FilterRow, filterMatches, isPattern } from '../filters.ts';
import { FLAG, LEVEL, LEVEL_NAMES, type Level } from '../levels.ts';
import { formatMask, isChannelName, isNick, type Mask, maskMatches, parseMask } from '../masks.ts';
import type { BooksWithStore, LiveHub, UserNow } from './needs.ts';

/** Who acts, for the audit log, and the highest level that this one may act on. */
export type Actor = { readonly name: string; readonly mayActOn: Level };

const YEAR_SECONDS = 366 * 86_400;
const DRY_RUN_FILES = 200_000;
const DRY_RUN_SEARCHES = 2_000;
const SHOWN = 20;

export class Desk {
  readonly books: BooksWithStore;
  readonly live: LiveHub | null;
  readonly now: () => number;
  readonly #log: Log;

  constructor(books: BooksWithStore, live: LiveHub | null, now: () => number, log: Log) {
    this.#log = log;
    this.books = books;
    this.live = live;
    this.now = now;
  }

  // Accounts --------------------------------------------------------------------------------------------------------

  async register(name: string, password: string, level: Level, by: Actor): Promise<Account> {
    const nick = nickOf(name);
    if (this.#account(nick) !== null)
      throw new Failure(`${name} is registered already; \`password\` and \`level\` change it`);
    this.#mayAct(level, by);
    const hash = await this.books.passwords.hash(wireText(password));
    const account = this.books.accounts.save(nick, { password: hash, level }, this.now());
    this.#wrote(by, 'register', nick, LEVEL_NAMES[level]);
    this.live?.refresh(nick, level, account.flags);
    return account;
  }

  async setPassword(name: string, password: string, by: Actor): Promise<void> {
    const account = this.#mustAccount(name);
    this.#mayAct(account.level, by);
    const hash = await this.books.passwords.hash(wireText(password));
    this.books.accounts.save(account.nick, { password: hash }, this.now());
    this.#wrote(by, 'set password', account.nick);
  }

  /** Makes the account where there is none: nobody can log in to it before a password is set. */
  setLevel(name: string, level: Level, by: Actor): void {
    const nick = nickOf(name);
    this.#mayAct(Math.max(level, this.#levelOf(nick)) as Level, by);
    const { flags } = this.books.accounts.save(nick, { level }, this.now());
    this.#wrote(by, 'level', nick, LEVEL_NAMES[level]);
    this.live?.refresh(nick, level, flags);
  }

  muzzle(name: string, on: boolean, reason: string, by: Actor): void {
    const nick = nickOf(name);
    const level = this.#levelOf(nick);
    this.#mayAct(level, by);
    const before = this.#account(nick);
    if (before === null && this.live?.user(nick) == null) throw new Failure(`nobody is called ${name}`);
    const was = this.live?.user(nick)?.flags ?? before?.flags ?? 0;
    const flags = on ? was | FLAG.muzzled : was & ~FLAG.muzzled;
    // A nick that is not registered is anybody's: its flags end with the session.
    if (before !== null) this.books.accounts.save(nick, { flags }, this.now());
    this.#wrote(by, on ? 'muzzle' : 'unmuzzle', nick, reason);
    this.live?.refresh(nick, level, flags);
  }

  kill(name: string, reason: string, by: Actor): void {
    const nick = nickOf(name);
    const user = this.#mustLive().user(nick);
    if (user === null) throw new Failure(`${name} is not here now`);
    this.#mayAct(user.level, by);
    this.#wrote(by, 'kill', nick, reason);
    this.live?.end(nick, `You have been disconnected by ${by.name}: ${reason}`);
  }

  removeAccount(name: string, by: Actor): void {
    const account = this.#mustAccount(name);
    this.#mayAct(account.level, by);
    this.books.accounts.remove(account.nick);
    this.#wrote(by, 'remove account', account.nick);
  }

  announce(text: string, by: Actor): void {
    this.#mustLive().announce(wireText(text), by.name);
    this.#wrote(by, 'announce', '', text);
  }

  // Bans ------------------------------------------------------------------------------------------------------------

  previewBan(text: string): HubBanPreview {
    const mask = maskOf(text);
    const users = this.#matching(mask);
    const warnings: string[] = [];
    const all = this.live?.counts().users ?? 0;
    if (mask.nick === '*' && mask.address === '*') warnings.push('this mask meets everybody');
    else if (users.length > 10 && users.length > all / 5) warnings.push(`this meets ${users.length} of ${all} users`);
    const staff = users.filter(({ level }) => level >= LEVEL.moderator).map(({ nick }) => readable(nick));
    if (staff.length > 0) warnings.push(`moderators are not banned: ${staff.slice(0, 5).join(', ')}`);
    const met = users.filter(({ level }) => level < LEVEL.moderator);
    return {
      mask: readable(formatMask(mask)),
      users: met.length,
      nicks: met.slice(0, 50).map(({ nick }) => readable(nick)),
      accounts: mask.address === '*' ? this.#accountsLike(mask.nick) : 0,
      warnings,
    };
  }

  /** On disk when it returns; who is met is told why and until when, and ended. */
  ban(text: string, reason: string, seconds: number, by: Actor): HubBanned {
    const mask = maskOf(text);
    if (mask.nick === '*' && mask.address === '*')
      throw new Failure('a ban of everybody is refused; close the port instead');
    if (reason.trim() === '') throw new Failure('a ban needs a reason');
    if (!(seconds >= 60 && seconds <= YEAR_SECONDS)) throw new Failure('a ban lasts from a minute to a year');
    const now = this.now();
    const until = now + seconds * 1000;
    const ban = this.books.bans.add(formatMask(mask), by.name, wireText(reason), until, now);
    if (ban === null) throw new Failure('there are too many bans; lift old ones first');
    this.#wrote(by, 'ban', formatMask(mask), `${reason} (until ${new Date(until).toISOString()})`);
    let ended = 0;
    for (const { nick, level } of this.#matching(mask)) {
      if (level >= LEVEL.moderator) continue;
      if (this.live?.end(nick, `You are banned until ${clock(until)}: ${reason}`) === true) ended++;
    }
    return { ban: banFor(ban), ended };
  }

  /** `which`: `#5`, or the mask as it was set. */
  liftBan(which: string, by: Actor): HubBan[] {
    const lifted = this.books.bans.lift(wireText(which), by.name, this.now());
    if (lifted.length === 0) throw new Failure(`no ban holds for ${which}`);
    for (const { mask, id } of lifted) this.#wrote(by, 'unban', formatMask(mask), `#${id}`);
    return lifted.map(banFor);
  }

  // Rooms -----------------------------------------------------------------------------------------------------------

  closeRoom(name: string, reason: string, by: Actor): void {
    if (!this.#mustLive().clearRoom(wireText(name), `${name} was closed by ${by.name}: ${reason}`))
      throw new Failure(`there is no room ${name}`);
    this.#wrote(by, 'close room', wireText(name), reason);
  }

  setTopic(name: string, topic: string, by: Actor): void {
    if (!this.#mustLive().setTopic(wireText(name), wireText(topic))) throw new Failure(`there is no room ${name}`);
    this.#wrote(by, 'topic', wireText(name), topic);
  }

  /** A registered channel, made or changed; what is undefined stays. */
  saveChannel(name: string, changes: { topic?: string; limit?: number; level?: Level }, by: Actor): void {
    const key = wireText(name);
    if (!isChannelName(key)) throw new Failure(`"${name}" is no name of a channel`);
    const channel = this.books.channels.find(key) ?? this.books.channels.open(key);
    if (channel === null) throw new Failure('there are too many channels');
    channel.modes |= MODE.REGISTERED;
    if (changes.topic !== undefined) channel.topic = wireText(changes.topic).slice(0, 255);
    if (changes.limit !== undefined) channel.limit = changes.limit;
    if (changes.level !== undefined) channel.level = changes.level;
    this.books.channels.save(channel);
    this.#wrote(by, 'register channel', key);
  }

  dropChannel(name: string, by: Actor): void {
    const channel = this.books.channels.find(wireText(name));
    if (channel === null || !channel.has('REGISTERED')) throw new Failure(`there is no registered channel ${name}`);
    channel.modes &= ~MODE.REGISTERED;
    this.books.channels.save(channel);
    this.#wrote(by, 'drop channel', channel.name);
  }

  // Filters ---------------------------------------------------------------------------------------------------------

  filters(): HubFilter[] {
    return this.books.filters.list().map(filterFor);
  }

  /** What a filter would meet if it were there: shared files now, searches since the start. Changes nothing. */
  async previewFilter(kind: HubFilterKind, pattern: string): Promise<HubFilterPreview> {
    const warnings: string[] = [];
    if (fold(pattern).trim() === '') throw new Failure('a filter needs something to look for');
    if (pattern.length > 200) throw new Failure('a pattern has 1 to 200 characters');
    if (kind === 'pattern' && !isPattern(pattern))
      throw new Failure('not a regular expression, or one that could take for ever');
    const looksAtSearches = kind === 'word' || kind === 'pattern' || kind === 'search';
    const seen = { files: 0, searches: 0, met: 0, asked: 0, owners: new Set<string>() };
    const paths: string[] = [];
    if (kind !== 'search')
      for (const { nick } of this.live?.users() ?? []) {
        if (seen.files >= DRY_RUN_FILES) break;
        for (const { path, hash } of this.live?.files(nick, DRY_RUN_FILES) ?? []) {
          seen.files++;
          if (!filterMatches(kind, pattern, path, hash)) continue;
          seen.met++;
          seen.owners.add(nick);
          if (paths.length < SHOWN) paths.push(readable(path));
        }
        // One person's files at once, then others have their turn.
        await breath();
      }
    const texts: string[] = [];
    if (looksAtSearches)
      for (const { words, times } of this.live?.asked(DRY_RUN_SEARCHES, false) ?? []) {
        seen.searches += times;
        if (!filterMatches(kind, pattern, words, '')) continue;
        seen.asked += times;
        if (texts.length < SHOWN) texts.push(readable(words));
      }
    if (seen.files >= DRY_RUN_FILES) warnings.push(`only the first ${DRY_RUN_FILES} shared files were looked at`);
    if (seen.files > 50 && seen.met > seen.files / 10)
      warnings.push(`this takes down ${seen.met} of ${seen.files} shared files`);
    if (this.live === null) warnings.push('the hub does not run: nothing to look at');
    return {
      looked: { files: seen.files, searches: seen.searches },
      files: seen.met,
      owners: seen.owners.size,
      searches: seen.asked,
      paths,
      texts,
      warnings,
    };
  }

  async addFilter(kind: HubFilterKind, pattern: string, by: Actor): Promise<HubFiltered> {
    const known = new Set(this.books.filters.list().map(({ id }) => id));
    const wrong = this.books.filters.add(kind, pattern, by.name, this.now());
    if (wrong !== null) throw new Failure(wrong);
    const rows = this.books.filters.list();
    const row =
      rows.find(({ id }) => !known.has(id)) ?? rows.find((one) => one.kind === kind && one.pattern === fold(pattern));
    const action = kind === 'name' || kind === 'hash' ? 'take down' : 'add filter';
    const takenDown = (await this.live?.applyFilters()) ?? 0;
    this.#wrote(by, action, `${kind}:${pattern}`, `${takenDown} shared files removed`);
    return { filter: filterFor(row ?? (rows.at(-1) as FilterRow)), takenDown };
  }

  async setFilter(id: number, enabled: boolean, by: Actor): Promise<HubFiltered> {
    if (!this.books.filters.enable(id, enabled)) throw new Failure(`there is no filter #${id}`);
    const row = this.books.filters.list().find((one) => one.id === id) as FilterRow;
    this.#wrote(by, enabled ? 'enable filter' : 'rest filter', `${row.kind}:${row.pattern}`);
    return { filter: filterFor(row), takenDown: enabled ? ((await this.live?.applyFilters()) ?? 0) : 0 };
  }

  dropFilter(id: number, by: Actor): void {
    const row = this.books.filters.list().find((one) => one.id === id);
    if (row === undefined || !this.books.filters.remove(id)) throw new Failure(`there is no filter #${id}`);
    this.#wrote(by, 'remove filter', `${row.kind}:${row.pattern}`);
  }

  // Inside ----------------------------------------------------------------------------------------------------------

  #matching(mask: Mask): UserNow[] {
    const users: UserNow[] = [];
    for (const user of this.live?.users() ?? []) if (maskMatches(mask, user.nick, user.address)) users.push(user);
    return users;
  }

  #accountsLike(glob: string): number {
    const escaped = glob.replaceAll('[', '[[]');
    return Number(
      this.books.store.prepare('SELECT count(*) AS n FROM account WHERE key GLOB ?').get(escaped)?.['n'] ?? 0,
    );
  }

  #account(nick: ByteString): Account | null {
    return this.books.accounts.find(nick);
  }

  #mustAccount(name: string): Account {
    const account = this.#account(wireText(name));
    if (account === null) throw new Failure(`there is no account ${name}`);
    return account;
  }

  #levelOf(nick: ByteString): Level {
    return this.live?.user(nick)?.level ?? this.#account(nick)?.level ?? LEVEL.user;
  }

  #mustLive(): LiveHub {
    if (this.live === null) throw new Failure('the hub does not run');
    return this.live;
  }

  #mayAct(level: Level, by: Actor): void {
    if (level > by.mayActOn) throw new Failure(`${by.name} may not act on ${LEVEL_NAMES[level]}s`);
  }

  #wrote(by: Actor, action: string, target: ByteString, detail = ''): void {
    const fields = { actor: by.name, target: readable(target), detail: harmless(detail, 500) };
    this.books.audit.write(this.now(), fields.actor, action, fields.target, fields.detail);
    this.#log.info(action.replaceAll(' ', '-'), fields);
  }
}

export function banFor({ id, mask, setter, reason, at, until }: Ban): HubBan {
  return {
    id,
    mask: readable(formatMask(mask)),
    setter: readable(setter),
    reason: readable(reason),
    at,
    until,
    lifted: null,
    liftedBy: null,
  };
}

function filterFor({ id, kind, pattern, setter, at, enabled }: FilterRow): HubFilter {
  return { id, kind, pattern, setter, at, enabled: enabled === 1 };
}

export function isFilterKind(text: string): text is HubFilterKind {
  return (HUB_FILTER_KINDS as readonly string[]).includes(text);
}

function nickOf(name: string): ByteString {
  const nick = wireText(name);
  if (!isNick(nick)) throw new Failure(`"${harmless(name, 40)}" is no nick`);
  return nick;
}

function maskOf(text: string): Mask {
  const mask = parseMask(wireText(text.trim()));
  if (mask === null || /\s/.test(text.trim()))
    throw new Failure(`"${harmless(text, 60)}" is no mask; one is nick!address`);
  return mask;
}

/** `2026-11-24 23:05 UTC`: the banned may live anywhere. */
export function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function isClosed(account: Account): boolean {
  return account.password === NO_PASSWORD;
}
