// `peershield off` and `on`: close every port and unshare everything, and back. Works on a running peer, or on DIR for its next
// start; lasts over restarts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeerStatus } from '#api';
import { Failure } from '#base';
import type { Command, CommandContext } from './command.ts';
import { lockDataDir } from './lock.ts';
import { PeerClient } from './peer-client.ts';

export const off: Command = {
  summary: 'Close every port we hold and unshare everything, until "on"',
  options: {},
  run: (context) => power(context, false),
};

export const on: Command = {
  summary: 'Share and listen again after "off"',
  options: {},
  run: (context) => power(context, true),
};

async function power(context: CommandContext, isOn: boolean): Promise<void> {
  const client = await PeerClient.find(context.dataDir).catch(() => null);
  if (client === null) await powerAtRest(context.dataDir, isOn);
  else await client.post<PeerStatus>('/api/power', { on: isOn });
  context.emit({ event: isOn ? 'on' : 'off', running: client !== null });
  if (!context.json)
    context.say(isOn ? 'On: the peer listens and shares as it is set.' : 'Off: no port is open, nothing is shared.');
}

/** No peer runs: its next start finds it in the settings. */
async function powerAtRest(dir: string, isOn: boolean): Promise<void> {
  for (const dataDir of [dir, join(dir, 'peer')]) {
    const path = join(dataDir, 'settings.json');
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) continue;
    const { writeSafely } = await import('#peer'); // only here: it loads the whole peer
    const unlock = lockDataDir(dataDir);
    try {
      await writeSafely(path, `${JSON.stringify({ ...(JSON.parse(text) as object), off: !isOn }, null, 2)}\n`);
    } finally {
      unlock();
    }
    return;
  }
  throw new Failure(`no peer has been set up on ${dir}`);
}
