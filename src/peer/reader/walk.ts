// Walks shared folders and tells what lies there: names and stat, in batches, so that a folder of any size costs the
// same memory. Follows no link. Judging what is found is left to `shares/rules.ts` and to whoever asked.
import type { Dirent } from 'node:fs';
import { lstat, opendir, realpath } from 'node:fs/promises';
import type { ByteString } from '#base';
import { isHidden, looksLikeAudio, SHARE_LIMITS } from '../shares/rules.ts';
import { diskPath, type Seen, seenOf } from './open.ts';

/** One entry that may be sound, by name. */
export type Entry = Seen & {
  readonly root: ByteString;
  readonly below: ByteString;
  readonly isFile: boolean;
  readonly links: number;
  /** Held back for what it is; nothing else of it was looked at. */
  readonly refused: string | null;
};

/** A batch; `problems` are folders that could not be read, with the reason. */
export type Batch = { readonly entries: Entry[]; readonly problems: { path: ByteString; reason: string }[] };

const BATCH_ENTRIES = 256;

/** The entries of all roots, root by root. A root is an absolute path without links; `onFolder` hears of each folder. */
export async function* walk(
  roots: readonly ByteString[],
  onFolder: (path: ByteString) => void = () => {},
): AsyncGenerator<Batch> {
  let batch: Batch = { entries: [], problems: [] };
  let looked = 0;
  for (const root of roots) {
    const folders: { below: ByteString; depth: number }[] = [{ below: '', depth: 0 }];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const path = folder.below === '' ? root : `${root}/${folder.below}`;
      onFolder(path);
      try {
        for await (const entry of await openFolder(diskPath(path))) {
          if (++looked > SHARE_LIMITS.entries.value) throw new Error('more entries than are looked at');
          const name = entry.name.toString('latin1');
          if (isHidden(name)) continue;
          const below = folder.below === '' ? name : `${folder.below}/${name}`;
          if (entry.isDirectory()) {
            if (folder.depth < SHARE_LIMITS.depth.value) folders.push({ below, depth: folder.depth + 1 });
            else batch.problems.push({ path: `${root}/${below}`, reason: 'folders too deep in each other' });
          } else {
            const found = await look(root, below, name, entry);
            if (found !== null) batch.entries.push(found);
          }
          if (batch.entries.length >= BATCH_ENTRIES) {
            yield batch;
            batch = { entries: [], problems: [] };
          }
        }
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        batch.problems.push({ path, reason: code === 'ENOENT' ? 'no longer there' : (code ?? message) });
      }
    }
  }
  yield batch;
}

async function look(
  root: ByteString,
  below: ByteString,
  name: ByteString,
  entry: Dirent<Buffer>,
): Promise<Entry | null> {
  if (entry.isSymbolicLink()) return lookAtLink(root, below, name);
  if (!looksLikeAudio(name)) return null;
  const stats = await lstat(diskPath(`${root}/${below}`), { bigint: true }).catch(() => null);
  if (stats === null) return null;
  return { root, below, ...seenOf(stats), isFile: stats.isFile(), links: Number(stats.nlink), refused: null };
}

/** A link to a file inside is that file's second name and not worth a word; one that leads out is named. */
async function lookAtLink(root: ByteString, below: ByteString, name: ByteString): Promise<Entry | null> {
  if (!looksLikeAudio(name)) return null;
  const target = await realpath(diskPath(`${root}/${below}`), { encoding: 'buffer' }).catch(() => null);
  if (target?.toString('latin1').startsWith(`${root}/`) === true) return null;
  const refused =
    target === null ? 'a link that leads nowhere we may look' : 'a link that leads out of the shared folder';
  return { root, below, identity: '', sizeBytes: 0, mtimeMs: 0, isFile: false, links: 1, refused };
}

/** Node takes and gives bytes here; its types know text only. */
function openFolder(path: Buffer): Promise<AsyncIterable<Dirent<Buffer>>> {
  return opendir(path, { encoding: 'buffer' as BufferEncoding }) as unknown as Promise<AsyncIterable<Dirent<Buffer>>>;
}
