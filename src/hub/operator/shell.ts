// `hub admin` from outside: asks the hub that runs on a data folder, or does the same on the folder of one that does not.
// The lock of the folder says which it is.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HubAdminAnswer } from '#api';
import { Failure, type Log } from '#base';
import { openStore } from '#store';
import { AccessLists } from '../access.ts';
import { Accounts } from '../accounts.ts';
import { Audit } from '../audit.ts';
import { Bans } from '../bans.ts';
import { Channels } from '../channels.ts';
import { Filters } from '../filters.ts';
import { LEVEL } from '../levels.ts';
import { Passwords } from '../passwords.ts';
import { SCHEMA } from '../schema.ts';
import { ADMIN_VERBS, runAdmin } from './admin.ts';
import { DATABASE, restoreBackup } from './backup.ts';
import { askRunningHub, readControlFile } from './control-file.ts';
import { Desk } from './desk.ts';

export type AdminRequest = {
  readonly verb: string;
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** Who asks, for the audit log. */
  readonly actor: string;
};

export type AdminShell = {
  readonly dataDir: string;
  /** Takes the folder; throws Failure when a program runs on it. Returns how to give it back. */
  lock(dir: string): () => void;
  readonly log: Log;
};

/** What makes sense on a folder that no hub has used yet. */
const PREPARES = new Set(['register', 'import', 'channel', 'filter', 'ban', 'restore', 'tokens']);

/** @throws UsageError for unknown words, Failure for what was refused */
export async function adminHub(request: AdminRequest, shell: AdminShell): Promise<HubAdminAnswer> {
  const dir = hubDir(shell.dataDir);
  if (!existsSync(join(dir, DATABASE)) && !PREPARES.has(request.verb) && request.verb in ADMIN_VERBS)
    throw new Failure(`no hub has run on ${dir} yet; is --data right?`);
  let unlock: () => void;
  try {
    unlock = shell.lock(dir);
  } catch (failure) {
    return await askRunning(request, dir, failure as Error);
  }
  try {
    if (request.verb === 'restore') return restore(dir, request.words);
    return await onFolder(request, dir, shell.log);
  } finally {
    unlock();
  }
}

/** `up` keeps its hub one folder deeper. */
function hubDir(dataDir: string): string {
  const deeper = join(dataDir, 'hub');
  return !existsSync(join(dataDir, DATABASE)) && existsSync(join(deeper, DATABASE)) ? deeper : dataDir;
}

async function askRunning(request: AdminRequest, dir: string, locked: Error): Promise<HubAdminAnswer> {
  if (request.verb === 'restore') throw new Failure('stop the hub first: its database is in use');
  const control = readControlFile(dir);
  if (control === null) throw locked;
  return await askRunningHub(control, request);
}

async function onFolder({ verb, words, options, actor }: AdminRequest, dir: string, log: Log): Promise<HubAdminAnswer> {
  const store = openStore(join(dir, DATABASE), SCHEMA);
  try {
    const now = Date.now();
    const books = {
      store,
      accounts: new Accounts(store),
      bans: new Bans(store, now),
      channels: new Channels(store),
      access: new AccessLists(store),
      filters: new Filters(store),
      audit: new Audit(store),
      passwords: new Passwords(),
    };
    const place = { desk: new Desk(books, null, Date.now, log), people: null, dataDir: dir, door: null };
    return await runAdmin(place, verb, { words, options }, { name: actor, mayActOn: LEVEL.elite });
  } finally {
    store.close();
  }
}

function restore(dir: string, [name]: readonly string[]): HubAdminAnswer {
  if (name === undefined)
    throw new Failure('hub admin restore needs the name of a backup; `hub admin backups` lists them');
  const content = restoreBackup(dir, name, SCHEMA.length);
  const line = `Restored: ${content.accounts} accounts, ${content.bans} bans, ${content.channels} channels. What was there is kept as ${DATABASE}.before-restore.`;
  return { lines: [line], events: [{ event: 'restored', ...content }] };
}
