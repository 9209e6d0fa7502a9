// `peershield get`: fetches a result, or a path of a nick, through the running peer; with --wait until it is here.
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Transfer, TransfersDelta } from '#api';
import { Failure, harmless, type OptionTable, UsageError } from '#base';
import { makeFolder } from '#store';
import type { Command, CommandContext } from './command.ts';
import { pause, PeerClient, sizeText } from './peer-client.ts';

const OPTIONS = {
  from: { type: 'text', default: null, value: 'NICK', help: 'who has it, with --path' },
  path: { type: 'text', default: null, value: 'PATH', help: "the file's path as its owner shares it" },
  to: { type: 'text', default: null, value: 'DIR', help: 'where it goes (default: the downloads folder of the peer)' },
  wait: { type: 'flag', default: false, help: 'tell how it goes on until it is here or has failed' },
} as const satisfies OptionTable;

export const command: Command = {
  summary: 'Fetch a song that a search or a browse has found',
  usage: 'ID | --from NICK --path PATH',
  words: { min: 0, max: 1 },
  options: OPTIONS,
  run,
};

/** What the peer says of a finished row beyond what its page needs. */
type Fetched = Transfer & { path: string | null; sha1: string | null; checks: string[] };
const LOOK_EVERY_MS = 150;

async function run(context: CommandContext): Promise<number> {
  const wanted = wantedBy(context);
  const client = await PeerClient.find(context.dataDir);
  const to = await targetOf(context.options['to'], client.dataDir);
  const row = await client.post<Fetched>('/api/downloads', { ...wanted, ...to });
  if (context.options['wait'] !== true) {
    context.emit({ event: 'queued', id: row.id, name: row.name, sizeBytes: row.sizeBytes });
    if (!context.json) context.say(harmless(`${row.id} queued: ${row.name}`));
    return 0;
  }
  return await follow(context, client, row.id);
}

function wantedBy({ args, options }: CommandContext): object {
  const [id] = args;
  const { from, path } = options;
  if (id !== undefined && (from !== null || path !== null))
    throw new UsageError('--from', 'get: either ID, or --from NICK --path PATH');
  if (id !== undefined) return /^(?:magnet:|urn:)/.test(id) ? { uri: id } : { resultId: id };
  if (from === null || path === null)
    throw new UsageError('ID', 'get: needs an ID from a search, or --from NICK --path PATH');
  return { nick: from, path };
}

/** The folder of `--to`, made, and known to the peer's parent as one that a person has named. */
async function targetOf(to: unknown, dataDir: string): Promise<{ to?: string }> {
  if (typeof to !== 'string') return {};
  try {
    makeFolder(resolve(to));
  } catch (error) {
    throw new Failure(`--to: cannot make ${to} (${(error as NodeJS.ErrnoException).code})`);
  }
  const folder = await realpath(resolve(to));
  const { allowTarget } = await import('#peer'); // not for every get: it loads the whole peer
  await allowTarget(dataDir, folder);
  return { to: folder };
}

async function follow(context: CommandContext, client: PeerClient, id: string): Promise<number> {
  let since = 0;
  let last = '';
  const live = process.stderr.isTTY && !context.json;
  while (!context.interrupted.aborted) {
    const delta = await client.get<TransfersDelta>(`/api/transfers?since=${since}`);
    since = delta.revision;
    const row = (delta.rows as Fetched[]).find((candidate) => candidate.id === id);
    if (row === undefined && (delta.gone.includes(id) || delta.full))
      return failed(context, id, 'it was taken off the list');
    if (row !== undefined) {
      const { state, bytes, sizeBytes, bps, reason } = row;
      const told = JSON.stringify([state, bytes, reason]);
      if (told !== last)
        context.emit({ event: 'progress', id, state, bytes, sizeBytes, bps, ...(reason === null ? {} : { reason }) });
      last = told;
      if (live)
        process.stderr.write(
          `\r\u001b[K${harmless(`${row.name}: ${reason ?? state}, ${sizeText(bytes)} of ${sizeText(sizeBytes)}`, 100)}`,
        );
      if (state === 'done') return done(context, row, live);
      if (state === 'failed' || state === 'quarantined') return failed(context, id, reason ?? state);
    }
    await pause(LOOK_EVERY_MS, context.interrupted);
  }
  return 130;
}

function done(context: CommandContext, { id, path, sizeBytes, sha1, checks }: Fetched, live: boolean): number {
  if (live) process.stderr.write('\r\u001b[K');
  context.emit({ event: 'done', id, path, sizeBytes, sha1, checks });
  if (!context.json) context.say(path ?? '');
  return 0;
}

function failed(context: CommandContext, id: string, reason: string): number {
  context.emit({ event: 'failed', id, reason });
  context.warn(harmless(`get: ${reason}`));
  return 1;
}
