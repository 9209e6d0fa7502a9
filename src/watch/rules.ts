// From findings to rules: what to slow down or stop, for whom, until when, and why. Decided in a plain list first
// (`planRules`), then written for one packet filter or another. Rules name what was seen: hubs and metaservers by
// address and port, peers by the address that answered, the network's own users only when shaping. They never name the
// gateway, DNS, ourselves, or the allow list.
import { isIP } from 'node:net';
import { harmless } from '#base';
import { csvCell } from './exports.ts';
import { type Findings, type Session, size } from './findings.ts';
import { isIn, type Network } from './nets.ts';

export const RULE_FORMATS = ['nftables', 'suricata', 'pf', 'csv'] as const;
export type RuleFormat = (typeof RULE_FORMATS)[number];

export type RuleOptions = {
  action: 'shape' | 'block';
  /** Bytes a second for all shaped traffic together. */
  shapeKbytes: number;
  /** Hours of the day in which the rules hold, as [from, to), and days 0-6 from Sunday; null: always. */
  hours: readonly [number, number] | null;
  days: readonly number[] | null;
  ttlSeconds: number;
  /** Never named: gateways, name servers, our own addresses, and what the admin allows. */
  never: readonly Network[];
};

/** One address and port, with what is known of it. */
export type RuleEntry = {
  address: string;
  port: number;
  proto: 'tcp' | 'udp';
  what: string;
  why: string;
  flowId: string;
  ttlSeconds: number;
  /** Bytes that passed to and from it. */
  bytes: number;
};

export type RulePlan = { entries: RuleEntry[]; spared: { address: string; why: string }[] };

/** Chooses what the rules name. Flows that were only inferred are never blocked, only shaped. */
export function planRules(findings: Findings, options: RuleOptions): RulePlan {
  const entries = new Map<string, RuleEntry>();
  const spared = new Map<string, { address: string; why: string }>();
  for (const session of findings.sessions) {
    if (session.class === 'inferred' && options.action === 'block') continue;
    const [address, port] = targetOf(session);
    if (isIn(address, options.never)) {
      spared.set(address, { address, why: 'on the list of what is never named' });
      continue;
    }
    const key = `${address} ${port} ${session.proto}`;
    const known = entries.get(key);
    if (known !== undefined) {
      known.bytes += session.bytes;
      continue;
    }
    entries.set(key, {
      address,
      port,
      proto: session.proto,
      what: session.app === 'napster' ? `napster ${session.role}` : session.app,
      why: harmless(session.why, 100).toWellFormed(),
      flowId: session.flowId,
      ttlSeconds: options.ttlSeconds,
      bytes: session.bytes,
    });
  }
  return { entries: [...entries.values()].toSorted((a, b) => b.bytes - a.bytes), spared: [...spared.values()] };
}

/** The end to name: who answered; of two datagram ends, the one that is not ours. */
function targetOf(session: Session): [string, number] {
  const isForeignSource = session.dstLocal && !session.srcLocal;
  // Our own user answers strangers (he shares): his port here is what is to be closed.
  return isForeignSource && session.proto === 'udp' ? [session.src, session.sport] : [session.dst, session.dport];
}

/** What the rules would have done to the traffic they were made from. */
export function dryRun(findings: Findings, plan: RulePlan, options: RuleOptions): string[] {
  const named = new Set(plan.entries.map(({ address, port, proto }) => `${address} ${port} ${proto}`));
  let flows = 0;
  let bytes = 0;
  const hosts = new Set<string>();
  for (const session of findings.sessions) {
    const isHit =
      named.has(`${session.dst} ${session.dport} ${session.proto}`) ||
      named.has(`${session.src} ${session.sport} ${session.proto}`);
    if (!isHit || !holdsAt(session.first, options)) continue;
    flows++;
    bytes += session.bytes;
    hosts.add(session.srcLocal ? session.src : session.dst);
  }
  const verb = options.action === 'block' ? 'refused' : `held to ${options.shapeKbytes} kB/s`;
  const left = findings.seen + findings.inferred - bytes;
  return [
    `${plan.entries.length} addresses and ports; ${flows} flows of ${hosts.size} of our machines would have been ${verb}: ${size(bytes)} of ${size(findings.bytes)} that passed.`,
    `${size(left)} of recognised traffic would have passed all the same${options.hours === null && options.days === null ? '' : ' (outside the hours and days, or not named)'}.`,
    ...plan.spared.map(({ address, why }) => `${address} is not named: ${why}.`),
    ...LIMITS_OF_BLOCKING,
  ];
}

/** What no such rule can reach, said wherever rules are printed. */
const LIMITS_OF_BLOCKING = [
  'Not reached: hubs and peers that nobody here has met yet, transfers inside TLS or a VPN, a friend outside with a remote desktop or an FTP folder. Run it again as hubs are learned.',
];

function holdsAt(seconds: number, options: RuleOptions): boolean {
  const date = new Date(seconds * 1000);
  if (options.days !== null && !options.days.includes(date.getDay())) return false;
  if (options.hours === null) return true;
  const [from, to] = options.hours;
  const hour = date.getHours();
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to;
}

export function writeRules(format: RuleFormat, plan: RulePlan, options: RuleOptions, madeAt: Date): string {
  switch (format) {
    case 'nftables':
      return nftables(plan, options, madeAt);
    case 'suricata':
      return suricata(plan, options, madeAt);
    case 'pf':
      return pf(plan, options, madeAt);
    case 'csv':
      return csv(plan, options);
    default:
      return format satisfies never;
  }
}

function heading(mark: string, plan: RulePlan, options: RuleOptions, madeAt: Date): string {
  const when = options.hours === null ? 'at all hours' : `from ${options.hours[0]}:00 to ${options.hours[1]}:00`;
  const days = options.days === null ? '' : `, ${options.days.map((day) => DAYS[day]).join(' ')}`;
  return [
    `Made by peershield watch on ${madeAt.toISOString()}: ${plan.entries.length} addresses and ports, ${options.action} ${when}${days}.`,
    ...plan.spared.map(({ address, why }) => `${address} is spared: ${why}.`),
    ...LIMITS_OF_BLOCKING,
  ]
    .map((line) => `${mark} ${line}\n`)
    .join('');
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

/** The name of the one table that we make, refresh and delete. */
export const TABLE = 'peershield_watch';

function nftables(plan: RulePlan, options: RuleOptions, madeAt: Date): string {
  const sets = (
    [
      ['hubs4', 'ipv4_addr', (entry: RuleEntry) => isIP(entry.address) === 4],
      ['hubs6', 'ipv6_addr', (entry: RuleEntry) => isIP(entry.address) === 6],
    ] as const
  ).map(([name, type, isOf]) => {
    const elements = plan.entries
      .filter(isOf)
      .map(
        ({ address, proto, port, ttlSeconds, what, why, flowId }) =>
          `\t\t\t${address} . ${proto} . ${port} timeout ${ttlSeconds}s comment "${nftText(`${what}; flow ${flowId}; ${why}`)}"`,
      );
    const filled = elements.length === 0 ? '' : `\t\telements = {\n${elements.join(',\n')}\n\t\t}\n`;
    return `\tset ${name} {\n\t\ttype ${type} . inet_proto . inet_service\n\t\tflags timeout\n${filled}\t}\n`;
  });
  const when = nftWhen(options);
  const lines: string[] = [];
  for (const [family, set] of [
    ['ip', 'hubs4'],
    ['ip6', 'hubs6'],
  ] as const) {
    for (const end of ['d', 's'] as const) {
      const match = `${when}${family} ${end}addr . meta l4proto . th ${end}port @${set}`;
      if (options.action === 'block') {
        lines.push(
          `${match} meta l4proto tcp counter name blocked reject with tcp reset`,
          `${match} counter name blocked drop`,
        );
      } else lines.push(`${match} limit rate over ${options.shapeKbytes} kbytes/second counter name shaped drop`);
    }
  }
  if (options.action === 'block') {
    // Resets pass, ours among them: else the one who is refused would wait in silence.
    const resets = 'tcp flags & rst == rst accept';
    // A Gnutella handshake is known by its first eight bytes, whatever the address: `GNUTELLA`.
    const handshake = `${when}ip protocol tcp @ih,0,64 0x474e5554454c4c41 counter name handshakes reject with tcp reset`;
    lines.unshift(resets, handshake);
  }
  const rules = lines.map((line) => `\t\t${line}\n`).join('');
  const counters = ['blocked', 'shaped', 'handshakes'].map((name) => `\tcounter ${name} { }\n`).join('');
  const chains = ['input', 'forward', 'output']
    .map(
      (hook) =>
        `\tchain ${hook} {\n\t\ttype filter hook ${hook} priority filter - 5; policy accept;\n\t\tjump p2p\n\t}\n`,
    )
    .join('');
  return `${heading('#', plan, options, madeAt)}table inet ${TABLE}\ndelete table inet ${TABLE}\ntable inet ${TABLE} {\n${counters}${sets.join('')}\tchain p2p {\n${rules}\t}\n${chains}}\n`;
}

function nftWhen({ hours, days }: RuleOptions): string {
  const parts: string[] = [];
  if (days !== null) parts.push(`meta day { ${days.map((day) => DAYS[day]).join(', ')} }`);
  // nft takes hours of the machine's own zone; "24:00" is not known to it.
  if (hours !== null) parts.push(`meta hour "${clock(hours[0], 0)}"-"${clock(hours[1], -1)}"`);
  return parts.length === 0 ? '' : `${parts.join(' ')} `;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function clock(hour: number, seconds: number): string {
  const at = (((hour * 3600 + seconds) % 86_400) + 86_400) % 86_400;
  return `${two(Math.floor(at / 3600))}:${two(Math.floor(at / 60) % 60)}:${two(at % 60)}`;
}

/** nft comments hold at most 128 bytes, no quotes, no escapes. */
function nftText(text: string): string {
  return text
    .replace(/[^ -~]/g, '?')
    .replace(/["\\]/g, "'")
    .slice(0, 120);
}

function suricata(plan: RulePlan, options: RuleOptions, madeAt: Date): string {
  const act = options.action === 'block' ? 'reject' : 'alert';
  const byContent = [
    `${act} tcp any any -> any any (msg:"peershield napster login"; flow:established,to_server; stream_size:client,<,4096; content:"|02 00|"; offset:2; depth:2; pcre:"/^..\\x02\\x00[^\\s\\x22]{1,64} [^\\x22]{0,128} \\d{1,5} \\x22[^\\x22]+\\x22 \\d{1,10}/s"; classtype:policy-violation; sid:9100001; rev:1;)`,
    `${act} tcp any any -> any any (msg:"peershield napster registration"; flow:established,to_server; stream_size:client,<,4096; content:"|06 00|"; offset:2; depth:2; pcre:"/^..\\x06\\x00[^\\s\\x22]{1,64} [^\\x22]{0,128} \\d{1,5} \\x22[^\\x22]+\\x22 \\d{1,10}/s"; classtype:policy-violation; sid:9100002; rev:1;)`,
    `${act} tcp any any -> any any (msg:"peershield napster transfer"; flow:established,to_server; content:"GET"; depth:3; pcre:"/^GET[^\\s\\/\\x22]+ \\x22[^\\x22]+\\x22 \\d+/"; classtype:policy-violation; sid:9100003; rev:1;)`,
    `${act} tcp any any -> any any (msg:"peershield napster push"; flow:established,to_server; content:"SEND"; depth:4; pcre:"/^SEND[^\\s\\/\\x22]+ \\x22[^\\x22]+\\x22 \\d+/"; classtype:policy-violation; sid:9100004; rev:1;)`,
    `${act} tcp any any -> any any (msg:"peershield gnutella handshake"; flow:established; content:"GNUTELLA"; depth:8; classtype:policy-violation; sid:9100005; rev:1;)`,
    `${act} tcp any any -> any any (msg:"peershield gnutella transfer"; flow:established,to_server; content:"/uri-res/N2R?urn:sha1:"; depth:40; nocase; content:"|0d 0a|X-"; classtype:policy-violation; sid:9100006; rev:1;)`,
    `${act} udp any any -> any any (msg:"peershield g2 datagram"; content:"GND"; depth:3; dsize:>8; pcre:"/^GND[\\x00-\\x1f]..[\\x01-\\xff]/s"; classtype:policy-violation; sid:9100007; rev:1;)`,
  ];
  const byAddress = plan.entries.map(({ address, port, proto, what, why, flowId, ttlSeconds }, n) => {
    const about = `# ${what}; flow ${flowId}; ${why.replace(/[^ -~]/g, '?')}; keep ${ttlSeconds} s`;
    const end = `${address.includes(':') ? `[${address}]` : address} ${port}`;
    return `${about}\n${act} ${proto} any any -> ${end} (msg:"peershield ${suricataText(what)}"; classtype:policy-violation; sid:${9_200_000 + n}; rev:1;)`;
  });
  const note =
    options.hours === null && options.days === null
      ? ''
      : '# Suricata knows no hours: load and unload this file by a timer.\n';
  return `${heading('#', plan, options, madeAt)}${note}# By content: any port, needs stream reassembly.\n${byContent.join('\n')}\n# By what was met here.\n${byAddress.join('\n')}${byAddress.length > 0 ? '\n' : ''}`;
}

function suricataText(text: string): string {
  return text.replace(/[^ -~]/g, '?').replace(/[";:\\,|]/g, ' ');
}

function pf(plan: RulePlan, options: RuleOptions, madeAt: Date): string {
  const rules = plan.entries.map(({ address, port, proto, what, why, flowId, ttlSeconds }) => {
    const about = `# ${what}; ${why.replace(/[^ -~]/g, '?')}; flow ${flowId}; keep ${ttlSeconds} s`;
    const act = options.action === 'block' ? 'block return quick' : 'match';
    const shape = options.action === 'block' ? '' : ' set queue peershield';
    return `${about}\n${act} proto ${proto} from any to ${address} port ${port}${shape}`;
  });
  const queue =
    options.action === 'block'
      ? ''
      : `# In pf.conf: queue peershield parent root bandwidth ${options.shapeKbytes * 8}K max ${options.shapeKbytes * 8}K\n`;
  const note =
    options.hours === null && options.days === null ? '' : '# pf knows no hours: load and flush the anchor by cron.\n';
  return `${heading('#', plan, options, madeAt)}# pfctl -a peershield -f FILE to apply, pfctl -a peershield -F all to undo\n${note}${queue}${rules.join('\n')}${rules.length > 0 ? '\n' : ''}`;
}

function csv(plan: RulePlan, options: RuleOptions): string {
  const rows = plan.entries.map(({ address, port, proto, what, why, flowId, ttlSeconds, bytes }) =>
    [address, port, proto, options.action, ttlSeconds, bytes, what, why, flowId].map(csvCell).join(','),
  );
  return `address,port,proto,action,ttl_seconds,bytes,what,why,community_id\r\n${rows.map((row) => `${row}\r\n`).join('')}`;
}
