// What sharing a folder would show to strangers, before it is shared: how many songs, and what lies there that should not.
// Names only; nothing is opened, no link is followed. Done by the parent, because the folder is not the sandbox's yet.
import { lstat, opendir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { FolderCheck } from '#api';
import { isHidden, looksLikeAudio, riskOf } from '../shares/rules.ts';

const MOST_ENTRIES = 200_000;
const MOST_RISKS = 100;

/** @param secret our own data folder, which must not be shared */
export async function checkFolder(path: string, secret: string): Promise<FolderCheck> {
  const check: FolderCheck = { path, exists: false, files: 0, audio: 0, bytes: 0, risks: [], refused: null };
  let root: string;
  try {
    root = await realpath(resolve(path));
  } catch {
    return { ...check, refused: 'there is no such folder' };
  }
  check.exists = true;
  check.refused = await refuseRoot(root, secret);
  if (check.refused !== null) return check;
  if (root === homedir())
    check.risks.push({ path: root, why: 'your whole home folder; share the music folder in it instead' });
  await look(root, root, check);
  return check;
}

/** Why a folder can never be shared, in words; null: it can. `root` without links. */
export async function refuseRoot(root: string, secret: string): Promise<string | null> {
  const stats = await lstat(root).catch(() => null);
  if (stats === null) return null;
  if (!stats.isDirectory()) return 'it is not a folder';
  if (dirname(root) === root) return 'the whole disk cannot be shared';
  if (/^\/(?:proc|sys|dev|run|etc|boot)(?:\/|$)/.test(root)) return 'it belongs to the system';
  if (`${secret}/`.startsWith(`${root}/`))
    return 'the data folder of this program lies in it; choose another --data, or a folder further in';
  return null;
}

async function look(root: string, folder: string, check: FolderCheck): Promise<void> {
  try {
    for await (const entry of await opendir(folder)) {
      if (check.files >= MOST_ENTRIES) return;
      const path = join(folder, entry.name);
      const bytes = Buffer.from(entry.name).toString('latin1');
      const why = riskOf(bytes, entry.isDirectory());
      if (why !== null && check.risks.length < MOST_RISKS) check.risks.push({ path: path.slice(root.length + 1), why });
      if (entry.isDirectory()) {
        if (!isHidden(bytes)) await look(root, path, check);
      } else if (entry.isFile()) {
        check.files++;
        if (isHidden(bytes) || !looksLikeAudio(bytes)) continue;
        check.audio++;
        check.bytes += (await lstat(path).catch(() => null))?.size ?? 0;
      }
    }
  } catch {
    if (check.risks.length < MOST_RISKS) check.risks.push({ path: basename(folder), why: 'cannot be read' });
  }
}
