import type { ByteString } from '#base';
import type { Owner, OwnerTraits, Share, SharedFile, Totals } from './types.ts';

const pending = (): never => {
  throw new Error('not built yet');
};

/** Shared files of many owners, found by words. */
export class SearchIndex {
  /** `seed` makes the hash tables unpredictable to those who choose the names; any 32-bit number. */
  // oxlint-disable-next-line no-useless-constructor
  constructor(_seed = 0) {}

  /** A new owner without files. */
  addOwner(_traits: OwnerTraits): Owner {
    return pending();
  }
  setOwner(_owner: Owner, _traits: OwnerTraits): void {
    pending();
  }
  /** The owner and all files are gone at once for everybody; the memory comes back bit by bit in `tidy`. O(1) beyond a small number of files. */
  removeOwner(_owner: Owner): void {
    pending();
  }
  /** Unshares everything but keeps the owner, whose number CHANGES: use the returned one from now on. O(1) likewise. */
  removeAll(_owner: Owner): Owner {
    return pending();
  }
  /** Shares one file. False: this owner already shares that path. */
  add(_owner: Owner, _file: SharedFile): boolean {
    return pending();
  }
  /** Unshares one file. False: this owner does not share that path. */
  remove(_owner: Owner, _path: ByteString): boolean {
    return pending();
  }
  /** The owner's file of that path, or 0. */
  find(_owner: Owner, _path: ByteString): Share {
    return pending();
  }
  /** How many files the owner shares, and the sum of their sizes. */
  filesOf(_owner: Owner): number {
    return pending();
  }
  bytesOf(_owner: Owner): number {
    return pending();
  }
  /** Browsing, in the order shared: the first file after `after` (0: the first of all), or 0 at the end. O(1). */
  nextOf(_owner: Owner, _after: Share): Share {
    return pending();
  }
  /** Does up to `steps` of the work that removing left behind (about 0.2 µs each). True: there is more. Call it from a timer or between chunks. */
  tidy(_steps: number): boolean {
    return pending();
  }
  get totals(): Totals {
    return pending();
  }

  // ---- reading one file; `share` must be valid
  ownerOf(_share: Share): Owner {
    return pending();
  }
  pathOf(_share: Share): ByteString {
    return pending();
  }
  hashOf(_share: Share): ByteString {
    return pending();
  }
  sizeOf(_share: Share): number {
    return pending();
  }
  kbpsOf(_share: Share): number {
    return pending();
  }
  hzOf(_share: Share): number {
    return pending();
  }
  secondsOf(_share: Share): number {
    return pending();
  }
  typeOf(_share: Share): SharedFile['type'] {
    return pending();
  }
  /** The same number for every share of the same name and facts. */
  recordingOf(_share: Share): number {
    return pending();
  }
  /** How many shares that recording has now. */
  sourcesOf(_share: Share): number {
    return pending();
  }
  /** At most what writePath and writeFacts will write together. */
  bytesToWrite(_share: Share): number {
    return pending();
  }
  /** Writes the path's bytes at `at`; returns the place after them. The hot way: no string is built. */
  writePath(_share: Share, _out: Uint8Array, _at: number): number {
    return pending();
  }
  /** Writes `<md5> <size> <kbps> <hz> <seconds>` as 201 and 212 want it; returns the place after it. */
  writeFacts(_share: Share, _out: Uint8Array, _at: number): number {
    return pending();
  }
}
