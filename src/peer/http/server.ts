// The peer's page and its API, on loopback: routes of `#api`, each with its schema, each behind host, origin and token.
import { constants, existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteHandlerMethod,
} from 'fastify';
import {
  type ApiError,
  type DownloadRequest,
  LIVE_REQUEST_SCHEMA,
  type Hello,
  LIMITS as API_LIMITS,
  PEER_ROUTES,
  type PeerRoute,
  type QuarantineAction,
  type Route,
  type TransferAction,
} from '#api';
import { Failure } from '#base';
import type { Address } from '#net';
import { openShared, Refused } from '../reader/open.ts';
import type { Peer } from '../peer.ts';
import { type Row, shown } from '../rows.ts';
import { shownSettings } from '../settings.ts';
import { type Access, type Asked, checkHost, checkToken, SESSION_COOKIE, sessionOf } from './access.ts';
import { Live, LIVE_LIMITS } from './live.ts';
import { sendSound } from './media.ts';

export type PageOptions = { readonly listen: Address; readonly token: string; readonly webDir: string };

/** What the page's files may do. Styles are set by the component library at run time. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const PORTS_TRIED = 20;

/** The running server. */
export type PageServer = { address: Address; close(): Promise<void> };

/** Serves; a taken port moves to the next free one. @throws Failure when none is free */
export async function servePage(peer: Peer, options: PageOptions): Promise<PageServer> {
  const app = fastify({
    bodyLimit: API_LIMITS.bodyBytes.value,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
  });
  const live = new Live(peer);
  const where: { address: Address } = { address: options.listen };
  setUp(app, where, options.token);
  await app.register(fastifyWebsocket, { options: { maxPayload: LIVE_LIMITS.requestBytes.value } });
  const hasPage = existsSync(join(options.webDir, 'index.html'));
  if (hasPage) await app.register(fastifyStatic, { root: options.webDir, preCompressed: true, cacheControl: false });
  app.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/api/') || request.method !== 'GET')
      return sendError(reply, 404, 'no-route', 'there is no such thing here');
    if (!hasPage)
      return reply.code(200).type('text/plain; charset=utf-8').send('The page is not built yet: npm run build:web\n');
    return reply.sendFile('index.html');
  });
  app.register(async (scope) => {
    addRoutes(scope, peer, options.token);
    scope.route({
      method: 'GET',
      url: PEER_ROUTES.live.path,
      config: { route: PEER_ROUTES.live },
      handler: (_, reply) => sendError(reply, 400, 'websocket', 'this is a WebSocket'),
      wsHandler: (socket, request) => live.open(socket, request.compileValidationSchema(LIVE_REQUEST_SCHEMA)),
    });
  });
  where.address = await listenNear(app, options.listen);
  return {
    address: where.address,
    close: async () => {
      live.close();
      await app.close();
    },
  };
}

async function listenNear(app: FastifyInstance, { host, port }: Address): Promise<Address> {
  for (let tries = 0; tries < (port === 0 ? 1 : PORTS_TRIED); tries++)
    try {
      await app.listen({ host, port: port + tries });
      const bound = app.server.address();
      return { host, port: typeof bound === 'object' && bound !== null ? bound.port : port + tries };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE') continue;
      throw new Failure(`page port: cannot listen on ${host}:${port + tries} (${code ?? message})`);
    }
  throw new Failure(`page port: no free port from ${port} on`);
}

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route;
  }
}

function setUp(app: FastifyInstance, where: { address: Address }, token: string): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': request.url.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-store',
    });
    const asked = askedBy(request);
    const access = checkHost(asked, where.address);
    if (!access.ok) return deny(reply, access);
    const { route } = request.routeOptions.config;
    // By the route that was found, not by how the URL is written: `/%61pi/status` leads there too.
    if (route === undefined && !request.url.startsWith('/api/')) return;
    // What is no route is refused like what is one, so that nobody learns the routes without the token.
    const allowed = checkToken(asked, route ?? {}, token);
    if (!allowed.ok) return deny(reply, allowed);
  });
  // A refused upgrade leaves its socket to nobody: it would stay open for ever.
  app.addHook('onResponse', async (request, reply) => {
    if (request.headers.upgrade !== undefined && reply.statusCode >= 400) request.raw.socket.destroySoon();
  });
  app.setErrorHandler(
    (error: { validation?: unknown; statusCode?: number; code?: string; message: string }, _, reply) => {
      if (error.validation !== undefined) return sendError(reply, 400, 'schema', error.message);
      if (error instanceof Failure) return sendError(reply, 409, 'state', error.message);
      const status = error.statusCode ?? 500;
      if (status >= 500) return sendError(reply, 500, 'fault', `a fault of ours: ${error.message}`);
      return sendError(reply, status, 'request', error.message);
    },
  );
}

function askedBy({ headers }: FastifyRequest): Asked {
  const site = headers['sec-fetch-site'];
  return {
    host: headers.host,
    origin: headers.origin,
    authorization: headers.authorization,
    cookie: headers.cookie,
    site: typeof site === 'string' ? site : undefined,
  };
}

function deny(reply: FastifyReply, access: Extract<Access, { ok: false }>): FastifyReply {
  return sendError(reply, access.status, access.code, access.message);
}

function sendError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  const body: ApiError = { error: { code, message } };
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body));
}

function missing(reply: FastifyReply, what: string): FastifyReply {
  return sendError(reply, 404, 'missing', `no such ${what}`);
}

type Ask = { params: { id: string }; query: Record<string, never>; body: never };

function addRoutes(app: FastifyInstance, peer: Peer, token: string): void {
  on('openSession', (_, reply) =>
    reply
      .code(204)
      .header('set-cookie', `${SESSION_COOKIE}=${sessionOf(token)}; HttpOnly; SameSite=Strict; Path=/api`)
      .send(),
  );
  on('status', () => peer.status);
  on('speeds', () => peer.speeds.speeds);
  on('power', async ({ body }) => {
    await peer.power((body as { on: boolean }).on);
    return peer.status;
  });

  on('startSearch', ({ body }, reply) => reply.code(201).send(peer.searches.start(body)));
  on('searches', () => peer.searches.list());
  on(
    'search',
    ({ params, query }, reply) => peer.searches.delta(params.id, sinceOf(query)) ?? missing(reply, 'search'),
  );
  on('dropSearch', ({ params }, reply) =>
    peer.searches.drop(params.id) ? reply.code(204).send() : missing(reply, 'search'),
  );

  on(
    'download',
    ({ body }, reply) => {
      const { to, ...request } = body as DownloadRequest & { to?: string };
      const wanted = peer.download(request, to ?? null);
      if ('refused' in wanted)
        return sendError(reply, 'uri' in request ? 501 : 404, 'uri' in request ? 'later' : 'missing', wanted.refused);
      return reply.code(wanted.fresh ? 201 : 200).send(shown(wanted.row));
    },
    { body: withFolder(PEER_ROUTES.download.body) },
  );
  on('transfers', ({ query }) => peer.rows.delta(sinceOf(query)));
  on('actOnTransfers', ({ body }) => {
    const { action, ids } = body as { action: TransferAction; ids: string[] };
    return peer.act(action, ids);
  });
  on('transferMedia', async (request, reply) => {
    const row = peer.rows.get(request.params.id);
    return row === undefined ? missing(reply, 'transfer') : playTransfer(peer, row, request, reply);
  });
  on('transferInspection', ({ params }, reply) => {
    const row = peer.rows.get(params.id);
    return (
      (row === undefined ? null : peer.inspection(row.name, row.sizeBytes, row.inspection)) ??
      missing(reply, 'inspection')
    );
  });

  on('library', ({ query }) => peer.libraryPage(query));
  on('libraryFolders', () => peer.libraryFolders());
  on('rescan', (_, reply) => {
    void peer.library.scan();
    return reply.code(204).send();
  });
  on('libraryMedia', async (request, reply) => {
    const row = peer.library.byId(Number(request.params.id));
    if (row === null) return missing(reply, 'file');
    try {
      const file = await openShared(row.root, row.below, {
        identity: row.identity,
        sizeBytes: row.size,
        mtimeMs: row.mtime,
      });
      return await sendSound(reply, request.headers.range, {
        file,
        name: row.name,
        sizeBytes: row.size,
        playable: () => row.size,
      });
    } catch (error) {
      if (error instanceof Refused) return sendError(reply, 404, 'missing', error.message);
      throw error;
    }
  });
  on('libraryInspection', ({ params }, reply) => {
    const row = peer.library.byId(Number(params.id));
    return (row === null ? null : peer.inspection(row.name, row.size, row.inspection)) ?? missing(reply, 'inspection');
  });
  on('checkFolder', ({ body }) => peer.host.checkFolder((body as { path: string }).path));

  on('browse', ({ body }, reply) => {
    const { nick, hub } = body as { nick: string; hub?: string };
    return reply.code(201).send(peer.browses.start(nick, hub ?? null));
  });
  on('browsed', ({ params, query }, reply) => {
    const { folder = '', offset = 0, limit = 200 } = query as { folder?: string; offset?: number; limit?: number };
    return peer.browses.page(params.id, folder, offset, limit) ?? missing(reply, 'list');
  });
  // The command line lists files without their tree.
  add(
    app,
    {
      method: 'GET',
      path: '/api/browse/:id/files',
      params: PEER_ROUTES.browsed.params,
      query: PEER_ROUTES.quarantine.query,
    },
    ({ params, query }, reply) => {
      const { offset = 0, limit = 200 } = query as { offset?: number; limit?: number };
      return peer.browses.files(params.id, offset, limit) ?? missing(reply, 'list');
    },
  );

  on('quarantine', ({ query }) => {
    const { offset = 0, limit = 200 } = query as { offset?: number; limit?: number };
    return peer.quarantine.list(offset, limit);
  });
  on('actOnQuarantine', async ({ params, body }, reply) => {
    const outcome = await peer.quarantine.act(params.id, (body as { action: QuarantineAction }).action);
    peer.onStatus();
    return outcome === null ? reply.code(204).send() : missing(reply, 'held file');
  });

  on('settings', () => shownSettings(peer.settings));
  on('changeSettings', ({ body }) => peer.changeSettings(body));
  on('sendMessage', ({ body }, reply) => {
    const { nick, hub, text } = body as { nick: string; hub: string; text: string };
    return peer.sendMessage(nick, hub, text)
      ? reply.code(204).send()
      : sendError(reply, 409, 'hub-away', 'that hub is not connected');
  });
  on('selfTest', () => peer.host.selfTest());
  const hello: Hello = { program: 'peer', version: peer.version };
  on('hello', () => hello);

  function on(
    name: PeerRoute,
    handle: (request: Ask & FastifyRequest, reply: FastifyReply) => unknown,
    more: Partial<Route> = {},
  ): void {
    add(app, { ...PEER_ROUTES[name], ...more }, handle);
  }
}

function add(
  app: FastifyInstance,
  route: Route,
  handle: (request: Ask & FastifyRequest, reply: FastifyReply) => unknown,
): void {
  const schema: Record<string, object> = {};
  if (route.params !== undefined) schema['params'] = route.params;
  if (route.query !== undefined) schema['querystring'] = route.query;
  if (route.body !== undefined) schema['body'] = route.body;
  app.route({
    method: route.method,
    url: route.path,
    schema,
    config: { route },
    handler: handle as unknown as RouteHandlerMethod,
  });
}

/** A download by command may name its folder. */
function withFolder(body: { properties: object }): object {
  return {
    ...body,
    properties: {
      ...body.properties,
      to: { type: 'string', minLength: 1, maxLength: 4096, pattern: '^(/|[A-Za-z]:[\\\\/])' },
    },
  };
}

function sinceOf(query: object): number {
  return (query as { since?: number }).since ?? 0;
}

async function playTransfer(peer: Peer, row: Row, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const path = row.direction === 'down' ? peer.downloads.mediaPath(row) : null;
  if (path === null || row.state === 'quarantined' || row.state === 'failed')
    return sendError(reply, 409, 'not-playable', 'there is nothing of it that may be played');
  if (row.sizeBytes === 0) return sendError(reply, 409, 'not-playable', 'its size is not known yet');
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (file === null)
    return sendError(
      reply,
      404,
      'missing',
      row.state === 'done' ? 'it lies where the page may not read' : 'nothing of it has arrived yet',
    );
  const playable = (): number | null => {
    const now = peer.rows.get(row.id);
    if (now === undefined || now.state === 'failed' || now.state === 'quarantined') return null;
    return now.state === 'done' ? now.sizeBytes : now.playableBytes;
  };
  return sendSound(reply, request.headers.range, { file, name: row.name, sizeBytes: row.sizeBytes, playable });
}
