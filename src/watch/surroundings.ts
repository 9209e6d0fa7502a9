// What a rule must never name on this machine: its own addresses, its gateways, its name servers.
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { type Network, parseNetwork } from './nets.ts';

/** Addresses that rules spare, from the system. What cannot be read is left out: the allow list is there for it. */
export function ownSurroundings(): Network[] {
  const own = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address.replace(/%.*$/, '')),
  );
  return [...own, ...gateways(), ...nameServers(), '127.0.0.0/8', '::1']
    .map(parseNetwork)
    .filter((network) => network !== null);
}

/** Default routes of /proc/net/route: the address is in hex, in the machine's byte order (little-endian). */
function gateways(): string[] {
  return lines('/proc/net/route').flatMap((line) => {
    const [, destination, gateway] = line.split(/\s+/);
    if (destination !== '00000000' || gateway === undefined || !/^[0-9A-F]{8}$/i.test(gateway)) return [];
    return [[6, 4, 2, 0].map((at) => Number.parseInt(gateway.slice(at, at + 2), 16)).join('.')];
  });
}

function nameServers(): string[] {
  return lines('/etc/resolv.conf').flatMap((line) => {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1]?.replace(/%.*$/, '');
    return address === undefined ? [] : [address];
  });
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
