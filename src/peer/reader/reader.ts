// The one that reads files of ours: in its own process, under the permission model, with the shared folders to read and
// nothing to write. What it is asked and what it answers are plain messages.
import type { ByteString } from '#base';
import { type Examined, examine } from './examine.ts';
import type { Seen } from './open.ts';
import { FolderWatch } from './folder-watch.ts';
import { type Batch, walk } from './walk.ts';

/** Looks at shared folders on request. Calls may overlap; each walk is its own. */
export type Reader = {
  /** Begins a walk and answers its number. */
  walk(roots: readonly ByteString[]): Promise<number>;
  /** The next batch of a walk; null: it has ended. */
  next(walk: number): Promise<Batch | null>;
  examine(root: ByteString, below: ByteString, seen: Seen, how: 'quick' | 'whole'): Promise<Examined>;
  /** Resolves at the next change in the folders of the last walk, as far as the system tells; null: it tells nothing. */
  change(): Promise<boolean | null>;
};

export function createReader(): Reader {
  const walks = new Map<number, AsyncGenerator<Batch>>();
  const folders = new FolderWatch();
  let last = 0;
  return {
    async walk(roots) {
      folders.begin();
      walks.set(
        ++last,
        walk(roots, (path) => folders.add(path)),
      );
      return last;
    },
    change: () => folders.change(),
    async next(number) {
      const step = await walks.get(number)?.next();
      if (step !== undefined && step.done !== true) return step.value;
      walks.delete(number);
      return null;
    },
    examine,
  };
}
