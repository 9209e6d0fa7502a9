// The control page's server: the built page, the routes of #api behind a token, /metrics. Routes and their schemas come
// from the table in #api; what they answer, from handlers given here.
import { existsSync } from 'node:fs';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  type ApiError,
  HUB_ROLES,
  HUB_ROUTES,
  type HubAnswers,
  type HubRole,
  type HubRoute,
  type HubRouteSpec,
} from '#api';
import { Failure, type Log, UsageError } from '#base';
import { type Address, listen } from '#net';
import { OPERATOR_LIMITS } from '../limits.ts';
import { type Door, sameSecret } from '../tokens.ts';
import { isOurHost, isOurOrigin, PAGE_HEADERS } from './door.ts';

/** One request as a handler sees it. */
export type Ask = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly role: HubRole;
};
export type Handlers = { readonly [R in HubRoute]: (ask: Ask) => HubAnswers[R] | Promise<HubAnswers[R]> };

export type ControlDeps = {
  readonly handlers: Handlers;
  readonly door: Door;
  /** What `hub admin` on this machine carries; opens the route `admin` and nothing else. */
  readonly controlSecret: string;
  readonly metrics: () => Promise<{ type: string; text: string }>;
  /** Names, beside addresses, that this page may be called by. */
  readonly hostNames: () => readonly string[];
  /** dist/web; where it is missing, a sentence says how to build it. Empty: no page, only the door of `hub admin`. */
  readonly webDir: string;
  readonly log: Log;
  readonly now: () => number;
};

export type Served = { readonly at: Address; stop(): Promise<void> };

export async function serveControl(address: Address, deps: ControlDeps): Promise<Served> {
  const app = fastify({
    bodyLimit: OPERATOR_LIMITS.controlBody.value,
    requestTimeout: OPERATOR_LIMITS.controlRequestMs.value,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 256 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true } },
  });
  app.server.maxConnections = OPERATOR_LIMITS.controlSockets.value;
  guard(app, deps);
  answerErrors(app, deps.log);
  for (const name of Object.keys(HUB_ROUTES) as HubRoute[]) addRoute(app, name, deps);
  app.get('/metrics', async (request, reply) => {
    if (admit(request, reply, 'read-only', deps) === null) return reply;
    const { type, text } = await deps.metrics();
    return reply.header('content-type', type).send(text);
  });
  await servePage(app, deps.webDir);
  await app.ready();
  const at = await listen(app.server, 'control page', address, { move: true });
  return { at, stop: () => app.close() };
}

function guard(app: FastifyInstance, deps: ControlDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(PAGE_HEADERS);
    const { host = '', origin, 'sec-fetch-site': site } = request.headers;
    if (!isOurHost(host, deps.hostNames()))
      return refuse(reply, 421, 'wrong-host', 'This page is not served under that name.');
    // The route that was found, not how the URL is written: `/%61pi/users` leads there too.
    const route = request.routeOptions.url ?? request.url;
    const asksApi = route.startsWith('/api/') || route.startsWith('/metrics');
    if (asksApi && !isOurOrigin(origin, one(site), host))
      return refuse(reply, 403, 'wrong-origin', 'Only the page itself may ask this.');
  });
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'not-found', 'There is nothing here.'));
  app.setErrorHandler((error: Error & { statusCode?: number; validation?: unknown }, request, reply) => {
    if (error instanceof UsageError) return refuse(reply, 422, 'usage', error.message);
    if (error instanceof Failure) return refuse(reply, 422, 'refused', error.message);
    if (error.validation !== undefined) return refuse(reply, 400, 'bad-request', error.message);
    if (error.statusCode !== undefined && error.statusCode < 500)
      return refuse(reply, error.statusCode, 'bad-request', error.message);
    log.error('control-route-failed', { route: request.routeOptions.url ?? '', error: error.stack ?? error.message });
    return refuse(reply, 500, 'bug', 'Something is wrong here; the log says what.');
  });
}

function addRoute(app: FastifyInstance, name: HubRoute, deps: ControlDeps): void {
  const { method, path, params, query, body, open, role }: HubRouteSpec = HUB_ROUTES[name];
  const handler = deps.handlers[name] as (ask: Ask) => unknown;
  app.route({
    method,
    url: path,
    schema: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { querystring: query }),
      ...(body === undefined ? {} : { body }),
    },
    // Before the body is read and parsed: strangers give us nothing to parse.
    onRequest: async (request, reply) => {
      if (open !== true && name !== 'admin') admit(request, reply, role, deps);
      if (name === 'admin') admitShell(request, reply, deps);
    },
    handler: async (request, reply) => {
      const answer = await handler({
        params: request.params as Record<string, string>,
        query: request.query as Record<string, unknown>,
        body: (request.body ?? {}) as Record<string, unknown>,
        role: open === true ? 'read-only' : (roleOf(request, deps) ?? 'read-only'),
      });
      return answer === null ? reply.code(204).send() : reply.send(answer);
    },
  });
}

/** The role, or null when the request was refused. */
function admit(request: FastifyRequest, reply: FastifyReply, least: HubRole, deps: ControlDeps): HubRole | null {
  if (!deps.door.mayTry(request.ip, deps.now())) {
    void refuse(reply, 429, 'too-many-tries', 'Too many wrong tokens; wait a minute.');
    return null;
  }
  const role = roleOf(request, deps);
  if (role === null) {
    if (tokenOf(request) !== null) {
      deps.door.wasWrong(request.ip, deps.now());
      deps.log.warn('wrong-token', { address: request.ip });
    }
    void refuse(reply, 401, 'locked', 'This needs the token that the hub showed at its first start.');
    return null;
  }
  if (HUB_ROLES.indexOf(role) >= HUB_ROLES.indexOf(least)) return role;
  void refuse(reply, 403, 'role', `This needs the token of a ${least}.`);
  return null;
}

function admitShell(request: FastifyRequest, reply: FastifyReply, deps: ControlDeps): void {
  const token = tokenOf(request);
  if (token !== null && sameSecret(token, deps.controlSecret)) return;
  void refuse(reply, 401, 'locked', 'Only `peershield hub admin` on this machine may ask this.');
}

function roleOf(request: FastifyRequest, deps: ControlDeps): HubRole | null {
  const token = tokenOf(request);
  return token === null ? null : deps.door.roleOf(token);
}

function tokenOf(request: FastifyRequest): string | null {
  return /^Bearer ([\w-]{1,128})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

async function servePage(app: FastifyInstance, webDir: string): Promise<void> {
  if (webDir === '') return;
  if (!existsSync(webDir)) {
    app.get('/', (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send('The page is not built yet: npm run build:web\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: webDir,
    preCompressed: true,
    cacheControl: false,
    index: false,
    setHeaders: (reply, path) => {
      if (path.includes('/assets/')) reply.header('cache-control', 'public, max-age=31536000, immutable');
    },
  });
  app.get('/', (_request, reply) => reply.sendFile('index.html'));
}

function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } } satisfies ApiError);
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
