// Sockets: joined to sessions, listened on and dialled with words. Bytes and sessions, no protocol.
export { type Address, dial, formatAddress, listen, parseAddress } from './listen.ts';
export { Connection, LIMITS, type Owner, Pump, type PumpOptions } from './pump.ts';
