// `peershield quarantine`: what the guard held, and what a person decides about it.
import type { Page, QuarantineRow } from '#api';
import { harmless, UsageError } from '#base';
import type { Command, CommandContext } from './command.ts';
import { PeerClient, sizeText } from './peer-client.ts';

export const command: Command = {
  summary: 'List, release or delete downloads that the guard held',
  usage: '[list | release ID | undo ID | delete ID]',
  words: { min: 0, max: 2 },
  options: {},
  help: 'release puts a held file into the downloads folder though it is not what it claims to be; it is never shared. undo takes that back.',
  run,
};

const PAGE_ROWS = 500;

async function run(context: CommandContext): Promise<void> {
  const [verb = 'list', id] = context.args;
  if (verb !== 'list' && verb !== 'release' && verb !== 'undo' && verb !== 'delete')
    throw new UsageError(
      verb,
      `quarantine: does not know "${harmless(verb, 40)}"; list, release ID, undo ID or delete ID`,
    );
  if (verb !== 'list' && id === undefined) throw new UsageError('ID', `quarantine ${verb}: needs an ID from the list`);
  const client = await PeerClient.find(context.dataDir);
  if (verb === 'list') return await list(context, client);
  await client.post(`/api/quarantine/${encodeURIComponent(id as string)}`, { action: verb });
  context.emit({ event: 'quarantine', id, action: verb });
  if (!context.json) context.say(`${id}: ${{ release: 'released', undo: 'held again', delete: 'deleted' }[verb]}`);
}

async function list(context: CommandContext, client: PeerClient): Promise<void> {
  let listed = 0;
  for (let total = 1; listed < total; ) {
    const page = await client.get<Page<QuarantineRow>>(`/api/quarantine?offset=${listed}&limit=${PAGE_ROWS}`);
    total = page.total;
    if (page.rows.length === 0) break;
    listed += page.rows.length;
    for (const { segments: _segments, ...row } of page.rows) {
      context.emit({ event: 'held', ...row });
      const finding = row.findings.find(({ level }) => level !== 'note')?.what ?? row.kind;
      if (!context.json)
        context.say(
          harmless(
            `${row.id} ${row.verdict.padEnd(8)} ${sizeText(row.sizeBytes).padStart(8)}  ${row.name} from ${row.nick}: ${finding}${row.released ? ' (released)' : ''}`,
          ),
        );
    }
  }
  context.emit({ event: 'end', held: listed });
  if (!context.json && listed === 0) context.say('Nothing is held.');
}
