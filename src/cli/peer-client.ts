// How short commands talk to the peer that runs on DIR: its address and token lie in DIR/control.json, mode 0600.
import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import type { ApiError } from '#api';
import { Failure } from '#base';

type Control = { http: string; token: string };

/** A running peer, as its own person asks it. */
export class PeerClient {
  /** The data folder that the peer itself uses. */
  readonly dataDir: string;
  readonly #control: Control;

  private constructor(dataDir: string, control: Control) {
    this.dataDir = dataDir;
    this.#control = control;
  }

  /** Finds the peer that runs on DIR, or the one of `up` on DIR/peer. @throws Failure when none answers */
  static async find(dir: string): Promise<PeerClient> {
    for (const dataDir of [dir, join(dir, 'peer')]) {
      const control = await readControl(join(dataDir, 'control.json'));
      if (control === null) continue;
      const client = new PeerClient(dataDir, control);
      if (await client.#answers()) return client;
    }
    throw new Failure(`no peer runs on ${dir}; start one with: peershield peer --data ${dir}`);
  }

  get<T>(path: string): Promise<T> {
    return this.#ask('GET', path) as Promise<T>;
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.#ask('POST', path, body) as Promise<T>;
  }

  async #answers(): Promise<boolean> {
    return await this.#ask('GET', '/api/hello').then(
      () => true,
      () => false,
    );
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, body === undefined ? null : JSON.stringify(body));
    if (status >= 200 && status < 300) return text === '' ? null : JSON.parse(text);
    throw new Failure(wordsOf(text) ?? `the peer answered ${status}`);
  }

  #exchange(method: string, path: string, body: string | null): Promise<{ status: number; text: string }> {
    const { http, token } = this.#control;
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        `http://${http}${path}`,
        { method, headers, agent: false, timeout: 20_000 },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (part: string) => {
            text += part;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
          response.on('error', reject);
        },
      );
      request.on('timeout', () => request.destroy(new Error('no answer in 20 s')));
      request.on('error', (error) => reject(new Failure(`the peer does not answer (${error.message})`)));
      request.end(body ?? undefined);
    });
  }
}

async function readControl(path: string): Promise<Control | null> {
  try {
    const control = JSON.parse(await readFile(path, 'utf8')) as Partial<Control>;
    return typeof control.http === 'string' && typeof control.token === 'string'
      ? { http: control.http, token: control.token }
      : null;
  } catch {
    return null;
  }
}

function wordsOf(text: string): string | null {
  try {
    return (JSON.parse(text) as ApiError).error.message;
  } catch {
    return null;
  }
}

/** Waits, unless the person ends the command first. */
export async function pause(ms: number, interrupted: AbortSignal): Promise<void> {
  if (interrupted.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      interrupted.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    interrupted.addEventListener('abort', done, { once: true });
  });
}

/** Bytes for people: `3.1 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(0)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(2)} GB`;
}

/** Seconds for people: `3:35`. */
export function timeText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
}
