// Searching and browsing. A small search is answered in the turn it came in; a long one goes on in turns of its own, and
// only whoever asked for it waits.
import { type ByteString, readable, WireError } from '#base';
import { LIMITS as INDEX_LIMITS, type Query, type Search, type Share } from '#search';
import { HEADER_BYTES, parseSearchText, type SearchText } from '#wire/napster';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { LEVEL } from './levels.ts';
import { LIMITS } from './limits.ts';
import type { User } from './user.ts';
import type { Turn } from './work.ts';

export const searching: Handlers = {
  search: () => {},
  resume: (hub, user, { hash, size }) => {
    hub.charge(user, 'searches', 1);
    const search = hub.takeSearch();
    search.startHash(hash, size, viewerOf(user), hub.values.maxResults);
    runSearch(hub, user, search, '', writeMatch, 217);
  },
  browse: (hub, user, { nick, max }) => browse(hub, user, nick, max ?? 0),
  searchCache: (_hub, user) => user.notice('no search cache is needed here'),
};

type WriteResult = (hub: Hub, user: User, share: Share) => void;

/** Message 200: always answered, at the end by 202. */
export function searchFrame(hub: Hub, user: User, payload: ByteString): void {
  if (user.level === LEVEL.leech) {
    refuseSearch(user, 'you are not allowed to search');
    return;
  }
  let asked: SearchText;
  try {
    asked = parseSearchText(payload);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    refuseSearch(user, 'invalid search request');
    return;
  }
  if (hub.filters.guardsSearches && hub.filters.blocksSearch(asked.words)) {
    refuseSearch(user, 'search failed: the operator does not allow one of the words');
    return;
  }
  hub.charge(user, 'searches', 1);
  const query = asked as SearchText & Query;
  query.max = Math.min(asked.max ?? hub.values.maxResults, hub.values.maxResults);
  const search = hub.takeSearch();
  search.start(query, viewerOf(user));
  runSearch(hub, user, search, asked.words, writeResult, 202);
}

export function viewerOf(user: User): { owner: number; firewalled: boolean } {
  return { owner: user.owner, firewalled: user.firewalled };
}

function refuseSearch(user: User, words: ByteString): void {
  user.notice(words);
  user.tell(202);
}

/** Runs a search to its end, here or in turns of its own. */
function runSearch(hub: Hub, user: User, search: Search, words: ByteString, write: WriteResult, end: number): void {
  const began = performance.now();
  user.searches++;
  let found = 0;
  const turn = (): Turn => {
    if (user.state === 'gone') return 'done';
    if ((user.line.socket?.writableLength ?? 0) > LIMITS.unsentPause.value) return 'wait';
    const done = search.run(LIMITS.searchSteps.value);
    for (let i = 0; i < search.count; i++) {
      write(hub, user, search.shares[i] as Share);
    }
    found += search.count;
    return done || search.steps > LIMITS.searchCost.value ? 'done' : 'more';
  };
  runInTurns(
    hub,
    user,
    turn,
    () => user.session.out.frame(end),
    () => {
      hub.giveBack(search);
      if (end === 202) hub.counters.searched(performance.now() - began, readable(words), found);
    },
  );
}

/** Buffer's own, which the types leave out: half the cost of `write` for short texts. */
type Latin1Write = (this: Uint8Array, text: ByteString, at: number) => number;
const latin1Write = (Buffer.prototype as unknown as { latin1Write: Latin1Write }).latin1Write;
const BLANK = 0x20;
const { pathBytes, hashBytes, labelBytes } = INDEX_LIMITS;
const MOST_RESULT_BYTES = pathBytes.value + hashBytes.value + labelBytes.value + 64;

/**
 * `"<path>" <md5> <size> <kbps> <hz> <seconds> <nick> <ip> <speed>`, written into the output: nothing built per hit. The
 * index knows what ends it, so that no user is looked up.
 */
function writeResult({ index }: Hub, user: User, share: Share): void {
  const { out } = user.session;
  const buffer = out.reserve(HEADER_BYTES + MOST_RESULT_BYTES);
  out.commit(201, index.writeResult(share, buffer, out.length + HEADER_BYTES));
}

/** Message 216: `<nick> <ip> <port> "<path>" <md5> <size> <speed>`. */
function writeMatch(hub: Hub, user: User, share: Share): void {
  const { index, values } = hub;
  const owner = hub.ownerOf(share);
  if (owner === undefined) return;
  const ip = values.privacy ? 0 : owner.ip;
  const { nick, port, speed } = owner;
  const path = index.pathOf(share);
  user.session.out.frame(216, `${nick} ${ip} ${port} "${path}" ${index.hashOf(share)} ${index.sizeOf(share)} ${speed}`);
}

const FILES_PER_MESSAGE = 100;

function browse(hub: Hub, user: User, nick: ByteString, asked: number): void {
  const owner = hub.find(nick);
  if (owner === null) {
    user.tell(210, nick);
    user.tell(213, nick);
    return;
  }
  const max = Math.min(asked === 0 ? Number.POSITIVE_INFINITY : asked, hub.values.maxBrowse);
  let left = max;
  let last: Share = 0;
  const { owner: number } = owner;
  const turn = (): Turn => {
    // Somebody who leaves or unshares in the middle ends the list.
    if (number === 0 || user.state === 'gone' || owner.state === 'gone' || owner.owner !== number) return 'done';
    if ((user.line.socket?.writableLength ?? 0) > LIMITS.unsentPause.value) return 'wait';
    const before = left;
    for (let i = 0; i < LIMITS.browseTurn.value && left > 0; i++, left--) {
      last = hub.index.nextOf(number, last);
      if (last === 0) break;
      writeEntry(hub, user, last, owner.nick);
    }
    // Ten bytes ask for as much as a megabyte: who browses pays by the file.
    hub.charge(user, 'messages', (before - left) / FILES_PER_MESSAGE);
    return left <= 0 || last === 0 ? 'done' : 'more';
  };
  runInTurns(hub, user, turn, () => {
    const ip = hub.values.privacy ? '' : ` ${owner.ip}`;
    user.session.out.frame(213, `${owner.nick}${ip}`);
  });
}

/** The first turn at once; what is long goes on in turns of its own while its user waits and pays. */
export function runInTurns(hub: Hub, user: User, turn: () => Turn, end: () => void, over: () => void = () => {}): void {
  const finished = (): void => {
    if (user.state !== 'gone') end();
    over();
  };
  if (turn() === 'done') {
    finished();
    return;
  }
  hub.charge(user, 'messages', 5);
  hub.hold(user);
  hub.work.add({
    turn: () => {
      const outcome = turn();
      user.line.kick();
      return outcome;
    },
    finished: () => {
      finished();
      hub.release(user);
      user.line.kick();
    },
  });
}

/** Message 212: exactly seven fields and no blank at the end. */
function writeEntry({ index }: Hub, user: User, share: Share, nick: ByteString): void {
  const { out } = user.session;
  const buffer = out.reserve(HEADER_BYTES + index.bytesToWrite(share) + nick.length + 8);
  let at = out.length + HEADER_BYTES;
  at += latin1Write.call(buffer, nick, at);
  buffer[at++] = BLANK;
  at = index.writeEntry(share, buffer, at);
  out.commit(212, at);
}
