// THIRD FLOOR: the peer. Joins Napster hubs with one library, one search, one transfer list; checks every download before it
// is shelved. Three processes: the parent (`parent/`, run by the roof), the network process and the reader, both sandboxed.
export { PEER_OPTIONS } from './options.ts';
export { type Listening, type NetworkCalls, type NetworkStart, type ParentCalls, runNetwork } from './network.ts';
export { allowTarget, createHost, sweepDownloads, writeSafely } from './parent/host.ts';
export { Calls } from './parent/calls.ts';
export { refuseRoot } from './parent/folder-check.ts';
export { type ReaderCalls, runReader } from './reader/process.ts';
export type { SelfTest } from './selftest.ts';
export { defaultSettings, type PeerOptionValues, readSettings, type Settings, withOptions } from './settings.ts';
export type { Root } from './shares/library.ts';
export { LIMITS } from './limits.ts';
