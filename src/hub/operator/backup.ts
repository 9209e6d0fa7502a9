// Backups of the hub's database: made while it runs, looked through before they are believed, put back only while no
// hub runs.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { HubBackup } from '#api';
import { Failure } from '#base';
import { backupStore, type Store } from '#store';

const KEEP = 14;
const NAME = /^hub-\d{8}-\d{6}(-\d+)?\.db$/;

/** Writes DIR/backups/hub-YYYYMMDD-HHMMSS.db (mode 0600); the oldest beyond 14 go. */
export async function makeBackup(store: Store, dataDir: string, now: number): Promise<HubBackup> {
  const dir = backupDir(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const name = freeName(dir, now);
  const half = join(dir, `${name}.half`);
  await backupStore(store, half);
  lookThrough(half);
  renameSync(half, join(dir, name));
  for (const { name: old } of listBackups(dataDir).slice(KEEP)) rmSync(join(dir, old));
  return { name, at: now, sizeBytes: statSync(join(dir, name)).size };
}

/** Newest first. */
export function listBackups(dataDir: string): HubBackup[] {
  const dir = backupDir(dataDir);
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => NAME.test(name))
    .toSorted()
    .toReversed()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(dir, name));
      return { name, at: Math.round(mtimeMs), sizeBytes: size };
    });
}

/** What is in a backup, so that somebody can see what they would get. */
export type BackupContent = { accounts: number; bans: number; channels: number; schema: number };

/** @throws Failure when it is no whole database of a hub */
export function lookThrough(file: string): BackupContent {
  if (!existsSync(file)) throw new Failure(`there is no backup ${basename(file)}`);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    const whole = database.prepare('PRAGMA integrity_check').get()?.['integrity_check'];
    if (whole !== 'ok') throw new Error(String(whole));
    return {
      accounts: countOf(database, 'SELECT count(*) AS n FROM account'),
      bans: countOf(database, 'SELECT count(*) AS n FROM ban WHERE lifted IS NULL'),
      channels: countOf(database, 'SELECT count(*) AS n FROM channel'),
      schema: Number(database.prepare('PRAGMA user_version').get()?.['user_version']),
    };
  } catch (error) {
    throw new Failure(`${basename(file)} is no backup of a hub: ${(error as Error).message}`);
  } finally {
    database?.close();
  }
}

/**
 * Puts a backup in the place of the hub's database; what was there is kept as `hub.db.before-restore`.
 *
 * @param name of one in DIR/backups, or a path
 * @throws Failure when it is no backup, or of a newer schema than `schema`
 */
export function restoreBackup(dataDir: string, name: string, schema: number): BackupContent {
  const file = NAME.test(name) ? join(backupDir(dataDir), name) : name;
  const content = lookThrough(file);
  if (content.schema > schema) throw new Failure(`${basename(file)} was written by a newer version`);
  const target = join(dataDir, DATABASE);
  const fresh = `${target}.restoring`;
  copyFileSync(file, fresh);
  chmodSync(fresh, 0o600);
  lookThrough(fresh);
  setAside(target);
  renameSync(fresh, target);
  return content;
}

/** With its write-ahead log folded in, so that what is kept is whole and the log does not meet another database. */
function setAside(target: string): void {
  if (!existsSync(target)) return;
  try {
    const before = new DatabaseSync(target);
    before.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    before.close();
  } catch {
    // Damaged is a good reason to restore: it is kept as it is.
  }
  renameSync(target, `${target}.before-restore`);
  for (const tail of ['-wal', '-shm']) rmSync(`${target}${tail}`, { force: true });
}

export const DATABASE = 'hub.db';

function backupDir(dataDir: string): string {
  return join(dataDir, 'backups');
}

function freeName(dir: string, now: number): string {
  const stamp = new Date(now)
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .replace('T', '-');
  for (let i = 0; ; i++) {
    const name = i === 0 ? `hub-${stamp}.db` : `hub-${stamp}-${i}.db`;
    if (!existsSync(join(dir, name))) return name;
  }
}

function countOf(database: DatabaseSync, sql: string): number {
  return Number(database.prepare(sql).get()?.['n']);
}
