import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

const COMMAND = join(import.meta.dirname, '../../bin/peershield.js');

function peershield(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
}

test('an audit prints listeners as NDJSON and nothing else', { skip: process.platform !== 'linux' }, async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const { status, out } = peershield('shields', 'audit', '--json');
  assert.equal(status, 0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const own = lines.find(({ event, port: its }) => event === 'listener' && its === port);
  assert.deepEqual(
    [own?.['proto'], own?.['address'], own?.['reach'], own?.['pid']],
    ['tcp', '127.0.0.1', 'loopback', process.pid],
  );
});

const WRONG: [words: string[], named: RegExp][] = [
  [['shields', 'probe', '127.0.0.1', '--ports', '99999'], /--ports/],
  [['shields', 'probe', '8.8.8.8'], /--mine/],
  [['shields', 'probe', '127.0.0.1', '--engine', 'raw'], /--engine raw: not in this version/],
  [['shields', 'serve', '--http', '127.0.0.1:99999'], /--http/],
  [['shields', 'serve', '--trust-proxy', '10.0.0.0/99'], /--trust-proxy/],
  [['firewall', 'install'], /--ident/],
  [['firewall', 'install', '--share-ports', '0'], /--share-ports/],
  [['firewall', 'install', '--share-ports', '6699', '--quiet-ports', '6699'], /--quiet-ports/],
];
for (const [words, named] of WRONG)
  test(`"${words.join(' ')}" ends with 2 and one line that names what is wrong`, () => {
    const { status, out, err } = peershield(...words);
    assert.equal(status, 2);
    assert.match(err, named);
    assert.equal(err.trim().split('\n').length, 1);
    assert.equal(out, '');
  });

test('metadata and impossible addresses are not probed, whoever answers for them', () => {
  for (const host of ['169.254.169.254', '::ffff:169.254.169.254', '224.0.0.1', '0.0.0.0']) {
    const { status, err } = peershield('shields', 'probe', host, '--mine', '--ports', '80');
    assert.equal(status, 1, host);
    assert.match(err, /no address that a machine can have/);
  }
});

test('a dry run prints the table and changes nothing', () => {
  const { status, out } = peershield('firewall', 'install', '--ident', '--dry-run');
  assert.equal(status, 0);
  assert.match(out, /table inet peershield/);
});
