// Search as people write it, for clients that asked for it (message 2140). The syntax is `parseQuery`'s; besides it
// `md5:TOKEN:SIZE` alone finds by content.
import { type ByteString, readable, wireText } from '#base';
import { type Found, groupRecordings, parseQuery, rank, type Search, suggest } from '#search';
import { parseWhole } from '#wire/napster';
import type { Hub } from './hub.ts';
import { LIMITS } from './limits.ts';
import { runInTurns, viewerOf } from './searching.ts';
import type { User } from './user.ts';
import type { Turn } from './work.ts';

const ID = /^[!-~]{1,32}$/;
const CONTENT = /^md5:([^\s:]{1,64}):(\d{1,16})$/i;

/** Answered by 2141 each and one 2142, whatever happens. */
export function richSearch(hub: Hub, user: User, id: ByteString, max: number, text: ByteString): void {
  if (!ID.test(id)) {
    user.notice('a search id has 1 to 32 letters');
    return;
  }
  const words = readable(text);
  if (hub.filters.guardsSearches && hub.filters.blocksSearch(text)) {
    user.tell(2142, `${id} 0 "the operator does not allow one of the words"`);
    return;
  }
  hub.charge(user, 'searches', 1);
  const most = Math.min(max === 0 ? hub.values.maxResults : max, hub.values.maxResults);
  const search = hub.takeSearch();
  const content = CONTENT.exec(text.trim());
  let reason = '';
  if (content !== null)
    search.startHash(content[1] as string, parseWhole(content[2] as string) ?? 0, viewerOf(user), most);
  else {
    const { query, problems } = parseQuery(words, { max: most });
    reason = problems.map(({ message }) => message).join('; ');
    search.start(query, viewerOf(user));
  }
  run(hub, user, search, id, words, reason);
}

function run(hub: Hub, user: User, search: Search, id: ByteString, words: string, reason: string): void {
  const began = performance.now();
  const rows: Row[] = [];
  const turn = (): Turn => {
    if (user.state === 'gone') return 'done';
    if ((user.line.socket?.writableLength ?? 0) > LIMITS.unsentPause.value) return 'wait';
    const done = search.run(LIMITS.searchSteps.value);
    for (let i = 0; i < search.count; i++) {
      const row = rowOf(hub, id, search.shares[i] as number);
      if (row !== null) rows.push(row);
    }
    return done || search.steps > LIMITS.searchCost.value ? 'done' : 'more';
  };
  runInTurns(
    hub,
    user,
    turn,
    () => {
      for (const row of bestFirst(rows, words)) user.session.out.frame(2141, row.payload);
      user.session.out.frame(2142, `${id} ${rows.length}${remark(hub, words, rows.length, reason)}`);
    },
    () => {
      hub.giveBack(search);
      hub.counters.searched(performance.now() - began, words, rows.length);
    },
  );
}

/** What was not understood; or, where nothing was found, what might have been meant. */
function remark(hub: Hub, words: string, found: number, reason: string): ByteString {
  const meant = found === 0 && reason === '' ? suggest(hub.index, words, 3).join(', ') : '';
  const text = meant === '' ? reason : `did you mean: ${meant}`;
  return text === '' ? '' : ` "${wireText(text.slice(0, 200)).replace(/"/g, "'")}"`;
}

/** A 2141 in waiting, with what its order depends on. What a hub cannot know of an owner counts as neither good nor bad. */
type Row = Found & { payload: ByteString };

function rowOf(hub: Hub, id: ByteString, share: number): Row | null {
  const { index } = hub;
  const owner = hub.ownerOf(share);
  if (owner === undefined) return null;
  const path = index.pathOf(share);
  const hash = index.hashOf(share);
  const seconds = index.secondsOf(share);
  const kbps = index.kbpsOf(share);
  const facts = `${hash || '0'} ${index.sizeOf(share)} ${kbps} ${index.hzOf(share)} ${seconds}`;
  const about = `${index.sourcesOf(share)} ${index.recordingOf(share)}`;
  const payload = `${id} "${path}" ${facts}${owner.tail} ${about}`;
  return { name: readable(path), hash, seconds, kbps, freeSlot: null, completed: 0, failed: 0, payload };
}

/** All sources of a recording together, the recordings that fit best first. */
function bestFirst(rows: readonly Row[], words: string): Row[] {
  const wanted = words.split(' ');
  const ranked = groupRecordings(rows).map((recording) => ({ recording, score: rank(recording, wanted).score }));
  return ranked.toSorted((a, b) => b.score - a.score).flatMap(({ recording }) => recording.offers);
}
