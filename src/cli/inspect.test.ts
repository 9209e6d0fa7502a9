import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const dir = mkdtempSync(join(tmpdir(), 'peershield-inspect-'));
after(() => rmSync(dir, { recursive: true }));

function run(...args: string[]): {
  status: number | null;
  events: Record<string, unknown>[];
  stdout: string;
  stderr: string;
} {
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'peershield.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'inspect', ...args], {
    encoding: 'utf8',
    cwd: dir,
  });
  const json = args.includes('--json');
  return {
    status,
    stdout,
    stderr,
    events: json
      ? stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [],
  };
}

function file(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(dir, name), bytes);
  return name;
}

const le = (value: number): Buffer =>
  Buffer.from(Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24));

/** Frames of silence that an encoder could have written: gain set, nothing in them. */
function silence(frames: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.set([0xff, 0xfb, 0x90, 0x64, 0, 0, 0, 0, 0, 0x06, 0x90]);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}

function wrapster(files: [string, string][], cutAt?: number): Buffer {
  const head = Buffer.alloc(32);
  head.write('\xff\xfb\x18\x0c\0\0\0\0\0\0wrapster', 0, 'latin1');
  head.write('2.0', 20);
  head.set(le(files.length), 28);
  const entries = files.map(([name, data]) => {
    const entry = Buffer.alloc(296);
    entry.write(name, 0, 'latin1');
    entry.set(le(data.length), 292);
    return Buffer.concat([entry, Buffer.from(data)]);
  });
  return Buffer.concat([head, ...entries, Buffer.alloc(500)]).subarray(0, cutAt);
}

test('--json says of each file what it is, and sums up', () => {
  const { status, events } = run(
    '--json',
    file('song.mp3', silence(30)),
    file('x.mp3', '#!/bin/sh\necho harmless\n'),
    file('none.mp3', ''),
  );
  assert.equal(status, 0);
  assert.deepEqual(
    events.map(({ event, verdict, kind }) => [event, verdict, kind]),
    [
      ['file', 'good', 'audio'],
      ['file', 'fake', 'script'],
      ['file', 'fake', 'empty'],
      ['summary', undefined, undefined],
    ],
  );
  const [song] = events as [{ format: { frames: number }; segments: unknown; path: string; sizeBytes: number }];
  assert.deepEqual([song.path, song.sizeBytes, song.format.frames], ['song.mp3', 12510, 30]);
  assert.deepEqual(song.segments, [{ from: 0, to: 12510, is: 'frames' }]);
  assert.deepEqual(events.at(-1), { event: 'summary', files: 3, good: 1, damaged: 0, suspect: 0, fake: 2, failed: 0 });
});

test('one that cannot be read ends with 1, and the others still come', () => {
  const { status, events } = run('--json', 'not-there.mp3', file('song.mp3', silence(30)), '.');
  assert.equal(status, 1);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['failed', 'file', 'failed', 'summary'],
  );
  assert.deepEqual(events[0], { event: 'failed', path: 'not-there.mp3', reason: 'there is no such file' });
});

test('--strict ends with 1 when one is not good, and with 0 when all are', () => {
  assert.equal(run('--strict', file('song.mp3', silence(30))).status, 0);
  assert.equal(run('--strict', 'song.mp3', file('cut.mp3', silence(30).subarray(0, 12000))).status, 1);
});

test('people get a sentence, the strip and the findings, without control codes in a pipe', () => {
  const { stdout, status } = run(
    file('x.mp3', Buffer.concat([silence(30), Buffer.from('%PDF-1.4\n1 0 obj\nendobj\n')])),
  );
  assert.equal(status, 0);
  assert.match(stdout, /suspect \(polyglot\)/);
  assert.match(stdout, /alarm +document at byte 12510/);
  assert.match(stdout, /=+X/);
  // oxlint-disable-next-line no-control-regex
  assert.doesNotMatch(stdout, /\u001b/);
});

test('an unknown option and no file at all are wrong usage', () => {
  assert.equal(run('--nonsense').status, 2);
  assert.equal(run().status, 2);
});

test('a Wrapster is listed with checksums, and nothing is written without --extract', () => {
  const before = readdirSync(dir).length;
  const { events } = run(
    '--json',
    file(
      'w.mp3',
      wrapster([
        ['C:\\temp\\setup.exe', 'MZ harmless'],
        ['b.txt', 'text'],
      ]),
    ),
  );
  assert.equal(readdirSync(dir).length, before + 1);
  assert.deepEqual(events[0]?.['wrapster'], {
    version: '2.0',
    at: 0,
    files: [
      { name: 'C:\\temp\\setup.exe', sizeBytes: 11, sha1: createHash('sha1').update('MZ harmless').digest('hex') },
      { name: 'b.txt', sizeBytes: 4, sha1: createHash('sha1').update('text').digest('hex') },
    ],
  });
});

test('--extract writes new plain files below its folder, whatever they are called inside', () => {
  const out = join(dir, 'out');
  mkdirSync(out);
  writeFileSync(join(dir, 'victim'), 'untouched');
  symlinkSync('../victim', join(out, 'link.txt'));
  symlinkSync('/nowhere', join(out, 'dangling.txt'));
  const names: [string, string][] = [
    ['..\\..\\setup.exe', 'one'],
    ['/etc/setup.exe', 'two'],
    ['link.txt', 'three'],
    ['dangling.txt', 'four'],
    ['..', 'five'],
    ['AUX', 'six'],
    ['a:b', 'seven'],
    ['c\u0001\u001b[31m.txt', 'eight'],
    ['last.txt', 'nine'],
  ];
  const { status, events } = run('--json', '--extract', out, file('w.mp3', wrapster(names)));
  assert.equal(status, 0);
  const { files } = (events[0] as { wrapster: unknown }).wrapster as { files: { to: string }[] };
  assert.deepEqual(
    files.map(({ to }) => to),
    ['setup.exe', 'setup (2).exe', 'link (2).txt', 'dangling (2).txt', '__', '_AUX', 'a_b', 'c__[31m.txt', 'last.txt'],
  );
  for (const [i, { to }] of files.entries()) {
    assert.equal(readFileSync(join(out, to), 'utf8'), names[i]?.[1]);
    assert.equal(lstatSync(join(out, to)).isFile() && lstatSync(join(out, to)).mode & 0o111, 0);
  }
  assert.equal(readFileSync(join(dir, 'victim'), 'utf8'), 'untouched');
  assert.equal(readdirSync(out).length, 11);
});

test('an entry that ends beyond the file is listed and not written', () => {
  const out = join(dir, 'cut-out');
  const { events } = run(
    '--json',
    '--extract',
    out,
    file(
      'w.mp3',
      wrapster(
        [
          ['a', 'whole'],
          ['b', 'x'.repeat(900)],
        ],
        800,
      ),
    ),
  );
  assert.deepEqual(readdirSync(out), ['a']);
  const { files } = (events[0] as { wrapster: unknown }).wrapster as { files: { sha1: string | null }[] };
  assert.deepEqual(
    files.map(({ sha1 }) => sha1 === null),
    [false, true],
  );
});

test('--svg draws a strip for each file', () => {
  run('--svg', 'strip.svg', file('a<b>.mp3', silence(30)), file('x.mp3', 'It was dark. '.repeat(40)));
  const svg = readFileSync(join(dir, 'strip.svg'), 'utf8');
  assert.match(svg, /^<svg [\s\S]*a&#60;b&#62;\.mp3: good[\s\S]*x\.mp3: fake, text[\s\S]*<\/svg>\n$/);
});
