// The peer's two databases, by numbered steps: `peer.sqlite` holds what was promised, `library.sqlite` what a scan can make again. Names from disk and from the wire are byte strings (one character a byte), so
// they come back exactly. Never edit a step that was released: append.

export const LIBRARY_SCHEMA: readonly string[] = [
  `
  CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    root TEXT NOT NULL,             -- absolute path of the folder, bytes
    below TEXT NOT NULL,            -- path in it, bytes, with /
    name TEXT NOT NULL,             -- base name for people
    folded TEXT NOT NULL,           -- name, tags and path, folded: what a library search looks through
    identity TEXT NOT NULL,         -- device:inode
    size INTEGER NOT NULL,
    mtime REAL NOT NULL,
    wire TEXT UNIQUE,               -- what strangers call it; null: never shared
    md5 TEXT NOT NULL DEFAULT '',
    kbps INTEGER NOT NULL DEFAULT 0,
    vbr INTEGER NOT NULL DEFAULT 0,
    hz INTEGER NOT NULL DEFAULT 0,
    seconds INTEGER NOT NULL DEFAULT 0,
    title TEXT, artist TEXT, album TEXT,
    added INTEGER NOT NULL,
    seen INTEGER NOT NULL,          -- number of the last scan that found it
    shared INTEGER NOT NULL,
    reason TEXT,                    -- why it is not
    verdict TEXT,
    inspection TEXT,                -- JSON; null: not yet looked through as a whole
    checked INTEGER NOT NULL,       -- 0 not yet, 1 quickly, 2 wholly
    uploads INTEGER NOT NULL DEFAULT 0,
    rev INTEGER NOT NULL,           -- grows with each change that hubs must hear of
    UNIQUE (root, below)
  ) STRICT;
  CREATE INDEX files_rev ON files (rev);
  CREATE INDEX files_size ON files (size);
  CREATE INDEX files_checked ON files (checked) WHERE checked < 2;

  CREATE TABLE folders (
    root TEXT PRIMARY KEY,
    scanned INTEGER,
    problem TEXT
  ) STRICT;
  `,
];

export const PEER_SCHEMA: readonly string[] = [
  `
  CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    direction TEXT NOT NULL,        -- down, up
    state TEXT NOT NULL,            -- open, done, failed, quarantined
    name TEXT NOT NULL,
    size INTEGER,                   -- null: not known yet
    bytes INTEGER NOT NULL DEFAULT 0,
    ord REAL NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    folder TEXT,                    -- where to shelve it; null: the downloads folder
    path TEXT, sha1 TEXT,
    reason TEXT, code TEXT, verdict TEXT, inspection TEXT,
    overruled INTEGER NOT NULL DEFAULT 0,  -- a person wants it whatever the guard says
    kbps INTEGER NOT NULL DEFAULT 0,
    seconds INTEGER NOT NULL DEFAULT 0,
    nick TEXT NOT NULL DEFAULT '', hub TEXT NOT NULL DEFAULT '',
    added INTEGER NOT NULL,
    ended INTEGER
  ) STRICT;
  CREATE TABLE sources (
    key INTEGER PRIMARY KEY,
    transfer TEXT NOT NULL REFERENCES transfers (id) ON DELETE CASCADE,
    hub TEXT NOT NULL, nick TEXT NOT NULL, wire TEXT NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    spent INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    UNIQUE (transfer, hub, nick, wire)
  ) STRICT;
  CREATE INDEX sources_transfer ON sources (transfer);
  CREATE INDEX sources_wire ON sources (wire);

  CREATE TABLE quarantine (
    id TEXT PRIMARY KEY,            -- also the name of the held file
    transfer TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,          -- bytes that are held
    whole INTEGER NOT NULL,         -- 0: stopped early
    inspection TEXT NOT NULL,
    nick TEXT NOT NULL, hub TEXT NOT NULL,
    at INTEGER NOT NULL,
    released TEXT                   -- path where it was shelved by a person's word; null: held
  ) STRICT;
  CREATE TABLE blamed (
    hub TEXT NOT NULL, nick TEXT NOT NULL, wire TEXT NOT NULL,
    reason TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (hub, nick, wire)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE days (
    day TEXT PRIMARY KEY,
    files_down INTEGER NOT NULL DEFAULT 0, bytes_down INTEGER NOT NULL DEFAULT 0,
    files_up INTEGER NOT NULL DEFAULT 0, bytes_up INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  `,
];
