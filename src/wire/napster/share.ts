// Messages 100 and 870, read straight from the bytes into one object that is used again: tens of thousands come in a
// second when people log in.
import { type ByteString, WireError } from '#base';
import { LIMITS } from './limits.ts';

/** One shared file as its owner announces it; the same object each time. */
export type ShareFields = {
  path: ByteString;
  hash: ByteString;
  size: number;
  kbps: number;
  hz: number;
  seconds: number;
  type: 'mp3' | 'audio' | 'video' | 'application' | 'image' | 'text';
};

const BLANK = 0x20;
const QUOTE = 0x22;
const slice = Buffer.prototype.latin1Slice;

/** Place after the field read last. */
let place = 0;

/**
 * The payload of message 100: `"<path>" <md5> <size> <kbps> <hz> <seconds>`.
 * @throws WireError `fields`, `open-quote`, `path`
 */
export function parseShare(bytes: Uint8Array, from: number, to: number, into: ShareFields): void {
  place = from;
  into.path = readQuoted(bytes, to);
  if (into.path.length > LIMITS.path.value || into.path === '') throw new WireError('path', 'filename too long');
  readFacts(bytes, to, into);
}

/**
 * The payload of message 870: `"<dir>" ("<name>" <md5> <size> <kbps> <hz> <seconds>)+`; `each` is called for every
 * file with `into` filled. The folder and the name are joined by the backslash that the protocol knows, unless the
 * folder ends with a slash of its own.
 */
export function parseShareDirectory(
  bytes: Uint8Array,
  from: number,
  to: number,
  into: ShareFields,
  each: (file: ShareFields) => void,
): void {
  place = from;
  let folder = readQuoted(bytes, to);
  if (!folder.endsWith('\\') && !folder.endsWith('/')) folder += '\\';
  while (skipBlanks(bytes, to)) {
    const name = readQuoted(bytes, to);
    into.path = folder + name;
    if (into.path.length > LIMITS.path.value || name === '') throw new WireError('path', 'filename too long');
    readFacts(bytes, to, into);
    const next = place;
    each(into);
    place = next;
  }
}

function readFacts(bytes: Uint8Array, to: number, into: ShareFields): void {
  into.hash = readWord(bytes, to);
  into.size = readWhole(bytes, to);
  into.kbps = readWhole(bytes, to);
  into.hz = readWhole(bytes, to);
  into.seconds = readWhole(bytes, to);
}

function skipBlanks(bytes: Uint8Array, to: number): boolean {
  while (place < to && bytes[place] === BLANK) place++;
  return place < to;
}

function readQuoted(bytes: Uint8Array, to: number): ByteString {
  if (!skipBlanks(bytes, to) || bytes[place] !== QUOTE) throw new WireError('fields', 'a quoted name is missing');
  const from = place + 1;
  const end = bytes.indexOf(QUOTE, from);
  if (end < 0 || end >= to) throw new WireError('open-quote', 'a quote that does not close');
  place = end + 1;
  return slice.call(bytes, from, end);
}

function readWord(bytes: Uint8Array, to: number): ByteString {
  if (!skipBlanks(bytes, to)) throw new WireError('fields', 'a field is missing');
  const from = place;
  while (place < to && bytes[place] !== BLANK) place++;
  return slice.call(bytes, from, place);
}

function readWhole(bytes: Uint8Array, to: number): number {
  if (!skipBlanks(bytes, to)) throw new WireError('fields', 'a number is missing');
  const from = place;
  let value = 0;
  for (; place < to && bytes[place] !== BLANK; place++) {
    const digit = (bytes[place] as number) - 0x30;
    if (digit < 0 || digit > 9 || place - from > 15) throw new WireError('fields', 'no number');
    value = value * 10 + digit;
  }
  return value;
}
