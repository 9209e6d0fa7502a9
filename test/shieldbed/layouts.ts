// Hosts to probe, drawn by seed: what each port does, what a stranger must say of it, and the packet filter that makes it so.
import { type Chance, seeded, wholeBelow } from '#base';

/** What a port of the target does. */
export type Kind =
  | 'open' // an ordinary server
  | 'dropper' // a server that resets whoever connects
  | 'full' // a server whose backlog is full: it lets the SYN fall
  | 'closed'
  | 'stealth'
  | 'prohibited' // refused by ICMP, administratively prohibited; the kernel sends about one such refusal a second
  | 'rationed'; // closed, with at most `rationPerS` refusals a second among all such ports

export type Truth = 'open' | 'closed' | 'stealth';

const TRUTH: Record<Kind, Truth> = {
  open: 'open',
  dropper: 'open',
  full: 'stealth',
  closed: 'closed',
  stealth: 'stealth',
  prohibited: 'closed',
  rationed: 'closed',
};

export type Layout = {
  name: string;
  kinds: ReadonlyMap<number, Kind>;
  rationPerS: number;
  /** After so many SYNs from us the target drops everything; null: it never does. */
  hidesAfter: number | null;
  family: 4 | 6;
};

const PORTS = 1056;

/** Ports 0–1055 of one kind. */
export function uniform(name: string, kind: Kind, rationPerS = 250): Layout {
  const kinds = new Map(Array.from({ length: PORTS }, (_, port) => [port, kind] as const));
  return { name, kinds, rationPerS, hidesAfter: null, family: 4 };
}

/** A host like those at home: silent, with a few doors open and a few ports that its router refuses. */
export function home(seed: number, family: 4 | 6 = 4): Layout {
  const chance = seeded(seed);
  return drawn(`home ${family === 6 ? 'v6 ' : ''}#${seed}`, chance, family, [
    ['open', 0.002 + chance() * 0.005],
    ['closed', 0.002 + chance() * 0.01],
    ['stealth', 1],
  ]);
}

/** Everything at once, in shares that the seed draws. */
export function mixed(seed: number, family: 4 | 6 = 4): Layout {
  const chance = seeded(seed);
  return drawn(`mixed ${family === 6 ? 'v6 ' : ''}#${seed}`, chance, family, [
    ['open', 0.005 + chance() * 0.02],
    ['dropper', chance() * 0.01],
    ['full', chance() * 0.005],
    ['prohibited', chance() * 0.015],
    ['rationed', chance() * 0.3],
    ['closed', 0.1 + chance() * 0.3],
    ['stealth', 1],
  ]);
}

function drawn(name: string, chance: Chance, family: 4 | 6, shares: [Kind, number][]): Layout {
  const kinds = new Map<number, Kind>();
  for (let port = 0; port < PORTS; port++) {
    let left = chance();
    for (const [kind, share] of shares) {
      left -= share;
      if (left >= 0) continue;
      kinds.set(port, kind);
      break;
    }
  }
  return { name, kinds, rationPerS: 20 + wholeBelow(230, chance), hidesAfter: null, family };
}

export function truthOf(layout: Layout, port: number): Truth {
  return TRUTH[layout.kinds.get(port) ?? 'closed'];
}

/** The layout as a table for `nft -f -` in the target. */
export function rulesOf(layout: Layout): string {
  const set = (kind: Kind): string => {
    const ports = [...layout.kinds].filter(([, its]) => its === kind).map(([port]) => port);
    return `set ${kind} { type inet_service; ${ports.length > 0 ? `elements = { ${ports.join(', ')} }` : ''}\n}`;
  };
  const kinds: Kind[] = ['open', 'dropper', 'full', 'stealth', 'prohibited', 'rationed'];
  const hide =
    layout.hidesAfter === null
      ? ''
      : `iifname "target" tcp flags syn limit rate over 1/hour burst ${layout.hidesAfter} packets drop`;
  return `table inet bed {
${kinds.map(set).join('\n')}
chain to_servers {
  type nat hook prerouting priority dstnat;
  tcp dport @open redirect to :20001
  tcp dport @dropper redirect to :20002
  tcp dport @full redirect to :20003
}
chain silence {
  type filter hook prerouting priority -300;
  ${hide}
  tcp dport @stealth drop
  tcp dport @rationed limit rate ${layout.rationPerS}/second accept
  tcp dport @rationed drop
}
chain refusals {
  type filter hook input priority 0;
  tcp dport @prohibited reject with icmpx type admin-prohibited
}
}
`;
}
