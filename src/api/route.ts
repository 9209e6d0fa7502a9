// What the pages of all programs have in common: the shape of a route, an error, a page of rows, and who is there.

/**
 * One route. `path` has fastify's `:id`. Everything asks for the token; `cookie`: what the session cookie opens too;
 * `open`: what anyone may ask who reaches the page.
 */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  params?: object;
  query?: object;
  body?: object;
  cookie?: true;
  open?: true;
};

/** Every answer that is not 2xx. `code` in kebab-case is stable and may be translated; `message` is for people, English. */
export type ApiError = { error: { code: string; message: string } };

/** One page of a list that the server sorts and filters. */
export type Page<Row> = { total: number; offset: number; rows: Row[] };

/** Which program serves this page: the first thing the page asks, without a token. */
export type Hello = { program: 'peer' | 'hub' | 'shields' | 'directory'; version: string };
export const HELLO_ROUTE = { method: 'GET', path: '/api/hello', open: true } as const satisfies Route;
