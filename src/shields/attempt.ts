// One connection to one port, and what its end means. The table of errors is measured on Linux 6.x; the rule above all
// others: what goes wrong on our side (no descriptor, no local port, no route) is never the state of a port.
import { connect, type Socket } from 'node:net';
import type { Answer } from './plan.ts';

/** How an attempt ended; `local` asks for another try, `unreachable` ends the probe. */
export type Outcome = Answer | 'local' | 'unreachable';

const LOCAL_ERRORS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'EADDRINUSE', 'ENOBUFS', 'ENOMEM', 'EAGAIN']);
const NO_ROUTE = new Set(['ENETUNREACH', 'ENETDOWN', 'EINVAL', 'EAFNOSUPPORT', 'EPERM']);
/** ICMP refusals: host unreachable and prohibited (v4), prohibited (v6). */
const ICMP_ERRORS = new Set(['EHOSTUNREACH', 'EACCES', 'EHOSTDOWN']);

/** What an error from `connect` says. A handshake that is torn down at once was a handshake: the port is open. */
export function outcomeOf(code: string | undefined): Outcome {
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') return 'open';
  if (code !== undefined && ICMP_ERRORS.has(code)) return 'rejected';
  if (code !== undefined && NO_ROUTE.has(code)) return 'unreachable';
  if (code === undefined || LOCAL_ERRORS.has(code)) return 'local';
  return 'local';
}

/**
 * Starts a connection and reports once how it ended; silence is for the caller to time, and to end by `destroy()`.
 * No `localAddress`: with many under way the kernel's port search in bind takes seconds.
 */
export function attempt(host: string, port: number, ended: (outcome: Outcome) => void): Socket {
  let over = false;
  const socket = connect({ host, port });
  const end = (outcome: Outcome): void => {
    if (over) return;
    over = true;
    socket.resetAndDestroy(); // no TIME_WAIT here, and nothing left to wait for there
    ended(outcome);
  };
  socket.on('connect', () => end('open'));
  socket.on('error', (error: NodeJS.ErrnoException) => end(outcomeOf(error.code)));
  return socket;
}
