// `peershield search`: asks the running peer, waits for the hubs, lists what they know; the same recording once.
import type { SearchDelta, SearchRow, SearchState } from '#api';
import { Failure, harmless, type OptionTable } from '#base';
import type { Command, CommandContext } from './command.ts';
import { pause, PeerClient, sizeText, timeText } from './peer-client.ts';

const OPTIONS = {
  network: {
    type: 'text',
    default: 'all',
    choices: ['napster', 'gnutella', 'all'],
    value: 'NETWORK',
    help: 'napster or all',
  },
  wait: {
    type: 'number',
    default: 10,
    min: 0,
    max: 600,
    value: 'SECONDS',
    help: 'how long to wait for answers at most',
  },
  max: { type: 'number', default: 1_000, min: 1, max: 10_000, value: 'N', help: 'results at most' },
} as const satisfies OptionTable;

export const command: Command = {
  summary: 'Search all hubs of the running peer',
  usage: 'WORDS…',
  words: { min: 1, max: 64 },
  options: OPTIONS,
  run,
};

type Found = SearchRow & { content: string };
const LOOK_EVERY_MS = 100;

async function run(context: CommandContext): Promise<void> {
  const { options, args, interrupted } = context;
  const client = await PeerClient.find(context.dataDir);
  const { id } = await client.post<SearchState>('/api/searches', { text: args.join(' '), network: options['network'] });
  const deadline = performance.now() + Number(options['wait']) * 1000;
  let delta = await client.get<SearchDelta>(`/api/searches/${id}`);
  while (delta.search.state === 'running' && performance.now() < deadline && !interrupted.aborted) {
    await pause(LOOK_EVERY_MS, interrupted);
    delta = await client.get<SearchDelta>(`/api/searches/${id}`);
  }
  if (delta.search.state === 'failed') throw new Failure(`search: ${delta.search.reason ?? 'no hub answered'}`);
  const results = group(delta.rows as Found[]).slice(0, Number(options['max']));
  for (const result of results) {
    context.emit({ event: 'result', ...result });
    if (!context.json) context.say(line(result));
  }
  context.emit({ event: 'end', results: results.length });
  if (!context.json && results.length === 0) context.say('Nothing found.');
}

type Result = Omit<SearchRow, 'sources' | 'transferId' | 'inLibrary'> & {
  sources: { nick: string; hub: string; path: string; line: number | null }[];
};

/** Rows of one recording become one result; each source keeps its own path. */
function group(rows: readonly Found[]): Result[] {
  const results = new Map<string, Result>();
  for (const { content, sources, transferId: _transfer, inLibrary: _held, ...row } of rows) {
    const own = sources.map(({ nick, hub, line: speed }) => ({ nick, hub, path: row.path, line: speed }));
    const there = results.get(content);
    if (there === undefined) results.set(content, { ...row, sources: own });
    else there.sources.push(...own);
  }
  return [...results.values()];
}

function line({ id, name, sizeBytes, kbps, seconds, sources }: Result): string {
  const [first] = sources;
  const who = sources.length === 1 ? (first?.nick ?? '') : `${sources.length} people`;
  return harmless(
    `${id.padEnd(13)} ${sizeText(sizeBytes).padStart(8)} ${String(kbps).padStart(4)} kbps ${timeText(seconds).padStart(6)}  ${name}  (${who})`,
  );
}
