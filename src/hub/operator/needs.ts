// What the operator's side needs of the hub, and what it wants to be told: small plain types, fitted by `../hub.ts` and,
// in tests, by a world in memory. Times are Unix ms; wire texts are byte strings.
import type { ByteString, LogFields } from '#base';
import type { Level } from '../levels.ts';

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
  readonly channels: readonly ByteString[];
  /** Since login: everything counted up. */
  readonly messages: number;
  readonly searches: number;
  readonly bytesIn: number;
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

/** Sums; those marked + only ever grow while the hub runs. */
export type Counts = {
  readonly users: number;
  readonly files: number;
  readonly bytes: number;
  readonly channels: number;
  readonly connections: number;
  /** + */
  readonly messages: number;
  readonly searches: number;
  readonly logins: number;
  readonly refused: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Sizes of the files whose transfers were brokered. */
  readonly bytesBrokered: number;
  /** What waits now. */
  readonly searchesWaiting: number;
  readonly hashesWaiting: number;
};

export type SharedFile = { readonly nick: ByteString; readonly path: ByteString; readonly hash: ByteString };

/** The running hub. `by` is the actor for the audit log; verbs write it themselves and answer false for an unknown nick. */
export type LiveHub = {
  readonly startedAt: number;
  counts(): Counts;
  users(): Iterable<UserNow>;
  rooms(): Iterable<RoomNow>;
  /** Shared files, at most `limit` of one user or of all. */
  files(nick: ByteString | null, limit: number): Iterable<SharedFile>;
  kill(nick: ByteString, by: string, reason: ByteString): boolean;
  muzzle(nick: ByteString, on: boolean, by: string, reason: ByteString): boolean;
  setLevel(nick: ByteString, level: Level, by: string): boolean;
  /** Sets, kept on disk; ends those whom it meets. Null: the mask is none. */
  ban(mask: ByteString, by: string, reason: ByteString, until: number): { id: number; ended: number } | null;
  unban(id: number, by: string): boolean;
  announce(text: ByteString, by: string): void;
  /** Everybody leaves; the room is gone unless it is registered. */
  closeRoom(name: ByteString, by: string, reason: ByteString): boolean;
  setTopic(name: ByteString, topic: ByteString, by: string): boolean;
  /** The filters on disk changed; answers how many shared files were taken down by that. */
  filtersChanged(): number;
};

/** Why and how the hub acted by itself. */
export type Measure = {
  readonly at: number;
  readonly kind: 'slowed' | 'muzzled' | 'ended' | 'banned' | 'refused';
  readonly nick: ByteString;
  readonly address: string;
  /** What was counted against which bound, as `412 searches in 60 s, bound 120`. */
  readonly evidence: string;
  /** When it ends by itself; null: it was a single act. */
  readonly until: number | null;
  /** The ban it made, for undoing. */
  readonly banId: number | null;
};

/** What the hub says while it runs. Called in the hot path: each does constant work. */
export type Witness = {
  /** @param text what was searched, folded words */
  searched(nick: ByteString, text: ByteString, results: number, tookMs: number): void;
  /** A line of somebody's timeline: `login`, `left`, `shares 120 files`, `muzzled by mod: flood`. */
  happened(nick: ByteString, event: string, fields?: LogFields): void;
  measured(measure: Measure): void;
};
