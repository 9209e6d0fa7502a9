// Who holds a socket on Linux: the links in /proc/PID/fd name its inode. Without root only our own processes can be read.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { Owner } from './sockets.ts';

export type Owners = { byInode: Map<number, Owner>; hidden: number; nameOfUid: (uid: number) => string | null };

const TICKS_PER_S = 100; // USER_HZ, the same on every architecture that Linux ships

/** Owners of the wanted inodes; `hidden` counts processes whose descriptors we may not read. */
export async function findOwners(wanted: ReadonlySet<number>, proc = '/proc'): Promise<Owners> {
  const byInode = new Map<number, Owner>();
  const names = await userNames();
  const nameOfUid = (uid: number): string | null => names.get(uid) ?? null;
  const bootAt = bootTime(await text(`${proc}/stat`));
  let hidden = 0;
  for (const entry of await readdir(proc)) {
    if (!/^\d+$/.test(entry)) continue;
    const inodes = await socketsOf(`${proc}/${entry}/fd`);
    if (inodes === 'hidden') hidden++;
    else {
      const held = inodes.filter((inode) => wanted.has(inode) && !byInode.has(inode));
      if (held.length === 0) continue;
      const owner = await describe(proc, Number(entry), bootAt, nameOfUid);
      for (const inode of held) byInode.set(inode, owner);
    }
  }
  return { byInode, hidden, nameOfUid };
}

async function socketsOf(folder: string): Promise<number[] | 'hidden'> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'hidden' : [];
  }
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.flatMap((link) => {
    const match = /^socket:\[(\d+)\]$/.exec(link);
    return match === null ? [] : [Number(match[1])];
  });
}

async function describe(
  proc: string,
  pid: number,
  bootAt: number | null,
  nameOf: (uid: number) => string | null,
): Promise<Owner> {
  const [stat, command, status, cgroup, exe] = await Promise.all([
    text(`${proc}/${pid}/stat`),
    text(`${proc}/${pid}/cmdline`),
    text(`${proc}/${pid}/status`),
    text(`${proc}/${pid}/cgroup`),
    readlink(`${proc}/${pid}/exe`).catch(() => ''),
  ]);
  const { comm, ppid, startTicks } = parseStat(stat);
  const parent = parseStat(await text(`${proc}/${ppid}/stat`)).comm;
  const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
  return {
    pid,
    program:
      exe === ''
        ? comm
        : (exe
            .replace(/ \(deleted\)$/, '')
            .split('/')
            .at(-1) as string),
    command: command.replaceAll('\0', ' ').trim(),
    user: Number.isNaN(uid) ? null : (nameOf(uid) ?? String(uid)),
    since: bootAt === null ? null : new Date(bootAt + (startTicks / TICKS_PER_S) * 1000).toISOString(),
    startedBy: unitOf(cgroup) ?? (parent === '' ? null : `${parent} (${ppid})`),
    fileGone: exe.endsWith(' (deleted)'),
  };
}

/** `PID (name with ) and spaces) S PPID …`: the name ends at the last bracket. */
export function parseStat(stat: string): { comm: string; ppid: number; startTicks: number } {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  const rest = stat.slice(close + 2).split(' ');
  return { comm: stat.slice(open + 1, close), ppid: Number(rest[1] ?? 0), startTicks: Number(rest[19] ?? 0) };
}

/** The systemd unit in a cgroup path, the innermost one: what `systemctl stop` wants. */
export function unitOf(cgroup: string): string | null {
  const units = cgroup.match(/[\w@.\\:-]+\.(?:service|socket|scope)(?=\/|$)/gm);
  return units?.at(-1) ?? null;
}

function bootTime(stat: string): number | null {
  const match = /^btime (\d+)$/m.exec(stat);
  return match === null ? null : Number(match[1]) * 1000;
}

async function userNames(): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for (const line of (await text('/etc/passwd')).split('\n')) {
    const [name, , uid] = line.split(':');
    if (name !== undefined && uid !== undefined && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  try {
    const { uid, username } = userInfo();
    names.set(uid, username);
  } catch {
    // a user without an entry anywhere: its number is shown
  }
  return names;
}

async function text(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
