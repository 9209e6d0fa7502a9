// Running the hub by messages: settings, lists, statistics. Linking hubs is not offered: the commands for it say so.
import { type ByteString, readable, wireText } from '#base';
import type { AccessKind } from './access.ts';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { LEVEL } from './levels.ts';
import { globMatches, maskMatches, parseMask } from './masks.ts';
import { HUB_OPTIONS } from './options.ts';
import type { User } from './user.ts';

const NO_LINKS = 'this hub does not link to others';
const noLinks = (_hub: Hub, user: User): void => user.notice(NO_LINKS);
const LISTED = 2000;

function serverName(hub: Hub): ByteString {
  return wireText(hub.values.name).replace(/\s/g, '-');
}

/** Message 10115: sixteen numbers. */
export function usage(hub: Hub): string {
  const { files, bytes } = hub.index.totals;
  const { counters } = hub;
  const last = counters.samples.at(-1);
  const uptime = Math.floor((hub.deps.wallMs() - hub.startedAt) / 1000);
  const memory = process.memoryUsage.rss();
  return [
    hub.users.size,
    1,
    hub.users.size,
    files,
    bytes,
    hub.channels.size,
    Math.floor(hub.startedAt / 1000),
    uptime,
    memory,
    hub.accounts.count,
    Math.round(counters.bytesIn / 1024 / Math.max(1, uptime)),
    0,
    last?.searches ?? 0,
    counters.bytesIn,
    0,
    hub.work.length,
  ].join(' ');
}

function listVariables(hub: Hub, user: User, name: string | undefined): void {
  for (const [key, spec] of Object.entries(HUB_OPTIONS)) {
    if ('secret' in spec) continue;
    const toml = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (name !== undefined && name !== toml && name !== key) continue;
    user.notice(wireText(`${toml} = ${String(hub.values[key as keyof typeof hub.values])}`));
  }
}

/** `[server|*] [flags]`: e a m u l by level, c cloaked, i ADDRESS, C CHANNEL. */
function listUsers(hub: Hub, user: User, text: ByteString): void {
  const [, flags = '', value = ''] = text.split(' ');
  const levels: Record<string, number> = { l: 0, u: 1, m: 2, a: 3, e: 4 };
  const wanted = flags.split('').flatMap((flag) => levels[flag] ?? []);
  let count = 0;
  for (const other of hub.users.values()) {
    if (wanted.length > 0 && !wanted.includes(other.level)) continue;
    if (flags.includes('c') && !other.cloaked) continue;
    if (flags.includes('i') && !matchesAddress(value, other.address)) continue;
    if (flags.includes('C') && ![...(other.channels ?? [])].some(({ key }) => key === value.toLowerCase())) continue;
    if (count++ >= LISTED) break;
    user.tell(832, `${other.nick} ${other.address}`);
  }
  user.tell(831);
}

function matchesAddress(pattern: string, address: string): boolean {
  const mask = parseMask(`*!${pattern}`);
  return mask === null ? globMatches(pattern, address) : maskMatches(mask, '', address);
}

/** Handlers of one list. */
const add =
  (kind: AccessKind) =>
  (hub: Hub, user: User, { text }: { text?: string }) => {
    const [mask = '', value = '0'] = (text ?? '').split(' ');
    const done = hub.access.add(kind, mask, Number.parseInt(value, 10) || 0);
    if (done) hub.record(user.nick, `${kind}-add`, mask, value);
    user.notice(done ? `${kind} ${mask} added` : 'that is no address mask');
  };
const remove =
  (kind: AccessKind) =>
  (hub: Hub, user: User, { text }: { text?: string }) => {
    const mask = (text ?? '').trim();
    const done = hub.access.remove(kind, mask);
    if (done) hub.record(user.nick, `${kind}-delete`, mask);
    user.notice(done ? `${kind} ${mask} removed` : `no such ${kind}`);
  };
const list = (kind: AccessKind, type: number) => (hub: Hub, user: User) => {
  for (const { mask, value } of hub.access.list(kind)) user.tell(type, kind === 'class' ? `${mask} ${value}` : mask);
  user.tell(type);
};

/** 10250–10261: class, deny (d-line), admit (i-line) and exempt (e-line), each add, delete and list. */
function accessHandlers(): Handlers {
  return {
    classAdd: add('class'),
    classDelete: remove('class'),
    classList: list('class', 10_252),
    denyAdd: add('deny'),
    denyDelete: remove('deny'),
    denyList: list('deny', 10_255),
    admitAdd: add('admit'),
    admitDelete: remove('admit'),
    admitList: list('admit', 10_258),
    exemptAdd: add('exempt'),
    exemptDelete: remove('exempt'),
    exemptList: list('exempt', 10_261),
  };
}

export const administration: Handlers = {
  version: (hub, user) => {
    user.notice(`peershield ${hub.deps.version}`);
    user.notice(`node ${process.version} ${process.platform}`);
    user.notice('OpenNap compatible');
  },
  variable: (hub, user, { name, value }) => {
    if (value === undefined) return listVariables(hub, user, name);
    if (user.level < LEVEL.elite) return user.notice('permission denied');
    const outcome = hub.deps.setVariable(name ?? '', readable(value));
    user.notice(wireText(outcome));
    hub.record(user.nick, 'set', name ?? '', value);
  },
  resetVariable: (hub, user, { name }) => {
    user.notice(wireText(hub.deps.setVariable(name, null)));
    hub.record(user.nick, 'reset', name);
  },
  rehash: (hub, user) => {
    hub.deps.rehash();
    hub.record(user.nick, 'rehash', '');
    user.notice('reloading the configuration; the log says what became of each key');
  },
  listUsers: (hub, user, { text }) => listUsers(hub, user, text ?? ''),
  whoWas: (hub, user, { nick }) => {
    const was = hub.whoWas.get(nick.toLowerCase());
    if (was !== undefined) {
      const when = Math.floor((hub.deps.wallMs() - (hub.now - was.at)) / 1000);
      user.tell(10121, `${was.nick} ${was.address} ${serverName(hub)} ${when} "${was.client}"`);
    } else user.notice(`there is no record of ${nick}`);
  },
  clientVersions: (hub, user) => {
    const counts = new Map<string, number>();
    for (const { client } of hub.users.values()) counts.set(client, (counts.get(client) ?? 0) + 1);
    for (const [client, count] of [...counts].slice(0, LISTED)) user.tell(10118, `"${client}" ${count}`);
    user.tell(10118);
  },
  userMode: (_hub, user, { text }) => {
    const word = (text ?? '').toUpperCase().trim();
    if (word === 'NONE' || word === '-ALL') user.notices = 0;
    else if (word !== '') user.notices = 0xffff;
    user.tell(10203, user.notices === 0 ? 'NONE' : 'ALL');
  },
  usage: (hub, user) => user.tell(10115, usage(hub)),
  listLinks: (_hub, user) => user.tell(10112),
  linkServer: noLinks,
  unlinkServer: noLinks,
  removeServer: noLinks,
  addServer: noLinks,
  listServers: noLinks,
  resync: noLinks,
  desync: noLinks,
  pingServers: noLinks,
  killServer: (_hub, user) => user.notice('stop the hub where it runs; it is not stopped from afar'),
  logLevel: (_hub, user) => user.notice('the log level is an option of the command'),
  histogramIn: (hub, user) => {
    user.tell(10124, `0 ${hub.counters.messages} ${hub.counters.bytesIn}`);
  },
  histogramOut: (hub, user) => {
    user.tell(10126, `201 ${hub.counters.results} 0`);
  },
  ...accessHandlers(),
};
