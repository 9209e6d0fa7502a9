// A server that writes one line to whoever connects and closes: metaserver and stats ports. It reads nothing, waits for
// nobody, and holds few sockets at once, so that it cannot be made to hold many.
import { createServer, type Server, type Socket } from 'node:net';
import { type Address, listen } from '#net';
import { OPERATOR_LIMITS } from './limits.ts';

export type OneLineServer = { readonly at: Address; stop(): Promise<void> };

/**
 * @param what names the port in words, as `metaserver port`
 * @param line asked at each connection, with the visitor's address; must not throw
 */
export async function serveOneLine(
  what: string,
  address: Address,
  line: (visitor: string) => string,
): Promise<OneLineServer> {
  const open = new Set<Socket>();
  const server: Server = createServer({ pauseOnConnect: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    // By the clock and not by idleness: who goes on talking must not hold a place.
    const timer = setTimeout(() => socket.destroy(), OPERATOR_LIMITS.oneLineMs.value);
    socket.on('close', () => {
      clearTimeout(timer);
      open.delete(socket);
    });
    // One write, then the end; what the visitor sends is dropped, so that no reset overtakes our line.
    socket.end(line(socket.remoteAddress ?? ''), 'latin1');
    socket.resume();
  });
  server.maxConnections = OPERATOR_LIMITS.oneLineSockets.value;
  const at = await listen(server, what, address);
  return {
    at,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
