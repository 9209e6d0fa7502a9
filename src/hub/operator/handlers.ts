// What the control page's routes answer. Each reads or calls the desk; what is more than that lives where it belongs.
import { freemem, totalmem } from 'node:os';
import type {
  HubFilterKind,
  HubLevel,
  HubMeasure,
  HubPageQuery,
  HubRole,
  HubTalker,
  HubUserDetail,
  HubUsersQuery,
} from '#api';
import { HUB_LEVELS } from '#api';
import { Failure, readable, wireText } from '#base';
import { LEVEL, type Level } from '../levels.ts';
import { runAdmin } from './admin.ts';
import { DATABASE, listBackups, makeBackup } from './backup.ts';
import { type ConfigDesk, configOf } from './config.ts';
import type { Actor, Desk } from './desk.ts';
import type { Ask, Handlers } from './http/control.ts';
import type { LiveHub } from './needs.ts';
import type { Seen } from './people.ts';
import { deletePerson, exportPerson } from './personal-data.ts';
import { accountFor, auditOf, auditPage, bansOf, bansPage, roomsPage, userFor, usersPage } from './registers.ts';
import { sizeOf } from './sizes.ts';
import type { Door } from './tokens.ts';
import { evidenceOf, type Watching } from './watching.ts';

export type HandlerDeps = {
  readonly desk: Desk;
  readonly live: LiveHub;
  readonly watching: Watching;
  readonly config: ConfigDesk;
  readonly dataDir: string;
  readonly version: string;
  readonly door: Door;
  readonly name: () => string;
};

const SHOWN_FILES = 50;
const TALKERS = 20;
const WORDS = 100;
const KEPT_WORDS = 2_000;

export function handlersOf(deps: HandlerDeps): Handlers {
  const { desk, live, watching, config, dataDir, version } = deps;
  const { people } = watching;
  const { store, accounts, bans, audit } = desk.books;
  const place = { desk, people, dataDir, door: deps.door };
  const holding = (nick: string, address: string): boolean => bans.find(nick, address, desk.now()) !== null;

  return {
    hello: () => ({ program: 'hub', version }),
    overview: ({ query, role }) => {
      const { since, span } = query as { since: number; span: 'minutes' | 'day' };
      const counts = live.counts();
      return {
        name: deps.name(),
        now: desk.now(),
        startedAt: live.startedAt,
        run: String(live.startedAt),
        role,
        users: counts.users,
        files: counts.files,
        bytes: counts.bytes,
        rooms: counts.rooms,
        accounts: accounts.count,
        bans: bans.list(desk.now()).length,
        searches: counts.searches,
        logins: counts.logins,
        refused: counts.refused,
        bytesBrokered: counts.bytesBrokered,
        alerts: watching.alerts(desk.now(), holding),
        marks: watching.marks,
        series: (span === 'day' ? watching.day : watching.minutes).after(since),
      };
    },
    users: ({ query }) => usersPage(live, people, query as Required<HubUsersQuery>),
    user: ({ params }) => detailOf(deps, params['nick'] as string),
    actOnUser: ({ params, body, role }) => {
      actOnUser(desk, params['nick'] as string, body, role);
      return null;
    },
    bans: ({ query }) => bansPage(store, query as Required<HubPageQuery> & { which: 'holding' | 'all' }, desk.now()),
    previewBan: ({ body }) => desk.previewBan(String(body['mask'])),
    ban: ({ body, role }) => {
      const made = desk.ban(String(body['mask']), String(body['reason']), Number(body['seconds']), actorOf(role));
      watching.mark('ban', made.ban.mask, desk.now());
      return made;
    },
    liftBan: ({ params, role }) => {
      desk.liftBan(`#${params['id']}`, actorOf(role));
      return null;
    },
    floods: () => ({ talkers: talkersOf(deps), measures: measuresOf(deps) }),
    rooms: ({ query }) => roomsPage(live, query as Required<HubPageQuery>),
    actOnRoom: ({ params, body, role }) => {
      const name = params['name'] as string;
      if (body['action'] === 'close') desk.closeRoom(name, reasonIn(body), actorOf(role));
      else desk.setTopic(name, textIn(body, 'topic'), actorOf(role));
      return null;
    },
    content: () => {
      const all = live.asked(KEPT_WORDS, false);
      const shown = (missing: boolean) =>
        live.asked(WORDS, missing).map(({ words, times, found }) => ({ text: readable(words), times, found }));
      const { doubts, blocked, last } = live.doubted();
      const doubtful = last.slice(-WORDS).toReversed();
      return {
        searched: shown(false),
        missing: shown(true),
        different: all.length,
        kept: KEPT_WORDS,
        doubtful: doubtful.map(({ nick, path }) => ({ nick: readable(nick), path: readable(path) })),
        doubts,
        blocked,
      };
    },
    filters: () => desk.filters(),
    previewFilter: ({ body }) => desk.previewFilter(body['kind'] as HubFilterKind, String(body['pattern'])),
    addFilter: ({ body, role }) =>
      desk.addFilter(body['kind'] as HubFilterKind, String(body['pattern']), actorOf(role)),
    setFilter: ({ params, body, role }) =>
      desk.setFilter(Number(params['id']), body['enabled'] === true, actorOf(role)),
    dropFilter: ({ params, role }) => {
      desk.dropFilter(Number(params['id']), actorOf(role));
      return null;
    },
    config: () => configOf(config),
    reload: ({ role }) => {
      const lines = config.reload();
      audit.write(
        desk.now(),
        actorOf(role).name,
        'reload',
        '',
        lines.map(({ key, outcome }) => `${key}: ${outcome}`).join(', '),
      );
      return { lines: lines.map(({ key, outcome, why }) => ({ key, outcome, why: why ?? null })) };
    },
    audit: ({ query }) => {
      audit.flush();
      return auditPage(store, query as Required<HubPageQuery>);
    },
    health: () => {
      const counts = live.counts();
      const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      return {
        lag: watching.lag(),
        memory: { rss, heapUsed, heapTotal, external },
        machine: { free: freemem(), total: totalmem() },
        queues: { answers: counts.answersWaiting, hashes: counts.hashesWaiting },
        connections: counts.connections,
        databaseBytes: sizeOf(dataDir, DATABASE),
        cpuPercent: Math.round((user + system) / 10_000 / process.uptime()),
        uptimeMs: desk.now() - live.startedAt,
        node: process.version,
        version,
        backups: listBackups(dataDir),
      };
    },
    backUp: async ({ role }) => {
      const made = await makeBackup(store, dataDir, desk.now());
      audit.write(desk.now(), actorOf(role).name, 'backup', made.name);
      watching.mark('backup', made.name, desk.now());
      return made;
    },
    announce: ({ body, role }) => {
      desk.announce(String(body['text']), actorOf(role));
      watching.mark('announce', String(body['text']), desk.now());
      return null;
    },
    exportUser: ({ params }) => exportPerson(desk, people, params['nick'] as string),
    deleteUser: ({ params, role }) => {
      deletePerson(desk, people, params['nick'] as string, actorOf(role));
      return null;
    },
    admin: ({ body }) => {
      const { verb, words, options, actor } = body as {
        verb: string;
        words: string[];
        options: Record<string, string>;
        actor: string;
      };
      return runAdmin(place, verb, { words, options }, { name: actor, mayActOn: LEVEL.elite });
    },
  };
}

/** What a role may act on: moderators on people, an admin's token on everybody. */
function actorOf(role: HubRole): Actor {
  const level: Record<HubRole, Level> = { 'read-only': LEVEL.leech, moderator: LEVEL.user, admin: LEVEL.elite };
  return { name: `page:${role}`, mayActOn: level[role] };
}

function reasonIn(body: Ask['body']): string {
  const reason = textIn(body, 'reason');
  if (reason.trim() === '') throw new Failure('this needs a reason');
  return reason;
}

function textIn(body: Ask['body'], key: string): string {
  const value = body[key];
  return typeof value === 'string' ? value : '';
}

function actOnUser(desk: Desk, nick: string, body: Ask['body'], role: HubRole): void {
  const by = actorOf(role);
  switch (body['action']) {
    case 'kill':
      return desk.kill(nick, reasonIn(body), by);
    case 'muzzle':
      return desk.muzzle(nick, true, reasonIn(body), by);
    case 'unmuzzle':
      return desk.muzzle(nick, false, textIn(body, 'reason'), by);
    default: {
      if (role !== 'admin') throw new Failure('levels are given with the token of an admin');
      const level = HUB_LEVELS.indexOf(body['level'] as HubLevel);
      if (level < 0) throw new Failure('this needs a level');
      return desk.setLevel(nick, level as Level, by);
    }
  }
}

function detailOf({ desk, live, watching }: HandlerDeps, name: string): HubUserDetail {
  const nick = wireText(name);
  const user = live.user(nick);
  const account = desk.books.accounts.find(nick);
  const seen = watching.people.find(nick);
  if (user === null && account === null && seen === null) throw new Failure(`nobody is called ${name}`);
  const { store } = desk.books;
  const sameAddress: string[] = [];
  if (user !== null)
    for (const other of live.users())
      if (other.address === user.address && other.nick !== user.nick) sameAddress.push(readable(other.nick));
  desk.books.audit.flush();
  const done = auditOf(store, name, 50).map(({ at, actor, action, detail }) => ({
    at,
    text: `${action} by ${actor}${detail === '' ? '' : `: ${detail}`}`,
  }));
  return {
    nick: name,
    user: user === null ? null : userFor(user, watching.people),
    account: account === null ? null : accountFor(account, user !== null),
    rooms: user?.rooms.map(readable) ?? [],
    timeline: [...timelineOf(seen), ...done].toSorted((a, b) => b.at - a.at).slice(0, 100),
    searchMinutes: seen?.searches.slice() ?? [],
    shared: [...live.files(nick, SHOWN_FILES)].map(({ path }) => readable(path)),
    bans: bansOf(store, nick),
    sameAddress: sameAddress.slice(0, 50),
  };
}

function timelineOf(seen: Seen | null): { at: number; text: string }[] {
  return seen?.timeline.map(({ at, text }) => ({ at, text: readable(text) })) ?? [];
}

/** Who sent most in the minute that runs and the one before. */
function talkersOf({ live, watching }: HandlerDeps): HubTalker[] {
  const talkers: HubTalker[] = [];
  for (const user of live.users()) {
    const seen = watching.people.find(user.nick);
    if (seen === null) continue;
    const perMinute = Math.max(seen.messages.at(-1) ?? 0, seen.messages.at(-2) ?? 0);
    if (perMinute === 0) continue;
    talkers.push({
      nick: readable(user.nick),
      address: user.address,
      perMinute,
      searchesPerMinute: Math.max(seen.searches.at(-1) ?? 0, seen.searches.at(-2) ?? 0),
      minutes: seen.messages.slice(),
    });
  }
  return talkers.toSorted((a, b) => b.perMinute - a.perMinute).slice(0, TALKERS);
}

function measuresOf({ live }: HandlerDeps): HubMeasure[] {
  return [...live.slowed()]
    .map((slowed) => ({
      id: `${slowed.budget} ${slowed.address} ${readable(slowed.nick)}`,
      at: slowed.last,
      kind: 'slowed' as const,
      nick: readable(slowed.nick),
      address: slowed.address,
      evidence: evidenceOf(slowed),
    }))
    .toSorted((a, b) => b.at - a.at);
}
