// The provider without a server: the same screens on generated data. `?mock` is an ordinary evening; `?mock=empty` a
// first start, `?mock=huge` 10,000 rows everywhere, `?mock=offline` a program that went away, `?mock=locked` a wrong key.
import type {
  BrowsePage,
  Inspection,
  LibraryFile,
  LibraryFolder,
  LiveMessage,
  LiveRequest,
  PeerSettings,
  PeerStatus,
  QuarantineRow,
  SearchRow,
  SearchState,
  Segment,
  Transfer,
} from '#api';
import { HUBS, kbpsOf, nickOf, pick, type Song, seededChance, songOf } from './mock-words.ts';
import { CallError } from './ask.ts';
import type { CallRoute, Link, LiveChannel, Provider } from './provider.ts';

export type Scenario = 'evening' | 'empty' | 'huge' | 'offline' | 'locked';
const STEP_MS = 500;

type LooseAsk = { id?: string; query?: Record<string, unknown>; body?: Record<string, unknown> };
type MockSearch = { state: SearchState; rows: SearchRow[]; all: SearchRow[] };

export function mockProvider(scenario: Scenario): Provider {
  const world = new World(scenario);
  return {
    demo: true,
    call: (async (route: CallRoute, ask: LooseAsk = {}) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (scenario === 'locked') throw new CallError('locked', 'The program does not know this key.');
      return world.answer(route, ask);
    }) as Provider['call'],
    mediaUrl: (of, id) => `/api/${of === 'transfer' ? 'transfers' : 'library'}/${id}/media`,
    connect: (hear, link) => world.connect(hear, link),
  };
}

class World {
  readonly #scenario: Scenario;
  readonly #chance = seededChance(2000);
  readonly #library: LibraryFile[];
  readonly #transfers: Transfer[];
  readonly #searches = new Map<string, MockSearch>();
  readonly #watched = new Set<string>();
  readonly #quarantine: QuarantineRow[];
  #settings: PeerSettings;
  #power = true;
  #revision = 1;
  #changed = new Set<Transfer>();
  #gone: string[] = [];
  #hear: (message: LiveMessage) => void = () => {};
  #at = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const many = scenario === 'huge';
    const none = scenario === 'empty';
    this.#library = none ? [] : Array.from({ length: many ? 10_000 : 640 }, (_, i) => libraryFile(i, this.#chance));
    this.#transfers = none ? [] : Array.from({ length: many ? 10_000 : 17 }, (_, i) => transferOf(i, this.#chance));
    this.#quarantine = none ? [] : quarantined(this.#chance);
    this.#settings = {
      nick: 'silverfox',
      fetchOnly: false,
      shareFolders: none ? [] : ['/home/you/Music', '/home/you/Recordings'],
      downloadsDir: '/home/you/Downloads/Peershield',
      upLimitKBps: 0,
      downLimitKBps: 0,
      uploadSlots: 3,
      downloadSlots: 4,
      line: 8,
      hubs: HUBS.map((address, i) => ({ address, enabled: i < 2 || !none, hasPassword: i === 1 })),
      napsterPort: 6699,
      gnutella: 'auto',
      gnutellaPort: 6346,
    };
  }

  connect(hear: (message: LiveMessage) => void, link: (link: Link) => void): LiveChannel {
    this.#hear = hear;
    if (this.#scenario === 'locked') {
      setTimeout(() => link({ state: 'locked', retryAt: null, lostAt: null }), 10);
      return { send: () => {}, retryNow: () => {}, close: () => {} };
    }
    setTimeout(() => {
      link({ state: 'open', retryAt: null, lostAt: null });
      hear({ type: 'status', status: this.#status() });
      if (this.#scenario === 'offline')
        setTimeout(() => link({ state: 'lost', retryAt: Date.now() + 8000, lostAt: Date.now() - 5000 }), 900);
    }, 10);
    const timer = setInterval(() => this.#step(), STEP_MS);
    return {
      send: (request) => this.#watch(request),
      retryNow: () => link({ state: 'open', retryAt: null, lostAt: null }),
      close: () => clearInterval(timer),
    };
  }

  answer(route: CallRoute, { id = '', query = {}, body = {} }: LooseAsk): unknown {
    switch (route) {
      case 'hello':
        return { program: 'peer', version: 'demo' };
      case 'status':
        return this.#status();
      case 'speeds':
        return this.#scenario === 'empty'
          ? { stepMs: 1000, until: Date.now(), downBps: [], upBps: [] }
          : {
              stepMs: 1000,
              until: Date.now(),
              downBps: wave(120, 5_400_000, 11, this.#chance),
              upBps: wave(120, 2_700_000, 17, this.#chance),
            };
      case 'power':
        this.#power = body.on === true;
        this.#hear({ type: 'status', status: this.#status() });
        return this.#status();
      case 'startSearch':
        return this.#startSearch(textOf(body.text));
      case 'searches':
        return [...this.#searches.values()].map(({ state }) => state).toReversed();
      case 'dropSearch':
        this.#searches.delete(id);
        return null;
      case 'download':
        return this.#download(textOf(body.resultId));
      case 'actOnTransfers':
        return this.#act(textOf(body.action), body.ids as string[]);
      case 'transferInspection':
      case 'libraryInspection':
        return inspection(this.#chance);
      case 'library':
        return this.#page(query);
      case 'libraryFolders':
        return this.#folders();
      case 'rescan':
      case 'sendMessage':
      case 'openSession':
        return null;
      case 'checkFolder':
        return this.#checkFolder(textOf(body.path));
      case 'browse':
        return {
          id: textOf(body.nick),
          nick: textOf(body.nick),
          hub: HUBS[0],
          state: 'done',
          reason: null,
          files: 87,
          bytes: 560_000_000,
        };
      case 'browsed':
        return this.#browsed(id, textOf(query.folder));
      case 'quarantine':
        return { total: this.#quarantine.length, offset: 0, rows: this.#quarantine };
      case 'actOnQuarantine':
        return this.#judge(id, textOf(body.action));
      case 'settings':
        return this.#settings;
      case 'changeSettings':
        return this.#change(body);
      case 'selfTest':
        return {
          ok: true,
          lines: [
            { ok: true, text: 'Reading /etc/passwd was refused.' },
            { ok: true, text: 'Starting a program was refused.' },
            { ok: true, text: 'A link that leads out of a shared folder was not followed.' },
          ],
        };
      case 'search':
      case 'transfers':
        throw new CallError('not-here', 'The demo sends these live.');
    }
  }

  #status(): PeerStatus {
    const empty = this.#scenario === 'empty';
    const moving = this.#transfers.filter(({ state }) => state === 'receiving');
    const bps = (direction: string): number =>
      moving.reduce((sum, row) => sum + (row.direction === direction ? row.bps : 0), 0);
    const { fetchOnly, shareFolders } = this.#settings;
    const mode = this.#power ? (fetchOnly ? 'fetch-only' : 'sharing') : 'off';
    const sharing = mode === 'sharing' && shareFolders.length > 0;
    return {
      version: 'demo',
      run: 'demo',
      now: Date.now(),
      startedAt: 0,
      nick: this.#settings.nick,
      mode,
      features: ['browse', 'messages', 'quarantine', 'inspection', 'folder-check', 'power', 'self-test'],
      hubs: this.#settings.hubs.map(({ address, enabled }, i) => ({
        address,
        state: !enabled || mode === 'off' ? 'off' : i === 2 ? 'waiting' : 'online',
        reason: i === 2 && enabled ? 'it does not answer' : null,
        retryAt: i === 2 && enabled ? Date.now() + 42_000 : null,
        nick: this.#settings.nick,
        name: ['This machine', 'Silver Days', 'Friends of Music'][i] ?? null,
        users: [2, 312, 0][i] ?? 0,
        files: [40, 84_211, 0][i] ?? 0,
        gigabytes: [0, 402, 0][i] ?? 0,
        encrypted: i === 1,
        pingMs: [1, 38, null][i] ?? null,
      })),
      gnutella: null,
      reach: { state: mode === 'sharing' ? 'reachable' : 'no-port', napsterPort: 6699, gnutellaPort: 0, why: null },
      shares: {
        folders: sharing ? shareFolders.length : 0,
        files: sharing ? this.#library.length : 0,
        bytes: sharing ? this.#library.length * 5_600_000 : 0,
        heldBack: sharing ? 2 : 0,
        scanning: null,
      },
      transfers: {
        down: moving.filter(({ direction }) => direction === 'down').length,
        up: moving.filter(({ direction }) => direction === 'up').length,
        queued: this.#transfers.filter(({ state }) => state === 'queued').length,
        failed: this.#transfers.filter(({ state }) => state === 'failed').length,
        downBps: bps('down'),
        upBps: bps('up'),
      },
      today: empty
        ? { filesDown: 0, bytesDown: 0, filesUp: 0, bytesUp: 0, peopleUp: 0 }
        : { filesDown: 12, bytesDown: 74_300_000, filesUp: 42, bytesUp: 268_000_000, peopleUp: 9 },
      problems:
        empty || mode === 'off'
          ? []
          : [
              {
                id: 'q',
                level: 'note',
                code: 'quarantined',
                text: 'Two files that arrived today are not what they claimed.',
                fix: { screen: 'quarantine' },
              },
              {
                id: 'h',
                level: 'note',
                code: 'held-back',
                text: 'Two files in your folders are held back: they are no sound.',
                fix: { screen: 'library' },
              },
            ],
    };
  }

  #watch(request: LiveRequest): void {
    if (request.type === 'unwatch')
      return void this.#watched.delete(request.topic === 'search' ? request.id : 'transfers');
    if (request.topic === 'transfers') {
      this.#watched.add('transfers');
      return this.#hear({ type: 'transfers', revision: this.#revision, full: true, rows: this.#transfers, gone: [] });
    }
    const search = this.#searches.get(request.id);
    if (search === undefined) return this.#hear({ type: 'gone', topic: 'search', id: request.id });
    this.#watched.add(request.id);
    this.#hear({
      type: 'search',
      id: request.id,
      revision: search.rows.length,
      full: true,
      search: search.state,
      rows: search.rows,
    });
  }

  #step(): void {
    for (const row of this.#transfers) if (row.state === 'receiving' && !row.paused) this.#move(row);
    if (this.#watched.has('transfers') && (this.#changed.size > 0 || this.#gone.length > 0))
      this.#hear({
        type: 'transfers',
        revision: ++this.#revision,
        full: false,
        rows: [...this.#changed],
        gone: this.#gone,
      });
    this.#changed = new Set();
    this.#gone = [];
    for (const [id, search] of this.#searches) this.#feed(id, search);
    if (this.#at++ % 2 === 0 && this.#scenario !== 'offline') this.#hear({ type: 'status', status: this.#status() });
  }

  #move(row: Transfer): void {
    const bps = Math.max(20_000, row.bps * (0.9 + this.#chance() * 0.2));
    const bytes = Math.min(row.sizeBytes, row.bytes + (bps * STEP_MS) / 1000);
    const ended = bytes >= row.sizeBytes;
    this.#replace(row, {
      bytes,
      bps: ended ? 0 : bps,
      playableBytes: bytes,
      ...(ended
        ? {
            state: 'done',
            endedAt: Date.now(),
            libraryId: row.direction === 'down' ? `l${row.id}` : null,
            verdict: 'good',
          }
        : {}),
    });
    if (ended && row.direction === 'down')
      this.#hear({ type: 'notice', level: 'good', code: 'fetched', text: row.name, transferId: row.id });
  }

  #replace(row: Transfer, change: Partial<Transfer>): void {
    const next = { ...row, ...change };
    this.#transfers[this.#transfers.indexOf(row)] = next;
    this.#changed.add(next);
  }

  #startSearch(text: string): SearchState {
    const id = `s${this.#searches.size + 1}`;
    const wanted = /nothing/.test(text) ? 0 : this.#scenario === 'huge' || /huge/.test(text) ? 10_000 : 160;
    const all = results(id, text, wanted, this.#chance);
    const state: SearchState = {
      id,
      text,
      startedAt: Date.now(),
      state: 'running',
      reason: null,
      results: 0,
      asked: HUBS.slice(0, 2).map((at) => ({ at, state: 'asked', results: 0, reason: null })),
    };
    this.#searches.set(id, { state, rows: [], all });
    return state;
  }

  #feed(id: string, search: MockSearch): void {
    if (search.state.state !== 'running') return;
    const from = search.rows.length;
    const rows = search.all.slice(from, from + Math.max(60, Math.ceil(search.all.length / 4)));
    search.rows = search.all.slice(0, from + rows.length);
    const done = search.rows.length === search.all.length;
    search.state = {
      ...search.state,
      state: done ? (search.all.length >= 10_000 ? 'full' : 'done') : 'running',
      results: search.rows.length,
      asked: search.state.asked.map((asked, i) => ({
        ...asked,
        state: done || i === 0 ? 'answered' : 'asked',
        results: search.rows.filter(({ sources }) => sources[0]?.hub === asked.at).length,
      })),
    };
    if (this.#watched.has(id))
      this.#hear({ type: 'search', id, revision: search.rows.length, full: false, search: search.state, rows });
  }

  #download(resultId: string): Transfer {
    const found = [...this.#searches.values()].flatMap(({ rows }) => rows).find(({ id }) => id === resultId);
    const row = transferOf(this.#transfers.length, this.#chance);
    const made: Transfer = {
      ...row,
      id: `t${this.#transfers.length + 1}`,
      direction: 'down',
      state: 'receiving',
      reason: null,
      reasonCode: null,
      paused: false,
      bytes: 0,
      bps: 900_000,
      endedAt: null,
      addedAt: Date.now(),
      name: found?.name ?? row.name,
      sizeBytes: found?.sizeBytes ?? row.sizeBytes,
      seconds: found?.seconds ?? row.seconds,
      kbps: found?.kbps ?? row.kbps,
      nick: found?.sources[0]?.nick ?? row.nick,
      verdict: null,
    };
    this.#transfers.push(made);
    this.#changed.add(made);
    return made;
  }

  #act(action: string, ids: string[]): unknown {
    for (const id of ids) {
      const row = this.#transfers.find((candidate) => candidate.id === id);
      if (row === undefined) continue;
      if (action === 'clear' || action === 'cancel') {
        this.#transfers.splice(this.#transfers.indexOf(row), 1);
        this.#gone.push(id);
      } else if (action === 'pause') this.#replace(row, { state: 'waiting', paused: true, bps: 0, reason: null });
      else this.#replace(row, { state: 'receiving', paused: false, bps: 400_000, reason: null, endedAt: null });
    }
    return { done: ids, refused: [] };
  }

  #page(query: Record<string, unknown>): unknown {
    const {
      offset = 0,
      limit = 200,
      sort = 'name',
      order = 'asc',
      q = '',
      folderId,
      only,
    } = query as {
      offset?: number;
      limit?: number;
      sort?: keyof LibraryFile;
      order?: string;
      q?: string;
      folderId?: string;
      only?: string;
    };
    const words = q.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = this.#library
      .filter((row) => folderId === undefined || row.folderId === folderId)
      .filter((row) => only === undefined || (only === 'shared') === row.shared)
      .filter((row) => words.every((word) => `${row.name} ${row.album}`.toLowerCase().includes(word)))
      .toSorted((a, b) => compare(a[sort], b[sort]) * (order === 'asc' ? 1 : -1));
    return { total: rows.length, offset, rows: rows.slice(offset, offset + limit) };
  }

  #folders(): LibraryFolder[] {
    const folder = (id: string, path: string, shared: boolean): LibraryFolder => {
      const rows = this.#library.filter(({ folderId }) => folderId === id);
      return {
        id,
        path,
        kind: shared ? 'share' : 'downloads',
        shared,
        files: rows.length,
        bytes: rows.reduce((sum, row) => sum + row.sizeBytes, 0),
        heldBack: id === 'f0' ? 2 : 0,
        scanning: false,
        scannedAt: Date.now() - 3_600_000,
        problem: null,
      };
    };
    const shares = this.#settings.shareFolders.map((path, i) => folder(`f${i}`, path, true));
    return [...shares, folder('f2', this.#settings.downloadsDir, false)];
  }

  #checkFolder(path: string): unknown {
    const home = /^\/home\/[^/]+\/?$/.test(path);
    return {
      path,
      exists: !path.includes('missing'),
      files: home ? 48_211 : 412,
      audio: 388,
      bytes: 2_210_000_000,
      risks: home
        ? [
            { path: `${path}/.ssh/id_ed25519`, why: 'a private key' },
            { path: `${path}/.mozilla`, why: 'a browser profile' },
          ]
        : [],
      refused: home ? 'A home folder is never shared as a whole. Choose the folder in it that holds the music.' : null,
    };
  }

  #browsed(nick: string, folder: string): BrowsePage {
    const rows = folder === '' ? [] : results(`b${folder}`, '', 14, seededChance(folder.length));
    return {
      id: nick,
      nick,
      hub: HUBS[0],
      state: 'done',
      reason: null,
      files: 87,
      bytes: 560_000_000,
      folder,
      folders:
        folder === ''
          ? ['Silver Days', 'Live', 'Rarities', 'Mixtapes'].map((name, i) => ({
              path: name,
              name,
              files: 14 + i * 9,
              bytes: 9e7 * (i + 1),
            }))
          : [],
      total: rows.length,
      offset: 0,
      rows,
    };
  }

  #judge(id: string, action: string): null {
    const at = this.#quarantine.findIndex((row) => row.id === id);
    const row = this.#quarantine[at];
    if (row === undefined) return null;
    if (action === 'delete') this.#quarantine.splice(at, 1);
    else this.#quarantine[at] = { ...row, released: action === 'release' };
    return null;
  }

  #change(body: Record<string, unknown>): unknown {
    const { hubs, ...rest } = body as Partial<PeerSettings>;
    this.#settings = { ...this.#settings, ...rest };
    if (hubs !== undefined)
      this.#settings.hubs = hubs.map((hub) => ({
        address: hub.address,
        enabled: hub.enabled,
        hasPassword: 'password' in hub,
      }));
    this.#hear({ type: 'status', status: this.#status() });
    return {
      settings: this.#settings,
      effects: Object.keys(body).map((key) => ({
        key,
        effect: key.endsWith('Port') ? 'restart' : 'applied',
        reason: null,
      })),
    };
  }
}

function libraryFile(i: number, chance: () => number): LibraryFile {
  const song = songOf(chance);
  const kbps = kbpsOf(chance);
  const folder = i % 7 === 0 ? 2 : i % 5 === 0 ? 1 : 0;
  const name = `${song.artist} - ${song.title}.mp3`;
  return {
    id: `l${i}`,
    name,
    folderId: `f${folder}`,
    path: `${song.album}/${name}`,
    sizeBytes: sizeOf(song, kbps),
    kbps,
    vbr: chance() < 0.2,
    hz: 44_100,
    seconds: song.seconds,
    title: song.title,
    artist: song.artist,
    album: song.album,
    addedAt: Date.UTC(2026, 10, 24) - i * 7_200_000,
    shared: folder !== 2,
    reason: folder === 2 ? 'the downloads folder is not shared' : null,
    verdict: i % 97 === 3 ? 'damaged' : 'good',
    uploads: Math.floor(chance() ** 4 * 40),
  };
}

const STATES: Partial<Transfer>[] = [
  { state: 'receiving', direction: 'down' },
  { state: 'receiving', direction: 'up' },
  { state: 'receiving', direction: 'down' },
  {
    state: 'queued',
    direction: 'down',
    queuePlace: 4,
    reason: 'The other side has no free slot',
    reasonCode: 'no-slot',
  },
  {
    state: 'waiting',
    direction: 'down',
    reason: 'The other side is not online',
    reasonCode: 'offline',
    alternatives: 3,
  },
  { state: 'done', direction: 'down', verdict: 'good' },
  { state: 'done', direction: 'up' },
  { state: 'connecting', direction: 'down', reason: 'Neither can be reached, asking the hub', reasonCode: 'push' },
  { state: 'checking', direction: 'down' },
  {
    state: 'failed',
    direction: 'down',
    reason: 'The file is no longer shared, and nobody else has it',
    reasonCode: 'not-shared',
  },
  {
    state: 'quarantined',
    direction: 'down',
    reason: 'It is a program, not a song',
    reasonCode: 'fake',
    verdict: 'fake',
  },
  { state: 'waiting', direction: 'down', paused: true },
];

function transferOf(i: number, chance: () => number): Transfer {
  const song = songOf(chance);
  const kbps = kbpsOf(chance);
  const sizeBytes = sizeOf(song, kbps);
  const base = STATES[i < 24 ? i % STATES.length : 5 + (i % 2)] as Partial<Transfer>;
  const ended = base.state === 'done' || base.state === 'failed' || base.state === 'quarantined';
  const begun = ended || base.state === 'receiving' || base.state === 'checking' || base.paused === true;
  const bytes =
    base.state === 'done' || base.state === 'checking' ? sizeBytes : begun ? sizeBytes * (0.15 + chance() * 0.5) : 0;
  return {
    id: `t${i}`,
    direction: 'down',
    network: 'napster',
    name: `${song.artist} - ${song.title}.mp3`,
    state: 'queued',
    paused: false,
    bytes,
    sizeBytes,
    bps: base.state === 'receiving' ? 60_000 + chance() * 900_000 : 0,
    reason: null,
    reasonCode: null,
    retryAt: base.state === 'waiting' && !base.paused ? Date.now() + 95_000 : null,
    nick: nickOf(chance),
    hub: pick(HUBS.slice(0, 2), chance),
    queuePlace: null,
    alternatives: 0,
    kbps,
    seconds: song.seconds,
    addedAt: Date.now() - i * 240_000 - 60_000,
    endedAt: ended ? Date.now() - i * 200_000 : null,
    playableBytes: bytes,
    libraryId: base.state === 'done' && base.direction === 'down' ? `l${i}` : null,
    verdict: null,
    ...base,
  };
}

function results(search: string, text: string, wanted: number, chance: () => number): SearchRow[] {
  const rows: SearchRow[] = [];
  const words = text.replace(/huge/g, '').trim();
  while (rows.length < wanted) {
    const song = songOf(chance);
    if (words !== '' && chance() < 0.7) song.artist = words.replace(/\b\p{L}/gu, (letter) => letter.toUpperCase());
    const copies = 1 + Math.floor(chance() ** 3 * 14);
    for (let copy = 0; copy < copies && rows.length < wanted; copy++)
      rows.push(resultOf(`${search}-${rows.length}`, song, copy, chance));
  }
  return rows;
}

function resultOf(id: string, song: Song, copy: number, chance: () => number): SearchRow {
  const odd = chance() < 0.015;
  const kbps = odd ? 32 : kbpsOf(chance);
  const stem = pick(
    [
      `${song.artist} - ${song.title}`,
      `${song.artist} - ${song.album} - 0${song.track % 10} - ${song.title}`,
      `${song.artist.toLowerCase()} - ${song.title.toLowerCase()}`,
    ],
    chance,
  );
  const name = `${stem}.mp3`;
  return {
    id,
    network: 'napster',
    name,
    path: `C:\\Music\\${song.artist}\\${name}`,
    sizeBytes: sizeOf(song, kbps) + copy * 128,
    kbps,
    hz: odd ? 32_000 : 44_100,
    seconds: song.seconds,
    sources: [
      {
        nick: nickOf(chance),
        hub: pick(HUBS.slice(0, 2), chance),
        line: Math.floor(chance() * 11),
        freeSlot: chance() < 0.7 ? true : chance() < 0.5 ? false : null,
        pingMs: null,
      },
    ],
    hashes: {},
    doubts: odd ? ['wrapster'] : [],
    transferId: null,
    inLibrary: chance() < 0.03,
  };
}

function quarantined(chance: () => number): QuarantineRow[] {
  return [
    {
      ...inspection(chance),
      id: 'q1',
      name: 'Velvet Foxes - Undertow.mp3',
      sizeBytes: 3_145_728,
      verdict: 'fake',
      kind: 'program',
      format: null,
      segments: [
        { from: 0, to: 2048, is: 'tag' },
        { from: 2048, to: 3_145_728, is: 'foreign' },
      ],
      findings: [
        { code: 'program', level: 'alarm', at: 2048, lengthBytes: 3_143_680, what: 'a Windows program behind a tag' },
      ],
      nick: 'basement99',
      hub: HUBS[1],
      at: Date.now() - 900_000,
      released: false,
    },
    {
      ...inspection(chance),
      id: 'q2',
      name: 'Paper Choir - Blue Hour.mp3',
      verdict: 'suspect',
      kind: 'polyglot',
      nick: 'tapehiss',
      hub: HUBS[1],
      at: Date.now() - 7_000_000,
      released: false,
    },
  ];
}

function inspection(chance: () => number): Inspection {
  const sizeBytes = 5_242_880;
  const cut = Math.floor(sizeBytes * (0.6 + chance() * 0.2));
  const segments: Segment[] = [
    { from: 0, to: 48_000, is: 'tag' },
    { from: 48_000, to: cut, is: 'frames' },
    { from: cut, to: cut + 180_000, is: 'foreign' },
    { from: cut + 180_000, to: sizeBytes - 128, is: 'frames' },
    { from: sizeBytes - 128, to: sizeBytes, is: 'tag' },
  ];
  return {
    name: 'Paper Choir - Blue Hour.mp3',
    sizeBytes,
    verdict: 'suspect',
    kind: 'polyglot',
    segments,
    format: 'MP3 · 192 kbps · 44.1 kHz · stereo',
    findings: [
      { code: 'archive', level: 'alarm', at: cut, lengthBytes: 180_000, what: 'a ZIP archive between two frames' },
    ],
  };
}

function sizeOf(song: Song, kbps: number): number {
  return Math.round(song.seconds * kbps * 125);
}

function wave(samples: number, height: number, period: number, chance: () => number): number[] {
  return Array.from({ length: samples }, (_, i) =>
    Math.max(0, height * (0.55 + 0.3 * Math.sin(i / period) + 0.18 * (chance() - 0.5))),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return textOf(a).localeCompare(textOf(b));
}

const SCENARIOS: readonly Scenario[] = ['evening', 'empty', 'huge', 'offline', 'locked'];

export function scenarioOf(name: string): Scenario {
  return SCENARIOS.find((scenario) => scenario === name) ?? 'evening';
}
