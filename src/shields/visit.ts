// A request as evidence: who asks, from which page, through what. Nothing here believes a header that a visitor can write.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiError, ShieldsMe } from '#api';
import { harmless } from '#base';
import { type KnownAddress, readAddress, type TrustedProxies, visitorOf } from './addresses.ts';

/** Who asks, and whether the socket is theirs; or why that cannot be said. */
export type Asks = { address: KnownAddress; direct: boolean } | { refused: string };

export function whoAsks(request: FastifyRequest, trusted: TrustedProxies): Asks {
  const socketAddress = request.socket.remoteAddress ?? '';
  const header = request.headers['x-forwarded-for'];
  const address = visitorOf(socketAddress, Array.isArray(header) ? header.join(',') : header, trusted);
  if (address === null)
    return { refused: 'Your address cannot be told: a proxy on the way hides it or says nonsense.' };
  if (address.kind === 'loopback' && isForwarded(request))
    return {
      refused:
        'A proxy on this server passed your request on without being named in --trust-proxy, so your address is not known.',
    };
  return { address, direct: readAddress(socketAddress)?.text === address.text };
}

function isForwarded({ headers }: FastifyRequest): boolean {
  return ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'].some((name) => headers[name] !== undefined);
}

/** The browser runs on this very machine and asked for it by a name of this machine: no proxy, no rebound name. */
export function sitsHere(request: FastifyRequest, visitor: { address: KnownAddress; direct: boolean }): boolean {
  const host = hostOf(request.headers.host);
  const own = host === 'localhost' || readAddress(host)?.kind === 'loopback';
  const site = request.headers['sec-fetch-site'];
  return (
    own &&
    visitor.direct &&
    visitor.address.kind === 'loopback' &&
    !isForwarded(request) &&
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

function hostOf(header: string | undefined): string {
  return (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

/** Starting something wants a page of ours: a foreign page must not start a test, nor a name that was pointed at us. */
export async function sameOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  lan: boolean,
): Promise<FastifyReply | undefined> {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const same =
    origin !== undefined &&
    URL.canParse(origin) &&
    new URL(origin).host === host &&
    (site === undefined || site === 'same-origin');
  const plain = hostOf(host);
  const named =
    !lan || plain === 'localhost' || readAddress(plain) !== null || !plain.includes('.') || plain.endsWith('.local');
  return same && named
    ? undefined
    : await refuse(reply, 403, 'foreign-page', 'A test can only be started from this page itself.');
}

export function warningsFor(request: FastifyRequest, address: KnownAddress): string[] {
  const warnings: string[] = [];
  if (address.kind === 'loopback')
    warnings.push(
      'You are on the machine that serves this page: this shows what its own programs can reach, which is more than others can.',
    );
  else if (address.kind !== 'public')
    warnings.push(
      'You come from the same local network: this shows what your neighbours see, not what the internet sees.',
    );
  if (request.headers['via'] !== undefined || request.headers['forwarded'] !== undefined)
    warnings.push('Your request came through a proxy: this tests the proxy, not your device.');
  if (address.kind === 'public' && address.family === 4)
    warnings.push(
      'If several devices share this address (a router, a VPN, your provider), this tests the gateway, not this device.',
    );
  if (address.kind === 'public' && address.family === 6)
    warnings.push('You came by IPv6: your IPv4 address is another door and wants its own test.');
  return warnings;
}

/** What the browser says about itself, without what would be another program's secret. */
export function headersOf({ headers }: FastifyRequest): ShieldsMe['headers'] {
  return Object.entries(headers)
    .filter(([name]) => !['host', 'connection', 'authorization'].includes(name))
    .slice(0, 40)
    .map(([name, value]) => ({
      name,
      value: harmless(name === 'cookie' ? '(cookies were sent)' : String(value), 300),
    }));
}

/** An answer that is a refusal. */
export function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  const body: ApiError = { error: { code, message } };
  return reply.code(status).header('cache-control', 'no-store').send(body);
}
