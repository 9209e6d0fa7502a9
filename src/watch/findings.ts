// What was found, put together for people and programs: who, how much, when, with whom. Built once at the end of a
// capture, or every few seconds live; costs as much as there are recognised flows, not packets.
import { harmless, readable } from '#base';
import { DATA_A, DATA_B, KIND_WORD, PORTS, STATE, WORDS } from './flows.ts';
import { isIn, type Network } from './nets.ts';
import type { App } from './detect/verdict.ts';
import type { FlowRecord, Track } from './track.ts';
import type { Alert, Watcher } from './watcher.ts';

/** What bytes are counted under: seen by protocol, or inferred of any. */
export const CLASSES = ['napster', 'gnutella', 'g2', 'inferred'] as const;
export type Class = (typeof CLASSES)[number];

/** One recognised conversation. */
export type Session = FlowRecord & {
  number: number;
  class: Class;
  /** Whether the opener is one of ours. */
  srcLocal: boolean;
  dstLocal: boolean;
  steps: readonly { at: number; what: string; name: string | null }[];
  stepsLost: number;
  programs: readonly [string, string];
  nicks: readonly [string, string];
};

export type Host = {
  host: number;
  address: string;
  isLocal: boolean;
  /** Bytes by class, sent and received. */
  sent: number[];
  received: number[];
  bytes: number;
  first: number;
  last: number;
  flows: number;
  peers: Set<number>;
  programs: Set<string>;
  nicks: Set<string>;
  roles: Set<string>;
  alerts: number;
  /** Bytes by time bin and class: `bin * CLASSES.length + class`. */
  activity: Map<number, number>;
};

export type Findings = {
  from: number;
  to: number;
  packets: number;
  bytes: number;
  seen: number;
  inferred: number;
  evicted: number;
  dropped: number;
  truncated: string | null;
  /** Seconds a bin, and for each bin in which something passed: all bytes, then bytes by class. */
  binSeconds: number;
  origin: number;
  bins: Map<number, number[]>;
  hosts: Host[];
  sessions: Session[];
  alerts: readonly Alert[];
  /** Flows with payload that are of neither network, or cannot be told. */
  unknownFlows: number;
  /** Hosts that answer as name servers: rules never name them. */
  resolvers: ReadonlySet<string>;
};

/** Gathers what the watcher has found so far. `local`: networks that count as ours. */
export function gather(
  watcher: Watcher,
  local: readonly Network[],
  dropped: number,
  truncated: string | null,
): Findings {
  watcher.flushTracks();
  const hosts = new Map<number, Host>();
  const sessions: Session[] = [];
  const byTrack: (Session | null)[] = [];
  const isOurs = new Map<number, boolean>();
  const localOf = (host: number, address: string): boolean => {
    let known = isOurs.get(host);
    if (known === undefined) isOurs.set(host, (known = isIn(address, local)));
    return known;
  };
  for (const [number, track] of watcher.tracks.entries()) {
    const record = track.ended ?? (track.flow < 0 ? null : watcher.record(track.flow));
    byTrack.push(record === null ? null : sessionOf(number, track, record, localOf));
    const session = byTrack.at(-1);
    if (session === null || session === undefined) continue;
    sessions.push(session);
    enter(hosts, session, true);
    // A machine that talks to itself (loopback) is one, and its bytes count once.
    if (session.srcHost !== session.dstHost) enter(hosts, session, false);
  }
  const bins = new Map<number, number[]>();
  for (const [bin, total] of watcher.activity.totals) bins.set(bin, [total, 0, 0, 0, 0]);
  watcher.activity.each((number, bin, ab, ba) => {
    const session = byTrack[number];
    if (session === null || session === undefined) return;
    const at = CLASSES.indexOf(session.class);
    let row = bins.get(bin);
    if (row === undefined) bins.set(bin, (row = [0, 0, 0, 0, 0]));
    row[at + 1]! += ab + ba;
    for (const host of new Set([session.srcHost, session.dstHost])) {
      const activity = hosts.get(host)?.activity;
      const key = bin * CLASSES.length + at;
      activity?.set(key, (activity.get(key) ?? 0) + ab + ba);
    }
  });
  for (const alert of watcher.alerts) {
    for (const host of hosts.values()) if (host.address === alert.host) host.alerts++;
  }
  const { seen, inferred } = watcher.shares();
  return {
    ...spanOf(watcher, bins),
    packets: watcher.packets,
    bytes: watcher.bytes,
    seen,
    inferred,
    evicted: watcher.evicted,
    dropped,
    truncated,
    binSeconds: watcher.activity.width,
    origin: watcher.activity.origin,
    bins,
    hosts: [...hosts.values()].toSorted((a, b) => b.bytes - a.bytes),
    sessions,
    alerts: watcher.alerts,
    ...lookAtOthers(watcher),
  };
}

/** A capture is not longer than this: what lies further from its middle has an impossible time (a clock that jumped). */
const LONGEST_SECONDS = 400 * 86_400;

/** From when to when, without the few packets whose clock was wrong by years. */
function spanOf(watcher: Watcher, bins: ReadonlyMap<number, readonly number[]>): { from: number; to: number } {
  const { first, last, activity } = watcher;
  if (!(last - first > LONGEST_SECONDS)) return { from: first, to: last };
  const sorted = [...bins].toSorted(([a], [b]) => a - b);
  const half = sorted.reduce((sum, [, row]) => sum + row[0]!, 0) / 2;
  let passed = 0;
  const median = sorted.find(([, row]) => (passed += row[0]!) >= half)?.[0] ?? 0;
  const near = sorted
    .map(([bin]) => bin)
    .filter((bin) => Math.abs(bin - median) * activity.width < LONGEST_SECONDS / 2);
  return {
    from: activity.origin + (near[0] ?? median) * activity.width,
    to: activity.origin + ((near.at(-1) ?? median) + 1) * activity.width,
  };
}

const NOBODY: [string | null, string | null] = [null, null];

function sessionOf(
  number: number,
  track: Track,
  record: FlowRecord,
  localOf: (host: number, address: string) => boolean,
): Session {
  // A track counts its sides from A; a session from its opener. Who is A shows in the addresses.
  const isSwapped = track.isOpenerB;
  const pair = <T>([a, b]: [T, T]): [T, T] => (isSwapped ? [b, a] : [a, b]);
  const [srcProgram, dstProgram] = pair(track.program ?? NOBODY);
  const [srcNick, dstNick] = pair(track.nick ?? NOBODY);
  return {
    ...record,
    number,
    class: track.isInferred ? 'inferred' : (track.app as Exclude<App, 'unknown'>),
    srcLocal: localOf(record.srcHost, record.src),
    dstLocal: localOf(record.dstHost, record.dst),
    steps: track.steps.map(({ at, what, name }) => ({ at, what, name: name === null ? null : clean(name) })),
    stepsLost: track.stepsLost,
    programs: [clean(srcProgram), clean(dstProgram)],
    nicks: [clean(srcNick), clean(dstNick)],
  };
}

function clean(text: string | null): string {
  return text === null ? '' : harmless(readable(text), 60);
}

function enter(hosts: Map<number, Host>, session: Session, isSource: boolean): void {
  const number = isSource ? session.srcHost : session.dstHost;
  let host = hosts.get(number);
  if (host === undefined) {
    host = {
      host: number,
      address: isSource ? session.src : session.dst,
      isLocal: isSource ? session.srcLocal : session.dstLocal,
      sent: [0, 0, 0, 0],
      received: [0, 0, 0, 0],
      bytes: 0,
      first: session.first,
      last: session.last,
      flows: 0,
      peers: new Set(),
      programs: new Set(),
      nicks: new Set(),
      roles: new Set(),
      alerts: 0,
      activity: new Map(),
    };
    hosts.set(number, host);
  }
  const at = CLASSES.indexOf(session.class);
  const out = isSource ? session.bytesToServer : session.bytes - session.bytesToServer;
  host.sent[at]! += out;
  host.received[at]! += session.bytes - out;
  host.bytes += session.bytes;
  host.first = Math.min(host.first, session.first);
  host.last = Math.max(host.last, session.last);
  host.flows++;
  host.peers.add(isSource ? session.dstHost : session.srcHost);
  const program = session.programs[isSource ? 0 : 1];
  if (program !== '' && host.programs.size < 8) host.programs.add(program);
  const nick = session.nicks[isSource ? 0 : 1];
  if (nick !== '' && host.nicks.size < 8) host.nicks.add(nick);
  if (session.role === 'hub' || session.role === 'metaserver') host.roles.add(isSource ? 'user' : session.role);
  else
    host.roles.add(
      session.role === 'data'
        ? isSource
          ? 'calls for transfers'
          : 'answers transfers'
        : session.app === 'g2'
          ? 'G2 servent'
          : 'Gnutella servent',
    );
}

function lookAtOthers(watcher: Watcher): Pick<Findings, 'unknownFlows' | 'resolvers'> {
  const words = watcher.flows.words;
  const resolvers = new Set<string>();
  let unknownFlows = 0;
  for (let id = 0; id < watcher.flows.end; id++) {
    const base = id * WORDS;
    if (words[base + KIND_WORD] === 0) continue;
    const state = words[base + STATE]!;
    if ((state & 3) === 0 && (state & (DATA_A | DATA_B)) !== 0) unknownFlows++;
    const ports = words[base + PORTS]!;
    const isDns =
      (words[base + KIND_WORD]! & 0xff) === 17 && (ports >>> 16 === 53 || (ports & 0xffff) === 53) && (state & 3) === 0;
    if (!isDns || (state & DATA_A) === 0 || (state & DATA_B) === 0 || resolvers.size >= 1000) continue;
    const { src, sport, dst } = watcher.record(id);
    resolvers.add(sport === 53 ? src : dst);
  }
  return { unknownFlows, resolvers };
}

/** Bytes of hosts that are ours, by address; all hosts when none is. */
export function ourHosts(findings: Findings): Host[] {
  const ours = findings.hosts.filter((host) => host.isLocal);
  return ours.length > 0 ? ours : findings.hosts;
}

/** The one sentence: who, how much, when, mostly what. Times in the machine's zone. */
export function sentence(findings: Findings): string {
  const total = findings.bytes;
  const p2p = findings.seen + findings.inferred;
  if (total === 0) return 'Nothing passed.';
  if (findings.sessions.length === 0) return `No Napster and no Gnutella in ${size(total)} of traffic.`;
  const ours = ourHosts(findings);
  const machines = ours.length === 1 ? '1 machine' : `${ours.length.toLocaleString('en')} machines`;
  const byClass = CLASSES.map((name) => ({ name, bytes: classBytes(findings, name) })).toSorted(
    (a, b) => b.bytes - a.bytes,
  );
  const most = byClass[0] as { name: Class; bytes: number };
  const name = { napster: 'Napster', gnutella: 'Gnutella', g2: 'G2', inferred: 'by inference' }[most.name];
  const share = most.bytes >= 0.9 * p2p ? (most.name === 'inferred' ? name : `nearly all ${name}`) : `mostly ${name}`;
  const inferred =
    findings.inferred > 0 && most.name !== 'inferred' ? ` (${percent(findings.inferred, total)} of them inferred)` : '';
  return `${machines}, ${percent(p2p, total)} of the bytes${inferred}, ${busiest(findings)}, ${share}.`;
}

export function classBytes(findings: Findings, name: Class): number {
  return findings.sessions.reduce((sum, session) => sum + (session.class === name ? session.bytes : 0), 0);
}

function day(date: Date): string {
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The span in which most of it passed: the shortest run of tenths of the capture that holds four fifths of the bytes. */
function busiest(findings: Findings): string {
  const parts = Array.from({ length: 48 }, () => 0);
  const span = Math.max(1, findings.to - findings.from);
  for (const [bin, row] of findings.bins) {
    const at = Math.min(
      47,
      Math.max(0, Math.floor(((findings.origin + bin * findings.binSeconds - findings.from) / span) * 48)),
    );
    parts[at]! += row[1]! + row[2]! + row[3]! + row[4]!;
  }
  const wanted = parts.reduce((sum, part) => sum + part, 0) * 0.8;
  let best: [number, number] = [0, 47];
  for (let from = 0; from < 48; from++) {
    let sum = 0;
    for (let to = from; to < 48; to++) {
      sum += parts[to]!;
      if (sum < wanted) continue;
      if (to - from < best[1] - best[0]) best = [from, to];
      break;
    }
  }
  const first = new Date((findings.from + (best[0] / 48) * span) * 1000);
  const last = new Date((findings.from + ((best[1] + 1) / 48) * span) * 1000);
  if (Number.isNaN(first.getTime()) || Number.isNaN(last.getTime())) return 'at unknown times';
  const clock = (date: Date): string =>
    date.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(span < 600 ? { second: '2-digit' } : {}),
    });
  return day(first) === day(last)
    ? `${clock(first)}–${clock(last)} on ${day(first)}`
    : `${day(first)} ${clock(first)} – ${day(last)} ${clock(last)}`;
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const value = (100 * part) / whole;
  return `${value >= 10 || value === 0 ? Math.round(value) : value.toFixed(1)} %`;
}

export function size(bytes: number): string {
  for (const [unit, name] of [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
  ] as const) {
    if (bytes >= unit) return `${(bytes / unit).toFixed(bytes >= 100 * unit ? 0 : 1)} ${name}`;
  }
  return `${bytes} bytes`;
}
