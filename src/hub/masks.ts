// Ban masks: `nick!address` with `*` and `?`, an address alone (`207.172.`, `10.0.0.0/8`), or a nick alone.
import type { ByteString } from '#base';
import { LIMITS } from '#wire/napster';

export type Mask = { readonly nick: string; readonly address: string };

/** As opennap reads them: only digits and dots is an address, a trailing dot gets `*`, anything else a nick. */
export function parseMask(text: ByteString): Mask | null {
  if (text === '' || text.length > 128) return null;
  const bang = text.indexOf('!');
  if (bang >= 0) return made(text.slice(0, bang), text.slice(bang + 1));
  if (/^[\d.]+(\/\d{1,2})?$/.test(text) || (/^[\da-f:]+(\/\d{1,3})?$/i.test(text) && text.includes(':')))
    return made('*', text);
  return made(text, '*');
}

export function formatMask({ nick, address }: Mask): string {
  return `${nick}!${address}`;
}

export function maskMatches(mask: Mask, nick: string, address: string): boolean {
  return (
    (mask.nick === '*' || globMatches(mask.nick, nick.toLowerCase())) &&
    (mask.address === '*' || addressMatches(mask.address, address))
  );
}

/** `*` and `?`, in time linear in the pattern times the text: no recursion. Both in lower case. */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (p < pattern.length && (pattern[p] === '?' || (pattern[p] === text[t] && pattern[p] !== '*'))) {
      p++;
      t++;
    } else if (pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function made(nick: string, address: string): Mask {
  const whole = address === '' ? '*' : address.endsWith('.') ? `${address}*` : address;
  return { nick: (nick === '' ? '*' : nick).toLowerCase(), address: whole.toLowerCase() };
}

function addressMatches(pattern: string, address: string): boolean {
  const slash = pattern.indexOf('/');
  if (slash < 0) return globMatches(pattern, address.toLowerCase());
  const bits = Number(pattern.slice(slash + 1));
  const network = ipBits(pattern.slice(0, slash));
  const own = ipBits(address);
  if (network === null || own === null || !(bits <= 32)) return false;
  return bits === 0 || network >>> (32 - bits) === own >>> (32 - bits);
}

function ipBits(address: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (parts === null) return null;
  let value = 0;
  for (let i = 1; i <= 4; i++) value = value * 256 + Math.min(255, Number(parts[i]));
  return value;
}

/** The network of an address, for budgets: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  const last = address.lastIndexOf('.');
  if (last > 0 && !address.includes(':')) return address.slice(0, last);
  return address.split(':').slice(0, 3).join(':');
}

// `!` … `~` without these; opennap also refuses some first characters and its own names.
const NICK = /^[!-~]+$/;
const NOT_IN_NICK = /[%$*?.!",\\]/;
const NOT_FIRST = /^[#&:-]/;
const RESERVED = new Set(['operserv', 'chanserv', 'nickserv', 'operator', 'server']);

export function isNick(nick: ByteString): boolean {
  if (nick.length > LIMITS.nick.value) return false;
  return NICK.test(nick) && !NOT_IN_NICK.test(nick) && !NOT_FIRST.test(nick) && !RESERVED.has(nick.toLowerCase());
}

export function isChannelName(name: ByteString): boolean {
  return name.length <= LIMITS.channel.value && /^[!-~]+$/.test(name) && !/[%$*?",]/.test(name);
}
