// An address of the page: `#/screen/part?key=value`. Pure.

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

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
