// `peershield shields`: probe, audit, serve. Reads options, prints; the work is in #shields.
import { lookup } from 'node:dns/promises';
import { Failure, type OptionTable, seeded, UsageError } from '#base';
import { count, isOurs, notes, parsePorts, ping, portName, probe, readAddress, sentence, verdictOf } from '#shields';
import type { Command, CommandContext, CommandModule } from './command.ts';

const PROBE_OPTIONS = {
  ports: {
    type: 'text',
    default: 'common',
    value: 'SET|LIST',
    help: 'common, service, sharing, windows, all, or 22,80,6346-6350',
  },
  rtt: {
    type: 'number',
    default: null,
    min: 0,
    max: 5000,
    value: 'MS',
    help: 'round trip to the host where it is known; makes silence quicker',
  },
  engine: {
    type: 'text',
    default: 'connect',
    choices: ['connect', 'raw'],
    value: 'connect|raw',
    help: 'how ports are asked',
  },
  mine: {
    type: 'flag',
    default: false,
    help: 'I answer for this host: needed for addresses that are neither mine nor private',
  },
} as const satisfies OptionTable;

const probeCommand: Command = {
  summary: 'what a stranger sees of one of your own machines',
  usage: 'HOST',
  words: { min: 1, max: 1 },
  options: PROBE_OPTIONS,
  async run(context) {
    const options = context.options as { ports: string; rtt: number | null; engine: string; mine: boolean };
    if (options.engine === 'raw')
      throw new UsageError('--engine', '--engine raw: not in this version; connect gives the same states');
    const ports = parsePorts(options.ports);
    const address = await ownHost(context.args[0] as string, options.mine, context);
    const { signal, stop } = stoppable(context.interrupted);
    try {
      const [result, pinged] = await Promise.all([
        probe({
          host: address,
          ports,
          pace: { rttHintMs: options.rtt },
          chance: seeded(process.pid + Date.now()),
          signal,
          progress: progressLine(ports.length),
        }),
        ping(address),
      ]);
      report(context, result, { ping: pinged, unsolicited: 'not tested' });
    } finally {
      stop();
      clearProgress();
    }
  },
};

function report(
  context: CommandContext,
  { ports, host, seconds }: Awaited<ReturnType<typeof probe>>,
  around: Parameters<typeof verdictOf>[1],
): void {
  const counts = count(ports);
  for (const row of ports) context.emit({ event: 'port', ...row, service: portName(row.port), proto: 'tcp' });
  context.emit({
    event: 'report',
    ...counts,
    ...around,
    verdict: verdictOf(counts, around),
    seconds,
    notes: notes(host),
  });
  if (context.json) return;
  clearProgress();
  const usual = counts.stealth >= counts.closed ? 'stealth' : 'closed';
  for (const { port, state, how, confidence } of ports) {
    if (state === usual && ports.length > 32) continue;
    const unsure = confidence === 'low' ? ', unsure' : '';
    context.say(`${String(port).padStart(5)}  ${state.padEnd(8)}${portName(port).padEnd(16)} (${how}${unsure})`);
  }
  context.say(
    `${ports.length} ports in ${seconds.toFixed(1)} s: ${counts.open} open, ${counts.closed} closed, ${counts.stealth} stealth`,
  );
  context.say(sentence(ports, around));
  for (const note of notes(host)) context.say(`Note: ${note}.`);
}

/** The literal address behind a name; only machines that the person answers for. */
async function ownHost(host: string, mine: boolean, context: CommandContext): Promise<string> {
  const literal = readAddress(host)?.text ?? (await look(host));
  const address = readAddress(literal);
  if (address === null || address.kind === 'special' || address.kind === 'multicast')
    throw new Failure(`${host} (${literal}) is no address that a machine can have`);
  if (address.kind !== 'public' || isOurs(address)) return address.text;
  if (!mine)
    throw new UsageError(
      '--mine',
      `--mine: ${host} is neither private nor this machine; say --mine if you answer for it`,
    );
  context.log.warn('probe-of-foreign-address', { host, address: address.text });
  context.warn(`Probing ${address.text}, which you say you answer for.`);
  return address.text;
}

async function look(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch {
    throw new Failure(`no address is known for ${host}`);
  }
}

function stoppable(interrupted: AbortSignal): { signal: AbortSignal; stop: () => void } {
  const own = new AbortController();
  return { signal: AbortSignal.any([interrupted, own.signal]), stop: () => own.abort() };
}

function progressLine(total: number): Parameters<typeof probe>[0]['progress'] & {} {
  const heard = new Set<number>();
  return (changed, phase) => {
    for (const { port } of changed) heard.add(port);
    if (process.stderr.isTTY) process.stderr.write(`\r${heard.size} of ${total} ports, ${phase}\u001b[K`);
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

export const subcommands: CommandModule['subcommands'] = { probe: probeCommand };
