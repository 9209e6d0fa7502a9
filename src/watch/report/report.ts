// The report: one HTML file that needs nothing else, to be looked at rather than read. This file decides what goes in
// and in which grain; page.ts draws it. All text from the network is put in as JSON and drawn as text, never as markup.
import type { Limits } from '#base';
import {
  CLASSES,
  classBytes,
  type Findings,
  type Host,
  ourHosts,
  percent,
  sentence,
  type Session,
  size,
} from '../findings.ts';
import { SCRIPT, STYLE } from './page.ts';

export const REPORT_LIMITS = {
  reportHosts: { value: 20_000, unit: 'hosts', source: 'rows of the report; the largest' },
  reportSessions: { value: 60_000, unit: 'sessions', source: 'drawn in the report; the largest, all with alerts' },
  reportPairs: { value: 400, unit: 'pairs', source: 'lines of "who with whom"; the largest' },
} as const satisfies Limits;

const COLUMNS = 480;
const HEAT_COLUMNS = 60;
const GRAINS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800];

/** The report as HTML. `names`: show what was searched for and which files passed. */
export function writeReport(findings: Findings, names: boolean): string {
  const data = reportData(findings, names);
  // `<` cannot end the script element, U+2028 and U+2029 cannot end a line of it.
  const json = JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="referrer" content="no-referrer">
<title>Peershield watch</title>
<style>${STYLE}</style>
</head>
<body>
<main id="page"><h1>${escapeHtml(data.sentence)}</h1><noscript><p>The pictures of this report need JavaScript. Share of the bytes: ${escapeHtml(data.figures.map(([name, value]) => `${name} ${value}`).join(', '))}.</p></noscript></main>
<script type="application/json" id="data">${json}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function reportData(findings: Findings, names: boolean) {
  const from = Number.isFinite(findings.from) ? findings.from : 0;
  const to = Number.isFinite(findings.to) ? findings.to : from;
  const shown = ourHosts(findings);
  const hosts = shown.slice(0, REPORT_LIMITS.reportHosts.value);
  const numbers = new Map(hosts.map((host, n) => [host.host, n]));
  const sessions = pickSessions(findings, numbers);
  const heatSeconds = Math.max(
    findings.binSeconds,
    GRAINS.find((grain) => (to - from) / grain <= HEAT_COLUMNS) ?? Math.ceil((to - from) / HEAT_COLUMNS),
  );
  const heatFrom = Math.floor(from / heatSeconds) * heatSeconds;
  return {
    sentence: sentence(findings),
    from,
    to,
    madeWithNames: names,
    figures: figuresOf(findings),
    notes: notesOf(findings, hosts.length, shown.length, sessions.length),
    classes: CLASSES,
    area: areaOf(findings, from, to),
    heat: {
      from: heatFrom,
      seconds: heatSeconds,
      columns: Math.max(1, Math.ceil((to - heatFrom + 1e-3) / heatSeconds)),
    },
    hosts: hosts.map((host) => hostRow(host, findings, heatFrom, heatSeconds)),
    sessions: sessions.map((session) => sessionRow(session, numbers, from)),
    pairs: pairsOf(findings, numbers),
    alerts: findings.alerts
      .slice(0, 2000)
      .toSorted((a, b) => a.at - b.at)
      .map(({ kind, at, host, why, flow }) => ({
        kind,
        at,
        host,
        why: wellFormed(why),
        flow: flow === null ? '' : `${flow.src}:${flow.sport} → ${flow.dst}:${flow.dport}`,
      })),
  };
}

function figuresOf(findings: Findings): [string, string, string][] {
  const all = findings.bytes;
  const hubs = new Set(
    findings.sessions.filter(({ role }) => role === 'hub').map(({ dst, dport }) => `${dst}:${dport}`),
  );
  const figures: [string, string, string][] = [
    [
      'of all bytes',
      percent(findings.seen + findings.inferred, all),
      `${size(findings.seen + findings.inferred)} of ${size(all)} on the wire`,
    ],
    ['seen', percent(findings.seen, all), 'decided by content'],
    ['inferred', percent(findings.inferred, all), 'decided by what hosts were told'],
  ];
  for (const name of ['napster', 'gnutella', 'g2'] as const)
    figures.push([
      name === 'g2' ? 'G2' : name === 'napster' ? 'Napster' : 'Gnutella',
      size(classBytes(findings, name)),
      `${findings.sessions.filter((session) => session.class === name).length.toLocaleString('en')} flows`,
    ]);
  figures.push(['hubs', String(hubs.size), 'Napster servers that were used']);
  figures.push([
    'alerts',
    findings.alerts.length.toLocaleString('en'),
    findings.alerts.length === 0 ? 'nothing dangerous was recognised' : 'see below',
  ]);
  return figures;
}

function notesOf(findings: Findings, hosts: number, ofHosts: number, sessions: number): string[] {
  const notes: string[] = [
    'Bytes are those on the wire, headers included. "Seen" was decided by content; "inferred" by addresses that a host was told by the network itself, and is never mixed in.',
  ];
  if (findings.truncated !== null) notes.push(`The input is incomplete: ${findings.truncated}.`);
  if (findings.dropped > 0)
    notes.push(
      `${findings.dropped.toLocaleString('en')} packets were lost by the capture: all figures are low by about as much.`,
    );
  if (findings.evicted > 0)
    notes.push(`${findings.evicted.toLocaleString('en')} flows were given up for memory before they could be judged.`);
  if (hosts < ofHosts)
    notes.push(`The ${hosts.toLocaleString('en')} largest of ${ofHosts.toLocaleString('en')} machines are listed.`);
  if (sessions < findings.sessions.length)
    notes.push(
      `The ${sessions.toLocaleString('en')} largest of ${findings.sessions.length.toLocaleString('en')} sessions are drawn.`,
    );
  notes.push(
    `${findings.unknownFlows.toLocaleString('en')} other conversations are of neither network, or cannot be told (encrypted, or no opening in the capture).`,
  );
  return notes;
}

/** Bytes a second by column: other traffic, then each class. */
function areaOf(findings: Findings, from: number, to: number) {
  const span = Math.max(1, to - from);
  const columns = Math.min(COLUMNS, Math.max(1, Math.ceil(span / findings.binSeconds)));
  const width = span / columns;
  const rows = Array.from({ length: columns }, () => [0, 0, 0, 0, 0]);
  for (const [bin, row] of findings.bins) {
    const start = findings.origin + bin * findings.binSeconds - from;
    const at = Math.min(columns - 1, Math.max(0, Math.floor((start + findings.binSeconds / 2) / width)));
    const column = rows[at] as number[];
    const p2p = row[1]! + row[2]! + row[3]! + row[4]!;
    column[0]! += Math.max(0, row[0]! - p2p);
    for (let n = 1; n < 5; n++) column[n]! += row[n]!;
  }
  return { seconds: width, rows: rows.map((row) => row.map((bytes) => Math.round(bytes / width))) };
}

function hostRow(host: Host, findings: Findings, heatFrom: number, heatSeconds: number) {
  const heat = new Map<number, number>();
  for (const [key, bytes] of host.activity) {
    const bin = Math.floor(key / CLASSES.length);
    const column = Math.max(0, Math.floor((findings.origin + bin * findings.binSeconds - heatFrom) / heatSeconds));
    heat.set(column, (heat.get(column) ?? 0) + bytes);
  }
  return {
    a: host.address,
    local: host.isLocal,
    sent: host.sent,
    got: host.received,
    first: host.first,
    last: host.last,
    flows: host.flows,
    peers: host.peers.size,
    programs: [...host.programs].map(wellFormed),
    nicks: [...host.nicks].map(wellFormed),
    roles: [...host.roles],
    alerts: host.alerts,
    heat: [...heat].map(([column, bytes]) => [column, Math.round(bytes)]),
  };
}

function pickSessions(findings: Findings, numbers: ReadonlyMap<number, number>): Session[] {
  const max = REPORT_LIMITS.reportSessions.value;
  const of = findings.sessions.filter((session) => numbers.has(session.srcHost) || numbers.has(session.dstHost));
  return of.length <= max ? of : of.toSorted((a, b) => b.bytes - a.bytes).slice(0, max);
}

/** Times are relative to the capture's start, in tenths of a second: a report of 60,000 sessions must stay small. */
function sessionRow(session: Session, numbers: ReadonlyMap<number, number>, from: number) {
  return {
    h: [numbers.get(session.srcHost) ?? -1, numbers.get(session.dstHost) ?? -1],
    s: `${address(session.src)}:${session.sport}`,
    d: `${address(session.dst)}:${session.dport}`,
    p: session.proto,
    c: CLASSES.indexOf(session.class),
    app: session.app,
    role: session.role,
    why: wellFormed(session.why),
    b: session.bytes,
    up: session.bytesToServer,
    n: session.packets,
    t: [tenths(session.first - from), tenths(session.last - from)],
    id: session.flowId,
    steps: session.steps.map(({ at, what, name }) =>
      name === null ? [tenths(at - from), what] : [tenths(at - from), what, wellFormed(name)],
    ),
    ...(session.stepsLost > 0 ? { more: session.stepsLost } : {}),
    ...(session.programs.some(Boolean) ? { programs: session.programs.map(wellFormed) } : {}),
    ...(session.nicks.some(Boolean) ? { nicks: session.nicks.map(wellFormed) } : {}),
  };
}

function pairsOf(findings: Findings, numbers: ReadonlyMap<number, number>) {
  const pairs = new Map<string, { from: string; to: string; bytes: number; class: number }>();
  for (const session of findings.sessions) {
    const isSource = numbers.has(session.srcHost) && (session.srcLocal || !session.dstLocal);
    const [from, to] = isSource ? [session.src, session.dst] : [session.dst, session.src];
    const at = CLASSES.indexOf(session.class);
    const key = `${from} ${to} ${at}`;
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, { from, to, bytes: session.bytes, class: at });
    else pair.bytes += session.bytes;
  }
  return [...pairs.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, REPORT_LIMITS.reportPairs.value);
}

function address(text: string): string {
  return text.includes(':') ? `[${text}]` : text;
}

function tenths(seconds: number): number {
  return Math.round(seconds * 10);
}

function wellFormed(text: string): string {
  return text.toWellFormed();
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
