// The whole hub under the load tool, as a user would start it; and beside it, in the same run, opennap-ng when
// PEERSHIELD_OPENNAP names its binary.
//   npm run bench:hub -- [--files 1000000] [--clients 1000] [--out DIR] [napload's other options]
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..');
const NAPLOAD = join(import.meta.dirname, 'tools', 'napload.py');
const READY_MS = 60_000;
const work = mkdtempSync(join(tmpdir(), 'peershield-bench-'));
const { files, clients, out, rest } = readArguments(process.argv.slice(2));

type Server = { name: string; port: number; process: ChildProcess };
/** What napload prints; only what is read here. */
type Figures = { [key: string]: Figures | number | undefined };

async function main(): Promise<void> {
  mkdirSync(out, { recursive: true });
  const ours = await measure(await startHub());
  const binary = process.env['PEERSHIELD_OPENNAP'];
  const peer = binary === undefined ? null : await measure(await startOpennap(binary));
  if (binary === undefined) process.stderr.write('PEERSHIELD_OPENNAP is not set: no figures beside ours\n');
  process.stdout.write(table(ours, peer));
}

async function measure(server: Server): Promise<Figures> {
  const json = join(out, `${server.name}-${files}-${clients}.json`);
  const options = [
    '--port',
    `${server.port}`,
    '--pid',
    `${server.process.pid}`,
    '--label',
    server.name,
    '--json',
    json,
  ];
  const scale = ['--files', `${files}`, '--clients', `${clients}`, '--timeout', '600'];
  const tool = spawn('python3', [NAPLOAD, 'all', ...scale, ...options, ...rest], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(server.process, 'exit');
  try {
    await once(tool, 'exit');
  } finally {
    server.process.kill('SIGTERM');
    await gone;
  }
  return JSON.parse(readFileSync(json, 'utf8')) as Figures;
}

async function startHub(): Promise<Server> {
  const hub = spawn(
    process.execPath,
    [
      join(ROOT, 'bin', 'peershield.js'),
      'hub',
      '--open-limits',
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--http',
      '127.0.0.1:0',
      '--data',
      join(work, 'hub'),
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: hub.stdout, signal: AbortSignal.timeout(READY_MS) })) {
    const event = JSON.parse(line) as { event: string; listen: { napster: string[] } };
    if (event.event !== 'ready') continue;
    hub.stdout.resume();
    return { name: 'peershield', port: Number(event.listen.napster[0]?.split(':').at(-1)), process: hub };
  }
  throw new Error('the hub ended before it was ready');
}

/** With every limit open that would stop the load tool. */
async function startOpennap(binary: string): Promise<Server> {
  const [port, stats, stats2] = await Promise.all([freePort(), freePort(), freePort()]);
  const lines = [
    'listen_addr 127.0.0.1',
    'max_connections 18000',
    'connection_hard_limit 18000',
    'max_shared 100000',
    'max_searches 100',
    'file_count_threshold 1000000000', // else words that are in more than 5,000 files are passed over
    'max_searches_per_minute 0',
    'evaluate_search_abuse_after_tags 1000000000',
    'auto_register 1',
    'browse_nag 0',
    'log_stdout 0',
    'log_level 1',
    `stats_port ${stats}`,
    `stats_port2 ${stats2}`,
  ];
  writeFileSync(join(work, 'config'), `${lines.join('\n')}\n`);
  writeFileSync(join(work, 'users'), ':version 1.1\n');
  const server = spawn(binary, ['-c', work, '-e', work, '-l', '127.0.0.1', '-p', `${port}`], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 1000)); // it says nothing when it listens
  if (server.exitCode !== null) throw new Error(`${binary} ended at once with ${server.exitCode}`);
  return { name: 'opennap-ng', port, process: server };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

type Row = { name: string; of: (figures: Figures) => number | null; better: 'more' | 'less'; digits?: number };

const ROWS: Row[] = [
  { name: 'resident bytes per file, MD5 kept', of: (f) => at(f, 'share.bytes_per_file'), better: 'less' },
  { name: 'files registered per CPU second', of: (f) => per(at(f, 'share.server_us_per_file')), better: 'more' },
  { name: 'searches per CPU second, mix', of: (f) => at(f, 'search.mix.capacity_per_core'), better: 'more' },
  ...['common', 'two', 'rare', 'nomatch', 'filter', 'and_common'].map(
    (name): Row => ({ name: `  ${name}`, of: (f) => at(f, `search.class.${name}.capacity_per_core`), better: 'more' }),
  ),
  { name: 'mix p50, 16 at once, ms', of: (f) => at(f, 'search.mix.latency.all.p50_ms'), better: 'less', digits: 2 },
  { name: 'mix p99, 16 at once, ms', of: (f) => at(f, 'search.mix.latency.all.p99_ms'), better: 'less', digits: 2 },
  {
    name: 'lone search p50, ordinary client, ms',
    of: (f) => at(f, 'search_single.natural.latency.all.p50_ms'),
    better: 'less',
    digits: 2,
  },
  {
    name: 'lone search p99, ordinary client, ms',
    of: (f) => at(f, 'search_single.natural.latency.all.p99_ms'),
    better: 'less',
    digits: 2,
  },
  {
    name: 'login + 20 files + logout per CPU second',
    of: (f) => per(at(f, 'churn.server_us_per_cycle')),
    better: 'more',
  },
  { name: 'idle connection, resident bytes', of: (f) => at(f, 'idle.bytes_per_connection'), better: 'less' },
  {
    name: 'searches per CPU second with idle ones on',
    of: (f) => at(f, 'idle.search_with_idle.capacity_per_core'),
    better: 'more',
  },
  { name: 'wrong results', of: wrongResults, better: 'less' },
  { name: 'resident MB after everybody left', of: (f) => (at(f, 'teardown.rss_after') ?? 0) / 1e6, better: 'less' },
];

function table(ours: Figures, peer: Figures | null): string {
  let text = `\n${files} files, ${clients} clients\n| | peershield | opennap-ng | ours is better by |\n|---|---|---|---|\n`;
  for (const { name, of, better, digits = 0 } of ROWS) {
    const mine = of(ours);
    const theirs = peer === null ? null : of(peer);
    const ratio = mine && theirs ? `${(better === 'more' ? mine / theirs : theirs / mine).toFixed(1)}×` : '';
    text += `| ${name} | ${show(mine, digits)} | ${show(theirs, digits)} | ${ratio} |\n`;
  }
  return text;
}

function show(value: number | null, digits: number): string {
  return value === null
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function at(figures: Figures, path: string): number | null {
  let value: Figures | number | undefined = figures;
  for (const key of path.split('.')) value = typeof value === 'object' ? value[key] : undefined;
  return typeof value === 'number' ? value : null;
}

function per(microseconds: number | null): number | null {
  return microseconds === null ? null : 1e6 / microseconds;
}

/** Counts that differ from the truth, results that are not what they say, and results that came twice; of all passes. */
function wrongResults(figures: Figures): number {
  let wrong = 0;
  const visit = (value: Figures): void => {
    const { correctness } = value;
    if (typeof correctness === 'object') {
      wrong += (at(correctness, 'count_mismatch') ?? 0) + (at(correctness, 'duplicate_results') ?? 0);
      for (const count of Object.values(correctness['bad_results'] ?? {})) wrong += Number(count);
    }
    for (const below of Object.values(value)) if (typeof below === 'object' && below !== null) visit(below);
  };
  visit(figures);
  return wrong;
}

function readArguments(args: string[]): { files: number; clients: number; out: string; rest: string[] } {
  const taken = {
    files: '1000000',
    clients: '1000',
    queries: '20000',
    out: join(tmpdir(), 'peershield-bench-results'),
  };
  const others: string[] = [];
  for (let i = 0; i < args.length; i += 2) {
    const name = (args[i] as string).replace(/^--/, '');
    if (name in taken) taken[name as keyof typeof taken] = args[i + 1] as string;
    else others.push(args[i] as string, args[i + 1] as string);
  }
  // Enough queries that compiling the code, which happens during the first thousands, does not count for much.
  others.push('--queries', taken.queries);
  return { files: Number(taken.files), clients: Number(taken.clients), out: taken.out, rest: others };
}

try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
