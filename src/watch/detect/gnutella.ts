// Gnutella and G2 by content, on any port: handshakes of the overlay, descriptors midway, HTTP with at least two signs
// of a servent, datagrams whose length field agrees with UDP's.
import { byteString } from '#base';
import { couldBegin, type Evidence, hex, startsWith, type Verdict } from './verdict.ts';

/** Descriptor types that exist. */
const TYPES = new Set([0x00, 0x01, 0x02, 0x30, 0x31, 0x32, 0x34, 0x40, 0x41, 0x43, 0x44, 0x80, 0x81, 0xcd]);

/** Whether a descriptor head stands at `at`; `payloadBytes` what must follow it, -1: any sensible length. */
export function isDescriptor(bytes: Uint8Array, at: number, payloadBytes: number): boolean {
  if (at + 23 > bytes.length || !TYPES.has(bytes[at + 16]!)) return false;
  // TTL and hops are small; the TTL byte carries two flags on UDP (deflated, can inflate).
  if ((bytes[at + 17]! & 0x70) !== 0 || bytes[at + 18]! > 15) return false;
  // The upper half may carry flags, marked by bit 31.
  const upper = bytes[at + 21]! | (bytes[at + 22]! << 8);
  const length = bytes[at + 19]! | (bytes[at + 20]! << 8) | (upper & 0x8000 ? 0 : upper << 16);
  if (payloadBytes >= 0 ? length !== payloadBytes : length > 65_536 || length < 0) return false;
  return distinctBytes(bytes, at) >= 8;
}

/** The payload length in a descriptor head. */
export function descriptorLength(bytes: Uint8Array, at: number): number {
  const upper = bytes[at + 21]! | (bytes[at + 22]! << 8);
  const lower = bytes[at + 19]! | (bytes[at + 20]! << 8);
  return upper & 0x8000 ? lower : lower + upper * 65_536;
}

/** Different values among the 16 bytes of a GUID: zeros and counters are not GUIDs. */
function distinctBytes(bytes: Uint8Array, at: number): number {
  let distinct = 0;
  for (let i = 0; i < 16; i++) {
    let isNew = 1;
    for (let j = 0; j < i; j++) if (bytes[at + j] === bytes[at + i]) isNew = 0;
    distinct += isNew;
  }
  return distinct;
}

const HANDSHAKES = ['GNUTELLA CONNECT/0.', 'GNUTELLA/0.', 'GNUTELLA OK'] as const;

export function couldBeHandshake(bytes: Uint8Array): boolean {
  return bytes.length > 0 && HANDSHAKES.some((text) => couldBegin(bytes, text));
}

function isHandshake(bytes: Uint8Array): boolean {
  return HANDSHAKES.some((text) => startsWith(bytes, text));
}

const HEAD_END = /\r?\n\r?\n/;
const SPEAKS_G2 = /^(?:content-type|accept):[^\n]*application\/x-gnutella2/im;
const SPEAKS_GNUTELLA = /^accept:[^\n]*application\/x-gnutella-packets/im;

/** An overlay link; whether it is G2 is known when the answer's head is. */
export function judgeOverlay(evidence: Evidence): Verdict | null {
  const [a, b] = evidence.sides;
  const isA = isHandshake(a);
  const isB = isHandshake(b);
  if (!isA && !isB) return null;
  // Whoever says CONNECT dials; `GNUTELLA/0.6 200` as a first word may also be the third step of a dialler.
  const client =
    startsWith(b, 'GNUTELLA CONNECT') || (!startsWith(a, 'GNUTELLA CONNECT') && isB && !isA && !evidence.isOpenerKnown)
      ? 1
      : 0;
  const heads = [headOf(a), headOf(b)] as const;
  const isComplete = heads[0] !== null && heads[1] !== null;
  const isOneSided = (a.length === 0 && b.length > 600) || (b.length === 0 && a.length > 600);
  if (!isComplete && !evidence.isFinal && !isOneSided && a.length < 2048 && b.length < 2048) return null;
  const answer = heads[client === 0 ? 1 : 0] ?? byteString(client === 0 ? b : a);
  const asked = heads[client] ?? byteString(client === 0 ? a : b);
  const isG2 =
    /^content-type:[^\n]*application\/x-gnutella2/im.test(answer) ||
    (SPEAKS_G2.test(asked) && !SPEAKS_GNUTELLA.test(asked)) ||
    (asked === '' && SPEAKS_G2.test(answer) && !SPEAKS_GNUTELLA.test(answer));
  const shown = isA ? a : b;
  const line = byteString(shown, 0, Math.min(shown.length, 40)).split(/[\r\n]/)[0];
  return {
    app: isG2 ? 'g2' : 'gnutella',
    role: 'overlay',
    why: `"${line}" at the start of a direction${isG2 ? ', heads say application/x-gnutella2' : ''}`,
    client,
    talk: 'overlay',
    skip: [0, 0],
  };
}

function headOf(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return null;
  const text = byteString(bytes);
  const end = HEAD_END.exec(text);
  return end === null ? null : text.slice(0, end.index + end[0].length);
}

/** A link whose handshake was not captured: three descriptors in a row. */
export function judgeOverlayMidway(evidence: Evidence, side: 0 | 1): Verdict | null {
  const bytes = evidence.sides[side];
  for (let from = 0; from + 69 <= bytes.length; from++) {
    if (!TYPES.has(bytes[from + 16]!) || bytes[from + 22] !== 0 || bytes[from + 21] !== 0) continue;
    let at = from;
    let chained = 0;
    while (chained < 3 && isDescriptor(bytes, at, -1)) {
      chained++;
      at += 23 + descriptorLength(bytes, at);
    }
    if (chained === 3) {
      return {
        app: 'gnutella',
        role: 'overlay',
        why: `midway: three descriptors in a row, the first of type ${bytes[from + 16]!.toString(16).padStart(2, '0')}h (${hex(bytes, 7, from + 16)})`,
        client: 0,
        talk: 'overlay',
        skip: [0, 0],
      };
    }
  }
  return null;
}

const METHODS = ['GET ', 'HEAD ', 'HTTP/', 'GIV ', 'QUEUE ', 'PUSH guid:', 'POST ', 'OPTIONS '] as const;

export function couldBeHttp(bytes: Uint8Array): boolean {
  return bytes.length > 0 && METHODS.some((text) => couldBegin(bytes, text));
}

const GIV = /^GIV \d{1,10}:[0-9A-F]{32}\//i;
const QUEUE = /^QUEUE [0-9A-F]{32} \d{1,3}(?:\.\d{1,3}){3}:\d{1,5}\r?\n/i;
const PUSH_G2 = /^PUSH guid:[0-9A-F]{32}\r?\n/i;
const SERVENT =
  /^(?:limewire|frostwire|wireshare|gtk-gnutella|bearshare|gnucleus|gnucdna|phex|shareaza|mutella|morpheus|xolox|swapper|swapnut|acquisition|acqlite|cabos|poisoned|qtella|gnotella|gnut|newtella|toadnode|mynapster|foxy|gnutellabun|peershield|gift-gnutella|raza|envy|quazaa)(?:[/ \-\d(]|$)/i;
const BASE32 = '[A-Z2-7]';
const PATH_HASH = new RegExp(
  `^/uri-res/N2[A-Z]{1,2}\\?urn:(?:sha1:${BASE32}{32}|tree:tiger/?:|bitprint:${BASE32}{32}|ed2k)`,
  'i',
);
const PATH_GET = /^\/get\/\d{1,10}\/./i;
const PATH_GNUTELLA = /^\/gnutella\/(?:thex|push-proxy|tigertree|metadata)|^\/gnet\/push-proxy/i;
const CACHE =
  /^[^?\s]*\?(?=[^\s]*\bclient=[A-Za-z]{4})(?=[^\s]*\bversion=)(?=[^\s]*\b(?:net=|hostfile=1|urlfile=1|ip=|ping=1|get=1|update=1))/;

type Signs = { count: number; what: string[]; isCache: boolean };

/** Gnutella's HTTP: transfers, browsing, push proxies, GWebCaches. 'no': both heads are known and are not of servents. */
export function judgeHttp(evidence: Evidence): Verdict | 'no' | null {
  const [a, b] = evidence.sides;
  for (const side of [0, 1] as const) {
    const bytes = evidence.sides[side];
    const first = bytes[0];
    if (first !== 0x47 && first !== 0x51 && first !== 0x50) continue;
    const text = byteString(bytes, 0, Math.min(bytes.length, 120));
    const calls = GIV.test(text)
      ? 'GIV index:guid/'
      : QUEUE.test(text)
        ? 'QUEUE id address'
        : PUSH_G2.test(text)
          ? 'PUSH guid:'
          : null;
    if (calls !== null)
      return {
        app: calls === 'PUSH guid:' ? 'g2' : 'gnutella',
        role: 'http',
        why: `${calls} at the start of a direction (${hex(bytes, 8)})`,
        client: side,
        talk: 'http',
        skip: [0, 0],
      };
  }
  if (!couldBeHttp(a) && !couldBeHttp(b)) return null;
  const ends = [headEnd(a), headEnd(b)] as const;
  const signs: Signs = { count: 0, what: [], isCache: false };
  for (const side of [0, 1] as const) {
    const bytes = evidence.sides[side];
    // Only whole lines are read while a head is arriving: half a value means nothing.
    if (couldBeHttp(bytes)) readHead(bytes, ends[side] < 0 ? bytes.length : ends[side], signs);
  }
  const client = startsWith(a, 'HTTP/') ? 1 : 0;
  if (signs.count >= 2)
    return {
      app: 'gnutella',
      role: 'http',
      why: signs.what.join(', '),
      client,
      talk: signs.isCache ? 'none' : 'http',
      skip: [0, 0],
    };
  const isJudged = (side: 0 | 1): boolean =>
    ends[side] >= 0 ||
    evidence.sides[side].length >= 2048 ||
    (evidence.sides[side].length >= 8 && !couldBeHttp(evidence.sides[side]));
  if (isJudged(0) && isJudged(1)) return 'no';
  return null;
}

/** Where a head's empty line begins (its last line's end), -1 while it is arriving. */
function headEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10 || (bytes[at + 1] === 13 && bytes[at + 2] === 10)) return at;
  }
  return -1;
}

function readHead(bytes: Uint8Array, end: number, signs: Signs): void {
  const sign = (weight: number, what: string): void => {
    signs.count += weight;
    if (signs.what.length < 6) signs.what.push(what);
  };
  let lineEnd = bytes.indexOf(10, 0);
  if (lineEnd < 0 || lineEnd > end) return;
  // `/uri-res`, `/get/`, `/gnutella`, a question, or an absolute address: anything else is nobody's of ours.
  if (bytes[0] === 0x47 || (bytes[0] === 0x48 && bytes[1] === 0x45))
    readRequest(byteString(bytes, 0, bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd), signs, sign);
  let named = 0;
  for (let lines = 0; lines < 100; lines++) {
    const from = lineEnd + 1;
    lineEnd = bytes.indexOf(10, from);
    if (lineEnd < 0 || lineEnd > end) return;
    if (!isOfInterest(bytes[from]! | 0x20)) continue;
    const field = /^([A-Za-z0-9-]{1,64}):[ \t]*([^\r]*)/.exec(byteString(bytes, from, Math.min(lineEnd, from + 360)));
    if (field === null) continue;
    const value = field[2] as string;
    switch ((field[1] as string).toLowerCase()) {
      case 'user-agent':
        if (SERVENT.test(value)) sign(1, `User-Agent: ${value.slice(0, 40)}`);
        break;
      case 'server':
        if (SERVENT.test(value)) sign(2, `Server: ${value.slice(0, 40)}`);
        break;
      case 'referrer':
        if (/^gnutella\b/i.test(value)) sign(1, 'Referrer: Gnutella');
        break;
      case 'accept':
      case 'content-type':
        if (/application\/x-gnutella/i.test(value)) sign(1, `${field[1]}: application/x-gnutella…`);
        break;
      case 'x-queue':
      case 'x-queued':
        if (/urn:|^\d\.\d|position=/i.test(value) && named++ < 2) sign(1, `${field[1]}: ${value.slice(0, 20)}`);
        break;
      case 'x-features':
        if (/\b(?:fwalt|queue|browse)\/\d\.\d/i.test(value) && named++ < 2)
          sign(1, `X-Features: ${value.slice(0, 30)}`);
        break;
      case 'x-alt':
      case 'x-nalt':
      case 'x-falt':
      case 'x-thex-uri':
      case 'x-push-proxy':
      case 'x-push-proxies':
      case 'x-fw-node-info':
        if (named++ < 2) sign(1, field[1] as string);
        break;
      default:
        if (/^x-gnutella-/i.test(field[1] as string) && named++ < 2) sign(1, field[1] as string);
    }
  }
}

/** First letters (lower case) of the fields that are read: accept, content-type, referrer, server, user-agent, x-…. */
function isOfInterest(letter: number): boolean {
  return letter === 0x75 || letter === 0x73 || letter === 0x78 || letter === 0x72 || letter === 0x61 || letter === 0x63;
}

function readRequest(line: string, signs: Signs, sign: (weight: number, what: string) => void): void {
  const path = /^(?:GET|HEAD) (?:http:\/\/[^/\s]+)?(\/.*?)(?: HTTP\/1\.[01])?$/.exec(line)?.[1];
  if (path === undefined) return;
  if (PATH_HASH.test(path)) sign(1, `path ${path.slice(0, 24)}…`);
  else if (PATH_GET.test(path)) sign(1, `path ${/^\/get\/\d+\//i.exec(path)?.[0]}…`);
  else if (PATH_GNUTELLA.test(path)) sign(1, `path ${path.slice(0, 18)}…`);
  else if (CACHE.test(path)) {
    signs.isCache = true;
    sign(2, 'GWebCache: client=, version= and its question in the path');
  }
}

/** A datagram, from its first bytes and the length that UDP gives; null: neither network. */
export function judgeDatagram(
  bytes: Uint8Array,
  from: number,
  to: number,
  length: number,
): { app: 'gnutella' | 'g2'; type: number } | null {
  if (to - from < 8) return null;
  if (bytes[from] === 0x47 && bytes[from + 1] === 0x4e && bytes[from + 2] === 0x44) {
    const flags = bytes[from + 3]!;
    const part = bytes[from + 6]!;
    const count = bytes[from + 7]!;
    const isSane = flags < 0x20 && part >= 1 && (count === 0 || part <= count);
    return isSane ? { app: 'g2', type: flags } : null;
  }
  if (length < 23 || to - from < 23) return null;
  const type = bytes[from + 16]!;
  if (!TYPES.has(type) || type === 0xcd) return null;
  // Compare the cheap and rare first: the length field.
  const upper = bytes[from + 21]! | (bytes[from + 22]! << 8);
  const claimed = bytes[from + 19]! | (bytes[from + 20]! << 8) | (upper & 0x8000 ? 0 : upper << 16);
  if (claimed !== length - 23) return null;
  if ((bytes[from + 17]! & 0x70) !== 0 || bytes[from + 18]! > 15) return null;
  return distinctBytes(bytes, from) >= 8 ? { app: 'gnutella', type } : null;
}
