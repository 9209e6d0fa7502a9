// Messages above 2000: only for clients that said 2100. docs/protocols/extensions.md has them byte by byte.
import { CAPABILITIES, EXTENSION_VERSION } from '#wire/napster';
import { wireText } from '#base';
import { shares } from './brokering.ts';
import type { Handlers } from './dispatch.ts';
import type { Hub } from './hub.ts';
import { richSearch } from './rich-search.ts';
import type { User } from './user.ts';

const KEY = /^[0-9a-f]{64}$/;
const KNOCKS_PER_MINUTE = 6;

export const extending: Handlers = {
  hello: (hub, user, { capabilities, key }) => {
    const known = capabilities.split(',').filter((word) => (CAPABILITIES as readonly string[]).includes(word));
    user.extensions = { capabilities: new Set(known), key: key !== undefined && KEY.test(key) ? key : '' };
    const mine = offered(hub).join(',');
    const print = hub.deps.fingerprint === '' ? '' : ` ${hub.deps.fingerprint}`;
    user.tell(2101, wireText(`${EXTENSION_VERSION} ${mine} "${hub.values.name.replace(/"/g, "'")}"${print}`));
  },
  askKey: (hub, user, { nick }) => {
    if (!modern(user)) return;
    const other = hub.find(nick);
    user.tell(2103, `${other?.nick ?? nick} ${other?.extensions?.key || '-'}`);
  },
  knock: (hub, user, { port }) => {
    if (!modern(user)) return;
    const { knock } = hub.deps;
    if (port < 1 || port > 65_535) return user.notice('no such port');
    if (knock === null || !hub.gate('knock', user.address, KNOCKS_PER_MINUTE, hub.now)) {
      user.tell(2121, `${port} busy 0`);
      return;
    }
    // The session's own address and nothing else: this cannot be pointed at somebody.
    hub.background(user, async () => {
      const { outcome, ms } = await knock(user.address, port);
      user.tell(2121, `${port} ${outcome} ${Math.round(ms)}`);
    });
  },
  relayAsk: (hub, user, { nick, path }) => {
    if (!modern(user)) return;
    const owner = hub.find(nick);
    if (owner === null || !shares(hub, owner, path)) user.tell(206, `${nick} "${path}"`);
    else if (hub.relay === null || !hub.values.relay) user.tell(2136, '- "this hub does not relay"');
    else if (!owner.can('relay')) user.tell(2136, '- "the other side cannot be relayed to"');
    else if (!owner.ignoring(user.key)) hub.relay.ask(user, owner, path);
  },
  relayAccept: (hub, user, { id }) => hub.relay?.accept(user, id),
  relayRefuse: (hub, user, { id, reason }) => hub.relay?.refuse(user, id, reason ?? 'refused'),
  relayJoin: (hub, user, { token }) => {
    if (user.state === 'online') user.notice('a relay is joined on a connection of its own');
    else if (hub.relay?.join(user, token) !== true) hub.refuse(user, 'no such relay');
  },
  richSearch: (hub, user, { id, max, text }) => {
    if (modern(user)) richSearch(hub, user, id, max, text);
  },
  askTold: (hub, user) => {
    if (!modern(user)) return;
    for (const { nick, at, why } of user.told ?? [])
      user.tell(2151, `${nick} ${Math.max(0, Math.round((hub.now - at) / 1000))} ${why}`);
    user.tell(2152, String(user.told?.length ?? 0));
  },
};

/** Who did not say 2100 gets what an old hub would answer. */
function modern(user: User): boolean {
  if (user.extensions !== null) return true;
  user.notice('say 2100 first');
  return false;
}

function offered(hub: Hub): string[] {
  const words: string[] = ['intro', 'rich', 'told'];
  if (hub.deps.knock !== null) words.push('knock');
  if (hub.values.relay && hub.relay !== null) words.push('relay');
  if (hub.values.privacy) words.push('private');
  return words;
}
