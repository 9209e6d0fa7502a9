// A hub, a peer and a neighbour of ours in a namespace, watched live while a song is fetched. Needs root: tcpdump gives up
// its rights at the start, which a user namespace does not allow.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { need } from '../kit/need.ts';

const root = join(import.meta.dirname, '..', '..');
const PEERSHIELD = `"$NODE" "$ROOT/bin/peershield.js"`;

const SCRIPT = `set -eu
ip link set lo up
${PEERSHIELD} watch --interface lo --html report.html --json > watched 2> trouble & watch=$!
until grep -q '"ready"' watched; do kill -0 $watch; done
${PEERSHIELD} up --data data --no-open --json > up 2>> trouble & up=$!
until [ "$(grep -c '"ready"' up)" = 3 ]; do kill -0 $up; done
id=$(${PEERSHIELD} search river --wait 3 --json --data data | sed -n 's/.*"event":"result","id":"\\([^"]*\\)".*/\\1/p' | head -1)
${PEERSHIELD} get "$id" --wait --json --data data > got
kill -INT $watch
wait $watch
kill -TERM $up
wait $up
`;

const skip = need('unshare', 'ip', 'tcpdump') || (process.getuid?.() === 0 ? false : 'needs root');

test('our own hub and peers are recognised live, the transfer with all its bytes, and nothing is dropped', {
  skip,
  timeout: 120_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-live-'));
  try {
    const env = { PATH: process.env['PATH'], HOME: folder, NODE: process.execPath, ROOT: root };
    const { status, stderr } = spawnSync('unshare', ['-n', 'sh', '-c', SCRIPT], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 110_000,
    });
    assert.equal(status, 0, stderr + readFileSync(join(folder, 'trouble'), 'utf8'));
    const events = readFileSync(join(folder, 'watched'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const roles = events.filter(({ event, app }) => event === 'flow' && app === 'napster').map(({ role }) => role);
    assert.deepEqual(roles.map(String).toSorted(), ['data', 'hub', 'hub']);
    const song = JSON.parse(readFileSync(join(folder, 'got'), 'utf8').trim().split('\n').at(-1) ?? '') as {
      event: string;
      sizeBytes: number;
    };
    assert.equal(song.event, 'done');
    const transfer = events.find(({ event, role }) => event === 'flow' && role === 'data');
    assert.ok(Number(transfer?.['bytes']) > song.sizeBytes);
    assert.equal(events.at(-1)?.['dropped'], 0);
    assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /1 machine, \d+ % of the bytes/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
