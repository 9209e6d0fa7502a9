// The key of this page. It comes once in the link's hash, which no server sees, and stays in this tab.
import { Signal } from './signal.ts';

const KEPT_AS = 'peershield-token';

export const token = new Signal<string | null>(sessionStorage.getItem(KEPT_AS));

/** Takes `#token=…` out of the address. */
export function takeToken(): void {
  const found = tokenIn(location.hash);
  if (found === null) return;
  keepToken(found);
  history.replaceState(null, '', `${location.pathname}${location.search}#/now`);
}

export function keepToken(value: string): void {
  sessionStorage.setItem(KEPT_AS, value);
  token.set(value);
}

/** The key in a link, in its hash, or the text itself where it is nothing but a key. */
export function tokenIn(text: string): string | null {
  const [, found] = /[#&]token=([^&\s]+)/.exec(text) ?? [];
  return found === undefined ? null : decodeURIComponent(found);
}
