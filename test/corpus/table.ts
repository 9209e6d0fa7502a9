// The table of docs/guard.md: the guard and the tools that people have, before the same files in the same run.
//   node test/corpus/table.ts [TOOL]     all of them, or those whose name holds TOOL
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, makeCases } from './cases.ts';
import { encode, smallJobs } from './encodes.ts';
import { payloads } from './payloads.ts';
import { judge } from './score.ts';

type Row = {
  name: string;
  onlyMp3: boolean;
  flagged: (paths: string[]) => Set<string>;
  kinds?: (one: Case) => boolean;
};

const dir = mkdtempSync(join(tmpdir(), 'peershield-table-'));
const made = join(dir, 'made');
mkdirSync(made);
const all = makeCases({ encodes: encode(smallJobs(), made), payloads: payloads(made) });
// Every good file; of the others every second, because some of the tools are slow.
const cases = all.filter(
  ({ group, bytes }, i) =>
    group === 'good' || group === 'wrapster' || (group !== 'hurt' && bytes.length > 0 && i % 2 === 0),
);
const paths = new Map<string, Case>();
for (const [i, one] of cases.entries()) {
  const path = join(dir, `${i}-${one.file}`);
  writeFileSync(path, one.bytes);
  paths.set(path, one);
}

const MIME: Record<string, RegExp> = {
  mp3: /^audio\/mpeg/,
  mp2: /^audio\/mpeg/,
  wav: /^audio\/(x-)?wav/,
  flac: /^audio\/(x-)?flac/,
  ogg: /ogg/,
  opus: /ogg/,
  m4a: /^(audio\/(x-m4a|mp4)|video\/mp4)/,
  aac: /^audio\/(x-hx-)?aac/,
};
const CODEC: Record<string, RegExp> = {
  mp3: /^mp[123]/,
  mp2: /^mp[123]/,
  wav: /^(pcm|mp3)/,
  flac: /^flac$/,
  ogg: /^(vorbis|opus)$/,
  opus: /^opus$/,
  m4a: /^(aac|alac)$/,
  aac: /^aac$/,
};
const ending = (path: string): string => (path.split('.').at(-1) ?? '').toLowerCase();

const ROWS: Row[] = [
  {
    name: '**the guard**, not `good`',
    onlyMp3: false,
    flagged: (files) => new Set(files.filter((path) => judge(paths.get(path) as Case).verdict !== 'good')),
  },
  {
    name: '`file`, type must fit the ending',
    onlyMp3: false,
    flagged: (files) => {
      const lines = output('file', ['--mime-type', '-N', '-F', '\t', ...files]).split('\n');
      return new Set(
        lines.flatMap((line) => {
          const [path = '', type = ''] = line.split('\t').map((part) => part.trim());
          return path !== '' && !(MIME[ending(path)] ?? /^audio/).test(type) ? [path] : [];
        }),
      );
    },
  },
  {
    name: 'ffprobe, sound of that codec and no error line',
    onlyMp3: false,
    flagged: (files) =>
      new Set(
        files.filter((path) => {
          const { stdout, stderr } = spawnSync(
            'ffprobe',
            ['-v', 'error', '-select_streams', 'a:0', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path],
            { encoding: 'utf8' },
          );
          return stderr !== '' || !(CODEC[ending(path)] ?? /./).test(stdout.trim());
        }),
      ),
  },
  {
    name: 'mp3val, any warning',
    onlyMp3: true,
    flagged: (files) => new Set(files.filter((path) => /WARNING|ERROR/.test(output('mp3val', [path])))),
  },
  {
    name: 'mpg123 -t, any note',
    onlyMp3: true,
    flagged: (files) =>
      new Set(
        files.filter((path) => {
          const { stderr, status } = spawnSync('mpg123', ['-t', path], { encoding: 'latin1' });
          return status !== 0 || /note:|warning:|error:/i.test(stderr);
        }),
      ),
  },
];

function output(program: string, args: string[]): string {
  return spawnSync(program, args, { encoding: 'latin1', maxBuffer: 1 << 28 }).stdout;
}

console.log(
  '| tool, rule for "flagged" | fakes, polyglots, lies, misnamed: missed | Wrapster missed | damaged missed | false alarms on good |',
);
console.log('|---|---|---|---|---|');
for (const row of ROWS) {
  if (!row.name.includes(process.argv[2] ?? '')) continue;
  const files = [...paths.keys()].filter((path) => !row.onlyMp3 || ending(path) === 'mp3');
  const flagged = row.flagged(files);
  const count = (of: (one: Case) => boolean, bad: boolean): string => {
    const some = files.filter((path) => of(paths.get(path) as Case));
    return `${some.filter((path) => flagged.has(path) === bad).length} of ${some.length}`;
  };
  const cells = [
    count(({ group }) => ['fake', 'polyglot', 'lies', 'mislabelled'].includes(group), false),
    count(({ group }) => group === 'wrapster', false),
    count(({ group }) => group === 'damaged', false),
    count(({ group }) => group === 'good', true),
  ];
  console.log(`| ${row.name} | ${cells.join(' | ')} |`);
}
rmSync(dir, { recursive: true });
