// Server bans: who set them, why, until when. None is without reason and end. Looked up at each login.
import type { ByteString } from '#base';
import type { Store } from '#store';
import { LIMITS } from './limits.ts';
import { formatMask, type Mask, maskMatches, parseMask } from './masks.ts';

export type Ban = {
  readonly id: number;
  readonly mask: Mask;
  readonly setter: string;
  readonly reason: ByteString;
  /** Unix ms. */
  readonly at: number;
  readonly until: number;
};

type Row = { id: number; nick: string; address: string; setter: string; reason: string; at: number; until: number };

export class Bans {
  readonly #store: Store;
  /** Bans of one whole address, by it; everything else is looked through. */
  readonly #exact = new Map<string, Ban[]>();
  #globs: Ban[] = [];
  #count = 0;

  constructor(store: Store, now: number) {
    this.#store = store;
    const rows = store.prepare('SELECT * FROM ban WHERE lifted IS NULL AND until > ? ORDER BY id').all(now);
    for (const row of rows as unknown as Row[]) this.#keep(banOf(row));
  }

  get count(): number {
    return this.#count;
  }

  /** The ban that holds for this nick from this address, or null. */
  find(nick: ByteString, address: string, now: number): Ban | null {
    const key = nick.toLowerCase();
    for (const ban of this.#exact.get(address) ?? [])
      if (ban.until > now && maskMatches(ban.mask, key, address)) return ban;
    for (const ban of this.#globs) if (ban.until > now && maskMatches(ban.mask, key, address)) return ban;
    return null;
  }

  /** On disk when this returns. Null: the mask is none, or there are too many. */
  add(mask: ByteString, setter: string, reason: ByteString, until: number, now: number): Ban | null {
    const parsed = parseMask(mask);
    if (parsed === null || this.#count >= LIMITS.bans.value) return null;
    const text = reason.slice(0, LIMITS.reason.value) || `no reason given by ${setter}`;
    const result = this.#store
      .prepare('INSERT INTO ban (nick, address, setter, reason, at, until) VALUES (?, ?, ?, ?, ?, ?)')
      .run(parsed.nick, parsed.address, setter, text, now, until);
    const ban = { id: Number(result.lastInsertRowid), mask: parsed, setter, reason: text, at: now, until };
    this.#keep(ban);
    return ban;
  }

  /** Lifts every ban of this mask (or id, as `#5`); returns those. */
  lift(mask: ByteString, by: string, now: number): Ban[] {
    const id = /^#(\d+)$/.exec(mask)?.[1];
    const parsed = parseMask(mask);
    const text = parsed === null ? '' : formatMask(parsed);
    const lifted = this.list(0).filter((ban) =>
      id === undefined ? formatMask(ban.mask) === text : ban.id === Number(id),
    );
    for (const ban of lifted) {
      this.#store.prepare('UPDATE ban SET lifted = ?, lifted_by = ? WHERE id = ?').run(now, by, ban.id);
      this.#drop(ban);
    }
    return lifted;
  }

  /** Bans that hold at `now`; 0: all that are kept in memory. */
  list(now: number): Ban[] {
    const all = [...this.#globs];
    for (const bans of this.#exact.values()) all.push(...bans);
    return all.filter(({ until }) => until > now).toSorted((a, b) => a.id - b.id);
  }

  /** Forgets those that have ended (they stay in the log of bans on disk). */
  expire(now: number): void {
    const ended = this.#globs.filter(({ until }) => until <= now);
    if (ended.length > 0) this.#globs = this.#globs.filter(({ until }) => until > now);
    this.#count -= ended.length;
    for (const bans of this.#exact.values()) for (const ban of bans) if (ban.until <= now) this.#drop(ban);
  }

  #keep(ban: Ban): void {
    this.#count++;
    if (/[*?/]/.test(ban.mask.address)) this.#globs.push(ban);
    else this.#exact.set(ban.mask.address, [...(this.#exact.get(ban.mask.address) ?? []), ban]);
  }

  #drop(ban: Ban): void {
    this.#count--;
    const { address } = ban.mask;
    if (/[*?/]/.test(address)) {
      this.#globs = this.#globs.filter(({ id }) => id !== ban.id);
      return;
    }
    const left = (this.#exact.get(address) ?? []).filter(({ id }) => id !== ban.id);
    if (left.length === 0) this.#exact.delete(address);
    else this.#exact.set(address, left);
  }
}

function banOf({ nick, address, ...rest }: Row): Ban {
  return { ...rest, mask: { nick, address } };
}
