// Transfers between two users: the hub carries the request and the answer, and tells each side where the other is. An
// address is told only to somebody who was asked for, or who asked.
import { type ByteString, readable } from '#base';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { LEVEL } from './levels.ts';
import { LIMITS } from './limits.ts';
import type { Told, User } from './user.ts';

const NO_HASH = '0'.repeat(32);
/** A request may be answered so long: uploaders answer when a slot is free. */
const ASKED_MS = 3_600_000;
const ASKED = 512;
/** How long the modern side of a transfer shall let the other one in. */
const LET_IN_SECONDS = 120;

export const brokering: Handlers = {
  download: (hub, user, { nick, path }) => {
    const owner = hub.find(nick);
    if (owner === null || !shares(hub, owner, path)) {
      user.tell(206, `${nick} "${path}"`);
      return;
    }
    hub.counters.brokered++;
    remember(hub, user, owner);
    if (!owner.firewalled) {
      if (!owner.ignoring(user.key)) owner.tell(607, `${user.nick} "${path}"`);
      return;
    }
    // Firewalled: the asker learns that a push is needed. Its address is of no use to anybody.
    user.tell(204, `${owner.nick} ${shownIp(hub, owner)} 0 "${path}" ${NO_HASH} ${owner.speed}`);
  },
  push: (hub, user, { nick, path }) => {
    const owner = hub.find(nick);
    if (owner === null || !shares(hub, owner, path)) {
      user.tell(206, `${nick} "${path}"`);
      return;
    }
    if (!owner.firewalled) {
      user.notice(`${owner.nick} is not firewalled`);
      return;
    }
    if (user.firewalled) {
      user.tell(204, `${owner.nick} ${shownIp(hub, owner)} 0 "${path}" firewallerror ${owner.speed}`);
      return;
    }
    hub.counters.brokered++;
    remember(hub, user, owner);
    if (!owner.ignoring(user.key)) owner.tell(607, `${user.nick} "${path}"`);
  },
  accept: (hub, user, { nick, path }) => {
    const asker = hub.find(nick);
    if (asker === null) {
      user.notice(`${nick} is not online`);
      return;
    }
    if (!hasAsked(hub, asker, user)) {
      user.notice(`${asker.nick} did not ask for a file of yours`);
      return;
    }
    const share = user.owner === 0 ? 0 : hub.index.find(user.owner, path);
    if (share === 0) {
      user.notice('Not sharing that file');
      return;
    }
    const hash = hub.index.hashOf(share) || NO_HASH;
    hub.counters.bytesBrokered += hub.index.sizeOf(share);
    if (user.firewalled) {
      if (asker.firewalled) {
        user.notice(`${asker.nick} and you are both firewalled`);
        return;
      }
      if (!mayTell(hub, user, asker, 'push')) return;
      user.tell(501, `${asker.nick} ${asker.ip} ${asker.port} "${path}" ${hash} ${asker.speed}`);
      introduce(asker, user, 'push');
    } else {
      if (!mayTell(hub, asker, user, 'download')) return;
      // The one who lets in hears it first.
      introduce(user, asker, 'download');
      asker.tell(204, `${user.nick} ${user.ip} ${user.port} "${path}" ${hash} ${user.speed}`);
    }
  },
  refuse: (hub, user, { nick, path }) => {
    const asker = hub.find(nick);
    if (asker !== null && hasAsked(hub, asker, user)) asker.tell(609, `${user.nick} "${path}"`);
  },
  queueLimit: (hub, user, { nick, path, limit }) => {
    const asker = hub.find(nick);
    const share = user.owner === 0 ? 0 : hub.index.find(user.owner, path);
    if (share === 0) user.notice('Not sharing that file');
    else if (asker === null) user.notice(`${nick} is not online`);
    else if (hasAsked(hub, asker, user)) asker.tell(620, `${user.nick} "${path}" ${hub.index.sizeOf(share)} ${limit}`);
  },
  portError: (hub, user, { nick }) => {
    const owner = hub.find(nick);
    if (owner === null) {
      user.notice(`${nick} is not online`);
      return;
    }
    owner.tell(626, user.nick);
    hub.notify(`${readable(user.nick)} cannot reach the data port of ${readable(owner.nick)}`);
  },
  downloadStart: (_hub, user) => {
    user.downloads++;
    user.totalDownloads++;
  },
  downloadEnd: (_hub, user) => {
    user.downloads = Math.max(0, user.downloads - 1);
  },
  uploadStart: (_hub, user) => {
    user.uploads++;
    user.totalUploads++;
  },
  uploadEnd: (_hub, user) => {
    user.uploads = Math.max(0, user.uploads - 1);
  },
  browseDirect: (hub, user, { nick }) => {
    const owner = hub.find(nick);
    if (owner === null) {
      user.notice('User is not currently online.');
      return;
    }
    const why = browseRefusal(hub, user, owner);
    if (why !== null) {
      user.tell(642, `${owner.nick} "${why}"`);
      return;
    }
    remember(hub, user, owner);
    if (!owner.firewalled) owner.tell(640, user.nick);
    else if (mayTell(hub, owner, user, 'browse', user)) {
      introduce(user, owner, 'browse');
      owner.tell(640, `${user.nick} ${user.ip} ${user.port}`);
    }
  },
  browseAccept: (hub, user, { nick }) => {
    const asker = hub.find(nick);
    if (asker === null || !hasAsked(hub, asker, user)) {
      user.notice(`${nick} did not ask for your files`);
      return;
    }
    if (!mayTell(hub, asker, user, 'browse')) return;
    introduce(user, asker, 'browse');
    asker.tell(641, `${user.nick} ${user.ip} ${user.port}`);
  },
  browseRefuse: (hub, user, { nick, reason }) => {
    const asker = hub.find(nick);
    if (asker !== null && hasAsked(hub, asker, user)) asker.tell(642, `${user.nick} "${reason ?? 'no'}"`);
  },
};

export function shares(hub: Hub, owner: User, path: ByteString): boolean {
  return owner.owner !== 0 && hub.index.find(owner.owner, path) !== 0;
}

/** What search results and port-0 answers show of an address. */
function shownIp({ values }: Hub, user: User): number {
  return values.privacy ? 0 : user.ip;
}

function browseRefusal(hub: Hub, user: User, owner: User): string | null {
  if (owner.firewalled && user.firewalled) return 'you are both firewalled';
  if (owner.level === LEVEL.leech) return 'this user may not share';
  if (owner.ignoring(user.key)) return 'this user does not want to hear from you';
  return hub.sharedBy(owner) === 0 ? 'this user shares nothing' : null;
}

/** `asker` wants something of `owner`: for a while the owner's answer will be let through. */
export function remember(hub: Hub, asker: User, owner: User): void {
  const asked = (asker.asked ??= new Map<string, number>());
  asked.delete(owner.key);
  if (asked.size >= ASKED) {
    const [oldest] = asked.keys();
    if (oldest !== undefined) asked.delete(oldest);
  }
  asked.set(owner.key, hub.now);
}

export function hasAsked(hub: Hub, asker: User, owner: User): boolean {
  const at = asker.asked?.get(owner.key);
  return at !== undefined && hub.now - at <= ASKED_MS;
}

/**
 * `who` is about to be told the address of `whose`: budgeted in privacy mode, written down always. Whoever acted for it
 * pays, so that nobody can use up somebody else's budget.
 */
function mayTell(hub: Hub, who: User, whose: User, why: Told['why'], payer: User = who): boolean {
  if (hub.values.privacy && !hub.bucket(payer, 'told').take(1, hub.now)) {
    payer.notice('you were told many addresses lately; try again later');
    hub.counters.flood('told', payer.nick, payer.address, hub.deps.wallMs());
    return false;
  }
  const told = (whose.told ??= []);
  told.push({ nick: who.nick, at: hub.now, why });
  if (told.length > LIMITS.told.value) told.shift();
  return true;
}

/** Message 2110 to the side that will be connected to, if it is modern; whoever the other one is. */
function introduce(host: User, guest: User, why: Told['why']): void {
  if (host.can('intro'))
    host.tell(2110, `${guest.nick} ${guest.ip} ${LET_IN_SECONDS} ${why} ${guest.extensions?.key || '-'}`);
}
