// Listening and connecting with words: which port, and what to do when it is taken.
import { connect, type ListenOptions, type Server, type Socket } from 'node:net';
import { Failure } from '#base';

/** Where a server really listens. */
export type Address = { host: string; port: number };

/**
 * Listens, or fails with a sentence.
 *
 * @param what names the port in the sentence, as `hub port`
 * @param options.move a taken port moves to the next free one, at most 20 further (pages; never share or hub ports)
 */
export async function listen(
  server: Server,
  what: string,
  address: Address,
  options: { move?: boolean; backlog?: number } = {},
): Promise<Address> {
  const tries = options.move === true && address.port !== 0 ? MOVES : 1;
  for (let i = 0; i < tries; i++) {
    const port = address.port + i;
    try {
      const request: ListenOptions = { host: address.host, port, exclusive: true, backlog: options.backlog ?? 511 };
      return await new Promise<Address>((resolve, reject) => {
        server.once('error', reject);
        server.listen(request, () => {
          server.off('error', reject);
          const bound = server.address();
          resolve({ host: address.host, port: typeof bound === 'object' && bound !== null ? bound.port : port });
        });
      });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' && i + 1 < tries) continue;
      throw new Failure(`${what}: ${reason(code, address.host, port)}`, { cause: error });
    }
  }
  throw new Failure(`${what}: no free port from ${address.port} on`);
}

const MOVES = 20;

function reason(code: string | undefined, host: string, port: number): string {
  if (code === 'EADDRINUSE') return `port ${port} is taken by another program; choose another one`;
  if (code === 'EACCES') return `port ${port} needs rights that this user does not have; choose one above 1023`;
  if (code === 'EADDRNOTAVAIL') return `this machine has no address ${host}`;
  return `cannot listen on ${host}:${port} (${code ?? 'unknown reason'})`;
}

/** Reads `HOST:PORT`, `[v6]:PORT`, `:PORT` (default host) or `PORT`; null when it is none of them. */
export function parseAddress(text: string, defaultHost: string, defaultPort?: number): Address | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:\s]*))(?::(\d{1,5}))?$/i.exec(text.trim());
  if (match === null) return null;
  let host = match[1] ?? match[2] ?? '';
  let digits = match[3];
  if (digits === undefined && match[1] === undefined && /^\d{1,5}$/.test(host)) {
    digits = host;
    host = '';
  }
  const port = digits === undefined ? defaultPort : Number(digits);
  if (port === undefined || port > 65535) return null;
  return { host: host === '' ? defaultHost : host, port };
}

/** `host:port` for people and JSON; IPv6 in brackets. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Connects within `timeoutMs`, or rejects with Node's error (`code`: ECONNREFUSED, ETIMEDOUT …). */
export function dial(address: Address, options: { timeoutMs: number; localAddress?: string }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const local = options.localAddress === undefined ? {} : { localAddress: options.localAddress };
    const socket = connect({ host: address.host, port: address.port, ...local });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error(`no answer from ${formatAddress(address)}`), { code: 'ETIMEDOUT' }));
    }, options.timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(socket);
    });
    const failed = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once('error', failed);
  });
}
