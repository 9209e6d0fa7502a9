// Peers in one process for tests: real sockets, real folders, the parent's work done without a parent.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#base';
import { createHost } from '../parent/host.ts';
import { Peer } from '../peer.ts';
import { createReader } from '../reader/reader.ts';
import { isFinished, type Row } from '../rows.ts';
import { defaultSettings, type Settings } from '../settings.ts';

const TUNES = join(import.meta.dirname, '..', '..', '..', 'assets', 'tunes');

/** Folders of one test, and the peers in it. */
export class Rig {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'peershield-peer-')));
  readonly #peers: Peer[] = [];

  /** Copies tunes of the project into `name/`, old enough to be shared at once; the folder. */
  music(name: string, count = 3): string {
    const folder = join(this.dir, name);
    mkdirSync(folder, { recursive: true });
    for (const tune of readdirSync(TUNES)
      .filter((file) => file.endsWith('.mp3'))
      .toSorted()
      .slice(0, count)) {
      cpSync(join(TUNES, tune), join(folder, tune));
      this.settle(join(folder, tune));
    }
    return folder;
  }

  /** Makes a file look as if nobody had written to it for a while. */
  settle(path: string): void {
    utimesSync(path, 1_700_000_000, 1_700_000_000);
  }

  /** A peer that has started; `name` is its nick and its folder. */
  async peer(name: string, set: Partial<Settings>): Promise<Peer> {
    const dataDir = join(this.dir, name);
    const stateDir = join(dataDir, 'state');
    const downloadsDir = join(dataDir, 'downloads');
    for (const folder of [stateDir, downloadsDir]) mkdirSync(folder, { recursive: true });
    const settings: Settings = {
      ...defaultSettings({ nick: name, password: 'x', downloadsDir }),
      napsterPort: 0,
      bind: '127.0.0.1',
      ...set,
    };
    const host = createHost({
      dataDir,
      stateDir,
      downloadsDir: () => downloadsDir,
      settingsSaved: () => {},
      restart: async () => {},
      selfTest: async () => ({ ok: true, lines: [] }),
    });
    const roots = [
      ...settings.shareFolders.map((path) => ({ path: bytesOfPath(path), kind: 'share' as const })),
      { path: bytesOfPath(downloadsDir), kind: 'downloads' as const },
    ];
    const peer = new Peer(
      { version: 'test', settings, stateDir, roots, problems: [] },
      createReader(),
      host,
      silentLog,
    );
    this.#peers.push(peer);
    await peer.start();
    await peer.library.scan();
    return peer;
  }

  async end(): Promise<void> {
    for (const peer of this.#peers) await peer.stop().catch(() => {});
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** As the scan names files: one character a byte. */
function bytesOfPath(path: string): string {
  return Buffer.from(path).toString('latin1');
}

/** Asks again until `found` says something other than undefined. */
export async function until<T>(peer: Peer, what: string, found: () => T | undefined, ms = 15_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = found();
    if (value !== undefined) return value;
    if (performance.now() > deadline) {
      const rows = [...peer.rows.all()].map(({ name, state, reason, bytes }) => ({ name, state, reason, bytes }));
      throw new Error(`not within ${ms} ms: ${what}; ${JSON.stringify(rows)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Searches and answers the first row's id. */
export async function findId(peer: Peer, text: string): Promise<string> {
  return await until(peer, `a result for ${text}`, () => {
    const id = peer.searches.list().find((search) => search.text === text)?.id ?? peer.searches.start({ text }).id;
    const delta = peer.searches.delta(id, 0);
    const row = delta?.rows[0];
    if (row === undefined && delta?.search.state !== 'running') peer.searches.drop(id);
    return row?.id;
  });
}

/** Fetches what a search finds; the row. */
export async function fetchFound(peer: Peer, text: string): Promise<Row> {
  const wanted = peer.download({ resultId: await findId(peer, text) }, null);
  if ('refused' in wanted) throw new Error(wanted.refused);
  return wanted.row;
}

export async function ended(peer: Peer, row: Row): Promise<Row> {
  return await until(peer, `the end of ${row.name}`, () => (isFinished(row) ? row : undefined));
}
