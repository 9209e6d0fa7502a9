// Where the page is: `#/screen/part?key=value`. A hash, so that any server can hand out the same file and the token of
// the one-time link never reaches a server's log.
import { useSyncExternalStore } from 'react';
import { formatPlace, type Place, parsePlace } from './place.ts';

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
