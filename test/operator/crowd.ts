// A control page over a hub in memory: what the dashboard's tests and pictures look at.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '#base';
import { Desk } from '../../src/hub/operator/desk.ts';
import { handlersOf } from '../../src/hub/operator/handlers.ts';
import { serveControl } from '../../src/hub/operator/http/control.ts';
import { metricsOf } from '../../src/hub/operator/metrics.ts';
import { openBooks, type World } from '../../src/hub/operator/testing/world.ts';
import { Door, loadTokens, type Tokens } from '../../src/hub/operator/tokens.ts';
import { Watching } from '../../src/hub/operator/watching.ts';
import { defaultHubValues, type HubValues } from '../../src/hub/options.ts';

export const WEB_DIR = fileURLToPath(new URL('../../dist/web', import.meta.url));

export type ControlOfWorld = {
  readonly url: string;
  readonly tokens: Tokens;
  readonly secret: string;
  readonly desk: Desk;
  readonly watching: Watching;
  readonly dataDir: string;
  stop(): Promise<void>;
};

/** What the file would give if it were read again. */
export const CHANGED: HubValues = defaultHubValues({ maxUsers: 500, port: ['9999'] });

/** @param began when the page began to look: before that there is nothing in its charts */
export async function controlOf(world: World, clock: () => number, began = clock()): Promise<ControlOfWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'peershield-control-'));
  const books = openBooks(undefined, clock());
  const desk = new Desk(books, world, clock, silentLog);
  const watching = new Watching(world, began);
  const { tokens } = loadTokens(dataDir);
  const door = new Door(tokens);
  const secret = 'shell-secret-of-this-run';
  let values = defaultHubValues();
  const handlers = handlersOf({
    desk,
    live: world,
    watching,
    config: {
      values: () => values,
      pending: () => CHANGED,
      reload: () => {
        values = { ...values, maxUsers: CHANGED.maxUsers };
        return [
          { key: 'maxUsers', outcome: 'applied' },
          { key: 'port', outcome: 'needs a restart' },
        ];
      },
    },
    dataDir,
    version: '0.1.0',
    door,
    name: () => 'Northern Lights',
  });
  const served = await serveControl(
    { host: '127.0.0.1', port: 0 },
    {
      handlers,
      door,
      controlSecret: secret,
      metrics: metricsOf(world, watching, () => ({ accounts: books.accounts.count, bans: books.bans.count })),
      hostNames: () => ['hub.example'],
      webDir: WEB_DIR,
      log: silentLog,
      now: clock,
    },
  );
  return {
    url: `http://127.0.0.1:${served.at.port}`,
    tokens,
    secret,
    desk,
    watching,
    dataDir,
    stop: async () => {
      watching.stop();
      await served.stop();
      books.store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Half an hour of an evening goes by: people send, search, come and go. */
export function evening(world: World, watching: Watching, now: number): void {
  const minutes = 30;
  const steps = minutes * 30;
  for (let step = steps - 1; step >= 0; step--) {
    const at = now - step * 2000;
    let place = 0;
    for (const user of world.people.values()) {
      place++;
      if (step % 15 !== place % 15) continue;
      const wave = 1 + Math.sin(step / 60 + place);
      world.add(user.nick, {
        ...user,
        messages: user.messages + Math.round(wave * (place % 7)),
        searches: user.searches + Math.round(wave),
      });
    }
    const wave = Math.sin(step / 90);
    const { sums } = world;
    const times = Array.from(sums.searchTimes);
    times[0] = (times[0] ?? 0) + 20;
    times[step % 60 === 0 ? 2 : 1] = (times[step % 60 === 0 ? 2 : 1] ?? 0) + 1;
    world.sums = {
      ...sums,
      searches: sums.searches + Math.round(90 + 60 * wave),
      messages: sums.messages + Math.round(400 + 200 * wave),
      bytesBrokered: sums.bytesBrokered + Math.round(9e6 + 6e6 * wave),
      logins: sums.logins + (step % 3),
      searchTimes: times,
    };
    watching.step(at);
  }
}
