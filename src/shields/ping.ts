// Does an address reply to ping? Node has no ICMP, so the system's own `ping` is asked; without one: not tested.
import { spawn } from 'node:child_process';
import { isIP } from 'node:net';
import type { Surroundings } from './verdict.ts';

const PING_MS = 4000;

/** Two echo requests, one second each. `host` must be a literal address. */
export function ping(host: string): Promise<Surroundings['ping']> {
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
