// What the screens know of a peer: one call for each route of #api and one live channel. Two make it: `real.ts` speaks
// to a server, `mock.ts` to generated data; the screens cannot tell.
import type {
  BrowseRequest,
  DownloadRequest,
  LibraryQuery,
  LiveMessage,
  LiveRequest,
  PeerAnswers,
  PeerRoute,
  QuarantineAction,
  SearchRequest,
  SettingsChange,
  TransferAction,
} from '#api';

type ById = { id: string };

/** What each route is asked with. Routes that are not here are asked with nothing. */
type Asks = {
  power: { body: { on: boolean } };
  startSearch: { body: SearchRequest };
  search: ById & { query: { since: number } };
  dropSearch: ById;
  download: { body: DownloadRequest };
  transfers: { query: { since: number } };
  actOnTransfers: { body: { action: TransferAction; ids: string[] } };
  transferInspection: ById;
  library: { query: LibraryQuery };
  libraryInspection: ById;
  checkFolder: { body: { path: string } };
  browse: { body: BrowseRequest };
  browsed: ById & { query: { folder: string; offset: number; limit: number } };
  quarantine: { query: { offset: number; limit: number } };
  actOnQuarantine: ById & { body: { action: QuarantineAction } };
  changeSettings: { body: SettingsChange };
  sendMessage: { body: { nick: string; hub: string; text: string } };
};
export type Ask<R extends PeerRoute> = R extends keyof Asks ? Asks[R] : undefined;

/** Routes whose answer is JSON or nothing. */
export type CallRoute = Exclude<PeerRoute, 'live' | 'transferMedia' | 'libraryMedia'>;

/** How the page stands to the program. `locked`: it is there and does not know our token. */
export type Link = {
  state: 'connecting' | 'open' | 'lost' | 'locked';
  retryAt: number | null;
  /** When the line was lost, Unix ms; null while it stands or was never there. */
  lostAt?: number | null;
};

export type LiveChannel = {
  send: (request: LiveRequest) => void;
  /** Not waiting for the next try. */
  retryNow: () => void;
  close: () => void;
};

export type Provider = {
  readonly demo: boolean;
  /** @throws CallError */
  call<R extends CallRoute>(route: R, ...ask: Ask<R> extends undefined ? [] : [Ask<R>]): Promise<PeerAnswers[R]>;
  mediaUrl: (of: 'transfer' | 'library', id: string) => string;
  connect: (hear: (message: LiveMessage) => void, link: (link: Link) => void) => LiveChannel;
};

export { CallError } from './ask.ts';
