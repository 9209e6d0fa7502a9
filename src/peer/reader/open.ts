// Opens a file of a shared folder for a stranger, or refuses. What the permission model does not cover is done here:
// links are not followed, nothing but a regular file is opened, and what was opened must be what the scan saw.
import { constants, type BigIntStats } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import type { ByteString } from '#base';

/** A file as the scan saw it. `identity` is `device:inode`. */
export type Seen = { readonly identity: string; readonly sizeBytes: number; readonly mtimeMs: number };

/** Why a file is not opened, in words. */
export class Refused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Refused';
  }
}

/** Path bytes as Node's fs takes them. */
export function diskPath(path: ByteString): Buffer {
  return Buffer.from(path, 'latin1');
}

export function seenOf(stats: BigIntStats): Seen {
  return { identity: `${stats.dev}:${stats.ino}`, sizeBytes: Number(stats.size), mtimeMs: Number(stats.mtimeMs) };
}

/**
 * Opens `below` in `root` for reading.
 *
 * @param root absolute path without links, as bytes; @param below path in it with `/`, from a scan, never from the network
 * @throws Refused naming what is wrong; also for everything that the system says
 */
export async function openShared(root: ByteString, below: ByteString, seen: Seen): Promise<FileHandle> {
  const path = `${root}/${below}`;
  await mustLieIn(root, path);
  let file: FileHandle;
  try {
    file = await open(diskPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw new Refused(`cannot be opened (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    const stats = await file.stat({ bigint: true });
    if (!stats.isFile()) throw new Refused('not a regular file');
    const now = seenOf(stats);
    if (now.identity !== seen.identity) throw new Refused('another file stands in its place since the last scan');
    if (now.sizeBytes !== seen.sizeBytes || now.mtimeMs !== seen.mtimeMs)
      throw new Refused('changed since the last scan');
    // Once more: a folder may have been swapped for a link between the first look and the open.
    await mustLieIn(root, path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function mustLieIn(root: ByteString, path: ByteString): Promise<void> {
  let real: ByteString;
  try {
    real = (await realpath(diskPath(path), { encoding: 'buffer' })).toString('latin1');
  } catch (error) {
    throw new Refused((error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no longer there' : 'cannot be reached');
  }
  if (real !== path || !path.startsWith(`${root}/`)) throw new Refused('a link on the way leads elsewhere');
}
