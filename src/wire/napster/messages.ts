// Every message, by its number and fields, as old clients and hubs write them (napster.txt, opennap-ng 0.50, and what
// clients of 2000 to 2003 were seen to send). What is above 2000 and ours is in extensions.ts.
import { type ByteString, WireError } from '#base';
import { EXTENSION_FROM_CLIENT, EXTENSION_FROM_HUB } from './extensions.ts';
import { decodeFields, encodeFields, type Fields, type Layout, layout, type Values } from './layout.ts';

const NICK = { nick: 'word' } as const;
const NICK_PATH = { nick: 'word', path: 'quoted' } as const;
const FACTS = { hash: 'word', size: 'whole', kbps: 'whole', hz: 'whole', seconds: 'whole' } as const;
const TRANSFER = { nick: 'word', ip: 'ip', port: 'whole', path: 'quoted', hash: 'word', speed: 'whole' } as const;
const LOGIN = {
  nick: 'word',
  password: 'word',
  port: 'whole',
  client: 'quoted',
  speed: 'whole',
  email: 'word?',
  build: 'word?',
  compression: 'word?',
} as const;
const CHANNEL = { channel: 'word' } as const;
const CHANNEL_TEXT = { channel: 'word', text: 'text' } as const;
const CHANNEL_VALUE = { channel: 'word', text: 'text?' } as const;
const CHANNEL_USER = { channel: 'word', nick: 'word', shared: 'whole', speed: 'whole' } as const;
const CHANNEL_NICK_REASON = { channel: 'word', nick: 'word', reason: 'quoted?' } as const;
const NICK_REASON = { nick: 'word', reason: 'quoted?' } as const;
const NICK_TEXT = { nick: 'word', text: 'text?' } as const;
const TEXT = { text: 'text' } as const;
const ANY = { text: 'text?' } as const;

/** What a client says to a hub. */
export const FROM_CLIENT = {
  error: layout(0, ANY),
  login: layout(2, LOGIN),
  versionCheck: layout(4, ANY),
  register: layout(6, LOGIN),
  checkNick: layout(7, { nick: 'text' }),
  checkPassword: layout(11, { nick: 'word', password: 'word?' }),
  personalData: layout(14, ANY),
  share: layout(100, { path: 'quoted', ...FACTS }),
  unshare: layout(102, { path: 'text' }),
  unshareAll: layout(110, ANY),
  search: layout(200, ANY),
  download: layout(203, NICK_PATH),
  say: layout(205, { nick: 'word', text: 'text' }),
  hotlistAdd: layout(207, NICK),
  hotlistLogin: layout(208, NICK),
  browse: layout(211, { nick: 'word', max: 'whole?' }),
  stats: layout(214, ANY),
  resume: layout(215, { hash: 'word', size: 'whole' }),
  downloadStart: layout(218, ANY),
  downloadEnd: layout(219, ANY),
  uploadStart: layout(220, ANY),
  uploadEnd: layout(221, ANY),
  portHello: layout(300, ANY),
  hotlistRemove: layout(303, NICK),
  ignoreList: layout(320, ANY),
  ignoreAdd: layout(322, NICK),
  ignoreRemove: layout(323, NICK),
  ignoreClear: layout(326, ANY),
  join: layout(400, CHANNEL),
  part: layout(401, CHANNEL),
  talk: layout(402, CHANNEL_TEXT),
  topic: layout(410, CHANNEL_VALUE),
  channelBans: layout(420, CHANNEL),
  channelBan: layout(422, { channel: 'word', mask: 'word', reason: 'quoted?' }),
  channelUnban: layout(423, { channel: 'word', mask: 'word' }),
  channelUnbanAll: layout(424, CHANNEL),
  inviteOld: layout(430, { channel: 'word', nick: 'word' }),
  inviteAccept: layout(431, ANY),
  inviteDecline: layout(432, ANY),
  push: layout(500, NICK_PATH),
  linkSpeed: layout(600, NICK),
  whois: layout(603, NICK),
  setLevel: layout(606, { nick: 'word', level: 'word' }),
  accept: layout(608, NICK_PATH),
  refuse: layout(609, NICK_PATH),
  kill: layout(610, NICK_REASON),
  nuke: layout(611, NICK_REASON),
  ban: layout(612, { mask: 'word', reason: 'quoted?', seconds: 'whole?', start: 'whole?' }),
  setPort: layout(613, { nick: 'word', port: 'whole', reason: 'quoted?' }),
  unban: layout(614, { mask: 'word', reason: 'quoted?' }),
  listBans: layout(615, ANY),
  listChannels: layout(617, ANY),
  queueLimit: layout(619, { nick: 'word', path: 'quoted', limit: 'whole' }),
  motd: layout(621, ANY),
  muzzle: layout(622, NICK_REASON),
  unmuzzle: layout(623, NICK_REASON),
  unnuke: layout(624, NICK_REASON),
  setSpeed: layout(625, { nick: 'word', speed: 'whole' }),
  portError: layout(626, NICK),
  wallop: layout(627, TEXT),
  announce: layout(628, TEXT),
  browseDirect: layout(640, NICK),
  browseAccept: layout(641, NICK),
  browseRefuse: layout(642, NICK_REASON),
  cloak: layout(652, ANY),
  ownSpeed: layout(700, { speed: 'whole' }),
  ownPassword: layout(701, { password: 'word' }),
  ownEmail: layout(702, { email: 'word' }),
  ownPort: layout(703, { port: 'whole' }),
  serverPing: layout(750, ANY),
  ping: layout(751, NICK_TEXT),
  pong: layout(752, NICK_TEXT),
  setPassword: layout(753, { nick: 'word', password: 'word', reason: 'quoted?' }),
  resetVariable: layout(800, { name: 'word' }),
  version: layout(801, ANY),
  variable: layout(810, { name: 'word?', value: 'text?' }),
  clearChannel: layout(820, { channel: 'word', reason: 'quoted?' }),
  redirect: layout(821, { nick: 'word', server: 'word', port: 'whole' }),
  cycle: layout(822, { nick: 'word', metaserver: 'word' }),
  channelLevel: layout(823, { channel: 'word', level: 'word?' }),
  emote: layout(824, { channel: 'word', text: 'quoted' }),
  channelLimit: layout(826, { channel: 'word', limit: 'whole?' }),
  listAllChannels: layout(827, ANY),
  kick: layout(829, CHANNEL_NICK_REASON),
  channelNames: layout(830, CHANNEL),
  listUsers: layout(831, ANY),
  shareDirectory: layout(870, ANY),
  betaHello: layout(920, ANY),
  addServer: layout(9998, ANY),
  listServers: layout(9999, ANY),
  userFlags: layout(10050, { nick: 'word?', flag: 'word?' }),
  linkServer: layout(10100, ANY),
  unlinkServer: layout(10101, ANY),
  killServer: layout(10110, ANY),
  removeServer: layout(10111, ANY),
  listLinks: layout(10112, ANY),
  usage: layout(10115, ANY),
  searchCache: layout(10116, ANY),
  rehash: layout(10117, ANY),
  clientVersions: layout(10118, ANY),
  whichServer: layout(10119, NICK),
  pingServers: layout(10120, ANY),
  whoWas: layout(10121, NICK),
  massKill: layout(10122, { address: 'word', reason: 'quoted?' }),
  histogramIn: layout(10123, ANY),
  histogramOut: layout(10125, ANY),
  registerUser: layout(10200, { nick: 'word', password: 'word', email: 'word', level: 'word?' }),
  userMode: layout(10203, ANY),
  op: layout(10204, CHANNEL_VALUE),
  deop: layout(10205, CHANNEL_VALUE),
  opsTalk: layout(10208, CHANNEL_TEXT),
  channelMode: layout(10209, CHANNEL_VALUE),
  invite: layout(10210, { channel: 'word', nick: 'word' }),
  voice: layout(10211, CHANNEL_VALUE),
  unvoice: layout(10212, CHANNEL_VALUE),
  channelMuzzle: layout(10213, CHANNEL_NICK_REASON),
  channelUnmuzzle: layout(10214, CHANNEL_NICK_REASON),
  classAdd: layout(10250, ANY),
  classDelete: layout(10251, ANY),
  classList: layout(10252, ANY),
  denyAdd: layout(10253, ANY),
  denyDelete: layout(10254, ANY),
  denyList: layout(10255, ANY),
  admitAdd: layout(10256, ANY),
  admitDelete: layout(10257, ANY),
  admitList: layout(10258, ANY),
  exemptAdd: layout(10259, ANY),
  exemptDelete: layout(10260, ANY),
  exemptList: layout(10261, ANY),
  logLevel: layout(10264, ANY),
  shareGeneric: layout(10300, { path: 'quoted', size: 'whole', hash: 'word', media: 'word' }),
  resync: layout(10303, ANY),
  desync: layout(10304, ANY),
  ...EXTENSION_FROM_CLIENT,
} as const;

/** What a hub says to a client. */
export const FROM_HUB = {
  error: layout(0, ANY),
  loginAck: layout(3, { email: 'word?', compression: 'whole?' }),
  versionCheck: layout(4, ANY),
  upgrade: layout(5, ANY),
  nickFree: layout(8, ANY),
  nickTaken: layout(9, ANY),
  nickInvalid: layout(10, ANY),
  unsharedAll: layout(110, { count: 'whole?' }),
  result: layout(201, { path: 'quoted', ...FACTS, nick: 'word', ip: 'ip', speed: 'whole', weight: 'whole?' }),
  searchEnd: layout(202, ANY),
  ready: layout(204, TRANSFER),
  said: layout(205, { nick: 'word', text: 'text' }),
  getError: layout(206, NICK_PATH),
  signOn: layout(209, { nick: 'word', speed: 'whole' }),
  signOff: layout(210, NICK),
  browseEntry: layout(212, { nick: 'word', path: 'quoted', ...FACTS }),
  browseEnd: layout(213, { nick: 'word', ip: 'ip?' }),
  stats: layout(214, { users: 'whole', files: 'whole', gigabytes: 'whole' }),
  resumeMatch: layout(216, {
    nick: 'word',
    ip: 'ip',
    port: 'whole',
    path: 'quoted',
    hash: 'word',
    size: 'whole',
    speed: 'whole',
  }),
  resumeEnd: layout(217, ANY),
  hotlistAck: layout(301, NICK),
  hotlistError: layout(302, NICK),
  disconnecting: layout(316, ANY),
  ignoreEnd: layout(320, { count: 'whole?' }),
  ignoreEntry: layout(321, NICK),
  ignoreAdded: layout(322, NICK),
  ignoreRemoved: layout(323, NICK),
  notIgnored: layout(324, NICK),
  alreadyIgnored: layout(325, NICK),
  ignoreCleared: layout(326, { count: 'whole?' }),
  parted: layout(401, CHANNEL),
  talked: layout(403, { channel: 'word', nick: 'word', text: 'text' }),
  notice: layout(404, TEXT),
  joined: layout(405, CHANNEL),
  memberJoined: layout(406, CHANNEL_USER),
  memberParted: layout(407, CHANNEL_USER),
  member: layout(408, CHANNEL_USER),
  membersEnd: layout(409, CHANNEL),
  topic: layout(410, CHANNEL_VALUE),
  channelBansEnd: layout(420, ANY),
  channelBan: layout(421, { mask: 'word', setter: 'word', reason: 'quoted', when: 'whole', seconds: 'whole' }),
  pushRequest: layout(501, TRANSFER),
  linkSpeed: layout(601, { nick: 'word', speed: 'whole' }),
  whois: layout(604, {
    nick: 'word',
    level: 'quoted',
    seconds: 'whole',
    channels: 'quoted',
    status: 'quoted',
    shared: 'whole',
    downloads: 'whole',
    uploads: 'whole',
    speed: 'whole',
    client: 'quoted',
    more: 'text?',
  }),
  whowas: layout(605, { nick: 'word', level: 'quoted', lastSeen: 'whole' }),
  uploadRequest: layout(607, { nick: 'word', path: 'quoted', speed: 'whole?' }),
  refused: layout(609, NICK_PATH),
  setPort: layout(613, { port: 'whole' }),
  bansEnd: layout(615, ANY),
  ban: layout(616, { mask: 'word', setter: 'word', reason: 'quoted', when: 'whole', seconds: 'whole' }),
  channelsEnd: layout(617, ANY),
  channel: layout(618, { channel: 'word', users: 'whole', topic: 'text?' }),
  queueLimit: layout(620, { nick: 'word', path: 'quoted', size: 'whole', limit: 'whole' }),
  motd: layout(621, ANY),
  portError: layout(626, NICK),
  walloped: layout(627, { nick: 'word', text: 'text' }),
  announced: layout(628, { nick: 'word', text: 'text' }),
  browseAsked: layout(640, { nick: 'word', ip: 'ip?', port: 'whole?' }),
  browseReady: layout(641, { nick: 'word', ip: 'ip', port: 'whole' }),
  browseRefused: layout(642, NICK_REASON),
  ghost: layout(748, ANY),
  serverPong: layout(750, ANY),
  ping: layout(751, NICK_TEXT),
  pong: layout(752, NICK_TEXT),
  redirect: layout(821, { server: 'word', port: 'whole' }),
  cycle: layout(822, { metaserver: 'word' }),
  emoted: layout(824, { channel: 'word', nick: 'word', text: 'quoted' }),
  channelName: layout(825, CHANNEL_USER),
  allChannelsEnd: layout(827, ANY),
  channelFull: layout(828, {
    channel: 'word',
    users: 'whole',
    made: 'whole',
    level: 'whole',
    limit: 'whole',
    topic: 'quoted',
  }),
  namesEnd: layout(830, ANY),
  usersEnd: layout(831, ANY),
  user: layout(832, { nick: 'word', ip: 'word' }),
  serverLink: layout(10112, ANY),
  usage: layout(10115, ANY),
  clientVersion: layout(10118, { client: 'quoted?', count: 'whole?' }),
  whoWas: layout(10121, ANY),
  userMode: layout(10203, ANY),
  ...EXTENSION_FROM_HUB,
} as const;

type Tagged<T extends Readonly<Record<string, Layout>>> = {
  [K in keyof T]: { kind: K } & (T[K] extends Layout<infer F extends Fields> ? Values<F> : never);
};
/** Messages by kind, as objects. */
export type FromClientBy = Tagged<typeof FROM_CLIENT>;
export type FromHubBy = Tagged<typeof FROM_HUB>;
export type FromClient = FromClientBy[keyof FromClientBy];
export type FromHub = FromHubBy[keyof FromHubBy];
/** A number that no table has: kept as it came, to be answered or ignored. */
export type Unknown = { kind: 'unknown'; type: number; payload: ByteString };

const CLIENT_KINDS = kindsOf(FROM_CLIENT);
const HUB_KINDS = kindsOf(FROM_HUB);

/** The kind of a number that clients send, or null. */
export function clientKind(type: number): keyof FromClientBy | null {
  return (CLIENT_KINDS.get(type) ?? null) as keyof FromClientBy | null;
}

/** @throws WireError `fields`, `open-quote`: the message is not as its number says */
export function decodeFromClient(type: number, payload: ByteString): FromClient | Unknown {
  const kind = CLIENT_KINDS.get(type);
  if (kind === undefined) return { kind: 'unknown', type, payload };
  return decodeAs(kind, FROM_CLIENT[kind as keyof typeof FROM_CLIENT], payload) as FromClient;
}

/** @throws WireError `fields`, `open-quote` */
export function decodeFromHub(type: number, payload: ByteString): FromHub | Unknown {
  const kind = HUB_KINDS.get(type);
  if (kind === undefined) return { kind: 'unknown', type, payload };
  return decodeAs(kind, FROM_HUB[kind as keyof typeof FROM_HUB], payload) as FromHub;
}

/** The payload of a client's message; its number is `FROM_CLIENT[kind].type`. */
export function payloadFromClient(message: FromClient): ByteString {
  return encodeFields(FROM_CLIENT[message.kind].fields, message);
}

export function payloadFromHub(message: FromHub): ByteString {
  return encodeFields(FROM_HUB[message.kind].fields, message);
}

function decodeAs(kind: string, { fields }: Layout, payload: ByteString): unknown {
  const values = decodeFields(fields, payload);
  return Object.assign(values, { kind });
}

function kindsOf(table: Readonly<Record<string, Layout>>): Map<number, string> {
  const kinds = new Map<number, string>();
  for (const [kind, { type }] of Object.entries(table)) {
    if (kinds.has(type)) throw new WireError('twice', `${type} stands in the table twice`);
    kinds.set(type, kind);
  }
  return kinds;
}
