// The live view on a terminal: the share, networks, top hosts with the last minutes as sparklines, alerts, lost packets.
import { CLASSES, classBytes, type Findings, type Host, ourHosts, percent, size } from './findings.ts';

const BARS = '▁▂▃▄▅▆▇█';
const RED = '\u001b[31m';
const BOLD = '\u001b[1m';
const DIM = '\u001b[2m';
const PLAIN = '\u001b[0m';
const COLORS = ['\u001b[34m', '\u001b[33m', '\u001b[32m', '\u001b[35m'];
const NAMES = { napster: 'Napster', gnutella: 'Gnutella', g2: 'G2', inferred: 'inferred' } as const;

/** The view as lines of at most `columns` visible characters. `trouble`: the newest thing that went wrong, or null. */
export function drawScreen(
  findings: Findings,
  title: string,
  columns: number,
  rows: number,
  trouble: string | null,
): string[] {
  const width = Math.max(40, Math.min(columns, 140));
  const p2p = findings.seen + findings.inferred;
  const lines = [
    `${BOLD}peershield watch${PLAIN} ${title}   ${findings.packets.toLocaleString('en')} packets, ${size(findings.bytes)}, ${lost(findings.dropped)}`,
    `${BOLD}${percent(p2p, findings.bytes)}${PLAIN} is Napster or Gnutella (${percent(findings.inferred, findings.bytes)} inferred)${findings.evicted > 0 ? `   ${RED}${findings.evicted} flows given up for memory${PLAIN}` : ''}`,
    '',
  ];
  for (const [n, name] of CLASSES.entries()) {
    const bytes = classBytes(findings, name);
    if (bytes === 0) continue;
    const length = Math.round((bytes / Math.max(1, findings.bytes)) * (width - 34));
    lines.push(`${NAMES[name].padEnd(9)} ${COLORS[n]}${'█'.repeat(Math.max(1, length))}${PLAIN} ${size(bytes)}`);
  }
  const spark = Math.max(8, Math.min(60, width - 62));
  lines.push(
    '',
    `${DIM}${'machine'.padEnd(24)}${'bytes'.padStart(10)}${'sent'.padStart(10)}${'peers'.padStart(7)}  last ${spark * stepOf(findings)} s${PLAIN}`,
  );
  const space = Math.max(3, rows - lines.length - Math.min(findings.alerts.length, 5) - 5);
  for (const host of ourHosts(findings).slice(0, space)) lines.push(hostLine(host, findings, spark));
  if (findings.hosts.length === 0) lines.push(`${DIM}nobody yet${PLAIN}`);
  lines.push('');
  for (const { kind, host, why, at } of findings.alerts.slice(-5).toReversed())
    lines.push(cut(`${RED}${kind}${PLAIN} ${new Date(at * 1000).toTimeString().slice(0, 8)} ${host}: ${why}`, width));
  if (trouble !== null) lines.push(cut(`${RED}${trouble}${PLAIN}`, width));
  lines.push(`${DIM}Ctrl-C ends${PLAIN}`);
  return lines.slice(0, Math.max(8, rows - 1));
}

function lost(dropped: number): string {
  return dropped === 0 ? '0 dropped' : `${RED}${dropped.toLocaleString('en')} dropped by the capture${PLAIN}`;
}

function hostLine(host: Host, findings: Findings, spark: number): string {
  const sent = host.sent.reduce((sum, bytes) => sum + bytes, 0);
  const mark = host.alerts > 0 ? `${RED}!${PLAIN}` : ' ';
  return `${mark}${host.address.slice(0, 22).padEnd(23)}${size(host.bytes).padStart(10)}${size(sent).padStart(10)}${String(host.peers.size).padStart(7)}  ${sparkline(host, findings, spark)}`;
}

function stepOf(findings: Findings): number {
  return Math.max(1, findings.binSeconds);
}

function sparkline(host: Host, findings: Findings, length: number): string {
  const now = Math.floor((findings.to - findings.origin) / findings.binSeconds);
  const values = Array.from({ length }, (_, n) => {
    let sum = 0;
    for (let at = 0; at < CLASSES.length; at++)
      sum += host.activity.get((now - length + 1 + n) * CLASSES.length + at) ?? 0;
    return sum;
  });
  const max = Math.max(...values, 1);
  return values.map((value) => (value === 0 ? ' ' : BARS[Math.min(7, Math.floor((value / max) * 7.99))])).join('');
}

/** Cuts to a width, not counting colour codes. */
function cut(text: string, width: number): string {
  let visible = 0;
  let out = '';
  // oxlint-disable-next-line no-control-regex
  for (const part of text.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) {
      out += part;
      continue;
    }
    out += part.slice(0, Math.max(0, width - visible));
    visible += part.length;
  }
  return out;
}

/** The result for people, when no screen is watched. */
export function describe(findings: Findings): string[] {
  const lines: string[] = [];
  for (const host of ourHosts(findings).slice(0, 20)) {
    const sent = host.sent.reduce((sum, bytes) => sum + bytes, 0);
    const what = [...host.roles, ...host.programs].slice(0, 4).join(', ');
    lines.push(
      `  ${host.address.padEnd(24)}${size(host.bytes).padStart(10)}  sent ${size(sent).padStart(9)}  ${String(host.peers.size).padStart(4)} peers  ${what}`,
    );
  }
  const more = ourHosts(findings).length - 20;
  if (more > 0) lines.push(`  and ${more.toLocaleString('en')} more machines`);
  const alerts = findings.alerts.slice(0, 20).map(({ kind, host, why }) => `  ! ${kind.padEnd(12)} ${host}: ${why}`);
  if (alerts.length > 0) lines.push('Alerts:', ...alerts);
  if (findings.alerts.length > 20) lines.push(`  and ${findings.alerts.length - 20} more alerts`);
  if (findings.inferred > 0)
    lines.push(
      `${percent(findings.inferred, findings.bytes)} of the bytes are inferred from what hosts were told, not seen.`,
    );
  return lines;
}
