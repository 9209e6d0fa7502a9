// What somebody shares, as a tree: the list is asked once (of the hub, or of the person directly) and kept for a while.
import { randomBytes } from 'node:crypto';
import { LIMITS as API_LIMITS, type BrowsePage, type BrowseState } from '#api';
import { type ByteString, harmless, readable, WireError, wireText } from '#base';
import { type Address, parseAddress, type Pump } from '#net';
import { splitFields } from '#wire/napster';
import { safeName } from './downloads/names.ts';
import type { HubLink } from './hubs/link.ts';
import { contentOf, doubtsOf, type FoundRow, realHash } from './searches/searches.ts';
import { callForList } from './wire/calls.ts';

export type BrowsedRow = FoundRow & { wire: ByteString; owner: ByteString };
type Kept = { state: BrowseState; rows: BrowsedRow[]; folders: string[] };

export type BrowseParts = {
  readonly pump: Pump;
  link(hub: string): HubLink | null;
  hubs(): Iterable<HubLink>;
  inLibrary(row: { sizeBytes: number; md5: string | null; name: string }): boolean;
  transferOf(hub: string, nick: ByteString, wire: ByteString): string | null;
};

type ListedFile = { path: ByteString; hash: ByteString; size: number; kbps: number; hz: number; seconds: number };

const KEPT = 10;
/** More in one list is not a music folder. */
const MOST_FILES = 100_000;

export class Browses {
  readonly #parts: BrowseParts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: BrowseParts) {
    this.#parts = parts;
  }

  /** Begins to ask. `who` is a nick, or `host:port` for a list without a hub. */
  start(who: string, hub: string | null): BrowseState {
    const state: BrowseState = {
      id: `b${randomBytes(4).toString('hex')}`,
      nick: who,
      hub: hub ?? '',
      state: 'asking',
      reason: null,
      files: 0,
      bytes: 0,
    };
    const kept: Kept = { state, rows: [], folders: [] };
    this.#makeRoom();
    this.#kept.set(state.id, kept);
    const address = who.includes(':') ? parseAddress(who, '') : null;
    void this.#ask(kept, who, hub, address);
    return state;
  }

  page(id: string, folder: string, offset: number, limit: number): BrowsePage | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    const below = new Map<string, { path: string; name: string; files: number; bytes: number }>();
    const here: BrowsedRow[] = [];
    for (const [index, row] of kept.rows.entries()) {
      const at = kept.folders[index] as string;
      if (at === folder) here.push(row);
      else if (folder === '' ? at !== '' : at.startsWith(`${folder}/`)) {
        const rest = folder === '' ? at : at.slice(folder.length + 1);
        const name = rest.split('/', 1)[0] as string;
        const path = folder === '' ? name : `${folder}/${name}`;
        const sum = below.get(path) ?? { path, name, files: 0, bytes: 0 };
        sum.files++;
        sum.bytes += row.sizeBytes;
        below.set(path, sum);
      }
    }
    const folders = [...below.values()]
      .toSorted((a, b) => a.name.localeCompare(b.name))
      .slice(0, API_LIMITS.pageRows.value);
    return {
      ...kept.state,
      folder,
      folders,
      total: here.length,
      offset,
      rows: here.slice(offset, offset + limit).map(shownRow),
    };
  }

  /** All files of a list, folder or not: for the command line. */
  files(id: string, offset: number, limit: number): { state: BrowseState; rows: FoundRow[] } | null {
    const kept = this.#kept.get(id);
    return kept === undefined
      ? null
      : { state: kept.state, rows: kept.rows.slice(offset, offset + limit).map(shownRow) };
  }

  find(id: string): BrowsedRow | null {
    const kept = this.#kept.get(id.split('.', 1)[0] ?? '');
    return kept?.rows.find((row) => row.id === id) ?? null;
  }

  /** The oldest lists give way. */
  #makeRoom(): void {
    let files = 0;
    for (const { rows } of this.#kept.values()) files += rows.length;
    for (const [id, { rows }] of this.#kept) {
      if (this.#kept.size < KEPT && files <= MOST_FILES) return;
      files -= rows.length;
      this.#kept.delete(id);
    }
  }

  async #ask(kept: Kept, who: string, hub: string | null, address: Address | null): Promise<void> {
    const { state } = kept;
    const reason =
      address === null ? await this.#askHubs(kept, wireText(who), hub) : await this.#askDirectly(kept, address);
    state.state = reason === null ? 'done' : 'failed';
    state.reason = reason;
  }

  async #askHubs(kept: Kept, nick: ByteString, hub: string | null): Promise<string | null> {
    const links =
      hub === null
        ? [...this.#parts.hubs()].filter(({ online }) => online)
        : [this.#parts.link(hub)].filter((link) => link !== null);
    if (links.length === 0) return 'no hub is connected';
    let reason: string | null = null;
    for (const link of links) {
      reason = await link.browse(nick, (file) => this.#take(kept, link.name, nick, file));
      if (kept.rows.length > 0 || reason === null) {
        kept.state.hub = link.name;
        return kept.rows.length > 0 ? null : reason;
      }
    }
    return reason;
  }

  async #askDirectly(kept: Kept, address: Address): Promise<string | null> {
    try {
      const nick = await callForList(this.#parts.pump, address, (line) => {
        const file = readLine(line);
        if (file !== null) this.#take(kept, '', '', file);
      });
      kept.state.nick = readable(nick);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #take(kept: Kept, hub: string, nick: ByteString, file: ListedFile): void {
    if (kept.rows.length >= MOST_FILES) return;
    const { path, hash, size, kbps, hz, seconds } = file;
    const name = harmless(safeName(readable(path)));
    const md5 = realHash(hash);
    kept.rows.push({
      id: `${kept.state.id}.${kept.rows.length}`,
      network: 'napster',
      name,
      path: harmless(readable(path), 2_000),
      sizeBytes: size,
      kbps,
      hz,
      seconds,
      sources: hub === '' ? [] : [{ nick: readable(nick), hub, line: null, freeSlot: null, pingMs: null }],
      hashes: md5 === null ? {} : { md5 },
      doubts: doubtsOf(size, kbps, hz, seconds),
      transferId: hub === '' ? null : this.#parts.transferOf(hub, nick, path),
      inLibrary: this.#parts.inLibrary({ sizeBytes: size, md5, name }),
      content: contentOf({ size, md5, seconds, name }),
      wire: path,
      owner: nick,
    });
    kept.folders.push(folderOf(readable(path)));
    kept.state.files++;
    kept.state.bytes += size;
  }
}

function shownRow({ wire: _wire, owner: _owner, ...row }: BrowsedRow): FoundRow {
  return row;
}

/** `\Music\Artist\a.mp3` lies in `Music/Artist`. */
function folderOf(path: string): string {
  return path.split(/[\\/]/).slice(0, -1).filter(Boolean).join('/');
}

/** A line of a direct browse, in the fields of message 100; null: nonsense, which is passed over. */
function readLine(line: ByteString): ListedFile | null {
  try {
    const [path, hash = '', size = '', kbps, hz, seconds] = splitFields(line);
    if (path === undefined || !/^\d{1,15}$/.test(size)) return null;
    return {
      path,
      hash,
      size: Number(size),
      kbps: Number(kbps) || 0,
      hz: Number(hz) || 0,
      seconds: Number(seconds) || 0,
    };
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}
