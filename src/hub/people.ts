// People among themselves: whois, private messages, hot lists, ignoring, pings, and one's own settings.
import { type ByteString, readable, wireText } from '#base';
import { LIMITS as WIRE } from '#wire/napster';
import { NO_PASSWORD } from './accounts.ts';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { flagNames, LEVEL, LEVEL_NAMES } from './levels.ts';
import { LIMITS } from './limits.ts';
import { service } from './services.ts';
import type { User } from './user.ts';

export const people: Handlers = {
  whois: (hub, user, { nick }) => whois(hub, user, nick),
  linkSpeed: (hub, user, { nick }) => {
    const other = hub.find(nick);
    if (other === null) user.notice('User is not currently online.');
    else user.tell(601, `${other.nick} ${other.speed}`);
  },
  say: (hub, user, { nick, text }) => {
    if (service(hub, user, nick.toLowerCase(), text)) return;
    hub.charge(user, 'talk', 1);
    const other = hub.find(nick);
    if (other === null) user.notice(`user ${nick} is not currently online`);
    else if (!other.ignoring(user.key) && !isMuzzled(user)) {
      hub.counters.said++;
      other.tell(205, `${user.nick} ${text}`.slice(0, WIRE.talk.value));
    }
  },
  hotlistAdd: (hub, user, { nick }) => addToHotlist(hub, user, nick),
  hotlistLogin: (hub, user, { nick }) => addToHotlist(hub, user, nick),
  hotlistRemove: (hub, user, { nick }) => {
    const key = nick.toLowerCase();
    if (user.hotlist?.delete(key) === true) hub.unwatch(key, user);
  },
  ignoreList: (_hub, user) => {
    for (const nick of user.ignores?.values() ?? []) user.tell(321, nick);
    user.tell(320, String(user.ignores?.size ?? 0));
  },
  ignoreAdd: (_hub, user, { nick }) => {
    const ignores = (user.ignores ??= new Map());
    const key = nick.toLowerCase();
    if (key === user.key) user.notice('you cannot ignore yourself');
    else if (ignores.has(key)) user.tell(325, nick);
    else if (ignores.size >= LIMITS.ignores.value) user.notice(`you may ignore ${LIMITS.ignores.value} users`);
    else {
      ignores.set(key, nick);
      user.tell(322, nick);
    }
  },
  ignoreRemove: (_hub, user, { nick }) => {
    user.tell(user.ignores?.delete(nick.toLowerCase()) === true ? 323 : 324, nick);
  },
  ignoreClear: (_hub, user) => {
    const count = user.ignores?.size ?? 0;
    user.ignores = null;
    user.tell(326, String(count));
  },
  ping: (hub, user, { nick, text }) => relayPing(hub, user, 751, nick, text),
  pong: (hub, user, { nick, text }) => relayPing(hub, user, 752, nick, text),
  serverPing: (hub, user, { text }) => {
    const args = text?.split(' ').slice(1).join(' ') ?? '';
    user.tell(750, `${wireText(hub.values.name).replace(/\s/g, '-')}${args === '' ? '' : ` ${args}`}`);
  },
  ownSpeed: (hub, user, { speed }) => {
    // The first one of a session counts: buggy clients sent floods of it.
    if (user.speedChanged) return;
    user.speedChanged = true;
    user.speed = speed > 10 ? 0 : speed;
    hub.refresh(user);
  },
  ownPassword: (hub, user, { password }) => changePassword(hub, user, password),
  ownEmail: (hub, user, { email }) => {
    if (!user.registered) return;
    hub.charge(user, 'messages', DISK_WRITE);
    user.email = email.slice(0, LIMITS.email.value);
    hub.accounts.save(user.nick, { email: user.email }, hub.deps.wallMs());
  },
  ownPort: (hub, user, { port }) => {
    user.port = port > 65_535 ? 0 : port;
    hub.refresh(user);
  },
  whichServer: (hub, user, { nick }) => {
    const other = hub.find(nick);
    user.notice(
      other === null ? 'User is not currently online.' : wireText(`${readable(other.nick)} is on ${hub.values.name}`),
    );
  },
};

/** What waits for the disk costs as much as so many messages. */
export const DISK_WRITE = 20;

export function isMuzzled(user: User): boolean {
  return (user.flags & 1) !== 0;
}

function whois(hub: Hub, user: User, nick: ByteString): void {
  const other = hub.find(nick);
  if (other === null) {
    const account = hub.accounts.find(nick);
    // One answer: clients take a second one for the answer to their next question.
    if (account === null) user.notice(`user ${nick} is not a known user`);
    else user.tell(605, `${account.nick} "${LEVEL_NAMES[account.level]}" ${Math.floor(account.seen / 1000)}`);
    return;
  }
  const seconds = Math.max(0, Math.floor((hub.now - other.since) / 1000));
  const channels = [...(other.channels ?? [])]
    .filter((channel) => !channel.has('PRIVATE') || channel.members.has(user) || user.level >= LEVEL.moderator)
    .map(({ name }) => name)
    .join(' ');
  const flags = flagNames(other.flags);
  if (other.cloaked && user.level >= LEVEL.moderator) flags.push('Cloaked');
  const status = flags.join(' ') || 'Active';
  const level = other.cloaked && user.level < LEVEL.moderator ? 'User' : LEVEL_NAMES[other.level];
  let text =
    `${other.nick} "${level}" ${seconds} " ${channels}" "${status}" ${hub.sharedBy(other)} ${other.downloads} ` +
    `${other.uploads} ${other.speed} "${other.client}"`;
  if (user.level >= LEVEL.moderator)
    text += ` ${other.totalDownloads} ${other.totalUploads} ${other.address} 0 ${other.port} ${other.email || 'anon'}`;
  if (user.level >= LEVEL.admin) text += ` ${wireText(hub.values.name).replace(/\s/g, '-')}`;
  user.tell(604, text);
  if (other !== user && other.level >= LEVEL.moderator) other.notice(`${user.nick} has requested your info`);
}

function addToHotlist(hub: Hub, user: User, nick: ByteString): void {
  const hotlist = (user.hotlist ??= new Map());
  const key = nick.toLowerCase();
  if (!hotlist.has(key) && hotlist.size >= LIMITS.hotlist.value) return;
  hotlist.set(key, nick);
  hub.watch(key, user);
  user.tell(301, nick);
  const other = hub.find(nick);
  if (other !== null) user.tell(209, `${other.nick} ${other.speed}`);
}

function relayPing(hub: Hub, user: User, type: 751 | 752, nick: ByteString, args: ByteString | undefined): void {
  const other = hub.find(nick.trim());
  if (other === null) {
    if (type === 751) user.notice(`user ${nick} is not currently online`);
    return;
  }
  if (other.ignoring(user.key)) return;
  const text = args === undefined || args === '' ? user.nick : `${user.nick} ${args}`;
  other.tell(type, text.slice(0, WIRE.talk.value));
}

function changePassword(hub: Hub, user: User, password: ByteString): void {
  const account = hub.accounts.find(user.nick);
  if (account === null) return;
  // An account that was made for a level has no password; whoever is on under the nick by then is not proven.
  if (!user.registered && account.password !== NO_PASSWORD) return;
  if (password.length > WIRE.password.value || hub.passwords.full) {
    user.notice('the password was not changed');
    return;
  }
  hub.background(user, async () => {
    const hash = await hub.passwords.hash(password);
    hub.accounts.save(account.nick, { password: hash }, hub.deps.wallMs());
    user.registered = true;
    user.notice('your password has been changed');
  });
}
