// Who may ask the page's server: pure decisions on a request's headers. The rules stand at the head of `#api`'s peer.ts.
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { Route } from '#api';

export const SESSION_COOKIE = 'peershield_session';

/** What of a request is looked at. */
export type Asked = {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly site: string | undefined;
};

export type Access = { ok: true } | { ok: false; status: 401 | 403; code: string; message: string };

/** @param listen where we really listen */
export function checkHost(asked: Asked, listen: { host: string; port: number }): Access {
  const { host, origin } = asked;
  if (host === undefined || !isOurs(host, listen))
    return { ok: false, status: 403, code: 'wrong-host', message: 'this page is not served under that name' };
  if (origin !== undefined && origin !== `http://${host}`)
    return { ok: false, status: 403, code: 'wrong-origin', message: 'another page may not ask here' };
  return { ok: true };
}

/** Whether the token or, where the route allows it, the cookie lets this request in. */
export function checkToken(asked: Asked, route: Pick<Route, 'cookie' | 'open'>, token: string): Access {
  if (route.open === true) return { ok: true };
  const bearer = /^Bearer ([^\s]+)$/.exec(asked.authorization ?? '')?.[1];
  if (bearer !== undefined && same(bearer, token)) return { ok: true };
  if (route.cookie === true && bearer === undefined && fromOwnPage(asked)) {
    const value = (asked.cookie ?? '')
      .split(/;\s*/)
      .find((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
      ?.slice(SESSION_COOKIE.length + 1);
    if (value !== undefined && same(value, sessionOf(token))) return { ok: true };
  }
  return {
    ok: false,
    status: 401,
    code: 'token',
    message: 'the token of this peer is needed; it is in the link that was shown at its start',
  };
}

/** What the cookie holds: made from the token, so that it lasts as long, and does not give it away. */
export function sessionOf(token: string): string {
  return createHash('sha256').update(`session ${token}`).digest('hex');
}

function fromOwnPage({ origin, site }: Asked): boolean {
  return origin !== undefined || site === 'same-origin' || site === 'none';
}

function same(given: string, wanted: string): boolean {
  const a = createHash('sha256').update(given).digest();
  const b = createHash('sha256').update(wanted).digest();
  return timingSafeEqual(a, b);
}

/** A name that a stranger's DNS could point at us is never ours. */
function isOurs(host: string, listen: { host: string; port: number }): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[^:]+)(?::(\d+))?$/i.exec(host);
  if (match === null || Number(match[2] ?? 80) !== listen.port) return false;
  const name = (match[1] as string).toLowerCase().replace(/^\[|\]$/g, '');
  if (name === 'localhost' || name === listen.host.toLowerCase()) return true;
  if (listen.host === '0.0.0.0' || listen.host === '::') return isIP(name) !== 0;
  return isLoopback(listen.host) && isLoopback(name);
}

function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'));
}
