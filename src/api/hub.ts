// What the operator's page and `hub admin` may ask of a hub: types for both sides, schemas for the server.
// Bearer token in every request but `hello`. Times are Unix ms, sizes bytes, texts are readable (not byte strings).
import { HELLO_ROUTE, type Hello, type Page, type Route } from './route.ts';

/** What a token opens. A role may do what those before it may. */
export type HubRole = 'read-only' | 'moderator' | 'admin';
export const HUB_ROLES = ['read-only', 'moderator', 'admin'] as const satisfies readonly HubRole[];

export type HubLevel = 'leech' | 'user' | 'moderator' | 'admin' | 'elite';
export const HUB_LEVELS = ['leech', 'user', 'moderator', 'admin', 'elite'] as const satisfies readonly HubLevel[];

// Overview ----------------------------------------------------------------------------------------------------------

/** Columns over time, equally long, oldest first. `step` ms apart, the last at `until`. */
export type HubSeries = {
  step: number;
  until: number;
  users: number[];
  files: number[];
  searchesPerSecond: number[];
  /** 99 of 100 searches took at most this, ms; 0: none in that step. */
  searchP99Ms: number[];
  /** Bytes of files whose transfers were brokered, per second. */
  brokeredBps: number[];
  messagesPerSecond: number[];
  lagMs: number[];
};

/** Something a person should look at, with what to do about it in one press. */
export type HubAlert = {
  id: string;
  level: 'warn' | 'alarm';
  at: number;
  text: string;
  evidence: string;
  nick: string | null;
  /** A mask for "Ban 1 h"; null: nobody to ban. */
  mask: string | null;
};

/** A moment worth a mark in the charts. */
export type HubMark = { at: number; kind: 'reload' | 'ban' | 'start' | 'backup' | 'announce'; text: string };

export type HubOverview = {
  name: string;
  now: number;
  startedAt: number;
  /** Changes when the hub was started again. */
  run: string;
  role: HubRole;
  users: number;
  files: number;
  bytes: number;
  rooms: number;
  accounts: number;
  bans: number;
  /** Since the start. */
  searches: number;
  logins: number;
  refused: number;
  bytesBrokered: number;
  alerts: HubAlert[];
  marks: HubMark[];
  /** Samples after `since`, or all that are kept. */
  series: HubSeries;
};
export type HubSpan = 'minutes' | 'day';

// Users -------------------------------------------------------------------------------------------------------------

export type HubUser = {
  nick: string;
  level: HubLevel;
  muzzled: boolean;
  registered: boolean;
  address: string;
  dataPort: number;
  client: string;
  line: number;
  since: number;
  encrypted: boolean;
  files: number;
  bytes: number;
  downloads: number;
  uploads: number;
  messages: number;
  searches: number;
  /** Messages in each of the last minutes, oldest first, at most 30. */
  minutes: number[];
};
export type HubUserSort =
  | 'nick'
  | 'level'
  | 'address'
  | 'client'
  | 'since'
  | 'files'
  | 'bytes'
  | 'messages'
  | 'searches';
export type HubPageQuery = { offset?: number; limit?: number; q?: string };
export type HubUsersQuery = HubPageQuery & { sort?: HubUserSort; order?: 'asc' | 'desc' };

export type HubEvent = { at: number; text: string };
export type HubAccount = {
  nick: string;
  level: HubLevel;
  muzzled: boolean;
  friend: boolean;
  email: string;
  created: number;
  seen: number;
  seenAddress: string;
  /** Nobody can log in with a password yet. */
  closed: boolean;
  online: boolean;
};
export type HubUserDetail = {
  nick: string;
  /** Null: not here now. */
  user: HubUser | null;
  account: HubAccount | null;
  rooms: string[];
  /** Newest first. */
  timeline: HubEvent[];
  /** Searches in each of the last minutes, as `minutes` of a user. */
  searchMinutes: number[];
  /** Some of what is shared. */
  shared: string[];
  bans: HubBan[];
  /** Others from the same address now. */
  sameAddress: string[];
};
export type HubUserAction =
  | { action: 'kill'; reason: string }
  | { action: 'muzzle' | 'unmuzzle'; reason: string }
  | { action: 'level'; level: HubLevel };

// Bans --------------------------------------------------------------------------------------------------------------

export type HubBan = {
  id: number;
  mask: string;
  setter: string;
  reason: string;
  at: number;
  until: number;
  lifted: number | null;
  liftedBy: string | null;
};
export type HubBansQuery = HubPageQuery & { which?: 'holding' | 'all' };
export type HubBanRequest = { mask: string; reason: string; seconds: number };
/** Whom a mask would meet now; at most 50 by name. */
export type HubBanPreview = { mask: string; users: number; nicks: string[]; accounts: number; warnings: string[] };
export type HubBanned = { ban: HubBan; ended: number };

// Floods ------------------------------------------------------------------------------------------------------------

export type HubTalker = {
  nick: string;
  address: string;
  perMinute: number;
  searchesPerMinute: number;
  minutes: number[];
};
/** What the hub did by itself: it lets who is over a budget wait, and nobody else. Ends by itself when they slow down. */
export type HubMeasure = {
  id: string;
  at: number;
  kind: 'slowed';
  nick: string;
  address: string;
  evidence: string;
};
export type HubFloods = { talkers: HubTalker[]; measures: HubMeasure[] };

// Rooms, content, filters -------------------------------------------------------------------------------------------

export type HubRoom = {
  name: string;
  topic: string;
  users: number;
  level: HubLevel;
  limit: number;
  registered: boolean;
  moderated: boolean;
  private: boolean;
};
export type HubRoomAction = { action: 'close'; reason: string } | { action: 'topic'; topic: string };

export type HubSearched = { text: string; times: number; found: number };
/** Since the start, or the last `kept` different ones. `missing`: searched and never found. */
export type HubContent = {
  searched: HubSearched[];
  missing: HubSearched[];
  different: number;
  kept: number;
  /** Shares whose claims do not fit together, newest first: size against bitrate and time, or Wrapster's 32 kbps at 32,000 Hz. */
  doubtful: { nick: string; path: string }[];
  doubts: number;
  /** Shares that a filter kept out since the start. */
  blocked: number;
};

/**
 * `word`: a word in shared paths. `pattern`: a regular expression on them. `search`: a word that cannot be searched for.
 * `name`: a file of this name (a take-down). `hash`: a file of this hash (a take-down).
 */
export type HubFilterKind = 'word' | 'pattern' | 'search' | 'name' | 'hash';
export const HUB_FILTER_KINDS = [
  'word',
  'pattern',
  'search',
  'name',
  'hash',
] as const satisfies readonly HubFilterKind[];
export type HubFilter = {
  id: number;
  kind: HubFilterKind;
  pattern: string;
  setter: string;
  at: number;
  enabled: boolean;
};
export type HubFilterRequest = { kind: HubFilterKind; pattern: string };
/** What a filter would meet: among shared files now and among searches since the start. */
export type HubFilterPreview = {
  looked: { files: number; searches: number };
  files: number;
  owners: number;
  searches: number;
  /** Some of them, at most 20 each. */
  paths: string[];
  texts: string[];
  warnings: string[];
};
export type HubFiltered = { filter: HubFilter; takenDown: number };

// Config, audit, health, data ---------------------------------------------------------------------------------------

export type HubConfigRow = {
  key: string;
  value: string;
  default: string;
  /** What the file and the environment would give now; null: the same as `value`. */
  pending: string | null;
  reload: boolean;
  secret: boolean;
  help: string;
};
/** `error`: what is wrong in the file, with its line. */
export type HubConfig = { rows: HubConfigRow[]; error: string | null };
export type HubReload = { lines: { key: string; outcome: string; why: string | null }[] };

export type HubAuditRow = { id: number; at: number; actor: string; action: string; target: string; detail: string };

export type HubBackup = { name: string; at: number; sizeBytes: number };
export type HubHealth = {
  lag: { nowMs: number; p99Ms: number; maxMs: number };
  memory: { rss: number; heapUsed: number; heapTotal: number; external: number };
  machine: { free: number; total: number };
  queues: { answers: number; hashes: number };
  connections: number;
  databaseBytes: number;
  cpuPercent: number;
  uptimeMs: number;
  node: string;
  version: string;
  backups: HubBackup[];
};

/** Everything kept about one person, for that person. */
export type HubExport = {
  nick: string;
  made: number;
  account: HubAccount | null;
  channelsOperated: string[];
  bans: HubBan[];
  audit: HubAuditRow[];
  /** In memory only, while online. */
  session: HubUser | null;
  timeline: HubEvent[];
};

// Front page --------------------------------------------------------------------------------------------------------

/** `/stats.json`, for everybody. */
export type HubPublicStats = {
  name: string;
  version: string;
  users: number;
  files: number;
  bytes: number;
  rooms: number;
  uptimeSeconds: number;
  napster: string[];
  tls: string | null;
  fingerprint: string | null;
  invite: string;
};

// Schemas -----------------------------------------------------------------------------------------------------------

const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const NICK = { type: 'string', minLength: 1, maxLength: 64 } as const;
const MASK = { type: 'string', minLength: 1, maxLength: 128, pattern: '^[^\\s]+$' } as const;
const REASON = { type: 'string', minLength: 1, maxLength: 160, pattern: '\\S' } as const;
const PAGE = {
  offset: { ...COUNT, default: 0 },
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 200 },
  q: { type: 'string', maxLength: 200, default: '' },
} as const;
const YEAR_SECONDS = 31_622_400;

function shape(properties: object, required: readonly string[] = []): object {
  return { type: 'object', additionalProperties: false, required, properties };
}

const byNick = shape({ nick: NICK }, ['nick']);
const byName = shape({ name: { type: 'string', minLength: 1, maxLength: 128 } }, ['name']);
const byId = shape({ id: { type: 'string', pattern: '^[0-9]{1,15}$' } }, ['id']);
const pageQuery = shape(PAGE);
const banRequest = shape(
  { mask: MASK, reason: REASON, seconds: { type: 'integer', minimum: 60, maximum: YEAR_SECONDS } },
  ['mask', 'reason', 'seconds'],
);
const filterRequest = shape(
  { kind: { type: 'string', enum: HUB_FILTER_KINDS }, pattern: { type: 'string', minLength: 1, maxLength: 256 } },
  ['kind', 'pattern'],
);
const usersQuery = shape({
  ...PAGE,
  sort: {
    type: 'string',
    enum: ['nick', 'level', 'address', 'client', 'since', 'files', 'bytes', 'messages', 'searches'],
    default: 'nick',
  },
  order: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
});
const userAction = shape(
  {
    action: { type: 'string', enum: ['kill', 'muzzle', 'unmuzzle', 'level'] },
    reason: REASON,
    level: { type: 'string', enum: HUB_LEVELS },
  },
  ['action'],
);
const roomAction = shape(
  { action: { type: 'string', enum: ['close', 'topic'] }, reason: REASON, topic: { type: 'string', maxLength: 255 } },
  ['action'],
);
const overviewQuery = shape({
  since: { ...COUNT, default: 0 },
  span: { type: 'string', enum: ['minutes', 'day'], default: 'minutes' },
});
const adminRequest = shape(
  {
    verb: { type: 'string', minLength: 1, maxLength: 40 },
    words: { type: 'array', maxItems: 64, items: { type: 'string', maxLength: 4096 } },
    options: { type: 'object', additionalProperties: { type: 'string', maxLength: 4096 } },
    actor: { type: 'string', minLength: 1, maxLength: 64 },
  },
  ['verb', 'words', 'options', 'actor'],
);

// Routes ------------------------------------------------------------------------------------------------------------

/** A route and the least role that may ask it. */
export type HubRouteSpec = Route & { role: HubRole };

export const HUB_ROUTES = {
  hello: { ...HELLO_ROUTE, role: 'read-only' },
  overview: { method: 'GET', path: '/api/overview', query: overviewQuery, role: 'read-only' },
  users: { method: 'GET', path: '/api/users', query: usersQuery, role: 'read-only' },
  user: { method: 'GET', path: '/api/users/:nick', params: byNick, role: 'read-only' },
  actOnUser: { method: 'POST', path: '/api/users/:nick', params: byNick, body: userAction, role: 'moderator' },
  bans: {
    method: 'GET',
    path: '/api/bans',
    query: shape({ ...PAGE, which: { type: 'string', enum: ['holding', 'all'], default: 'holding' } }),
    role: 'read-only',
  },
  previewBan: { method: 'POST', path: '/api/bans/preview', body: shape({ mask: MASK }, ['mask']), role: 'read-only' },
  ban: { method: 'POST', path: '/api/bans', body: banRequest, role: 'moderator' },
  /** Also the undo of one that was just set. */
  liftBan: { method: 'DELETE', path: '/api/bans/:id', params: byId, role: 'moderator' },
  floods: { method: 'GET', path: '/api/floods', role: 'read-only' },
  rooms: { method: 'GET', path: '/api/rooms', query: pageQuery, role: 'read-only' },
  actOnRoom: { method: 'POST', path: '/api/rooms/:name', params: byName, body: roomAction, role: 'moderator' },
  content: { method: 'GET', path: '/api/content', role: 'read-only' },
  filters: { method: 'GET', path: '/api/filters', role: 'read-only' },
  previewFilter: { method: 'POST', path: '/api/filters/preview', body: filterRequest, role: 'read-only' },
  addFilter: { method: 'POST', path: '/api/filters', body: filterRequest, role: 'moderator' },
  setFilter: {
    method: 'POST',
    path: '/api/filters/:id',
    params: byId,
    body: shape({ enabled: { type: 'boolean' } }, ['enabled']),
    role: 'moderator',
  },
  dropFilter: { method: 'DELETE', path: '/api/filters/:id', params: byId, role: 'moderator' },
  config: { method: 'GET', path: '/api/config', role: 'read-only' },
  reload: { method: 'POST', path: '/api/config/reload', role: 'admin' },
  audit: { method: 'GET', path: '/api/audit', query: pageQuery, role: 'read-only' },
  health: { method: 'GET', path: '/api/health', role: 'read-only' },
  backUp: { method: 'POST', path: '/api/backups', role: 'admin' },
  announce: {
    method: 'POST',
    path: '/api/announce',
    body: shape({ text: { type: 'string', minLength: 1, maxLength: 180 } }, ['text']),
    role: 'admin',
  },
  exportUser: { method: 'GET', path: '/api/accounts/:nick', params: byNick, role: 'admin' },
  deleteUser: { method: 'DELETE', path: '/api/accounts/:nick', params: byNick, role: 'admin' },
  /** `hub admin COMMAND …` on a running hub. */
  admin: { method: 'POST', path: '/api/admin', body: adminRequest, role: 'admin' },
} as const satisfies Record<string, HubRouteSpec>;

export type HubRoute = keyof typeof HUB_ROUTES;

/** What each route answers; `null`: 204, no body. */
export type HubAnswers = {
  hello: Hello;
  overview: HubOverview;
  users: Page<HubUser>;
  user: HubUserDetail;
  actOnUser: null;
  bans: Page<HubBan>;
  previewBan: HubBanPreview;
  ban: HubBanned;
  liftBan: null;
  floods: HubFloods;
  rooms: Page<HubRoom>;
  actOnRoom: null;
  content: HubContent;
  filters: HubFilter[];
  previewFilter: HubFilterPreview;
  addFilter: HubFiltered;
  setFilter: HubFiltered;
  dropFilter: null;
  config: HubConfig;
  reload: HubReload;
  /** Newest first. */
  audit: Page<HubAuditRow>;
  health: HubHealth;
  backUp: HubBackup;
  announce: null;
  exportUser: HubExport;
  deleteUser: null;
  admin: HubAdminAnswer;
};

/** What a command of `hub admin` gives back: lines for people, objects for `--json`. */
export type HubAdminAnswer = { lines: string[]; events: { event: string; [key: string]: unknown }[] };
