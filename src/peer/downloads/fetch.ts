// One try to get one file from one source: ask the hub, connect (or be connected to), receive, judge. Says how it ended;
// what follows from that is decided in `queue.ts`.
import { type ByteString, harmless, readable, type TokenBucket } from '#base';
import { formatAddress, type Pump } from '#net';
import type { Finding, Judgement } from '#guard';
import type { HubLink } from '../hubs/link.ts';
import { SHARE_LIMITS } from '../shares/rules.ts';
import { CallFailed, callPeer, type Handed, mayDial } from '../wire/calls.ts';
import type { Expected } from './expected.ts';
import { OVERLAP_BYTES, Part } from './part.ts';
import { receiveBody } from './receive.ts';

export type Source = { readonly link: HubLink; readonly nick: ByteString; readonly wire: ByteString };

export type FetchOutcome =
  /** Every byte is there; what they are is in the judgement. */
  | { kind: 'complete'; judgement: Judgement; sha1: string; sizeBytes: number }
  /** Stopped early: whatever still came, it would be nothing to keep. */
  | { kind: 'alarm'; finding: Finding; judgement: Judgement; sizeBytes: number }
  /** Its owner's slots are taken. */
  | { kind: 'queued'; place: number }
  /** This time not; `spent`: never again from there. */
  | { kind: 'failed'; code: string; reason: string; spent: boolean }
  | { kind: 'stopped' };

/** What a try needs of the peer, and what it tells while it goes on. */
export type FetchParts = {
  readonly pump: Pump;
  readonly expected: Expected;
  /** Our nick on that hub; our share port, 0: nobody can connect to us. */
  readonly nick: ByteString;
  readonly port: number;
  readonly bind?: string | undefined;
  readonly limit: TokenBucket | null;
  readonly partPath: string;
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly overruled: boolean;
  readonly signal: AbortSignal;
  onState(state: 'connecting' | 'receiving', note: string | null): void;
  onSize(sizeBytes: number): void;
  onBytes(count: number, part: Part): void;
};

const STALL_MS = 60_000;
const PUSH_MS = 45_000;
const REASON_LETTERS = 300;

export async function fetchFrom(source: Source, parts: FetchParts): Promise<FetchOutcome> {
  parts.onState('connecting', null);
  const sizeBytes = parts.sizeBytes ?? (await orStopped(askSize(source), parts.signal));
  if (parts.signal.aborted) return { kind: 'stopped' };
  if (sizeBytes === 'not-shared') return failed('not-shared', 'does not share that file', true);
  if (sizeBytes !== null && sizeBytes > SHARE_LIMITS.sizeBytes.value) return tooBig(sizeBytes);
  if (sizeBytes !== null && parts.sizeBytes === null) parts.onSize(sizeBytes);
  const part = await Part.open(parts.partPath, parts.name, sizeBytes, parts.overruled);
  try {
    if (part.alarm !== null) return alarmed(part, sizeBytes ?? part.bytes);
    if (sizeBytes !== null && part.bytes === sizeBytes) return completed(part);
    const offset = Math.max(0, part.bytes - OVERLAP_BYTES);
    const call = await connect(source, parts, offset, sizeBytes);
    if (!('socket' in call)) return parts.signal.aborted ? { kind: 'stopped' } : call;
    return await receive(call, part, parts, offset, sizeBytes);
  } finally {
    await part.close();
  }
}

/** A part that is whole already (its last byte came before a restart): only judged. Null: it is not. */
export async function judgeWhole(
  partPath: string,
  name: string,
  sizeBytes: number,
  overruled: boolean,
): Promise<FetchOutcome | null> {
  const part = await Part.open(partPath, name, sizeBytes, overruled);
  try {
    if (part.alarm !== null) return alarmed(part, sizeBytes);
    return part.bytes === sizeBytes ? completed(part) : null;
  } finally {
    await part.close();
  }
}

/** The size of a file that was named by nick and path only: the owner's list says it. Null: nobody says. */
async function askSize({ link, nick, wire }: Source): Promise<number | 'not-shared' | null> {
  let size: number | null = null;
  let files = 0;
  const why = await link.browse(nick, (file) => {
    files++;
    if (file.path === wire) size = file.size;
  });
  if (size !== null) return size;
  return why === null && files > 0 ? 'not-shared' : null;
}

async function connect(
  source: Source,
  parts: FetchParts,
  offset: number,
  sizeBytes: number | null,
): Promise<(Handed & { said: number; pushed: boolean }) | FetchOutcome> {
  const { link, nick, wire } = source;
  const answer = await orStopped(link.requestDownload(nick, wire), parts.signal);
  if (answer === null) {
    link.forgetRequest(nick, wire);
    return { kind: 'stopped' };
  }
  if (answer.kind === 'queued') return { kind: 'queued', place: answer.place };
  if (answer.kind === 'refused') {
    // The hub's word is the same for "not online" and "not shared"; the owner's list tells them apart.
    if ((await orStopped(askSize(source), parts.signal)) === 'not-shared')
      return failed('not-shared', 'does not share that file', true);
    return failed('refused', answer.reason, false);
  }
  if (answer.kind === 'unanswered') return failed('no-answer', answer.reason, false);
  const { ip, port } = answer.ready;
  if (port === 0) return bePushed(source, parts, offset);
  if (!mayDial(ip, link.remoteAddress))
    return failed('bad-address', `its hub names an address that is not to be trusted (${ip})`, true);
  parts.onState('connecting', `connecting to ${formatAddress({ host: ip, port })}`);
  try {
    const want = { kind: 'get', nick: parts.nick, path: wire, offset, sizeBytes } as const;
    return {
      ...(await callPeer(parts.pump, { host: ip, port }, want, { bind: parts.bind, signal: parts.signal })),
      pushed: false,
    };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    if (error.code === 'unreachable') link.tell({ kind: 'portError', nick });
    return failed(error.code, error.message, /does not share/.test(error.message));
  }
}

async function bePushed(
  { link, nick, wire }: Source,
  parts: FetchParts,
  offset: number,
): Promise<(Handed & { said: number; pushed: boolean }) | FetchOutcome> {
  if (parts.port === 0) return failed('both-firewalled', 'neither of us can be reached from outside', true);
  parts.onState('connecting', 'waiting for its owner to connect to us');
  const coming = parts.expected.expect(nick, wire, { timeoutMs: PUSH_MS, signal: parts.signal });
  const refusal = link.requestPush(nick, wire).then((answer): FetchOutcome | null => {
    if (answer.kind === 'ready' && answer.ready.hash.toLowerCase() === 'firewallerror')
      return failed('both-firewalled', 'neither of us can be reached from outside', true);
    if (answer.kind === 'queued') return { kind: 'queued', place: answer.place };
    if (answer.kind === 'refused') return failed('refused', answer.reason, false);
    return null;
  });
  type First = Awaited<typeof coming.call> | FetchOutcome;
  const refused = refusal.then((answer): First | Promise<First> => answer ?? coming.call);
  const first = await Promise.race<First>([coming.call, refused]);
  link.forgetRequest(nick, wire);
  if (first === null) return failed('no-push', 'its owner did not connect to us', false);
  if ('kind' in first) {
    coming.cancel();
    return first;
  }
  try {
    return { ...(await first.accept(offset)), said: first.request.sizeBytes, pushed: true };
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return failed(error.code, error.message, false);
  }
}

async function receive(
  call: Handed & { said: number; pushed: boolean },
  part: Part,
  parts: FetchParts,
  offset: number,
  known: number | null,
): Promise<FetchOutcome> {
  // giFT says what is left rather than the whole size.
  const rightSize =
    known === null ||
    call.said === known ||
    (!call.pushed && call.said === known - offset) ||
    (call.pushed && call.said === 0);
  if (!rightSize) {
    call.socket.destroy();
    return failed('other-size', `has ${call.said} bytes there now, not ${known}`, true);
  }
  const sizeBytes = known ?? call.said;
  if (sizeBytes > SHARE_LIMITS.sizeBytes.value) {
    call.socket.destroy();
    return tooBig(sizeBytes);
  }
  if (known === null) parts.onSize(sizeBytes);
  if (sizeBytes === 0) {
    call.socket.destroy();
    return failed('empty', 'the file is empty', true);
  }
  parts.onState('receiving', null);
  const received = await receiveBody(call, {
    part,
    offset,
    sizeBytes,
    limit: parts.limit,
    stallMs: STALL_MS,
    signal: parts.signal,
    onBytes: (count) => parts.onBytes(count, part),
  });
  switch (received.kind) {
    case 'complete':
      return completed(part);
    case 'alarm':
      return alarmed(part, sizeBytes);
    case 'other-file':
      return failed('other-file', 'what it sends is another file than what is here already', true);
    case 'stopped':
      return { kind: 'stopped' };
    case 'broken':
      return failed('broken', received.reason, false);
  }
}

function completed(part: Part): FetchOutcome {
  return { kind: 'complete', judgement: part.judgement(), sha1: part.sha1(), sizeBytes: part.bytes };
}

function alarmed(part: Part, sizeBytes: number): FetchOutcome {
  return { kind: 'alarm', finding: part.alarm as Finding, judgement: part.judgement(), sizeBytes };
}

/** A size that no file of this network can have: it would only fill the disk. */
function tooBig(sizeBytes: number): FetchOutcome {
  return failed('too-big', `says it has ${sizeBytes} bytes, and no file here is that long`, true);
}

function failed(code: string, reason: string, spent: boolean): FetchOutcome {
  return { kind: 'failed', code, reason: harmless(readable(reason), REASON_LETTERS), spent };
}

/** Null as soon as the try is stopped: what a hub still answers is of no interest then. */
async function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  if (signal.aborted) return null;
  const stopped = Promise.withResolvers<null>();
  const stop = (): void => stopped.resolve(null);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
