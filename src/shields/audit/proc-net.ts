// /proc/net/{tcp,tcp6,udp,udp6}: one socket a line, addresses in hexadecimal in the byte order of the machine. Pure.
//
//   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
//    0: 0100007F:1A2B 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 123456 1 …
import { readAddress } from '../addresses.ts';
import type { Proto, Socket } from './sockets.ts';

const TCP_LISTEN = '0A';
const ESTABLISHED = '01';
const UDP_UNCONNECTED = '07';

/** The sockets of one such file. Lines that are cut or odd are left out. */
export function parseProcNet(text: string, proto: Proto): Socket[] {
  const sockets: Socket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const [, local = '', remote = '', st = '', queues = '', , , uid = '', , inode = ''] = line.trim().split(/\s+/);
    const from = parseEnd(local);
    const to = parseEnd(remote);
    if (from === null || to === null || !/^\d+$/.test(inode)) continue;
    sockets.push({
      proto,
      local: from.address,
      localPort: from.port,
      remote: to.address,
      remotePort: to.port,
      state: stateOf(proto, st),
      key: Number(inode),
      uid: Number(uid),
      waiting: proto === 'tcp' && st === TCP_LISTEN ? Number.parseInt(queues.split(':')[1] ?? '0', 16) : 0,
    });
  }
  return sockets;
}

function stateOf(proto: Proto, st: string): Socket['state'] {
  if (proto === 'udp') return st === UDP_UNCONNECTED ? 'listen' : st === ESTABLISHED ? 'established' : 'other';
  return st === TCP_LISTEN ? 'listen' : st === ESTABLISHED ? 'established' : 'other';
}

function parseEnd(text: string): { address: string; port: number } | null {
  const match = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text);
  if (match === null) return null;
  const [, hex = '', port = ''] = match;
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) =>
    (word.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16)),
  );
  const spelled = bytes.length === 4 ? bytes.join('.') : sixteen(bytes);
  return { address: readAddress(spelled)?.text ?? spelled, port: Number.parseInt(port, 16) };
}

function sixteen(bytes: number[]): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((bytes[i] as number) << 8) | (bytes[i + 1] as number)).toString(16));
  return groups.join(':');
}

/** `ListenOverflows` of /proc/net/netstat: connections that were lost because a backlog was full. Null when it is not there. */
export function parseListenOverflows(text: string): number | null {
  const rows = text.split('\n').filter((line) => line.startsWith('TcpExt:'));
  const names = (rows[0] ?? '').split(' ');
  const at = names.indexOf('ListenOverflows');
  const value = Number((rows[1] ?? '').split(' ')[at]);
  return at < 0 || !Number.isFinite(value) ? null : value;
}
