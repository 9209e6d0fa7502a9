// Channels. Names are kept as they were written; in their order the answers are what clients wait for.
import type { ByteString } from '#base';
import { LIMITS as WIRE } from '#wire/napster';
import { type Channel, MODE, type ModeName } from './channel.ts';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { LEVEL, LEVEL_NAMES, parseLevel } from './levels.ts';
import { LIMITS } from './limits.ts';
import { formatMask, isChannelName, parseMask } from './masks.ts';
import { DISK_WRITE, isMuzzled } from './people.ts';
import { runInTurns } from './searching.ts';
import type { User } from './user.ts';
import type { Turn } from './work.ts';

export const rooms: Handlers = {
  join: (hub, user, { channel }) => join(hub, user, channel),
  part: (hub, user, { channel }) => {
    const room = memberOf(hub, user, channel);
    if (room !== null) part(hub, room, user);
  },
  talk: (hub, user, { channel, text }) => {
    const room = memberOf(hub, user, channel);
    if (room === null || !mayTalk(user, room)) return;
    hub.charge(user, 'talk', 1);
    hub.counters.said++;
    room.say(403, `${room.name} ${shownNick(user)} ${text}`.slice(0, WIRE.talk.value));
  },
  emote: (hub, user, { channel, text }) => {
    const room = memberOf(hub, user, channel);
    if (room === null || !mayTalk(user, room)) return;
    hub.charge(user, 'talk', 1);
    const start = `${room.name} ${shownNick(user)} "`;
    room.say(824, `${start}${text.slice(0, WIRE.talk.value - start.length - 1)}"`);
  },
  topic: (hub, user, { channel, text }) => {
    const room = found(hub, user, channel);
    if (room === null) return;
    if (text === undefined || text === '') {
      user.tell(410, `${room.name} ${room.topic}`);
      return;
    }
    if (!room.isOp(user) && !(room.has('TOPIC') && room.members.has(user))) {
      user.notice('permission denied');
      return;
    }
    room.topic = text.replace(LINE_ENDS, ' ').slice(0, LIMITS.topic.value);
    save(hub, user, room);
    room.say(410, `${room.name} ${room.topic}`);
  },
  listChannels: (hub, user) => {
    listRooms(hub, user, 617, (room) => user.tell(618, `${room.name} ${room.members.size} ${room.topic}`));
  },
  listAllChannels: (hub, user) => {
    listRooms(hub, user, 827, (room) => {
      const made = room.has('REGISTERED') ? 0 : 1;
      const topic = room.topic.replace(/"/g, "'");
      user.tell(828, `${room.name} ${room.members.size} ${made} ${room.level} ${room.limit} "${topic}"`);
    });
  },
  channelNames: (hub, user, { channel }) => {
    const room = memberOf(hub, user, channel);
    if (room === null) return;
    for (const member of room.members)
      if (isSeen(member, user)) user.tell(825, `${room.name} ${describe(hub, member)}`);
    user.tell(830);
  },
  channelBans: (hub, user, { channel }) => {
    const room = found(hub, user, channel);
    if (room === null) return;
    for (const { mask, setter, reason, at } of room.bans)
      user.tell(421, `${formatMask(mask)} ${setter} "${reason}" ${Math.floor(at / 1000)} 0`);
    user.tell(420);
  },
  channelBan: (hub, user, { channel, mask, reason }) => {
    const room = ruled(hub, user, channel);
    const parsed = parseMask(mask);
    if (room === null || parsed === null) return;
    if (
      room.bans.length >= LIMITS.channelBans.value ||
      room.bans.some((ban) => formatMask(ban.mask) === formatMask(parsed))
    )
      return;
    const text = (reason ?? '').slice(0, LIMITS.reason.value);
    room.bans.push({ mask: parsed, setter: user.nick, reason: text, at: hub.deps.wallMs() });
    save(hub, user, room);
    tellOps(room, `${user.nick} banned ${mask} from ${room.name}: ${text}`);
  },
  channelUnban: (hub, user, { channel, mask }) => {
    const room = ruled(hub, user, channel);
    const parsed = parseMask(mask);
    if (room === null || parsed === null) return;
    const left = room.bans.filter((ban) => formatMask(ban.mask) !== formatMask(parsed));
    if (left.length === room.bans.length) user.notice('no such ban');
    else {
      room.bans = left;
      save(hub, user, room);
      tellOps(room, `${user.nick} removed the ban on ${mask} from ${room.name}`);
    }
  },
  channelUnbanAll: (hub, user, { channel }) => {
    const room = ruled(hub, user, channel);
    if (room === null) return;
    room.bans = [];
    save(hub, user, room);
    tellOps(room, `${user.nick} cleared the ban list of ${room.name}`);
  },
  clearChannel: (hub, user, { channel, reason }) => {
    const room = ruled(hub, user, channel);
    if (room === null) return;
    for (const member of room.members)
      if (member !== user && member.level <= user.level)
        expel(hub, room, member, `${user.nick} cleared ${room.name}: ${reason ?? ''}`);
    hub.record(user.nick, 'clear-channel', room.name, reason);
  },
  kick: (hub, user, { channel, nick, reason }) => {
    const room = ruled(hub, user, channel);
    const member = room === null ? null : memberNamed(hub, room, user, nick);
    if (room === null || member === null) return;
    if (member.level > user.level) {
      user.notice('permission denied');
      return;
    }
    expel(hub, room, member, `You were kicked from channel ${room.name} by ${user.nick}: ${reason ?? ''}`);
    tellOps(room, `${user.nick} kicked ${member.nick} out of ${room.name}: ${reason ?? ''}`);
  },
  channelLevel: (hub, user, { channel, level }) => {
    const room = found(hub, user, channel);
    if (room === null) return;
    if (level === undefined) {
      user.notice(`channel ${room.name} is set to level ${LEVEL_NAMES[room.level]}`);
      return;
    }
    const parsed = parseLevel(level);
    if (!room.isOp(user)) user.notice('permission denied');
    else if (parsed === null || parsed > user.level) user.notice('no such level, or one above yours');
    else {
      room.level = parsed;
      save(hub, user, room);
      tellOps(room, `${user.nick} set the level of ${room.name} to ${LEVEL_NAMES[parsed]}`);
    }
  },
  channelLimit: (hub, user, { channel, limit }) => {
    const room = found(hub, user, channel);
    if (room === null) return;
    if (limit === undefined) user.notice(`channel ${room.name} has a limit of ${room.limit}`);
    else if (!room.isOp(user)) user.notice('permission denied');
    else {
      room.limit = Math.min(limit, 65_535);
      save(hub, user, room);
      tellOps(room, `${user.nick} set the limit of ${room.name} to ${room.limit}`);
    }
  },
  channelMode: (hub, user, { channel, text }) => changeModes(hub, user, channel, text ?? ''),
  op: (hub, user, { channel, text }) => changeList(hub, user, channel, text, 'ops', true),
  deop: (hub, user, { channel, text }) => changeList(hub, user, channel, text, 'ops', false),
  voice: (hub, user, { channel, text }) => changeList(hub, user, channel, text, 'voices', true),
  unvoice: (hub, user, { channel, text }) => changeList(hub, user, channel, text, 'voices', false),
  channelMuzzle: (hub, user, { channel, nick }) => muzzle(hub, user, channel, nick, true),
  channelUnmuzzle: (hub, user, { channel, nick }) => muzzle(hub, user, channel, nick, false),
  opsTalk: (hub, user, { channel, text }) => {
    const room = ruled(hub, user, channel);
    if (room !== null) tellOps(room, `${user.nick} [ops/${room.name}]: ${text}`);
  },
  invite: (hub, user, { channel, nick }) => invite(hub, user, channel, nick),
  inviteOld: (hub, user, { channel, nick }) => invite(hub, user, channel, nick),
  inviteAccept: (hub, user, { text }) => {
    const [channel = ''] = (text ?? '').split(' ');
    if (hub.channels.find(channel)?.invited.has(user.key) === true) join(hub, user, channel);
  },
  inviteDecline: (hub, user, { text }) => {
    const [channel = ''] = (text ?? '').split(' ');
    hub.channels.find(channel)?.invited.delete(user.key);
  },
};

const LISTED_AT_ONCE = 400;

/** Thousands of channels are listed in turns, like every long answer. */
function listRooms(hub: Hub, user: User, end: 617 | 827, say: (room: Channel) => void): void {
  const shown = [...hub.channels].filter((room) => isVisible(room, user));
  let at = 0;
  const turn = (): Turn => {
    if (user.state === 'gone') return 'done';
    if ((user.line.socket?.writableLength ?? 0) > LIMITS.unsentPause.value) return 'wait';
    for (const to = Math.min(shown.length, at + LISTED_AT_ONCE); at < to; at++) say(shown[at] as Channel);
    return at < shown.length ? 'more' : 'done';
  };
  runInTurns(hub, user, turn, () => user.session.out.frame(end));
}

// oxlint-disable-next-line no-control-regex
const LINE_ENDS = /[\0\r\n]/g;
const ROLL_OVERS = 99;
const NAMES_AT_ONCE = 6;
const MODES_AT_ONCE = 5;

function join(hub: Hub, user: User, name: ByteString): void {
  if (isMuzzled(user)) {
    user.notice('you are muzzled and cannot join channels');
    return;
  }
  const room = roomFor(hub, user, name);
  if (room === null) return;
  const channels = (user.channels ??= new Set());
  if (channels.has(room)) {
    user.notice(`you are already in channel ${room.name}`);
    return;
  }
  if (channels.size >= LIMITS.channelsOfUser.value && user.level < LEVEL.moderator) {
    user.notice(`you may only join ${LIMITS.channelsOfUser.value} channels`);
    return;
  }
  const first = room.members.size === 0 && !room.has('REGISTERED');
  if (first) room.ops.add(user.key);
  if (isSeen(user, null)) room.say(406, `${room.name} ${describe(hub, user)}`);
  room.members.add(user);
  room.invited.delete(user.key);
  channels.add(room);
  user.tell(405, room.name);
  for (const member of room.members) if (isSeen(member, user)) user.tell(408, `${room.name} ${describe(hub, member)}`);
  user.tell(409, room.name);
  user.tell(410, `${room.name} ${room.topic}`);
  // No 404 that says who is operator now: MP3::Napster takes any near its 405 for a refusal. 10204 lists operators.
}

/** The channel that somebody who asks for this name gets into; null: none, and they have been told why. */
function roomFor(hub: Hub, user: User, name: ByteString): Channel | null {
  if (!isChannelName(name)) {
    user.notice('invalid channel name');
    return null;
  }
  let room = hub.channels.find(name);
  // A full registered channel goes on as name1, name2 …
  for (let i = 1; room?.full === true && room.has('REGISTERED') && i <= ROLL_OVERS; i++)
    room = hub.channels.find(`${name}${i}`) ?? hub.channels.open(`${name}${i}`);
  room ??= hub.channels.open(name);
  if (room === null) {
    user.notice('there are too many channels');
    return null;
  }
  const why = room.full && user.level < LEVEL.moderator ? `channel ${room.name} is full` : room.refusal(user);
  if (why === null) return room;
  user.notice(why);
  return null;
}

export function part(hub: Hub, room: Channel, user: User): void {
  user.channels?.delete(room);
  hub.channels.leave(room, user);
  user.tell(401, room.name);
  if (isSeen(user, null)) room.say(407, `${room.name} ${describe(hub, user)}`);
}

function expel(hub: Hub, room: Channel, member: User, words: ByteString): void {
  part(hub, room, member);
  member.notice(words);
}

function describe(hub: Hub, user: User): ByteString {
  return `${user.nick} ${hub.sharedBy(user)} ${user.speed}`;
}

/** Cloaked moderators are seen by moderators and by themselves. */
function isSeen(member: User, by: User | null): boolean {
  return !member.cloaked || member === by || (by !== null && by.level >= LEVEL.moderator);
}

function shownNick(user: User): ByteString {
  return user.cloaked ? 'Operator' : user.nick;
}

function isVisible(room: Channel, user: User): boolean {
  if (user.level >= LEVEL.moderator || room.members.has(user)) return true;
  return !room.has('PRIVATE') && user.level >= room.level;
}

function mayTalk(user: User, room: Channel): boolean {
  if (!isMuzzled(user) && room.mayTalk(user)) return true;
  user.notice(`you may not talk in channel ${room.name} now`);
  return false;
}

function found(hub: Hub, user: User, name: ByteString): Channel | null {
  const room = hub.channels.find(name);
  if (room === null || !isVisible(room, user)) {
    user.notice('no such channel');
    return null;
  }
  return room;
}

function memberOf(hub: Hub, user: User, name: ByteString): Channel | null {
  const room = hub.channels.find(name);
  if (room === null || !room.members.has(user)) {
    user.notice('you are not in that channel');
    return null;
  }
  return room;
}

/** The channel, if this user is operator there. */
function ruled(hub: Hub, user: User, name: ByteString): Channel | null {
  const room = found(hub, user, name);
  if (room === null || room.isOp(user)) return room;
  user.notice('permission denied');
  return null;
}

function memberNamed(hub: Hub, room: Channel, user: User, nick: ByteString): User | null {
  const member = hub.find(nick);
  if (member !== null && room.members.has(member)) return member;
  user.notice(`${nick} is not in channel ${room.name}`);
  return null;
}

function tellOps(room: Channel, words: ByteString): void {
  for (const member of room.members) if (room.isOp(member)) member.notice(words);
}

function save(hub: Hub, user: User, room: Channel): void {
  if (!room.has('REGISTERED')) return;
  hub.charge(user, 'messages', DISK_WRITE);
  hub.channels.save(room);
}

function changeList(
  hub: Hub,
  user: User,
  name: ByteString,
  text: ByteString | undefined,
  list: 'ops' | 'voices',
  add: boolean,
): void {
  const room = found(hub, user, name);
  if (room === null) return;
  const nicks = (text ?? '').split(' ').filter((nick) => nick !== '');
  if (nicks.length === 0) {
    for (const nick of room[list]) user.tell(205, `ChanServ ${nick}`);
    return;
  }
  if (!room.isOp(user)) {
    user.notice('permission denied');
    return;
  }
  for (const nick of nicks.slice(0, NAMES_AT_ONCE)) {
    const key = nick.toLowerCase();
    const other = hub.find(nick);
    if (!add) room[list].delete(key);
    else if (other !== null || hub.accounts.find(nick) !== null) room[list].add(key);
    else continue;
    const words = `${user.nick} ${add ? 'gave' : 'took'} ${list === 'ops' ? 'operator' : 'voice'} in ${room.name}: ${nick}`;
    other?.notice(words);
    tellOps(room, words);
  }
  save(hub, user, room);
}

function muzzle(hub: Hub, user: User, name: ByteString, nick: ByteString, on: boolean): void {
  const room = ruled(hub, user, name);
  const member = room === null ? null : memberNamed(hub, room, user, nick);
  if (room === null || member === null) return;
  if (on && member.level > user.level) {
    user.notice('permission denied');
    return;
  }
  if (on) room.muzzled.add(member.key);
  else room.muzzled.delete(member.key);
  member.notice(`you are ${on ? 'now' : 'no longer'} muzzled in channel ${room.name} by ${user.nick}`);
  tellOps(room, `${user.nick} ${on ? 'muzzled' : 'unmuzzled'} ${member.nick} in ${room.name}`);
}

function invite(hub: Hub, user: User, name: ByteString, nick: ByteString): void {
  const room = memberOf(hub, user, name);
  const other = hub.find(nick);
  if (room === null) return;
  if (other === null) user.notice(`user ${nick} is not currently online`);
  else if (room.has('INVITE') && !room.isOp(user)) user.notice('permission denied');
  else if (!other.ignoring(user.key)) {
    room.invited.add(other.key);
    other.notice(`${user.nick} invited you to channel ${room.name}`);
    user.notice(`${other.nick} was invited to channel ${room.name}`);
  }
}

function changeModes(hub: Hub, user: User, name: ByteString, text: ByteString): void {
  const room = found(hub, user, name);
  if (room === null) return;
  const changes = text.split(' ').filter((word) => word !== '');
  if (changes.length > 0 && !room.isOp(user)) {
    user.notice('permission denied');
    return;
  }
  const wasRegistered = room.has('REGISTERED');
  for (const change of changes.slice(0, MODES_AT_ONCE)) {
    const mode = change.replace(/^[+-]/, '').toUpperCase() as ModeName;
    const bit = MODE[mode];
    if (bit === undefined) user.notice(`no such mode: ${change}`);
    else if (mode === 'REGISTERED' && user.level < LEVEL.moderator) user.notice('permission denied');
    else if (change.startsWith('-')) room.modes &= ~bit;
    else room.modes |= bit;
  }
  if (wasRegistered || room.has('REGISTERED')) hub.channels.save(room);
  const names = (Object.keys(MODE) as ModeName[]).filter((mode) => room.has(mode)).map((mode) => `+${mode}`);
  const words = `mode for channel ${room.name} ${names.join(' ')}`;
  if (changes.length === 0) user.notice(words);
  else room.say(404, words);
}
