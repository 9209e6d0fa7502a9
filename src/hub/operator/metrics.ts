// `/metrics` for Prometheus. Values are read when they are asked for; nothing is kept up to date in between.
import { Gauge, Registry } from 'prom-client';
import type { Counts, LiveHub } from './needs.ts';
import type { Watching } from './watching.ts';

type Metric = { name: string; help: string; counts: (counts: Counts) => number };

const FROM_COUNTS: readonly Metric[] = [
  { name: 'users', help: 'Users logged in', counts: ({ users }) => users },
  { name: 'connections', help: 'Connections, logged in or not', counts: ({ connections }) => connections },
  { name: 'shared_files', help: 'Files shared now', counts: ({ files }) => files },
  { name: 'shared_bytes', help: 'Bytes shared now', counts: ({ bytes }) => bytes },
  { name: 'channels', help: 'Channels open now', counts: ({ rooms }) => rooms },
  {
    name: 'answers_waiting',
    help: 'Long answers waiting for their turn',
    counts: ({ answersWaiting }) => answersWaiting,
  },
  {
    name: 'hashes_waiting',
    help: 'Password hashes waiting or being made',
    counts: ({ hashesWaiting }) => hashesWaiting,
  },
  { name: 'messages_total', help: 'Messages received', counts: ({ messages }) => messages },
  { name: 'searches_total', help: 'Searches answered', counts: ({ searches }) => searches },
  { name: 'logins_total', help: 'Logins taken', counts: ({ logins }) => logins },
  { name: 'refused_total', help: 'Logins and connections refused', counts: ({ refused }) => refused },
  { name: 'received_bytes_total', help: 'Bytes received', counts: ({ bytesIn }) => bytesIn },
  { name: 'brokered_total', help: 'Transfers brokered', counts: ({ brokered }) => brokered },
  { name: 'brokered_bytes_total', help: 'Bytes of files brokered', counts: ({ bytesBrokered }) => bytesBrokered },
  {
    name: 'relayed_bytes_total',
    help: 'Bytes carried between firewalled users',
    counts: ({ relayedBytes }) => relayedBytes,
  },
];

export type MetricsText = () => Promise<{ type: string; text: string }>;

export function metricsOf(
  live: LiveHub,
  watching: Watching,
  extra: () => { accounts: number; bans: number },
): MetricsText {
  const registry = new Registry();
  const gauge = (name: string, help: string, value: () => number): void => {
    const made: Gauge = new Gauge({
      name: `peershield_hub_${name}`,
      help,
      registers: [registry],
      collect: () => made.set(value()),
    });
  };
  for (const { name, help, counts } of FROM_COUNTS) gauge(name, help, () => counts(live.counts()));
  gauge('accounts', 'Registered accounts', () => extra().accounts);
  gauge('bans', 'Bans that hold', () => extra().bans);
  gauge(
    'search_p99_seconds',
    '99 of 100 searches of the last step took at most this',
    () => (watching.minutes.last?.searchP99Ms ?? 0) / 1000,
  );
  gauge(
    'lag_seconds',
    'How late the event loop was in the last step, 99th percentile',
    () => watching.lag().nowMs / 1000,
  );
  gauge('resident_bytes', 'Memory of the process', () => process.memoryUsage.rss());
  gauge('start_time_seconds', 'When the hub started, Unix time', () => live.startedAt / 1000);
  return async () => ({ type: registry.contentType, text: await registry.metrics() });
}
