// macOS: `lsof -nP -iTCP -iUDP -F pcLPnT` and `socketfilterfw --getglobalstate`. Proven on recorded output only. Pure.
import type { FilterState, Socket } from './sockets.ts';

/** Sockets of lsof's field output with the name and user of their process; `key` is the pid. */
export function parseLsof(text: string): {
  sockets: Socket[];
  names: Map<number, { program: string; user: string | null }>;
} {
  const sockets: Socket[] = [];
  const names = new Map<number, { program: string; user: string | null }>();
  let pid = 0;
  let holder: { program: string; user: string | null } = { program: '', user: null };
  let proto = '';
  let name = '';
  let state = '';
  const finish = (): void => {
    const socket = name === '' ? null : socketOf(proto, name, state, pid);
    if (socket !== null) sockets.push(socket);
    proto = name = state = '';
  };
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    switch (line.charAt(0)) {
      case 'p':
        finish();
        pid = Number(value);
        names.set(pid, (holder = { program: '', user: null }));
        break;
      case 'c':
        holder.program = unescape(value);
        break;
      case 'L':
        holder.user = value;
        break;
      case 'f':
        finish();
        break;
      case 'P':
        proto = value.toLowerCase();
        break;
      case 'n':
        name = value;
        break;
      case 'T':
        if (value.startsWith('ST=')) state = value.slice(3);
        break;
      default:
    }
  }
  finish();
  return { sockets, names };
}

/** lsof writes what is not printable as `\x20`. */
function unescape(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function socketOf(proto: string, name: string, state: string, pid: number): Socket | null {
  if (proto !== 'tcp' && proto !== 'udp') return null;
  const [local = '', remote] = name.split('->');
  const from = parseEnd(local, name);
  const to = remote === undefined ? { address: '0.0.0.0', port: 0 } : parseEnd(remote, name);
  if (from === null || to === null) return null;
  const listens = proto === 'tcp' ? state === 'LISTEN' : remote === undefined;
  return {
    proto,
    local: from.address,
    localPort: from.port,
    remote: to.address,
    remotePort: to.port,
    state: listens
      ? 'listen'
      : remote !== undefined && (proto === 'udp' || state === 'ESTABLISHED')
        ? 'established'
        : 'other',
    key: pid,
    uid: null,
    waiting: 0,
  };
}

function parseEnd(text: string, whole: string): { address: string; port: number } | null {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+|\*)$/.exec(text);
  if (match === null) return null;
  const address = match[1] ?? match[2] ?? '';
  const any = whole.startsWith('[') ? '::' : '0.0.0.0';
  return { address: address === '*' ? any : address, port: match[3] === '*' ? 0 : Number(match[3]) };
}

export function parseSocketFilter(text: string): FilterState {
  const state = /State = (\d)/.exec(text)?.[1];
  if (state === undefined) return { on: null, words: 'the state of the application firewall could not be read' };
  if (state === '0') return { on: false, words: 'the application firewall of macOS is off' };
  return {
    on: true,
    words:
      state === '2'
        ? 'the application firewall blocks everything that is not needed'
        : 'the application firewall of macOS is on',
  };
}
