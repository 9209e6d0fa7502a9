// The page's line to `shields serve`: who we are, one live connection, and the run that goes over it.
import type {
  ApiError,
  ShieldsAudit,
  ShieldsCard,
  ShieldsConsent,
  ShieldsMe,
  ShieldsMessage,
  ShieldsPortState,
  ShieldsPortText,
  ShieldsRouter,
  ShieldsStart,
  ShieldsTest,
  ShieldsToken,
} from '#api';
import { Signal } from '../../shell/signal.ts';
import { heard, isOver, newRun, type Run } from './run.ts';

export type ShieldsState = {
  me: ShieldsMe | null;
  link: 'connecting' | 'open' | 'lost';
  run: Run | null;
  /** States of ports of all runs so far, for the view from inside. */
  outside: ReadonlyMap<number, ShieldsPortState>;
};

const CONNECT_AGAIN_MS = 2000;

export class ShieldsChannel {
  readonly state = new Signal<ShieldsState>({ me: null, link: 'connecting', run: null, outside: new Map() });
  #socket: WebSocket | null = null;
  #connection = '';
  #again: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;
  /** Somebody waits for one port that is asked again. */
  #retest: { resolve: (state: ShieldsPortState) => void; reject: (error: Error) => void } | null = null;

  start(): void {
    this.#stopped = false;
    void this.#load();
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#socket?.close();
  }

  readonly retryNow = (): void => {
    if (this.state.get().link === 'open') return;
    if (this.#again !== null) clearTimeout(this.#again);
    void this.#load();
    this.#connect();
  };

  /** Consent, then start: only ever from a press of the person. */
  async test(test: ShieldsTest, total: number, ports?: number[]): Promise<void> {
    this.#put({ run: newRun(test, total) });
    try {
      await this.#start(test, ports);
    } catch (error) {
      this.#hear({ kind: 'failed', code: 'refused', message: (error as Error).message });
    }
  }

  /** Asks one port again and puts what came into the picture that is there. */
  async again(port: number): Promise<ShieldsPortState> {
    if (this.#retest !== null) throw new Error('A port is being tested already.');
    const { promise, resolve, reject } = Promise.withResolvers<ShieldsPortState>();
    this.#retest = { resolve, reject };
    try {
      await this.#start('own', [port]);
      const state = await promise;
      const { run, outside } = this.state.get();
      this.#put({
        run: run === null ? null : { ...run, cells: new Map(run.cells).set(port, { state, provisional: false }) },
        outside: new Map(outside).set(port, state),
      });
      return state;
    } finally {
      this.#retest = null;
    }
  }

  /** Closing the connection is what stops a test. */
  cancel(): void {
    this.#put({ run: null });
    this.#socket?.close();
    this.retryNow();
  }

  async #start(test: ShieldsTest, ports?: number[]): Promise<void> {
    const body: ShieldsConsent = { test, connection: this.#connection, ...(ports === undefined ? {} : { ports }) };
    const { token } = await ask<ShieldsToken>('api/shields/consent', body);
    this.#socket?.send(JSON.stringify({ kind: 'start', token } satisfies ShieldsStart));
  }

  async #load(): Promise<void> {
    try {
      this.#put({ me: await ask<ShieldsMe>('api/shields/me') });
    } catch {
      this.#put({ link: 'lost' });
    }
  }

  #connect(): void {
    if (this.#stopped) return;
    const socket = new WebSocket(new URL('api/shields/live', location.href));
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as ShieldsMessage));
    socket.addEventListener('close', () => {
      if (this.#socket !== socket || this.#stopped) return;
      this.#retest?.reject(new Error('The connection broke, and the test with it.'));
      const run = this.state.get().run;
      if (run !== null && !isOver(run))
        this.#hear({ kind: 'failed', code: 'lost', message: 'The connection broke, and the test with it.' });
      this.#put({ link: 'lost' });
      this.#again = setTimeout(this.retryNow, CONNECT_AGAIN_MS);
    });
  }

  #hear(message: ShieldsMessage): void {
    if (message.kind === 'hello') {
      this.#connection = message.connection;
      return this.#put({ link: 'open' });
    }
    if (this.#retest !== null) return this.#hearAgain(message);
    const { run } = this.state.get();
    if (run === null) return;
    const outside = new Map(this.state.get().outside);
    if (message.kind === 'report')
      for (const { port, state, proto } of message.report.rows) if (proto === 'tcp') outside.set(port, state);
    this.#put({ run: heard(run, message), outside });
  }

  #hearAgain(message: ShieldsMessage): void {
    if (message.kind === 'failed') this.#retest?.reject(new Error(message.message));
    if (message.kind !== 'report') return;
    const row = message.report.rows[0];
    if (row !== undefined) this.#retest?.resolve(row.state);
  }

  #put(change: Partial<ShieldsState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}

export type PortKnowledge = { texts: ReadonlyMap<number, ShieldsPortText>; cards: ShieldsCard[] };

export async function loadKnowledge(): Promise<PortKnowledge> {
  const { texts, cards } = await ask<{ texts: ShieldsPortText[]; cards: ShieldsCard[] }>('api/shields/ports');
  return { texts: new Map(texts.map((text) => [text.port, text])), cards };
}

export async function loadAudit(): Promise<ShieldsAudit> {
  return await ask<ShieldsAudit>('api/shields/audit');
}

export async function loadRouter(): Promise<ShieldsRouter> {
  return await ask<ShieldsRouter>('api/shields/router');
}

async function ask<T>(path: string, body?: object): Promise<T> {
  const request =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(path, request);
  const answer = (await response.json()) as T | ApiError;
  if (!response.ok) throw new Error((answer as ApiError).error.message);
  return answer as T;
}
