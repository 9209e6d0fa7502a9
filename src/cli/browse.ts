// `peershield browse`: everything that somebody shares, through a hub or, with an address, directly.
import type { BrowseState, SearchRow } from '#api';
import { Failure, harmless } from '#base';
import type { Command, CommandContext } from './command.ts';
import { pause, PeerClient, sizeText, timeText } from './peer-client.ts';

export const command: Command = {
  summary: 'List what somebody shares',
  usage: 'NICK | HOST:PORT',
  words: { min: 1, max: 1 },
  options: {},
  run,
};

type Listed = { state: BrowseState; rows: (SearchRow & { content?: string })[] };
const LOOK_EVERY_MS = 100;
const PAGE_ROWS = 500;

async function run(context: CommandContext): Promise<void> {
  const client = await PeerClient.find(context.dataDir);
  const { id } = await client.post<BrowseState>('/api/browse', { nick: context.args[0] });
  let page = await client.get<Listed>(`/api/browse/${id}/files?limit=1`);
  while (page.state.state === 'asking' && !context.interrupted.aborted) {
    await pause(LOOK_EVERY_MS, context.interrupted);
    page = await client.get<Listed>(`/api/browse/${id}/files?limit=1`);
  }
  if (page.state.state === 'failed') throw new Failure(`browse: ${page.state.reason ?? 'no list came'}`);
  let results = 0;
  for (; results < page.state.files && !context.interrupted.aborted; ) {
    const { rows } = await client.get<Listed>(`/api/browse/${id}/files?offset=${results}&limit=${PAGE_ROWS}`);
    if (rows.length === 0) break;
    results += rows.length;
    for (const { content: _content, transferId: _transfer, inLibrary: _held, ...row } of rows) {
      context.emit({ event: 'result', ...row });
      if (!context.json)
        context.say(
          harmless(
            `${row.id.padEnd(13)} ${sizeText(row.sizeBytes).padStart(8)} ${timeText(row.seconds).padStart(6)}  ${row.path}`,
          ),
        );
    }
  }
  context.emit({ event: 'end', results });
}
