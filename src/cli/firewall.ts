// `peershield firewall`: a packet-filter table of our own, checked before, undone completely. The work is in #firewall.
import { type OptionTable, UsageError } from '#base';
import { doesNothing, type FirewallRules, installTable, removeTable, script, showTable } from '#firewall';
import type { Command } from './command.ts';

const INSTALL_OPTIONS = {
  ident: {
    type: 'flag',
    default: false,
    help: 'port 113: refused to servers that we contacted in the last minute, silent to all others',
  },
  sharePorts: {
    type: 'list',
    default: [],
    value: 'PORTS',
    help: 'TCP ports that answer only hosts we contacted or that a hub introduced',
  },
  quietPorts: { type: 'list', default: [], value: 'PORTS', help: 'TCP ports that we left: dropped and counted' },
  dryRun: { type: 'flag', default: false, help: 'print the table and change nothing' },
} as const satisfies OptionTable;

const install: Command = {
  summary: 'put our table into the packet filter (replaces the one that is there)',
  options: INSTALL_OPTIONS,
  async run(context) {
    const options = context.options as { ident: boolean; sharePorts: string[]; quietPorts: string[]; dryRun: boolean };
    const rules: FirewallRules = {
      ident: options.ident,
      sharePorts: portsOf(options.sharePorts, '--share-ports'),
      quietPorts: portsOf(options.quietPorts, '--quiet-ports'),
    };
    if (doesNothing(rules)) throw new UsageError('--ident', 'install needs --ident, --share-ports or --quiet-ports');
    const both = rules.sharePorts.find((port) => rules.quietPorts.includes(port));
    if (both !== undefined) throw new UsageError('--quiet-ports', `--quiet-ports: ${both} is also a share port`);
    if (options.dryRun) {
      context.emit({ event: 'table', text: script(rules) });
      if (!context.json) context.say(script(rules).trimEnd());
      return;
    }
    await installTable(rules, context.dataDir);
    context.emit({ event: 'installed', ...rules });
    if (!context.json)
      context.say(
        'The table "inet peershield" is in place. No other table was touched. peershield firewall remove takes it away.',
      );
  },
};

const remove: Command = {
  summary: 'take our table away',
  options: {},
  async run(context) {
    const was = await removeTable(context.dataDir);
    context.emit({ event: 'removed', was });
    if (!context.json) context.say(was ? 'The table "inet peershield" is gone.' : 'There was no table of ours.');
  },
};

const show: Command = {
  summary: 'what our table holds, who knocked, and whether somebody else changed it',
  options: {},
  async run(context) {
    const state = await showTable(context.dataDir);
    context.emit({ event: 'firewall', ...state });
    if (context.json) return;
    if (!state.there) return context.say('There is no table of ours. Knocks are not counted.');
    context.say(state.text.trimEnd());
    for (const { port, packets } of state.knocks) context.say(`Port ${port}: ${packets} knocks dropped.`);
    if (state.changed)
      context.warn('Somebody else changed this table since it was installed. Install again to have it as it was.');
  },
};

function portsOf(texts: readonly string[], option: string): number[] {
  const ports = texts.flatMap((text) => text.split(',')).map(Number);
  const wrong = ports.find((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
  if (wrong !== undefined) throw new UsageError(option, `${option} takes ports from 1 to 65535`);
  return [...new Set(ports)];
}

export const subcommands: Readonly<Record<string, Command>> = { install, remove, show };
