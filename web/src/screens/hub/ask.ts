// Asks the hub: a call for each route of #api, and one loop that keeps the overview and its charts up to date.
import { type ApiError, HUB_ROUTES, type HubAnswers, type HubOverview, type HubRoute, type HubSeries } from '#api';
import { CallError, type Link } from '../../provider/provider.ts';
import { Signal } from '../../shell/signal.ts';
import { token } from '../../shell/token.ts';

export type Ask = {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
};

/** @throws CallError: the hub said no (its words are fit for people), or does not answer (`unreachable`) */
export async function ask<R extends HubRoute>(
  route: R,
  { params = {}, query = {}, body }: Ask = {},
): Promise<HubAnswers[R]> {
  const { method, path } = HUB_ROUTES[route];
  const known = token.get();
  const headers: Record<string, string> = {};
  if (known !== null) headers.authorization = `Bearer ${known}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(urlOf(path, params, query), {
      method,
      headers,
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new CallError('unreachable', 'The hub does not answer.');
  }
  if (!response.ok) throw await errorOf(response);
  return (response.status === 204 ? null : await response.json()) as HubAnswers[R];
}

function urlOf(path: string, params: NonNullable<Ask['params']>, query: NonNullable<Ask['query']>): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== '') words.set(key, String(value));
  const filled = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ''));
  return words.size > 0 ? `${filled}?${words.toString()}` : filled;
}

async function errorOf(response: Response): Promise<CallError> {
  const body = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const code = response.status === 401 ? 'locked' : (body?.error?.code ?? `http-${response.status}`);
  return new CallError(code, body?.error?.message ?? `The hub answered ${response.status}.`);
}

const EVERY_MS = 2000;
const LAST_RETRY_MS = 8000;
const SAMPLES = 900;
const COLUMNS = [
  'users',
  'files',
  'searchesPerSecond',
  'searchP99Ms',
  'brokeredBps',
  'messagesPerSecond',
  'lagMs',
] as const satisfies readonly (keyof HubSeries)[];

/** The overview, asked for again and again; its series only by what is new. */
export class HubLive {
  readonly link = new Signal<Link>({ state: 'connecting', retryAt: null });
  readonly overview = new Signal<HubOverview | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = EVERY_MS;
  #stopped = true;

  start(): void {
    this.#stopped = false;
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Looks now: after an act, or when a person is tired of waiting. */
  readonly lookNow = (): void => {
    clearTimeout(this.#timer);
    if (!this.#stopped) void this.#look();
  };

  async #look(): Promise<void> {
    const before = this.overview.get();
    try {
      const fresh = await ask('overview', { query: { since: before?.series.until ?? 0 } });
      if (before !== null && before.run !== fresh.run) return this.#begin();
      this.overview.set({ ...fresh, series: joined(before?.series ?? null, fresh.series) });
      this.link.set({ state: 'open', retryAt: null });
      this.#retryMs = EVERY_MS;
      this.#again(EVERY_MS);
    } catch (error) {
      this.#lost(error instanceof CallError && error.code === 'locked');
    }
  }

  /** The hub was started again: its series begin anew. */
  #begin(): void {
    this.overview.set(null);
    this.#again(0);
  }

  #lost(locked: boolean): void {
    if (locked) return this.link.set({ state: 'locked', retryAt: null });
    this.link.set({ state: 'lost', retryAt: Date.now() + this.#retryMs });
    this.#again(this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #again(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#look(), ms);
  }
}

function joined(before: HubSeries | null, fresh: HubSeries): HubSeries {
  if (before === null) return fresh;
  const series = { ...fresh };
  for (const column of COLUMNS) series[column] = [...before[column], ...fresh[column]].slice(-SAMPLES);
  return series;
}
