// What the router says of itself: its outside address, and who has opened which port on it (UPnP). NAT-PMP and PCP can make
// mappings and cannot list them; that is said. Talks to the local network only, when somebody asks for an audit.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { harmless, WireError } from '#base';
import {
  decodeMapping,
  decodeNatPmp,
  decodeOutsideAddress,
  decodeReply,
  encodeAddressRequest,
  encodeSearch,
  encodeSoap,
  findIgdService,
  type IgdMapping,
  type IgdService,
  LIMITS as NAT_LIMITS,
  NAT_PMP_PORT,
  SSDP_GROUP,
  SSDP_PORT,
} from '#wire/nat';
import { readAddress } from '../addresses.ts';
import { askUdp } from '../datagrams.ts';

export type RouterMapping = IgdMapping & { ours: boolean };

export type Router = {
  /** The router's name for itself; null: none answered UPnP. */
  device: string | null;
  gateway: string | null;
  outside: string | null;
  nat: 'none' | 'nat' | 'double nat' | 'provider nat' | 'not known';
  mappings: RouterMapping[];
  notes: string[];
};

const SEARCH_MS = 1500;
const HTTP_MS = 3000;
const NAT_PMP_MS = 300;
const IGD_TARGET = 'urn:schemas-upnp-org:device:InternetGatewayDevice:1';

type Asks = { search?: () => Promise<URL | null>; gateway?: string | null; natPmpPort?: number };

/** Asks the router. Never throws for what a router says. What it may be given is for tests. */
export async function askRouter({
  search = searchIgd,
  gateway = defaultGateway(),
  natPmpPort = NAT_PMP_PORT,
}: Asks = {}): Promise<Router> {
  const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  const router: Router = { device: null, gateway, outside: null, nat: natWithoutRouter(own), mappings: [], notes: [] };
  const location = await search();
  if (location === null) {
    router.notes.push(
      'no router answered UPnP: mappings cannot be listed (NAT-PMP and PCP can make them and cannot list them)',
    );
    router.outside = gateway === null ? null : await askNatPmp(gateway, natPmpPort);
    if (router.outside !== null) router.nat = natKind(router.outside, own);
    return router;
  }
  try {
    await readRouter(location, own, router);
  } catch (error) {
    router.notes.push(
      `the router answered UPnP with nonsense or not at all: ${harmless((error as Error).message, 120)}`,
    );
  }
  return router;
}

async function readRouter(location: URL, own: readonly string[], router: Router): Promise<void> {
  const service = findIgdService(await http(location, null, null));
  if (service === null) {
    router.notes.push('a device answered UPnP, and it holds no mappings');
    return;
  }
  router.device = harmless(service.device, 80);
  const call = async (action: string, values: Record<string, string>): Promise<string> =>
    await soap(location, service, action, values);
  router.outside = readAddress(decodeOutsideAddress(await call('GetExternalIPAddress', {})))?.text ?? null;
  router.nat = natKind(router.outside, own);
  for (let index = 0; index < NAT_LIMITS.mappings.value; index++) {
    const mapping = await mappingAt(index, call);
    if (mapping === null) return;
    router.mappings.push({
      ...mapping,
      about: harmless(mapping.about, 80),
      client: harmless(mapping.client, 60),
      ours: own.includes(mapping.client),
    });
  }
}

/** The outside address by NAT-PMP; null when the gateway does not speak it or has none. */
async function askNatPmp(gateway: string, port: number): Promise<string | null> {
  const signal = AbortSignal.timeout(NAT_PMP_MS * 4);
  const payload = encodeAddressRequest();
  const { replies } = await askUdp({
    host: gateway,
    port,
    payload,
    times: 2,
    gapMs: NAT_PMP_MS,
    waitMs: NAT_PMP_MS,
    signal,
  });
  try {
    const reply = decodeNatPmp(replies[0] ?? new Uint8Array(0));
    return reply.op === 'address' && reply.result === 0 ? (readAddress(reply.address)?.text ?? null) : null;
  } catch {
    return null;
  }
}

/** Null after the last one: routers answer a fault there. */
async function mappingAt(
  index: number,
  call: (action: string, values: Record<string, string>) => Promise<string>,
): Promise<IgdMapping | null> {
  try {
    return decodeMapping(await call('GetGenericPortMappingEntry', { NewPortMappingIndex: String(index) }));
  } catch (error) {
    if (error instanceof WireError && error.code === 'soap-fault') return null;
    throw error;
  }
}

/** What the router's outside address says about what lies beyond it. */
export function natKind(outside: string | null, own: readonly string[]): Router['nat'] {
  const address = outside === null ? null : readAddress(outside);
  if (address === null) return 'not known';
  if (own.includes(address.text)) return 'none';
  if (address.kind === 'cgnat') return 'provider nat';
  return address.kind === 'private' || address.kind === 'link-local' ? 'double nat' : 'nat';
}

/** A public IPv4 address of our own: nothing translates it. */
function natWithoutRouter(own: readonly string[]): Router['nat'] {
  const known = own.map((text) => readAddress(text)).filter((address) => address?.family === 4);
  if (known.some((address) => address?.kind === 'public')) return 'none';
  return known.some((address) => address?.kind === 'cgnat') ? 'provider nat' : 'not known';
}

/** The default route's gateway, from /proc/net/route; null where there is none. */
function defaultGateway(): string | null {
  try {
    return parseGateway(readFileSync('/proc/net/route', 'utf8'));
  } catch {
    return null;
  }
}

/** Lines of `iface destination gateway flags …`, addresses in hexadecimal, lowest byte first. */
export function parseGateway(table: string): string | null {
  for (const line of table.split('\n').slice(1)) {
    const [, destination, gateway = ''] = line.split('\t');
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/i.test(gateway) || gateway === '00000000') continue;
    return [6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join('.');
  }
  return null;
}

/** Where the first gateway device on the local network has its description. Only the sender's own address is believed. */
function searchIgd(): Promise<URL | null> {
  const { promise, resolve } = Promise.withResolvers<URL | null>();
  const socket = createSocket('udp4');
  const timer = setTimeout(() => resolve(null), SEARCH_MS);
  socket.on('error', () => resolve(null));
  socket.on('message', (bytes, { address }) => {
    const location = locationOf(bytes, address);
    if (location !== null) resolve(location);
  });
  socket.bind(0, () => socket.send(encodeSearch(SSDP_GROUP, IGD_TARGET, 1), SSDP_PORT, SSDP_GROUP));
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** A reply may not send us elsewhere than to who sent it, nor outside the local network. */
export function locationOf(datagram: Uint8Array, sender: string): URL | null {
  try {
    const { headers } = decodeReply(datagram);
    const url = new URL(headers.get('location') ?? '');
    const kind = readAddress(url.hostname)?.kind;
    const near = kind === 'private' || kind === 'link-local' || kind === 'loopback';
    return url.protocol === 'http:' && url.hostname === sender && near ? url : null;
  } catch {
    return null;
  }
}

async function soap(
  location: URL,
  service: IgdService,
  action: string,
  values: Record<string, string>,
): Promise<string> {
  const { body, soapAction } = encodeSoap(service.type, action, values);
  const url = new URL(service.controlPath, location);
  if (url.host !== location.host) throw new WireError('elsewhere', 'its control lies on another host');
  return await http(url, body, soapAction);
}

/** One request, no redirects, bounded in time and length. UPnP faults come with status 500 and count as answers. */
function http(url: URL, body: string | null, soapAction: string | null): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = soapAction === null ? {} : { 'content-type': 'text/xml; charset="utf-8"', soapaction: soapAction };
  const sent = request(
    url,
    { method: body === null ? 'GET' : 'POST', headers, signal: AbortSignal.timeout(HTTP_MS), agent: false },
    (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > NAT_LIMITS.textLength.value) sent.destroy(new WireError('too-long', 'it says too much'));
      });
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode === 200 || statusCode === 500) resolve(text);
        else reject(new WireError('http-status', `status ${statusCode}`));
      });
    },
  );
  sent.on('error', reject);
  sent.end(body ?? undefined);
  return promise;
}
