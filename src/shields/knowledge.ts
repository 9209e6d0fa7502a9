// What a port is, for people: our own texts, and the system's list of names where we have none.
import { readFileSync } from 'node:fs';
import { PORT_TEXTS, type PortGroup } from './port-texts.ts';

export type PortText = {
  port: number;
  name: string;
  /** Who usually opens it. */
  who: string;
  /** What it is for and what a stranger gains. */
  what: string;
  /** How it is closed. */
  close: string;
  /** Other ports of the same kind. */
  related: number[];
};

const HOW_TO_CLOSE: Record<PortGroup, string> = {
  none: 'Nothing you need depends on it. Find the program with "shields audit", stop it, and let the firewall drop the rest.',
  ident:
    'Leave it silent, or let the firewall refuse it to servers that you contacted yourself ("firewall install --ident").',
  remote: 'Let it listen on loopback or behind a VPN; where it must face outside, allow keys only, never passwords.',
  mail: 'If you do not run a mail server, find out who does: stop the program. If you do, keep only the ports that your clients use.',
  web: 'If it is the page of a router or device, switch "remote management" off in it. If it is a program of yours, bind it to 127.0.0.1.',
  windows:
    'Set the network to "public" in Windows, which closes sharing to it; on the router forward nothing to this port.',
  printer: 'Switch internet printing off in the printer, and forward nothing to it on the router.',
  files:
    'Share folders inside the house only: bind the server to the local address, and reach it from outside by a VPN.',
  database:
    'Set its listening address to 127.0.0.1 (or a socket file) and restart it. Programs on the same machine go on working.',
  router:
    'Switch off remote management and UPnP towards the internet in the router; a restart and an update often help too.',
  media: 'Limit it to the local network in its own settings, or let the firewall drop it from elsewhere.',
  sharing:
    'Stop the sharing program, or "peershield off". Where sharing shall go on, the stealth share port answers introduced hosts only.',
  chat: 'If you do not run such a server, stop the program that does. Clients need no open port.',
  developer: 'Start the program with its address set to 127.0.0.1 instead of 0.0.0.0.',
  monitor: 'Bind it to the local network, give it a password, and forward nothing to it.',
  vpn: 'If you run it, keep it updated and closed to people without a key. If you do not know it, stop it: others may act in your name.',
  name: 'Let it answer on the inside only; the router has a switch for it, or the program an option for its address.',
  trojan:
    'If this is open and you do not know why, take the machine off the network and look with "shields audit" which program holds it.',
};
const RELATED_AT_MOST = 6;

let texts: ReadonlyMap<number, PortText> | null = null;
let systemNames: ReadonlyMap<number, string> | null = null;

/** All texts by port. */
export function portTexts(): ReadonlyMap<number, PortText> {
  texts ??= readTexts();
  return texts;
}

/** A short name, or an empty text for a port that nobody knows. */
export function portName(port: number): string {
  const known = portTexts().get(port)?.name;
  if (known !== undefined) return known === 'unassigned' ? '' : known;
  systemNames ??= readSystemNames();
  return systemNames.get(port) ?? '';
}

function readTexts(): Map<number, PortText> {
  const rows = PORT_TEXTS.trim()
    .split('\n')
    .map((line) => line.split('|') as [string, string, string, string, PortGroup]);
  const groups = Map.groupBy(rows, ([, , , , group]) => group);
  return new Map(
    rows.map(([digits, name, who, what, group]) => {
      const port = Number(digits);
      const others = (groups.get(group) ?? []).map(([other]) => Number(other)).filter((other) => other !== port);
      const related = others.toSorted((a, b) => Math.abs(a - port) - Math.abs(b - port)).slice(0, RELATED_AT_MOST);
      return [port, { port, name, who, what, close: HOW_TO_CLOSE[group], related: related.toSorted((a, b) => a - b) }];
    }),
  );
}

/** The names that the system itself ships, read where they are and never copied. */
function readSystemNames(): Map<number, string> {
  try {
    return parseServices(readFileSync('/etc/services', 'utf8'));
  } catch {
    return new Map();
  }
}

/** TCP rows of a `services` file; the first name of a port wins. */
export function parseServices(text: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const [, name, port] of text.matchAll(/^([\w.+-]+)\s+(\d+)\/tcp\b/gm))
    if (!names.has(Number(port))) names.set(Number(port), name as string);
  return names;
}
