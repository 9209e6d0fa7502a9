// Networks as CIDR, for "ours", for exceptions and for what a rule must never name. IPv4 and IPv6.
import { isIPv4, isIPv6 } from 'node:net';

export type Network = { readonly base: bigint; readonly bits: number; readonly size: 32 | 128; readonly text: string };

const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '100.64.0.0/10',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
];

/** `10.0.0.0/8`, `2001:db8::/32` or one address; null when it is none. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length, ...more] = text.trim().split('/');
  const size = isIPv4(address) ? 32 : isIPv6(address) ? 128 : null;
  if (size === null || more.length > 0) return null;
  const bits = length === undefined ? size : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (bits < 0 || bits > size) return null;
  const shift = BigInt(size - bits);
  return { base: (addressNumber(address) >> shift) << shift, bits, size, text: text.trim() };
}

export const PRIVATE_NETWORKS: readonly Network[] = PRIVATE.map((text) => parseNetwork(text) as Network);

export function isIn(address: string, networks: readonly Network[]): boolean {
  if (networks.length === 0) return false;
  const size = address.includes(':') ? 128 : 32;
  const value = addressNumber(address);
  return networks.some(
    (network) =>
      network.size === size && value >> BigInt(size - network.bits) === network.base >> BigInt(size - network.bits),
  );
}

/** An address as a number. The text must be an address. */
function addressNumber(address: string): bigint {
  if (!address.includes(':')) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(Number(part)), 0n);
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
  return all.slice(0, 8).reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}
