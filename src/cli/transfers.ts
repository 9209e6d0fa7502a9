// `peershield transfers`: the transfer list of the running peer; finished rows stay until they are cleared.
import type { TransferAction, ActionReport, TransfersDelta } from '#api';
import { Failure, harmless, type OptionTable } from '#base';
import type { Command, CommandContext } from './command.ts';
import { PeerClient, sizeText } from './peer-client.ts';

const OPTIONS = {
  pause: { type: 'list', default: [], value: 'ID', help: 'hold a download' },
  resume: { type: 'list', default: [], value: 'ID', help: 'let it go on' },
  cancel: { type: 'list', default: [], value: 'ID', help: 'end it and forget it' },
  retry: { type: 'list', default: [], value: 'ID', help: 'try again now' },
  clear: { type: 'flag', default: false, help: 'take finished rows off the list' },
} as const satisfies OptionTable;

export const command: Command = {
  summary: 'Show (or act on) what is fetched and what others fetch',
  options: OPTIONS,
  run,
};

async function run(context: CommandContext): Promise<number> {
  const client = await PeerClient.find(context.dataDir);
  let refused = 0;
  for (const action of ['pause', 'resume', 'cancel', 'retry'] as const) {
    const ids = context.options[action] as readonly string[];
    if (ids.length > 0) refused += await act(context, client, action, ids);
  }
  if (context.options['clear'] === true) await clear(client);
  const { rows } = await client.get<TransfersDelta>('/api/transfers');
  for (const { id, direction, name, state, bytes, sizeBytes, reason, ...more } of rows) {
    const { nick, hub, bps, addedAt, endedAt, queuePlace, verdict } = more;
    const { path, sha1 } = more as { path?: string | null; sha1?: string | null };
    context.emit({
      event: 'transfer',
      id,
      direction,
      name,
      state,
      bytes,
      sizeBytes,
      ...(reason === null ? {} : { reason }),
      nick,
      hub,
      bps,
      addedAt,
      endedAt,
      ...(queuePlace === null ? {} : { queuePlace }),
      ...(verdict === null ? {} : { verdict }),
      ...(path === null || path === undefined ? {} : { path, sha1 }),
    });
    if (!context.json)
      context.say(
        harmless(
          `${id} ${direction.padEnd(4)} ${state.padEnd(11)} ${sizeText(bytes).padStart(8)} of ${sizeText(sizeBytes).padStart(8)}  ${name}${reason === null ? '' : `  (${reason})`}`,
        ),
      );
  }
  context.emit({ event: 'end', transfers: rows.length });
  if (!context.json && rows.length === 0) context.say('No transfers.');
  return refused > 0 ? 1 : 0;
}

async function act(
  context: CommandContext,
  client: PeerClient,
  action: TransferAction,
  ids: readonly string[],
): Promise<number> {
  const { refused } = await client.post<ActionReport>('/api/transfers/actions', { action, ids });
  for (const { id, reason } of refused) context.warn(harmless(`${action} ${id}: ${reason}`));
  return refused.length;
}

async function clear(client: PeerClient): Promise<void> {
  const { rows } = await client.get<TransfersDelta>('/api/transfers');
  const ids = rows
    .filter(({ state }) => state === 'done' || state === 'failed' || state === 'quarantined')
    .map(({ id }) => id);
  for (let from = 0; from < ids.length; from += 500)
    await client.post<ActionReport>('/api/transfers/actions', { action: 'clear', ids: ids.slice(from, from + 500) });
  if (rows.length > 0 && ids.length === 0) throw new Failure('transfers: nothing is finished yet');
}
