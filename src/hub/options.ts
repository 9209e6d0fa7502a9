// What a hub can be told. The same keys are flags, TOML keys, environment names and, for those marked `reload`, what an
// elite user may set by message 810 while the hub runs.
import type { OptionTable, OptionValues } from '#base';
import { parseAddress } from '#net';

export const HUB_OPTIONS = {
  // Where it listens
  host: { type: 'text', default: '127.0.0.1', value: 'ADDR', help: 'address to listen on; 0.0.0.0 for everybody' },
  port: { type: 'list', default: ['8888'], commas: true, value: 'N[,N…]', check: checkPorts, help: 'hub ports' },
  metaserver: {
    type: 'number',
    default: null,
    min: 0,
    max: 65535,
    value: 'N',
    help: 'port that hands out the best hub',
  },
  metaserverHubs: {
    type: 'list',
    default: [],
    commas: true,
    value: 'ADDR:PORT,…',
    reload: true,
    help: 'what the metaserver hands out; default: this hub',
  },
  statsPort: { type: 'number', default: null, min: 0, max: 65535, value: 'N', help: 'five numbers for Napigator' },
  statsPort2: { type: 'number', default: null, min: 0, max: 65535, value: 'N', help: 'sixteen numbers, as opennap-ng' },
  tlsPort: { type: 'number', default: null, min: 0, max: 65535, value: 'N', help: 'the same protocol inside TLS' },
  http: {
    type: 'text',
    default: '127.0.0.1:8880',
    value: 'ADDR:PORT',
    check: (value) => (value === 'off' ? null : checkPage(value)),
    help: 'control page; `off` for none',
  },
  public: {
    type: 'text',
    default: null,
    value: 'ADDR:PORT',
    check: checkPage,
    help: 'front page and /stats.json for strangers',
  },
  // Who it is
  name: { type: 'text', default: 'peershield', value: 'NAME', reload: true, help: 'name of the hub' },
  address: { type: 'text', default: null, value: 'ADDR', reload: true, help: 'address as others reach it' },
  motd: { type: 'text', default: null, value: 'FILE', reload: true, help: 'text shown after login' },
  contact: { type: 'text', default: null, value: 'TEXT', reload: true, help: 'how to reach the operator' },
  terms: { type: 'text', default: null, value: 'TEXT', reload: true, help: 'terms shown on the front page' },
  // What it does
  privacy: {
    type: 'flag',
    default: false,
    reload: true,
    help: 'searches show no address; only a brokered transfer does',
  },
  privacyTold: {
    type: 'number',
    default: 120,
    min: 1,
    value: 'N',
    reload: true,
    help: 'addresses that one user is told in an hour in privacy mode',
  },
  relay: { type: 'flag', default: false, reload: true, help: 'carry transfers between two firewalled users' },
  relayKbps: {
    type: 'number',
    default: 64,
    min: 1,
    value: 'KBPS',
    reload: true,
    help: 'kilobytes a second of one relay',
  },
  relays: { type: 'number', default: 20, min: 1, max: 1000, value: 'N', reload: true, help: 'relays at once' },
  openLimits: { type: 'flag', default: false, help: 'for load tests on loopback: no per-address and no flood limits' },
  audioOnly: { type: 'flag', default: true, reload: true, help: 'only sound may be shared' },
  plausible: {
    type: 'text',
    default: 'mark',
    choices: ['off', 'mark', 'refuse'],
    reload: true,
    help: 'shares whose size does not fit bitrate and time',
  },
  registeredOnly: { type: 'flag', default: false, reload: true, help: 'only accounts may log in' },
  openRegistration: { type: 'flag', default: true, reload: true, help: 'anybody may register a nick' },
  // How much
  maxUsers: { type: 'number', default: 20_000, min: 1, value: 'N', reload: true, help: 'users at once' },
  maxShared: { type: 'number', default: 5000, min: 0, value: 'N', reload: true, help: 'files that one user may share' },
  maxResults: {
    type: 'number',
    default: 100,
    min: 1,
    max: 10_000,
    value: 'N',
    reload: true,
    help: 'results of one search',
  },
  maxBrowse: { type: 'number', default: 5000, min: 1, value: 'N', reload: true, help: 'files of one browse' },
  maxClones: {
    type: 'number',
    default: 20,
    min: 0,
    value: 'N',
    reload: true,
    help: 'connections of one address; 0: no limit',
  },
  loginsPerMinute: { type: 'number', default: 30, min: 1, value: 'N', reload: true, help: 'logins of one address' },
  connectsPerMinute: {
    type: 'number',
    default: 120,
    min: 1,
    value: 'N',
    reload: true,
    help: 'connections of one network (/24)',
  },
  registrationsPerHour: {
    type: 'number',
    default: 20,
    min: 1,
    value: 'N',
    reload: true,
    help: 'new accounts of one address',
  },
  messagesPerSecond: { type: 'number', default: 50, min: 1, value: 'N', reload: true, help: 'messages of one user' },
  talkPerMinute: { type: 'number', default: 60, min: 1, value: 'N', reload: true, help: 'lines of talk of one user' },
  searchesPerMinute: { type: 'number', default: 120, min: 1, value: 'N', reload: true, help: 'searches of one user' },
  sharesPerSecond: { type: 'number', default: 5000, min: 1, value: 'N', reload: true, help: 'shares of one user' },
  bytesPerSecond: {
    type: 'number',
    default: 262_144,
    min: 1024,
    value: 'N',
    reload: true,
    help: 'bytes sent by one user',
  },
  banSeconds: {
    type: 'number',
    default: 86_400,
    min: 1,
    value: 'N',
    reload: true,
    help: 'a ban whose end nobody said',
  },
  nickExpireDays: {
    type: 'number',
    default: 365,
    min: 1,
    value: 'N',
    reload: true,
    help: 'unused accounts are removed after it',
  },
  // Who is told
  napigator: { type: 'text', default: null, value: 'HOST:PORT', help: 'server list to report to' },
  napigatorUser: { type: 'text', default: '', value: 'NAME', help: 'account there' },
  napigatorPassword: { type: 'text', default: '', secret: true, value: 'PASSWORD', help: 'its password' },
} as const satisfies OptionTable;

export type HubValues = OptionValues<typeof HUB_OPTIONS>;

function checkPage(value: string | null): string | null {
  return value === null || parseAddress(value, '127.0.0.1') !== null ? null : `"${value}" is no ADDR:PORT`;
}

function checkPorts(ports: readonly string[]): string | null {
  if (ports.length === 0) return 'at least one port';
  const bad = ports.find((port) => !/^\d{1,5}$/.test(port) || Number(port) > 65535);
  return bad === undefined ? null : `"${bad}" is no port`;
}

/** The defaults as values: for tests and for `up`. */
export function defaultHubValues(changes: Partial<HubValues> = {}): HubValues {
  const values = Object.fromEntries(Object.entries(HUB_OPTIONS).map(([key, spec]) => [key, spec.default]));
  return { ...values, ...changes } as HubValues;
}
