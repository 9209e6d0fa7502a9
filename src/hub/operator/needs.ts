// What the operator's side needs of the hub, as small plain types: `Books` is what is kept on disk and is there with or
// without a running hub; `LiveHub` is the running one (live.ts fits the hub to it; tests have a world in memory).
// Times are Unix ms; wire texts are byte strings.
import type { ByteString } from '#base';
import type { Store } from '#store';
import type { AccessLists } from '../access.ts';
import type { Accounts } from '../accounts.ts';
import type { Audit } from '../audit.ts';
import type { Bans } from '../bans.ts';
import type { Channels } from '../channels.ts';
import type { Filters } from '../filters.ts';
import type { Level } from '../levels.ts';
import type { Passwords } from '../passwords.ts';

/** What is on disk, each with its own verbs. A hub fits. */
export type Books = {
  readonly accounts: Accounts;
  readonly bans: Bans;
  readonly channels: Channels;
  readonly access: AccessLists;
  readonly filters: Filters;
  readonly audit: Audit;
  readonly passwords: Passwords;
};

export type BooksWithStore = Books & { readonly store: Store };

/** Somebody who is logged in. */
export type UserNow = {
  readonly nick: ByteString;
  readonly level: Level;
  readonly flags: number;
  readonly registered: boolean;
  readonly address: string;
  readonly dataPort: number;
  readonly client: ByteString;
  /** Napster's line speed, 0 … 10. */
  readonly line: number;
  readonly since: number;
  readonly encrypted: boolean;
  readonly files: number;
  readonly bytes: number;
  /** Transfers going on now, as 218 … 221 say. */
  readonly downloads: number;
  readonly uploads: number;
  readonly rooms: readonly ByteString[];
  /** Since login. */
  readonly messages: number;
  readonly searches: number;
};

export type RoomNow = {
  readonly name: ByteString;
  readonly topic: ByteString;
  readonly users: number;
  readonly level: Level;
  /** 0: none. */
  readonly limit: number;
  readonly registered: boolean;
  readonly moderated: boolean;
  readonly private: boolean;
};

/** Sums. */
export type Counts = {
  readonly users: number;
  readonly files: number;
  readonly bytes: number;
  readonly rooms: number;
  /** Logged in or not; with a compressed stream. */
  readonly connections: number;
  readonly compressed: number;
  /** What waits now. */
  readonly answersWaiting: number;
  readonly hashesWaiting: number;
  // These only grow while the hub runs.
  readonly messages: number;
  readonly searches: number;
  readonly logins: number;
  readonly refused: number;
  readonly bytesIn: number;
  readonly brokered: number;
  /** Sizes of the files whose transfers were brokered. */
  readonly bytesBrokered: number;
  readonly relayedBytes: number;
  /** How many searches took at most `searchEdgesMs[i]`; one more for those above the last. */
  readonly searchTimes: ArrayLike<number>;
  readonly searchEdgesMs: readonly number[];
};

/** Somebody who went over a budget and had to wait. */
export type Slowed = {
  readonly nick: ByteString;
  readonly address: string;
  readonly budget: string;
  /** The budget in words, as `120 searches a minute`. */
  readonly bound: string;
  readonly times: number;
  readonly first: number;
  readonly last: number;
};

export type SharedFile = { readonly nick: ByteString; readonly path: ByteString; readonly hash: ByteString };
/** Shares since the start that filters kept out, and those whose claims do not fit together, newest last. */
export type Doubted = {
  readonly blocked: number;
  readonly doubts: number;
  readonly last: readonly { nick: ByteString; path: ByteString }[];
};
export type Asked = { readonly words: ByteString; readonly times: number; readonly found: number };

/** The running hub. Verbs do what they say to whom is there; the desk has written disk and audit log before. */
export type LiveHub = {
  readonly startedAt: number;
  counts(): Counts;
  users(): Iterable<UserNow>;
  user(nick: ByteString): UserNow | null;
  rooms(): Iterable<RoomNow>;
  slowed(): Iterable<Slowed>;
  /** Most asked first; `missing`: of those never found. */
  asked(limit: number, missing: boolean): readonly Asked[];
  doubted(): Doubted;
  /** What one user shares, at most `limit` files; none when they are not here. */
  files(nick: ByteString, limit: number): Iterable<SharedFile>;
  /** Ends the connection with words; false: not here. */
  end(nick: ByteString, words: string): boolean;
  /** Level and flags of the account have changed: they hold at once. */
  refresh(nick: ByteString, level: Level, flags: number): void;
  announce(words: ByteString, by: string): void;
  /** Everybody leaves; false: there is no such room. */
  clearRoom(name: ByteString, words: string): boolean;
  setTopic(name: ByteString, topic: ByteString): boolean;
  /** The filters have changed: files they meet are unshared. Resolves to how many. */
  applyFilters(): Promise<number>;
};
