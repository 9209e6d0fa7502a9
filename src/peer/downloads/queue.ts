// The downloads: rows that last, and the dull part that does what the plan says. A row goes
//   queued → connecting → receiving → checking → done
// and from each of the first three back to waiting, with a reason; to quarantine or failed when no source is left.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionReport, TransferAction } from '#api';
import { type ByteString, type Chance, fold, harmless, type Log, readable, type TokenBucket } from '#base';
import type { Judgement } from '#guard';
import type { Pump } from '#net';
import type { Store } from '#store';
import { QUEUE_PACE, retryDelayMs, SOURCE_PACE } from '../backoff.ts';
import type { HubLink } from '../hubs/link.ts';
import { Meter } from '../meter.ts';
import { type Inspected, summarise } from '../reader/examine.ts';
import { isFinished, type Row, type TransferRows } from '../rows.ts';
import type { Expected } from './expected.ts';
import { fetchFrom, type FetchOutcome, judgeWhole } from './fetch.ts';
import { safeName } from './names.ts';
import { type Hold, planDownloads, type PlanSource } from './plan.ts';

/** Where a wanted file lies. */
export type WantedSource = { hub: string; nick: ByteString; wire: ByteString };
export type Wanted = {
  name: string;
  /** Null: not known; the owner's list is asked. */
  sizeBytes: number | null;
  kbps: number;
  seconds: number;
  sources: readonly WantedSource[];
  first: boolean;
  /** Null: the downloads folder. */
  folder: string | null;
};

/** What the downloads need of the rest of the peer. */
export type DownloadParts = {
  readonly store: Store;
  readonly rows: TransferRows;
  readonly pump: Pump;
  readonly expected: Expected;
  readonly log: Log;
  readonly chance: Chance;
  /** Below DIR, writable: parts and what is held. */
  readonly incompleteDir: string;
  readonly quarantineDir: string;
  readonly bind: string | undefined;
  limit(): TokenBucket | null;
  slots(): number;
  link(hub: string): HubLink | null;
  /** Our nick, and the port at which we can be reached (0: not). */
  self(): { nick: ByteString; port: number };
  /** Syncs a finished file and puts it into a folder (null: downloads); the path where it lies now. */
  shelve(id: string, part: string, name: string, folder: string | null): Promise<string>;
  /** Where a finished file of that hash lies among what was shelved; null: nowhere. */
  shelvedAs(file: { name: string; folder: string | null; sizeBytes: number; sha1: string }): Promise<string | null>;
  /** Looks on all hubs for others who have the same file. */
  seek(row: Row): Promise<WantedSource[]>;
  /** Something for the person to know. */
  notice(level: 'info' | 'good' | 'warn' | 'alarm', code: string, text: string, transferId: string): void;
  /** A song lies in the downloads now. */
  shelved(row: Row): void;
};

type Source = WantedSource & { key: number; failures: number; spent: boolean; reason: string | null; retryAt: number };
type Active = { source: Source; abort: AbortController; meter: Meter; why: 'pause' | 'cancel' | 'stop' | null };

const DISK_RETRY_MS = 60_000;
const SHOW_MS = 250;
const SEEK_AGAIN_MS = 600_000;

export class Downloads {
  readonly meter = new Meter();
  readonly #parts: DownloadParts;
  readonly #sources = new Map<string, Source[]>();
  readonly #active = new Map<string, Active>();
  readonly #finishing = new Set<string>();
  /** When other sources were last looked for; Infinity: being looked for now. */
  readonly #sought = new Map<string, number>();
  readonly #done = new Map<string, Promise<void>>();
  #seeking = false;
  #planned = false;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(parts: DownloadParts) {
    this.#parts = parts;
    type Stored = {
      key: number;
      transfer: string;
      hub: string;
      nick: string;
      wire: string;
      failures: number;
      spent: number;
      reason: string | null;
    };
    for (const { transfer, spent, ...stored } of parts.store.prepare('SELECT * FROM sources').all() as Stored[])
      this.#of(transfer).push({ ...stored, spent: spent === 1, retryAt: 0 });
  }

  /** Parts that were whole when the last run ended are finished first; the rest is planned. */
  start(): void {
    void this.#sweep().catch(() => {});
    for (const row of this.#open()) {
      this.#parts.rows.update(row, { alternatives: this.#of(row.id).length - 1 });
      this.#track(row.id, this.#takeUp(row));
    }
    this.plan();
  }

  /** Stops everything; rows stay as they are on disk. */
  async stop(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const active of this.#active.values()) {
      active.why = 'stop';
      active.abort.abort();
    }
    await Promise.allSettled(this.#done.values());
  }

  get activeCount(): number {
    return this.#active.size;
  }

  /**
   * Wants a file. The same file wanted before is the row that is there (`fresh` false), also when it has arrived and still
   * lies where it was put. On disk when this returns.
   */
  want(wanted: Wanted): { row: Row; fresh: boolean } {
    const there = this.#find(wanted);
    if (there?.state === 'done') return { row: there, fresh: false };
    if (there !== null) {
      this.#addSources(there, wanted.sources);
      this.plan();
      return { row: there, fresh: false };
    }
    const [source] = wanted.sources;
    const row: Row = {
      id: `d${randomBytes(6).toString('hex')}`,
      direction: 'down',
      network: 'napster',
      name: harmless(safeName(wanted.name)),
      state: 'queued',
      paused: false,
      bytes: 0,
      sizeBytes: wanted.sizeBytes ?? 0,
      bps: 0,
      reason: null,
      reasonCode: null,
      retryAt: null,
      nick: readable(source?.nick ?? ''),
      hub: source?.hub ?? '',
      queuePlace: null,
      alternatives: wanted.sources.length - 1,
      kbps: wanted.kbps,
      seconds: wanted.seconds,
      addedAt: Date.now(),
      endedAt: null,
      playableBytes: 0,
      libraryId: null,
      verdict: null,
      order: this.#order(wanted.first),
      folder: wanted.folder,
      path: null,
      sha1: null,
      checks: [],
      inspection: null,
      overruled: false,
      revision: 0,
    };
    this.#parts.rows.add(row);
    this.#addSources(row, wanted.sources);
    this.plan();
    return { row, fresh: true };
  }

  act(action: TransferAction, row: Row): string | null {
    if (row.direction !== 'down') return 'not a download';
    const finished = isFinished(row);
    switch (action) {
      case 'pause':
        if (finished) return 'it is over';
        this.#parts.rows.update(row, { paused: true });
        this.#halt(row, 'pause');
        break;
      case 'resume':
        if (finished) return 'it is over';
        this.#parts.rows.update(row, { paused: false });
        break;
      case 'first':
        if (finished) return 'it is over';
        this.#parts.rows.update(row, { order: this.#order(true) });
        break;
      case 'retry':
        if (row.state === 'done') return 'it is done';
        this.#retry(row);
        break;
      case 'cancel':
        if (row.state === 'done') return 'it is done';
        this.#cancel(row);
        break;
      case 'clear':
        if (!finished) return 'it is not over yet';
        this.#drop(row);
        break;
    }
    this.plan();
    return null;
  }

  actAll(
    action: TransferAction,
    ids: readonly string[],
    other: (action: TransferAction, row: Row) => string | null,
  ): ActionReport {
    const report: ActionReport = { done: [], refused: [] };
    for (const id of ids) {
      const row = this.#parts.rows.get(id);
      const reason =
        row === undefined ? 'no such transfer' : row.direction === 'down' ? this.act(action, row) : other(action, row);
      if (reason === null) report.done.push(id);
      else report.refused.push({ id, reason });
    }
    return report;
  }

  /** Plans again at the end of this turn: called for everything that may change the plan. */
  plan(): void {
    if (this.#planned || this.#closed) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (!this.#closed) this.#planNow();
    });
  }

  /** The path of the bytes that are here of a row, whatever its state; null: none of ours. */
  mediaPath(row: Row): string | null {
    if (row.path !== null) return row.path;
    return row.direction === 'down' ? this.#partPath(row.id) : null;
  }

  /** Bytes per second now, shown on the rows. Called by the clock of the pages. */
  measure(now: number): void {
    for (const [id, { meter }] of this.#active) {
      const row = this.#parts.rows.get(id);
      if (row !== undefined && row.bps !== meter.rate(now)) this.#parts.rows.update(row, { bps: meter.rate(now) });
    }
  }

  /** Parts that belong to no row any more (a row was cancelled while the power went). */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#parts.incompleteDir)) {
      const row = this.#parts.rows.get(name.replace(/\.part$/, ''));
      if (row === undefined) await rm(join(this.#parts.incompleteDir, name), { force: true });
    }
  }

  #planNow(): void {
    const now = Date.now();
    const rows = this.#open().filter(({ id }) => !this.#finishing.has(id));
    const plan = planDownloads(
      rows.map((row) => ({
        id: row.id,
        order: row.order,
        paused: row.paused,
        active: this.#planSource(this.#active.get(row.id)?.source ?? null),
        sources: this.#of(row.id).map((source) => this.#planSource(source) as PlanSource),
      })),
      { slots: this.#parts.slots(), perNick: 1 },
      now,
    );
    for (const [id, { why, until }] of plan.holds) this.#showHold(this.#parts.rows.get(id) as Row, why, until);
    for (const { id, source } of plan.starts) {
      const row = this.#parts.rows.get(id);
      const chosen = this.#of(id).find(({ key }) => key === source);
      if (row !== undefined && chosen !== undefined) this.#track(id, this.#fetch(row, chosen));
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer =
      plan.wakeAt === Number.POSITIVE_INFINITY ? null : setTimeout(() => this.plan(), Math.max(0, plan.wakeAt - now));
  }

  #planSource(source: Source | null): PlanSource | null {
    if (source === null) return null;
    const { key, nick, hub, retryAt, spent } = source;
    return { key, nick, hub, retryAt, spent, reachable: this.#parts.link(hub)?.online === true };
  }

  /** A row that stands still says why; a reason that a source gave stays, because it says more. */
  #showHold(row: Row, why: Hold, until: number | null): void {
    if (why === 'no-source') {
      if (!this.#seek(row)) this.#giveUp(row);
      return;
    }
    const own = HOLD_WORDS[why];
    const keep = why === 'retry-later' && row.reason !== null;
    const change: Partial<Row> = {
      state: why === 'no-slot' || why === 'nick-busy' ? 'queued' : 'waiting',
      retryAt: until,
      bps: 0,
      ...(keep ? {} : { reason: own.reason, reasonCode: own.code }),
    };
    const same = row.state === change.state && row.retryAt === until && (keep || row.reason === own.reason);
    if (!same) this.#parts.rows.update(row, change);
  }

  async #fetch(row: Row, source: Source): Promise<void> {
    const link = this.#parts.link(source.hub);
    if (link === null) return;
    const active: Active = { source, abort: new AbortController(), meter: new Meter(), why: null };
    this.#active.set(row.id, active);
    const { rows, pump, expected, bind } = this.#parts;
    let shownAt = 0;
    let outcome: FetchOutcome;
    try {
      outcome = await fetchFrom(
        { link, nick: source.nick, wire: source.wire },
        {
          pump,
          expected,
          bind,
          ...this.#parts.self(),
          limit: this.#parts.limit(),
          partPath: this.#partPath(row.id),
          name: readable(source.wire),
          sizeBytes: row.sizeBytes === 0 ? null : row.sizeBytes,
          overruled: row.overruled,
          signal: active.abort.signal,
          onState: (state, note) =>
            rows.update(row, {
              state,
              reason: note,
              reasonCode: null,
              retryAt: null,
              queuePlace: null,
              nick: readable(source.nick),
              hub: source.hub,
            }),
          onSize: (sizeBytes) => rows.update(row, { sizeBytes }),
          onBytes: (count, part) => {
            const now = performance.now();
            active.meter.add(count, now);
            this.meter.add(count, now);
            if (now - shownAt < SHOW_MS && part.bytes !== row.sizeBytes) return;
            shownAt = now;
            rows.update(row, { bytes: part.bytes, playableBytes: part.playableBytes, bps: active.meter.rate(now) });
          },
        },
      );
    } catch (error) {
      outcome = this.#diskTrouble(error as NodeJS.ErrnoException);
    } finally {
      this.#active.delete(row.id);
    }
    await this.#settle(row, source, active, outcome);
    this.plan();
  }

  #diskTrouble(error: NodeJS.ErrnoException): FetchOutcome {
    this.#parts.log.error('download-failed', { why: error.stack ?? error.message });
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    return {
      kind: 'failed',
      code: full ? 'disk-full' : 'disk',
      reason: full ? 'the disk is full' : `cannot write the file (${error.code ?? error.message})`,
      spent: false,
    };
  }

  async #settle(row: Row, source: Source, active: Active, outcome: FetchOutcome): Promise<void> {
    const { rows, chance } = this.#parts;
    switch (outcome.kind) {
      case 'stopped':
        if (active.why !== 'cancel') rows.update(row, { state: 'waiting', bps: 0 });
        return;
      case 'queued': {
        source.retryAt = Date.now() + retryDelayMs(QUEUE_PACE, 1, chance);
        const reason = `its owner's upload slots are taken; place ${outcome.place} in line`;
        rows.update(row, {
          state: 'waiting',
          reason,
          reasonCode: 'queued',
          queuePlace: outcome.place,
          retryAt: source.retryAt,
          bps: 0,
        });
        return;
      }
      case 'failed':
        this.#sourceFailed(row, source, outcome);
        return;
      case 'alarm':
        await this.#holdBad(row, source, outcome.judgement, outcome.sizeBytes);
        return;
      case 'complete':
        await this.#finish(row, source, outcome);
    }
  }

  #sourceFailed(
    row: Row,
    source: Source,
    { code, reason, spent }: { code: string; reason: string; spent: boolean },
  ): void {
    source.failures++;
    source.spent = spent;
    source.reason = reason;
    const pace = retryDelayMs(SOURCE_PACE, source.failures, this.#parts.chance);
    source.retryAt = Date.now() + (code === 'disk-full' ? DISK_RETRY_MS : pace);
    if (code === 'disk-full') for (const other of this.#of(row.id)) other.retryAt = source.retryAt;
    this.#saveSource(source);
    if (this.#of(row.id).every((one) => one.spent || one.failures > 0)) this.#seek(row);
    this.#parts.rows.update(row, {
      state: 'waiting',
      reason: `${readable(source.nick)}: ${reason}`,
      reasonCode: code,
      retryAt: source.retryAt,
      bps: 0,
    });
  }

  /** What the last run left of a row: nothing, a beginning, a whole part, or a file that is shelved but not yet noted. */
  async #takeUp(row: Row): Promise<void> {
    this.#finishing.add(row.id);
    try {
      const size = await stat(this.#partPath(row.id)).then(
        (stats) => stats.size,
        () => null,
      );
      if (size === null) await this.#findShelved(row);
      else if (size < row.sizeBytes || row.sizeBytes === 0) this.#parts.rows.update(row, { bytes: size });
      else await this.#finishWhole(row);
    } finally {
      this.#finishing.delete(row.id);
      this.plan();
    }
  }

  async #finishWhole(row: Row): Promise<void> {
    const outcome = await judgeWhole(this.#partPath(row.id), row.name, row.sizeBytes, row.overruled);
    const source = this.#of(row.id)[0];
    if (outcome === null || source === undefined) return;
    if (outcome.kind === 'complete') await this.#finish(row, source, outcome);
    else if (outcome.kind === 'alarm') await this.#holdBad(row, source, outcome.judgement, outcome.sizeBytes);
  }

  /** The power went between the shelving and the note of it: the file with that hash is this row's. */
  async #findShelved(row: Row): Promise<void> {
    const { name, folder, sizeBytes, sha1 } = row;
    const path = sha1 === null ? null : await this.#parts.shelvedAs({ name, folder, sizeBytes, sha1 });
    if (path === null) this.#parts.rows.update(row, { bytes: 0, sha1: null });
    else
      this.#parts.rows.update(row, {
        state: 'done',
        path,
        bytes: sizeBytes,
        verdict: 'good',
        checks: ['size', 'format', 'content'],
        endedAt: Date.now(),
      });
  }

  async #finish(
    row: Row,
    source: Source,
    { judgement, sha1, sizeBytes }: Extract<FetchOutcome, { kind: 'complete' }>,
  ): Promise<void> {
    const { rows } = this.#parts;
    const inspected = summarise(judgement);
    if (judgement.verdict !== 'good' && !row.overruled) {
      await this.#holdBad(row, source, judgement, sizeBytes);
      return;
    }
    this.#finishing.add(row.id);
    try {
      rows.update(row, {
        state: 'checking',
        sha1,
        bytes: sizeBytes,
        playableBytes: sizeBytes,
        reason: null,
        reasonCode: null,
        bps: 0,
      });
      const path = await this.#parts.shelve(row.id, this.#partPath(row.id), row.name, row.folder);
      const checks = row.overruled
        ? ['overruled']
        : ['size', 'format', 'content', ...judgement.findings.map(({ code }) => `note:${code}`)];
      rows.update(row, {
        state: 'done',
        path,
        sha1,
        checks,
        sizeBytes,
        verdict: judgement.verdict,
        inspection: JSON.stringify(inspected),
        endedAt: Date.now(),
        retryAt: null,
        nick: readable(source.nick),
        hub: source.hub,
      });
      this.#countDay(sizeBytes);
      this.#parts.notice('good', 'downloaded', `${row.name} is here`, row.id);
      this.#parts.shelved(row);
    } catch (error) {
      source.retryAt = Date.now() + DISK_RETRY_MS;
      rows.update(row, {
        state: 'waiting',
        reason: `cannot be put into its folder: ${(error as Error).message}`,
        reasonCode: 'shelve',
        retryAt: source.retryAt,
      });
      this.#parts.log.error('shelve-failed', { why: (error as Error).message });
    } finally {
      this.#finishing.delete(row.id);
    }
  }

  /** Bad or damaged: held with its finding, its source remembered; another source is tried if there is one. */
  async #holdBad(row: Row, source: Source, judgement: Judgement, sizeBytes: number): Promise<void> {
    const { store, rows, quarantineDir } = this.#parts;
    const inspected = summarise(judgement);
    const finding = worstOf(inspected);
    const id = `q${randomBytes(6).toString('hex')}`;
    await rename(this.#partPath(row.id), join(quarantineDir, `${id}.held`));
    store
      .prepare(
        'INSERT INTO quarantine (id, transfer, name, size, whole, inspection, nick, hub, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        id,
        row.id,
        row.name,
        judgement.sizeBytes,
        judgement.sizeBytes === sizeBytes ? 1 : 0,
        JSON.stringify(inspected),
        readable(source.nick),
        source.hub,
        Date.now(),
      );
    store
      .prepare('INSERT OR REPLACE INTO blamed (hub, nick, wire, reason, at) VALUES (?, ?, ?, ?, ?)')
      .run(source.hub, source.nick, source.wire, finding, Date.now());
    source.spent = true;
    source.reason = finding;
    this.#saveSource(source);
    const text = `${row.name} from ${readable(source.nick)} is ${inspected.verdict}: ${finding}`;
    this.#parts.log.warn('quarantined', {
      name: row.name,
      nick: readable(source.nick),
      verdict: inspected.verdict,
      finding,
    });
    this.#parts.notice(inspected.verdict === 'damaged' ? 'warn' : 'alarm', 'quarantined', text, row.id);
    const change = {
      bytes: 0,
      playableBytes: 0,
      verdict: inspected.verdict,
      inspection: JSON.stringify(inspected),
      bps: 0,
      sizeBytes,
    };
    if (this.#of(row.id).some(({ spent }) => !spent) || this.#seek(row)) {
      rows.update(row, {
        ...change,
        state: 'waiting',
        reason: `${readable(source.nick)}: ${inspected.verdict}: ${finding}`,
        reasonCode: 'quarantined',
      });
      return;
    }
    rows.update(row, {
      ...change,
      state: 'quarantined',
      reason: `${inspected.verdict}: ${finding}`,
      reasonCode: 'quarantined',
      endedAt: Date.now(),
      retryAt: null,
    });
  }

  /** Fetches on what was stopped early, because a person said so; `held` is the beginning. */
  async overrule(row: Row, held: string): Promise<void> {
    await rename(held, this.#partPath(row.id));
    for (const source of this.#of(row.id)) {
      source.spent = false;
      source.retryAt = 0;
      this.#saveSource(source);
    }
    this.#parts.rows.update(row, { overruled: true });
    this.#retry(row);
    this.plan();
  }

  /** Looks for other sources, not too often. False: that was done a moment ago, and there are none. */
  #seek(row: Row): boolean {
    const last = this.#sought.get(row.id) ?? 0;
    if (last === Number.POSITIVE_INFINITY) return true;
    if (row.sizeBytes === 0 || Date.now() - last < SEEK_AGAIN_MS) return false;
    // One at a time: hubs answer searches one after the other, and a person's own come first. The others' turn comes with the next plan.
    if (this.#seeking) return true;
    this.#seeking = true;
    this.#sought.set(row.id, Number.POSITIVE_INFINITY);
    void this.#parts
      .seek(row)
      .then((sources) => this.#closed || this.#addSources(row, sources, true))
      .catch((error: unknown) => this.#parts.log.warn('seek-failed', { why: String(error) }))
      .finally(() => {
        this.#seeking = false;
        this.#sought.set(row.id, Date.now());
        this.plan();
      });
    return true;
  }

  #giveUp(row: Row): void {
    const reason = row.reason ?? this.#of(row.id).at(-1)?.reason ?? 'nobody has it any more';
    const held = row.verdict !== null && row.verdict !== 'good';
    this.#parts.rows.update(row, {
      state: held ? 'quarantined' : 'failed',
      reason,
      reasonCode: row.reasonCode ?? 'no-source',
      endedAt: Date.now(),
      retryAt: null,
      bps: 0,
    });
    this.#parts.notice('warn', 'failed', `${row.name}: ${reason}`, row.id);
  }

  #retry(row: Row): void {
    for (const source of this.#of(row.id)) {
      source.retryAt = 0;
      source.failures = 0;
      // Who sent something bad is not asked again by a mere "retry" while others are left.
      if (source.spent && !this.#isBlamed(source)) source.spent = false;
      this.#saveSource(source);
    }
    if (this.#of(row.id).every(({ spent }) => spent))
      for (const source of this.#of(row.id)) {
        source.spent = false;
        this.#saveSource(source);
      }
    if (this.#active.has(row.id)) return;
    this.#parts.rows.update(row, {
      state: 'queued',
      paused: false,
      reason: null,
      reasonCode: null,
      verdict: null,
      inspection: null,
      endedAt: null,
      retryAt: null,
    });
  }

  #cancel(row: Row): void {
    const running = this.#done.get(row.id);
    this.#halt(row, 'cancel');
    void (running ?? Promise.resolve()).then(() => this.#drop(row));
  }

  #drop(row: Row): void {
    this.#sources.delete(row.id);
    this.#sought.delete(row.id);
    if (this.#parts.rows.get(row.id) !== undefined) this.#parts.rows.remove(row);
    if (row.state !== 'done') void rm(this.#partPath(row.id), { force: true }).catch(() => {});
  }

  #halt(row: Row, why: 'pause' | 'cancel'): void {
    const active = this.#active.get(row.id);
    if (active === undefined) return;
    active.why = why;
    active.abort.abort();
  }

  #track(id: string, work: Promise<void>): void {
    const settled = work
      .catch((error: unknown) =>
        this.#parts.log.error('download-fault', { why: error instanceof Error ? error.stack : String(error) }),
      )
      .finally(() => this.#done.get(id) === settled && this.#done.delete(id));
    this.#done.set(id, settled);
  }

  /** A row not yet over that wants the same file, or a done one whose file came from the same place. */
  #find({ sources, folder }: Wanted): Row | null {
    for (const row of this.#parts.rows.all()) {
      if (
        row.direction !== 'down' ||
        row.state === 'failed' ||
        row.state === 'quarantined' ||
        row.folder !== folder ||
        (row.state === 'done' && !lies(row.path))
      )
        continue;
      for (const source of this.#of(row.id)) if (sources.some((wanted) => isSame(wanted, source))) return row;
    }
    return null;
  }

  /** @param found by ourselves, not named by a person: who sent something bad is left out */
  #addSources(row: Row, sources: readonly WantedSource[], found = false): void {
    if (this.#parts.rows.get(row.id) !== row) return;
    const insert = this.#parts.store.prepare(
      'INSERT INTO sources (transfer, hub, nick, wire, spent, reason) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const { hub, nick, wire } of sources) {
      if (this.#of(row.id).some((source) => isSame(source, { hub, nick, wire }))) continue;
      const blamed = this.#isBlamed({ hub, nick, wire });
      const spent = blamed !== null && (found || sources.length > 1);
      const { lastInsertRowid } = insert.run(row.id, hub, nick, wire, spent ? 1 : 0, blamed);
      this.#of(row.id).push({
        key: Number(lastInsertRowid),
        hub,
        nick,
        wire,
        failures: 0,
        spent,
        reason: blamed,
        retryAt: 0,
      });
    }
    this.#parts.rows.update(row, { alternatives: Math.max(0, this.#of(row.id).length - 1) });
  }

  #isBlamed({ hub, nick, wire }: WantedSource): string | null {
    const row = this.#parts.store
      .prepare('SELECT reason FROM blamed WHERE hub = ? AND nick = ? AND wire = ?')
      .get(hub, nick, wire);
    return row === undefined ? null : String(row['reason']);
  }

  #saveSource({ key, failures, spent, reason }: Source): void {
    this.#parts.store
      .prepare('UPDATE sources SET failures = ?, spent = ?, reason = ? WHERE key = ?')
      .run(failures, spent ? 1 : 0, reason, key);
  }

  #countDay(bytes: number): void {
    this.#parts.store
      .prepare(
        'INSERT INTO days (day, files_down, bytes_down) VALUES (?1, 1, ?2) ON CONFLICT (day) DO UPDATE SET files_down = files_down + 1, bytes_down = bytes_down + ?2',
      )
      .run(today(), bytes);
  }

  #order(first: boolean): number {
    let order = Date.now();
    if (first) for (const row of this.#open()) order = Math.min(order, row.order - 1);
    return order;
  }

  #open(): Row[] {
    return [...this.#parts.rows.all()].filter((row) => row.direction === 'down' && !isFinished(row));
  }

  #of(id: string): Source[] {
    let sources = this.#sources.get(id);
    if (sources === undefined) this.#sources.set(id, (sources = []));
    return sources;
  }

  #partPath(id: string): string {
    return join(this.#parts.incompleteDir, `${id}.part`);
  }
}

const HOLD_WORDS: Readonly<Record<Exclude<Hold, 'no-source'>, { code: string; reason: string | null }>> = {
  paused: { code: 'paused', reason: 'paused' },
  'no-slot': { code: 'no-slot', reason: 'waits for a download slot' },
  'nick-busy': { code: 'nick-busy', reason: 'waits until another song from the same person is here' },
  'retry-later': { code: 'retry-later', reason: 'is tried again soon' },
  'hub-away': { code: 'hub-away', reason: 'the hub it is on is not connected' },
};

function worstOf({ findings, kind }: Inspected): string {
  return (
    (findings.find(({ level }) => level === 'alarm') ?? findings.find(({ level }) => level === 'damage'))?.what ?? kind
  );
}

function isSame(a: WantedSource, b: WantedSource): boolean {
  return a.hub === b.hub && a.wire === b.wire && fold(a.nick) === fold(b.nick);
}

/** The local day, as `2026-11-24`. */
export function today(): string {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, '0')}-${String(now.getDate()).padStart(2, '0')}`;
}

function lies(path: string | null): boolean {
  try {
    return path !== null && existsSync(path);
  } catch {
    return false; // in a folder that the sandbox may not even ask about
  }
}
