// The page's WebSocket: status unasked, transfers and searches to whoever watches them, as deltas by revision. What changes
// often is sent at most four times a second; a page that does not read is let go.
import { LIMITS as API_LIMITS, type LiveMessage, type LiveRequest } from '#api';
import type { Limits } from '#base';
import type { WebSocket } from '@fastify/websocket';
import type { Peer } from '../peer.ts';

export const LIVE_LIMITS = {
  pages: { value: 32, unit: 'connections', source: 'open pages of one person; more is a fault' },
  unsentBytes: { value: 1_048_576, unit: 'bytes', source: 'a page that does not read; it comes back and asks anew' },
  requestBytes: { value: 4_096, unit: 'bytes', source: 'a request of a page is below 300' },
  watched: { value: 20, unit: 'searches', source: 'watched by one page; as many as are kept' },
} as const satisfies Limits;

const STEP_MS = 250;
const STATUS_STEPS = 2;
const PING_MS = 30_000;

export class Live {
  readonly #peer: Peer;
  readonly #pages = new Set<Page>();
  #timer: NodeJS.Timeout | null = null;
  #steps = 0;

  constructor(peer: Peer) {
    this.#peer = peer;
    peer.onStatus = () => this.#each((page) => void (page.status = true));
    peer.rows.onChange = () => {
      this.#each((page) => void (page.transfers = true));
      peer.onStatus();
    };
    peer.searches.onChange = (id) => this.#each((page) => page.searches.has(id) && page.dirty.add(id));
    peer.onMessage = (message) => this.#each((page) => page.send(message));
  }

  /** @param isRequest checks a message against LIVE_REQUEST_SCHEMA */
  open(socket: WebSocket, isRequest: (value: unknown) => boolean): void {
    if (this.#pages.size >= LIVE_LIMITS.pages.value) {
      socket.close(1013, 'too many pages');
      return;
    }
    const page = new Page(socket, this.#peer, isRequest);
    this.#pages.add(page);
    socket.on('close', () => this.#pages.delete(page));
    this.#timer ??= setInterval(() => this.#step(), STEP_MS);
    this.#timer.unref();
    page.sendStatus();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const { socket } of this.#pages) socket.close(1001, 'the peer stops');
  }

  #step(): void {
    this.#steps++;
    for (const page of this.#pages) {
      if (this.#steps % (PING_MS / STEP_MS) === 0) page.ping();
      page.step(this.#steps % STATUS_STEPS === 0);
    }
    if (this.#pages.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #each(tell: (page: Page) => unknown): void {
    for (const page of this.#pages) tell(page);
  }
}

class Page {
  readonly socket: WebSocket;
  status = false;
  transfers = false;
  readonly searches = new Map<string, number>();
  readonly dirty = new Set<string>();
  readonly #peer: Peer;
  readonly #isRequest: (value: unknown) => boolean;
  #transfersSince: number | null = null;
  #answered = true;

  constructor(socket: WebSocket, peer: Peer, isRequest: (value: unknown) => boolean) {
    this.socket = socket;
    this.#isRequest = isRequest;
    this.#peer = peer;
    socket.on('pong', () => void (this.#answered = true));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#hear(data, isBinary));
  }

  send(message: LiveMessage): void {
    const { socket } = this;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > LIVE_LIMITS.unsentBytes.value) socket.close(1013, 'reads too slowly');
    else socket.send(JSON.stringify(message));
  }

  sendStatus(): void {
    this.status = false;
    this.send({ type: 'status', status: this.#peer.status });
  }

  ping(): void {
    if (!this.#answered) this.socket.terminate();
    this.#answered = false;
    this.socket.ping();
  }

  step(withStatus: boolean): void {
    if (withStatus && this.status) this.sendStatus();
    if (this.transfers && this.#transfersSince !== null) this.#sendTransfers();
    for (const id of this.dirty) this.#sendSearch(id);
    this.dirty.clear();
  }

  #hear(data: Buffer, isBinary: boolean): void {
    const request =
      isBinary || data.length > LIVE_LIMITS.requestBytes.value
        ? null
        : readRequest(data.toString('utf8'), this.#isRequest);
    if (request === null) return this.send({ type: 'error', code: 'request', message: 'that is no request of a page' });
    if (request.type === 'unwatch') {
      if (request.topic === 'transfers') this.#transfersSince = null;
      else this.searches.delete(request.id);
    } else if (request.topic === 'transfers') {
      this.#transfersSince = request.since;
      this.#sendTransfers();
    } else if (this.searches.size >= LIVE_LIMITS.watched.value && !this.searches.has(request.id))
      this.send({ type: 'error', code: 'too-many', message: 'too many searches watched' });
    else {
      this.searches.set(request.id, request.since);
      this.#sendSearch(request.id);
    }
  }

  #sendTransfers(): void {
    this.transfers = false;
    const since = this.#transfersSince ?? 0;
    const { revision, full, rows, gone } = this.#peer.rows.delta(since);
    this.#transfersSince = revision;
    if (rows.length === 0 && gone.length === 0 && !full) return;
    for (const { part, isFirst, isLast } of parts(rows))
      this.send({
        type: 'transfers',
        revision: isLast ? revision : since,
        full: full && isFirst,
        rows: part,
        gone: isFirst ? gone : [],
      });
  }

  #sendSearch(id: string): void {
    const since = this.searches.get(id) ?? 0;
    const delta = this.#peer.searches.delta(id, since);
    if (delta === null) {
      this.searches.delete(id);
      this.send({ type: 'gone', topic: 'search', id });
      return;
    }
    const { revision, full, search, rows } = delta;
    this.searches.set(id, revision);
    for (const { part, isFirst, isLast } of parts(rows))
      this.send({ type: 'search', id, revision: isLast ? revision : since, full: full && isFirst, search, rows: part });
  }
}

function* parts<T>(rows: readonly T[]): Generator<{ part: T[]; isFirst: boolean; isLast: boolean }> {
  const size = API_LIMITS.liveRows.value;
  for (let from = 0; from === 0 || from < rows.length; from += size)
    yield { part: rows.slice(from, from + size), isFirst: from === 0, isLast: from + size >= rows.length };
}

/** Null: not one. */
function readRequest(text: string, isRequest: (value: unknown) => boolean): LiveRequest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRequest(value)) return null;
  const {
    type,
    topic,
    id,
    since = 0,
  } = value as { type: 'watch' | 'unwatch'; topic: LiveRequest['topic']; id?: string; since?: number };
  if (topic === 'transfers') return type === 'watch' ? { type, topic, since } : { type, topic };
  if (id === undefined) return null;
  return type === 'watch' ? { type, topic, id, since } : { type, topic, id };
}
