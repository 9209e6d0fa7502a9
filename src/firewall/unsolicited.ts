// Counts packets that one host sends us without being asked, by a table of its own that lives as long as one probe. What
// the connection tracker knows as an answer is not counted, neither are visits to the page that the host came for.
import { isIPv6 } from 'node:net';
import { Failure } from '#base';
import { runNft } from './nft.ts';

/** Ends the counting, takes the table away, and says how many packets there were. */
export type StopCounting = () => Promise<number>;

const PREFIX = 'peershield_watch_';
let made = 0;

/**
 * Begins to count; null where the packet filter may not be touched (no nft, no right).
 * @param address a literal address
 * @param page a TCP port of ours that the host visits; null: none
 */
export async function countUnsolicited(address: string, page: number | null): Promise<StopCounting | null> {
  const table = `${PREFIX}${process.pid}_${made++}`;
  try {
    if ((await runNft(['-f', '-'], watchScript(table, address, page))).code !== 0) return null;
  } catch (error) {
    if (error instanceof Failure) return null;
    throw error;
  }
  return async () => {
    const { stdout } = await runNft(['list', 'table', 'inet', table]);
    await runNft(['delete', 'table', 'inet', table]);
    return Number(/packets (\d+)/.exec(stdout)?.[1] ?? 0);
  };
}

/** Tables that a killed probe left behind. */
export async function removeForgotten(): Promise<void> {
  const { stdout } = await runNft(['list', 'tables']);
  for (const [, table = ''] of stdout.matchAll(new RegExp(`^table inet (${PREFIX}\\d+_\\d+)$`, 'gm')))
    await runNft(['delete', 'table', 'inet', table]);
}

export function watchScript(table: string, address: string, page: number | null): string {
  const from = `${isIPv6(address) ? 'ip6' : 'ip'} saddr ${address} ct state new`;
  const notThePage = page === null ? 'meta l4proto tcp' : `tcp dport != ${page}`;
  return `table inet ${table} {
  counter unsolicited { }
  chain input {
    type filter hook input priority -150; policy accept;
    ${from} ${notThePage} counter name unsolicited
    ${from} meta l4proto != { tcp, ipv6-icmp } counter name unsolicited
  }
}
`;
}
