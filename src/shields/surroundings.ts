// What a host does beside its ports while it is probed: whether it replies to ping, and what it sends unasked.
//
// Does an address reply to ping? Node has no ICMP, so the system's own `ping` is asked; without one: not tested.
import { spawn } from 'node:child_process';
import { isIP } from 'node:net';
import { countUnsolicited } from '#firewall';
import { probe, type ProbeOptions, type ProbeResult } from './probe.ts';
import type { Surroundings } from './verdict.ts';

const PING_MS = 4000;

/** Two echo requests, one second each. `host` must be a literal address. */
function ping(host: string): Promise<Surroundings['ping']> {
  const family = isIP(host);
  if (family === 0 || process.platform !== 'linux') return Promise.resolve('not tested');
  return new Promise((resolve) => {
    const child = spawn('ping', [`-${family}`, '-n', '-q', '-c', '2', '-i', '0.3', '-W', '1', host], {
      stdio: 'ignore',
      timeout: PING_MS,
    });
    child.on('error', () => resolve('not tested'));
    // 0: a reply; 1: none; 2 and others: ping itself failed (no right, no such family)
    child.on('exit', (code) => resolve(code === 0 ? 'answers' : code === 1 ? 'silent' : 'not tested'));
  });
}

/** `unsolicited`: count, where the packet filter allows it. `page`: a TCP port of ours that the host visits meanwhile. */
export type Watching = { unsolicited: boolean; page: number | null };

/** A probe, and what the host did beside it. Throws what {@link probe} throws. */
export async function probeAndWatch(
  options: ProbeOptions,
  { unsolicited, page }: Watching,
): Promise<{ result: ProbeResult; around: Surroundings }> {
  const stopCounting = unsolicited ? await countUnsolicited(options.host, page) : null;
  let counted: Surroundings['unsolicited'] = 'not tested';
  let both: [ProbeResult, Surroundings['ping']];
  try {
    both = await Promise.all([probe(options), ping(options.host)]);
  } finally {
    if (stopCounting !== null) counted = await stopCounting();
  }
  return { result: both[0], around: { ping: both[1], unsolicited: counted } };
}
