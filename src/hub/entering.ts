// Coming in: nick checks, registration, login, taking over one's own ghost, and what is said at the door.
import { createHmac } from 'node:crypto';
import { type ByteString, readable, wireText } from '#base';
import { createDeflater, createInflater } from '#net';
import { type FromClientBy, LIMITS as WIRE } from '#wire/napster';
import { type Account, NO_PASSWORD } from './accounts.ts';
import type { Ban } from './bans.ts';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { FLAG, LEVEL } from './levels.ts';
import { LIMITS } from './limits.ts';
import { isNick } from './masks.ts';
import { isOutdated } from './passwords.ts';
import type { User } from './user.ts';

type Login = FromClientBy['login'] | FromClientBy['register'];

export const entering: Handlers = {
  login: (hub, user, message) => enter(hub, user, message),
  register: (hub, user, message) => enter(hub, user, message),
  checkNick: (hub, user, { nick }) => {
    if (!isNick(nick)) user.tell(10);
    else user.tell(hub.accounts.find(nick) === null && hub.find(nick) === null ? 8 : 9);
  },
  // An answer would tell strangers whether a password is right.
  checkPassword: (_hub, user, { password }) => {
    if (password === undefined) user.notice('parameters are unparsable for message 11');
  },
  versionCheck: (_hub, user) => user.tell(4),
  personalData: () => {},
  portHello: () => {},
  betaHello: () => {},
  error: () => {},
  motd: (hub, user) => sayMotd(hub, user),
  stats: (hub, user) => user.tell(214, hub.stats()),
};

function enter(hub: Hub, user: User, message: Login): void {
  if (user.state !== 'new') {
    if (user.state === 'online') user.notice('you are logged in already');
    return;
  }
  const { nick } = message;
  const now = hub.deps.wallMs();
  if (!isNick(nick)) {
    user.tell(10, wireText('Invalid nick'));
    hub.refuse(user, `Invalid nick: ${readable(nick.slice(0, 40))}`);
    return;
  }
  if (message.password.length > WIRE.password.value) {
    hub.refuse(user, `a password has at most ${WIRE.password.value} bytes`);
    return;
  }
  if (!hub.gate('logins', user.address, hub.values.loginsPerMinute, hub.now)) {
    hub.refuse(user, 'Connecting too fast; try again in a minute');
    return;
  }
  const account = hub.accounts.find(nick);
  const ban = hub.bans.find(nick, user.address, now);
  const isFriend = account !== null && (account.level >= LEVEL.moderator || (account.flags & FLAG.friend) !== 0);
  if (ban !== null && !isFriend) {
    hub.refuse(user, banWords(ban));
    return;
  }
  if (hub.users.size >= hub.values.maxUsers && !isFriend) {
    hub.refuse(user, 'the hub is full; try again later');
    return;
  }
  if (account !== null) enterAccount(hub, user, message, account);
  else if (message.kind === 'register') registerNew(hub, user, message);
  else enterGuest(hub, user, message);
}

/** The words that somebody who is banned hears: why, by whom, until when. */
export function banWords({ reason, until }: Ban): string {
  return `You are banned until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')} UTC: ${readable(reason)}`;
}

function enterAccount(hub: Hub, user: User, message: Login, account: Account): void {
  if (account.password === NO_PASSWORD) {
    hub.refuse(user, 'this nick has no password yet; ask an operator to set one');
    return;
  }
  whenHashed(
    hub,
    user,
    () => hub.passwords.check(message.password, account.password),
    (right) => {
      if (!right) {
        const taken = message.kind === 'register' ? 'Nick registered to another user' : 'Invalid password';
        hub.log.info('wrong-password', { nick: account.nick, address: user.address });
        // A wrong password costs more than a right one: whoever guesses has to wait.
        for (let i = 0; i < 4; i++) hub.gate('logins', user.address, hub.values.loginsPerMinute, hub.now);
        hub.refuse(user, taken);
        return;
      }
      user.registered = true;
      user.level = account.level;
      user.flags = account.flags;
      user.email = account.email;
      if (isOutdated(account.password)) hub.background(user, () => renew(hub, account, message.password));
      complete(hub, user, message, account.nick);
    },
  );
}

function registerNew(hub: Hub, user: User, message: Login): void {
  if (!hub.values.openRegistration) {
    hub.refuse(user, 'Automatic registration is disabled, contact a moderator');
    return;
  }
  if (message.password === '') {
    hub.refuse(user, 'a nick is registered with a password');
    return;
  }
  if (!hub.gate('registrations', user.address, hub.values.registrationsPerHour / 60, hub.now)) {
    hub.refuse(user, 'too many nicks were registered from your address; try again later');
    return;
  }
  if (isHeldByAnother(hub, user, message)) return;
  const email = (message.email ?? '').slice(0, LIMITS.email.value);
  whenHashed(
    hub,
    user,
    () => hub.passwords.hash(message.password),
    (password) => {
      if (hub.accounts.find(message.nick) !== null) {
        hub.refuse(user, 'Nick registered to another user');
        return;
      }
      const now = hub.deps.wallMs();
      hub.accounts.save(message.nick, { password, email, seenAddress: user.address }, now);
      hub.record(message.nick, 'register', message.nick, user.address);
      user.registered = true;
      user.email = email;
      complete(hub, user, message, message.nick);
    },
  );
}

function enterGuest(hub: Hub, user: User, message: Login): void {
  if (hub.values.registeredOnly) {
    hub.refuse(user, 'You must be registered to log in here');
    return;
  }
  user.proof = proofOf(hub, message.password);
  if (isHeldByAnother(hub, user, message)) return;
  complete(hub, user, message, message.nick);
}

/** An unregistered nick belongs to whoever has it now, until the same person comes again. */
function isHeldByAnother(hub: Hub, user: User, message: Login): boolean {
  const holder = hub.find(message.nick);
  if (holder === null || holder.address === user.address) return false;
  if (holder.proof !== '' && holder.proof === proofOf(hub, message.password)) return false;
  hub.refuse(user, `${readable(message.nick)} is already active`);
  return true;
}

function proofOf(hub: Hub, password: ByteString): string {
  return createHmac('sha256', hub.secret).update(password, 'latin1').digest('base64').slice(0, 16);
}

/** Waits for a hash; whoever has gone meanwhile is not spoken to. */
function whenHashed<T>(hub: Hub, user: User, hash: () => Promise<T>, go: (value: T) => void): void {
  if (hub.passwords.full) {
    hub.refuse(user, 'too many people log in just now; try again in a minute');
    return;
  }
  user.state = 'busy';
  hub.hold(user);
  hub.background(user, async () => {
    const value = await hash();
    if (user.state !== 'busy') return;
    user.state = 'new';
    go(value);
    hub.release(user);
    user.line.kick();
  });
}

async function renew(hub: Hub, account: Account, password: ByteString): Promise<void> {
  const hash = await hub.passwords.hash(password);
  hub.accounts.save(account.nick, { password: hash }, hub.deps.wallMs());
}

function complete(hub: Hub, user: User, message: Login, nick: ByteString): void {
  const key = nick.toLowerCase();
  const ghost = hub.users.get(key);
  if (ghost !== undefined) takeOver(hub, ghost, user);
  user.nick = nick;
  user.key = key;
  user.port = message.port > 65_535 ? 0 : message.port;
  user.speed = message.speed > 10 ? 0 : message.speed;
  user.client = message.client.slice(0, WIRE.clientName.value).replace(UNPRINTABLE, '_') || 'unknown';
  user.state = 'online';
  user.since = hub.now;
  user.session.deadline = Number.POSITIVE_INFINITY;
  user.session.loggedIn();
  hub.users.set(key, user);
  hub.refresh(user);
  hub.counters.logins++;
  welcome(hub, user, message);
}

// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /["\u0000-\u001f]/g;

/** The right password came again: the new connection takes the nick over at once. */
function takeOver(hub: Hub, ghost: User, by: User): void {
  ghost.tell(748);
  hub.disconnect(ghost, `${readable(ghost.nick)} has logged in again from ${by.address}`);
  hub.leave(ghost);
}

function welcome(hub: Hub, user: User, message: Login): void {
  const mail = `anon@${hub.values.name.replace(/\s/g, '-')}`;
  const level = /^[1-9]$/.exec(message.compression ?? '');
  if (level !== null && hub.compressed < LIMITS.compressed.value) {
    user.tell(3, `"${mail}" ${level[0]}`);
    hub.compressed++;
    user.session.compress(
      createInflater(LIMITS.inflated.value),
      createDeflater(Number(level[0])),
      () => hub.compressed--,
    );
  } else user.tell(3, mail);
  sayMotd(hub, user);
  user.tell(214, hub.stats());
  for (const watcher of hub.watchers.get(user.key) ?? []) watcher.tell(209, `${user.nick} ${user.speed}`);
}

function sayMotd(hub: Hub, user: User): void {
  user.tell(621, `VERSION opennap compatible, peershield ${hub.deps.version}`);
  user.tell(621, wireText(`SERVER ${hub.values.name}`));
  for (const line of hub.motd) user.tell(621, wireText(line));
  user.tell(621, '');
}
