// Whose address is this, and may it be probed? Every spelling of an address comes down to one: what is wrapped (IPv4 in
// IPv6 by four schemes) is unwrapped first, so that no spelling passes where another would not.
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** What kind of place an address names. `special`: documentation, metadata, reserved, broadcast, unspecified. */
export type AddressKind = 'public' | 'private' | 'loopback' | 'link-local' | 'cgnat' | 'multicast' | 'special';

export type KnownAddress = {
  /** The one spelling: dotted IPv4, or IPv6 as RFC 5952 writes it. */
  text: string;
  family: 4 | 6;
  kind: AddressKind;
  /** For limits that many addresses of one visitor share: the /64 and /48 of IPv6, the address itself for IPv4. */
  site: string;
  network: string;
};

const KINDS: Partial<Record<string, AddressKind>> = {
  unicast: 'public',
  private: 'private',
  uniqueLocal: 'private',
  loopback: 'loopback',
  linkLocal: 'link-local',
  carrierGradeNat: 'cgnat',
  multicast: 'multicast',
};
/** Cloud machines ask these for their own secrets. */
const METADATA = new Set(['169.254.169.254', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254']);
const NAT64 = ipaddr.IPv6.parse('64:ff9b::');

/** Reads an address as a socket or a header gives it; null when it is none. A zone (`%eth0`) is dropped. */
export function readAddress(text: string): KnownAddress | null {
  const bare = text.trim().replace(/%[\w.-]+$/, '');
  // Only the forms that everybody reads alike: ipaddr.js would also take 010.1 and 0x7f.1.
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(bare) && !bare.includes(':')) return null;
  if (/^0\d|\.0\d/.test(bare) || !ipaddr.isValid(bare)) return null;
  return describe(unwrap(ipaddr.parse(bare)));
}

/** The address that really is behind an IPv6 spelling of an IPv4 one. */
function unwrap(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  if (address.match(NAT64, 96)) return new ipaddr.IPv4(bytes.slice(12));
  if (bytes[0] === 0x20 && bytes[1] === 0x02) return new ipaddr.IPv4(bytes.slice(2, 6));
  const compatible = bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12, 14).some((byte) => byte !== 0);
  return compatible ? new ipaddr.IPv4(bytes.slice(12)) : address;
}

function describe(address: ipaddr.IPv4 | ipaddr.IPv6): KnownAddress {
  const text = address.toString();
  const kind = METADATA.has(text) ? 'special' : (KINDS[address.range()] ?? 'special');
  if (address instanceof ipaddr.IPv4) return { text, family: 4, kind, site: text, network: text };
  const parts = address.parts.map((part) => part.toString(16));
  return {
    text,
    family: 6,
    kind,
    site: `${parts.slice(0, 4).join(':')}::/64`,
    network: `${parts.slice(0, 3).join(':')}::/48`,
  };
}

/** Whether this machine holds the address itself. */
export function isOurs(address: KnownAddress): boolean {
  for (const list of Object.values(networkInterfaces()))
    for (const { address: held } of list ?? []) if (readAddress(held)?.text === address.text) return true;
  return false;
}

/** Networks of proxies whose word about the visitor is taken. */
export type TrustedProxies = (address: string) => boolean;

/** @throws Error naming the network that cannot be read. */
export function trustProxies(networks: readonly string[]): TrustedProxies {
  const ranges = networks.map((network) => {
    const [address = '', bits] = network.split('/');
    const known = ipaddr.isValid(address) ? ipaddr.parse(address) : null;
    const longest = known?.kind() === 'ipv4' ? 32 : 128;
    const length = bits === undefined ? longest : Number(bits);
    if (known === null || !Number.isInteger(length) || length < 0 || length > longest)
      throw new Error(`${network} is not a network like 192.0.2.0/24`);
    return [known, length] as [ipaddr.IPv4 | ipaddr.IPv6, number];
  });
  return (text) => {
    const known = readAddress(text);
    if (known === null) return false;
    const address = ipaddr.parse(known.text);
    return ranges.some(([network, length]) => network.kind() === address.kind() && address.match(network, length));
  };
}

/**
 * Who asks: the socket's own address, or, when that is a trusted proxy, the rightmost hop in X-Forwarded-For that is
 * not one. Anything unreadable on the way ends the search with null: nobody is probed on a guess.
 */
export function visitorOf(
  socketAddress: string,
  forwardedFor: string | undefined,
  trusted: TrustedProxies,
): KnownAddress | null {
  if (!trusted(socketAddress)) return readAddress(socketAddress);
  const hops = (forwardedFor ?? '').split(',').map((hop) => withoutPort(hop.trim()));
  for (const hop of hops.toReversed()) {
    const address = readAddress(hop);
    if (address === null) return null;
    if (!trusted(hop)) return address;
  }
  return null;
}

/** Proxies write `1.2.3.4:5678`, `[::1]:5678` and bare IPv6. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop);
  if (bracketed !== null) return bracketed[1] as string;
  return /^[\d.]+:\d+$/.test(hop) ? hop.slice(0, hop.indexOf(':')) : hop;
}

/** Why this visitor cannot be probed, in words; null: may be. */
export function whyNot(address: KnownAddress, lan: boolean): string | null {
  if (address.kind === 'public') return isOurs(address) && !lan ? 'That is the address of this server itself.' : null;
  if (address.kind === 'special' || address.kind === 'multicast') return 'No visitor can come from such an address.';
  if (lan) return null;
  if (address.kind === 'cgnat')
    return 'You come from a shared address of your provider (100.64.0.0/10): from here only its router could be tested, not your device.';
  return 'You come from a private address. This page tests visitors from the internet; who runs it can add --lan for visitors from the local network.';
}
