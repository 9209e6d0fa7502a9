import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const dir = mkdtempSync(join(tmpdir(), 'peershield-cli-'));
after(() => rmSync(dir, { recursive: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/peershield.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, HOME: dir, XDG_STATE_HOME: '' },
  });
  return { code: status, out: stdout, err: stderr };
}

test('--help and --version say so on stdout and end with 0', () => {
  const help = run('--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /Usage: peershield COMMAND/);
  assert.match(run('--version').out, /^\d+\.\d+\.\d+\n$/);
  assert.match(run('config', '--help').out, /Usage: peershield config/);
  for (const command of ['hub', 'shields', 'firewall'])
    assert.equal(run(command, '--version').out, run('--version').out);
});

const WRONG = [
  { args: ['nonsense'], names: /unknown command "nonsense"/ },
  { args: ['--nonsense'], names: /unknown option "--nonsense"/ },
  { args: ['config', '--nonsense'], names: /unknown option '--nonsense'/ },
  { args: ['config'], names: /config needs PROGRAM/ },
  { args: ['config', 'hub', 'more'], names: /"more" is one word too many/ },
  { args: ['directory'], names: /directory: not in this version/ },
  { args: ['hub', '--port', 'x'], names: /--port/ },
  { args: ['hub', '--http', '127.0.0.1:99999'], names: /--http: "127.0.0.1:99999" is no ADDR:PORT/ },
  { args: ['hub', '--public', 'x'], names: /--public: "x" is no ADDR:PORT/ },
  { args: ['up', '--http', 'x'], names: /--http: "x" is no ADDR:PORT/ },
  { args: ['shields', 'serve', '--http', 'x'], names: /--http: "x" is no ADDR:PORT/ },
  { args: ['bad\u001b[31m'], names: /unknown command "bad\u{fffd}\[31m"/u },
];
for (const { args, names } of WRONG)
  test(`"${JSON.stringify(args.join(' '))}" is wrong usage: exit code 2 and one line that names it`, () => {
    const { code, out, err } = run(...args);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, names);
    assert.equal(err.trimEnd().split('\n').length, 1);
  });

test('config prints every option of a program with where it came from', () => {
  const { code, out } = run('config', 'hub', '--json');
  assert.equal(code, 0);
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; name: string; from: string });
  assert.ok(rows.length > 5);
  assert.ok(rows.every(({ event, from }) => event === 'option' && from === 'default'));
});

test('config reads a file as the program would, keys above all sections included', () => {
  const file = join(dir, 'flat.toml');
  writeFileSync(file, 'max_users = 7\n');
  const { code, out } = run('config', 'hub', '--config', file);
  assert.equal(code, 0);
  assert.ok(out.includes(`max_users = 7  # ${file}:1\n`));
});

test('without XDG_STATE_HOME, or with an empty one, the data folder is below the home folder', () => {
  const { code, err } = run('search', 'x');
  assert.equal(code, 1);
  assert.ok(err.includes(join(dir, '.local', 'state', 'peershield')), err);
});

/** A program that holds the lock of `data` and says so. */
const HOLDER =
  "import { lockDataDir } from './src/cli/lock.ts'; lockDataDir(process.argv[1]); console.log('held'); setInterval(() => {}, 1e6);";
function holder(data: string) {
  return spawn(process.execPath, ['--input-type=module', '-e', HOLDER, data], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('two at once on one data folder: the second says so; the lock of a killed process hinders nobody', async () => {
  const data = join(dir, 'locked');
  const first = holder(data);
  await once(first.stdout, 'data');
  const second = holder(data);
  let said = '';
  second.stderr.on('data', (chunk: Buffer) => {
    said += String(chunk);
  });
  await once(second, 'close');
  assert.match(said, /another peershield \(process \d+\) already runs on/);
  assert.notEqual(second.exitCode, 0);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const third = holder(data);
  await once(third.stdout, 'data');
  third.kill('SIGKILL');
  await once(third, 'exit');
});
