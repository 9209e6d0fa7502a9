// What an audit collects, whatever the system: sockets that wait, connections that go out, and who holds them. Types only.

export type Proto = 'tcp' | 'udp';
/** From where a listener can be reached by its address alone, before any filter. */
export type Reach = 'loopback' | 'lan' | 'any';

/** A socket as the system lists it, before its owner is known. `key` finds the owner: an inode, or a pid. */
export type Socket = {
  proto: Proto;
  local: string;
  localPort: number;
  remote: string;
  remotePort: number;
  state: 'listen' | 'established' | 'other';
  key: number;
  uid: number | null;
  /** Connections that wait to be accepted (TCP listeners). */
  waiting: number;
};

export type Owner = {
  pid: number;
  program: string;
  /** Full command line, for people. */
  command: string;
  user: string | null;
  /** When it was started, ISO 8601; null where the system does not say. */
  since: string | null;
  /** The unit, terminal or parent that started it. */
  startedBy: string | null;
  /** The program's file has been replaced or deleted since it was started. */
  fileGone: boolean;
};

export type Covered = 'dropped' | 'accepted' | 'unsure' | 'no filter';

export type Listener = {
  proto: Proto;
  address: string;
  port: number;
  reach: Reach;
  owner: Owner | null;
  uid: number | null;
  waiting: number;
  /** What the host's packet filter does with a stranger's first packet to it. */
  filter: Covered;
};

export type Outgoing = {
  proto: Proto;
  local: string;
  remote: string;
  owner: Owner | null;
  uid: number | null;
};

export type FilterState = { on: boolean | null; words: string };

export type Audit = {
  system: 'linux' | 'windows' | 'macos';
  listeners: Listener[];
  connections: Outgoing[];
  filter: FilterState;
  /** null: not known on this system. */
  kernel: { synCookies: boolean | null; listenOverflows: number | null; forwards: boolean | null };
  /** What could not be seen, and why, in words. */
  unseen: string[];
};
