// What moderators do to people: all of it against lower levels only, with a reason, written down, and undone by its
// counterpart. The verbs are for the messages, for `hub admin` and for the dashboard alike.
import { type ByteString, readable, wireText } from '#base';
import { banWords } from './entering.ts';
import type { Ban } from './bans.ts';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { FLAG, LEVEL, LEVEL_NAMES, type Level, mayActOn, parseLevel } from './levels.ts';
import { LIMITS } from './limits.ts';
import { formatMask, globMatches, maskMatches, parseMask } from './masks.ts';
import type { User } from './user.ts';

/** Who acts: somebody online, or the operator by page or command, who is above all. */
export type Actor = { nick: ByteString; level: Level };
/** Null: done. Otherwise why not, in words. */
export type Outcome = string | null;

export const moderation: Handlers = {
  kill: (hub, user, { nick, reason }) => answer(user, kill(hub, user, nick, reason ?? '')),
  nuke: (hub, user, { nick, reason }) => answer(user, nuke(hub, user, nick, reason ?? '')),
  unnuke: (_hub, user) => user.notice('a nuked account is gone; register it again'),
  ban: (hub, user, { mask, reason, seconds }) => answer(user, ban(hub, user, mask, reason ?? '', seconds ?? 0)),
  unban: (hub, user, { mask, reason }) => answer(user, unban(hub, user, mask, reason ?? '')),
  listBans: (hub, user) => {
    for (const { mask, setter, reason, at, until } of hub.bans.list(hub.deps.wallMs()))
      user.tell(
        616,
        `${formatMask(mask)} ${setter} "${reason}" ${Math.floor(at / 1000)} ${Math.round((until - at) / 1000)}`,
      );
    user.tell(615);
  },
  muzzle: (hub, user, { nick, reason }) => answer(user, setFlags(hub, user, nick, FLAG.muzzled, 0, reason ?? '')),
  unmuzzle: (hub, user, { nick, reason }) => answer(user, setFlags(hub, user, nick, 0, FLAG.muzzled, reason ?? '')),
  setLevel: (hub, user, { nick, level }) => {
    const parsed = parseLevel(level);
    answer(user, parsed === null ? 'no such level' : setLevel(hub, user, nick, parsed));
  },
  setPort: (hub, user, { nick, port, reason }) => {
    const other = target(hub, user, nick);
    if (typeof other === 'string') return user.notice(other);
    other.tell(613, String(Math.min(port, 65_535)));
    other.port = Math.min(port, 65_535);
    hub.refresh(other);
    hub.record(user.nick, 'set-port', other.nick, `${port} ${reason ?? ''}`);
  },
  setSpeed: (hub, user, { nick, speed }) => {
    const other = target(hub, user, nick);
    if (typeof other === 'string') return user.notice(other);
    other.speed = Math.min(speed, 10);
    hub.refresh(other);
    hub.record(user.nick, 'set-speed', other.nick, String(other.speed));
  },
  wallop: (hub, user, { text }) => {
    for (const other of hub.users.values()) if (other.level >= LEVEL.moderator) other.tell(627, `${user.nick} ${text}`);
  },
  announce: (hub, user, { text }) => announce(hub, user.nick, text),
  cloak: (hub, user, { text }) => {
    user.cloaked = text === undefined || text === '' ? !user.cloaked : text !== '0';
    user.notice(user.cloaked ? 'You are now cloaked.' : 'You are no longer cloaked.');
    hub.record(user.nick, user.cloaked ? 'cloak' : 'uncloak', user.nick);
  },
  massKill: (hub, user, { address, reason }) => {
    let count = 0;
    for (const other of hub.users.values())
      if (globMatches(address.toLowerCase(), other.address) && other !== user && mayActOn(user.level, other.level)) {
        hub.disconnect(other, `You were disconnected by ${readable(user.nick)}: ${readable(reason ?? '')}`);
        count++;
      }
    hub.record(user.nick, 'mass-kill', address, `${count} users: ${reason ?? ''}`);
    user.notice(`${count} users were disconnected`);
  },
  userFlags: (hub, user, { nick, flag }) => {
    if (nick === undefined) return listFlags(hub, user);
    const account = hub.accounts.find(nick);
    if (flag === undefined) return user.notice(`flags of ${nick}: ${account === null ? 'none' : account.flags}`);
    const bits = { MUZZLED: FLAG.muzzled, FRIEND: FLAG.friend, CRIMINAL: FLAG.criminal };
    const name = flag.replace(/^[+-]/, '').toUpperCase();
    const bit = name === 'NONE' ? 7 : bits[name as keyof typeof bits];
    if (bit === undefined) return user.notice(`no such flag: ${flag}`);
    const off = name === 'NONE' || flag.startsWith('-');
    answer(user, setFlags(hub, user, nick, off ? 0 : bit, off ? bit : 0, ''));
  },
  redirect: (hub, user, { nick, server, port }) => {
    const other = target(hub, user, nick);
    if (typeof other === 'string') return user.notice(other);
    other.tell(821, `${server} ${port}`);
    hub.record(user.nick, 'redirect', other.nick, `${server}:${port}`);
  },
  cycle: (hub, user, { nick, metaserver }) => {
    const other = target(hub, user, nick);
    if (typeof other === 'string') return user.notice(other);
    other.tell(822, metaserver);
    hub.record(user.nick, 'cycle', other.nick, metaserver);
  },
  setPassword: (hub, user, { nick, password, reason }) => {
    answerLater(hub, user, setPassword(hub, user, nick, password, reason ?? ''));
  },
  registerUser: (hub, user, { nick, password, email, level }) => {
    const parsed = level === undefined ? LEVEL.user : parseLevel(level);
    if (parsed === null || !mayActOn(user.level, parsed)) return user.notice('no such level, or one above yours');
    if (hub.accounts.find(nick) !== null) return user.notice(`${nick} is registered already`);
    answerLater(hub, user, setPassword(hub, user, nick, password, 'registered', { email, level: parsed }));
  },
};

function answer(user: User, outcome: Outcome): void {
  if (outcome !== null) user.notice(wireText(outcome));
}

function answerLater(hub: Hub, user: User, outcome: Promise<Outcome>): void {
  hub.background(user, async () => answer(user, await outcome));
}

function target(hub: Hub, actor: Actor, nick: ByteString): User | string {
  const other = hub.find(nick);
  if (other === null) return `user ${readable(nick)} is not currently online`;
  return mayActOn(actor.level, other.level) || other.nick === actor.nick ? other : 'permission denied';
}

/** Disconnects somebody. */
export function kill(hub: Hub, actor: Actor, nick: ByteString, reason: ByteString): Outcome {
  const other = target(hub, actor, nick);
  if (typeof other === 'string') return other;
  hub.record(actor.nick, 'kill', other.nick, reason);
  hub.notify(`${readable(actor.nick)} killed ${readable(other.nick)}: ${readable(reason)}`);
  hub.disconnect(other, `You have been killed by ${readable(actor.nick)}: ${readable(reason)}`);
  return null;
}

/** Deletes the account and disconnects whoever is on it. */
export function nuke(hub: Hub, actor: Actor, nick: ByteString, reason: ByteString): Outcome {
  const account = hub.accounts.find(nick);
  if (account === null) return `${readable(nick)} is not registered`;
  if (!mayActOn(actor.level, account.level)) return 'permission denied';
  hub.accounts.remove(nick);
  hub.record(actor.nick, 'nuke', account.nick, reason);
  hub.notify(`${readable(actor.nick)} nuked ${readable(account.nick)}'s account: ${readable(reason)}`);
  const other = hub.find(nick);
  if (other !== null) {
    other.registered = false;
    hub.disconnect(other, `Your account was removed by ${readable(actor.nick)}: ${readable(reason)}`);
  }
  return null;
}

/** Everybody online whom this mask would hit. */
export function hitBy(hub: Hub, mask: ByteString): User[] {
  const parsed = parseMask(mask);
  if (parsed === null) return [];
  return [...hub.users.values()].filter((user) => maskMatches(parsed, user.nick, user.address));
}

/** Bans a mask; `seconds` 0: as long as the hub's option says. Who is on and hit by it goes, with the words of it. */
export function ban(hub: Hub, actor: Actor, mask: ByteString, reason: ByteString, seconds: number): Outcome {
  const hit = hitBy(hub, mask);
  if (hit.some((user) => user.nick === actor.nick)) return 'that mask would ban yourself';
  if (hit.some((user) => !mayActOn(actor.level, user.level)))
    return 'permission denied: it would hit somebody above you';
  const now = hub.deps.wallMs();
  const length = Math.min(seconds === 0 ? hub.values.banSeconds : seconds, 10 * 365 * 86_400) * 1000;
  const made = hub.bans.add(mask, actor.nick, reason.replace(/"/g, "'"), now + length, now);
  if (made === null) return 'that is no mask, or there are too many bans';
  hub.record(actor.nick, 'ban', formatMask(made.mask), `#${made.id} ${length / 1000} s: ${made.reason}`);
  hub.notify(`${readable(actor.nick)} banned ${readable(mask)}: ${readable(made.reason)}`);
  for (const user of hit) if (user.level < LEVEL.moderator) hub.disconnect(user, banWords(made));
  return null;
}

export function unban(hub: Hub, actor: Actor, mask: ByteString, reason: ByteString): Outcome {
  const lifted: Ban[] = hub.bans.lift(mask, actor.nick, hub.deps.wallMs());
  if (lifted.length === 0) return 'no such ban';
  for (const { id, mask: was } of lifted) hub.record(actor.nick, 'unban', formatMask(was), `#${id} ${reason}`);
  hub.notify(`${readable(actor.nick)} lifted the ban on ${readable(mask)}`);
  return null;
}

export function setLevel(hub: Hub, actor: Actor, nick: ByteString, level: Level): Outcome {
  const other = hub.find(nick);
  const account = hub.accounts.find(nick);
  if (other === null && account === null) return `user ${readable(nick)} is not a known user`;
  const was = other?.level ?? account?.level ?? LEVEL.user;
  if (!mayActOn(actor.level, was) || !(actor.level === LEVEL.elite || actor.level > level)) return 'permission denied';
  const name = account?.nick ?? other?.nick ?? nick;
  hub.accounts.save(name, { level }, hub.deps.wallMs());
  hub.record(actor.nick, 'level', name, `${LEVEL_NAMES[was]} to ${LEVEL_NAMES[level]}`);
  hub.notify(`${readable(actor.nick)} set ${readable(name)}'s level to ${LEVEL_NAMES[level]}`);
  if (other !== null) {
    other.level = level;
    hub.refresh(other);
    other.notice(`${actor.nick} changed your user level to ${LEVEL_NAMES[level]} (${level})`);
    if (!other.registered)
      other.notice('your nick has no password of its own yet: set one now (message 701), or it is lost when you leave');
  }
  return null;
}

export function setFlags(
  hub: Hub,
  actor: Actor,
  nick: ByteString,
  on: number,
  off: number,
  reason: ByteString,
): Outcome {
  const other = hub.find(nick);
  const account = hub.accounts.find(nick);
  if (other === null && account === null) return `user ${readable(nick)} is not a known user`;
  if (!mayActOn(actor.level, other?.level ?? account?.level ?? LEVEL.user)) return 'permission denied';
  const was = other?.flags ?? account?.flags ?? 0;
  const flags = (was | on) & ~off;
  const name = account?.nick ?? other?.nick ?? nick;
  // An unregistered nick is anybody's: its flags end with the session.
  if (account !== null) hub.accounts.save(name, { flags }, hub.deps.wallMs());
  if (other !== null) {
    other.flags = flags;
    if (((was ^ flags) & FLAG.muzzled) !== 0) {
      const verb = (flags & FLAG.muzzled) === 0 ? 'unmuzzled' : 'muzzled';
      other.notice(`you have been ${verb} by ${actor.nick}: ${reason || 'no reason given'}`);
    }
  }
  hub.record(actor.nick, 'flags', name, `${was} to ${flags} ${reason}`);
  hub.notify(`${readable(actor.nick)} changed the flags of ${readable(name)} to ${flags}: ${readable(reason)}`);
  return null;
}

/** Sets a password, making the account where there is none. */
export async function setPassword(
  hub: Hub,
  actor: Actor,
  nick: ByteString,
  password: ByteString,
  reason: ByteString,
  more: { email?: ByteString; level?: Level } = {},
): Promise<Outcome> {
  const account = hub.accounts.find(nick);
  if (account !== null && !mayActOn(actor.level, account.level)) return 'permission denied';
  if (password === '' || password.length > 128) return 'a password has 1 to 128 bytes';
  if (hub.passwords.full) return 'too many passwords are being worked on; try again';
  const hash = await hub.passwords.hash(password);
  const changes = more.email === undefined ? more : { ...more, email: more.email.slice(0, LIMITS.email.value) };
  hub.accounts.save(account?.nick ?? nick, { ...changes, password: hash }, hub.deps.wallMs());
  hub.record(actor.nick, account === null ? 'register' : 'set-password', nick, reason);
  const other = hub.find(nick);
  if (other !== null && other.registered) other.notice(`${actor.nick} has changed your password`);
  return null;
}

export function announce(hub: Hub, from: ByteString, text: ByteString): void {
  hub.record(from, 'announce', '*', text);
  for (const other of hub.users.values()) other.tell(628, `${from} ${text}`.slice(0, LIMITS.topic.value));
}

function listFlags(hub: Hub, user: User): void {
  let count = 0;
  for (const other of hub.users.values())
    if (other.flags !== 0 && count++ < 200) user.notice(`${other.nick} ${other.flags}`);
  user.notice(`${count} users with flags are online`);
}
