// For tests: a capture in memory through a watcher, and its flows and alerts as they would be printed.
import { CaptureReader } from '#wire/pcap';
import { type Alert, DEFAULTS, type FlowRecord, Watcher, type WatchSettings } from '#watch';
import { type Bytes, pcap, type PcapOptions } from './build.ts';

export type Trial = { watcher: Watcher; flows: FlowRecord[]; alerts: Alert[]; end: string | null; interims: number };

/** Watches a whole capture file. */
export function watchBytes(capture: Bytes, settings: Partial<WatchSettings> = {}): Trial {
  const alerts: Alert[] = [];
  const flows: FlowRecord[] = [];
  let interims = 0;
  const watcher: Watcher = new Watcher(
    { ...DEFAULTS, ...settings },
    {
      accepts: () => true,
      alert: (alert) => void alerts.push(alert),
      flow: (id, isInterim) => {
        if (isInterim) interims++;
        else flows.push(watcher.record(id));
      },
    },
  );
  const reader = new CaptureReader();
  for (let at = 0; at < capture.length; ) {
    const room = reader.room();
    const part = capture.subarray(at, at + room.length);
    room.set(part);
    reader.filled(part.length);
    at += part.length;
    while (reader.next()) watcher.packet(reader);
  }
  watcher.finish();
  for (let id = 0; id < watcher.flows.end; id++) if (watcher.flows.isUsed(id)) flows.push(watcher.record(id));
  return { watcher, flows, alerts, end: reader.end(), interims };
}

/** Watches IP packets, as raw IP. */
export function watchPackets(
  packets: readonly Bytes[],
  options: PcapOptions = {},
  settings: Partial<WatchSettings> = {},
): Trial {
  return watchBytes(pcap(packets, { link: 101, ...options }), settings);
}

/** What was said of the only flow, as `app role certainty`. */
export function verdictOf({ flows }: Trial): string {
  return flows
    .map(({ app, role, certainty }) => (app === 'unknown' ? 'unknown' : `${app} ${role} ${certainty}`))
    .join(', ');
}
