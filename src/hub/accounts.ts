// Accounts: on disk before they are acknowledged. Keys are nicks in lower case.
import type { ByteString } from '#base';
import type { Store } from '#store';
import { type Level, LEVEL } from './levels.ts';

export type Account = {
  readonly key: string;
  /** As it was registered. */
  readonly nick: ByteString;
  /** See passwords.ts; `!` means that nobody can log in with any password yet. */
  readonly password: string;
  readonly email: ByteString;
  readonly level: Level;
  readonly flags: number;
  /** Unix ms. */
  readonly created: number;
  readonly seen: number;
  readonly seenAddress: string;
};

type Row = Omit<Account, 'seenAddress'> & { seen_address: string };

/** No password opens this account until one is set: it was made for its level or flags. */
export const NO_PASSWORD = '!';

export class Accounts {
  readonly #store: Store;
  readonly #get;
  readonly #put;
  readonly #seen;
  readonly #touched = new Map<string, { now: number; address: string }>();

  constructor(store: Store) {
    this.#store = store;
    this.#get = store.prepare('SELECT * FROM account WHERE key = ?');
    this.#put = store.prepare(
      `INSERT INTO account (key, nick, password, email, level, flags, created, seen, seen_address)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET password = excluded.password, email = excluded.email,
       level = excluded.level, flags = excluded.flags, seen = excluded.seen, seen_address = excluded.seen_address`,
    );
    this.#seen = store.prepare('UPDATE account SET seen = ?, seen_address = ? WHERE key = ?');
  }

  get count(): number {
    return Number(this.#store.prepare('SELECT count(*) AS n FROM account').get()?.['n'] ?? 0);
  }

  find(nick: ByteString): Account | null {
    const row = this.#get.get(nick.toLowerCase()) as Row | undefined;
    return row === undefined ? null : accountOf(row);
  }

  /** Writes the account with these changes, making it where there is none. On disk when this returns. */
  save(nick: ByteString, changes: Partial<Omit<Account, 'key' | 'nick'>>, now: number): Account {
    const key = nick.toLowerCase();
    const before = this.find(nick) ?? blank(key, nick, now);
    const after: Account = { ...before, ...changes };
    this.#put.run(
      key,
      after.nick,
      after.password,
      after.email,
      after.level,
      after.flags,
      after.created,
      after.seen,
      after.seenAddress,
    );
    return after;
  }

  /** When and from where the account was last used; goes to disk with the next {@link flush}. */
  touch(key: string, now: number, address: string): void {
    this.#touched.set(key, { now, address });
  }

  /** Writes what `touch` gathered: nothing that anybody was promised. */
  flush(): void {
    if (this.#touched.size === 0) return;
    this.#store.exec('BEGIN IMMEDIATE');
    for (const [key, { now, address }] of this.#touched) this.#seen.run(now, address, key);
    this.#store.exec('COMMIT');
    this.#touched.clear();
  }

  /** Everything kept about one account is gone; false: there was none. */
  remove(nick: ByteString): boolean {
    const key = nick.toLowerCase();
    this.#store.prepare('DELETE FROM channel_op WHERE key = ?').run(key);
    return Number(this.#store.prepare('DELETE FROM account WHERE key = ?').run(key).changes) > 0;
  }

  /** Accounts whose key holds `part`, in order. */
  list(part: string, offset: number, limit: number): { total: number; rows: Account[] } {
    const like = `%${part.toLowerCase().replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
    const total = this.#store.prepare(`SELECT count(*) AS n FROM account WHERE key LIKE ? ESCAPE '\\'`).get(like)?.[
      'n'
    ];
    const rows = this.#store
      .prepare(`SELECT * FROM account WHERE key LIKE ? ESCAPE '\\' ORDER BY key LIMIT ? OFFSET ?`)
      .all(like, limit, offset) as unknown as Row[];
    return { total: Number(total ?? 0), rows: rows.map(accountOf) };
  }

  /** Plain accounts that nobody used since `before` are removed; returns how many. */
  expire(before: number): number {
    const result = this.#store
      .prepare('DELETE FROM account WHERE seen < ? AND level <= ? AND flags = 0')
      .run(before, LEVEL.user);
    return Number(result.changes);
  }
}

function blank(key: string, nick: ByteString, now: number): Account {
  return {
    key,
    nick,
    password: NO_PASSWORD,
    email: '',
    level: LEVEL.user,
    flags: 0,
    created: now,
    seen: now,
    seenAddress: '',
  };
}

function accountOf({ seen_address: seenAddress, ...rest }: Row): Account {
  return { ...rest, seenAddress };
}
