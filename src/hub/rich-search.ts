// Search as people write it, for clients that asked for it (message 2140). The syntax is `parseQuery`'s; besides it
// `md5:TOKEN:SIZE` alone finds by content.
import { type ByteString, readable, wireText } from '#base';
import { parseQuery, type Search, suggest } from '#search';
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
  let found = 0;
  const turn = (): Turn => {
    if (user.state === 'gone') return 'done';
    if ((user.line.socket?.writableLength ?? 0) > LIMITS.unsentPause.value) return 'wait';
    const done = search.run(LIMITS.searchSteps.value);
    for (let i = 0; i < search.count; i++) found += write(hub, user, id, search.shares[i] as number);
    return done || search.steps > LIMITS.searchCost.value ? 'done' : 'more';
  };
  runInTurns(
    hub,
    user,
    turn,
    () => user.session.out.frame(2142, `${id} ${found}${remark(hub, words, found, reason)}`),
    () => {
      hub.giveBack(search);
      hub.counters.searched(performance.now() - began, words, found);
    },
  );
}

/** What was not understood; or, where nothing was found, what might have been meant. */
function remark(hub: Hub, words: string, found: number, reason: string): ByteString {
  const meant = found === 0 && reason === '' ? suggest(hub.index, words, 3).join(', ') : '';
  const text = meant === '' ? reason : `did you mean: ${meant}`;
  return text === '' ? '' : ` "${wireText(text.slice(0, 200)).replace(/"/g, "'")}"`;
}

/** Message 2141; 1 when it was written. */
function write(hub: Hub, user: User, id: ByteString, share: number): number {
  const { index } = hub;
  const owner = hub.ownerOf(share);
  if (owner === undefined) return 0;
  const hash = index.hashOf(share) || '0';
  const facts = `${hash} ${index.sizeOf(share)} ${index.kbpsOf(share)} ${index.hzOf(share)} ${index.secondsOf(share)}`;
  const about = `${index.sourcesOf(share)} ${index.recordingOf(share)}`;
  user.session.out.frame(2141, `${id} "${index.pathOf(share)}" ${facts}${owner.tail} ${about}`);
  return 1;
}
