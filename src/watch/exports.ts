// Records for other programs: EVE JSON lines, Zeek's conn.log, CSV, Prometheus text. One community id joins all of them.
// Names come from strangers: CSV cells that a spreadsheet would run are quoted, control codes never pass.
import { harmless } from '#base';
import { CLASSES, type Findings } from './findings.ts';
import { ALERTS } from './news.ts';
import type { FlowRecord } from './track.ts';
import type { Alert } from './watcher.ts';

export const FORMATS = ['eve', 'zeek', 'csv', 'prometheus'] as const;
export type ExportFormat = (typeof FORMATS)[number];

/** How one format writes flows and alerts; parts that a format lacks are empty. */
export type Exporter = {
  head(): string;
  flow(flow: FlowRecord): string;
  alert(alert: Alert): string;
  tail(findings: () => Findings): string;
};

export function exporterOf(format: ExportFormat): Exporter {
  switch (format) {
    case 'eve':
      return eve;
    case 'zeek':
      return zeek;
    case 'csv':
      return csv;
    case 'prometheus':
      return prometheus;
    default:
      return format satisfies never;
  }
}

const nothing = (): string => '';

const eve: Exporter = {
  head: nothing,
  tail: nothing,
  flow(flow) {
    return `${JSON.stringify({
      timestamp: eveTime(flow.last),
      flow_id: flowNumber(flow.flowId),
      event_type: 'flow',
      src_ip: flow.src,
      src_port: flow.sport,
      dest_ip: flow.dst,
      dest_port: flow.dport,
      proto: flow.proto.toUpperCase(),
      app_proto: flow.app === 'unknown' ? 'failed' : flow.app,
      flow: {
        pkts_toserver: flow.packetsToServer,
        pkts_toclient: flow.packets - flow.packetsToServer,
        bytes_toserver: flow.bytesToServer,
        bytes_toclient: flow.bytes - flow.bytesToServer,
        start: eveTime(flow.first),
        end: eveTime(flow.last),
        age: Math.max(0, Math.round(flow.last - flow.first)),
      },
      community_id: flow.flowId,
      ...(flow.app === 'unknown'
        ? {}
        : { peershield: { role: flow.role, certainty: flow.certainty, why: clean(flow.why) } }),
    })}\n`;
  },
  alert({ kind, flow, host, why, at }) {
    return `${JSON.stringify({
      timestamp: eveTime(at),
      event_type: 'alert',
      src_ip: flow?.src ?? host,
      src_port: flow?.sport ?? 0,
      dest_ip: flow?.dst ?? '',
      dest_port: flow?.dport ?? 0,
      proto: (flow?.proto ?? 'tcp').toUpperCase(),
      alert: {
        action: 'allowed',
        gid: 1,
        signature_id: 9_000_001 + ALERTS.indexOf(kind),
        rev: 1,
        signature: `peershield ${kind}: ${clean(why)}`,
        category: kind,
        severity: kind === 'harvest' || kind === 'flood' ? 3 : 1,
      },
    })}\n`;
  },
};

const ZEEK_FIELDS = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
  ['proto', 'enum'],
  ['service', 'string'],
  ['duration', 'interval'],
  ['orig_pkts', 'count'],
  ['orig_ip_bytes', 'count'],
  ['resp_pkts', 'count'],
  ['resp_ip_bytes', 'count'],
  ['community_id', 'string'],
  ['role', 'string'],
  ['certainty', 'string'],
  ['why', 'string'],
] as const;

const zeek: Exporter = {
  alert: nothing,
  tail: nothing,
  head() {
    const names = ZEEK_FIELDS.map(([name]) => name).join('\t');
    const types = ZEEK_FIELDS.map(([, type]) => type).join('\t');
    return `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t${names}\n#types\t${types}\n`;
  },
  flow(flow) {
    const isOurs = flow.app !== 'unknown';
    return `${[
      flow.first.toFixed(6),
      `C${flowNumber(flow.flowId).toString(36)}`,
      flow.src,
      flow.sport,
      flow.dst,
      flow.dport,
      flow.proto,
      isOurs ? flow.app : '-',
      Math.max(0, flow.last - flow.first).toFixed(6),
      flow.packetsToServer,
      flow.bytesToServer,
      flow.packets - flow.packetsToServer,
      flow.bytes - flow.bytesToServer,
      flow.flowId,
      isOurs ? flow.role : '-',
      flow.certainty ?? '-',
      isOurs ? zeekText(flow.why) : '-',
    ].join('\t')}\n`;
  },
};

/** Tabs, line ends and backslashes escaped as Zeek does; a value that reads as "unset" or "empty" too. */
function zeekText(text: string): string {
  const escaped = clean(text).replaceAll('\\', '\\x5c').replaceAll('\t', '\\x09');
  return escaped === '-' || escaped === '(empty)'
    ? `\\x${escaped.charCodeAt(0).toString(16)}${escaped.slice(1)}`
    : escaped;
}

const CSV_COLUMNS = [
  'first',
  'last',
  'src',
  'sport',
  'dst',
  'dport',
  'proto',
  'app',
  'role',
  'certainty',
  'packets',
  'bytes',
  'bytes_to_server',
  'why',
  'community_id',
];

const csv: Exporter = {
  alert: nothing,
  tail: nothing,
  head: () => `${CSV_COLUMNS.join(',')}\r\n`,
  flow(flow) {
    return `${[
      isoTime(flow.first),
      isoTime(flow.last),
      flow.src,
      flow.sport,
      flow.dst,
      flow.dport,
      flow.proto,
      flow.app,
      flow.role,
      flow.certainty ?? '',
      flow.packets,
      flow.bytes,
      flow.bytesToServer,
      clean(flow.why),
      flow.flowId,
    ]
      .map(csvCell)
      .join(',')}\r\n`;
  },
};

/** A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvCell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const prometheus: Exporter = {
  head: nothing,
  flow: nothing,
  alert: nothing,
  tail(gather) {
    const findings = gather();
    const bytes: [string, number][] = [];
    const flows: [string, number][] = [];
    for (const name of CLASSES) {
      const of = findings.sessions.filter((session) => session.class === name);
      const up = of.reduce((sum, session) => sum + upBytes(session), 0);
      const all = of.reduce((sum, session) => sum + session.bytes, 0);
      bytes.push([`{app="${name}",dir="up"}`, up], [`{app="${name}",dir="down"}`, all - up]);
      flows.push([`{app="${name}"}`, of.length]);
    }
    const alerts = ALERTS.map((kind): [string, number] => [
      `{kind="${kind}"}`,
      findings.alerts.filter((alert) => alert.kind === kind).length,
    ]);
    return (
      metric('packets_total', 'counter', 'Packets looked at.', [['', findings.packets]]) +
      metric('bytes_total', 'counter', 'Bytes on the wire, all traffic.', [['', findings.bytes]]) +
      metric('p2p_bytes_total', 'counter', 'Bytes of recognised flows; up leaves our network.', bytes) +
      metric('flows', 'gauge', 'Recognised flows.', flows) +
      metric('alerts_total', 'counter', 'Alerts raised.', alerts) +
      metric('evicted_total', 'counter', 'Flows given up for memory.', [['', findings.evicted]]) +
      metric('dropped_total', 'counter', 'Packets that the capture lost.', [['', findings.dropped]])
    );
  },
};

function metric(name: string, type: string, help: string, rows: readonly [string, number][]): string {
  return `# HELP peershield_watch_${name} ${help}\n# TYPE peershield_watch_${name} ${type}\n${rows.map(([labels, value]) => `peershield_watch_${name}${labels} ${value}\n`).join('')}`;
}

function upBytes(session: Findings['sessions'][number]): number {
  const isUp = session.srcLocal || !session.dstLocal;
  return isUp ? session.bytesToServer : session.bytes - session.bytesToServer;
}

function clean(text: string): string {
  return harmless(text).toWellFormed();
}

/** EVE's flow ids are numbers: the first 52 bits of the community id's digest. */
function flowNumber(flowId: string): number {
  const digest = Buffer.from(flowId.slice(2), 'base64');
  return digest.readUIntBE(0, 6) * 16 + (digest[6]! >> 4);
}

function eveTime(seconds: number): string {
  return isoTime(seconds).replace('Z', '000+0000');
}

function isoTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
