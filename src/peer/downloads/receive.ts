// The body of one download: socket → meter → judge → file, one chunk after the other, so that a slow disk or a limit slows
// the sender down and memory stays at one chunk.
import type { TokenBucket } from '#base';
import type { Handed } from '../wire/calls.ts';
import type { Part } from './part.ts';

export type Receiving = {
  readonly part: Part;
  /** Where the sender begins; at most the part's length, and what lies between is compared. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly limit: TokenBucket | null;
  /** Without a byte, or with less than LEAST_BYTES, for so long it is over: who trickles must not hold a slot. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
  onBytes(count: number): void;
};

/** What a modem of 2000 moves in a second; in `stallMs` it is no rate at all. */
const LEAST_BYTES = 4_096;

/** `complete`: all bytes are there. `alarm`: stopped, it is nothing that anyone wants. */
export type Received =
  | { kind: 'complete' }
  | { kind: 'alarm' }
  | { kind: 'other-file' }
  | { kind: 'stopped' }
  | { kind: 'broken'; reason: string };

/** Reads until the file is whole or something ends it. Closes the socket. */
export async function receiveBody({ socket, rest }: Handed, receiving: Receiving): Promise<Received> {
  const { part, sizeBytes, signal } = receiving;
  const stop = (): void => void socket.destroy();
  let stalled = false;
  signal.addEventListener('abort', stop, { once: true });
  socket.setTimeout(receiving.stallMs, () => {
    stalled = true;
    socket.destroy();
  });
  let at = receiving.offset;
  let since = performance.now();
  let inWindow = 0;
  try {
    if (signal.aborted) return { kind: 'stopped' };
    if (rest.length > 0) socket.unshift(rest);
    if (part.bytes === sizeBytes && at >= part.bytes) return { kind: 'complete' };
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      const fresh = await take(chunk.subarray(0, sizeBytes - at), at, part);
      if (fresh === null) return { kind: 'other-file' };
      at += Math.min(chunk.length, sizeBytes - at);
      receiving.onBytes(fresh);
      if (part.alarm !== null) return { kind: 'alarm' };
      if (part.bytes >= sizeBytes) return { kind: 'complete' };
      inWindow += chunk.length;
      if (performance.now() - since >= receiving.stallMs) {
        if (inWindow < LEAST_BYTES) return { kind: 'broken', reason: 'hardly anything came any more' };
        since = performance.now();
        inWindow = 0;
      }
      await paid(receiving.limit, chunk.length);
    }
    return ended();
  } catch (error) {
    if (
      !(error instanceof Error) ||
      !('code' in error) ||
      /^(?:ENOSPC|EDQUOT|EIO|EACCES|ERR_ACCESS_DENIED)$/.test(String(error.code))
    )
      throw error;
    return ended();
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }

  function ended(): Received {
    if (signal.aborted) return { kind: 'stopped' };
    return { kind: 'broken', reason: stalled ? 'nothing came any more' : 'the other side hung up in the middle' };
  }
}

/** Writes what is new of a chunk that begins at `at`, and compares the rest. Null: it differs from what is there. */
async function take(chunk: Uint8Array, at: number, part: Part): Promise<number | null> {
  const known = Math.min(chunk.length, Math.max(0, part.bytes - at));
  if (known > 0 && !(await part.matches(at, chunk.subarray(0, known)))) return null;
  const fresh = chunk.subarray(known);
  if (fresh.length > 0) await part.append(fresh);
  return fresh.length;
}

async function paid(limit: TokenBucket | null, bytes: number): Promise<void> {
  if (limit === null) return;
  limit.force(bytes, performance.now());
  const wait = limit.waitMs(0, performance.now());
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}
