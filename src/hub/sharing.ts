// What people share. Messages 100 and 870 are the busiest of all: read from the bytes, added to the index, no answer.
import { type ByteString, WireError } from '#base';
import { parseShare, parseShareDirectory, type ShareFields } from '#wire/napster';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { LEVEL } from './levels.ts';
import type { User } from './user.ts';

const file: ShareFields = { path: '', hash: '', size: 0, kbps: 0, hz: 0, seconds: 0, type: 'mp3' };
/** Sound, by the end of the name. */
const SOUND = new Set(
  'mp3 mp2 mp1 mpa ogg oga opus flac wav aif aiff aac m4a mp4 wma ape mpc wv spx ra mid'.split(' '),
);
const MEDIA = new Set(['audio', 'video', 'application', 'image', 'text']);
/** A claimed size may differ from bitrate times length by so much: tags, pictures, a bitrate that is a mean. */
const ROOM = 0.35;
const ROOM_BYTES = 4_000_000;

export const sharing: Handlers = {
  share: () => {},
  shareDirectory: () => {},
  shareGeneric: (hub, user, { path, size, hash, media }) => {
    const type = media.toLowerCase();
    if (!MEDIA.has(type)) {
      user.notice('parameters are unparsable');
      return;
    }
    Object.assign(file, { path, size, hash, type, kbps: 0, hz: 0, seconds: 0 });
    add(hub, user);
    file.type = 'mp3';
  },
  unshare: (hub, user, { path }) => {
    if (user.owner === 0 || !hub.index.remove(user.owner, path)) user.notice('Not sharing that file');
  },
  unshareAll: (hub, user) => {
    const count = hub.sharedBy(user);
    if (count === 0) return;
    hub.owners[user.owner] = undefined;
    user.owner = hub.index.removeAll(user.owner);
    hub.owners[user.owner] = user;
    user.tell(110, String(count));
  },
};

/** Message 100. */
export function shareFrame(hub: Hub, user: User, bytes: Uint8Array, from: number, to: number): void {
  try {
    parseShare(bytes, from, to, file);
  } catch (error) {
    refuse(user, error);
    return;
  }
  add(hub, user);
  hub.charge(user, 'shares', 1);
}

/** Message 870. */
export function shareDirectoryFrame(hub: Hub, user: User, bytes: Uint8Array, from: number, to: number): void {
  let count = 0;
  try {
    parseShareDirectory(bytes, from, to, file, () => {
      count++;
      add(hub, user);
    });
  } catch (error) {
    refuse(user, error);
  }
  hub.charge(user, 'shares', count);
}

function add(hub: Hub, user: User): void {
  if (user.level === LEVEL.leech) {
    warn(user, WARNED.leech, 'you are not allowed to share files');
    return;
  }
  if (user.owner === 0) {
    user.owner = hub.index.addOwner(hub.traits(user));
    hub.owners[user.owner] = user;
  }
  if (hub.index.filesOf(user.owner) >= hub.values.maxShared && !hub.values.openLimits) {
    warn(user, WARNED.many, `You may only share ${hub.values.maxShared} files`);
    return;
  }
  if (hub.values.audioOnly && !isSound(file.path) && file.type !== 'audio') {
    warn(user, WARNED.sound, 'only sound may be shared here; other files were left out');
    return;
  }
  if (hub.filters.blocks(file.path, file.hash)) {
    hub.counters.blocked++;
    warn(user, WARNED.blocked, 'the operator does not allow some of your files; they were left out');
    return;
  }
  if (hub.values.plausible !== 'off' && !isPlausible()) {
    hub.counters.doubtful(user.nick, file.path);
    if (hub.values.plausible === 'refuse') {
      warn(user, WARNED.doubt, 'files whose size does not fit bitrate and length were left out');
      return;
    }
  }
  hub.counters.shares++;
  // Counted once a session rather than said for each: sharing the same folder again is common and harmless.
  if (!hub.index.add(user.owner, file)) warn(user, WARNED.twice, 'duplicate file');
}

const WARNED = { leech: 1, many: 2, sound: 4, blocked: 8, doubt: 16, twice: 32 } as const;

/** Says something once. */
function warn(user: User, what: number, words: ByteString): void {
  if ((user.warned & what) !== 0) return;
  user.warned |= what;
  user.notice(words);
}

function refuse(user: User, error: unknown): void {
  if (!(error instanceof WireError)) throw error;
  user.notice(error.code === 'path' ? 'filename too long' : 'parameters are unparsable');
}

function isSound(path: ByteString): boolean {
  const dot = path.lastIndexOf('.');
  const end = path.slice(dot + 1);
  return dot >= 0 && (end === 'mp3' || SOUND.has(end.toLowerCase()));
}

/** 32 kbps at 32,000 Hz is what Wrapster writes; and a size must be about bitrate times length. */
function isPlausible(): boolean {
  const { kbps, hz, seconds, size } = file;
  if (kbps === 32 && hz === 32_000) return false;
  if (kbps === 0 || seconds === 0 || file.type !== 'mp3') return true;
  const expected = kbps * 125 * seconds;
  return size >= expected * (1 - ROOM) && size <= expected * (1 + ROOM) + ROOM_BYTES;
}
