// Lists for the page and the shell: a page of rows at a time, searched and sorted here, made readable.
import type {
  HubAccount,
  HubAuditRow,
  HubBan,
  HubLevel,
  HubPageQuery,
  HubRoom,
  HubUser,
  HubUserSort,
  HubUsersQuery,
  Page,
} from '#api';
import { HUB_LEVELS } from '#api';
import { fold, readable, wireText } from '#base';
import type { Store } from '#store';
import type { Account, Accounts } from '../accounts.ts';
import { FLAG, type Level } from '../levels.ts';
import { isClosed } from './desk.ts';
import type { LiveHub, RoomNow, UserNow } from './needs.ts';
import type { People } from './people.ts';

export function levelName(level: Level): HubLevel {
  return HUB_LEVELS[level];
}

export function userFor(user: UserNow, people: People | null): HubUser {
  return {
    nick: readable(user.nick),
    level: levelName(user.level),
    muzzled: (user.flags & FLAG.muzzled) !== 0,
    registered: user.registered,
    address: user.address,
    dataPort: user.dataPort,
    client: readable(user.client),
    line: user.line,
    since: user.since,
    encrypted: user.encrypted,
    files: user.files,
    bytes: user.bytes,
    downloads: user.downloads,
    uploads: user.uploads,
    messages: user.messages,
    searches: user.searches,
    minutes: people?.find(user.nick)?.messages.slice() ?? [],
  };
}

/** Who is on now. `q` is looked for in nick, address and client. */
export function usersPage(live: LiveHub, people: People, query: Required<HubUsersQuery>): Page<HubUser> {
  const wanted = fold(query.q);
  const rows: UserNow[] = [];
  for (const user of live.users())
    if (wanted === '' || fold(`${readable(user.nick)} ${user.address} ${readable(user.client)}`).includes(wanted))
      rows.push(user);
  const sign = query.order === 'desc' ? -1 : 1;
  const { sort } = query;
  rows.sort((a, b) => sign * compare(a, b, sort) || (a.nick < b.nick ? -1 : 1));
  const shown = rows.slice(query.offset, query.offset + query.limit);
  return { total: rows.length, offset: query.offset, rows: shown.map((user) => userFor(user, people)) };
}

function compare(a: UserNow, b: UserNow, sort: HubUserSort): number {
  const x = a[sort];
  const y = b[sort];
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  const [left, right] = [String(x).toLowerCase(), String(y).toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function accountFor(account: Account, online: boolean): HubAccount {
  return {
    nick: readable(account.nick),
    level: levelName(account.level),
    muzzled: (account.flags & FLAG.muzzled) !== 0,
    friend: (account.flags & FLAG.friend) !== 0,
    email: readable(account.email),
    created: account.created,
    seen: account.seen,
    seenAddress: account.seenAddress,
    closed: isClosed(account),
    online,
  };
}

export function accountsPage(
  accounts: Accounts,
  live: LiveHub | null,
  query: Required<HubPageQuery>,
): Page<HubAccount> {
  const { total, rows } = accounts.list(wireText(query.q), query.offset, query.limit);
  return { total, offset: query.offset, rows: rows.map((row) => accountFor(row, live?.user(row.nick) != null)) };
}

export function roomsPage(live: LiveHub, query: Required<HubPageQuery>): Page<HubRoom> {
  const wanted = fold(query.q);
  const rows: RoomNow[] = [];
  for (const room of live.rooms())
    if (wanted === '' || fold(`${readable(room.name)} ${readable(room.topic)}`).includes(wanted)) rows.push(room);
  rows.sort((a, b) => b.users - a.users || (a.name < b.name ? -1 : 1));
  return {
    total: rows.length,
    offset: query.offset,
    rows: rows.slice(query.offset, query.offset + query.limit).map((room) => ({
      ...room,
      name: readable(room.name),
      topic: readable(room.topic),
      level: levelName(room.level),
    })),
  };
}

type BanRow = {
  id: number;
  nick: string;
  address: string;
  setter: string;
  reason: string;
  at: number;
  until: number;
  lifted: number | null;
  lifted_by: string | null;
};

/** Newest first. `holding`: neither ended nor lifted. `q` is looked for in mask, reason and setter. */
export function bansPage(
  store: Store,
  query: Required<HubPageQuery> & { which: 'holding' | 'all' },
  now: number,
): Page<HubBan> {
  const where = `(? = 'all' OR (lifted IS NULL AND until > ?))
    AND (nick || '!' || address || ' ' || reason || ' ' || setter) LIKE ? ESCAPE '\\'`;
  const like = likeOf(wireText(query.q));
  const total = store.prepare(`SELECT count(*) AS n FROM ban WHERE ${where}`).get(query.which, now, like)?.['n'];
  const rows = store
    .prepare(`SELECT * FROM ban WHERE ${where} ORDER BY id DESC LIMIT ? OFFSET ?`)
    .all(query.which, now, like, query.limit, query.offset) as unknown as BanRow[];
  return { total: Number(total), offset: query.offset, rows: rows.map(banRowFor) };
}

function banRowFor({ nick, address, lifted_by: liftedBy, ...row }: BanRow): HubBan {
  return {
    ...row,
    mask: readable(`${nick}!${address}`),
    setter: readable(row.setter),
    reason: readable(row.reason),
    liftedBy: liftedBy === null ? null : readable(liftedBy),
  };
}

/** Every ban whose nick part is this nick, held or not. */
export function bansOf(store: Store, nick: string): HubBan[] {
  const rows = store.prepare('SELECT * FROM ban WHERE nick = ? ORDER BY id DESC LIMIT 100').all(nick.toLowerCase());
  return (rows as unknown as BanRow[]).map(banRowFor);
}

/** Newest first. `q` is looked for in actor, action, target and detail. */
export function auditPage(store: Store, query: Required<HubPageQuery>): Page<HubAuditRow> {
  const where = `(actor || ' ' || action || ' ' || target || ' ' || detail) LIKE ? ESCAPE '\\'`;
  const like = likeOf(query.q);
  const total = store.prepare(`SELECT count(*) AS n FROM audit WHERE ${where}`).get(like)?.['n'];
  const rows = store
    .prepare(`SELECT * FROM audit WHERE ${where} ORDER BY id DESC LIMIT ? OFFSET ?`)
    .all(like, query.limit, query.offset) as unknown as HubAuditRow[];
  return { total: Number(total), offset: query.offset, rows };
}

/** Whether a row of the log was done to the nick `?1` (in lower case), or to a mask of it. */
export const TARGETS_NICK = `(lower(target) = ?1 OR substr(lower(target), 1, length(?1) + 1) = ?1 || '!')`;

/** What was done to, or by, this nick; newest first. */
export function auditOf(store: Store, nick: string, limit: number): HubAuditRow[] {
  return store
    .prepare(`SELECT * FROM audit WHERE ${TARGETS_NICK} OR lower(actor) = ?1 ORDER BY id DESC LIMIT ?2`)
    .all(nick.toLowerCase(), limit) as unknown as HubAuditRow[];
}

function likeOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
