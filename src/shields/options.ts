// What `shields serve` can be told, what it needs, and what it gives back. Apart from serve.ts, so that the short commands
// of this room load no web server.
import type { Log, OptionTable, OptionValues } from '#base';
import { parseAddress } from '#net';

export const SHIELDS_OPTIONS = {
  http: {
    type: 'text',
    default: '127.0.0.1:8882',
    value: 'ADDR:PORT',
    check: (value: string) => (parseAddress(value, '127.0.0.1') === null ? `"${value}" is no ADDR:PORT` : null),
    help: 'where the page is served',
  },
  lan: {
    type: 'flag',
    default: false,
    help: 'also test visitors from private addresses, this machine among them; the page says so',
  },
  trustProxy: {
    type: 'list',
    default: [],
    value: 'CIDR',
    help: 'a proxy before this page whose X-Forwarded-For is believed',
  },
  unsolicited: {
    type: 'flag',
    default: false,
    help: "count what a visitor's host sends unasked, by a packet-filter table that lives as long as the test (needs root)",
  },
} as const satisfies OptionTable;

export type ShieldsOptions = OptionValues<typeof SHIELDS_OPTIONS>;

export type ShieldsEnvironment = { log: Log; dataDir: string; webDir: string; version: string };

export type RunningShields = {
  listen: { http: string };
  /** Reads opt-out.txt again; says which changed options wait for a restart. */
  reload(
    values: Readonly<Record<string, unknown>>,
  ): { key: string; outcome: 'applied' | 'needs a restart' | 'refused'; why?: string }[];
  stop(): Promise<void>;
};

/** @throws UsageError for an option that cannot be read; Failure when the port cannot be had */
export async function startShields(options: ShieldsOptions, environment: ShieldsEnvironment): Promise<RunningShields> {
  const serve = await import('./serve.ts');
  return await serve.start(options, environment);
}
