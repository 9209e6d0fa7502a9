// Fits the running hub to what the operator's side needs. Reads only what is there already; acts by the hub's own verbs.
import { setImmediate as breath } from 'node:timers/promises';
import { type ByteString, wireText } from '#base';
import type { Channel } from '../channel.ts';
import type { Hub } from '../hub.ts';
import { FLAG, type Level } from '../levels.ts';
import type { HubValues } from '../options.ts';
import { part } from '../rooms.ts';
import type { Budget, User } from '../user.ts';
import type { Asked, Counts, LiveHub, RoomNow, SharedFile, Slowed, UserNow } from './needs.ts';

const BOUNDS: Readonly<Record<Budget, (values: HubValues) => string>> = {
  messages: ({ messagesPerSecond }) => `${messagesPerSecond} messages a second`,
  bytes: ({ bytesPerSecond }) => `${bytesPerSecond} bytes a second`,
  shares: ({ sharesPerSecond }) => `${sharesPerSecond} shares a second`,
  talk: ({ talkPerMinute }) => `${talkPerMinute} lines of talk a minute`,
  searches: ({ searchesPerMinute }) => `${searchesPerMinute} searches a minute`,
  told: ({ privacyTold }) => `${privacyTold} addresses told an hour`,
};

/** Files looked at before others have their turn: about 2 ms. */
const AT_ONCE = 1000;

export function liveOf(hub: Hub): LiveHub {
  // The hub's clock runs from the start of the process: one offset makes Unix times of it that do not wander.
  const offset = Math.round(hub.deps.wallMs() - performance.now());
  const userNow = (user: User): UserNow => userOf(hub, user, offset);
  return {
    startedAt: hub.startedAt,
    counts: () => countsOf(hub),
    *users() {
      for (const user of hub.users.values()) yield userNow(user);
    },
    user: (nick) => {
      const user = hub.find(nick);
      return user === null ? null : userNow(user);
    },
    *rooms() {
      for (const channel of hub.channels) yield roomOf(channel);
    },
    *slowed() {
      for (const flood of hub.counters.floods.values()) yield slowedOf(hub, flood);
    },
    asked: (limit, missing): readonly Asked[] => hub.counters.asked(limit, missing),
    doubted: () => ({ blocked: hub.counters.blocked, doubts: hub.counters.doubts, last: hub.counters.doubted }),
    files: (nick, limit) => filesOf(hub, nick, limit),
    end: (nick, words) => {
      const user = hub.find(nick);
      if (user !== null) hub.disconnect(user, words);
      return user !== null;
    },
    refresh: (nick, level, flags) => refresh(hub, nick, level, flags),
    announce: (words, by) => {
      for (const user of hub.users.values()) user.tell(628, `${wireText(by)} ${words}`);
    },
    clearRoom: (name, words) => clearRoom(hub, name, words),
    setTopic: (name, topic) => setTopic(hub, name, topic),
    applyFilters: () => applyFilters(hub),
  };
}

function userOf(hub: Hub, user: User, offset: number): UserNow {
  return {
    nick: user.nick,
    level: user.level,
    flags: user.flags,
    registered: user.registered,
    address: user.address,
    dataPort: user.port,
    client: user.client,
    line: user.speed,
    since: Math.round(user.since + offset),
    encrypted: user.encrypted,
    files: hub.sharedBy(user),
    bytes: user.owner === 0 ? 0 : hub.index.bytesOf(user.owner),
    downloads: user.downloads,
    uploads: user.uploads,
    rooms: [...(user.channels ?? [])].map(({ name }) => name),
    messages: user.messages,
    searches: user.searches,
  };
}

function countsOf(hub: Hub): Counts {
  const { files, bytes } = hub.index.totals;
  const { messages, searches, logins, refused, bytesIn, brokered, bytesBrokered, relayedBytes } = hub.counters;
  return {
    users: hub.users.size,
    files,
    bytes,
    rooms: hub.channels.size,
    connections: hub.connected,
    compressed: hub.compressed,
    answersWaiting: hub.work.length,
    hashesWaiting: hub.passwords.queued,
    messages,
    searches,
    logins,
    refused,
    bytesIn,
    brokered,
    bytesBrokered,
    relayedBytes,
    searchTimes: hub.counters.searchTimes,
    searchEdgesMs: hub.counters.edges,
  };
}

function roomOf(channel: Channel): RoomNow {
  return {
    name: channel.name,
    topic: channel.topic,
    users: channel.members.size,
    level: channel.level,
    limit: channel.limit,
    registered: channel.has('REGISTERED'),
    moderated: channel.has('MODERATED'),
    private: channel.has('PRIVATE'),
  };
}

function slowedOf(hub: Hub, flood: Omit<Slowed, 'bound'> & { budget: Budget }): Slowed {
  return { ...flood, bound: BOUNDS[flood.budget](hub.values) };
}

function* filesOf(hub: Hub, nick: ByteString, limit: number): Generator<SharedFile> {
  const user = hub.find(nick);
  if (user === null || user.owner === 0) return;
  let share = hub.index.nextOf(user.owner, 0);
  for (let count = 0; share !== 0 && count < limit; count++) {
    yield { nick: user.nick, path: hub.index.pathOf(share), hash: hub.index.hashOf(share) };
    share = hub.index.nextOf(user.owner, share);
  }
}

function refresh(hub: Hub, nick: ByteString, level: Level, flags: number): void {
  const user = hub.find(nick);
  if (user === null) return;
  const muzzled = ((user.flags ^ flags) & FLAG.muzzled) !== 0;
  const promoted = user.level !== level;
  user.level = level;
  user.flags = flags;
  hub.refresh(user);
  if (muzzled)
    user.notice((flags & FLAG.muzzled) === 0 ? 'you may talk again' : 'you have been muzzled by the operator');
  if (promoted) user.notice('the operator changed your user level');
}

function clearRoom(hub: Hub, name: ByteString, words: string): boolean {
  const room = hub.channels.find(name);
  if (room === null) return false;
  for (const member of room.members) {
    part(hub, room, member);
    member.notice(wireText(words));
  }
  return true;
}

function setTopic(hub: Hub, name: ByteString, topic: ByteString): boolean {
  const room = hub.channels.find(name);
  if (room === null) return false;
  room.topic = topic;
  if (room.has('REGISTERED')) hub.channels.save(room);
  room.say(410, `${room.name} ${topic}`);
  return true;
}

/** One person's files at once, then others have their turn: nobody waits while a million files are looked through. */
async function applyFilters(hub: Hub): Promise<number> {
  let removed = 0;
  let looked = 0;
  for (const user of hub.users.values()) {
    const blocked: ByteString[] = [];
    for (const { path, hash } of filesOf(hub, user.nick, Number.POSITIVE_INFINITY)) {
      looked++;
      if (hub.filters.blocks(path, hash)) blocked.push(path);
    }
    for (const path of blocked) if (hub.index.remove(user.owner, path)) removed++;
    if (blocked.length > 0)
      user.notice(`the operator does not allow ${blocked.length} of your files; they are not shared any more`);
    if (looked < AT_ONCE) continue;
    looked = 0;
    await breath();
  }
  return removed;
}
