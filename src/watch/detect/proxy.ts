// What a proxy adds in front of a conversation: CONNECT and its answer, SOCKS 4, 4a and 5. It is peeled off, then the
// rest is judged as if it had been the whole.
import { byteString } from '#base';
import { couldBegin } from './verdict.ts';

/** Bytes to skip on the client's and the proxy's side; null: no proxy; 'wait': the preamble is not complete. */
export type Peel = { readonly client: number; readonly server: number; readonly what: string } | 'wait' | null;

/** Whether these could be the first bytes of someone who asks a proxy. */
export function couldAskProxy(bytes: Uint8Array): boolean {
  if (couldBegin(bytes, 'CONNECT ')) return true;
  if (bytes[0] === 5) return bytes.length < 2 || (bytes[1]! > 0 && bytes[1]! < 16);
  return bytes[0] === 4 && (bytes.length < 2 || bytes[1] === 1 || bytes[1] === 2);
}

/** Whether these could be the first bytes of a proxy's answer. */
export function couldAnswerAsProxy(bytes: Uint8Array): boolean {
  if (bytes[0] === 5) return bytes.length < 2 || bytes[1]! <= 2;
  return bytes[0] === 0 && (bytes.length < 2 || (bytes[1]! >= 90 && bytes[1]! <= 93));
}

export function peelProxy(client: Uint8Array, server: Uint8Array): Peel {
  if (client.length === 0) return null;
  if (client[0] === 0x43 && couldBegin(client, 'CONNECT ')) return peelConnect(client, server);
  if (client[0] === 4 && client.length >= 2 && client[1]! <= 2) return peelSocks4(client, server);
  if (client[0] === 5 && client.length >= 2) return peelSocks5(client, server);
  return null;
}

function peelConnect(client: Uint8Array, server: Uint8Array): Peel {
  const asked = /^CONNECT [^\s:]{1,255}:\d{1,5} HTTP\/1\.[01]\r?\n(?:[^\r\n]+\r?\n)*\r?\n/.exec(byteString(client));
  if (asked === null) return client.length < 2048 ? 'wait' : null;
  if (server.length === 0)
    return client.length > asked[0].length ? { client: asked[0].length, server: 0, what: 'through CONNECT' } : 'wait';
  const answered = /^HTTP\/1\.[01] 2\d\d[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n/.exec(byteString(server));
  if (answered === null) return couldBegin(server, 'HTTP/1.') && server.length < 1024 ? 'wait' : null;
  return { client: asked[0].length, server: answered[0].length, what: 'through CONNECT' };
}

function peelSocks4(client: Uint8Array, server: Uint8Array): Peel {
  if (client.length < 9) return 'wait';
  let end = client.indexOf(0, 8);
  if (end < 0 || end > 300) return client.length < 300 ? 'wait' : null;
  const isNamed = client[4] === 0 && client[5] === 0 && client[6] === 0 && client[7] !== 0;
  if (isNamed) {
    const named = client.indexOf(0, end + 1);
    if (named < 0) return client.length < 600 ? 'wait' : null;
    end = named;
  }
  for (let i = 8; i < end; i++) if (client[i] !== 0 && client[i]! < 0x20) return null;
  if (server.length > 0 && server[0] !== 0) return null;
  if (server.length < 8)
    return server.length === 0 && client.length > end + 1
      ? { client: end + 1, server: 0, what: 'through SOCKS 4' }
      : 'wait';
  return server[1] === 90 ? { client: end + 1, server: 8, what: 'through SOCKS 4' } : null;
}

function peelSocks5(client: Uint8Array, server: Uint8Array): Peel {
  let c = 2 + client[1]!;
  if (client[1] === 0 || client[1]! > 15) return null;
  if (client.length < c) return 'wait';
  if (server.length > 0 && server[0] !== 5) return null;
  let s = 2;
  if (server.length >= 2 && server[1] === 2) {
    // User name and password.
    if (client.length < c + 2) return 'wait';
    if (client[c] !== 1) return null;
    c += 2 + client[c + 1]!;
    if (client.length < c + 1) return 'wait';
    c += 1 + client[c]!;
    s += 2;
  } else if (server.length >= 2 && server[1] !== 0) return null;
  if (client.length < c + 5) return 'wait';
  if (client[c] !== 5 || client[c + 1]! < 1 || client[c + 1]! > 3 || client[c + 2] !== 0) return null;
  c += 4 + addressBytes(client, c + 3) + 2;
  if (client.length < c) return 'wait';
  if (server.length === 0) return client.length > c ? { client: c, server: 0, what: 'through SOCKS 5' } : 'wait';
  if (server.length < s + 5) return 'wait';
  if (server[s] !== 5 || server[s + 1] !== 0) return null;
  s += 4 + addressBytes(server, s + 3) + 2;
  return server.length < s ? 'wait' : { client: c, server: s, what: 'through SOCKS 5' };
}

/** Bytes of an address behind its type byte at `at`. */
function addressBytes(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 4) return 16;
  return bytes[at] === 3 ? 1 + (bytes[at + 1] ?? 0) : 4;
}
