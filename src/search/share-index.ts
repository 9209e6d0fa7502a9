// Who shares what. A file that many share, under the same name and with the same facts, is one recording; words lead to
// recordings, recordings to their shares. What a person leaves behind is cleared up bit by bit: the owner is marked as
// gone, `tidy` takes the shares out, and a recording that nobody has any more is kept for a while in case somebody
// comes back with it, which then costs almost nothing.
import type { ByteString } from '#base';
import { byteString } from '#base';
import { AddressTable } from './address-table.ts';
import { PAGE_MASK, PAGE_SHIFT, PAGE_WORDS, WordHeap } from './heap.ts';
import { LIMITS } from './limits.ts';
import {
  BLOCK,
  BLOCK_WORDS,
  ODD_TOKEN,
  PLACE,
  RECORDING,
  SHARE,
  SHARE_WORDS,
  SHARES_PER_BLOCK,
  TYPE_MASK,
  TYPE_SHIFT,
  WAITING,
} from './records.ts';
import type { MediaType, Owner, OwnerTraits, Share, SharedFile, Totals } from './types.ts';
import { Vocabulary } from './vocabulary.ts';
import { CUT, mix, WordScanner } from './words.ts';

export const MEDIA: readonly MediaType[] = ['mp3', 'audio', 'video', 'application', 'image', 'text'];

// What is marked of an owner.
export const FIREWALLED = 1;
export const HIDDEN = 2;
export const GONE = 4;
const IN_USE = 8;

/** So many files go away at once when their owner leaves; more are left to `tidy`. */
const AT_ONCE = 200;
/** One recording in so many may be one that nobody has now … */
const KEEP_ONE_IN = 8;
/** … and so many always may. */
const KEEP_AT_LEAST = 2048;
/** What adding a new recording pays towards forgetting old ones when there are too many. */
const FORGET_PER_ADD = 2;
/** Marks a place in an owner's table, beside shares. Addresses stay below. */
const IS_PLACE = 0x80000000;
const LEAST_TABLE = 16;
const FIRST_CAPACITY = 2;
const LABEL_BYTES = LIMITS.labelBytes.value + 1;
const LOW_PART = 2 ** 24;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const DOT = 0x2e;
const QUOTE = 0x22;
const BLANK = 0x20;

/** The value of a hex digit in lower case, or 255. */
const hexValue = new Uint8Array(256).fill(255);
const HEX = '0123456789abcdef';
for (let i = 0; i < 16; i++) hexValue[HEX.charCodeAt(i)] = i;
const hexHigh = new Uint8Array(256);
const hexLow = new Uint8Array(256);
for (let i = 0; i < 256; i++) {
  hexHigh[i] = HEX.charCodeAt(i >> 4);
  hexLow[i] = HEX.charCodeAt(i & 15);
}

/** What is known of owners beside their files; by owner number. */
export type Owners = {
  marks: Uint8Array;
  speeds: Uint8Array;
};

/** Shared files of many owners, found by words. */
export class SearchIndex {
  /** For {@link Search} only. */
  readonly text = new WordHeap();
  /** For {@link Search} only. */
  readonly recordings = new WordHeap();
  /** For {@link Search} only. */
  readonly shareHeap = new WordHeap();
  /** For {@link Search} only. */
  readonly vocabulary: Vocabulary = new Vocabulary(this.text);
  /** For {@link Search} only. */
  readonly owners: Owners = { marks: new Uint8Array(64), speeds: new Uint8Array(64) };
  /** For {@link Search} only. */
  readonly seed: number;

  readonly #byName = new AddressTable(this.recordings, RECORDING.hash);
  readonly #byContent = new AddressTable(this.recordings, RECORDING.md5);
  readonly #scanner: WordScanner;

  // By owner number.
  #files = new Uint32Array(64);
  // Sums of sizes, in two parts that stay whole numbers whatever strangers say their sizes are.
  #bytesHigh = new Float64Array(64);
  #bytesLow = new Float64Array(64);
  /** A length and the bytes, {@link LABEL_BYTES} each. */
  #labels = new Uint8Array(64 * LABEL_BYTES);
  #firstBlock = new Uint32Array(64);
  #lastBlock = new Uint32Array(64);
  #lastPlace = new Uint32Array(64);
  #table = new Uint32Array(64);
  #tableSize = new Uint32Array(64);
  #tableUsed = new Uint32Array(64);
  readonly #freeOwners: Owner[] = [];
  #nextOwner = 1;
  readonly #leaving: Owner[] = [];

  // Recordings that nobody has, oldest first.
  #waiting = new Uint32Array(64);
  #waitingFrom = 0;
  #waitingCount = 0;
  #unshared = 0;

  #ownerCount = 0;
  #fileCount = 0;
  #allBytesHigh = 0;
  #allBytesLow = 0;

  // The file at hand: its path, and where the parts are.
  readonly #path = new Uint8Array(LIMITS.pathBytes.value);
  #pathEnd = 0;
  #nameAt = 0;
  #nameHash = 0;
  readonly #md5 = new Uint32Array(4);

  // The recording that was written last, from its name on, and the caller's buffer.
  readonly #once = new Uint8Array(LIMITS.pathBytes.value + MOST_FACTS);
  readonly #onceView = new DataView(this.#once.buffer);
  #onceEnd = 0;
  #written = 0;
  #out: Uint8Array = this.#once;
  #outView: DataView = this.#onceView;

  /** `seed` makes the hash tables unpredictable to those who choose the names; any 32-bit number. */
  constructor(seed = 0) {
    this.seed = seed >>> 0;
    this.#scanner = new WordScanner(this.seed);
  }

  /** A new owner without files. */
  addOwner(traits: OwnerTraits): Owner {
    const owner = this.#freeOwners.pop() ?? this.#nextOwner++;
    if (owner >= this.#files.length) this.#growOwners();
    this.owners.marks[owner] = IN_USE;
    this.#ownerCount++;
    this.setOwner(owner, traits);
    return owner;
  }

  setOwner(owner: Owner, traits: OwnerTraits): void {
    this.#check(owner);
    this.owners.speeds[owner] = traits.speed;
    this.owners.marks[owner] = IN_USE | (traits.firewalled ? FIREWALLED : 0) | (traits.hidden === true ? HIDDEN : 0);
    const label = traits.label ?? '';
    if (label.length >= LABEL_BYTES) throw new RangeError('label too long');
    const at = owner * LABEL_BYTES;
    this.#labels[at] = label.length;
    for (let i = 0; i < label.length; i++) this.#labels[at + 1 + i] = label.charCodeAt(i);
  }

  /**
   * The owner and all files are gone at once for everybody. Up to {@link AT_ONCE} files are taken out now, the rest in
   * `tidy`, which gives the number free.
   */
  removeOwner(owner: Owner): void {
    this.#check(owner);
    this.#fileCount -= this.#files[owner] as number;
    this.#allBytesHigh -= this.#bytesHigh[owner] as number;
    this.#allBytesLow -= this.#bytesLow[owner] as number;
    this.#ownerCount--;
    this.owners.marks[owner] = GONE;
    if (this.#takeOut(owner, AT_ONCE) < 0) this.#leaving.push(owner);
  }

  /** Unshares everything but keeps the owner, whose number CHANGES: use the returned one from now on. */
  removeAll(owner: Owner): Owner {
    this.#check(owner);
    const marks = this.owners.marks[owner] as number;
    const speed = this.owners.speeds[owner] as number;
    this.removeOwner(owner);
    const at = owner * LABEL_BYTES + 1;
    const label = byteString(this.#labels, at, at + (this.#labels[at - 1] as number));
    return this.addOwner({ speed, firewalled: (marks & FIREWALLED) !== 0, hidden: (marks & HIDDEN) !== 0, label });
  }

  /** Shares one file. False: this owner already shares that path. RangeError: path or hash above {@link LIMITS}, or a size that is no whole number. */
  add(owner: Owner, file: SharedFile): boolean {
    this.#check(owner);
    checkFile(file);
    this.#take(file.path);
    let place = this.#findPlace(owner);
    if (place !== 0 && this.#findShare(owner, place) !== 0) return false;
    if (place === 0) place = this.#addPlace(owner);
    const odd = !this.#takeMd5(file.hash);
    const recording = this.#findRecording(file, odd) || this.#addRecording(file, odd);
    this.#addShare(owner, recording, place);
    this.#count(owner, 1, file.size);
    return true;
  }

  /** The owner's file of that path, or 0. */
  find(owner: Owner, path: ByteString): Share {
    this.#check(owner);
    if (path.length > LIMITS.pathBytes.value) return 0;
    this.#take(path);
    const place = this.#findPlace(owner);
    return place === 0 ? 0 : this.#findShare(owner, place);
  }

  /** Unshares one file. False: this owner does not share that path. */
  remove(owner: Owner, path: ByteString): boolean {
    const share = this.find(owner, path);
    if (share === 0) return false;
    const size = this.sizeOf(share);
    this.#tableDelete(owner, share);
    this.#dropShare(owner, share);
    this.#count(owner, -1, size);
    this.#forget(FORGET_PER_ADD);
    return true;
  }

  /** How many files the owner shares. */
  filesOf(owner: Owner): number {
    this.#check(owner);
    return this.#files[owner] as number;
  }

  /** The sum of the owner's sizes. */
  bytesOf(owner: Owner): number {
    this.#check(owner);
    return (this.#bytesHigh[owner] as number) * LOW_PART + (this.#bytesLow[owner] as number);
  }

  /**
   * Browsing, in the order shared: the first file after `after` (0: the first of all), or 0 at the end. Files may come
   * and go between two calls; when `after` and all its neighbours are gone, that is the end.
   */
  nextOf(owner: Owner, after: Share): Share {
    this.#check(owner);
    let block: number;
    let slot: number;
    if (after === 0) {
      block = this.#firstBlock[owner] as number;
      slot = 0;
    } else {
      block = blockOf(after);
      slot = (after - block - BLOCK.shares) / SHARE_WORDS + 1;
      if (this.#sharePage(block)[(block & PAGE_MASK) + BLOCK.live] === 0) return 0;
    }
    while (block !== 0) {
      const page = this.#sharePage(block);
      const b = block & PAGE_MASK;
      for (; slot < (page[b + BLOCK.filled] as number); slot++) {
        const at = BLOCK.shares + slot * SHARE_WORDS;
        if (page[b + at + SHARE.recording] === 0) continue;
        return this.ownerOf(block + at) === owner ? block + at : 0;
      }
      block = page[b + BLOCK.next] as number;
      slot = 0;
    }
    return 0;
  }

  /**
   * Does up to about `steps` of the work that removing left behind (about 0.1 µs each). True: there is more. Call it
   * from a timer or between chunks.
   */
  tidy(steps: number): boolean {
    let left = steps;
    while (left > 0) {
      const owner = this.#leaving.at(-1);
      if (owner === undefined) break;
      const rest = this.#takeOut(owner, Math.ceil(left / STEPS_PER_SHARE));
      if (rest < 0) return true;
      this.#leaving.pop();
      left -= ((Math.ceil(left / STEPS_PER_SHARE) - rest) * STEPS_PER_SHARE) | 1;
    }
    if (left > 0) this.#forget(Math.ceil(left / STEPS_PER_RECORDING));
    return this.#leaving.length > 0 || this.#tooMany();
  }

  get totals(): Totals {
    return {
      owners: this.#ownerCount,
      files: this.#fileCount,
      bytes: this.#allBytesHigh * LOW_PART + this.#allBytesLow,
      recordings: this.#byName.size - this.#unshared,
      words: this.vocabulary.size,
    };
  }

  /** What the index holds of memory, in bytes: its pages, and how much of them is in use. */
  get memory(): { held: number; used: number } {
    const heaps = [this.text, this.recordings, this.shareHeap];
    const held = heaps.reduce((sum, heap) => sum + heap.heldBytes, 0);
    return { held, used: heaps.reduce((sum, heap) => sum + heap.used * 4, 0) };
  }

  // ---- reading one file; `share` must be valid

  ownerOf(share: Share): Owner {
    const place = this.#placeOf(share);
    return this.#textPage(place)[(place & PAGE_MASK) + PLACE.owner] as number;
  }

  pathOf(share: Share): ByteString {
    const place = this.#placeOf(share);
    const recording = this.recordingOf(share);
    const before = ((place & PAGE_MASK) + PLACE.text) * 4;
    const length = this.#textPage(place)[(place & PAGE_MASK) + PLACE.length] as number;
    const root = byteString(this.text.bytes[place >>> PAGE_SHIFT] as Uint8Array, before, before + length);
    return root + this.nameOf(recording);
  }

  /** The last two components of a recording's path. */
  nameOf(recording: number): ByteString {
    const at = ((recording & PAGE_MASK) + RECORDING.name) * 4;
    const bytes = this.recordings.bytes[recording >>> PAGE_SHIFT] as Uint8Array;
    return byteString(bytes, at, at + this.#nameLength(recording));
  }

  /** The token as it came. */
  hashOf(share: Share): ByteString {
    const recording = this.recordingOf(share);
    const token = new Uint8Array(LIMITS.hashBytes.value);
    return byteString(token, 0, this.#writeToken(recording, token, 0));
  }

  sizeOf(share: Share): number {
    return this.#sizeOf(this.recordingOf(share));
  }

  kbpsOf(share: Share): number {
    return this.#fact(share, RECORDING.kbpsAndLength) >>> 16;
  }

  hzOf(share: Share): number {
    return this.#fact(share, RECORDING.hz);
  }

  secondsOf(share: Share): number {
    return this.#fact(share, RECORDING.seconds);
  }

  typeOf(share: Share): MediaType {
    return MEDIA[(this.#fact(share, RECORDING.sizeHigh) >>> TYPE_SHIFT) & TYPE_MASK] as MediaType;
  }

  /** The same number for every share of the same name and facts, while any is there. */
  recordingOf(share: Share): number {
    return this.#sharePage(share)[(share & PAGE_MASK) + SHARE.recording] as number;
  }

  /** How many shares that recording has now. */
  sourcesOf(share: Share): number {
    return this.#fact(share, RECORDING.shares);
  }

  /** At most what writeResult, or writeEntry, or writePath and writeFacts together, will write. */
  bytesToWrite(share: Share): number {
    const place = this.#placeOf(share);
    const root = this.#textPage(place)[(place & PAGE_MASK) + PLACE.length] as number;
    return root + this.#nameLength(this.recordingOf(share)) + MOST_FACTS + LABEL_BYTES;
  }

  /** Writes the path's bytes at `at`; returns the place after them. No string is built. */
  writePath(share: Share, out: Uint8Array, at: number): number {
    const place = this.#placeOf(share);
    const recording = this.recordingOf(share);
    const root = this.#textPage(place)[(place & PAGE_MASK) + PLACE.length] as number;
    const to = copy(this.text, place, PLACE.text, root, this.#viewOf(out), at);
    return copy(this.recordings, recording, RECORDING.name, this.#nameLength(recording), this.#viewOf(out), to);
  }

  /** Writes `<md5> <size> <kbps> <hz> <seconds>`; returns the place after it. */
  writeFacts(share: Share, out: Uint8Array, at: number): number {
    return this.#writeFacts(this.recordingOf(share), out, at);
  }

  /**
   * Writes `"<path>" <md5> <size> <kbps> <hz> <seconds>`, which 201 and 212 have in common; returns the place after it.
   * The hot way: shares of one recording, one after the other, cost little more than their paths. At most
   * {@link bytesToWrite}.
   */
  writeEntry(share: Share, out: Uint8Array, at: number): number {
    const page = this.#sharePage(share);
    const recording = page[(share & PAGE_MASK) + SHARE.recording] as number;
    const place = page[(share & PAGE_MASK) + SHARE.place] as number;
    const view = this.#viewOf(out);
    if (recording !== this.#written) this.#writeOnce(recording);
    out[at] = QUOTE;
    const root = this.#textPage(place)[(place & PAGE_MASK) + PLACE.length] as number;
    const to = copy(this.text, place, PLACE.text, root, view, at + 1);
    return copyBytes(this.#onceView, 0, this.#onceEnd, view, to);
  }

  /** {@link writeEntry} and then the owner's label: what 201 wants, with a label of nick, address and speed. */
  writeResult(share: Share, out: Uint8Array, at: number): number {
    const label = this.ownerOf(share) * LABEL_BYTES;
    let to = this.writeEntry(share, out, at);
    const end = label + 1 + (this.#labels[label] as number);
    for (let i = label + 1; i < end; i++) out[to++] = this.#labels[i] as number;
    return to;
  }

  /** From the name on, an entry is the same for all shares of the recording. */
  #writeOnce(recording: number): void {
    const once = this.#once;
    const length = this.#nameLength(recording);
    const at = copy(this.recordings, recording, RECORDING.name, length, this.#onceView, 0);
    once[at] = QUOTE;
    once[at + 1] = BLANK;
    this.#onceEnd = this.#writeFacts(recording, once, at + 2);
    this.#written = recording;
  }

  #writeFacts(recording: number, out: Uint8Array, at: number): number {
    const page = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    let to = this.#writeToken(recording, out, at);
    out[to++] = BLANK;
    to = writeNumber(this.#sizeOf(recording), out, to);
    out[to++] = BLANK;
    to = writeNumber((page[r + RECORDING.kbpsAndLength] as number) >>> 16, out, to);
    out[to++] = BLANK;
    to = writeNumber(page[r + RECORDING.hz] as number, out, to);
    out[to++] = BLANK;
    return writeNumber(page[r + RECORDING.seconds] as number, out, to);
  }

  /** A view on the caller's buffer, mostly the same from call to call. */
  #viewOf(out: Uint8Array): DataView {
    if (out !== this.#out) {
      this.#out = out;
      this.#outView = new DataView(out.buffer, out.byteOffset, out.byteLength);
    }
    return this.#outView;
  }

  // ---- for Search

  /** The recordings of that token, as a chain through {@link RECORDING}.nextSame; 0 when there is none. */
  firstOfContent(token: ByteString): number {
    this.#takeMd5(token);
    return this.#findContent();
  }

  /** Whether the recording's token and size are these. */
  isContent(recording: number, token: ByteString, size: number): boolean {
    if (this.#sizeOf(recording) !== size) return false;
    const bytes = new Uint8Array(LIMITS.hashBytes.value);
    return byteString(bytes, 0, this.#writeToken(recording, bytes, 0)) === token;
  }

  // ---- the path at hand

  #take(path: ByteString): void {
    const bytes = this.#path;
    const length = path.length;
    let last = 0;
    let lastButOne = 0;
    for (let i = 0; i < length; i++) {
      const c = path.charCodeAt(i);
      bytes[i] = c;
      if (c === BACKSLASH || c === SLASH) {
        lastButOne = last;
        last = i + 1;
      }
    }
    this.#pathEnd = length;
    this.#nameAt = lastButOne;
    this.#nameHash = hashBytes(bytes, lastButOne, length, this.seed);
  }

  /** Reads 32 hex digits in lower case into #md5. False: the token is something else, of which #md5 is a hash then. */
  #takeMd5(token: ByteString): boolean {
    const md5 = this.#md5;
    if (token.length === 32) {
      let bad = 0;
      for (let w = 0; w < 4; w++) {
        let word = 0;
        for (let i = w * 8; i < w * 8 + 8; i++) {
          const value = hexValue[token.charCodeAt(i) & 255] as number;
          bad |= value;
          word = (word << 4) | (value & 15);
        }
        md5[w] = word;
      }
      if (bad < 16) return true;
    }
    let hash = this.seed;
    for (let i = 0; i < token.length; i++) hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193);
    md5[0] = mix(hash);
    md5[1] = token.length;
    md5[2] = md5[3] = 0;
    return false;
  }

  // ---- recordings

  #findRecording(file: SharedFile, odd: boolean): number {
    const hash = this.#hashOfFacts(file);
    const part = this.#byName.part(hash);
    const mask = part.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const recording = part[slot] as number;
      if (recording === 0) return 0;
      const page = this.#recordingPage(recording);
      const r = recording & PAGE_MASK;
      if (page[r + RECORDING.hash] === hash && this.#isSame(page, r, recording, file, odd)) return recording;
    }
  }

  #hashOfFacts(file: SharedFile): number {
    const md5 = this.#md5;
    let hash = this.#nameHash ^ (md5[0] as number);
    hash = Math.imul(hash ^ (md5[1] as number), 0x9e3779b1);
    hash = Math.imul(hash ^ file.size, 0x85ebca6b);
    hash = Math.imul(hash ^ file.kbps ^ (file.seconds << 12), 0xc2b2ae35);
    return mix(hash ^ file.hz);
  }

  #isSame(page: Uint32Array, r: number, recording: number, file: SharedFile, odd: boolean): boolean {
    const md5 = this.#md5;
    const high = page[r + RECORDING.sizeHigh] as number;
    return (
      page[r + RECORDING.nameHash] === this.#nameHash &&
      page[r + RECORDING.md5] === md5[0] &&
      page[r + RECORDING.md5 + 1] === md5[1] &&
      page[r + RECORDING.md5 + 2] === md5[2] &&
      page[r + RECORDING.md5 + 3] === md5[3] &&
      page[r + RECORDING.sizeLow] === file.size % 0x100000000 &&
      (high & 0x1fffff) === Math.floor(file.size / 0x100000000) &&
      page[r + RECORDING.hz] === bounded(file.hz) &&
      page[r + RECORDING.seconds] === bounded(file.seconds) &&
      (page[r + RECORDING.kbpsAndLength] as number) >>> 16 === bounded(file.kbps, 65535) &&
      ((high >>> TYPE_SHIFT) & TYPE_MASK) === MEDIA.indexOf(file.type) &&
      this.#isName(recording) &&
      odd === ((high & ODD_TOKEN) !== 0) &&
      (!odd || this.isContent(recording, file.hash, file.size))
    );
  }

  /** Whether the name at hand is the recording's. */
  #isName(recording: number): boolean {
    const length = this.#pathEnd - this.#nameAt;
    if (this.#nameLength(recording) !== length) return false;
    const bytes = this.recordings.bytes[recording >>> PAGE_SHIFT] as Uint8Array;
    const at = ((recording & PAGE_MASK) + RECORDING.name) * 4;
    return sameBytes(bytes, at, this.#path, this.#nameAt, length);
  }

  #addRecording(file: SharedFile, odd: boolean): number {
    this.#forget(FORGET_PER_ADD);
    const length = this.#pathEnd - this.#nameAt;
    this.#written = 0;
    const recording = this.recordings.alloc(recordingWords(length, odd ? file.hash.length : -1));
    const page = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    const hash = this.#hashOfFacts(file);
    page[r + RECORDING.hash] = hash;
    page[r + RECORDING.nameHash] = this.#nameHash;
    page[r + RECORDING.list] = 0;
    page[r + RECORDING.sizeLow] = file.size % 0x100000000;
    page[r + RECORDING.sizeHigh] =
      Math.floor(file.size / 0x100000000) | (MEDIA.indexOf(file.type) << TYPE_SHIFT) | (odd ? ODD_TOKEN : 0);
    page[r + RECORDING.kbpsAndLength] = (bounded(file.kbps, 65535) << 16) | length;
    page[r + RECORDING.hz] = bounded(file.hz);
    page[r + RECORDING.seconds] = bounded(file.seconds);
    for (let i = 0; i < 4; i++) page[r + RECORDING.md5 + i] = this.#md5[i] as number;
    page[r + RECORDING.shares] = 0;
    const bytes = this.recordings.bytes[recording >>> PAGE_SHIFT] as Uint8Array;
    let at = (r + RECORDING.name) * 4;
    for (let i = this.#nameAt; i < this.#pathEnd; i++) bytes[at++] = this.#path[i] as number;
    if (odd) {
      bytes[at++] = file.hash.length;
      for (let i = 0; i < file.hash.length; i++) bytes[at++] = file.hash.charCodeAt(i);
    }
    this.#byName.insert(hash, recording);
    this.#chainContent(page, r, recording);
    const words = this.#scan(recording);
    for (let i = 0; i < words; i++) this.vocabulary.add(this.#scanner, i, recording);
    this.#unshared++;
    return recording;
  }

  /** The words of a recording: those of its last folder and of its name up to the last dot. */
  #scan(recording: number): number {
    const bytes = this.recordings.bytes[recording >>> PAGE_SHIFT] as Uint8Array;
    const from = ((recording & PAGE_MASK) + RECORDING.name) * 4;
    return this.#scanner.scan(bytes, from, endOfWords(bytes, from, from + this.#nameLength(recording)), CUT.index);
  }

  /** Takes a recording out that nobody has. */
  #dropRecording(recording: number): void {
    const words = this.#scan(recording);
    for (let i = 0; i < words; i++) this.vocabulary.delete(this.#scanner, i, recording);
    const page = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    this.#byName.delete(page[r + RECORDING.hash] as number, recording);
    this.#unchainContent(page, r, recording);
    const length = this.#nameLength(recording);
    const odd = ((page[r + RECORDING.sizeHigh] as number) & ODD_TOKEN) !== 0;
    const bytes = this.recordings.bytes[recording >>> PAGE_SHIFT] as Uint8Array;
    const token = odd ? (bytes[(r + RECORDING.name) * 4 + length] as number) : -1;
    this.recordings.free(recording, recordingWords(length, token));
    this.#unshared--;
  }

  #findContent(): number {
    const md5 = this.#md5;
    const hash = md5[0] as number;
    const part = this.#byContent.part(hash);
    const mask = part.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const recording = part[slot] as number;
      if (recording === 0) return 0;
      const page = this.#recordingPage(recording);
      const at = (recording & PAGE_MASK) + RECORDING.md5;
      if (page[at] === hash && page[at + 1] === md5[1] && page[at + 2] === md5[2] && page[at + 3] === md5[3])
        return recording;
    }
  }

  /** Puts the recording second in the chain of its content, or makes it the first. */
  #chainContent(page: Uint32Array, r: number, recording: number): void {
    const first = this.#findContent();
    page[r + RECORDING.nextSame] = 0;
    page[r + RECORDING.previousSame] = first;
    if (first === 0) {
      this.#byContent.insert(this.#md5[0] as number, recording);
      return;
    }
    const head = this.#recordingPage(first);
    const second = head[(first & PAGE_MASK) + RECORDING.nextSame] as number;
    head[(first & PAGE_MASK) + RECORDING.nextSame] = recording;
    page[r + RECORDING.nextSame] = second;
    if (second !== 0) this.#recordingPage(second)[(second & PAGE_MASK) + RECORDING.previousSame] = recording;
  }

  #unchainContent(page: Uint32Array, r: number, recording: number): void {
    const next = page[r + RECORDING.nextSame] as number;
    const previous = page[r + RECORDING.previousSame] as number;
    if (next !== 0) this.#recordingPage(next)[(next & PAGE_MASK) + RECORDING.previousSame] = previous;
    if (previous !== 0) {
      this.#recordingPage(previous)[(previous & PAGE_MASK) + RECORDING.nextSame] = next;
      return;
    }
    const hash = page[r + RECORDING.md5] as number;
    this.#byContent.delete(hash, recording);
    if (next !== 0) this.#byContent.insert(hash, next);
  }

  #nameLength(recording: number): number {
    return (this.#recordingPage(recording)[(recording & PAGE_MASK) + RECORDING.kbpsAndLength] as number) & 0xffff;
  }

  #sizeOf(recording: number): number {
    const page = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    const high = (page[r + RECORDING.sizeHigh] as number) & 0x1fffff;
    return high * 0x100000000 + (page[r + RECORDING.sizeLow] as number);
  }

  #writeToken(recording: number, out: Uint8Array, at: number): number {
    const page = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    let to = at;
    if (((page[r + RECORDING.sizeHigh] as number) & ODD_TOKEN) !== 0) {
      const bytes = this.recordings.bytes[recording >>> PAGE_SHIFT] as Uint8Array;
      let from = (r + RECORDING.name) * 4 + this.#nameLength(recording);
      const end = from + 1 + (bytes[from] as number);
      for (from++; from < end; from++) out[to++] = bytes[from] as number;
      return to;
    }
    for (let i = 0; i < 4; i++) {
      const word = page[r + RECORDING.md5 + i] as number;
      for (let shift = 24; shift >= 0; shift -= 8) {
        const byte = (word >>> shift) & 255;
        out[to++] = hexHigh[byte] as number;
        out[to++] = hexLow[byte] as number;
      }
    }
    return to;
  }

  // ---- recordings that nobody has

  #startWaiting(recording: number): void {
    this.#unshared++;
    const page = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    if (((page[r + RECORDING.sizeHigh] as number) & WAITING) !== 0) return;
    page[r + RECORDING.sizeHigh] = (page[r + RECORDING.sizeHigh] as number) | WAITING;
    const size = this.#waiting.length;
    if (this.#waitingCount === size) this.#resizeWaiting(size * 2);
    this.#waiting[(this.#waitingFrom + this.#waitingCount) & (this.#waiting.length - 1)] = recording;
    this.#waitingCount++;
  }

  #resizeWaiting(size: number): void {
    const fresh = new Uint32Array(size);
    const mask = this.#waiting.length - 1;
    for (let i = 0; i < this.#waitingCount; i++) fresh[i] = this.#waiting[(this.#waitingFrom + i) & mask] as number;
    this.#waiting = fresh;
    this.#waitingFrom = 0;
  }

  #tooMany(): boolean {
    // When nobody shares anything any more, everything goes, and the memory with it.
    if (this.#fileCount === 0 && this.#leaving.length === 0) return this.#unshared > 0;
    return this.#unshared > KEEP_AT_LEAST && this.#unshared * KEEP_ONE_IN > this.#byName.size;
  }

  /** Forgets at most `most` recordings, oldest first, while there are too many that nobody has. */
  #forget(most: number): void {
    for (let i = 0; i < most && this.#waitingCount > 0 && this.#tooMany(); i++) {
      const recording = this.#waiting[this.#waitingFrom] as number;
      this.#waitingFrom = (this.#waitingFrom + 1) & (this.#waiting.length - 1);
      this.#waitingCount--;
      const page = this.#recordingPage(recording);
      const r = recording & PAGE_MASK;
      page[r + RECORDING.sizeHigh] = (page[r + RECORDING.sizeHigh] as number) & ~WAITING;
      if (page[r + RECORDING.shares] === 0) this.#dropRecording(recording);
    }
    if (this.#waiting.length > 64 && this.#waitingCount * 8 < this.#waiting.length)
      this.#resizeWaiting(this.#waiting.length / 2);
  }

  // ---- places

  #findPlace(owner: Owner): number {
    const length = this.#nameAt;
    const last = this.#lastPlace[owner] as number;
    if (last !== 0 && this.#isPlace(last, length)) return last;
    const size = this.#tableSize[owner] as number;
    if (size === 0) return 0;
    const hash = hashBytes(this.#path, 0, length, this.seed);
    const table = this.#table[owner] as number;
    const page = this.#textPage(table);
    const t = table & PAGE_MASK;
    const mask = size - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = page[t + slot] as number;
      if (entry === 0) return 0;
      if (entry < IS_PLACE) continue;
      const place = entry - IS_PLACE;
      if (this.#textPage(place)[place & PAGE_MASK] === hash && this.#isPlace(place, length)) {
        this.#lastPlace[owner] = place;
        return place;
      }
    }
  }

  #isPlace(place: number, length: number): boolean {
    const p = place & PAGE_MASK;
    if (this.#textPage(place)[p + PLACE.length] !== length) return false;
    const bytes = this.text.bytes[place >>> PAGE_SHIFT] as Uint8Array;
    return sameBytes(bytes, (p + PLACE.text) * 4, this.#path, 0, length);
  }

  #addPlace(owner: Owner): number {
    const length = this.#nameAt;
    const place = this.text.alloc(placeWords(length));
    const page = this.#textPage(place);
    const p = place & PAGE_MASK;
    page[p + PLACE.hash] = hashBytes(this.#path, 0, length, this.seed);
    page[p + PLACE.owner] = owner;
    page[p + PLACE.shares] = 0;
    page[p + PLACE.length] = length;
    const bytes = this.text.bytes[place >>> PAGE_SHIFT] as Uint8Array;
    const at = (p + PLACE.text) * 4;
    for (let i = 0; i < length; i++) bytes[at + i] = this.#path[i] as number;
    this.#tableInsert(owner, page[p + PLACE.hash] as number, place + IS_PLACE);
    this.#lastPlace[owner] = place;
    return place;
  }

  // ---- an owner's table: which of the files and places are there

  #findShare(owner: Owner, place: number): Share {
    const size = this.#tableSize[owner] as number;
    if (size === 0) return 0;
    const hash = this.#hashOfShare(this.#nameHash, place);
    const table = this.#table[owner] as number;
    const page = this.#textPage(table);
    const t = table & PAGE_MASK;
    const mask = size - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const share = page[t + slot] as number;
      if (share === 0) return 0;
      if (share >= IS_PLACE || this.#placeOf(share) !== place) continue;
      const recording = this.recordingOf(share);
      const r = recording & PAGE_MASK;
      if (this.#recordingPage(recording)[r + RECORDING.nameHash] === this.#nameHash && this.#isName(recording))
        return share;
    }
  }

  #hashOfShare(nameHash: number, place: number): number {
    return mix(nameHash ^ Math.imul(place, 0x9e3779b1));
  }

  #hashOfEntry(entry: number): number {
    if (entry >= IS_PLACE) {
      const place = entry - IS_PLACE;
      return this.#textPage(place)[place & PAGE_MASK] as number;
    }
    return this.#hashOfShare(this.#fact(entry, RECORDING.nameHash), this.#placeOf(entry));
  }

  #tableInsert(owner: Owner, hash: number, entry: number): void {
    const used = (this.#tableUsed[owner] as number) + 1;
    let size = this.#tableSize[owner] as number;
    if (used * 4 > size * 3) {
      this.#resizeTable(owner, Math.max(LEAST_TABLE, size * 2));
      size = this.#tableSize[owner] as number;
    }
    const table = this.#table[owner] as number;
    const page = this.#textPage(table);
    const t = table & PAGE_MASK;
    let slot = hash & (size - 1);
    while (page[t + slot] !== 0) slot = (slot + 1) & (size - 1);
    page[t + slot] = entry;
    this.#tableUsed[owner] = used;
  }

  #tableDelete(owner: Owner, entry: number): void {
    const table = this.#table[owner] as number;
    const page = this.#textPage(table);
    const t = table & PAGE_MASK;
    const mask = (this.#tableSize[owner] as number) - 1;
    let hole = this.#hashOfEntry(entry) & mask;
    while (page[t + hole] !== entry) hole = (hole + 1) & mask;
    for (let i = (hole + 1) & mask; page[t + i] !== 0; i = (i + 1) & mask) {
      const home = this.#hashOfEntry(page[t + i] as number) & mask;
      if (((i - home) & mask) < ((i - hole) & mask)) continue;
      page[t + hole] = page[t + i] as number;
      hole = i;
    }
    page[t + hole] = 0;
    const used = (this.#tableUsed[owner] as number) - 1;
    this.#tableUsed[owner] = used;
    if (mask + 1 > LEAST_TABLE && used * 6 < mask + 1) this.#resizeTable(owner, (mask + 1) / 2);
  }

  #resizeTable(owner: Owner, size: number): void {
    if (size > PAGE_WORDS) throw new RangeError('one owner shares more files than one index can hold');
    const before = this.#table[owner] as number;
    const beforeSize = this.#tableSize[owner] as number;
    const fresh = this.text.alloc(size);
    const to = this.#textPage(fresh);
    const f = fresh & PAGE_MASK;
    to.fill(0, f, f + size);
    if (beforeSize > 0) {
      const from = this.#textPage(before);
      for (let i = 0; i < beforeSize; i++) {
        const entry = from[(before & PAGE_MASK) + i] as number;
        if (entry === 0) continue;
        let slot = this.#hashOfEntry(entry) & (size - 1);
        while (to[f + slot] !== 0) slot = (slot + 1) & (size - 1);
        to[f + slot] = entry;
      }
      this.text.free(before, beforeSize);
    }
    this.#table[owner] = fresh;
    this.#tableSize[owner] = size;
  }

  // ---- shares

  #addShare(owner: Owner, recording: number, place: number): void {
    const share = this.#slotFor(owner);
    const page = this.#sharePage(share);
    const s = share & PAGE_MASK;
    page[s + SHARE.recording] = recording;
    page[s + SHARE.place] = place;
    page[s + SHARE.number] = this.#enlist(recording, owner, share);
    const where = this.#textPage(place);
    where[(place & PAGE_MASK) + PLACE.shares] = (where[(place & PAGE_MASK) + PLACE.shares] as number) + 1;
    this.#tableInsert(owner, this.#hashOfShare(this.#nameHash, place), share);
  }

  /** Puts a share at the end of its recording's array; returns its number there. */
  #enlist(recording: number, owner: Owner, share: Share): number {
    const record = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    const count = record[r + RECORDING.shares] as number;
    record[r + RECORDING.shares] = count + 1;
    if (count === 0) {
      this.#unshared--;
      record[r + RECORDING.list] = share;
      record[r + RECORDING.owner] = owner;
      return 0;
    }
    if (count === 1) this.#firstArray(record, r);
    else if (count === record[r + RECORDING.capacity]) this.#resizeArray(record, r, moreThan(count));
    const list = record[r + RECORDING.list] as number;
    const array = this.#textPage(list);
    const a = list & PAGE_MASK;
    array[a + count] = owner;
    array[a + (record[r + RECORDING.capacity] as number) + count] = share;
    return count;
  }

  /** Takes a share out of its recording's array; the last one takes its number. */
  #delist(recording: number, number: number): void {
    const record = this.#recordingPage(recording);
    const r = recording & PAGE_MASK;
    const last = (record[r + RECORDING.shares] as number) - 1;
    record[r + RECORDING.shares] = last;
    if (last === 0) {
      this.#startWaiting(recording);
      return;
    }
    const list = record[r + RECORDING.list] as number;
    const capacity = record[r + RECORDING.capacity] as number;
    const array = this.#textPage(list);
    const a = list & PAGE_MASK;
    if (number !== last) {
      const moved = array[a + capacity + last] as number;
      array[a + number] = array[a + last] as number;
      array[a + capacity + number] = moved;
      this.#sharePage(moved)[(moved & PAGE_MASK) + SHARE.number] = number;
    }
    if (last === 1) {
      record[r + RECORDING.list] = array[a + capacity] as number;
      record[r + RECORDING.owner] = array[a] as number;
      this.text.free(list, capacity * 2);
    } else if (last * 3 < capacity) this.#resizeArray(record, r, moreThan(last));
  }

  #firstArray(record: Uint32Array, r: number): void {
    const list = this.text.alloc(FIRST_CAPACITY * 2);
    const array = this.#textPage(list);
    const a = list & PAGE_MASK;
    array[a] = record[r + RECORDING.owner] as number;
    array[a + FIRST_CAPACITY] = record[r + RECORDING.list] as number;
    record[r + RECORDING.list] = list;
    record[r + RECORDING.capacity] = FIRST_CAPACITY;
  }

  #resizeArray(record: Uint32Array, r: number, capacity: number): void {
    if (capacity * 2 > PAGE_WORDS) throw new RangeError('a recording has more shares than one index can hold');
    const before = record[r + RECORDING.list] as number;
    const beforeCapacity = record[r + RECORDING.capacity] as number;
    const list = this.text.alloc(capacity * 2);
    const from = this.#textPage(before);
    const to = this.#textPage(list);
    const count = Math.min(capacity, beforeCapacity);
    for (let i = 0; i < count; i++) {
      to[(list & PAGE_MASK) + i] = from[(before & PAGE_MASK) + i] as number;
      to[(list & PAGE_MASK) + capacity + i] = from[(before & PAGE_MASK) + beforeCapacity + i] as number;
    }
    this.text.free(before, beforeCapacity * 2);
    record[r + RECORDING.list] = list;
    record[r + RECORDING.capacity] = capacity;
  }

  /** The next free share record at the owner's end. */
  #slotFor(owner: Owner): Share {
    let block = this.#lastBlock[owner] as number;
    let filled = SHARES_PER_BLOCK;
    if (block !== 0) filled = this.#sharePage(block)[(block & PAGE_MASK) + BLOCK.filled] as number;
    if (filled === SHARES_PER_BLOCK) {
      block = this.#addBlock(owner, block);
      filled = 0;
    }
    const page = this.#sharePage(block);
    const b = block & PAGE_MASK;
    page[b + BLOCK.filled] = filled + 1;
    page[b + BLOCK.live] = (page[b + BLOCK.live] as number) + 1;
    return block + BLOCK.shares + filled * SHARE_WORDS;
  }

  #addBlock(owner: Owner, last: number): number {
    const block = this.shareHeap.alloc(BLOCK_WORDS);
    const page = this.#sharePage(block);
    const b = block & PAGE_MASK;
    page[b + BLOCK.next] = 0;
    page[b + BLOCK.previous] = last;
    page[b + BLOCK.live] = 0;
    page[b + BLOCK.filled] = 0;
    if (last === 0) this.#firstBlock[owner] = block;
    else this.#sharePage(last)[(last & PAGE_MASK) + BLOCK.next] = block;
    this.#lastBlock[owner] = block;
    return block;
  }

  /** Takes a share out of its recording, place and block; not out of the owner's table. */
  #dropShare(owner: Owner, share: Share): void {
    const block = blockOf(share);
    const page = this.#sharePage(block);
    const b = block & PAGE_MASK;
    const s = share & PAGE_MASK;
    this.#delist(page[s + SHARE.recording] as number, page[s + SHARE.number] as number);
    this.#leavePlace(owner, page[s + SHARE.place] as number);
    page[s + SHARE.recording] = 0;
    page[b + BLOCK.live] = (page[b + BLOCK.live] as number) - 1;
    if (page[b + BLOCK.live] === 0) this.#dropBlock(owner, block);
  }

  #leavePlace(owner: Owner, place: number): void {
    const page = this.#textPage(place);
    const p = place & PAGE_MASK;
    const left = (page[p + PLACE.shares] as number) - 1;
    page[p + PLACE.shares] = left;
    if (left > 0) return;
    if (((this.owners.marks[owner] as number) & GONE) === 0) this.#tableDelete(owner, place + IS_PLACE);
    if (this.#lastPlace[owner] === place) this.#lastPlace[owner] = 0;
    this.text.free(place, placeWords(page[p + PLACE.length] as number));
  }

  #dropBlock(owner: Owner, block: number): void {
    const page = this.#sharePage(block);
    const b = block & PAGE_MASK;
    const next = page[b + BLOCK.next] as number;
    const previous = page[b + BLOCK.previous] as number;
    if (previous === 0) this.#firstBlock[owner] = next;
    else this.#sharePage(previous)[(previous & PAGE_MASK) + BLOCK.next] = next;
    if (next === 0) this.#lastBlock[owner] = previous;
    else this.#sharePage(next)[(next & PAGE_MASK) + BLOCK.previous] = previous;
    this.shareHeap.free(block, BLOCK_WORDS);
  }

  // ---- owners

  /** Takes up to `most` files of an owner out who is gone. Returns how many more it could have, or -1 when some are left. */
  #takeOut(owner: Owner, most: number): number {
    let left = most;
    for (let share = this.#first(owner); share !== 0; share = this.#first(owner)) {
      if (left-- === 0) return -1;
      this.#dropShare(owner, share);
    }
    const size = this.#tableSize[owner] as number;
    if (size > 0) this.text.free(this.#table[owner] as number, size);
    this.#table[owner] = this.#tableSize[owner] = this.#tableUsed[owner] = 0;
    this.#firstBlock[owner] = this.#lastBlock[owner] = this.#lastPlace[owner] = 0;
    this.#files[owner] = this.#bytesHigh[owner] = this.#bytesLow[owner] = 0;
    this.owners.marks[owner] = 0;
    this.#freeOwners.push(owner);
    return left;
  }

  /** One file more (1) or less (-1). */
  #count(owner: Owner, sign: number, size: number): void {
    const high = sign * Math.floor(size / LOW_PART);
    const low = sign * (size % LOW_PART);
    this.#files[owner] = (this.#files[owner] as number) + sign;
    this.#bytesHigh[owner] = (this.#bytesHigh[owner] as number) + high;
    this.#bytesLow[owner] = (this.#bytesLow[owner] as number) + low;
    this.#fileCount += sign;
    this.#allBytesHigh += high;
    this.#allBytesLow += low;
  }

  #first(owner: Owner): Share {
    const block = this.#firstBlock[owner] as number;
    if (block === 0) return 0;
    const page = this.#sharePage(block);
    let at = (block & PAGE_MASK) + BLOCK.shares;
    let share = block + BLOCK.shares;
    while (page[at] === 0) {
      at += SHARE_WORDS;
      share += SHARE_WORDS;
    }
    return share;
  }

  #check(owner: Owner): void {
    if (((this.owners.marks[owner] as number) & IN_USE) === 0) throw new RangeError(`no owner ${owner}`);
  }

  #growOwners(): void {
    const length = this.#files.length * 2;
    this.owners.marks = grown(this.owners.marks, new Uint8Array(length));
    this.owners.speeds = grown(this.owners.speeds, new Uint8Array(length));
    this.#labels = grown(this.#labels, new Uint8Array(length * LABEL_BYTES));
    this.#files = grown(this.#files, new Uint32Array(length));
    this.#bytesHigh = grown(this.#bytesHigh, new Float64Array(length));
    this.#bytesLow = grown(this.#bytesLow, new Float64Array(length));
    this.#firstBlock = grown(this.#firstBlock, new Uint32Array(length));
    this.#lastBlock = grown(this.#lastBlock, new Uint32Array(length));
    this.#lastPlace = grown(this.#lastPlace, new Uint32Array(length));
    this.#table = grown(this.#table, new Uint32Array(length));
    this.#tableSize = grown(this.#tableSize, new Uint32Array(length));
    this.#tableUsed = grown(this.#tableUsed, new Uint32Array(length));
  }

  // ---- pages

  #textPage(address: number): Uint32Array {
    return this.text.words[address >>> PAGE_SHIFT] as Uint32Array;
  }

  #recordingPage(address: number): Uint32Array {
    return this.recordings.words[address >>> PAGE_SHIFT] as Uint32Array;
  }

  #sharePage(address: number): Uint32Array {
    return this.shareHeap.words[address >>> PAGE_SHIFT] as Uint32Array;
  }

  #placeOf(share: Share): number {
    return this.#sharePage(share)[(share & PAGE_MASK) + SHARE.place] as number;
  }

  #fact(share: Share, word: number): number {
    const recording = this.recordingOf(share);
    return this.#recordingPage(recording)[(recording & PAGE_MASK) + word] as number;
  }
}

/** What `tidy` counts for taking one share out, and for forgetting one recording (about ten words). */
const STEPS_PER_SHARE = 2;
const STEPS_PER_RECORDING = 24;
/** Token, four numbers of at most 16, 5, 10 and 10 digits, four blanks, two quotes and a blank. */
const MOST_FACTS = LIMITS.hashBytes.value + 48;

/** Where the indexed part of a name ends: at the last dot after the last slash. */
function endOfWords(bytes: Uint8Array, from: number, to: number): number {
  for (let i = to - 1; i >= from; i--) {
    const c = bytes[i];
    if (c === DOT) return i;
    if (c === SLASH || c === BACKSLASH) break;
  }
  return to;
}

function checkFile(file: SharedFile): void {
  if (file.path.length > LIMITS.pathBytes.value) throw new RangeError('path too long');
  if (file.hash.length > LIMITS.hashBytes.value) throw new RangeError('hash too long');
  if (!Number.isSafeInteger(file.size) || file.size < 0) throw new RangeError('size is no whole number up to 2^53 - 1');
}

function bounded(value: number, most = 0xffffffff): number {
  return value > 0 ? Math.min(Math.trunc(value), most) : 0;
}

function blockOf(share: Share): number {
  return share - (share & (BLOCK_WORDS - 1));
}

function recordingWords(nameLength: number, tokenLength: number): number {
  return (RECORDING.name + ((nameLength + tokenLength + 4) >> 2) + 3) & ~3;
}

/** The capacity for one share more than `count`: half as much again, in powers of two where the heap wants them. */
function moreThan(count: number): number {
  return count < 400 ? count + (count >> 1) + 1 : 1 << (32 - Math.clz32(count));
}

function placeWords(length: number): number {
  return PLACE.text + ((length + 3) >> 2);
}

function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed ^ (to - from);
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return mix(hash);
}

function sameBytes(a: Uint8Array, atA: number, b: Uint8Array, atB: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[atA + i] !== b[atB + i]) return false;
  return true;
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(before: T, after: T): T {
  after.set(before);
  return after;
}

/** Copies `length` bytes of text that begin at a record's word; returns the place after them. */
function copy(heap: WordHeap, record: number, word: number, length: number, to: DataView, at: number): number {
  const from = heap.views[record >>> PAGE_SHIFT] as DataView;
  return copyBytes(from, ((record & PAGE_MASK) + word) * 4, length, to, at);
}

/** Four bytes at a time (measured, 110 bytes: 33 ns; one at a time 124, `set` of a view 45). */
function copyBytes(from: DataView, start: number, length: number, to: DataView, at: number): number {
  const end = length & ~3;
  for (let i = 0; i < end; i += 4) to.setInt32(at + i, from.getInt32(start + i, true), true);
  for (let i = end; i < length; i++) to.setUint8(at + i, from.getUint8(start + i));
  return at + length;
}

/** Decimal digits of a whole number. */
function writeNumber(value: number, out: Uint8Array, at: number): number {
  if (value > 0x7fffffff) {
    const digits = String(value);
    for (let i = 0; i < digits.length; i++) out[at + i] = digits.charCodeAt(i);
    return at + digits.length;
  }
  // Small whole numbers all the way: with fractions possible it takes twice as long (measured: 12 and 23 ns).
  let left = value | 0;
  let end = at + 1;
  for (let power = 10; power <= left && end - at < 10; power *= 10) end++;
  for (let i = end - 1; i >= at; i--) {
    const tenth = (left / 10) | 0;
    out[i] = 48 + left - tenth * 10;
    left = tenth;
  }
  return end;
}
