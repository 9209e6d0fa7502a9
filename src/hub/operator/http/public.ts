// What strangers may see: the front page, /stats.json, the invitation as a picture. No script, no cookie, nothing that
// needs a token; reading only, and slowly for who asks without end.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { renderSVG } from 'uqr';
import type { HubPublicStats } from '#api';
import { TokenBucket } from '#base';
import { type Address, listen } from '#net';
import { OPERATOR_LIMITS } from '../limits.ts';
import { FRONT_CSS, type FrontPage, frontPage, ICON } from '../public-page.ts';
import type { Served } from './control.ts';
import { PAGE_HEADERS } from './door.ts';

export async function servePublic(address: Address, page: () => FrontPage, now: () => number): Promise<Served> {
  const asked = new Map<string, TokenBucket>();
  const server = createServer(
    {
      requestTimeout: OPERATOR_LIMITS.publicRequestMs.value,
      headersTimeout: OPERATOR_LIMITS.publicRequestMs.value,
      maxHeaderSize: OPERATOR_LIMITS.publicHeader.value,
      keepAliveTimeout: 5_000,
    },
    (request, response) => {
      if (mayAsk(request.socket.remoteAddress ?? '', asked, now())) answer(request, response, page());
      else send(response, 429, 'text/plain; charset=utf-8', 'Too many requests; wait a minute.\n');
    },
  );
  server.maxConnections = OPERATOR_LIMITS.publicSockets.value;
  const at = await listen(server, 'public page', address, { move: true });
  return {
    at,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function mayAsk(address: string, asked: Map<string, TokenBucket>, now: number): boolean {
  const { value: perMinute } = OPERATOR_LIMITS.publicRequests;
  if (asked.size >= OPERATOR_LIMITS.publicAddresses.value) asked.clear();
  const bucket = asked.get(address) ?? new TokenBucket(perMinute / 60, perMinute / 2, now);
  asked.set(address, bucket);
  return bucket.take(1, now);
}

function answer(request: IncomingMessage, response: ServerResponse, page: FrontPage): void {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, 'text/plain; charset=utf-8', 'Only GET.\n');
  const [path = ''] = (request.url ?? '').split('?');
  switch (path) {
    case '/':
      return send(response, 200, 'text/html; charset=utf-8', frontPage(page));
    case '/front.css':
      return send(response, 200, 'text/css; charset=utf-8', FRONT_CSS);
    case '/icon.svg':
      return send(response, 200, 'image/svg+xml', ICON);
    case '/invite.svg':
      return send(response, 200, 'image/svg+xml', renderSVG(page.stats.invite, { border: 2 }));
    case '/stats.json':
      // For widgets on other pages: it holds nothing that is not on the front page.
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('cross-origin-resource-policy', 'cross-origin');
      return send(response, 200, 'application/json', `${JSON.stringify(page.stats satisfies HubPublicStats)}\n`);
    default:
      return send(response, 404, 'text/plain; charset=utf-8', 'There is nothing here.\n');
  }
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  for (const [name, value] of Object.entries(PAGE_HEADERS))
    if (!response.hasHeader(name)) response.setHeader(name, value);
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
