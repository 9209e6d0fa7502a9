// What the sandboxed network process runs: one peer and its page, driven by the parent over the channel between them.
import type { SettingsChange } from '#api';
import type { Log } from '#base';
import { formatAddress, type Address } from '#net';
import { type CallMessage, Calls } from './parent/calls.ts';
import { type Host, Peer, type PeerStart } from './peer.ts';
import type { Reader } from './reader/reader.ts';
import { runSelfTest, type SelfTest } from './selftest.ts';

/** What the parent tells at the start. */
export type NetworkStart = PeerStart & { readonly http: Address; readonly token: string; readonly webDir: string };
/** Where it listens; `napster` null: nowhere. */
export type Listening = { napster: string | null; http: string };

/** What the parent may ask of the network process. */
export type NetworkCalls = {
  start(start: NetworkStart): Promise<Listening>;
  stop(): Promise<void>;
  /** Options that a running peer takes (limits, slots). */
  change(change: SettingsChange): Promise<void>;
  selfTest(canary: string, own: string): Promise<SelfTest>;
};

/** What the network process may ask of the parent: its host, the reader behind it, and the log. */
export type ParentCalls = Host &
  Reader & { log(level: keyof Log, event: string, fields: Record<string, unknown>): void };

/** A process with a channel to its parent, as Node gives one. */
export type Channel = {
  send?(message: CallMessage, sent: (error: Error | null) => void): unknown;
  readonly connected?: boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
};

/** Serves the parent's calls until the channel ends. `exit` ends the process. */
export function runNetwork(channel: Channel, exit: () => void): void {
  let peer: Peer | null = null;
  let page: { close(): Promise<void> } | null = null;
  const local: NetworkCalls = {
    async start({ http, token, webDir, ...start }) {
      peer = new Peer(start, parent, parent, logTo(parent));
      await peer.start();
      // The page's server costs most of the start; nothing else of this room needs it.
      const { servePage } = await import('./http/server.ts');
      const server = await servePage(peer, { listen: http, token, webDir });
      page = server;
      return { napster: peer.listening, http: formatAddress(server.address) };
    },
    async stop() {
      await page?.close();
      await peer?.stop();
    },
    async change(change) {
      await peer?.changeSettings(change);
    },
    selfTest: (canary, own) => runSelfTest('the network process', canary, own),
  };
  const calls = new Calls(sender(channel), local);
  const parent = calls.remote<ParentCalls>();
  channel.on('message', (message) => calls.receive(message));
  // The parent is gone, however it went: its ports and its lock are free, and so must ours be.
  channel.on('disconnect', exit);
}

/** Sends to the parent; what cannot be sent any more is not wanted any more. */
export function sender(channel: Channel): (message: CallMessage) => void {
  return (message) => {
    if (channel.connected === true) channel.send?.(message, () => {});
  };
}

function logTo(parent: { log(level: keyof Log, event: string, fields: Record<string, unknown>): Promise<void> }): Log {
  const write =
    (level: keyof Log) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      parent.log(level, event, fields).catch(() => {});
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
