// UPnP's Internet Gateway Device, the reading part: where its control lies, the outside address, the list of mappings.
// XML is read by the few element names that count; nothing is expanded, nothing is fetched. Pure.
import { type Limits, WireError } from '#base';

export const LIMITS = {
  textLength: { value: 262_144, unit: 'characters', source: 'device descriptions of routers are below 30,000' },
  mappings: { value: 512, unit: 'mappings', source: 'more than any router keeps' },
} as const satisfies Limits;

/** Services that hold mappings, the better one first. */
const SERVICES = [
  'urn:schemas-upnp-org:service:WANIPConnection:2',
  'urn:schemas-upnp-org:service:WANIPConnection:1',
  'urn:schemas-upnp-org:service:WANPPPConnection:1',
];

export type IgdService = { type: string; controlPath: string; device: string };

/** One forwarding of the router. `outside` is a port of the router, `inside` and `client` where it goes. */
export type IgdMapping = {
  proto: 'tcp' | 'udp';
  outside: number;
  inside: number;
  client: string;
  about: string;
  enabled: boolean;
  leaseS: number;
};

/** The service of a device description that holds mappings; null when it has none. @throws WireError `too-long` */
export function findIgdService(xml: string): IgdService | null {
  if (xml.length > LIMITS.textLength.value)
    throw new WireError('too-long', `a device description of ${xml.length} characters`);
  const device = element(xml, 'friendlyName') ?? '';
  const services = xml.split(/<service\s*>/i).slice(1);
  for (const type of SERVICES)
    for (const service of services) {
      const controlPath = element(service, 'controlURL');
      if (element(service, 'serviceType') === type && controlPath !== null && controlPath !== '')
        return { type, controlPath, device };
    }
  return null;
}

/** Body and SOAPACTION header of a call. Values must be numbers or plain words: they are escaped all the same. */
export function encodeSoap(
  type: string,
  action: string,
  values: Readonly<Record<string, string>>,
): { body: string; soapAction: string } {
  const fields = Object.entries(values).map(([name, value]) => `<${name}>${escape(value)}</${name}>`);
  const body = `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><u:${action} xmlns:u="${type}">${fields.join('')}</u:${action}></s:Body></s:Envelope>`;
  return { body, soapAction: `"${type}#${action}"` };
}

/** @throws WireError `soap-fault` with UPnP's own number in the text (713: no mapping at that index) */
export function decodeMapping(xml: string): IgdMapping {
  refuseFault(xml);
  const proto = (element(xml, 'NewProtocol') ?? '').toLowerCase();
  const outside = Number(element(xml, 'NewExternalPort') ?? Number.NaN);
  const inside = Number(element(xml, 'NewInternalPort') ?? Number.NaN);
  if ((proto !== 'tcp' && proto !== 'udp') || !isPort(outside) || !isPort(inside)) throw new WireError('not-a-mapping');
  return {
    proto,
    outside,
    inside,
    client: element(xml, 'NewInternalClient') ?? '',
    about: element(xml, 'NewPortMappingDescription') ?? '',
    enabled: element(xml, 'NewEnabled') !== '0',
    leaseS: Number(element(xml, 'NewLeaseDuration') ?? 0) || 0,
  };
}

/** The outside address as the router says it; empty when it has none. @throws WireError `soap-fault` */
export function decodeOutsideAddress(xml: string): string {
  refuseFault(xml);
  return element(xml, 'NewExternalIPAddress') ?? '';
}

function refuseFault(xml: string): void {
  if (xml.length > LIMITS.textLength.value) throw new WireError('too-long');
  if (/<(?:\w+:)?Fault\b/.test(xml))
    throw new WireError('soap-fault', `UPnP error ${element(xml, 'errorCode') ?? 'without number'}`);
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65_535;
}

/** The text of the first element of that name, whatever its prefix; null when there is none. */
function element(xml: string, name: string): string | null {
  const open = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^<>]*)?>`, 'i').exec(xml);
  if (open === null) return null;
  const from = open.index + open[0].length;
  const to = xml.indexOf('<', from);
  return to < 0 ? null : unescape(xml.slice(from, to).trim());
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => NAMED[name] as string);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
