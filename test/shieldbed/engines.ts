// The engines that are compared on the testbed, each giving one state a port and the seconds it took.
import { join } from 'node:path';
import { type Bed, TARGET } from './bed.ts';
import { type Layout, type Truth, truthOf } from './layouts.ts';

export type Result = { states: ReadonlyMap<number, Truth>; seconds: number; adaptive?: boolean; proxied?: boolean };

/** Our engine as it stands, in a process of its own in the scanner's namespace; `before` is shell, as `ulimit -n 64; `. */
export async function peershield(bed: Bed, layout: Layout, rttMs: number | null, before = ''): Promise<Result> {
  const script = join(import.meta.dirname, 'probe-once.ts');
  const ports = [...layout.kinds.keys()].join(',');
  const run = [process.execPath, script, TARGET[layout.family], String(rttMs ?? 'unknown')];
  const ran = await bed.scan(['sh', '-c', `${before}exec "$@"`, 'sh', ...run], ports);
  if (ran.code !== 0) throw new Error(`the probe failed: ${ran.stderr}`);
  const { states, seconds, adaptive, proxied } = JSON.parse(ran.stdout) as Omit<Result, 'states'> & {
    states: [number, Truth][];
  };
  return { states: new Map(states), seconds, adaptive: adaptive === true, proxied: proxied === true };
}

/** `nmap -sT` with its defaults, but for what would make the comparison unfair: no ping before, no names. */
export async function nmap(bed: Bed, layout: Layout): Promise<Result> {
  const ports = [...layout.kinds.keys()];
  const range = `${Math.min(...ports)}-${Math.max(...ports)}`;
  const six = layout.family === 6 ? ['-6'] : [];
  const ran = await bed.scan(['nmap', '-sT', '-Pn', '-n', ...six, '-p', range, '-oX', '-', TARGET[layout.family]]);
  if (ran.code !== 0) throw new Error(`nmap failed: ${ran.stderr}`);
  return { states: readNmap(ran.stdout), seconds: ran.seconds };
}

function stateOf(reason: string): Truth {
  if (reason === 'syn-ack') return 'open';
  return reason === 'no-response' ? 'stealth' : 'closed';
}

/** nmap's XML: `filtered` by silence is stealth; `filtered` by an ICMP refusal is an answer, which we call closed. */
export function readNmap(xml: string): Map<number, Truth> {
  const states = new Map<number, Truth>();
  for (const [, reason = '', ports = ''] of xml.matchAll(/<extrareasons reason="([^"]+)"[^>]* ports="([^"]+)"/g))
    for (const part of ports.split(',')) {
      const [from = 0, to = from] = part.split('-').map(Number);
      for (let port = from; port <= to; port++) states.set(port, stateOf(reason));
    }
  for (const [, port, reason = ''] of xml.matchAll(/<port [^>]*portid="(\d+)"><state [^>]*reason="([^"]+)"/g))
    states.set(Number(port), stateOf(reason));
  return states;
}

export type Score = { right: number; of: number; falselyOpen: number; wrong: string[] };

export function score(layout: Layout, { states }: Result): Score {
  const wrong: string[] = [];
  let falselyOpen = 0;
  for (const port of layout.kinds.keys()) {
    const said = states.get(port);
    const truth = truthOf(layout, port);
    if (said === truth) continue;
    if (said === 'open') falselyOpen++;
    wrong.push(`${port} ${layout.kinds.get(port)}: ${said ?? 'nothing'}`);
  }
  return { right: layout.kinds.size - wrong.length, of: layout.kinds.size, falselyOpen, wrong };
}

/** States in the lines of `peershield shields probe --json`. */
export function statesIn(ndjson: string): Map<number, Truth> {
  const lines = ndjson
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { event: string; port: number; state: Truth });
  return new Map(lines.filter(({ event }) => event === 'port').map(({ port, state }) => [port, state]));
}
