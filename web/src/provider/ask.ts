// One question to a program over HTTP: the route's path filled in, the key in its header, what goes wrong in words.
import type { ApiError, Route } from '#api';

export type LooseAsk = { id?: string; query?: Record<string, string | number | undefined>; body?: unknown };

/** A route said no, or nobody answered (`code` is `unreachable`). The message is fit for people. */
export class CallError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
  }
}

/** The JSON of the answer, null for 204. @throws CallError */
export async function askRoute(route: Route, token: string | null, ask: LooseAsk = {}): Promise<unknown> {
  const headers: Record<string, string> = {};
  if (token !== null) headers.authorization = `Bearer ${token}`;
  if (ask.body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(urlOf(route.path, ask), {
      method: route.method,
      headers,
      cache: 'no-store',
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    });
  } catch {
    throw new CallError('unreachable', 'The program does not answer.');
  }
  if (!response.ok) throw await errorOf(response);
  return response.status === 204 ? null : response.json();
}

/** `id` stands for whatever the path names: `:id`, `:nick`, `:name`. */
export function urlOf(path: string, { id, query }: LooseAsk): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) if (value !== undefined) words.set(key, String(value));
  const tail = words.size > 0 ? `?${words}` : '';
  return path.replace(/:\w+/, encodeURIComponent(id ?? '')) + tail;
}

async function errorOf(response: Response): Promise<CallError> {
  const body = (await response.json().catch(() => null)) as Partial<ApiError> | null;
  const code = response.status === 401 ? 'locked' : (body?.error?.code ?? `http-${response.status}`);
  return new CallError(code, body?.error?.message ?? `The program answered ${response.status}.`);
}
