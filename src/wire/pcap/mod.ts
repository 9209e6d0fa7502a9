// FIRST FLOOR: what a capture holds. Files become records, records become TCP and UDP; nothing here knows a protocol above.
import { FRAGMENT_LIMITS } from './fragments.ts';
import { READER_LIMITS } from './reader.ts';

export { type Datagram, Fragments } from './fragments.ts';
export { KIND, Packet } from './packet.ts';
export { CaptureReader } from './reader.ts';

export const LIMITS = { ...READER_LIMITS, ...FRAGMENT_LIMITS };
