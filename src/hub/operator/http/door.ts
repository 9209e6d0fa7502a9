// What is asked of every request before anything else is looked at: the Host that it was sent to, where it comes from,
// and how much of it there is.
import { isIP } from 'node:net';

/**
 * Whether this Host header may be answered: an address or `localhost` (a page that a stranger's name was pointed at us
 * for sends that name), or a name that the operator gave.
 */
export function isOurHost(header: string | undefined, names: readonly string[]): boolean {
  if (header === undefined) return false;
  const match = /^(\[[0-9a-f:.]+\]|[^:\s/]+)(?::\d{1,5})?$/i.exec(header);
  if (match === null) return false;
  const host = (match[1] as string).replace(/^\[|\]$/g, '').toLowerCase();
  return host === 'localhost' || isIP(host) !== 0 || names.some((name) => name.toLowerCase() === host);
}

/** Whether a request that says where it comes from comes from our own page. Shells and monitoring say nothing. */
export function isOurOrigin(origin: string | undefined, fetchSite: string | undefined, host: string): boolean {
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return false;
  if (origin === undefined) return true;
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** Only ourselves: no script, style or picture from elsewhere, no frame around us. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
