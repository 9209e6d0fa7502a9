// The parent's side: what the sandboxed network process asks for and may not do itself. Nothing here trusts a path that
// comes from there: files are named by id, folders must be known, names are made harmless again.
import { copyFile, lstat, mkdir, open, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '#base';
import type { Host } from '../peer.ts';
import type { SelfTest } from '../selftest.ts';
import type { Settings } from '../settings.ts';
import { checkFolder } from './folder-check.ts';
import { shelve, shelvedAs } from './shelve.ts';

export type HostParts = {
  readonly dataDir: string;
  readonly stateDir: string;
  /** Where finished songs go now. */
  downloadsDir(): string;
  settingsSaved(settings: Settings): void;
  restart(): Promise<void>;
  selfTest(): Promise<SelfTest>;
};

export function createHost(parts: HostParts): Host {
  const held = (kind: 'incomplete' | 'quarantine', id: string): string => {
    if (!/^[a-z0-9]{1,32}$/.test(id)) throw new Failure('that is no id of ours');
    return join(parts.stateDir, kind, kind === 'incomplete' ? `${id}.part` : `${id}.held`);
  };
  return {
    async shelve({ kind, id, name, folder }) {
      if (folder !== null && !(await knownTargets(parts.dataDir)).includes(folder))
        throw new Failure('that folder was not named by a person');
      return await shelve({ part: held(kind, id), folder: folder ?? parts.downloadsDir(), name, id });
    },
    async shelvedAs({ name, folder, sizeBytes, sha1 }) {
      if (folder !== null && !(await knownTargets(parts.dataDir)).includes(folder)) return null;
      return await shelvedAs({ folder: folder ?? parts.downloadsDir(), name, sizeBytes, sha1 });
    },
    async unshelve({ id, path }) {
      if (dirname(path) !== parts.downloadsDir() || !(await lstat(path)).isFile())
        throw new Failure('that file does not lie in the downloads folder');
      await moveBack(path, held('quarantine', id));
    },
    async saveSettings(settings) {
      await writeSafely(join(parts.dataDir, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
      parts.settingsSaved(settings);
    },
    restart: () => parts.restart(),
    checkFolder: (path) => checkFolder(path, parts.dataDir),
    selfTest: () => parts.selfTest(),
  };
}

/** Written aside, synced and renamed, mode 0600: the old one or the new one, never half of it. */
export async function writeSafely(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}

/** Folders outside the downloads that a person has named on the command line (`get --to`). */
const TARGETS = 'targets.json';
const MOST_TARGETS = 100;

/** Lets finished songs be put into `folder` (absolute); called by the command, which runs as the person. */
export async function allowTarget(dataDir: string, folder: string): Promise<void> {
  const known = await knownTargets(dataDir);
  if (known.includes(folder)) return;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(join(dataDir, TARGETS), JSON.stringify([...known, folder].slice(-MOST_TARGETS)), { mode: 0o600 });
}

async function knownTargets(dataDir: string): Promise<string[]> {
  try {
    const known: unknown = JSON.parse(await readFile(join(dataDir, TARGETS), 'utf8'));
    return Array.isArray(known) ? known.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

async function moveBack(path: string, to: string): Promise<void> {
  try {
    await rename(path, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyFile(path, to);
    await unlink(path);
  }
}

/** Dot files of a copy that a power cut ended: not songs, not ours to keep. */
export async function sweepDownloads(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names)
    if (/^\.peershield-[dq][0-9a-f]{12}$/.test(basename(name))) await rm(join(folder, name), { force: true });
}
