// Opens a database and brings its schema up to date. `synchronous = FULL` for what was promised to somebody (accounts,
// bans, queued downloads), `NORMAL` for what can be made again.
import { chmodSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { Failure } from '#base';

export type Store = DatabaseSync;

/**
 * Opens (and creates, mode 0600) the database at `path` and applies the steps it has not seen.
 *
 * @param path a constant of the program below its data folder, or ':memory:' — never text from the network
 * @param steps SQL scripts; step n brings `user_version` from n to n + 1, in one transaction each. Never edit one that
 *   was released: append.
 * @throws Failure when the file is no database, is locked by somebody else, or comes from a newer version
 */
export function openStore(path: string, steps: readonly string[], options: { durable?: boolean } = {}): Store {
  const store = open(path);
  try {
    store.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${options.durable === false ? 'NORMAL' : 'FULL'};
      PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;`);
    if (path !== ':memory:') chmodSync(path, 0o600);
    migrate(store, path, steps);
    return store;
  } catch (error) {
    store.close();
    throw error instanceof Failure ? error : new Failure(`cannot use ${path}: ${(error as Error).message}`);
  }
}

/** A consistent copy of a database in use, written beside the target and renamed by the caller's choice of name. */
export async function backupStore(store: Store, target: string): Promise<void> {
  await backup(store, target);
  chmodSync(target, 0o600);
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { allowExtension: false });
  } catch (error) {
    throw new Failure(`cannot open ${path}: ${(error as Error).message}`);
  }
}

function migrate(store: DatabaseSync, path: string, steps: readonly string[]): void {
  const { user_version: version } = store.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > steps.length) throw new Failure(`${path} was written by a newer version (schema ${version})`);
  for (let step = version; step < steps.length; step++) {
    store.exec('BEGIN IMMEDIATE');
    try {
      store.exec(steps[step] as string);
      store.exec(`PRAGMA user_version = ${step + 1}`);
      store.exec('COMMIT');
    } catch (error) {
      store.exec('ROLLBACK');
      throw new Failure(`${path}: schema step ${step + 1} failed: ${(error as Error).message}`);
    }
  }
}
