// `peershield up` (npm start): a hub, your peer with its page, and a neighbour with sample tunes, on this machine only.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OptionTable, OptionValues } from '#base';
import { HUB_OPTIONS, type HubValues, type RunningHub, startHub } from '#hub';
import { listen } from '#net';
import { PEER_OPTIONS, type PeerOptionValues } from '#peer';
import type { Command, CommandContext, OptionValue } from './command.ts';
import { lockDataDir } from './lock.ts';
import { plainValues, resolveOptions } from './options.ts';
import { type RunningPeer, startPeer } from './peer-process.ts';
import { type Running, serve } from './serve.ts';
import { version } from './version.ts';

const HERE = '127.0.0.1';
const TUNES = fileURLToPath(new URL('../../assets/tunes', import.meta.url));
const SAMPLE_TUNES = 10;
const TUNES_MS = 15_000;

const OPTIONS = {
  share: { type: 'list', default: [], value: 'DIR', help: 'a folder of yours whose songs are shared' },
  http: PEER_OPTIONS.http,
  hubPort: { type: 'number', default: 8888, min: 0, max: 65_535, value: 'N', help: 'port of the hub; 0 picks one' },
  napsterPort: {
    type: 'number',
    default: 6699,
    min: 0,
    max: 65_535,
    value: 'N',
    help: 'your share port; 0: pushes only',
  },
  open: { type: 'flag', default: true, help: 'do not open the page in a browser' },
} as const satisfies OptionTable;

export const command: Command = {
  summary: 'Run a hub, your peer with its page, and a neighbour with sample tunes on this machine',
  options: OPTIONS,
  server: true,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const options = context.options as OptionValues<typeof OPTIONS>;
  return await serve(
    context,
    'up',
    () => startAll(context, options),
    ({ text }) => text,
  );
}

type Everything = Running & { readonly text: string };

async function startAll(context: CommandContext, options: OptionValues<typeof OPTIONS>): Promise<Everything> {
  const { log } = context;
  const dirs = {
    hub: join(context.dataDir, 'hub'),
    peer: join(context.dataDir, 'peer'),
    neighbour: join(context.dataDir, 'neighbour'),
  };
  const undo: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    for (const dir of Object.values(dirs)) undo.push(lockDataDir(dir));
    const hub = await startHub(hubValues(options), { log, dataDir: dirs.hub, version: version() });
    undo.push(() => hub.stop());
    const address = [hub.listen['napster']].flat()[0] as string;
    const startOne = async (dataDir: string, more: Partial<PeerOptionValues>): Promise<RunningPeer> => {
      const peer = await startPeer({
        options: { ...peerDefaults(), bind: HERE, hub: [address], ...more },
        dataDir,
        version: version(),
        log,
      });
      undo.push(() => peer.stop());
      return peer;
    };
    const neighbour = await startOne(dirs.neighbour, {
      nick: 'neighbour',
      share: [TUNES],
      napsterPort: await anyPort(),
      http: `${HERE}:0`,
    });
    const peer = await startOne(dirs.peer, {
      share: options.share,
      napsterPort: options.napsterPort,
      http: options.http,
    });
    await tunesAreShared(hub);
    const ready = [
      { program: 'hub', listen: hub.listen },
      { program: 'peer', listen: peer.listen },
      { program: 'neighbour', listen: neighbour.listen },
    ];
    if (options.open && !context.json && process.stdout.isTTY) openBrowser(peer.link);
    const ended = Promise.race([peer, neighbour].map((one) => one.ended ?? new Promise<void>(() => {})));
    return { listen: {}, ready, ended, stop, text: words(options, hub, peer, context.dataDir) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function hubValues({ hubPort }: { hubPort: number }): HubValues {
  const flags = { port: [String(hubPort)], http: `${HERE}:0`, name: 'your-own-hub' };
  return valuesOf(HUB_OPTIONS, flags) as unknown as HubValues;
}

function peerDefaults(): PeerOptionValues {
  return valuesOf(PEER_OPTIONS, {}) as unknown as PeerOptionValues;
}

function valuesOf(table: OptionTable, flags: Record<string, string | readonly string[]>): Record<string, OptionValue> {
  return plainValues(resolveOptions(table, '', { flags, env: {}, configFile: null }));
}

/** A port for the neighbour, whose share port nobody needs to know beforehand. */
async function anyPort(): Promise<number> {
  const server = createServer();
  const { port } = await listen(server, 'share port of the neighbour', { host: HERE, port: 0 });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** So that the first search finds something. */
async function tunesAreShared(hub: RunningHub): Promise<void> {
  const deadline = performance.now() + TUNES_MS;
  while (hub.hub.index.totals.files < SAMPLE_TUNES && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

function words(options: OptionValues<typeof OPTIONS>, hub: RunningHub, peer: RunningPeer, dataDir: string): string {
  const port = peer.listen['napster'];
  const shared =
    options.share.length > 0
      ? `what is music in ${options.share.join(' and ')}`
      : 'nothing of yours (npm start -- --share ~/Music shares a folder)';
  return [
    '',
    `  Your page:  ${peer.link}`,
    ...(hub.control === null ? [] : [`  The hub's:  ${hub.control.url}`]),
    '',
    `  A hub listens on ${[hub.listen['napster']].flat().join(', ')}, your peer ${port === null || port === undefined ? 'has no share port' : `shares on ${[port].flat().join(', ')}`}, a neighbour shares ten tunes.`,
    '  All of it listens on this machine only. Nothing leaves it unless you say so.',
    `  You share ${shared}.`,
    `  Everything is kept in ${dataDir}. Ctrl-C ends it.`,
    '',
  ].join('\n');
}

function openBrowser(link: string): void {
  const [program, ...args] = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] }[process.platform as 'darwin'] ?? [
    'xdg-open',
  ];
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return;
  const child = spawn(program as string, [...args, link], { stdio: 'ignore', detached: true });
  child.on('error', () => {}); // no browser: the link stands above
  child.unref();
}
