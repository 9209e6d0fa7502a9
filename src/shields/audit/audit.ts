// Looks at this machine from the inside. Linux reads /proc; Windows and macOS ask their own programs.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { readAddress } from '../addresses.ts';
import { parseLsof, parseSocketFilter } from './macos.ts';
import { findOwners } from './owners.ts';
import { PacketFilter } from './packet-filter.ts';
import { parseListenOverflows, parseProcNet } from './proc-net.ts';
import type { Audit, Covered, FilterState, Listener, Outgoing, Owner, Reach, Socket } from './sockets.ts';
import { parseAdvfirewall, parseNetstat, parseTasklist } from './windows.ts';

const run = promisify(execFile);
const RUN = { timeout: 10_000, maxBuffer: 64 << 20, windowsHide: true } as const;

/** One look. Never throws for what it may not see: `unseen` says it. */
export async function audit(): Promise<Audit> {
  if (process.platform === 'win32') return await auditWindows();
  if (process.platform === 'darwin') return await auditMac();
  return await auditLinux();
}

async function auditLinux(): Promise<Audit> {
  const unseen: string[] = [];
  const sockets: Socket[] = [];
  for (const proto of ['tcp', 'udp'] as const)
    for (const file of [proto, `${proto}6`]) {
      const text = await read(`/proc/net/${file}`);
      if (text !== '') sockets.push(...parseProcNet(text, proto));
    }
  if (sockets.length === 0) unseen.push('no sockets could be read from /proc/net');
  const { byInode, hidden, nameOfUid } = await findOwners(new Set(sockets.map(({ key }) => key)));
  if (hidden > 0)
    unseen.push(
      `${hidden} programs of other users could not be looked into: of their ports only the user is known. As root everything is seen`,
    );
  const filter = await linuxFilter(unseen);
  const ownerOf = ({ key, uid }: Socket): Owner | null => byInode.get(key) ?? anonymous(uid, nameOfUid);
  const orphans = sockets.filter(({ state, key }) => state === 'listen' && !byInode.has(key)).length;
  if (hidden === 0 && orphans > 0)
    unseen.push(`${orphans} listeners belong to no program that can be seen: the kernel itself, or another container`);
  return {
    system: 'linux',
    ...sorted(sockets, ownerOf, (socket) => coveredBy(filter.rules, socket)),
    filter: filter.state,
    kernel: {
      synCookies: flag(await read('/proc/sys/net/ipv4/tcp_syncookies')),
      listenOverflows: parseListenOverflows(await read('/proc/net/netstat')),
      forwards: flag(await read('/proc/sys/net/ipv4/ip_forward')),
    },
    unseen,
  };
}

/** A socket whose process we may not see: its user is still something. */
function anonymous(uid: number | null, nameOf: (uid: number) => string | null): Owner | null {
  if (uid === null) return null;
  const user = nameOf(uid) ?? String(uid);
  return { pid: 0, program: '', command: '', user, since: null, startedBy: null, fileGone: false };
}

async function linuxFilter(unseen: string[]): Promise<{ state: FilterState; rules: PacketFilter | null }> {
  try {
    const rules = new PacketFilter((await run('nft', ['-j', 'list', 'ruleset'], RUN)).stdout);
    return { state: rules.state, rules };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nft is not installed' : 'it needs root';
    unseen.push(`the packet filter could not be read: ${why}`);
    return { state: { on: null, words: `not known: ${why}` }, rules: null };
  }
}

function coveredBy(rules: PacketFilter | null, { proto, local, localPort }: Socket): Covered {
  if (rules === null) return 'unsure';
  return rules.covers(proto, localPort, local.includes(':') && local !== '::' ? 6 : 4);
}

async function auditWindows(): Promise<Audit> {
  const unseen: string[] = [];
  const [netstat, tasks, firewall] = await Promise.all([
    output('netstat', ['-ano'], unseen),
    output('tasklist', ['/fo', 'csv', '/nh'], unseen),
    output('netsh', ['advfirewall', 'show', 'allprofiles', 'state'], unseen),
  ]);
  const names = parseTasklist(tasks);
  const ownerOf = ({ key }: Socket): Owner => named(key, names.get(key) ?? '', null);
  unseen.push('which rule of the Windows firewall covers a port is not looked at');
  const filter = parseAdvfirewall(firewall);
  return {
    system: 'windows',
    ...sorted(parseNetstat(netstat), ownerOf, () => 'unsure'),
    filter,
    kernel: UNKNOWN_KERNEL,
    unseen,
  };
}

async function auditMac(): Promise<Audit> {
  const unseen: string[] = [];
  const [lsof, firewall] = await Promise.all([
    output('lsof', ['-nP', '-iTCP', '-iUDP', '-F', 'pcLPnT'], unseen),
    output('/usr/libexec/ApplicationFirewall/socketfilterfw', ['--getglobalstate'], unseen),
  ]);
  const { sockets, names } = parseLsof(lsof);
  const ownerOf = ({ key }: Socket): Owner => named(key, names.get(key)?.program ?? '', names.get(key)?.user ?? null);
  unseen.push('without root, only programs of this user are listed');
  return {
    system: 'macos',
    ...sorted(sockets, ownerOf, () => 'unsure'),
    filter: parseSocketFilter(firewall),
    kernel: UNKNOWN_KERNEL,
    unseen,
  };
}

const UNKNOWN_KERNEL = { synCookies: null, listenOverflows: null, forwards: null };

function named(pid: number, program: string, user: string | null): Owner {
  return { pid, program, command: program, user, since: null, startedBy: null, fileGone: false };
}

function sorted(
  sockets: readonly Socket[],
  ownerOf: (socket: Socket) => Owner | null,
  filterOf: (socket: Socket) => Covered,
): { listeners: Listener[]; connections: Outgoing[] } {
  const listeners = sockets
    .filter(({ state }) => state === 'listen')
    .map((socket): Listener => {
      const { proto, local, localPort, uid, waiting } = socket;
      const owner = ownerOf(socket);
      return {
        proto,
        address: local,
        port: localPort,
        reach: reachOf(local),
        owner,
        uid,
        waiting,
        filter: filterOf(socket),
      };
    });
  const held = new Set(listeners.map(({ proto, port }) => `${proto} ${port}`));
  const connections = sockets
    .filter(
      ({ state, proto, localPort, remote }) =>
        state === 'established' && !held.has(`${proto} ${localPort}`) && reachOf(remote) !== 'loopback',
    )
    .map((socket): Outgoing => {
      const { proto, local, localPort, remote, remotePort, uid } = socket;
      return { proto, local: end(local, localPort), remote: end(remote, remotePort), owner: ownerOf(socket), uid };
    });
  return { listeners: listeners.toSorted((a, b) => a.port - b.port || a.proto.localeCompare(b.proto)), connections };
}

/** From where an address can be reached, before any filter. */
export function reachOf(address: string): Reach {
  if (address === '0.0.0.0' || address === '::') return 'any';
  const kind = readAddress(address)?.kind;
  if (kind === 'loopback') return 'loopback';
  return kind === 'public' ? 'any' : 'lan';
}

function end(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function flag(text: string): boolean | null {
  return text === '' ? null : text.trim() !== '0';
}

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

/** lsof exits 1 when one of its selectors matches nothing: what it printed counts all the same. */
async function output(program: string, args: string[], unseen: string[]): Promise<string> {
  try {
    return (await run(program, args, RUN)).stdout;
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    if (stdout === '') unseen.push(`${program} could not be asked`);
    return stdout;
  }
}
