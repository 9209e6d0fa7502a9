// Messages that no old hub or client knows. A hub never sends one to a client that has not said 2100 after its login;
// a client that says 2100 to an old hub gets one 404 and may go on. docs/protocols/extensions.md has the table of bytes.
import { layout } from './layout.ts';

/** What one side can do; the words of messages 2100 and 2101, parted by commas. */
export const CAPABILITIES = ['intro', 'knock', 'relay', 'rich', 'private', 'told'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The version of this set that 2100 and 2101 carry. */
export const EXTENSION_VERSION = 1;

export const EXTENSION_FROM_CLIENT = {
  /** Opt-in, once, after the login's acknowledgement. `key`: the SHA-256 fingerprint of the peer's certificate, hex. */
  hello: layout(2100, { version: 'whole', capabilities: 'word', key: 'word?' }),
  /** The key of somebody who is online; answered by 2103. */
  askKey: layout(2102, { nick: 'word' }),
  /** Connect back to my own address and this port of mine, and say what happened; answered by 2121. */
  knock: layout(2120, { port: 'whole' }),
  /** I cannot be reached, nor can the owner: carry this file's transfer. */
  relayAsk: layout(2130, { nick: 'word', path: 'quoted' }),
  /** The owner's answers to 2131. */
  relayAccept: layout(2132, { id: 'word' }),
  relayRefuse: layout(2133, { id: 'word', reason: 'quoted?' }),
  /** The first message on a new connection to the hub, instead of a login: this is one end of that relay. */
  relayJoin: layout(2135, { token: 'word' }),
  /** A search in people's syntax; `id` is the asker's word for it. */
  richSearch: layout(2140, { id: 'word', max: 'whole', text: 'text' }),
  /** Who was told my address? Answered by 2151 each, then 2152. */
  askTold: layout(2150, {}),
} as const;

export const EXTENSION_FROM_HUB = {
  hello: layout(2101, { version: 'whole', capabilities: 'word', name: 'quoted', key: 'word?' }),
  /** `key` is `-` when there is none. */
  key: layout(2103, { nick: 'word', key: 'word' }),
  /** `nick` will connect to you from `ip` for `why` (download, push, browse): let it in for `seconds`. `key` `-`: unknown. */
  introduction: layout(2110, { nick: 'word', ip: 'ip', seconds: 'whole', why: 'word', key: 'word' }),
  /** `outcome`: open, closed (refused), silent, busy (too many knocks) or not-a-peer (open, but no `1` came). */
  knocked: layout(2121, { port: 'whole', outcome: 'word', ms: 'whole' }),
  relayOffer: layout(2131, { id: 'word', nick: 'word', path: 'quoted' }),
  /** Connect to the hub's own address and this port, and say 2135 with the token. `side`: `listens` or `connects`. */
  relayOpen: layout(2134, { id: 'word', port: 'whole', token: 'word', side: 'word' }),
  relayFailed: layout(2136, { id: 'word', reason: 'quoted' }),
  /** As 201, with the search's id before it and how many share the same recording after it. */
  richResult: layout(2141, {
    id: 'word',
    path: 'quoted',
    hash: 'word',
    size: 'whole',
    kbps: 'whole',
    hz: 'whole',
    seconds: 'whole',
    nick: 'word',
    ip: 'ip',
    speed: 'whole',
    sources: 'whole',
    recording: 'whole',
  }),
  richEnd: layout(2142, { id: 'word', count: 'whole', reason: 'quoted?' }),
  /** `nick` was told your address `secondsAgo` for `why`. */
  told: layout(2151, { nick: 'word', secondsAgo: 'whole', why: 'word' }),
  toldEnd: layout(2152, { count: 'whole' }),
} as const;
