// `peershield hub`: reads options, starts the hub, says where it listens. The work is in #hub.
import { HUB_OPTIONS, type HubValues, startHub } from '#hub';
import type { Command } from './command.ts';
import { type Running, serve } from './serve.ts';
import { version } from './version.ts';

export const command: Command = {
  summary: 'Run a hub: an index server that every Napster client can log in to',
  options: HUB_OPTIONS,
  server: true,
  async run(context) {
    const options = context.options as HubValues;
    const start = async (): Promise<Running> => {
      const running = await startHub(options, {
        log: context.log,
        dataDir: context.dataDir,
        version: version(),
        resolveAgain: () => context.resolveAgain() as HubValues,
      });
      return {
        listen: running.listen,
        reload: (values) => running.reload(values),
        stop: () => running.stop(),
      };
    };
    return serve(context, 'hub', start, ({ listen }) => `hub on ${[listen['napster']].flat().join(', ')}`);
  },
};
