// One test as the page sees it: messages in, a picture of the run out. Pure.
import type { ShieldsMessage, ShieldsPortState, ShieldsReport, ShieldsTest } from '#api';

export type Cell = { state: ShieldsPortState; provisional: boolean };

export type Run = {
  test: ShieldsTest;
  /** Ports in the order of the grid; empty where there are too many to draw. */
  ports: readonly number[];
  total: number;
  cells: ReadonlyMap<number, Cell>;
  phase: string;
  before: number;
  report: ShieldsReport | null;
  upnp: { replies: string[]; sent: number } | null;
  failed: string | null;
};

export function newRun(test: ShieldsTest, total: number): Run {
  return {
    test,
    ports: [],
    total,
    cells: new Map(),
    phase: 'sweep',
    before: 0,
    report: null,
    upnp: null,
    failed: null,
  };
}

export function isOver(run: Run): boolean {
  return run.report !== null || run.upnp !== null || run.failed !== null;
}

/** The run after a message. A fresh map of cells each time: React compares by identity. */
export function heard(run: Run, message: ShieldsMessage): Run {
  switch (message.kind) {
    case 'hello':
      return run;
    case 'waiting':
      return { ...run, before: message.before };
    case 'started':
      return { ...run, before: 0, ports: message.ports, total: message.ports.length || run.total };
    case 'states': {
      const cells = new Map(run.cells);
      for (const [port, state, provisional] of message.rows) cells.set(port, { state, provisional });
      return { ...run, cells, phase: message.phase };
    }
    case 'report': {
      const cells = new Map(run.cells);
      for (const { port, state, proto } of message.report.rows)
        if (proto === 'tcp') cells.set(port, { state, provisional: false });
      return { ...run, cells, report: message.report };
    }
    case 'upnp':
      return { ...run, upnp: { replies: message.replies, sent: message.sent } };
    case 'failed':
      return { ...run, failed: message.message };
  }
}

/** Ports as people type them, at most `most`; null when they cannot be read. */
export function readPorts(text: string, most = 64): number[] | null {
  const ports = new Set<number>();
  for (const part of text.split(/[\s,;]+/).filter(Boolean)) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (match === null || to > 65_535 || from > to || to - from >= most) return null;
    for (let port = from; port <= to; port++) ports.add(port);
  }
  return ports.size === 0 || ports.size > most ? null : [...ports].toSorted((a, b) => a - b);
}
