import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { conversation, join as concat, napster, pcap, text } from '../../test/captures/build.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'watch-cli-'));
after(() => rmSync(folder, { recursive: true }));

const login = napster(2, 'jazzfan secret 6699 "nap v1.4.4" 4');
const welcome = concat(napster(3, 'anon@napster.com'), napster(621, 'VERSION opennap 0.44'));
const capture = pcap(
  conversation([
    [0, login],
    [1, welcome],
  ]).map(({ packet }) => packet),
  { link: 101 },
);
const path = join(folder, 'one.pcap');
writeFileSync(path, capture);

function watch(args: readonly string[], input?: Uint8Array): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/peershield.js'), 'watch', ...args], {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input: Buffer.from(input) }),
  });
  return { code: status, out: stdout, err: stderr };
}

function eventsOf(out: string): Record<string, unknown>[] {
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a capture, gzipped or on standard input, gives the same flows and a summary at the end', () => {
  const zipped = join(folder, 'one.pcap.gz');
  writeFileSync(zipped, gzipSync(capture));
  const plain = watch([path, '--json']);
  assert.equal(plain.code, 0);
  const events = eventsOf(plain.out);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['flow', 'summary'],
  );
  assert.deepEqual([events[0]!['app'], events[0]!['role'], events[0]!['certainty']], ['napster', 'hub', 'seen']);
  assert.equal(events[1]!['p2pBytes'], events[1]!['bytes']);
  assert.equal(watch([zipped, '--json']).out, plain.out);
  assert.equal(watch(['-', '--json'], capture).out, plain.out);
  assert.equal(watch(['-', '--json'], gzipSync(capture)).out, plain.out);
});

test('a cut capture gives its result and one line; what cannot be read ends with 1 and one line', () => {
  const cut = watch(['-', '--json'], capture.subarray(0, capture.length - 3));
  assert.equal(cut.code, 0);
  assert.match(String(eventsOf(cut.out).at(-1)?.['truncated']), /cut off inside record/);
  assert.equal(cut.err.trim().split('\n').length, 1);
  for (const input of [text('no capture at all'), new Uint8Array(0)]) {
    const refused = watch(['-', '--json'], input);
    assert.deepEqual([refused.code, refused.out, refused.err.trim().split('\n').length], [1, '', 1]);
  }
  assert.match(watch([join(folder, 'nothing.pcap')]).err, /there is no such file/);
  const mixed = watch([path, join(folder, 'nothing.pcap'), '--json']);
  assert.equal(mixed.code, 1);
  assert.equal(eventsOf(mixed.out).length, 2);
});

test('wrong usage ends with 2 and names the option', () => {
  const table: [string[], RegExp][] = [
    [[], /FILE/],
    [[path, '--rules', 'nftables', '--json'], /--rules-file/],
    [[path, '--export', 'eve'], /--export-file/],
    [[path, '--interface', 'lo'], /--interface/],
    [[path, '--hours', '99-1', '--rules', 'pf'], /--hours/],
    [[path, '--days', 'someday', '--rules', 'pf'], /--days/],
    [[path, '--except', 'nowhere'], /--except/],
    [[path, '--local', 'x'], /--local/],
  ];
  for (const [args, says] of table) {
    const { code, err } = watch(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, says);
  }
});

test('people get a sentence and machines; report, rules and exports go where they were asked to go', () => {
  const html = join(folder, 'report.html');
  const rules = join(folder, 'rules.nft');
  const eve = join(folder, 'eve.json');
  const { code, out } = watch([
    path,
    '--html',
    html,
    '--rules',
    'nftables',
    '--rules-file',
    rules,
    '--export',
    'eve',
    '--export-file',
    eve,
  ]);
  assert.equal(code, 0);
  assert.match(out, /^1 machine, 100 % of the bytes/);
  assert.match(readFileSync(html, 'utf8'), /^<!doctype html>/);
  assert.match(readFileSync(rules, 'utf8'), /198\.18\.1\.2 \. tcp \. 8888/);
  assert.match(readFileSync(eve, 'utf8'), /"app_proto":"napster"/);
  const printed = watch([path, '--rules', 'csv']);
  assert.match(printed.out, /^address,port/);
  assert.match(printed.err, /1 machine/);
  const dry = watch([path, '--rules', 'nftables', '--dry-run', '--action', 'block']);
  assert.match(dry.out, /1 flows of 1 of our machines would have been refused/);
  assert.doesNotMatch(dry.out, /table inet/);
});
