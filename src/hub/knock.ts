// Connecting back to whoever asked, at their own address and port, and saying what happened: open and a Napster peer,
// open and something else, closed, or silent.
import { connect } from 'node:net';

const TIMEOUT_MS = 4_000;
const GREETING_MS = 2_000;
const AT_ONCE = 20;
const PEER_GREETING = 0x31; // `1`

export type Knocked = { outcome: 'open' | 'not-a-peer' | 'closed' | 'silent' | 'busy'; ms: number };

let running = 0;

/** One connection; nothing is sent. */
export async function knock(address: string, port: number): Promise<Knocked> {
  if (running >= AT_ONCE) return { outcome: 'busy', ms: 0 };
  running++;
  try {
    return await attempt(address, port);
  } finally {
    running--;
  }
}

function attempt(address: string, port: number): Promise<Knocked> {
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (outcome: Knocked['outcome']): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, ms: performance.now() - began });
    };
    let timer = setTimeout(() => end('silent'), TIMEOUT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      timer = setTimeout(() => end('not-a-peer'), GREETING_MS);
    });
    socket.once('data', (chunk) => end(chunk[0] === PEER_GREETING ? 'open' : 'not-a-peer'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED' ? 'closed' : 'silent'));
    socket.once('end', () => end('not-a-peer'));
  });
}
