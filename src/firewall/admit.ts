// Admission to a share port that the table keeps silent: one empty datagram from that port towards the host puts it into
// the set, by the table's own output rule. It needs no privilege, and with a TTL of 1 it goes no further than the router.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** Where the datagram is addressed to; nobody reads it. */
const DISCARD_PORT = 9;

/**
 * Lets a host in for as long as the table says (30 s); transfers that it begins go on after that. Without the table it
 * does nothing. May be called again to stay in.
 *
 * @param sharePort the TCP port of the table's `--share-ports`; its UDP side must be free
 * @param host a literal address: whom a hub introduced, or whom we are about to contact
 * @throws the system's error when the port is taken or there is no way to the host
 */
export async function admit(sharePort: number, host: string): Promise<void> {
  const six = isIPv6(host);
  const socket = createSocket({ type: six ? 'udp6' : 'udp4', ipv6Only: six });
  try {
    socket.bind(sharePort);
    await once(socket, 'listening');
    socket.setTTL(1);
    await new Promise<void>((resolve, reject) =>
      socket.send(new Uint8Array(0), DISCARD_PORT, host, (error) => (error === null ? resolve() : reject(error))),
    );
  } finally {
    socket.close();
  }
}
