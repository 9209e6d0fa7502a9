// `peershield shields`: probe, audit, serve. Reads options, prints; the work is in #shields.
import { lookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, harmless, type OptionTable, type OptionValues, seeded, UsageError } from '#base';
import {
  askRouter,
  type Audit,
  audit,
  count,
  type Finding,
  findings,
  isOurs,
  type Listener,
  notes,
  type Outgoing,
  parsePorts,
  portName,
  probeAndWatch,
  type ProbeOptions,
  type ProbeResult,
  readAddress,
  routerFindings,
  sentence,
  SHIELDS_OPTIONS,
  startShields,
  type Surroundings,
  verdictOf,
} from '#shields';
import type { Command, CommandContext } from './command.ts';
import { serve } from './serve.ts';

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
  pace: {
    type: 'number',
    default: 2000,
    min: 10,
    max: 20_000,
    value: 'N',
    help: 'attempts a second; above 2,000 only towards machines on your own network',
  },
  engine: {
    type: 'text',
    default: 'connect',
    choices: ['connect', 'raw'],
    value: 'connect|raw',
    help: 'how ports are asked',
  },
  unsolicited: {
    type: 'flag',
    default: false,
    help: 'also count what the host sends unasked, by a packet-filter table that lives as long as the probe (needs root)',
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
    const options = context.options as OptionValues<typeof PROBE_OPTIONS>;
    if (options.engine === 'raw')
      throw new UsageError('--engine', '--engine raw: not in this version; connect gives the same states');
    const ports = parsePorts(options.ports);
    const address = await ownHost(context.args[0] as string, options.mine, context);
    try {
      const { result, around } = await probeAndWatch(
        {
          host: address,
          ports,
          pace: { rttHintMs: options.rtt, ratePerS: options.pace },
          chance: seeded(process.pid + Date.now()),
          signal: context.interrupted,
          progress: progressLine(ports.length),
        },
        { unsolicited: options.unsolicited, page: null },
      );
      if (options.unsolicited && around.unsolicited === 'not tested')
        context.warn('Unsolicited packets could not be counted: that needs root and nft.');
      report(context, result, around);
    } catch (error) {
      if (!context.interrupted.aborted) throw error;
    } finally {
      clearProgress();
    }
  },
};

function report(context: CommandContext, { ports, host, seconds }: ProbeResult, around: Surroundings): void {
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

function progressLine(total: number): NonNullable<ProbeOptions['progress']> {
  const heard = new Set<number>();
  return (changed, phase) => {
    for (const { port } of changed) heard.add(port);
    if (process.stderr.isTTY) process.stderr.write(`\r${heard.size} of ${total} ports, ${phase}\u001b[K`);
  };
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

const AUDIT_OPTIONS = {
  router: {
    type: 'flag',
    default: false,
    help: 'also ask the router by UPnP: its outside address, its mappings, the kind of NAT',
  },
} as const satisfies OptionTable;

const auditCommand: Command = {
  summary: 'which program holds which port, who can reach it, what talks to the outside',
  options: AUDIT_OPTIONS,
  async run(context) {
    const seen = await audit();
    const router = context.options['router'] === true ? await askRouter() : null;
    for (const listener of seen.listeners) context.emit({ event: 'listener', ...listenerRow(listener) });
    for (const connection of seen.connections) context.emit({ event: 'connection', ...connectionRow(connection) });
    if (router !== null) context.emit({ event: 'router', ...router });
    const found = [...findings(seen, null, Date.now()), ...(router === null ? [] : routerFindings(router))];
    for (const { kind, level, what, port } of found)
      context.emit({ event: 'finding', kind, level, what, ...(port === undefined ? {} : { port }) });
    const { filter, kernel, unseen } = seen;
    context.emit({
      event: 'end',
      listeners: seen.listeners.length,
      connections: seen.connections.length,
      findings: found.length,
      filter,
      kernel,
      unseen,
    });
    if (context.json) return;
    sayAudit(context, seen, found);
    for (const note of router?.notes ?? []) context.say(`Router: ${note}.`);
    if (router !== null)
      context.say(
        `Router: ${router.device ?? 'no name'}, outside address ${router.outside ?? 'not known'}, ${router.nat}.`,
      );
  },
};

function listenerRow({ proto, address, port, owner, reach, filter }: Listener): Record<string, unknown> {
  const { program = '', pid = 0, user = null, since = null, startedBy = null } = owner ?? {};
  return {
    proto,
    address,
    port,
    program,
    pid: pid || null,
    reach,
    user,
    since,
    startedBy,
    filter,
    service: portName(port),
  };
}

function connectionRow({ proto, local, remote, owner }: Outgoing): Record<string, unknown> {
  return { proto, local, remote, program: owner?.program ?? '', pid: owner?.pid || null };
}

function sayAudit(context: CommandContext, seen: Audit, found: readonly Finding[]): void {
  context.say(
    `${'proto'.padEnd(6)}${'address'.padEnd(26)}${'port'.padEnd(7)}${'reach'.padEnd(10)}${'filter'.padEnd(11)}program`,
  );
  for (const { proto, address, port, reach, filter, owner } of seen.listeners) {
    const who = owner === null ? 'unknown' : `${owner.program || '?'} (pid ${owner.pid || '?'}, ${owner.user ?? '?'})`;
    const from = owner?.startedBy == null ? '' : `, by ${owner.startedBy}`;
    context.say(
      `${proto.padEnd(6)}${address.padEnd(26)}${String(port).padEnd(7)}${reach.padEnd(10)}${filter.padEnd(11)}${harmless(who + from, 120)}`,
    );
  }
  if (seen.connections.length > 0) context.say('\nOutgoing connections');
  for (const { proto, local, remote, owner } of seen.connections)
    context.say(
      `${proto.padEnd(6)}${local.padEnd(30)}→ ${remote.padEnd(30)}${harmless(owner?.program ?? 'unknown', 80)}`,
    );
  context.say(`\nHost firewall: ${seen.filter.words}`);
  for (const { level, what } of found)
    context.say(`${{ alarm: '!!', warn: '! ', note: '  ' }[level]} ${harmless(what)}`);
  for (const what of seen.unseen) context.say(`Not seen: ${what}.`);
}

const serveCommand: Command = {
  summary: 'the page that probes whoever asks, and nobody else',
  server: true,
  options: SHIELDS_OPTIONS,
  async run(context) {
    const options = context.options as Parameters<typeof startShields>[0];
    const webDir = join(import.meta.dirname, '../../dist/web');
    return await serve(
      context,
      'shields',
      async () =>
        await startShields(options, { log: context.log, dataDir: context.dataDir, webDir, version: version() }),
      ({ listen }) =>
        `Shields: http://${listen.http}/${options.lan ? '  (also tests visitors from the local network)' : ''}`,
    );
  },
};

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

export const subcommands: Readonly<Record<string, Command>> = {
  probe: probeCommand,
  audit: auditCommand,
  serve: serveCommand,
};
