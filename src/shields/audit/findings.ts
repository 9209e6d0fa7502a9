// What stands out in an audit, joined with what a probe saw from outside. Pure: facts in, findings out; cards.ts has the steps.
import type { PortState } from '../verdict.ts';
import type { Router } from './router.ts';
import type { Audit, Listener } from './sockets.ts';

export type FindingKind =
  | 'open-outside' // the probe reached it
  | 'too-wide' // listens for everybody and nothing filters it
  | 'forgotten' // has run for long and is not a part of the system
  | 'port-monitor' // holds many ports at once
  | 'trojan-port'
  | 'file-gone'
  | 'talks-chat' // a program without a window to the world keeps a chat connection
  | 'no-filter'
  | 'syn-cookies-off'
  | 'backlog-full'
  | 'gateway'
  | 'ident'
  | 'mapping'
  | 'nat';

export type Finding = {
  kind: FindingKind;
  level: 'note' | 'warn' | 'alarm';
  /** One sentence. */
  what: string;
  port?: number;
  listener?: Listener;
};

const MANY_PORTS = 15;
const LONG_MS = 60 * 24 * 3600 * 1000;
const TROJAN_PORTS = new Set([666, 1001, 12345, 12346, 20034, 27374, 31337, 54320]);
const CHAT_PORTS = new Set([6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697]);
/** Programs in which chat is expected. */
const CHAT_PROGRAMS = /irssi|weechat|hexchat|xchat|konversation|thunderbird|pidgin|quassel|mirc|znc/i;

/** @param outside states of ports as a probe of this machine saw them; null: no probe was made */
export function findings(audit: Audit, outside: ReadonlyMap<number, PortState> | null, now: number): Finding[] {
  const found: Finding[] = [];
  const tcp = audit.listeners.filter(({ proto }) => proto === 'tcp');
  for (const listener of distinct(tcp)) found.push(...listenerFindings(listener, outside, now));
  found.push(...monitors(tcp));
  for (const { remote, owner } of audit.connections) {
    const port = Number(remote.slice(remote.lastIndexOf(':') + 1));
    if (CHAT_PORTS.has(port) && !CHAT_PROGRAMS.test(owner?.program ?? ''))
      found.push({
        kind: 'talks-chat',
        level: 'alarm',
        what: `${owner?.program || 'A program'} keeps a connection to a chat server (${remote}). Trojans wait for orders there.`,
        port,
      });
  }
  if (audit.filter.on === false)
    found.push({ kind: 'no-filter', level: 'warn', what: `No host firewall: ${audit.filter.words}.` });
  if (audit.kernel.synCookies === false)
    found.push({
      kind: 'syn-cookies-off',
      level: 'warn',
      what: 'SYN cookies are off: a flood of half-open connections can shut this machine out.',
    });
  if ((audit.kernel.listenOverflows ?? 0) > 0)
    found.push({
      kind: 'backlog-full',
      level: 'note',
      what: `${audit.kernel.listenOverflows} connections were lost since start because a program did not accept them in time.`,
    });
  if (audit.kernel.forwards === true)
    found.push({
      kind: 'gateway',
      level: 'note',
      what: 'This machine passes packets on between networks: it is a gateway for others (containers do this too).',
    });
  if (outside?.get(113) === 'stealth')
    found.push({
      kind: 'ident',
      level: 'note',
      what: 'Port 113 is silent: some mail and chat servers will wait for it before they let you in.',
      port: 113,
    });
  const order = { alarm: 0, warn: 1, note: 2 };
  return found.toSorted((a, b) => order[a.level] - order[b.level]);
}

const NAT_WORDS: Partial<Record<Router['nat'], string>> = {
  'double nat':
    'Your router sits behind another router: its outside address is private. A port must be forwarded on both.',
  'provider nat':
    'Your provider shares one address among customers (CGNAT): nobody can connect to you by IPv4, whatever your router forwards. IPv6 may still be direct.',
  none: 'This machine holds a public address itself: no router stands before it, only its own filter does.',
};

/** What stands out in a router's own words. */
export function routerFindings({ nat, mappings }: Router): Finding[] {
  const found: Finding[] = mappings.map(({ ours, proto, outside, inside, client, about }) => ({
    kind: 'mapping',
    level: ours ? 'note' : 'warn',
    what: `The router forwards ${proto.toUpperCase()} ${outside} to ${ours ? 'this machine' : client}, port ${inside}${about === '' ? '' : ` (${about})`}${ours ? '.' : '. Another device, or a program that is gone, asked for it.'}`,
    port: outside,
  }));
  const words = NAT_WORDS[nat];
  if (words !== undefined) found.push({ kind: 'nat', level: nat === 'none' ? 'note' : 'warn', what: words });
  return found;
}

/** IPv4 and IPv6 listeners of one program on one port are one thing to people. */
function distinct(listeners: readonly Listener[]): Listener[] {
  const rank = { any: 0, lan: 1, loopback: 2 };
  const byPort = Map.groupBy(listeners, ({ port, owner }) => `${port} ${owner?.pid ?? ''}`);
  return [...byPort.values()].map((group) => group.toSorted((a, b) => rank[a.reach] - rank[b.reach])[0] as Listener);
}

function listenerFindings(listener: Listener, outside: ReadonlyMap<number, PortState> | null, now: number): Finding[] {
  const { port, owner, reach, filter } = listener;
  const who = owner?.program || (owner?.user ? `A program of ${owner.user}` : 'The system');
  const found: Finding[] = [];
  const add = (kind: FindingKind, level: Finding['level'], what: string): void =>
    void found.push({ kind, level, what, port, listener });
  if (outside?.get(port) === 'open')
    add('open-outside', 'warn', `${who} holds port ${port}, and it is open to the outside.`);
  else if (reach === 'any' && (filter === 'accepted' || filter === 'no filter'))
    add('too-wide', 'warn', `${who} listens on port ${port} for everybody, and no filter stands before it.`);
  if (TROJAN_PORTS.has(port))
    add('trojan-port', 'alarm', `${who} listens on port ${port}, where trojans are known to wait.`);
  if (owner?.fileGone === true)
    add('file-gone', 'warn', `${who} listens on port ${port}, and its file was replaced or deleted since it started.`);
  if (reach !== 'loopback' && owner?.since != null && now - Date.parse(owner.since) > LONG_MS)
    add(
      'forgotten',
      'note',
      `${who} has listened on port ${port} since ${owner.since.slice(0, 10)}. Is it still needed?`,
    );
  return found;
}

function monitors(listeners: readonly Listener[]): Finding[] {
  const byOwner = Map.groupBy(
    listeners.filter(({ owner }) => (owner?.pid ?? 0) > 0),
    ({ owner }) => owner?.pid,
  );
  return [...byOwner.values()]
    .filter((group) => new Set(group.map(({ port }) => port)).size >= MANY_PORTS)
    .map((group) => ({
      kind: 'port-monitor',
      level: 'warn',
      what: `${group[0]?.owner?.program} holds ${group.length} ports at once. If it is a port monitor: each of them looks open to a stranger.`,
      listener: group[0] as Listener,
    }));
}
