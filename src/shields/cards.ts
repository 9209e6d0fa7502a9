// Fix cards: what was found, why it matters, the exact step, what it leaves alone. Pure: findings in, cards out.
import type { ShieldsCard } from '#api';
import type { Finding } from './audit/findings.ts';
import type { Listener } from './audit/sockets.ts';
import { portName, portTexts } from './knowledge.ts';
import { count, type ProbedPort, type Surroundings } from './verdict.ts';

type Steps = ShieldsCard['steps'];

const MOST_OPEN_CARDS = 12;

/** Cards for what a probe from outside saw. */
export function probeCards(ports: readonly ProbedPort[], around: Surroundings): ShieldsCard[] {
  const open = ports.filter(({ state }) => state === 'open').slice(0, MOST_OPEN_CARDS);
  const cards = open.map(({ port }) => openCard(port));
  const ident = ports.find(({ port }) => port === 113);
  if (ident !== undefined) cards.push(identCard(ident.state));
  const counts = count(ports);
  if (counts.closed > (ident?.state === 'closed' ? 1 : 0)) cards.push(closedCard(counts.closed));
  if (around.ping === 'answers') cards.push(pingCard());
  return cards;
}

/** Cards for what the audit found inside. */
export function auditCards(found: readonly Finding[]): ShieldsCard[] {
  return found.map(auditCard);
}

function openCard(port: number): ShieldsCard {
  const text = portTexts().get(port);
  const named = portName(port);
  return {
    id: `open-${port}`,
    level: 'warn',
    title: `Port ${port}${named === '' ? '' : ` (${named})`} is open`,
    what:
      text === undefined
        ? 'A program accepts connections from anyone here.'
        : `Usually opened by: ${text.who}. ${text.what}`,
    why: 'Whoever finds the port can try every mistake of the program behind it. Dropping connections after they were accepted changes nothing: to a scan the port is open.',
    steps: [
      {
        system: 'First',
        lines: [text?.close ?? 'Find the program with the audit and stop it, or bind it to 127.0.0.1.'],
      },
      ...dropSteps(port),
      {
        system: 'Router',
        lines: [`Look for a forwarding of port ${port} and for UPnP mappings, and remove what you did not make.`],
      },
    ],
    keeps: 'Connections that you open yourself are not affected: they leave from other ports.',
    port,
  };
}

/** A stranger's first packet is dropped; everything else goes on. */
function dropSteps(port: number, proto: 'tcp' | 'udp' = 'tcp'): Steps {
  return [
    {
      system: 'nftables',
      lines: [
        'nft add table inet my_shield',
        "nft 'add chain inet my_shield input { type filter hook input priority 0; }'",
        `nft add rule inet my_shield input iifname != lo ${proto} dport ${port} ct state new drop`,
      ],
    },
    { system: 'ufw', lines: [`ufw deny ${port}/${proto}`] },
    {
      system: 'Windows (as administrator)',
      lines: [
        `netsh advfirewall firewall add rule name="close ${port}" dir=in action=block protocol=${proto.toUpperCase()} localport=${port}`,
      ],
    },
    {
      system: 'macOS',
      lines: ['System Settings → Network → Firewall: on, and "block incoming connections" for the program'],
    },
  ];
}

function identCard(state: 'open' | 'closed' | 'stealth'): ShieldsCard {
  const what = {
    open: 'A program answers ident queries: it tells servers a user name for each of your connections.',
    closed:
      'Your machine or router refuses ident queries. That is why servers let you in at once, and it is also how a stranger learns that somebody is here.',
    stealth:
      'Ident queries are dropped. Nobody sees you; some mail, chat and hub servers wait several seconds for an answer before they let you in.',
  }[state];
  return {
    id: 'ident',
    level: 'note',
    title: `Port 113 (ident) is ${state}`,
    what,
    why: 'Ident is a question that servers ask back while you connect to them: who is behind this connection? Most routers have a special setting for it, which is why 113 is often the one port that differs from all others.',
    steps: [
      {
        system: 'Linux, the best of both',
        lines: [
          'peershield firewall install --ident',
          '# refuses ident only to servers that you contacted in the last minute, and is silent to all others',
        ],
      },
      { system: 'Router', lines: ['Look for "filter IDENT" or "stealth ident": on is silent, off refuses.'] },
    ],
    keeps: 'Chat and mail work either way; with silence some log-ins take longer.',
    port: 113,
  };
}

function closedCard(closed: number): ShieldsCard {
  return {
    id: 'closed',
    level: 'note',
    title: closed === 1 ? 'One port answers "closed"' : `${closed} ports answer "closed"`,
    what: 'Nothing answers, and your provider lets it through: a server could run here. The machine says "there is nobody at this door", and so says that there is a house.',
    why: 'A closed port cannot be entered. It only tells strangers that the address is worth a second look.',
    steps: [
      {
        system: 'nftables',
        lines: [
          'nft add table inet my_shield',
          "nft 'add chain inet my_shield input { type filter hook input priority 0; policy drop; }'",
          'nft add rule inet my_shield input iifname lo accept',
          'nft add rule inet my_shield input ct state established,related accept',
          'nft add rule inet my_shield input meta l4proto ipv6-icmp accept',
        ],
      },
      { system: 'ufw', lines: ['ufw default deny incoming', 'ufw enable'] },
      { system: 'macOS', lines: ['System Settings → Network → Firewall → Options: stealth mode on'] },
      { system: 'Windows', lines: ['The firewall drops by default: switch it on for the public profile.'] },
    ],
    keeps:
      'Everything you start yourself goes on. If you reach this machine from elsewhere (ssh), allow that port first.',
    port: null,
  };
}

function pingCard(): ShieldsCard {
  return {
    id: 'ping',
    level: 'note',
    title: 'The address replies to ping',
    what: 'An echo request from us was answered.',
    why: 'It helps you and your provider to find faults, and it tells everyone that the address is in use.',
    steps: [{ system: 'Router', lines: ['Look for "respond to ping on WAN" and switch it off.'] }],
    keeps:
      'Browsing and sharing do not need it. Path MTU discovery does need other ICMP messages: do not drop all of ICMP.',
    port: null,
  };
}

const WHY: Record<Finding['kind'], string> = {
  'open-outside': 'It was reached from outside, so anyone can reach it.',
  'too-wide':
    'It listens on every address of the machine. If it serves only this machine, it should listen on 127.0.0.1.',
  forgotten: 'Servers that nobody thinks of are not updated.',
  'port-monitor': 'A program that holds ports to see who knocks makes each of them look open, and draws attention.',
  'trojan-port': 'The number proves nothing, but few honest programs choose it.',
  'file-gone':
    'After an update the old, perhaps faulty program runs on until it is restarted. Malware also deletes its file.',
  'talks-chat':
    'Trojans connect out, so that no firewall against incoming connections sees them, and wait for orders in a chat channel.',
  'no-filter': 'Every listener that is bound wide is reachable from wherever packets reach this machine.',
  'syn-cookies-off':
    'SYN cookies let a machine go on accepting connections while somebody floods it with half-open ones.',
  'backlog-full': 'A program that does not accept in time loses connections: it hangs, or somebody floods it.',
  gateway: 'What is filtered for this machine is not filtered for those behind it: that is the forward chain.',
  mapping: 'A mapping is an open door in the router that a program asked for by UPnP, without asking you.',
  nat: 'It decides who can reach you at all.',
  ident: 'A refusal would let such servers go on at once; silence hides you. You can have both.',
};

function auditCard(finding: Finding): ShieldsCard {
  const { kind, level, what, listener } = finding;
  const id = [kind, listener?.port ?? finding.port, listener?.proto, listener?.owner?.pid]
    .filter((part) => part !== undefined)
    .join('-');
  return {
    id,
    level,
    title: what,
    what: listener === undefined ? '' : origin(listener),
    why: WHY[kind],
    steps: stepsFor(finding),
    keeps:
      listener === undefined
        ? 'Nothing else changes.'
        : 'Only programs that connect to this port from elsewhere notice.',
    port: finding.port ?? null,
  };
}

function origin({ address, port, owner, filter }: Listener): string {
  const by = owner?.startedBy == null ? '' : `, started by ${owner.startedBy}`;
  const since = owner?.since == null ? '' : `, since ${owner.since.slice(0, 16).replace('T', ' ')} UTC`;
  return `${owner?.program || 'A program'} (pid ${owner?.pid || 'unknown'}${by}${since}) on ${address} port ${port}; packet filter: ${filter}.`;
}

function stepsFor({ kind, listener, port }: Finding): Steps {
  if (kind === 'syn-cookies-off') return [{ system: 'Linux', lines: ['sysctl -w net.ipv4.tcp_syncookies=1'] }];
  if (kind === 'ident') return identCard('stealth').steps;
  if (kind === 'no-filter') return closedCard(0).steps;
  if (kind === 'mapping')
    return [
      {
        system: 'Router',
        lines: ['Look for "UPnP" or "port forwarding" in its pages: delete the entry, or switch UPnP off.'],
      },
    ];
  if (kind === 'nat')
    return [
      {
        system: 'Peer',
        lines: ['Without a reachable port, transfers go by pushes: that works with everyone who has one.'],
      },
    ];
  if (listener === undefined) {
    const look = `ss -tanp 'dport = :${port ?? 0}'`;
    return kind === 'talks-chat'
      ? [{ system: 'Linux', lines: [look, '# unplug the machine from the network while you look'] }]
      : [];
  }
  const unit = listener.owner?.startedBy ?? '';
  const stop: Steps = unit.endsWith('.service')
    ? [{ system: 'systemd', lines: [`systemctl status ${unit}`, `systemctl disable --now ${unit}`] }]
    : [{ system: 'Linux', lines: [`kill ${listener.owner?.pid || 'PID'}`] }];
  if (kind === 'file-gone' && unit.endsWith('.service'))
    return [{ system: 'systemd', lines: [`systemctl restart ${unit}`] }];
  return [
    {
      system: 'Bind it',
      lines: [
        'Set its listening address to 127.0.0.1 in its settings (often "bind", "listen" or "host"), and restart it.',
      ],
    },
    ...stop,
    ...dropSteps(listener.port, listener.proto),
  ];
}

function knowing(id: string, title: string, what: string, why: string, steps: Steps, keeps: string): ShieldsCard {
  return { id, level: 'note', title, what, why, steps, keeps, port: null };
}

/** What is worth knowing whatever was found. */
export function generalCards(): ShieldsCard[] {
  return [
    knowing(
      'noise',
      'Knocks after you left a network',
      'Other programs remember your address as a good partner and try it for hours, some for days. Then it fades, because each of them forgets those who do not answer.',
      'It is an echo, not an attack. A program that reports every knock in a pop-up would frighten you for nothing; we never do.',
      [
        {
          system: 'Linux',
          lines: [
            'peershield firewall show',
            '# counts knocks on the share ports; without the table they are not counted',
          ],
        },
      ],
      'Drop the old ports silently: a refusal tells the others that you are still there.',
    ),
    knowing(
      'new-address',
      'A new address, or one for sharing only',
      'Most providers give another address when the router is off for some minutes. Some sell a second one.',
      'Who shared under the old address is still known under it, and who knocks there does not know the new one.',
      [
        {
          system: 'Peer',
          lines: ['peershield peer --bind ADDRESS', '# sharing leaves and arrives by this address only'],
        },
      ],
      'Names and cookies follow you to a new address: it hides nothing from places where you log in.',
    ),
    knowing(
      'who-sees',
      'SOCKS, VPN, NAT: what each hides, and from whom',
      'A SOCKS proxy hides your address from those you connect to, not from the proxy, and not from your provider. A VPN hides what you do from your provider and shows it to the VPN. NAT hides how many machines you have, and nothing else.',
      'None of them hides what you share from those who download it.',
      [
        {
          system: 'Peer',
          lines: ['peershield peer --proxy socks5://HOST:PORT', 'peershield peer --bind ADDRESS_OF_THE_VPN'],
        },
      ],
      'Behind a proxy or VPN without a port of your own nobody can connect to you: transfers then go by pushes.',
    ),
  ];
}
