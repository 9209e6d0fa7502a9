// Hears of changes in shared folders, so that a new song is found in seconds. One watch for each folder that the last walk
// saw, up to a bound; what the system does not tell (network disks, more folders) is found by the next timed scan.
import { type FSWatcher, watch } from 'node:fs';
import type { ByteString, Limits } from '#base';
import { diskPath } from './open.ts';

export const WATCH_LIMITS = {
  watchedFolders: {
    value: 4_096,
    unit: 'folders',
    source: 'half of what Linux grants a user by default; the rest waits for the timed scan',
  },
} as const satisfies Limits;

/** Changes come in bursts; one scan is enough for all of one. */
const SETTLE_MS = 400;

export class FolderWatch {
  #watchers = new Map<ByteString, FSWatcher>();
  #before = new Map<ByteString, FSWatcher>();
  #waiting: PromiseWithResolvers<boolean | null> | null = null;
  #changed = false;
  #timer: NodeJS.Timeout | null = null;

  /** A walk begins: folders that it does not name are no longer watched. */
  begin(): void {
    for (const watcher of this.#before.values()) watcher.close();
    this.#before = this.#watchers;
    this.#watchers = new Map();
  }

  add(path: ByteString): void {
    if (this.#watchers.size >= WATCH_LIMITS.watchedFolders.value) return;
    const kept = this.#before.get(path);
    this.#before.delete(path);
    try {
      const watcher = kept ?? watch(diskPath(path), { persistent: false }, () => this.#heard());
      if (kept === undefined) watcher.on('error', () => this.#lose(path));
      this.#watchers.set(path, watcher);
    } catch {
      // No watches left, or a file system without them: the timed scan finds it.
    }
  }

  change(): Promise<boolean | null> {
    this.#waiting ??= Promise.withResolvers<boolean | null>();
    const { promise } = this.#waiting;
    if (this.#changed) this.#tell();
    return promise;
  }

  #heard(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#changed = true;
      if (this.#waiting !== null) this.#tell();
    }, SETTLE_MS);
  }

  #tell(): void {
    this.#changed = false;
    this.#waiting?.resolve(true);
    this.#waiting = null;
  }

  #lose(path: ByteString): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
    this.#heard();
  }
}
