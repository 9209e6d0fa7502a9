// Napster by its grammar, on any port. Hub: frames of `u16le length, u16le type, body`, where the body must read as its
// type demands. Data: who listens says `1`, the other GET or SEND, nick, "file" and a number. Metaserver: one address.
import { byteString } from '#base';
import { type Evidence, hex, startsWith, type Verdict } from './verdict.ts';

// `\x00-\x1f`: a control byte in a text field ends every belief.
// oxlint-disable no-control-regex
const LOGIN =
  /^([^\s"\x00-\x1f]{1,64}) ([^\x00-\x1f"]{0,128}?) (\d{1,5}) "([^"\x00-\x08]{0,1900})" (\d{1,10})(?: [^\x00-\x1f]*)?$/;
const LOGIN_CUT = /^[^\s"\x00-\x1f]{1,64} [^\x00-\x1f"]{1,128}? \d{1,5} "[^"\x00-\x1f]*/;
const NICK = /^[!-~\x80-\xff]{1,64}$/;
const PRINTABLE = /^[^\x00-\x08\x0e-\x1f]*$/;
const FILE = '"[^"\\x00-\\x1f]{1,1024}"';

/** Bodies that only Napster writes, by type. */
const STRONG: ReadonlyMap<number, RegExp> = new Map([
  [2, LOGIN],
  [6, LOGIN],
  [3, /^[^\s@"]{1,128}@[^\s@"]{1,128}( \S{1,16})?$/],
  [100, new RegExp(`^${FILE} \\S+ \\d+ \\d+ \\d+ \\d+`)],
  [200, /^\s*(?:FILENAME (?:CONTAINS|EXCLUDES) "|MAX_RESULTS \d+ )/i],
  [201, new RegExp(`^${FILE} \\S+ \\d+ \\d+ \\d+ \\d+ \\S+ \\d+ \\d+`)],
  [203, new RegExp(`^\\S+ ${FILE}$`)],
  [204, new RegExp(`^\\S+ \\d+ \\d+ ${FILE} \\S+ \\d+`)],
  [206, new RegExp(`^\\S+ ${FILE}$`)],
  [212, new RegExp(`^\\S+ ${FILE} \\S+ \\d+ \\d+ \\d+ \\d+`)],
  [500, new RegExp(`^\\S+ ${FILE}$`)],
  [501, new RegExp(`^\\S+ \\d+ \\d+ ${FILE} \\S+ \\d+`)],
  [604, /^\S+ "[^"]*" \d+ "[^"]*" "[^"]*" \d+ \d+ \d+ \d+ "/],
  [607, new RegExp(`^\\S+ ${FILE}( \\d+)?$`)],
  [608, new RegExp(`^\\S+ ${FILE}$`)],
  [870, new RegExp(`^"[^"\\x00-\\x1f]*"(?: ${FILE} \\S+ \\d+ \\d+ \\d+ \\d+)+`)],
]);

const FROM_CLIENT = new Set([2, 6, 7, 920, 4, 11, 14, 300]);
const FROM_HUB = new Set([0, 3, 4, 5, 8, 9, 10, 214, 316, 404, 621, 748, 750]);
const LINK = new Set([10_010, 10_011]);
const MAX_BODY = 4096;

export function isKnownType(type: number): boolean {
  return (
    type <= 14 ||
    (type >= 100 && type <= 110) ||
    (type >= 200 && type <= 221) ||
    (type >= 300 && type <= 334) ||
    (type >= 400 && type <= 434) ||
    type === 500 ||
    type === 501 ||
    (type >= 600 && type <= 660) ||
    (type >= 690 && type <= 771) ||
    (type >= 800 && type <= 930) ||
    (type >= 9998 && type <= 10_310)
  );
}

/** Whether the body of this type reads as Napster's, and as nobody else's. */
export function isStrongBody(type: number, body: string): boolean {
  return STRONG.get(type)?.test(body) ?? false;
}

/** Whether these could be the first bytes of either side of a hub connection. */
export function couldBeFrame(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return bytes.length < 2 || bytes[1]! <= MAX_BODY >> 8;
  const length = u16(bytes, 0);
  const type = u16(bytes, 2);
  if (length > MAX_BODY) return false;
  if (FROM_CLIENT.has(type)) return length > 0 || type === 4 || type === 300;
  return (
    (FROM_HUB.has(type) && (length > 0 || type === 8 || type === 9 || type === 10 || type === 4 || type === 750)) ||
    LINK.has(type)
  );
}

type Walk = { frames: number; strong: number; firstType: number; isBroken: boolean; lastType: number };

/** Walks the chain of frames as far as the bytes go. */
function walk(bytes: Uint8Array, from: number): Walk {
  const seen: Walk = { frames: 0, strong: 0, firstType: -1, isBroken: false, lastType: -1 };
  for (let at = from; at + 4 <= bytes.length; ) {
    const length = u16(bytes, at);
    const type = u16(bytes, at + 2);
    if (!isKnownType(type) || (type === 0 && length === 0) || length > MAX_BODY) {
      seen.isBroken = true;
      break;
    }
    if (seen.firstType < 0) seen.firstType = type;
    const end = at + 4 + length;
    if (end > bytes.length) break;
    const body = byteString(bytes, at + 4, end);
    if (!PRINTABLE.test(body)) {
      seen.isBroken = true;
      break;
    }
    seen.frames++;
    seen.lastType = type;
    if (isStrongBody(type, body)) seen.strong++;
    at = end;
  }
  return seen;
}

/** A hub session from its first bytes; `client` is the side that logs in. Null: not (yet). */
export function judgeHub(evidence: Evidence, client: 0 | 1): Verdict | null {
  const c = evidence.sides[client];
  const s = evidence.sides[client === 0 ? 1 : 0];
  const verdict = (why: string): Verdict => ({ app: 'napster', role: 'hub', why, client, talk: 'hub', skip: [0, 0] });
  // The hub's answer decides between a login and something that happens to read like one.
  // Its first frame does: behind a 3 may follow zlib.
  const answer = walk(s, 0);
  const answersAsHub = s.length >= 4 && couldBeFrame(s) && (answer.frames > 0 || !answer.isBroken);
  if (s.length >= 4 && !answersAsHub) return null;
  const isAlone = s.length < 4 && evidence.isFinal;
  if (c.length >= 4 && couldBeFrame(c)) {
    const first = u16(c, 2);
    const chain = walk(c, 0);
    const login = findLogin(c, evidence.isCut);
    if (login !== null && (answersAsHub || isAlone || (s.length === 0 && chain.frames >= 2 && chain.strong >= 2))) {
      return verdict(
        `client's first frames: ${login} (${hex(c, 4)})${answersAsHub ? `; hub answers type ${u16(s, 2)} (${hex(s, 4)})` : ''}`,
      );
    }
    if (
      first === 7 &&
      chain.frames >= 1 &&
      !chain.isBroken &&
      answersAsHub &&
      NICK.test(byteString(c, 4, 4 + u16(c, 0)))
    ) {
      const type = u16(s, 2);
      if (type >= 8 && type <= 10)
        return verdict(`nick check of type 7 (${hex(c, 4)}), answered by type ${type} (${hex(s, 4)})`);
    }
    if (LINK.has(first) && chain.frames >= 1 && !chain.isBroken && (answersAsHub || isAlone)) {
      if (/^\S+ \S+/.test(byteString(c, 4, 4 + u16(c, 0))))
        return verdict(`hub link: type ${first} names two hubs (${hex(c, 4)})`);
    }
  }
  // Only the hub was heard.
  if (c.length === 0 && answersAsHub && evidence.isFromStart[client === 0 ? 1 : 0]) {
    const chain = walk(s, 0);
    if (chain.firstType === 3 && chain.strong >= 1 && chain.frames >= 3)
      return verdict(`hub accepts a login with type 3 and an address (${hex(s, 4)}), ${chain.frames} frames in a row`);
    if (chain.firstType <= 10 && chain.strong >= 2)
      return verdict(`hub's first ${chain.frames} frames read as Napster (${hex(s, 4)})`);
  }
  return null;
}

/** A session whose beginning was not captured: two strong bodies in a row of frames, at any offset. */
export function judgeHubMidway(evidence: Evidence, side: 0 | 1): Verdict | null {
  const bytes = evidence.sides[side];
  let tries = 0;
  for (let at = 2; at + 2 <= bytes.length && tries < 64; at++) {
    if (!isMark(bytes[at]!, bytes[at + 1]!)) continue;
    const length = u16(bytes, at - 2);
    if (length < 4 || length > MAX_BODY) continue;
    tries++;
    const chain = walk(bytes, at - 2);
    if (chain.strong < 2) continue;
    // Shares, searches and requests come from the client; results and answers from the hub.
    const isClient = [100, 200, 203, 500, 870, 608].includes(chain.firstType);
    return {
      app: 'napster',
      role: 'hub',
      why: `midway: ${chain.strong} frames in a row read as Napster, the first of type ${chain.firstType} (${hex(bytes, 4, at - 2)})`,
      client: isClient ? side : side === 0 ? 1 : 0,
      talk: 'hub',
      skip: [0, 0],
    };
  }
  return null;
}

function isMark(low: number, high: number): boolean {
  if (high === 0) return low === 0x64 || low === 0xc8 || low === 0xc9 || low === 0xcb || low === 0xcc || low === 0xd4;
  return (
    (high === 1 && (low === 0xf4 || low === 0xf5)) ||
    (high === 3 && low === 0x66) ||
    (high === 2 && (low === 0x5c || low === 0x5f))
  );
}

/** The login among the first frames: in words, without nick and password. */
function findLogin(bytes: Uint8Array, isCut: boolean): string | null {
  let at = 0;
  for (let frames = 0; frames < 4 && at + 4 <= bytes.length; frames++) {
    const length = u16(bytes, at);
    const type = u16(bytes, at + 2);
    if (!FROM_CLIENT.has(type) || length > MAX_BODY) return null;
    const end = at + 4 + length;
    if (type === 2 || type === 6) {
      const body = byteString(bytes, at + 4, Math.min(end, bytes.length));
      if (end <= bytes.length) {
        const fields = LOGIN.exec(body);
        return fields === null
          ? null
          : `type ${type} is a login: nick, password, port ${fields[3]}, "${shown(fields[4] ?? '')}", speed ${fields[5]}`;
      }
      return isCut && LOGIN_CUT.test(body) ? `type ${type} begins as a login (cut by the capture)` : null;
    }
    at = end;
  }
  return null;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const GET = /^GET ?([^\s"/]{1,64}) "([^"\x00-\x08]{1,1024})" (\d{1,20})$/;
const GET_SO_FAR = /^GET ?(?:[^\s"/]{1,64}(?: (?:"(?:[^"\x00-\x08]{1,1024}(?:"(?: (?:\d{1,20})?)?)?)?)?)?)?$/;
const SEND = /^SEND ?([^\s"/]{1,64}) "([^"\x00-\x08]{1,1024})" (\d{1,15})/;
const SEND_SO_FAR = /^SEND ?(?:[^\s"/]{1,64}(?: (?:"(?:[^"\x00-\x08]{1,1024}(?:"(?: (?:\d{1,15})?)?)?)?)?)?)?$/;
const LIST = /^GETLIST[\r\n\x00]{0,2}$/;
const SEND_LIST = /^SENDLIST [^\s"]{1,64}\r?\n/;

/** Whether this side's words are, or may become, a transfer command. */
export function couldBeCommand(bytes: Uint8Array): boolean {
  const text = byteString(bytes, 0, Math.min(bytes.length, 1200));
  return (
    GET_SO_FAR.test(text) ||
    SEND_SO_FAR.test(text) ||
    SEND.test(text) ||
    LIST.test(text) ||
    'GETLIST\n'.startsWith(text) ||
    /^SENDLIST(?: \S*)?$/.test(text) ||
    SEND_LIST.test(text)
  );
}

/** A transfer; `client` is the side that gives the command, the other one listens and says `1`. */
export function judgeData(evidence: Evidence, client: 0 | 1): Verdict | null {
  const c = evidence.sides[client];
  const s = evidence.sides[client === 0 ? 1 : 0];
  if (c.length >= 4 && (c[0] === 0x47 || c[0] === 0x53)) {
    const greets = s[0] === 0x31;
    if (s.length > 0 && !greets) return null;
    if (!greets && !evidence.isFinal) return null;
    const text = byteString(c, 0, Math.min(c.length, 1200));
    const heard = greets ? `one side says 31 ("1")` : 'only this direction was heard';
    const made = (what: string, talk: Verdict['talk']): Verdict => ({
      app: 'napster',
      role: 'data',
      why: `${heard}, the other ${hex(c, 8)}: ${what}`,
      client,
      talk,
      skip: [0, 0],
    });
    if (GET.test(text)) return made('GET nick "file" offset', 'get');
    if (SEND.test(text)) return made('SEND nick "file" size', 'send');
    if (greets && LIST.test(text) && (s.length > 1 || evidence.isFinal)) return made('GETLIST', 'list');
    if (SEND_LIST.test(text)) return made('SENDLIST nick', 'list');
    if (greets && evidence.isCut && evidence.isFinal && /^(?:GET|SEND) ?[^\s"/]{1,64} "[^"\x00-\x08]{4,}$/.test(text))
      return made('GET or SEND, nick and the beginning of a name (cut by the capture)', 'none');
    return null;
  }
  // Only the listening side was heard: `1`, the size and a song follow each other without a break.
  if (c.length === 0 && evidence.isFinal && evidence.isFromStart[client === 0 ? 1 : 0] && s[0] === 0x31) {
    const head = /^1(\d{3,11})(?:ID3|\xff[\xe2-\xff]|MZ|OggS|RIFF)/.exec(byteString(s, 0, Math.min(s.length, 24)));
    if (head !== null)
      return {
        app: 'napster',
        role: 'data',
        why: `only the listener was heard: "1", a size of ${head[1]} and the song (${hex(s, 12)})`,
        client,
        talk: 'none',
        skip: [0, 0],
      };
  }
  return null;
}

const REDIRECT = /^(\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5})[\r\n \x00]*$/;
const REDIRECT_NAME = /^[a-z0-9.-]{3,80}[: ]\d{1,5}[\r\n \x00]*$/i;

/** A metaserver: the listening side alone speaks, names one hub, and closes. */
export function judgeMetaserver(evidence: Evidence): Verdict | null {
  if (!evidence.isFinal) return null;
  const [c, s] = evidence.sides;
  const [silent, speaks] = c.length === 0 ? [0 as const, s] : [1 as const, c];
  if (evidence.sides[silent].length !== 0 || speaks.length < 9 || speaks.length > 90) return null;
  if (!evidence.isFromStart[silent === 0 ? 1 : 0]) return null;
  if (evidence.isOpenerKnown && silent !== 0) return null;
  const text = byteString(speaks);
  const isKnownPort = evidence.port === 8875;
  if (!(REDIRECT.test(text) || (isKnownPort && REDIRECT_NAME.test(text)))) return null;
  if (!isKnownPort && !evidence.isOpenerKnown) return null;
  return {
    app: 'napster',
    role: 'metaserver',
    why: `the server alone speaks, "${text.trim()}", and closes`,
    client: silent,
    talk: 'none',
    skip: [0, 0],
  };
}

/** Whether these could be the first bytes of who listens for transfers, or of a metaserver. */
export function couldBeListener(bytes: Uint8Array): boolean {
  const first = bytes[0]!;
  if (first === 0x31) return true;
  return first >= 0x30 && first <= 0x39 && /^[\d.]{1,15}(?::|$)/.test(byteString(bytes, 0, Math.min(16, bytes.length)));
}

/** Text that a hub or a peer would not begin with, but the rest of the evidence may still want. */
export function isErrorAnswer(bytes: Uint8Array): boolean {
  return startsWith(bytes, 'FILE NOT') || startsWith(bytes, 'INVALID REQUEST');
}

function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}
