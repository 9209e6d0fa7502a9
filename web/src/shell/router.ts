// Where the page is: `#/screen/part?key=value`. A hash, so that any server can hand out the same file and the token of
// the one-time link never reaches a server's log.
import { useSyncExternalStore } from 'react';

/** `path` without the leading slash: ['search'] or ['library', 'quarantine']. */
export type Place = { path: readonly string[]; query: Readonly<Record<string, string>> };

export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function formatPlace(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') words.set(key, value);
  const tail = words.size > 0 ? `?${words}` : '';
  return `#/${path.map(encodeURIComponent).join('/')}${tail}`;
}

/** Goes there; `replace` leaves no step for the back button. */
export function go(
  path: readonly string[],
  query?: Readonly<Record<string, string | undefined>>,
  replace = false,
): void {
  const hash = formatPlace(path, query);
  if (hash === location.hash) return;
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  changed();
}

let place: Place | null = null;
const listeners = new Set<() => void>();

export function currentPlace(): Place {
  place ??= parsePlace(location.hash);
  return place;
}

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, currentPlace);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('hashchange', changed);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('hashchange', changed);
  };
}

function changed(): void {
  place = null;
  for (const listener of listeners) listener();
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
