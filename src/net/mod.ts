// Sockets: joined to sessions, listened on and dialled with words; TLS identities; zlib streams. Bytes and sessions, no protocol.
export { type Identity, loadIdentity } from './identity.ts';
export { createDeflater, createInflater, type Deflater, type Inflater } from './inflate.ts';
export { type Address, dial, formatAddress, listen, parseAddress } from './listen.ts';
export { Connection, LIMITS, type Owner, Pump, type PumpOptions } from './pump.ts';
