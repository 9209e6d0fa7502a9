// Napster and OpenNap: what the bytes mean, between client and hub and between two clients. Pure: bytes and time in,
// messages and bytes out. docs/protocols/napster.md and docs/protocols/extensions.md have the tables.
export { type ClientOptions, ClientSession } from './client-session.ts';
export { CAPABILITIES, EXTENSION_VERSION } from './extensions.ts';
export { ipNumber, parseWhole, splitFields } from './fields.ts';
export { decodeFrame, encodeFrame, FrameReader, HEADER_BYTES } from './frame.ts';
export { LIMITS } from './limits.ts';
export {
  clientKind,
  decodeFromClient,
  decodeFromHub,
  FROM_CLIENT,
  FROM_HUB,
  type FromClient,
  type FromClientBy,
  type FromHub,
  type FromHubBy,
  payloadFromClient,
  payloadFromHub,
  type Unknown,
} from './messages.ts';
export { formatSearchText, parseSearchText, type SearchText } from './search-text.ts';
export { ServerSession, type ServerSink } from './server-session.ts';
export { parseShare, parseShareDirectory, type ShareFields } from './share.ts';
export {
  type IncomingListener,
  type IncomingRequest,
  IncomingSession,
  type OutgoingListener,
  type OutgoingRequest,
  OutgoingSession,
  REFUSALS,
} from './transfer.ts';
