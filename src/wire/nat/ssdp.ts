// SSDP, the part of UPnP that finds devices: HTTP-like text over UDP port 1900 (UPnP Device Architecture 2.0, §1.3).
import { type ByteString, byteString, bytesOf, WireError } from '#base';

export const SSDP_PORT = 1900;
export const SSDP_GROUP = '239.255.255.250';
const LONGEST_REPLY = 4096;
const MOST_HEADERS = 64;

/** A search for `target`; unicast searches name the host and have no MX (§1.3.3). */
export function encodeSearch(host: string, target = 'ssdp:all', mx: number | null = null): Uint8Array {
  const lines = [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${host}:${SSDP_PORT}`,
    'MAN: "ssdp:discover"',
    ...(mx === null ? [] : [`MX: ${mx}`]),
    `ST: ${target}`,
  ];
  return bytesOf(`${lines.join('\r\n')}\r\n\r\n`);
}

/** A reply: header names in lower case, values as they came. */
export type SearchReply = { status: number; headers: ReadonlyMap<string, ByteString>; text: ByteString };

/** @throws WireError `not-ssdp`, `too-long`, `too-many-headers` */
export function decodeReply(datagram: Uint8Array): SearchReply {
  if (datagram.length > LONGEST_REPLY) throw new WireError('too-long', `${datagram.length} bytes of SSDP`);
  const text = byteString(datagram);
  const [first = '', ...rest] = text.split(/\r?\n/);
  const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(first)?.[1];
  if (status === undefined) throw new WireError('not-ssdp', 'the first line is no HTTP status');
  const headers = new Map<string, ByteString>();
  for (const line of rest) {
    const at = line.indexOf(':');
    if (at <= 0) continue;
    if (headers.size >= MOST_HEADERS) throw new WireError('too-many-headers');
    headers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  return { status: Number(status), headers, text };
}
