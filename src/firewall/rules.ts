// Our own nftables table as text. One table, nobody else's is read or written; installing replaces it in one transaction.
// Pure.
//
//   output   who we contact goes into a set with a time-out            (hosts that we asked for something first)
//   input    loopback and running connections: nothing to say
//            ident (113): refused to whom we contacted, silent to all others
//            share ports: let in whom we contacted with the knock datagram or whom the hub introduced, silent to others
//            quiet ports: ports that we left; silent, and counted
//
// A drop here is final; an accept here only means that other tables may still decide.

export type FirewallRules = {
  /** Refuse ident queries of servers that we contacted in the last minute; drop all others. */
  ident: boolean;
  /** TCP ports that answer admitted hosts only. */
  sharePorts: readonly number[];
  /** TCP ports that are dropped and counted. */
  quietPorts: readonly number[];
};

export const TABLE = 'peershield';
export const MARK = 'made by peershield; peershield firewall remove takes it away';
/** How long a host that we contacted may ask for ident. */
const CONTACT_S = 60;
/** How long an admission lasts; what was begun in that time goes on after it. */
const ADMISSION_S = 30;
const SET_SIZE = 65_535;
/** New connections a second that one admitted host may open on a share port. */
const NEW_PER_S = 20;
const IDENT_PORT = 113;

/** A script for `nft -f -`: the first two lines make it a replacement whether the table was there or not. */
export function script(rules: FirewallRules): string {
  return `table inet ${TABLE}
delete table inet ${TABLE}
table inet ${TABLE} {
  comment "${MARK}"
${sets(rules)}${counters(rules)}${output(rules)}${input(rules)}}
`;
}

/** What takes it away. */
export const REMOVAL = `delete table inet ${TABLE}\n`;

export function doesNothing({ ident, sharePorts, quietPorts }: FirewallRules): boolean {
  return !ident && sharePorts.length === 0 && quietPorts.length === 0;
}

function sets({ ident, sharePorts }: FirewallRules): string {
  return `${ident ? addressSets('contacted', CONTACT_S) : ''}${sharePorts.length > 0 ? addressSets('admitted', ADMISSION_S) + addressSets('pace', ADMISSION_S) : ''}`;
}

function addressSets(name: string, timeoutS: number): string {
  return [4, 6]
    .map(
      (family) =>
        `  set ${name}${family} { type ipv${family}_addr; flags dynamic,timeout; timeout ${timeoutS}s; size ${SET_SIZE}; }\n`,
    )
    .join('');
}

function counters({ sharePorts, quietPorts }: FirewallRules): string {
  return [...sharePorts, ...quietPorts].map((port) => `  counter ${counterName(port)} { }\n`).join('');
}

export function counterName(port: number): string {
  return `knocks_${port}`;
}

function output({ ident, sharePorts }: FirewallRules): string {
  const lines: string[] = [];
  if (ident)
    lines.push(
      'tcp flags & (syn | ack) == syn ip daddr != 127.0.0.0/8 update @contacted4 { ip daddr }',
      'tcp flags & (syn | ack) == syn ip6 daddr != ::1 update @contacted6 { ip6 daddr }',
    );
  if (sharePorts.length > 0)
    lines.push(
      `udp sport ${portSet(sharePorts)} ip daddr != 127.0.0.0/8 update @admitted4 { ip daddr }`,
      `udp sport ${portSet(sharePorts)} ip6 daddr != ::1 update @admitted6 { ip6 daddr }`,
    );
  return lines.length === 0 ? '' : chain('output', 'type filter hook output priority 0; policy accept;', lines);
}

function input({ ident, sharePorts, quietPorts }: FirewallRules): string {
  const lines = ['iifname "lo" accept', 'ct state established,related accept'];
  if (ident)
    lines.push(
      `tcp dport ${IDENT_PORT} ip saddr @contacted4 reject with tcp reset`,
      `tcp dport ${IDENT_PORT} ip6 saddr @contacted6 reject with tcp reset`,
      `tcp dport ${IDENT_PORT} drop`,
    );
  if (sharePorts.length > 0)
    for (const [family, field] of [
      ['4', 'ip'],
      ['6', 'ip6'],
    ] as const)
      lines.push(
        `tcp dport ${portSet(sharePorts)} ${field} saddr @admitted${family} update @pace${family} { ${field} saddr limit rate ${NEW_PER_S}/second } accept`,
      );
  for (const port of [...sharePorts, ...quietPorts])
    lines.push(`tcp dport ${port} counter name ${counterName(port)} drop`);
  return chain('input', 'type filter hook input priority -10; policy accept;', lines);
}

function chain(name: string, head: string, lines: readonly string[]): string {
  return `  chain ${name} {\n    ${head}\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
}

function portSet(ports: readonly number[]): string {
  return `{ ${ports.join(', ')} }`;
}
