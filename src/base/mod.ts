// GROUND: what everything else stands on. No I/O, no clock, no package.
export { ByteQueue, type ByteString, byteString, bytesOf, concat, readable, wireText } from './bytes.ts';
export { Deadlines } from './deadlines.ts';
export { Failure, UsageError, WireError } from './errors.ts';
export { type Limit, type Limits, TokenBucket } from './limits.ts';
export { type Log, type LogFields, silentLog } from './log.ts';
export type { OptionSpec, OptionTable, OptionValues } from './options.ts';
export { type Chance, pick, seeded, wholeBelow } from './random.ts';
export type { Session, Step } from './session.ts';
export { fold, harmless } from './text.ts';
