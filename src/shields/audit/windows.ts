// Windows: `netstat -ano` and `tasklist /fo csv /nh`. Proven on recorded output only. Pure.
import type { FilterState, Socket } from './sockets.ts';

/** Sockets of `netstat -ano`; `key` is the pid. State words are translated by Windows: a listener is known by its remote end. */
export function parseNetstat(text: string): Socket[] {
  const sockets: Socket[] = [];
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim().split(/\s+/);
    const proto = words[0]?.toLowerCase();
    if (proto !== 'tcp' && proto !== 'udp') continue;
    const from = parseEnd(words[1] ?? '');
    const to = parseEnd(words[2] ?? '');
    const pid = Number(words.at(-1));
    if (from === null || to === null || !Number.isInteger(pid)) continue;
    sockets.push({
      proto,
      local: from.address,
      localPort: from.port,
      remote: to.address,
      remotePort: to.port,
      state:
        to.port === 0 ? 'listen' : /^(ESTABLISHED|HERGESTELLT|ÉTABLI)/i.test(words[3] ?? '') ? 'established' : 'other',
      key: pid,
      uid: null,
      waiting: 0,
    });
  }
  return sockets;
}

function parseEnd(text: string): { address: string; port: number } | null {
  const at = text.lastIndexOf(':');
  if (at < 0) return null;
  const address = text
    .slice(0, at)
    .replace(/^\[|\]$/g, '')
    .replace(/%\d+$/, '');
  const port = text.slice(at + 1);
  if (port !== '*' && !/^\d+$/.test(port)) return null;
  return { address: address === '*' ? '0.0.0.0' : address, port: port === '*' ? 0 : Number(port) };
}

/** Program names by pid of `tasklist /fo csv /nh`. */
export function parseTasklist(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const [, name = '', pid = ''] of text.matchAll(/^"([^"]*)","(\d+)"/gm)) names.set(Number(pid), name);
  return names;
}

/** `netsh advfirewall show allprofiles state`: on when every profile is. */
export function parseAdvfirewall(text: string): FilterState {
  const states = [...text.matchAll(/^\S.*?\s{2,}(ON|OFF|EIN|AUS)\s*$/gim)].map(([, word = '']) =>
    /^(ON|EIN)$/i.test(word),
  );
  if (states.length === 0) return { on: null, words: 'the state of the Windows firewall could not be read' };
  const off = states.filter((on) => !on).length;
  if (off === 0) return { on: true, words: 'the Windows firewall is on for every kind of network' };
  return { on: false, words: `the Windows firewall is off for ${off} of ${states.length} kinds of network` };
}
