// `peershield peer`: runs a peer until it is told to stop, or tests its sandbox.
import { PEER_OPTIONS, type PeerOptionValues } from '#peer';
import type { Command, CommandContext } from './command.ts';
import { selfTestPeer, startPeer } from './peer-process.ts';
import { lockDataDir } from './lock.ts';
import { type Running, serve } from './serve.ts';
import { version } from './version.ts';

export const command: Command = {
  summary: 'Join hubs, share folders, search and fetch; with a page of its own',
  options: PEER_OPTIONS,
  server: true,
  help: 'The page wants the token that is shown at the first start and kept in DIR/token.',
  run,
};

async function run(context: CommandContext): Promise<number> {
  const options = context.options as unknown as PeerOptionValues;
  const parts = { options, dataDir: context.dataDir, version: version(), log: context.log };
  if (options.selfTest) return await selfTest(context, parts);
  return await serve(
    context,
    'peer',
    async () => {
      const running = await startPeer(parts);
      if (running.freshToken)
        context.warn(`the page, with its token (shown once; kept in ${context.dataDir}/token): ${running.link}`);
      return running;
    },
    ({ listen }) =>
      `Your peer is running. Page: http://${String(listen['http'])}/  Share port: ${shared(listen['napster'])}`,
  );
}

async function selfTest(context: CommandContext, parts: Parameters<typeof selfTestPeer>[0]): Promise<number> {
  const unlock = lockDataDir(context.dataDir);
  try {
    const { ok, lines } = await selfTestPeer(parts);
    for (const line of lines) {
      context.emit({ event: 'check', ...line });
      if (!context.json) context.say(`${line.ok ? 'ok  ' : 'FAIL'} ${line.text}`);
    }
    context.emit({ event: 'end', ok });
    return ok ? 0 : 1;
  } finally {
    unlock();
  }
}

function shared(address: Running['listen'][string] | undefined): string {
  return Array.isArray(address) ? address.join(', ') : 'none (pushes only)';
}
