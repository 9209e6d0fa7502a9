// One program per data folder. The lock is SQLite's own on DIR/lock: the system drops it when its holder dies, however it
// dies, so there is nothing stale to clean up. The holder's process id stands beside it, for the sentence.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '#base';
import { makeFolder } from '#store';

/** Keeps what is locked from being collected, which would unlock it. */
const held = new Set<DatabaseSync>();

/** Makes the folder (mode 0700) and takes it, or fails with a sentence. Returns how to give it back. */
export function lockDataDir(dir: string): () => void {
  try {
    makeFolder(dir, 0o700);
  } catch (error) {
    throw new Failure(`cannot make the data folder ${dir} (${(error as NodeJS.ErrnoException).code})`);
  }
  const lock = hold(dir);
  held.add(lock);
  writeFileSync(join(dir, 'pid'), `${process.pid}\n`, { mode: 0o600 });
  return () => {
    held.delete(lock);
    lock.close();
  };
}

function hold(dir: string): DatabaseSync {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(join(dir, 'lock'));
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (/locked/.test((error as Error).message))
      throw new Failure(`another peershield${holder(dir)} already runs on ${dir}; stop it, or choose another --data`);
    throw new Failure(`cannot lock the data folder ${dir}: ${(error as Error).message}`);
  }
}

function holder(dir: string): string {
  try {
    return ` (process ${Number(readFileSync(join(dir, 'pid'), 'utf8'))})`;
  } catch {
    return '';
  }
}
