// `peershield hub`: reads options, starts the hub, says where it listens. The work is in #hub.
import { setFlagsFromString } from 'node:v8';
import { HUB_OPTIONS, type HubValues, startHub } from '#hub';
import type { Command, CommandModule } from './command.ts';
import { admin } from './hub-admin.ts';
import { type Running, serve } from './serve.ts';
import { version } from './version.ts';

export const command: Command = {
  summary: 'Run a hub: an index server that every Napster client can log in to',
  options: HUB_OPTIONS,
  server: true,
  async run(context) {
    // What a hub keeps lies outside the heap, what is in it dies at once: a nursery that stays small takes 25 MB less
    // and is faster, because it fits the cache (measured: bench/hub.ts).
    setFlagsFromString('--semi-space-growth-factor=1');
    const options = context.options as HubValues;
    const start = async (): Promise<Running> => {
      const running = await startHub(options, {
        log: context.log,
        dataDir: context.dataDir,
        version: version(),
        resolveAgain: () => context.resolveAgain() as HubValues,
      });
      if (running.control?.fresh === true)
        context.warn(
          `the control page, with its token (shown once; kept in ${context.dataDir}/tokens.json): ${running.control.url}`,
        );
      return {
        listen: running.listen,
        reload: (values) => running.reload(values),
        stop: () => running.stop(),
      };
    };
    return serve(context, 'hub', start, ({ listen }) => {
      const page = listen['http'] == null ? '' : `; control page http://${String(listen['http'])}/`;
      return `hub on ${[listen['napster']].flat().join(', ')}${page}`;
    });
  },
};

export const subcommands: CommandModule['subcommands'] = { admin };
