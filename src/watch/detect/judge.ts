// One conversation, judged by the prefixes of its two directions. Called again whenever a prefix grows, so it must be
// cheap to say "wait" and quick to say "none of ours": the memory of every undecided flow hangs on it.
import { couldBeHandshake, couldBeHttp, judgeHttp, judgeOverlay, judgeOverlayMidway } from './gnutella.ts';
import {
  couldBeCommand,
  couldBeFrame,
  couldBeListener,
  isErrorAnswer,
  judgeData,
  judgeHub,
  judgeHubMidway,
  judgeMetaserver,
} from './napster.ts';
import { couldAnswerAsProxy, couldAskProxy, peelProxy } from './proxy.ts';
import { type Evidence, type Judgement, startsWith, type Verdict } from './verdict.ts';

const FULL = 2048;

/** Judges what is known of a TCP conversation. */
export function judge(evidence: Evidence): Judgement {
  const [a, b] = evidence.sides;
  if (a.length === 0 && b.length === 0) return 'wait';
  const secured = judgeTls(a) ?? judgeTls(b);
  if (secured !== null) return secured;
  if (startsWith(a, 'SSH-') || startsWith(b, 'SSH-')) return 'ssh';
  const peeled = peel(evidence);
  if (peeled !== null) return peeled;
  const opening = judgeOpening(isOneSided(evidence) ? { ...evidence, isFinal: true } : evidence);
  if (opening !== null) return opening;
  const midway = judgeMidway(evidence);
  if (midway !== null) return midway;
  return isHopeless(evidence) ? 'other' : 'wait';
}

function judgeOpening(evidence: Evidence): Judgement | null {
  const [a, b] = evidence.sides;
  const overlay = judgeOverlay(evidence);
  if (overlay !== null) return overlay;
  if (couldBeHandshake(a) || couldBeHandshake(b)) return a.length >= FULL && b.length >= FULL ? 'other' : 'wait';
  const clients = evidence.isOpenerKnown ? ([0] as const) : ([0, 1] as const);
  for (const client of clients) {
    const verdict = judgeHub(evidence, client) ?? judgeData(evidence, client);
    if (verdict !== null) return verdict;
  }
  const redirect = judgeMetaserver(evidence);
  if (redirect !== null) return redirect;
  const http = judgeHttp(evidence);
  if (http === 'no') return couldBeCommand(a) || couldBeCommand(b) ? null : 'http';
  return http;
}

function judgeMidway(evidence: Evidence): Verdict | null {
  for (const side of [0, 1] as const) {
    if (evidence.isFromStart[side] || evidence.sides[side].length < 16) continue;
    const verdict = judgeHubMidway(evidence, side) ?? judgeOverlayMidway(evidence, side);
    if (verdict !== null) return verdict;
  }
  return null;
}

/** One direction is full and the other never came: it is not in the capture, so no answer is waited for. */
function isOneSided({ sides: [a, b] }: Evidence): boolean {
  return (a.length >= FULL && b.length === 0) || (b.length >= FULL && a.length === 0);
}

/** Nothing that may still come could make this conversation one of ours. */
function isHopeless(evidence: Evidence): boolean {
  const [a, b] = evidence.sides;
  for (const side of [0, 1] as const) {
    const bytes = evidence.sides[side];
    if (bytes.length >= 8 && evidence.isFromStart[side] && !couldOpen(bytes)) return true;
  }
  if (a.length >= FULL && b.length >= FULL) return true;
  return isOneSided(evidence);
}

function couldOpen(bytes: Uint8Array): boolean {
  return (
    couldBeFrame(bytes) ||
    couldBeListener(bytes) ||
    couldBeHandshake(bytes) ||
    couldBeHttp(bytes) ||
    couldAskProxy(bytes) ||
    couldAnswerAsProxy(bytes) ||
    couldBeCommand(bytes) ||
    isErrorAnswer(bytes)
  );
}

/** Peels a proxy's preamble and judges the rest; null: there is no proxy. */
function peel(evidence: Evidence): Judgement | null {
  for (const client of [0, 1] as const) {
    if (evidence.isOpenerKnown && client === 1) break;
    const server = client === 0 ? 1 : 0;
    const found = peelProxy(evidence.sides[client], evidence.sides[server]);
    if (found === null) continue;
    // A frame of 260 or 261 bytes begins like SOCKS; both readings are tried.
    if (found === 'wait') return judgeOpening(evidence) ?? (isHopeless(evidence) ? 'other' : 'wait');
    const sides = [evidence.sides[0], evidence.sides[1]] as [Uint8Array, Uint8Array];
    sides[client] = sides[client].subarray(found.client);
    sides[server] = sides[server].subarray(found.server);
    const inner = judge({ ...evidence, sides });
    if (typeof inner === 'string') return inner;
    const skip = client === 0 ? ([found.client, found.server] as const) : ([found.server, found.client] as const);
    return { ...inner, why: `${found.what}: ${inner.why}`, skip: [skip[0] + inner.skip[0], skip[1] + inner.skip[1]] };
  }
  return null;
}

/** A TLS hello, with or without a server's name in it. */
export function judgeTls(bytes: Uint8Array): 'tls' | 'tls-named' | null {
  if (bytes.length < 6 || bytes[0] !== 0x16 || bytes[1] !== 3 || bytes[2]! > 4) return null;
  // Only the server was heard: whom the client asked for is unknown, so it counts as named.
  if (bytes[5] !== 1) return bytes[5] === 2 ? 'tls-named' : null;
  return hasServerName(bytes) ? 'tls-named' : 'tls';
}

/** Looks for the server_name extension in a ClientHello; a hello that cannot be read to its end counts as having one. */
function hasServerName(hello: Uint8Array): boolean {
  const u16 = (at: number): number => ((hello[at] ?? 0) << 8) | (hello[at + 1] ?? 0);
  let at = 5 + 4 + 2 + 32;
  if (at >= hello.length) return false;
  at += 1 + hello[at]!;
  at += 2 + u16(at);
  at += 1 + (hello[at] ?? 0);
  const end = Math.min(at + 2 + u16(at), 5 + ((hello[3]! << 8) | hello[4]!));
  at += 2;
  while (at + 4 <= end) {
    if (at + 4 > hello.length) return true;
    if (u16(at) === 0) return true;
    at += 4 + u16(at + 2);
  }
  return false;
}
