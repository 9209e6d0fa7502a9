// From what was heard to what we say: states, confidence, the sentence, the report that people can paste. Pure.
import type { Answer, HostFacts, PortFact } from './plan.ts';

export type PortState = 'open' | 'closed' | 'stealth';
export type How = 'syn-ack' | 'rst' | 'icmp' | 'silence';
export type Verdict = 'open found' | 'closed only' | 'all stealth' | 'passed';

export type ProbedPort = { port: number; state: PortState; how: How; confidence: 'high' | 'low' };

/** What came beside the ports: a reply to ping, and packets from the host that nobody asked for. */
export type Surroundings = { ping: 'silent' | 'answers' | 'not tested'; unsolicited: number | 'not tested' };

const STATES: Record<Answer, { state: PortState; how: How }> = {
  open: { state: 'open', how: 'syn-ack' },
  refused: { state: 'closed', how: 'rst' },
  rejected: { state: 'closed', how: 'icmp' },
};
/** So many ports are never open on one machine: something in the path answers for it. */
const PROXY = { ports: 40, openShare: 0.9 };

type Heard = { readonly facts: ReadonlyMap<number, PortFact>; readonly host: HostFacts };

/** States in ascending order of port, and whether something in the path answers in the host's place. */
export function judge({ facts, host }: Heard): { ports: ProbedPort[]; host: HostFacts & { proxied: boolean } } {
  const opens = [...facts.values()].filter(({ answer }) => answer === 'open').length;
  const proxied = facts.size >= PROXY.ports && opens >= facts.size * PROXY.openShare;
  const silenceIsSure = !host.cutShort && !host.adaptive;
  const ports = [...facts]
    .toSorted(([a], [b]) => a - b)
    .map(([port, { answer }]): ProbedPort => {
      if (answer === null)
        return { port, state: 'stealth', how: 'silence', confidence: silenceIsSure ? 'high' : 'low' };
      return { port, ...STATES[answer], confidence: answer === 'open' && proxied ? 'low' : 'high' };
    });
  return { ports, host: { ...host, proxied } };
}

export type Counts = Record<PortState, number>;

export function count(ports: readonly ProbedPort[]): Counts {
  const counts = { open: 0, closed: 0, stealth: 0 };
  for (const { state } of ports) counts[state]++;
  return counts;
}

/** `passed` wants all three: every port silent, no reply to ping, nothing unsolicited; untested is not passed. */
export function verdictOf({ open, closed }: Counts, { ping, unsolicited }: Surroundings): Verdict {
  if (open > 0) return 'open found';
  if (closed > 0) return 'closed only';
  return ping === 'silent' && unsolicited === 0 ? 'passed' : 'all stealth';
}

/** The verdict as people read it. */
export function sentence(ports: readonly ProbedPort[], around: Surroundings): string {
  const counts = count(ports);
  switch (verdictOf(counts, around)) {
    case 'open found': {
      const open = ports.filter(({ state }) => state === 'open').map(({ port }) => port);
      const named = open.length <= 8 ? open.join(', ') : `${open.slice(0, 8).join(', ')} and ${open.length - 8} more`;
      return `Anyone can connect to ${counts.open === 1 ? 'port' : 'ports'} ${named} of this address.`;
    }
    case 'closed only':
      return `Nothing is open, but ${counts.closed === 1 ? 'one port answers' : `${counts.closed.toLocaleString('en')} ports answer`} "closed": a stranger learns that a machine is here.`;
    case 'all stealth':
      return `No port answered: ${remark(around)}`;
    case 'passed':
      return 'Nothing answered in any way: to a stranger this address looks empty.';
  }
}

function remark({ ping, unsolicited }: Surroundings): string {
  if (ping === 'answers') return 'but the address replies to ping, so a stranger knows that a machine is here.';
  if (typeof unsolicited === 'number' && unsolicited > 0)
    return `but it sent us ${unsolicited} ${unsolicited === 1 ? 'packet' : 'packets'} that nobody asked for.`;
  const untested = [ping === 'not tested' ? 'ping' : '', unsolicited === 'not tested' ? 'unsolicited packets' : ''];
  return `to connections this address looks empty (not tested: ${untested.filter(Boolean).join(', ')}).`;
}

export type ReportInput = {
  ports: readonly ProbedPort[];
  around: Surroundings;
  host: { rationed: boolean; cutShort: boolean; adaptive: boolean; proxied: boolean };
  seconds: number;
  /** When it was made, ISO 8601 in UTC. */
  at: string;
  nameOf: (port: number) => string;
};

/** A report to paste into a letter or a forum: no address in it. The rarer states are listed, the rest is counted. */
export function textReport({ ports, around, host, seconds, at, nameOf }: ReportInput): string {
  const counts = count(ports);
  const usual = (Object.keys(counts) as PortState[]).reduce((a, b) => (counts[b] > counts[a] ? b : a));
  const lines = [
    `Peershield port report, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    sentence(ports, around),
    '',
    `${ports.length} TCP ports asked in ${seconds.toFixed(1)} s: ${counts.open} open, ${counts.closed} closed, ${counts.stealth} stealth`,
    `Ping: ${around.ping}. Unsolicited packets: ${around.unsolicited}.`,
    ...notes(host).map((note) => `Note: ${note}`),
    '',
  ];
  for (const state of ['open', 'closed', 'stealth'] as const) {
    if (state === usual && counts[state] > 20) continue;
    for (const { port, confidence } of ports.filter((row) => row.state === state))
      lines.push(
        `${String(port).padStart(5)}  ${state}${confidence === 'low' ? ' (unsure)' : ''}  ${nameOf(port)}`.trimEnd(),
      );
  }
  if (counts[usual] > 20) lines.push(`All other ports: ${usual}`);
  return `${lines.join('\n')}\n`;
}

/** What the reader must know about how far the states can be trusted. */
export function notes(host: ReportInput['host']): string[] {
  const said: string[] = [];
  if (host.proxied)
    said.push(
      'nearly every port looks open: something in the path completes connections in the place of the machine, so "open" says nothing here',
    );
  if (host.adaptive)
    said.push(
      'ports that answered at first are silent now: a firewall began to hide the machine while we asked, or the machine went away. Wait a few minutes and test again',
    );
  if (host.cutShort) said.push('the host rations its answers and time ran out: some silent ports may be closed');
  else if (host.rationed) said.push('the host rations its answers; it was asked slowly until nothing new came');
  return said;
}
