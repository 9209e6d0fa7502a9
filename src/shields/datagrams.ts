// Asking UDP ports. A reply means open; an ICMP refusal means closed; silence is silence, and may hide an open port.
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';

export type UdpAnswer = { state: 'open' | 'closed' | 'silent'; replies: Uint8Array[] };

type Asking = {
  host: string;
  port: number;
  payload: Uint8Array;
  times: number;
  gapMs: number;
  waitMs: number;
  signal: AbortSignal;
};

const MOST_REPLIES = 16;

/** Sends the payload some times and gathers what comes back from that very address and port. */
export async function askUdp({ host, port, payload, times, gapMs, waitMs, signal }: Asking): Promise<UdpAnswer> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  const replies: Uint8Array[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<UdpAnswer>();
  const timers: NodeJS.Timeout[] = [];
  const finish = (): void => resolve({ state: replies.length > 0 ? 'open' : 'silent', replies });
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  socket.on('message', (bytes) => {
    replies.push(Uint8Array.from(bytes));
    if (replies.length >= MOST_REPLIES) finish();
  });
  // A connected socket hears ICMP refusals; ours to hear only while nothing else came.
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') resolve({ state: replies.length > 0 ? 'open' : 'closed', replies });
    else finish();
  });
  socket.connect(port, host, () => {
    for (let i = 0; i < times; i++) timers.push(setTimeout(() => socket.send(payload), i * gapMs));
    timers.push(setTimeout(finish, (times - 1) * gapMs + waitMs));
  });
  try {
    signal.throwIfAborted();
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    for (const timer of timers) clearTimeout(timer);
    socket.close();
  }
}
