// One peer: joins the parts, and is what its page and the commands talk to. Lives in the sandboxed network process; what
// that cannot do (sync and shelve, read elsewhere, start anew) it asks of its host, the parent.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type {
  ActionReport,
  DownloadRequest,
  FolderCheck,
  Inspection,
  LibraryFile,
  LibraryFolder,
  LibraryQuery,
  LiveMessage,
  Page,
  PeerStatus,
  Problem,
  Reach,
  SettingsChange,
  SettingsReport,
  TransferAction,
} from '#api';
import { type ByteString, type Chance, harmless, type Log, readable, seeded, TokenBucket, wireText } from '#base';
import { formatAddress, type Address, parseAddress, Pump } from '#net';
import { openStore, type Store } from '#store';
import { Browses } from './browses.ts';
import { Expected } from './downloads/expected.ts';
import { Downloads, today, type WantedSource } from './downloads/queue.ts';
import { HubLink, type LinkOwner } from './hubs/link.ts';
import { askMetaserver } from './hubs/metaserver.ts';
import { Quarantine } from './quarantine.ts';
import type { Inspected } from './reader/examine.ts';
import type { Reader } from './reader/reader.ts';
import { isFinished, type Row, TransferRows } from './rows.ts';
import { LIBRARY_SCHEMA, PEER_SCHEMA } from './schema.ts';
import { Searches } from './searches/searches.ts';
import type { SelfTest } from './selftest.ts';
import { changeSettings, type Settings, shownSettings } from './settings.ts';
import { Library, type Root } from './shares/library.ts';
import { listFolders, listLibrary } from './shares/list.ts';
import { SpeedHistory } from './speeds.ts';
import { Uploads } from './uploads/uploads.ts';
import { giveList, mayDial, SharePort } from './wire/calls.ts';

/** What the parent does for this process. Paths that are named are checked there again. */
export type Host = {
  /** Syncs a finished file of ours and puts it into a folder (null: the downloads folder); the path. */
  shelve(request: {
    kind: 'incomplete' | 'quarantine';
    id: string;
    name: string;
    folder: string | null;
  }): Promise<string>;
  /** Where a file that was shelved before a crash lies, by its hash; null: nowhere. */
  shelvedAs(file: { name: string; folder: string | null; sizeBytes: number; sha1: string }): Promise<string | null>;
  /** Takes a released file back. */
  unshelve(request: { id: string; path: string }): Promise<void>;
  saveSettings(settings: Settings): Promise<void>;
  /** Ends this process and starts it anew, with the saved settings and their folders. */
  restart(): Promise<void>;
  /** What sharing a folder would show; names are looked at, nothing is opened. */
  checkFolder(path: string): Promise<FolderCheck>;
  /** Tries to break out of every sandbox there is. */
  selfTest(): Promise<SelfTest>;
};

/** What a start needs to be told. */
export type PeerStart = {
  readonly version: string;
  readonly settings: Settings;
  /** Below the data folder and writable: `peer.sqlite`, `incomplete/`, `quarantine/`. */
  readonly stateDir: string;
  /** Folders as they really are (no links), in the order of the settings; those that are not there are in `problems`. */
  readonly roots: readonly Root[];
  readonly problems: readonly { path: string; reason: string }[];
};

export class Peer {
  readonly run = randomBytes(8).toString('hex');
  readonly startedAt = Date.now();
  readonly version: string;
  readonly host: Host;
  readonly rows: TransferRows;
  readonly library: Library;
  readonly searches: Searches;
  readonly browses: Browses;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly quarantine: Quarantine;
  readonly speeds = new SpeedHistory();
  /** Something in `status` may have changed; may come often. */
  onStatus: () => void = () => {};
  onMessage: (message: Extract<LiveMessage, { type: 'notice' | 'message' }>) => void = () => {};
  readonly #start: PeerStart;
  readonly #log: Log;
  readonly #chance: Chance;
  readonly #store: Store;
  readonly #files: Store;
  readonly #transferQuery: ReturnType<Store['prepare']>;
  readonly #pump = new Pump();
  readonly #expected = new Expected();
  readonly #links = new Map<string, HubLink>();
  #settings: Settings;
  #upBucket: TokenBucket | null = null;
  #downBucket: TokenBucket | null = null;
  #port: SharePort | null = null;
  #listening: Address | null = null;
  #reached = false;
  /** Who tried our port and failed, in words. */
  #unreached: string | null = null;
  #metaProblem: string | null = null;
  #clock: NodeJS.Timeout | null = null;

  constructor(start: PeerStart, reader: Reader, host: Host, log: Log) {
    const { settings, stateDir } = start;
    this.#start = start;
    this.#settings = settings;
    this.#log = log;
    this.host = host;
    this.version = start.version;
    this.#chance = seeded(randomBytes(4).readUInt32LE());
    for (const folder of ['incomplete', 'quarantine'])
      mkdirSync(join(stateDir, folder), { recursive: true, mode: 0o700 });
    this.#store = openStore(join(stateDir, 'peer.sqlite'), PEER_SCHEMA);
    this.#files = openStore(join(stateDir, 'library.sqlite'), LIBRARY_SCHEMA, { durable: false });
    this.#transferQuery = this.#store.prepare(
      `SELECT transfer FROM sources JOIN transfers ON transfers.id = transfer
       WHERE sources.wire = ? AND sources.hub = ? AND sources.nick = ? ORDER BY added DESC LIMIT 1`,
    );
    this.#setLimits();
    const store = this.#store;
    const pump = this.#pump;
    const bind = settings.bind ?? undefined;
    this.rows = new TransferRows(store);
    this.library = new Library({ store: this.#files, reader, roots: start.roots, log, now: Date.now });
    const found = {
      inLibrary: ({ sizeBytes, md5, name }: { sizeBytes: number; md5: string | null; name: string }) =>
        this.library.holds(sizeBytes, md5, name),
      transferOf: (hub: string, nick: ByteString, wire: ByteString) => this.#transferOf(hub, nick, wire),
      hubs: () => this.#links.values(),
    };
    this.searches = new Searches(found);
    this.browses = new Browses({ ...found, pump, link: (hub) => this.#links.get(hub) ?? null });
    this.downloads = new Downloads({
      store,
      rows: this.rows,
      pump,
      expected: this.#expected,
      log,
      chance: this.#chance,
      bind,
      incompleteDir: join(stateDir, 'incomplete'),
      quarantineDir: join(stateDir, 'quarantine'),
      limit: () => this.#downBucket,
      slots: () => this.#settings.downloadSlots,
      link: (hub) => this.#links.get(hub) ?? null,
      self: () => ({ nick: this.#nick(), port: this.#listening?.port ?? 0 }),
      shelve: (id, _part, name, folder) => host.shelve({ kind: 'incomplete', id, name, folder }),
      shelvedAs: (file) => host.shelvedAs(file),
      seek: (row) => this.#seek(row),
      notice: (level, code, text, transferId) => this.onMessage({ type: 'notice', level, code, text, transferId }),
      shelved: () => void this.library.scan(),
    });
    this.uploads = new Uploads({
      store,
      rows: this.rows,
      library: this.library,
      pump,
      log,
      bind,
      limit: () => this.#upBucket,
      slots: () => this.#settings.uploadSlots,
      nick: () => this.#nick(),
      sharing: () => this.#sharing,
      hubs: () => this.#links.values(),
    });
    this.quarantine = new Quarantine({
      store,
      rows: this.rows,
      dir: join(stateDir, 'quarantine'),
      shelve: (id, _held, name) => host.shelve({ kind: 'quarantine', id, name, folder: null }),
      unshelve: (path, held) => host.unshelve({ id: held.slice(held.lastIndexOf('/') + 1).replace('.held', ''), path }),
      overrule: (row, held) => this.downloads.overrule(row, held),
    });
    this.library.onDifference = (more, fewer) => {
      const parts = [more > 0 ? `${more} new or changed` : '', fewer > 0 ? `${fewer} no longer` : ''].filter(Boolean);
      this.onMessage({
        type: 'notice',
        level: 'info',
        code: 'shares-changed',
        text: `Shared songs: ${parts.join(', ')}.`,
        transferId: null,
      });
    };
    this.library.onChange = () => {
      for (const link of this.#links.values()) link.sharesChanged();
      this.onStatus();
    };
  }

  /** Listens, joins the hubs, goes on with what was wanted. @throws Failure when the share port is taken */
  async start(): Promise<void> {
    await this.#open();
    this.downloads.start();
    void this.library.scan();
    void this.library.watch();
    this.#clock = setInterval(() => this.#tick(), 1_000);
    this.#clock.unref();
  }

  async stop(): Promise<void> {
    if (this.#clock !== null) clearInterval(this.#clock);
    this.library.close();
    const stopped = Promise.all([this.downloads.stop(), this.uploads.stop()]);
    await this.#close('stopped'); // whoever waits for a hub stops waiting
    await stopped;
    this.#pump.close();
    this.#store.close();
    this.#files.close();
  }

  /** Where other peers can connect; null: nowhere. */
  get listening(): string | null {
    return this.#listening === null ? null : formatAddress(this.#listening);
  }

  get settings(): Settings {
    return this.#settings;
  }

  get roots(): readonly Root[] {
    return this.library.roots;
  }

  get status(): PeerStatus {
    const now = performance.now();
    const { nick, off, fetchOnly } = this.#settings;
    const counts = this.library.counts;
    return {
      version: this.version,
      run: this.run,
      now: Date.now(),
      startedAt: this.startedAt,
      nick,
      mode: off ? 'off' : fetchOnly ? 'fetch-only' : 'sharing',
      features: ['browse', 'messages', 'quarantine', 'inspection', 'folder-check', 'power', 'self-test'],
      hubs: [...this.#links.values()].map((link) => ({
        address: link.name,
        state: link.state,
        reason: link.reason,
        retryAt: link.retryAt,
        nick,
        name: link.hubName,
        users: link.users,
        files: link.files,
        gigabytes: link.gigabytes,
        encrypted: false,
        pingMs: null,
      })),
      gnutella: null,
      reach: this.#reach(),
      shares: {
        folders: this.roots.filter(({ kind }) => kind === 'share').length,
        files: this.#sharing ? counts.files : 0,
        bytes: this.#sharing ? counts.bytes : 0,
        heldBack: counts.heldBack,
        scanning: this.library.scanning,
      },
      transfers: this.#transferCount(now),
      today: this.#today(),
      problems: this.#problems(),
    };
  }

  /** Wants a file that was found, browsed, or named. Null: no such result, or no hub to ask. */
  download(request: DownloadRequest, folder: string | null): { row: Row; fresh: boolean } | { refused: string } {
    if ('uri' in request)
      return { refused: 'magnet links and urn:sha1 need the Gnutella network, which is not in this version' };
    if (this.rows.isFull) return { refused: 'too many downloads wait already' };
    const first = request.first ?? false;
    if ('resultId' in request) return this.#downloadResult(request, first, folder);
    const hubs = request.hub === undefined ? [...this.#links.keys()] : [request.hub];
    if (hubs.length === 0) return { refused: 'no hub is set' };
    const sources = hubs.map((hub) => ({ hub, nick: wireText(request.nick), wire: wireText(request.path) }));
    return this.downloads.want({
      name: request.name ?? request.path,
      sizeBytes: request.sizeBytes ?? null,
      kbps: 0,
      seconds: 0,
      sources,
      first,
      folder,
    });
  }

  act(action: TransferAction, ids: readonly string[]): ActionReport {
    return this.downloads.actAll(action, ids, (what, row) => this.uploads.act(what, row));
  }

  /** Closes every port and unshares everything, or the way back; saved when this resolves. */
  async power(on: boolean): Promise<void> {
    if (this.#settings.off === !on) return;
    this.#settings = { ...this.#settings, off: !on };
    await this.host.saveSettings(this.#settings);
    if (on) await this.#open();
    else {
      await this.uploads.stop();
      await this.#close('switched off');
    }
    this.downloads.plan();
    this.onStatus();
  }

  async changeSettings(change: SettingsChange): Promise<SettingsReport> {
    const { settings, effects, restart } = changeSettings(this.#settings, change);
    this.#settings = settings;
    await this.host.saveSettings(settings);
    this.#setLimits();
    this.uploads.adjust();
    this.downloads.plan();
    if (restart) setTimeout(() => void this.host.restart(), RESTART_AFTER_MS);
    this.onStatus();
    return { settings: shownSettings(settings), effects };
  }

  sendMessage(nick: string, hub: string, text: string): boolean {
    const link = this.#links.get(hub);
    if (link?.online !== true) return false;
    link.tell({ kind: 'say', nick: wireText(nick), text: wireText(text) });
    return true;
  }

  libraryPage(query: LibraryQuery): Page<LibraryFile> {
    return listLibrary(this.#files, this.library, query);
  }

  libraryFolders(): LibraryFolder[] {
    return listFolders(this.library);
  }

  /** What was found in a transfer's or a library file's content; null: not looked at. */
  inspection(name: string, sizeBytes: number, json: string | null): Inspection | null {
    if (json === null || json === 'null') return null;
    const { verdict, kind, findings, segments, format } = JSON.parse(json) as Inspected;
    return { name, sizeBytes, verdict, kind, findings, segments, format };
  }

  #downloadResult(
    request: Extract<DownloadRequest, { resultId: string }>,
    first: boolean,
    folder: string | null,
  ): { row: Row; fresh: boolean } | { refused: string } {
    const found = this.searches.find(request.resultId);
    const browsed = found === null ? this.browses.find(request.resultId) : null;
    const row = found?.row ?? browsed;
    if (row === null || row === undefined) return { refused: 'no such result; search again' };
    const others = [
      ...(found?.same ?? []),
      ...(request.alternatives ?? []).map((id) => this.searches.find(id)?.row ?? this.browses.find(id)),
    ];
    const sources: WantedSource[] = [];
    for (const one of [row, ...others])
      if (one !== null && one !== undefined && one.sizeBytes === row.sizeBytes)
        for (const { hub } of one.sources) sources.push({ hub, nick: one.owner, wire: one.wire });
    if (sources.length === 0) return { refused: 'a list that was read without a hub cannot be fetched from' };
    const { name, sizeBytes, kbps, seconds } = row;
    const wanted = this.downloads.want({
      name,
      sizeBytes,
      kbps,
      seconds,
      sources: sources.slice(0, MOST_SOURCES),
      first,
      folder,
    });
    if (found !== null) for (const one of [found.row, ...found.same]) this.searches.mark(one, wanted.row.id);
    return wanted;
  }

  async #open(): Promise<void> {
    const { off, fetchOnly, napsterPort, bind } = this.#settings;
    if (off) return;
    if (!fetchOnly && napsterPort !== 0) {
      const port = new SharePort(
        this.#pump,
        {
          asked: (call) => this.uploads.asked(call),
          brought: (call) => this.#expected.brought(call),
          list: () => (this.#sharing ? { nick: this.#nick(), lines: this.#listLines() } : null),
        },
        this.#log,
      );
      port.onReached = () => this.#wasReached();
      this.#listening = await port.listen({ host: bind ?? '0.0.0.0', port: napsterPort });
      this.#port = port;
    }
    for (const { address, enabled } of this.#settings.hubs) if (enabled) this.#join(address);
    if (this.#settings.metaserver !== null) void this.#findHub(this.#settings.metaserver);
  }

  async #close(why: string): Promise<void> {
    for (const link of this.#links.values()) link.stop(why);
    this.#links.clear();
    const port = this.#port;
    this.#port = null;
    this.#listening = null;
    this.#reached = false;
    this.#unreached = null;
    await port?.close();
  }

  #join(name: string): void {
    const address = parseAddress(name, '');
    if (address === null || this.#links.has(name)) return;
    const link = new HubLink({
      name,
      address,
      bind: this.#settings.bind ?? undefined,
      pump: this.#pump,
      owner: this.#linkOwner(name),
      log: this.#log,
      chance: this.#chance,
    });
    this.#links.set(name, link);
    link.start();
  }

  async #findHub(metaserver: string): Promise<void> {
    const address = parseAddress(metaserver, '');
    if (address === null) return;
    try {
      this.#join(formatAddress(await askMetaserver(address)));
      this.#metaProblem = null;
    } catch (error) {
      this.#metaProblem = (error as Error).message;
      this.#log.warn('metaserver', { why: this.#metaProblem });
      setTimeout(() => void (this.#settings.off || this.#findHub(metaserver)), METASERVER_RETRY_MS).unref();
    }
    this.onStatus();
  }

  #linkOwner(name: string): LinkOwner {
    return {
      identity: () => {
        const own = this.#settings.hubs.find(({ address }) => address === name)?.password;
        return {
          nick: this.#nick(),
          password: wireText(own === undefined || own === '' ? this.#settings.password : own),
          port: this.#listening?.port ?? 0,
          speed: this.#settings.line,
        };
      },
      changesSince: (rev, limit) => (this.#sharing ? this.library.changesSince(rev, limit) : []),
      revision: () => (this.#sharing ? this.library.revision : 0),
      uploadRequested: (link, nick, path) => this.uploads.requested(link, nick, path),
      pushRequested: (link, request) => this.uploads.pushRequested(link, request),
      browseAsked: (link, { nick, ip, port }) => this.#answerBrowse(link, nick, ip, port),
      portErrorHeard: (_, nick) =>
        this.onMessage({
          type: 'notice',
          level: 'warn',
          code: 'port-closed',
          text: `${harmless(readable(nick), NICK_LETTERS)} could not reach our share port`,
          transferId: null,
        }),
      said: (link, nick, text) => this.#heard(link, nick, text),
      knocked: (link, outcome) => {
        if (outcome === 'closed' || outcome === 'silent')
          this.#unreached = `${link.name} could not connect to it (${outcome})`;
        this.onStatus();
      },
      changed: () => {
        this.downloads.plan();
        this.onStatus();
      },
    };
  }

  /** WinMX and its kin ask for a place in line by private message; that is no message for a person. */
  #heard({ name }: HubLink, nick: ByteString, text: ByteString): void {
    if (text.startsWith('//')) return;
    this.onMessage({
      type: 'message',
      nick: harmless(readable(nick), NICK_LETTERS),
      hub: name,
      text: harmless(readable(text)),
      at: Date.now(),
    });
  }

  #answerBrowse(link: HubLink, nick: ByteString, ip: string | undefined, port: number | undefined): void {
    if (!this.#sharing) {
      link.tell({ kind: 'browseRefuse', nick, reason: 'not sharing' });
      return;
    }
    if (this.#listening !== null) link.tell({ kind: 'browseAccept', nick });
    else if (ip !== undefined && port !== undefined && port > 0 && mayDial(ip, link.remoteAddress) && link.takeCall())
      void giveList(this.#pump, { host: ip, port }, this.#nick(), this.#listLines()).catch((error: Error) =>
        this.#log.debug('browse-failed', { why: error.message }),
      );
  }

  *#listLines(): Generator<ByteString> {
    let after = 0;
    for (let count = 0; count < LISTED_FILES; ) {
      const rows = this.library.sharedAfter(after, 500);
      if (rows.length === 0) return;
      for (const { wire, md5, size, kbps, hz, seconds } of rows.slice(0, LISTED_FILES - count))
        yield `"${wire ?? ''}" ${md5} ${size} ${kbps} ${hz} ${seconds}`;
      count += rows.length;
      after = rows.at(-1)?.id ?? 0;
    }
  }

  #wasReached(): void {
    if (this.#reached) return;
    this.#reached = true;
    this.onStatus();
  }

  get #sharing(): boolean {
    return !this.#settings.off && !this.#settings.fetchOnly;
  }

  #nick(): ByteString {
    return wireText(this.#settings.nick);
  }

  /** Others who have a file of the same size and length, on any hub. */
  async #seek({ name, sizeBytes, seconds }: Row): Promise<WantedSource[]> {
    const words = name
      .replace(/\.[^.]*$/, '')
      .replace(/[^\p{L}\p{N}']+/gu, ' ')
      .trim();
    const sources: WantedSource[] = [];
    const query = { words: wireText(words), size: { min: sizeBytes, max: sizeBytes }, max: MOST_SOURCES };
    const ask = (link: HubLink): Promise<string | null> =>
      link.search(query, ({ nick, path, size, seconds: length }) => {
        if (sources.length < MOST_SOURCES && size === sizeBytes && (seconds === 0 || length === seconds))
          sources.push({ hub: link.name, nick, wire: path });
      });
    await Promise.all([...this.#links.values()].filter(({ online }) => online).map(ask));
    return sources;
  }

  #transferOf(hub: string, nick: ByteString, wire: ByteString): string | null {
    const row = this.#transferQuery.get(wire, hub, nick);
    return row === undefined ? null : String(row['transfer']);
  }

  #setLimits(): void {
    const { upLimitKBps, downLimitKBps } = this.#settings;
    this.#upBucket = bucketOf(upLimitKBps);
    this.#downBucket = bucketOf(downLimitKBps);
  }

  #tick(): void {
    const now = performance.now();
    this.downloads.measure(now);
    this.uploads.measure(now);
    this.speeds.sample(this.downloads.meter.rate(now), this.uploads.meter.rate(now), Date.now());
    if (this.downloads.activeCount + this.uploads.activeCount > 0) this.onStatus();
  }

  #reach(): Reach {
    const { off, fetchOnly, napsterPort } = this.#settings;
    const port = this.#listening?.port ?? 0;
    if (off || fetchOnly)
      return { state: 'no-port', napsterPort: 0, gnutellaPort: 0, why: off ? 'switched off' : 'set to fetch only' };
    if (napsterPort === 0)
      return { state: 'firewalled', napsterPort: 0, gnutellaPort: 0, why: 'set to take no connections (port 0)' };
    if (this.#reached) return { state: 'reachable', napsterPort: port, gnutellaPort: 0, why: 'somebody has connected' };
    if (this.#unreached !== null)
      return { state: 'firewalled', napsterPort: port, gnutellaPort: 0, why: this.#unreached };
    return { state: 'untested', napsterPort: port, gnutellaPort: 0, why: null };
  }

  #transferCount(now: number): PeerStatus['transfers'] {
    const count = {
      down: 0,
      up: 0,
      queued: 0,
      failed: 0,
      downBps: this.downloads.meter.rate(now),
      upBps: this.uploads.meter.rate(now),
    };
    for (const row of this.rows.all()) {
      if (row.state === 'failed' || row.state === 'quarantined') count.failed++;
      else if (isFinished(row)) continue;
      else if (row.direction === 'up') count.up++;
      else if (row.state === 'receiving' || row.state === 'connecting' || row.state === 'checking') count.down++;
      else count.queued++;
    }
    return count;
  }

  #today(): PeerStatus['today'] {
    const day = this.#store.prepare('SELECT * FROM days WHERE day = ?').get(today()) as
      | { files_down: number; bytes_down: number; files_up: number; bytes_up: number }
      | undefined;
    return {
      filesDown: day?.files_down ?? 0,
      bytesDown: day?.bytes_down ?? 0,
      filesUp: day?.files_up ?? 0,
      bytesUp: day?.bytes_up ?? 0,
      peopleUp: this.uploads.peopleToday,
    };
  }

  #problems(): Problem[] {
    const problems: Problem[] = [];
    for (const { path, reason } of this.#start.problems)
      problems.push({
        id: `folder:${path}`,
        level: 'warn',
        code: 'folder-missing',
        text: `The folder ${path} cannot be shared: ${reason}.`,
        fix: { screen: 'library' },
      });
    for (const { path } of this.roots) {
      const { problem } = this.library.folderState(path);
      if (problem !== null)
        problems.push({
          id: `root:${path}`,
          level: 'warn',
          code: 'folder-missing',
          text: `In ${readable(path)}: ${problem}.`,
          fix: { screen: 'library' },
        });
    }
    for (const link of this.#links.values())
      if (link.state === 'refused')
        problems.push({
          id: `hub:${link.name}`,
          level: 'warn',
          code: /taken|registered|active/i.test(link.reason ?? '') ? 'nick-taken' : 'hub-refused',
          text: `${link.name} does not let us in: ${link.reason ?? 'no reason given'}.`,
          fix: { screen: 'settings' },
        });
    if (this.#metaProblem !== null)
      problems.push({
        id: 'metaserver',
        level: 'warn',
        code: 'metaserver',
        text: `No hub was found: ${this.#metaProblem}.`,
        fix: { screen: 'settings' },
      });
    const held = this.quarantine.held;
    if (held > 0)
      problems.push({
        id: 'quarantine',
        level: 'alarm',
        code: 'quarantined',
        text:
          held === 1
            ? 'One download is held because it is not what it claims to be.'
            : `${held} downloads are held because they are not what they claim to be.`,
        fix: { screen: 'quarantine' },
      });
    for (const row of this.rows.all())
      if (row.reasonCode === 'disk-full' && !isFinished(row)) {
        problems.push({
          id: 'disk-full',
          level: 'alarm',
          code: 'disk-full',
          text: 'The disk is full: downloads wait.',
          fix: { screen: 'transfers', id: row.id },
        });
        break;
      }
    return problems;
  }
}

const RESTART_AFTER_MS = 150;
const METASERVER_RETRY_MS = 60_000;
const MOST_SOURCES = 50;
/** Of a nick in a message to a person; real ones have 19. */
const NICK_LETTERS = 64;
/** In one direct browse: what fits into memory that waits for a slow reader. */
const LISTED_FILES = 5_000;

/** A quarter of a second's worth may go at once. */
function bucketOf(kBps: number): TokenBucket | null {
  return kBps === 0 ? null : new TokenBucket(kBps * 1000, kBps * 250, performance.now());
}
