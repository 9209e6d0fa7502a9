// What the hub keeps on disk. Steps are only ever appended.
export const SCHEMA: readonly string[] = [
  `CREATE TABLE account (
     key TEXT PRIMARY KEY, nick TEXT NOT NULL, password TEXT NOT NULL, email TEXT NOT NULL DEFAULT '',
     level INTEGER NOT NULL DEFAULT 1, flags INTEGER NOT NULL DEFAULT 0,
     created INTEGER NOT NULL, seen INTEGER NOT NULL, seen_address TEXT NOT NULL DEFAULT ''
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE ban (
     id INTEGER PRIMARY KEY, nick TEXT NOT NULL, address TEXT NOT NULL, setter TEXT NOT NULL, reason TEXT NOT NULL,
     at INTEGER NOT NULL, until INTEGER NOT NULL, lifted INTEGER, lifted_by TEXT
   ) STRICT;
   CREATE TABLE channel (
     key TEXT PRIMARY KEY, name TEXT NOT NULL, topic TEXT NOT NULL DEFAULT '', level INTEGER NOT NULL DEFAULT 0,
     user_limit INTEGER NOT NULL DEFAULT 0, modes INTEGER NOT NULL DEFAULT 0
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE channel_ban (
     channel TEXT NOT NULL, nick TEXT NOT NULL, address TEXT NOT NULL, setter TEXT NOT NULL, reason TEXT NOT NULL,
     at INTEGER NOT NULL, PRIMARY KEY (channel, nick, address)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE channel_op (channel TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (channel, key)) STRICT, WITHOUT ROWID;
   CREATE TABLE audit (
     id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL,
     detail TEXT NOT NULL
   ) STRICT;
   CREATE INDEX audit_target ON audit (target, id);
   CREATE TABLE access (
     kind TEXT NOT NULL, mask TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (kind, mask)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE filter (
     id INTEGER PRIMARY KEY, kind TEXT NOT NULL, pattern TEXT NOT NULL, setter TEXT NOT NULL, at INTEGER NOT NULL,
     enabled INTEGER NOT NULL DEFAULT 1, UNIQUE (kind, pattern)
   ) STRICT;
   CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
];
