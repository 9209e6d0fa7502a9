// Findings as NDJSON. Half a million flow lines cost as much as recognising the flows, so they are put together by hand
// and written in blocks; nothing holds them all.
import { harmless } from '#base';
import type { Alert, Watcher } from './watcher.ts';

const BLOCK_CHARACTERS = 65_536;

/** Gathers lines into blocks. */
export class Lines {
  readonly #write: (block: string) => void;
  #block = '';
  constructor(write: (block: string) => void) {
    this.#write = write;
  }
  add(line: string): void {
    this.#block += line;
    if (this.#block.length >= BLOCK_CHARACTERS) this.flush();
  }
  flush(): void {
    if (this.#block !== '') this.#write(this.#block);
    this.#block = '';
  }
}

/** A flow's line, with its line end. */
export function flowLine(watcher: Watcher, id: number, isInterim: boolean): string {
  const flow = watcher.record(id);
  const certainty = flow.certainty === null ? '' : `,"role":"${flow.role}","certainty":"${flow.certainty}"`;
  const why = flow.app === 'unknown' ? `"${flow.why}"` : JSON.stringify(harmless(flow.why).toWellFormed());
  return (
    `{"event":"flow","src":"${flow.src}","sport":${flow.sport},"dst":"${flow.dst}","dport":${flow.dport},"proto":"${flow.proto}",` +
    `"app":"${flow.app}"${certainty},"packets":${flow.packets},"bytes":${flow.bytes},"why":${why},"flowId":"${flow.flowId}",` +
    `"first":${flow.first.toFixed(3)},"last":${flow.last.toFixed(3)}${isInterim ? ',"interim":true' : ''}}\n`
  );
}

export function alertLine(alert: Alert): string {
  const { kind, flow, host, why, at } = alert;
  return `${JSON.stringify({ event: 'alert', kind, flow, host, why: harmless(why).toWellFormed(), time: new Date(at * 1000 || 0).toISOString() })}\n`;
}

export type Summary = {
  packets: number;
  bytes: number;
  p2pBytes: number;
  inferredBytes: number;
  evicted: number;
  dropped: number;
  seconds: number;
  truncated?: string;
};

export function summaryLine(summary: Summary): string {
  return `${JSON.stringify({ event: 'summary', ...summary })}\n`;
}

export function summaryOf(watcher: Watcher, dropped: number, truncated: string | null): Summary {
  const { seen, inferred } = watcher.shares();
  const seconds = watcher.packets === 0 ? 0 : Math.round((watcher.last - watcher.first) * 1000) / 1000;
  return {
    packets: watcher.packets,
    bytes: watcher.bytes,
    p2pBytes: seen,
    inferredBytes: inferred,
    evicted: watcher.evicted,
    dropped,
    seconds,
    ...(truncated === null ? {} : { truncated }),
  };
}
