// `shields serve`: the page that probes whoever asks, and nobody else. HTTP here, the tests in live.ts, the rules of who
// may start what in addresses.ts, consent.ts and gate.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastifyWebsocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import {
  HELLO_ROUTE,
  type Hello,
  SHIELDS_ROUTES,
  type ShieldsAudit,
  type ShieldsConsent,
  type ShieldsMe,
  type ShieldsRouter,
} from '#api';
import { Failure, harmless, type Log, UsageError } from '#base';
import { formatAddress, listen, parseAddress } from '#net';
import { type TrustedProxies, trustProxies } from './addresses.ts';
import { audit } from './audit/audit.ts';
import { findings, routerFindings } from './audit/findings.ts';
import { askRouter } from './audit/router.ts';
import type { Audit } from './audit/sockets.ts';
import { auditCards, generalCards } from './cards.ts';
import { LIMITS } from './gate.ts';
import { portName, portTexts } from './knowledge.ts';
import { LiveRoom } from './live.ts';
import type { RunningShields, ShieldsEnvironment, ShieldsOptions } from './options.ts';
import { portsOf } from './ports.ts';
import { headersOf, refuse, sameOrigin, sitsHere, warningsFor, whoAsks } from './visit.ts';

/** @throws UsageError for an option that cannot be read; Failure when the port cannot be had */
export async function start(options: ShieldsOptions, environment: ShieldsEnvironment): Promise<RunningShields> {
  const address = parseAddress(options.http, '127.0.0.1', 8882);
  if (address === null) throw new UsageError('--http', `--http: "${options.http}" is not ADDR:PORT`);
  const optOutFile = join(environment.dataDir, 'opt-out.txt');
  let optedOut = readNetworks(optOutFile, environment.log);
  const room = new LiveRoom({
    lan: options.lan,
    unsolicited: options.unsolicited,
    optedOut: (text) => optedOut(text),
    log: environment.log,
    now: () => performance.now(),
  });
  const app = await build({ lan: options.lan, trusted: readProxies(options.trustProxy), room, ...environment });
  await app.ready();
  const bound = await listen(app.server, 'shields page', address, { move: true });
  return {
    listen: { http: formatAddress(bound) },
    reload(values) {
      const lines: ReturnType<RunningShields['reload']> = [];
      for (const key of Object.keys(options) as (keyof ShieldsOptions)[])
        if (JSON.stringify(values[key]) !== JSON.stringify(options[key]))
          lines.push({ key, outcome: 'needs a restart' });
      try {
        optedOut = readNetworks(optOutFile, environment.log);
        lines.push({ key: 'opt-out.txt', outcome: 'applied' });
      } catch (error) {
        lines.push({ key: 'opt-out.txt', outcome: 'refused', why: (error as Error).message });
      }
      return lines;
    },
    async stop() {
      room.close();
      await app.close();
    },
  };
}

type Serving = ShieldsEnvironment & { lan: boolean; trusted: TrustedProxies; room: LiveRoom };

async function build(serving: Serving): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.messageBytes.value,
    trustProxy: false, // we read the header ourselves: see visitorOf
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  });
  app.addHook('onSend', async (_, reply) => void reply.headers(HEADERS));
  app.setErrorHandler((error: Error & { statusCode?: number; validation?: unknown }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) serving.log.error('shields-http-failed', { why: error.message });
    return refuse(
      reply,
      status,
      error.validation === undefined ? 'failed' : 'not-understood',
      status >= 500 ? 'That went wrong here.' : harmless(error.message),
    );
  });
  app.setNotFoundHandler((_, reply) => refuse(reply, 404, 'not-found', 'There is nothing here.'));
  await app.register(fastifyWebsocket, { options: { maxPayload: LIMITS.messageBytes.value } });
  await app.register(fastifyStatic, { root: serving.webDir, preCompressed: true, dotfiles: 'deny' });
  addRoutes(app, serving);
  return app;
}

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

function addRoutes(app: FastifyInstance, serving: Serving): void {
  const { room, lan, version } = serving;
  app.get(HELLO_ROUTE.path, (_, reply) => answer(reply, { program: 'shields', version } satisfies Hello));
  app.get(SHIELDS_ROUTES.me.path, (request, reply) => {
    const visitor = whoAsks(request, serving.trusted);
    if ('refused' in visitor) return refuse(reply, 403, 'no-address', visitor.refused);
    return answer(reply, {
      address: visitor.address.text,
      family: visitor.address.family,
      refused: room.refusal(visitor.address),
      mode: lan ? 'lan' : 'internet',
      warnings: warningsFor(request, visitor.address),
      tests: TESTS,
      headers: headersOf(request),
      audit: sitsHere(request, visitor),
    } satisfies ShieldsMe);
  });
  app.get(SHIELDS_ROUTES.ports.path, (_, reply) => {
    reply.header('cache-control', 'max-age=3600');
    return reply.send({ texts: [...portTexts().values()], cards: generalCards() });
  });
  app.get(
    SHIELDS_ROUTES.live.path,
    { websocket: true, preValidation: async (request, reply) => await sameOrigin(request, reply, lan) },
    (socket, request) => {
      const visitor = whoAsks(request, serving.trusted);
      if ('refused' in visitor) return socket.close(1008, 'no address');
      room.open(socket, visitor.address, visitor.direct, request.socket.localPort ?? null);
    },
  );
  app.post<{ Body: ShieldsConsent }>(
    SHIELDS_ROUTES.consent.path,
    {
      schema: { body: SHIELDS_ROUTES.consent.body },
      preValidation: async (request, reply) => await sameOrigin(request, reply, lan),
    },
    (request, reply) => {
      const visitor = whoAsks(request, serving.trusted);
      if ('refused' in visitor) return refuse(reply, 403, 'no-address', visitor.refused);
      const given = room.consent(request.body, visitor.address);
      return 'refused' in given ? refuse(reply, 403, 'refused', given.refused) : answer(reply, given);
    },
  );
  app.get(SHIELDS_ROUTES.audit.path, async (request, reply) => {
    const visitor = whoAsks(request, serving.trusted);
    if ('refused' in visitor || !sitsHere(request, visitor))
      return refuse(reply, 403, 'not-here', 'The inside of a machine is shown only to the browser that runs on it.');
    return answer(reply, auditForPage(await audit()));
  });
  app.get(SHIELDS_ROUTES.router.path, async (request, reply) => {
    const visitor = whoAsks(request, serving.trusted);
    if ('refused' in visitor || !sitsHere(request, visitor))
      return refuse(reply, 403, 'not-here', 'A router is asked only for the browser that runs on this machine.');
    const router = await askRouter();
    return answer(reply, { ...router, cards: auditCards(routerFindings(router)) } satisfies ShieldsRouter);
  });
  app.get('/notice', (_, reply) => reply.type('text/plain; charset=utf-8').send(NOTICE));
}

const TESTS: ShieldsMe['tests'] = [
  { test: 'common', ports: portsOf('common').length, about: 'the 26 ports that programs and intruders use most' },
  { test: 'service', ports: portsOf('service').length, about: 'every service port, 0 to 1055' },
  { test: 'windows', ports: portsOf('windows').length + 2, about: 'shared folders and printers' },
  { test: 'sharing', ports: portsOf('sharing').length, about: 'Napster, Gnutella and their relatives' },
  { test: 'upnp', ports: 1, about: 'does your router answer UPnP searches from outside?' },
  { test: 'own', ports: LIMITS.ownPorts.value, about: 'ports of your choice, at most 64' },
  { test: 'all', ports: portsOf('all').length, about: 'every port there is, 1 to 65535; takes a minute or more' },
];

const NOTICE = `This server tests which TCP ports of a visitor's own address answer, when that visitor asks for it.
It connects only to the address that the request came from, at most 2,000 times a second, sends nothing after the
handshake, and stops when the visitor closes the page. On the UPnP test it also sends ten SSDP searches to UDP port 1900;
on the Windows test empty datagrams to UDP ports 137 and 138. Nothing of the results is kept.
To be left out for good, write to whoever runs this server: a line with your network in opt-out.txt does it.
`;

function auditForPage(seen: Audit): ShieldsAudit {
  return {
    system: seen.system,
    listeners: seen.listeners.map(({ proto, address, port, owner, reach, filter }) => ({
      proto,
      address,
      port,
      name: portName(port),
      program: owner?.program ?? '',
      pid: owner?.pid || null,
      user: owner?.user ?? null,
      reach,
      filter,
      since: owner?.since ?? null,
      startedBy: owner?.startedBy ?? null,
    })),
    connections: seen.connections.map(({ proto, local, remote, owner }) => ({
      proto,
      local,
      remote,
      program: owner?.program ?? '',
      pid: owner?.pid || null,
    })),
    firewall: seen.filter.words,
    unseen: seen.unseen,
    cards: auditCards(findings(seen, null, Date.now())),
  };
}

function answer(reply: FastifyReply, body: object): FastifyReply {
  return reply.header('cache-control', 'no-store').send(body);
}

function readProxies(networks: readonly string[]): TrustedProxies {
  try {
    return trustProxies(networks);
  } catch (error) {
    throw new UsageError('--trust-proxy', `--trust-proxy: ${(error as Error).message}`);
  }
}

/** Networks that asked to be left out, one a line; a file that is not there names none. */
function readNetworks(path: string, log: Log): (address: string) => boolean {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return () => false;
  }
  const networks = text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean);
  log.info('opt-out', { networks: networks.length });
  try {
    return trustProxies(networks);
  } catch (error) {
    throw new Failure(`${path}: ${(error as Error).message}`);
  }
}
