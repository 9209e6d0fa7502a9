// A hub in memory for the operator's tests: real books in a SQLite of their own, made-up people.
import { type ByteString, seeded, wholeBelow } from '#base';
import { openStore, type Store } from '#store';
import { AccessLists } from '../../access.ts';
import { Accounts } from '../../accounts.ts';
import { Audit } from '../../audit.ts';
import { Bans } from '../../bans.ts';
import { Channels } from '../../channels.ts';
import { Filters } from '../../filters.ts';
import { FLAG, LEVEL, type Level } from '../../levels.ts';
import { Passwords } from '../../passwords.ts';
import { SCHEMA } from '../../schema.ts';
import type {
  Asked,
  BooksWithStore,
  Counts,
  Doubted,
  LiveHub,
  RoomNow,
  SharedFile,
  Slowed,
  UserNow,
} from '../needs.ts';

export const NO_COUNTS: Counts = {
  users: 0,
  files: 0,
  bytes: 0,
  rooms: 0,
  connections: 0,
  compressed: 0,
  answersWaiting: 0,
  hashesWaiting: 0,
  messages: 0,
  searches: 0,
  logins: 0,
  refused: 0,
  bytesIn: 0,
  brokered: 0,
  bytesBrokered: 0,
  relayedBytes: 0,
  searchTimes: [0, 0, 0, 0],
  searchEdgesMs: [0.1, 1, 10],
};

export function openBooks(store: Store = openStore(':memory:', SCHEMA), now = Date.now()): BooksWithStore {
  return {
    store,
    accounts: new Accounts(store),
    bans: new Bans(store, now),
    channels: new Channels(store),
    access: new AccessLists(store),
    filters: new Filters(store),
    audit: new Audit(store),
    passwords: new Passwords(),
  };
}

/** People, rooms and files that tests set, and what was done to them. */
export class World implements LiveHub {
  readonly startedAt: number;
  readonly people = new Map<string, UserNow>();
  readonly places: RoomNow[] = [];
  readonly shared: SharedFile[] = [];
  slow: Slowed[] = [];
  doubtful: { nick: ByteString; path: ByteString }[] = [];
  searched: Asked[] = [];
  sums: Counts = NO_COUNTS;
  /** What was done, as `end nick`. */
  readonly done: string[] = [];
  blocks: (file: SharedFile) => boolean = () => false;

  constructor(startedAt: number) {
    this.startedAt = startedAt;
  }

  add(nick: string, more: Partial<UserNow> = {}): UserNow {
    const user: UserNow = {
      nick,
      level: LEVEL.user,
      flags: 0,
      registered: false,
      address: '192.0.2.1',
      dataPort: 6699,
      client: 'nap v0.9',
      line: 7,
      since: this.startedAt,
      encrypted: false,
      files: 0,
      bytes: 0,
      downloads: 0,
      uploads: 0,
      rooms: [],
      messages: 0,
      searches: 0,
      ...more,
    };
    this.people.set(nick.toLowerCase(), user);
    return user;
  }

  counts(): Counts {
    let files = 0;
    let bytes = 0;
    for (const user of this.people.values()) {
      files += user.files;
      bytes += user.bytes;
    }
    return { ...this.sums, users: this.people.size, files, bytes, rooms: this.places.length };
  }

  users(): Iterable<UserNow> {
    return this.people.values();
  }

  user(nick: ByteString): UserNow | null {
    return this.people.get(nick.toLowerCase()) ?? null;
  }

  rooms(): Iterable<RoomNow> {
    return this.places;
  }

  slowed(): Iterable<Slowed> {
    return this.slow;
  }

  asked(limit: number, missing: boolean): readonly Asked[] {
    return this.searched.filter(({ found }) => !missing || found === 0).slice(0, limit);
  }

  doubted(): Doubted {
    return { blocked: 3, doubts: this.doubtful.length, last: this.doubtful };
  }

  files(nick: ByteString, limit: number): Iterable<SharedFile> {
    return this.shared.filter((file) => file.nick === nick).slice(0, limit);
  }

  end(nick: ByteString, words: string): boolean {
    this.done.push(`end ${nick}: ${words}`);
    return this.people.delete(nick.toLowerCase());
  }

  refresh(nick: ByteString, level: Level, flags: number): void {
    const user = this.user(nick);
    if (user !== null) this.add(user.nick, { ...user, level, flags });
    this.done.push(`refresh ${nick} ${level} ${(flags & FLAG.muzzled) !== 0 ? 'muzzled' : ''}`.trimEnd());
  }

  announce(words: ByteString, by: string): void {
    this.done.push(`announce ${by}: ${words}`);
  }

  clearRoom(name: ByteString, words: string): boolean {
    const at = this.places.findIndex((room) => room.name.toLowerCase() === name.toLowerCase());
    if (at < 0) return false;
    this.places.splice(at, 1);
    this.done.push(`clear ${name}: ${words}`);
    return true;
  }

  setTopic(name: ByteString, topic: ByteString): boolean {
    const at = this.places.findIndex((room) => room.name.toLowerCase() === name.toLowerCase());
    if (at < 0) return false;
    this.places[at] = { ...(this.places[at] as RoomNow), topic };
    return true;
  }

  async applyFilters(): Promise<number> {
    const left = this.shared.filter((file) => !this.blocks(file));
    return this.shared.splice(0, this.shared.length, ...left).length - left.length;
  }
}

const CLIENTS = ['v2.0 BETA 8', 'nap v0.9', 'TekNap-1.3g', 'Lopster 1.2.2', 'WinMX v2.6', 'Peershield 0.1'] as const;
const WORDS = [
  'amber',
  'bells',
  'cold',
  'drift',
  'echo',
  'field',
  'glass',
  'harbour',
  'iron',
  'june',
  'lake',
  'moon',
] as const;

/** A busy evening: `users` people with files, rooms, searches and one who floods. The same for the same seed. */
export function crowd(users: number, now: number, seed = 7): World {
  const chance = seeded(seed);
  const world = new World(now - 5 * 3_600_000);
  const word = (): string => WORDS[wholeBelow(WORDS.length, chance)] as string;
  for (let i = 0; i < users; i++) {
    const files = wholeBelow(900, chance);
    world.add(`${word()}${word()}${i}`.slice(0, 19), {
      address: `198.51.${wholeBelow(100, chance)}.${wholeBelow(254, chance) + 1}`,
      client: CLIENTS[wholeBelow(CLIENTS.length, chance)] as string,
      line: wholeBelow(11, chance),
      dataPort: chance() < 0.3 ? 0 : 6699,
      registered: chance() < 0.5,
      encrypted: chance() < 0.2,
      files,
      bytes: files * (3_000_000 + wholeBelow(4_000_000, chance)),
      since: now - wholeBelow(5 * 3_600_000, chance),
      messages: wholeBelow(4000, chance),
      searches: wholeBelow(300, chance),
      level: i === 0 ? LEVEL.admin : i < 4 ? LEVEL.moderator : LEVEL.user,
      uploads: wholeBelow(4, chance),
      downloads: wholeBelow(3, chance),
    });
  }
  for (let i = 0; i < Math.min(40, users); i++)
    world.places.push({
      name: `${word()}_${i}`,
      topic: `all about ${word()} and ${word()}`,
      users: wholeBelow(120, chance) + 1,
      level: LEVEL.leech,
      limit: i % 5 === 0 ? 200 : 0,
      registered: i % 4 === 0,
      moderated: i % 9 === 0,
      private: i % 11 === 0,
    });
  for (let i = 0; i < users * 5; i++) {
    const path = `\\music\\${word()} ${word()}\\${word()} ${word()} - ${word()}.mp3`;
    world.shared.push({
      nick: [...world.people.values()][i % users]?.nick ?? '',
      path,
      hash: i.toString(16).padStart(32, '0'),
    });
  }
  for (let i = 0; i < 60; i++)
    world.searched.push({ words: `${word()} ${word()}`, times: 400 - i * 6, found: i % 4 === 0 ? 0 : 12 + i });
  return world;
}
