// What a peer can be told. An option that is given wins over what the settings page saved.
import type { OptionTable } from '#base';
import { parseAddress } from '#net';

const RATE = { type: 'number', default: null, min: 0, max: 10_000_000, value: 'KBPS', reload: true } as const;

export const PEER_OPTIONS = {
  share: {
    type: 'list',
    default: [],
    value: 'DIR',
    help: 'a folder whose songs are shared; may be given several times',
  },
  hub: {
    type: 'list',
    default: [],
    value: 'HOST:PORT',
    help: 'a hub to join; may be given several times',
    check: hubs,
  },
  metaserver: { type: 'text', default: null, value: 'HOST:PORT', help: 'ask there which hub to join', check: address },
  nick: {
    type: 'text',
    default: null,
    value: 'N',
    help: 'how others see you (default: made up once, then kept)',
    check: nick,
  },
  password: {
    type: 'text',
    default: null,
    value: 'P',
    secret: true,
    help: 'password of the nick on the hubs; better: --password-file',
  },
  passwordFile: { type: 'text', default: null, value: 'FILE', help: 'a file whose first line is that password' },
  napsterPort: {
    type: 'number',
    default: null,
    min: 0,
    max: 65_535,
    value: 'N',
    help: 'share port (default 6699); 0: firewalled, pushes only',
  },
  downloads: {
    type: 'text',
    default: null,
    value: 'DIR',
    help: 'where finished songs go (default: downloads below --data)',
  },
  upLimit: { ...RATE, help: 'kilobytes a second that others may take in all; 0: no limit' },
  downLimit: { ...RATE, help: 'kilobytes a second that we take in all; 0: no limit' },
  uploadSlots: {
    type: 'number',
    default: null,
    min: 0,
    max: 100,
    value: 'N',
    reload: true,
    help: 'uploads at once (default 4)',
  },
  downloadSlots: {
    type: 'number',
    default: null,
    min: 1,
    max: 100,
    value: 'N',
    reload: true,
    help: 'downloads at once (default 6)',
  },
  fetchOnly: { type: 'flag', default: false, help: 'no listening port, nothing shared' },
  bind: {
    type: 'text',
    default: null,
    value: 'ADDR',
    help: 'address of this machine to use for everything but the page',
  },
  http: {
    type: 'text',
    default: '127.0.0.1:8881',
    value: 'ADDR:PORT',
    help: 'where the page is; wants its token',
    check: page,
  },
  selfTest: {
    type: 'flag',
    default: false,
    help: 'try to break out of the sandbox, say what it stops and what not, and end',
  },
  // Words of the stable command line whose parts are still to come: what asks for nothing is taken, the rest says so.
  gnutella: { type: 'flag', default: true, hidden: true, help: 'no Gnutella; there is none in this version' },
  gnutellaPort: { type: 'number', default: 0, hidden: true, help: 'share port for Gnutella', check: onlyNone },
  gnutellaMode: { type: 'text', default: null, hidden: true, help: 'part to play in Gnutella', check: later },
  publicCidr: { type: 'list', default: [], hidden: true, help: 'addresses that count as public', check: later },
  proxy: { type: 'text', default: null, hidden: true, help: 'SOCKS proxy', check: later },
  blocklist: { type: 'list', default: [], hidden: true, help: 'addresses to refuse', check: later },
  map: { type: 'text', default: 'off', hidden: true, help: 'port on the router', check: onlyOff },
  stealth: { type: 'flag', default: false, hidden: true, help: 'answer nobody but the introduced', check: onlyFalse },
  privacy: { type: 'flag', default: false, hidden: true, help: 'ask hubs for privacy', check: onlyFalse },
} as const satisfies OptionTable;

function later(): string {
  return 'not in this version';
}

function onlyNone(value: number): string | null {
  return value === 0 ? null : later();
}

function onlyFalse(value: boolean): string | null {
  return value ? later() : null;
}

function onlyOff(value: string): string | null {
  return value === 'off' ? null : later();
}

function hubs(values: readonly string[]): string | null {
  return values.map(address).find((wrong) => wrong !== null) ?? null;
}

function address(value: string): string | null {
  const read = parseAddress(value, '');
  return read === null || read.host === '' || read.port === 0 ? `"${value}" is no HOST:PORT` : null;
}

function page(value: string): string | null {
  return parseAddress(value, '127.0.0.1') === null ? `"${value}" is no ADDR:PORT` : null;
}

function nick(value: string | null): string | null {
  return value === null || isNick(value)
    ? null
    : `"${value}" cannot be a nick: 1 to 19 letters without blanks, quotes, colons or @`;
}

/** What hubs take for a nick (opennap-ng's rule). */
export function isNick(value: string): boolean {
  return /^[!-~]{1,19}$/.test(value) && !/[%$*?.!",\\:@]/.test(value) && !/^[#&:-]/.test(value);
}
