// What others fetch from us: who may (slots), what (only what the library shares, opened with suspicion), how fast.
import { randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { TransferAction } from '#api';
import { type ByteString, type Log, readable, type TokenBucket } from '#base';
import type { Pump } from '#net';
import type { Store } from '#store';
import type { IncomingRequest } from '#wire/napster';
import type { HubLink } from '../hubs/link.ts';
import { today } from '../downloads/queue.ts';
import { Meter } from '../meter.ts';
import { openShared } from '../reader/open.ts';
import { isFinished, type Row, type TransferRows } from '../rows.ts';
import type { FileRow, Library } from '../shares/library.ts';
import { callPeer, type Handed, type IncomingCall, mayDial } from '../wire/calls.ts';
import { sendBody } from './send.ts';
import { Slots } from './slots.ts';

export type UploadParts = {
  readonly store: Store;
  readonly rows: TransferRows;
  readonly library: Library;
  readonly pump: Pump;
  readonly log: Log;
  readonly bind: string | undefined;
  limit(): TokenBucket | null;
  slots(): number;
  nick(): ByteString;
  /** False: nothing is given to anybody. */
  sharing(): boolean;
  hubs(): Iterable<HubLink>;
};

type Sent = { handed: Handed; offset: number };
const STALL_MS = 60_000;

export class Uploads {
  readonly meter = new Meter();
  readonly #parts: UploadParts;
  readonly #slots: Slots;
  readonly #active = new Map<string, { abort: AbortController; meter: Meter }>();
  readonly #people = new Map<string, Set<string>>();
  readonly #running = new Set<Promise<void>>();

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.#slots = new Slots({ slots: parts.slots(), perNick: 1 });
  }

  get activeCount(): number {
    return this.#active.size;
  }

  /** Different people served today. */
  get peopleToday(): number {
    return this.#people.get(today())?.size ?? 0;
  }

  /** The number of slots may have changed. */
  adjust(): void {
    this.#slots.rules = { slots: this.#parts.slots(), perNick: 1 };
  }

  async stop(): Promise<void> {
    for (const { abort } of this.#active.values()) abort.abort();
    await Promise.allSettled(this.#running);
  }

  /** 607: `nick` wants a file of ours. */
  requested(link: HubLink, nick: ByteString, path: ByteString): void {
    const file = this.#shared(path);
    if (file === null) {
      link.tell({ kind: 'refuse', nick, path });
      return;
    }
    const answer = this.#slots.ask(nick.toLowerCase(), path, performance.now());
    if (answer.go) link.tell({ kind: 'accept', nick, path });
    else link.tell({ kind: 'queueLimit', nick, path, limit: 'place' in answer ? answer.place : this.#slots.waiting });
  }

  /** 501: `nick` cannot reach us; we connect and bring it. */
  pushRequested(link: HubLink, request: { nick: ByteString; ip: string; port: number; path: ByteString }): void {
    const { nick, ip, port, path } = request;
    const file = this.#shared(path);
    if (file === null || port === 0 || !mayDial(ip, link.remoteAddress)) return;
    if (!this.#slots.claim(nick.toLowerCase(), path, performance.now())) return;
    if (!link.takeCall()) {
      this.#slots.release(nick.toLowerCase(), path);
      return;
    }
    this.#serve(file, nick, link.name, path, async (abort) => {
      const want = { kind: 'send', nick: this.#parts.nick(), path, sizeBytes: file.size } as const;
      const call = await callPeer(this.#parts.pump, { host: ip, port }, want, {
        bind: this.#parts.bind,
        signal: abort.signal,
      });
      return { handed: call, offset: call.said };
    });
  }

  /** Somebody came to our port with GET. */
  asked(call: IncomingCall<Extract<IncomingRequest, { kind: 'get' }>>): void {
    const { nick, path, offset } = call.request;
    const file = this.#shared(path);
    const who = nick.toLowerCase();
    // Some clients connect again for the rest without asking the hub anew: they stand in line like everybody.
    if (
      file === null ||
      offset > file.size ||
      !this.#slots.ask(who, path, performance.now()).go ||
      !this.#slots.claim(who, path, performance.now())
    ) {
      call.refuse();
      return;
    }
    this.#serve(
      file,
      nick,
      this.#hubOf(),
      path,
      async () => ({ handed: await call.accept(file.size), offset }),
      () => call.refuse(),
    );
  }

  act(action: TransferAction, row: Row): string | null {
    const finished = isFinished(row);
    if (action === 'clear' && finished) {
      this.#parts.rows.remove(row);
      return null;
    }
    if (action === 'cancel' && !finished) {
      this.#active.get(row.id)?.abort.abort();
      return null;
    }
    return finished ? 'it is over' : 'an upload can only be cancelled';
  }

  measure(now: number): void {
    for (const [id, { meter }] of this.#active) {
      const row = this.#parts.rows.get(id);
      if (row !== undefined && row.bps !== meter.rate(now)) this.#parts.rows.update(row, { bps: meter.rate(now) });
    }
  }

  #shared(path: ByteString): FileRow | null {
    return this.#parts.sharing() ? this.#parts.library.byWire(path) : null;
  }

  /** Which hub a caller knows us from cannot be told; with one hub it is that one. */
  #hubOf(): string {
    for (const link of this.#parts.hubs()) if (link.online) return link.name;
    return '';
  }

  #serve(
    file: FileRow,
    nick: ByteString,
    hub: string,
    path: ByteString,
    begin: (abort: AbortController) => Promise<Sent>,
    refuse?: () => void,
  ): void {
    const work = this.#upload(file, nick, hub, begin, refuse).finally(() => {
      this.#slots.release(nick.toLowerCase(), path);
      this.#running.delete(work);
    });
    this.#running.add(work);
  }

  async #upload(
    file: FileRow,
    nick: ByteString,
    hub: string,
    begin: (abort: AbortController) => Promise<Sent>,
    refuse?: () => void,
  ): Promise<void> {
    const { rows, library, log } = this.#parts;
    let handle: FileHandle;
    try {
      handle = await openShared(file.root, file.below, {
        identity: file.identity,
        sizeBytes: file.size,
        mtimeMs: file.mtime,
      });
    } catch (error) {
      refuse?.();
      log.warn('upload-refused', { name: file.name, why: (error as Error).message });
      library.holdBack(file.id, (error as Error).message);
      return;
    }
    const row = this.#row(file, nick, hub);
    const active = { abort: new AbortController(), meter: new Meter() };
    this.#active.set(row.id, active);
    rows.add(row);
    let problem: string | null;
    let from = 0;
    try {
      const { handed, offset } = await begin(active.abort);
      if (offset > file.size) {
        handed.socket.destroy();
        throw new Error('asked for bytes beyond the end');
      }
      from = offset;
      this.#tellHubs('uploadStart');
      rows.update(row, { state: 'receiving', bytes: offset });
      problem = await sendBody(handed.socket, handle, {
        from: offset,
        to: file.size,
        limit: this.#parts.limit(),
        stallMs: STALL_MS,
        signal: active.abort.signal,
        onBytes: (count) => {
          const now = performance.now();
          active.meter.add(count, now);
          this.meter.add(count, now);
          rows.update(row, { bytes: row.bytes + count, bps: active.meter.rate(now) });
        },
      });
      this.#tellHubs('uploadEnd');
    } catch (error) {
      problem = (error as Error).message;
    } finally {
      this.#active.delete(row.id);
      await handle.close();
    }
    this.#count(file, nick, row.bytes - from, problem === null);
    rows.update(row, {
      state: problem === null ? 'done' : 'failed',
      reason: problem,
      reasonCode: problem === null ? null : 'broken',
      bps: 0,
      endedAt: Date.now(),
    });
  }

  #row(file: FileRow, nick: ByteString, hub: string): Row {
    const now = Date.now();
    return {
      id: `u${randomBytes(6).toString('hex')}`,
      direction: 'up',
      network: 'napster',
      name: file.name,
      state: 'connecting',
      paused: false,
      bytes: 0,
      sizeBytes: file.size,
      bps: 0,
      reason: null,
      reasonCode: null,
      retryAt: null,
      nick: readable(nick),
      hub,
      queuePlace: null,
      alternatives: 0,
      kbps: file.kbps,
      seconds: file.seconds,
      addedAt: now,
      endedAt: null,
      playableBytes: 0,
      libraryId: String(file.id),
      verdict: null,
      order: now,
      folder: null,
      path: null,
      sha1: null,
      checks: [],
      inspection: null,
      overruled: false,
      revision: 0,
    };
  }

  #count(file: FileRow, nick: ByteString, bytes: number, whole: boolean): void {
    const day = today();
    if (!this.#people.has(day)) this.#people.clear();
    const people = this.#people.get(day) ?? new Set<string>();
    if (people.size < 10_000) people.add(nick.toLowerCase());
    this.#people.set(day, people);
    this.#parts.store
      .prepare(
        'INSERT INTO days (day, files_up, bytes_up) VALUES (?1, ?2, ?3) ON CONFLICT (day) DO UPDATE SET files_up = files_up + ?2, bytes_up = bytes_up + ?3',
      )
      .run(day, whole ? 1 : 0, bytes);
    if (whole) this.#parts.library.countUpload(file.id);
  }

  #tellHubs(kind: 'uploadStart' | 'uploadEnd'): void {
    for (const link of this.#parts.hubs()) if (link.online) link.tell({ kind });
  }
}
