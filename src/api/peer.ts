// What the peer's page and commands may ask of a running peer: types, the table of routes, JSON Schema literals.
// The server builds its routes from PEER_ROUTES and validates with its schemas; the page is typed by PeerAnswers.
// Nothing is unbounded: each list has a page size, each text a length (LIMITS).
//
// Who may ask
//   The link http://127.0.0.1:8881/#token=… carries the token once; the page keeps it in sessionStorage and sends
//   `Authorization: Bearer <token>` with every call. What cannot carry that header (<audio>, downloads, the WebSocket)
//   is let in by the cookie of POST /api/session: HttpOnly, SameSite=Strict, Path=/api. The cookie opens the routes
//   marked `cookie: true` and nothing else, and only for the page's own Origin or Sec-Fetch-Site: same-origin/none.
//   Host must be the address listened on (or localhost), Origin, where present, the same. Otherwise: 401 or 403.
//
// Answers
//   2xx with JSON, or ApiError with 400 (schema), 401, 403, 404, 409 (state forbids), 429, 501 (not in this version), 503.
//   Responses are `cache-control: no-store` but for media and static files.
//
// Live (WebSocket at /api/live)
//   The client says what it watches and the revision it has (0: nothing); the server sends what changed since.
//   A revision is a whole number that only grows while the peer runs; `run` in PeerStatus tells one run from the next.
//   A delta with full: true replaces everything; the parts of a long one follow with full: false (LIVE_ROWS a message).
//   The server coalesces: at most 4 messages a second for each thing watched, PeerStatus at most 2 (1 while data moves).
//   No answer to a ping in 30 s, or 1 MiB unsent: the server closes; the page connects again with its revisions.

import type { Limits } from '#base';
import { HELLO_ROUTE, type Hello, type Page, type Route } from './route.ts';

export const LIMITS = {
  pageRows: { value: 500, unit: 'rows', source: 'one answer of a list; the table asks for 200 at a time' },
  liveRows: { value: 500, unit: 'rows', source: 'one message of a delta; longer ones are sent in parts' },
  searchRows: { value: 10_000, unit: 'rows', source: 'kept for one search; what the page is measured with' },
  searches: { value: 20, unit: 'searches', source: 'kept at once; the oldest gives way' },
  transferRows: { value: 10_000, unit: 'rows', source: 'finished rows beyond it are cleared, oldest first' },
  actionIds: { value: 500, unit: 'ids', source: 'one action on selected rows' },
  alternatives: { value: 50, unit: 'ids', source: 'other sources named with one download' },
  textLength: { value: 1024, unit: 'characters', source: 'a search text, a path, a nick given by the page' },
  folders: { value: 64, unit: 'folders', source: 'shared folders' },
  hubs: { value: 32, unit: 'hubs', source: 'hubs of one peer' },
  segments: { value: 400, unit: 'segments', source: 'an X-ray strip is at most this fine; neighbours are joined' },
  bodyBytes: { value: 65_536, unit: 'bytes', source: 'any request body' },
  speedSamples: { value: 600, unit: 'samples', source: 'ten minutes at one a second' },
} as const satisfies Limits;

export type Network = 'napster' | 'gnutella';

// Status ------------------------------------------------------------------------------------------------------------

/** What the page can do with this peer beyond the main job; the page hides what is not listed. */
export type PeerFeature =
  | 'browse'
  | 'messages'
  | 'quarantine'
  | 'inspection'
  | 'folder-check'
  | 'power'
  | 'self-test'
  | 'gnutella';

/** Everything that the status sentence needs. Small: sent whole at each change. */
export type PeerStatus = {
  version: string;
  /** Random, one for each start of the peer: when it changes, revisions begin again. */
  run: string;
  /** Unix ms of the peer's clock. */
  now: number;
  startedAt: number;
  nick: string;
  /** `off`: every port closed, nothing shared (`peershield off`). `fetch-only`: no listening port, nothing shared. */
  mode: 'sharing' | 'fetch-only' | 'off';
  features: PeerFeature[];
  hubs: HubState[];
  /** Null: not running Gnutella. */
  gnutella: GnutellaState | null;
  reach: Reach;
  shares: ShareCount;
  transfers: TransferCount;
  today: Today;
  problems: Problem[];
};

export type HubState = {
  /** host:port as set; the key of this row. */
  address: string;
  state: 'online' | 'connecting' | 'waiting' | 'refused' | 'off';
  /** Words of why it is not online: the hub's own, or ours. */
  reason: string | null;
  /** When the next try comes, Unix ms; null: none planned. */
  retryAt: number | null;
  nick: string;
  name: string | null;
  users: number;
  files: number;
  gigabytes: number;
  encrypted: boolean;
  pingMs: number | null;
};

export type GnutellaState = { mode: 'leaf' | 'ultrapeer'; peers: number; wanted: number; port: number };

export type Reach = {
  /** `untested`: nobody has tried yet. `no-port`: we hold none, on purpose. */
  state: 'reachable' | 'firewalled' | 'untested' | 'no-port';
  napsterPort: number;
  gnutellaPort: number;
  /** What told us, in words. */
  why: string | null;
};

export type ShareCount = {
  folders: number;
  files: number;
  bytes: number;
  heldBack: number;
  scanning: { done: number; total: number } | null;
};

/** Now: rows in each state, and bytes per second both ways. */
export type TransferCount = {
  down: number;
  up: number;
  queued: number;
  failed: number;
  downBps: number;
  upBps: number;
};

/** Since midnight of the peer's time zone. */
export type Today = { filesDown: number; bytesDown: number; filesUp: number; bytesUp: number; peopleUp: number };

export type Problem = {
  id: string;
  level: 'note' | 'warn' | 'alarm';
  /** Stable, kebab-case: `folder-missing`, `disk-full`, `nick-taken`, `quarantined`, `port-taken` … */
  code: string;
  /** One sentence for people, English. */
  text: string;
  /** Where the page can help: a screen, with a row where there is one. Null: nothing to press. */
  fix: { screen: 'search' | 'transfers' | 'library' | 'settings' | 'quarantine'; id?: string } | null;
};

/** The last minutes, oldest first; `stepMs` apart. For the first picture; afterwards PeerStatus brings one more each second. */
export type Speeds = { stepMs: number; until: number; downBps: number[]; upBps: number[] };

// Search ------------------------------------------------------------------------------------------------------------

export type SearchRequest = {
  text: string;
  network?: Network | 'all';
  /** Filters that the networks can apply; the page filters what is there by itself. 0 and absent: no bound. */
  minKbps?: number;
  maxKbps?: number;
  minSeconds?: number;
  maxSeconds?: number;
  minBytes?: number;
  maxBytes?: number;
};

export type SearchState = {
  id: string;
  text: string;
  startedAt: number;
  /** `running`: answers may still come. `full`: searchRows reached. */
  state: 'running' | 'done' | 'full' | 'failed';
  reason: string | null;
  results: number;
  /** What has been asked, and how it stands: a hub's address, or `gnutella`. */
  asked: { at: string; state: 'asked' | 'answered' | 'failed'; results: number; reason: string | null }[];
};

/** Where a file can be had. `line` is Napster's claimed line speed, 0 (unknown) to 10 (T3 or more); null elsewhere. */
export type Source = {
  nick: string;
  hub: string;
  line: number | null;
  /** False: its slots were taken when it answered. Null: not said. */
  freeSlot: boolean | null;
  pingMs: number | null;
};

/** One file as its owner describes it; the same path of the same nick on two hubs is one row with two sources. */
export type SearchRow = {
  id: string;
  network: Network;
  name: string;
  path: string;
  sizeBytes: number;
  kbps: number;
  hz: number;
  seconds: number;
  sources: Source[];
  hashes: Hashes;
  /** What the claim alone gives away: `wrapster` (32 kbps at 32,000 Hz), `size` (not bitrate × length). */
  doubts: ('wrapster' | 'size')[];
  /** The transfer that fetches or fetched it, if any; and whether the library holds the same file. */
  transferId: string | null;
  inLibrary: boolean;
};

export type Hashes = { sha1?: string; tth?: string; md5?: string };

// Transfers ---------------------------------------------------------------------------------------------------------

/** `receiving` of an upload: the partner receives. */
export type TransferStateName =
  | 'queued'
  | 'connecting'
  | 'receiving'
  | 'waiting'
  | 'checking'
  | 'done'
  | 'failed'
  | 'quarantined';

export type Transfer = {
  id: string;
  direction: 'down' | 'up';
  network: Network;
  name: string;
  state: TransferStateName;
  /** Held by the person: state is `waiting` until `resume`. */
  paused: boolean;
  bytes: number;
  sizeBytes: number;
  /** Bytes per second over the last seconds; 0 when nothing moves. */
  bps: number;
  /** Why it is not moving, or how it ended, in words; the code beside it is stable and may be translated. */
  reason: string | null;
  reasonCode: string | null;
  /** When the next try comes, Unix ms. */
  retryAt: number | null;
  nick: string;
  hub: string;
  /** Place in the partner's queue, from 1; null: not known. */
  queuePlace: number | null;
  /** Other sources that would be tried. */
  alternatives: number;
  kbps: number;
  seconds: number;
  addedAt: number;
  endedAt: number | null;
  /** Bytes from the start that have passed the checks: what GET media will give now without waiting. */
  playableBytes: number;
  /** Set when it lies in the library. */
  libraryId: string | null;
  verdict: Verdict | null;
};

export type TransferAction = 'pause' | 'resume' | 'cancel' | 'retry' | 'clear' | 'first';
export type ActionReport = { done: string[]; refused: { id: string; reason: string }[] };

/**
 * What to fetch: a result or browsed row by id; a nick's path; or a magnet link or urn:sha1. The answer is the row, which is on
 * disk. The same file asked for again answers the row that is there (200 rather than 201). `first`: before all queued ones,
 * so that it can be played now.
 */
export type DownloadRequest =
  | { resultId: string; alternatives?: string[]; first?: boolean }
  | { nick: string; path: string; hub?: string; name?: string; sizeBytes?: number; first?: boolean }
  | { uri: string; first?: boolean };

// Library -----------------------------------------------------------------------------------------------------------

export type LibraryFile = {
  id: string;
  name: string;
  /** Folder's id and the path below it, with `/`. */
  folderId: string;
  path: string;
  sizeBytes: number;
  kbps: number;
  vbr: boolean;
  hz: number;
  seconds: number;
  title: string | null;
  artist: string | null;
  album: string | null;
  addedAt: number;
  shared: boolean;
  /** Why it is not shared, in words. */
  reason: string | null;
  verdict: Verdict | null;
  /** How often it was uploaded. */
  uploads: number;
};

export type LibraryFolder = {
  id: string;
  path: string;
  /** The downloads folder is listed too; it is shared only if it is among the share folders. */
  kind: 'share' | 'downloads';
  shared: boolean;
  files: number;
  bytes: number;
  heldBack: number;
  scanning: boolean;
  scannedAt: number | null;
  problem: string | null;
};

export type LibrarySort =
  | 'name'
  | 'artist'
  | 'album'
  | 'sizeBytes'
  | 'kbps'
  | 'seconds'
  | 'addedAt'
  | 'uploads'
  | 'path';
export type LibraryQuery = {
  offset?: number;
  limit?: number;
  sort?: LibrarySort;
  order?: 'asc' | 'desc';
  /** Words that must all occur in name, title, artist, album or path; case and accents folded. */
  q?: string;
  folderId?: string;
  only?: 'shared' | 'held-back' | 'downloads';
};

/** What sharing a folder would show to strangers; looked at, not yet shared. */
export type FolderCheck = {
  path: string;
  exists: boolean;
  files: number;
  audio: number;
  bytes: number;
  /** Keys, browser profiles, documents, dotfiles, a home folder: what should not lie there. At most 100. */
  risks: { path: string; why: string }[];
  /** Set: this folder cannot be shared, and why. */
  refused: string | null;
};

// Verdicts ----------------------------------------------------------------------------------------------------------

export type Verdict = 'good' | 'damaged' | 'suspect' | 'fake';
export type Finding = {
  code: string;
  level: 'note' | 'damage' | 'alarm';
  at: number;
  lengthBytes: number;
  what: string;
};
/** One piece of the X-ray strip: bytes from `from` up to, not including, `to`. */
export type Segment = {
  from: number;
  to: number;
  is: 'tag' | 'padding' | 'header' | 'frames' | 'data' | 'junk' | 'foreign';
};
export type Inspection = {
  name: string;
  sizeBytes: number;
  verdict: Verdict;
  kind: string;
  findings: Finding[];
  segments: Segment[];
  /** One line, as `MP3 · 192 kbps · 44.1 kHz · stereo`; null: no sound. */
  format: string | null;
};

export type QuarantineRow = Inspection & { id: string; nick: string; hub: string; at: number; released: boolean };
/** `release` overrules the verdict and shelves the file, never shares it; `undo` takes a release back. */
export type QuarantineAction = 'release' | 'undo' | 'delete';

// Browse ------------------------------------------------------------------------------------------------------------

export type BrowseRequest = { nick: string; hub?: string };
export type BrowseState = {
  id: string;
  nick: string;
  hub: string;
  state: 'asking' | 'done' | 'failed';
  reason: string | null;
  files: number;
  bytes: number;
};
/** One folder of a browsed tree: its subfolders first (all of them, at most pageRows), then a page of its files. */
export type BrowsePage = BrowseState & {
  folder: string;
  folders: { path: string; name: string; files: number; bytes: number }[];
  total: number;
  offset: number;
  /** Ids can be given to POST /api/downloads as resultId. */
  rows: SearchRow[];
};

// Settings ----------------------------------------------------------------------------------------------------------

export type PeerSettings = {
  nick: string;
  fetchOnly: boolean;
  shareFolders: string[];
  downloadsDir: string;
  /** Kilobytes (1000 bytes) per second; 0: no limit. */
  upLimitKBps: number;
  downLimitKBps: number;
  uploadSlots: number;
  downloadSlots: number;
  /** Napster's line speed that others see, 0 unknown … 10. */
  line: number;
  hubs: { address: string; enabled: boolean; hasPassword: boolean }[];
  napsterPort: number;
  gnutella: 'off' | 'auto' | 'leaf' | 'ultrapeer';
  gnutellaPort: number;
};
/** Keys left out stay as they are. A hub's `password` is written and never read; left out, the old one stays. */
export type SettingsChange = Partial<Omit<PeerSettings, 'hubs'>> & {
  hubs?: { address: string; enabled: boolean; password?: string }[];
};
export type SettingsReport = {
  settings: PeerSettings;
  /** One for each key sent. */
  effects: { key: string; effect: 'applied' | 'restart' | 'refused'; reason: string | null }[];
};

// Live --------------------------------------------------------------------------------------------------------------

/** Page to peer. `since`: the revision that the page has. A search that is not there is answered with `gone`. */
export type LiveRequest =
  | { type: 'watch'; topic: 'transfers'; since: number }
  | { type: 'watch'; topic: 'search'; id: string; since: number }
  | { type: 'unwatch'; topic: 'transfers' }
  | { type: 'unwatch'; topic: 'search'; id: string };

export type TransfersDelta = { revision: number; full: boolean; rows: Transfer[]; gone: string[] };
export type SearchDelta = { revision: number; full: boolean; search: SearchState; rows: SearchRow[] };

/** Peer to page. `status` comes unasked: at once after connecting, and at each change. */
export type LiveMessage =
  | { type: 'status'; status: PeerStatus }
  | ({ type: 'transfers' } & TransfersDelta)
  | ({ type: 'search'; id: string } & SearchDelta)
  | { type: 'gone'; topic: 'search'; id: string }
  /** A toast. `transferId` when it is about one (finished, quarantined, failed for good). */
  | { type: 'notice'; level: 'info' | 'good' | 'warn' | 'alarm'; code: string; text: string; transferId: string | null }
  | { type: 'message'; nick: string; hub: string; text: string; at: number }
  | { type: 'error'; code: string; message: string };

// Schemas -----------------------------------------------------------------------------------------------------------

const TEXT = { type: 'string', minLength: 1, maxLength: 1024 } as const;
const ID = { type: 'string', minLength: 1, maxLength: 128 } as const;
const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
const PORT = { type: 'integer', minimum: 0, maximum: 65_535 } as const;
const ADDRESS = { type: 'string', minLength: 1, maxLength: 260, pattern: '^[^\\s/]+:[0-9]{1,5}$' } as const;
const PAGE = {
  offset: { ...COUNT, default: 0 },
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 200 },
} as const;
const SINCE = {
  type: 'object',
  additionalProperties: false,
  properties: { since: { ...COUNT, default: 0 } },
} as const;
const BY_ID = { type: 'object', additionalProperties: false, required: ['id'], properties: { id: ID } } as const;

const searchRequest = {
  type: 'object',
  additionalProperties: false,
  required: ['text'],
  properties: {
    text: TEXT,
    network: { type: 'string', enum: ['napster', 'gnutella', 'all'] },
    minKbps: COUNT,
    maxKbps: COUNT,
    minSeconds: COUNT,
    maxSeconds: COUNT,
    minBytes: COUNT,
    maxBytes: COUNT,
  },
} as const;

const downloadRequest = {
  type: 'object',
  additionalProperties: false,
  properties: {
    resultId: ID,
    alternatives: { type: 'array', maxItems: 50, items: ID },
    nick: TEXT,
    path: { type: 'string', minLength: 1, maxLength: 4096 },
    hub: ADDRESS,
    name: TEXT,
    sizeBytes: COUNT,
    uri: { type: 'string', minLength: 1, maxLength: 4096 },
    first: { type: 'boolean' },
  },
  oneOf: [{ required: ['resultId'] }, { required: ['nick', 'path'] }, { required: ['uri'] }],
} as const;

const transferAction = {
  type: 'object',
  additionalProperties: false,
  required: ['action', 'ids'],
  properties: {
    action: { type: 'string', enum: ['pause', 'resume', 'cancel', 'retry', 'clear', 'first'] },
    ids: { type: 'array', minItems: 1, maxItems: 500, items: ID },
  },
} as const;

const libraryQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...PAGE,
    sort: {
      type: 'string',
      enum: ['name', 'artist', 'album', 'sizeBytes', 'kbps', 'seconds', 'addedAt', 'uploads', 'path'],
      default: 'name',
    },
    order: { type: 'string', enum: ['asc', 'desc'], default: 'asc' },
    q: { type: 'string', maxLength: 1024 },
    folderId: ID,
    only: { type: 'string', enum: ['shared', 'held-back', 'downloads'] },
  },
} as const;

const browseRequest = {
  type: 'object',
  additionalProperties: false,
  required: ['nick'],
  properties: { nick: TEXT, hub: ADDRESS },
} as const;

const browseQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { ...PAGE, folder: { type: 'string', maxLength: 4096, default: '' } },
} as const;

const settingsChange = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    nick: { type: 'string', minLength: 1, maxLength: 19, pattern: '^[^\\s:"@]+$' },
    fetchOnly: { type: 'boolean' },
    shareFolders: { type: 'array', maxItems: 64, items: { type: 'string', minLength: 1, maxLength: 4096 } },
    downloadsDir: { type: 'string', minLength: 1, maxLength: 4096 },
    upLimitKBps: COUNT,
    downLimitKBps: COUNT,
    uploadSlots: { type: 'integer', minimum: 0, maximum: 100 },
    downloadSlots: { type: 'integer', minimum: 1, maximum: 100 },
    line: { type: 'integer', minimum: 0, maximum: 10 },
    hubs: {
      type: 'array',
      maxItems: 32,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['address', 'enabled'],
        properties: { address: ADDRESS, enabled: { type: 'boolean' }, password: { type: 'string', maxLength: 128 } },
      },
    },
    napsterPort: PORT,
    gnutella: { type: 'string', enum: ['off', 'auto', 'leaf', 'ultrapeer'] },
    gnutellaPort: PORT,
  },
} as const;

const folderCheckRequest = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  properties: { path: { type: 'string', minLength: 1, maxLength: 4096 } },
} as const;

const powerRequest = {
  type: 'object',
  additionalProperties: false,
  required: ['on'],
  properties: { on: { type: 'boolean' } },
} as const;

const messageRequest = {
  type: 'object',
  additionalProperties: false,
  required: ['nick', 'hub', 'text'],
  properties: { nick: TEXT, hub: ADDRESS, text: { type: 'string', minLength: 1, maxLength: 500 } },
} as const;

const quarantineAction = {
  type: 'object',
  additionalProperties: false,
  required: ['action'],
  properties: { action: { type: 'string', enum: ['release', 'undo', 'delete'] } },
} as const;

const pageQuery = { type: 'object', additionalProperties: false, properties: PAGE } as const;

/** A message of the page on the WebSocket, checked like a body. */
export const LIVE_REQUEST_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'topic'],
  properties: {
    type: { type: 'string', enum: ['watch', 'unwatch'] },
    topic: { type: 'string', enum: ['transfers', 'search'] },
    id: ID,
    since: COUNT,
  },
} as const;

// Routes ------------------------------------------------------------------------------------------------------------

export const PEER_ROUTES = {
  hello: HELLO_ROUTE,
  /** 204 with the cookie, asked with the token. */
  openSession: { method: 'POST', path: '/api/session' },
  /** The WebSocket. */
  live: { method: 'GET', path: '/api/live', cookie: true },
  status: { method: 'GET', path: '/api/status' },
  speeds: { method: 'GET', path: '/api/speeds' },
  /** Closes every port and unshares everything, or the way back. Lasts over restarts. Feature `power`. */
  power: { method: 'POST', path: '/api/power', body: powerRequest },

  startSearch: { method: 'POST', path: '/api/searches', body: searchRequest },
  searches: { method: 'GET', path: '/api/searches' },
  search: { method: 'GET', path: '/api/searches/:id', params: BY_ID, query: SINCE },
  dropSearch: { method: 'DELETE', path: '/api/searches/:id', params: BY_ID },

  download: { method: 'POST', path: '/api/downloads', body: downloadRequest },
  transfers: { method: 'GET', path: '/api/transfers', query: SINCE },
  actOnTransfers: { method: 'POST', path: '/api/transfers/actions', body: transferAction },
  /**
   * The sound, with Range; of an unfinished download too: Content-Range names the whole size, and the answer waits for
   * bytes that have not passed the checks yet. Ends early when the transfer fails. `content-disposition: inline`.
   */
  transferMedia: { method: 'GET', path: '/api/transfers/:id/media', params: BY_ID, cookie: true },
  transferInspection: { method: 'GET', path: '/api/transfers/:id/inspection', params: BY_ID },

  library: { method: 'GET', path: '/api/library', query: libraryQuery },
  libraryFolders: { method: 'GET', path: '/api/library/folders' },
  rescan: { method: 'POST', path: '/api/library/rescan' },
  libraryMedia: { method: 'GET', path: '/api/library/:id/media', params: BY_ID, cookie: true },
  libraryInspection: { method: 'GET', path: '/api/library/:id/inspection', params: BY_ID },
  checkFolder: { method: 'POST', path: '/api/folders/check', body: folderCheckRequest },

  browse: { method: 'POST', path: '/api/browse', body: browseRequest },
  browsed: { method: 'GET', path: '/api/browse/:id', params: BY_ID, query: browseQuery },

  quarantine: { method: 'GET', path: '/api/quarantine', query: pageQuery },
  actOnQuarantine: { method: 'POST', path: '/api/quarantine/:id', params: BY_ID, body: quarantineAction },

  settings: { method: 'GET', path: '/api/settings' },
  changeSettings: { method: 'PUT', path: '/api/settings', body: settingsChange },
  sendMessage: { method: 'POST', path: '/api/messages', body: messageRequest },
  selfTest: { method: 'POST', path: '/api/self-test' },
} as const satisfies Record<string, Route>;

export type PeerRoute = keyof typeof PEER_ROUTES;

/** What each route answers; `null`: 204, no body; `never`: not JSON. */
export type PeerAnswers = {
  hello: Hello;
  openSession: null;
  live: never;
  status: PeerStatus;
  speeds: Speeds;
  power: PeerStatus;
  startSearch: SearchState;
  /** Newest first. */
  searches: SearchState[];
  search: SearchDelta;
  dropSearch: null;
  download: Transfer;
  transfers: TransfersDelta;
  actOnTransfers: ActionReport;
  transferMedia: never;
  transferInspection: Inspection;
  library: Page<LibraryFile>;
  libraryFolders: LibraryFolder[];
  rescan: null;
  libraryMedia: never;
  libraryInspection: Inspection;
  checkFolder: FolderCheck;
  browse: BrowseState;
  browsed: BrowsePage;
  quarantine: Page<QuarantineRow>;
  actOnQuarantine: null;
  settings: PeerSettings;
  changeSettings: SettingsReport;
  sendMessage: null;
  selfTest: { ok: boolean; lines: { ok: boolean; text: string }[] };
};
