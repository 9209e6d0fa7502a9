// The table of messages: which room answers which, and who may send it. A message that nobody handles is answered as
// the old hubs do, and the connection stays.
import { type ByteString, WireError } from '#base';
import { clientKind, decodeFromClient, FROM_CLIENT, type FromClientBy } from '#wire/napster';
import { administration } from './administration.ts';
import { brokering } from './brokering.ts';
import { entering } from './entering.ts';
import { extending } from './extending.ts';
import type { Hub } from './hub.ts';
import { LEVEL, type Level } from './levels.ts';
import { LIMITS } from './limits.ts';
import { moderation } from './moderation.ts';
import { people } from './people.ts';
import { rooms } from './rooms.ts';
import { searching } from './searching.ts';
import { sharing } from './sharing.ts';
import type { User } from './user.ts';

type Kind = keyof FromClientBy;
/** What a room does with one message of somebody who is on. */
export type Handlers = { [K in Kind]?: (hub: Hub, user: User, message: FromClientBy[K]) => void };

const HANDLERS: Handlers = {
  ...entering,
  ...sharing,
  ...searching,
  ...brokering,
  ...people,
  ...rooms,
  ...moderation,
  ...administration,
  ...extending,
};

/** The least level for a message; what is not here is for everybody. */
const LEAST: Partial<Record<Kind, Level>> = {
  nuke: LEVEL.moderator,
  ban: LEVEL.moderator,
  unban: LEVEL.moderator,
  listBans: LEVEL.moderator,
  setPort: LEVEL.moderator,
  muzzle: LEVEL.moderator,
  unmuzzle: LEVEL.moderator,
  unnuke: LEVEL.moderator,
  setSpeed: LEVEL.moderator,
  wallop: LEVEL.moderator,
  announce: LEVEL.admin,
  cloak: LEVEL.moderator,
  setPassword: LEVEL.admin,
  resetVariable: LEVEL.elite,
  version: LEVEL.moderator,
  variable: LEVEL.moderator,
  redirect: LEVEL.admin,
  cycle: LEVEL.admin,
  listUsers: LEVEL.moderator,
  addServer: LEVEL.elite,
  listServers: LEVEL.elite,
  userFlags: LEVEL.moderator,
  linkServer: LEVEL.admin,
  unlinkServer: LEVEL.admin,
  killServer: LEVEL.elite,
  removeServer: LEVEL.elite,
  rehash: LEVEL.elite,
  clientVersions: LEVEL.moderator,
  pingServers: LEVEL.moderator,
  whoWas: LEVEL.moderator,
  massKill: LEVEL.moderator,
  histogramIn: LEVEL.moderator,
  histogramOut: LEVEL.moderator,
  registerUser: LEVEL.admin,
  classAdd: LEVEL.moderator,
  classDelete: LEVEL.moderator,
  classList: LEVEL.moderator,
  denyAdd: LEVEL.moderator,
  denyDelete: LEVEL.moderator,
  denyList: LEVEL.moderator,
  admitAdd: LEVEL.moderator,
  admitDelete: LEVEL.moderator,
  admitList: LEVEL.moderator,
  exemptAdd: LEVEL.moderator,
  exemptDelete: LEVEL.moderator,
  exemptList: LEVEL.moderator,
  logLevel: LEVEL.admin,
  resync: LEVEL.elite,
  desync: LEVEL.elite,
  // A leech listens only.
  share: LEVEL.user,
  shareGeneric: LEVEL.user,
  search: LEVEL.user,
  resume: LEVEL.user,
  browse: LEVEL.user,
  browseDirect: LEVEL.user,
  download: LEVEL.user,
  push: LEVEL.user,
  richSearch: LEVEL.user,
  relayAsk: LEVEL.user,
};

/** A message of somebody who is on. */
export function handle(hub: Hub, user: User, type: number, payload: ByteString): void {
  const kind = clientKind(type);
  const handler = kind === null ? undefined : HANDLERS[kind];
  if (kind === null || handler === undefined) {
    user.notice(`Unknown command code ${type}`);
    return;
  }
  if (user.level < (LEAST[kind] ?? LEVEL.leech)) {
    user.notice('permission denied');
    return;
  }
  let message;
  try {
    message = decodeFromClient(type, payload);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    user.notice(`parameters are unparsable for message ${type}`);
    return;
  }
  (handler as (hub: Hub, user: User, message: unknown) => void)(hub, user, message);
}

/** What may be said before a login; everything else is answered in words, and the connection stays for a while. */
const EARLY = new Set<number>(
  (['login', 'register', 'checkNick', 'checkPassword', 'versionCheck', 'relayJoin'] as const).map(
    (kind) => FROM_CLIENT[kind].type,
  ),
);
const IGNORED_EARLY = new Set<number>([0, 14, 300, 920]);

/** A message of somebody who is not on yet. */
export function beforeLogin(hub: Hub, user: User, type: number, payload: ByteString): void {
  if (user.messages > LIMITS.messagesBeforeLogin.value) {
    hub.refuse(user, 'log in first');
    return;
  }
  if (IGNORED_EARLY.has(type)) return;
  if (!EARLY.has(type)) {
    user.notice(clientKind(type) === null ? `Unknown command code ${type}` : 'log in first');
    return;
  }
  try {
    const message = decodeFromClient(type, payload);
    const handler = HANDLERS[message.kind as Kind] as ((hub: Hub, user: User, message: unknown) => void) | undefined;
    handler?.(hub, user, message);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    hub.refuse(user, type === 2 || type === 6 ? 'Too few parameters for login' : 'parameters are unparsable');
  }
}
