// Puts a finished download where it belongs: complete and synced, or not at all; never over a file that is there. Done by
// the parent, because the sandbox of the network process refuses fsync and the downloads folder.
//
//   same file system    fsync part → link(part, target) → unlink part
//   another one         copy to a dot file beside the target → fsync → link → unlink both
//
// `link` is atomic and fails on a taken name, which rename does not; where a file system has no hard links, rename after a look.
import { createHash } from 'node:crypto';
import { type BigIntStats, constants, createReadStream } from 'node:fs';
import { access, copyFile, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '#base';
import { makeFolder } from '#store';
import { numbered, safeName } from '../downloads/names.ts';

export type ShelveRequest = {
  /** The complete file. Regular, not a link. */
  readonly part: string;
  /** Absolute folder; made if missing. */
  readonly folder: string;
  /** What its owner called it; made harmless here, whatever was done before. */
  readonly name: string;
  /** A token for the dot file. */
  readonly id: string;
};

const MOST_NAMES = 9_999;
const LOOKED_AT = 20;

/** Returns the path where the file lies now. Calling it again after a crash in the middle finishes the job. */
export async function shelve({ part, folder, name, id }: ShelveRequest): Promise<string> {
  const whole = await lstat(part, { bigint: true });
  if (!whole.isFile()) throw new Failure('the finished file is not a regular file any more');
  makeFolder(folder);
  await access(folder, constants.W_OK);
  await sync(part);
  const safe = safeName(name);
  try {
    return await place(part, whole, folder, safe);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
  const copy = join(folder, `.peershield-${id.replace(/[^a-z0-9-]/gi, '')}`);
  await unlink(copy).catch(ignoreMissing);
  await copyFile(part, copy, constants.COPYFILE_EXCL);
  await sync(copy);
  const path = await place(copy, await lstat(copy, { bigint: true }), folder, safe);
  await unlink(part);
  return path;
}

/** The file that {@link shelve} made of these bytes, if it did before a crash: by name, size and SHA-1. */
export async function shelvedAs(file: {
  folder: string;
  name: string;
  sizeBytes: number;
  sha1: string;
}): Promise<string | null> {
  const safe = safeName(file.name);
  for (let n = 1; n <= LOOKED_AT; n++) {
    const path = join(file.folder, numbered(safe, n));
    const stats = await lstat(path).catch(() => null);
    if (stats === null) return null;
    if (!stats.isFile() || stats.size !== file.sizeBytes) continue;
    const hash = createHash('sha1');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    if (hash.digest('hex') === file.sha1) return path;
  }
  return null;
}

async function place(from: string, whole: BigIntStats, folder: string, name: string): Promise<string> {
  for (let n = 1; n <= MOST_NAMES; n++) {
    const target = join(folder, numbered(name, n));
    if (resolve(target) !== target || !target.startsWith(join(folder, '/')))
      throw new Failure('that name leaves its folder');
    if (!(await placeAs(from, whole, target))) continue;
    await syncFolder(folder);
    return target;
  }
  throw new Failure(`${name} is taken ${MOST_NAMES} times over`);
}

/** False: the name is taken by another file. */
async function placeAs(from: string, whole: BigIntStats, target: string): Promise<boolean> {
  try {
    await link(from, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      const there = await lstat(target, { bigint: true }).catch(() => null);
      if (there === null || there.dev !== whole.dev || there.ino !== whole.ino) return false;
    } else if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS' || code === 'EMLINK') {
      if ((await lstat(target).catch(() => null)) !== null) return false;
      await rename(from, target);
      return true;
    } else throw error;
  }
  await unlink(from);
  return true;
}

async function sync(path: string): Promise<void> {
  const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the new name survives a power cut too; not every system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
