// The metaserver: connect, say nothing, read one `ip:port`, which is a hub to use. An answer of 127.… means "busy".
import { type ByteString, byteString, Failure } from '#base';
import { type Address, dial, formatAddress, parseAddress } from '#net';
import { dialReason } from './link.ts';

const ANSWER_MS = 10_000;
const ANSWER_BYTES = 256;

/** Asks a metaserver for a hub. @throws Failure with the reason */
export async function askMetaserver(address: Address): Promise<Address> {
  const socket = await dial(address, { timeoutMs: ANSWER_MS }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`metaserver ${formatAddress(address)}: ${dialReason(error)}`);
  });
  const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
  let text: ByteString = '';
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      text += byteString(chunk);
      if (/[\n\r\0]/.test(text) || text.length >= ANSWER_BYTES) break;
    }
  } catch {
    // What came before the connection broke may be enough.
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return readAnswer(text, isLoopback(address.host));
}

/** Reads `ip:port`, `ip port` or `host:port`. `near`: the metaserver is on this machine, so 127.… is an address. */
export function readAnswer(text: ByteString, near: boolean): Address {
  const first = text.trim().split(/[\r\n\0]/, 1)[0] ?? '';
  const found = /^[a-z0-9.-]{1,253}[: ]\d{1,5}$/i.test(first) ? parseAddress(first.replace(' ', ':'), '') : null;
  if (found === null || found.host === '' || found.port === 0) throw new Failure('the metaserver named no hub');
  if (found.host.startsWith('127.') && !near) throw new Failure('the metaserver says that all hubs are busy');
  return found;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
