// How fast the guard judges, beside md5sum over the same file in the same run: MB per CPU second, and memory.
//   node bench/guard.ts [MB]
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJudge } from '../src/guard/mod.ts';
import { wav } from '../test/corpus/sounds.ts';

const megabytes = Number(process.argv[2] ?? 400);
const dir = mkdtempSync(join(tmpdir(), 'peershield-bench-'));
try {
  const seed = join(dir, 'seed.wav');
  writeFile(seed, wav('song', 60, 44100, 2, 3));
  const jobs: [string, string, string[]][] = [
    ['MP3 128 kbit/s', 'mp3', ['lame', '--quiet', '-t', '-b', '128', seed]],
    ['MP3 320 kbit/s', 'mp3', ['lame', '--quiet', '-t', '-b', '320', seed]],
    ['MP3 V2', 'mp3', ['lame', '--quiet', '-t', '-V2', seed]],
    ['layer II 192', 'mp2', ['twolame', '--quiet', '-b', '192', seed]],
    ['Ogg Vorbis', 'ogg', ['oggenc', '-Q', seed, '-o']],
    ['FLAC', 'flac', ['flac', '-s', '-f', seed, '-o']],
  ];
  for (const [name, ending, [program, ...args]] of jobs) {
    const one = join(dir, `one.${ending}`);
    if (spawnSync(program as string, [...args, one]).status !== 0) continue;
    const big = join(dir, `big.${ending}`);
    repeat(one, big);
    measure(name, big);
  }
} finally {
  rmSync(dir, { recursive: true });
}

function writeFile(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  writeSync(file, bytes);
  closeSync(file);
}

/** The same song again and again: joined songs are one good file. */
function repeat(one: string, big: string): void {
  const bytes = readFileSync(one);
  const file = openSync(big, 'w');
  for (let written = 0; written < megabytes * 1e6; written += bytes.length) writeSync(file, bytes);
  closeSync(file);
}

function measure(name: string, path: string): void {
  judge(path, 20e6);
  const before = process.cpuUsage();
  const { bytes, verdict } = judge(path, Number.POSITIVE_INFINITY);
  const { user, system } = process.cpuUsage(before);
  const mine = bytes / (user + system);
  const md5 = bytes / md5Micros(path);
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  console.log(
    `${name.padEnd(16)} ${verdict.padEnd(8)} guard ${mine.toFixed(0)} MB/CPU s, md5sum ${md5.toFixed(0)}, ${(mine / md5).toFixed(2)} of it; RSS ${memory} MB`,
  );
}

function judge(path: string, limit: number): { bytes: number; verdict: string } {
  const file = openSync(path, 'r');
  const chunk = new Uint8Array(1 << 18);
  const one = createJudge({ name: path });
  for (;;) {
    const count = readSync(file, chunk);
    if (count === 0 || one.bytes > limit) break;
    one.write(chunk.subarray(0, count));
  }
  closeSync(file);
  return { bytes: one.bytes, verdict: one.end().verdict };
}

/** CPU time of md5sum over the file, in microseconds: the shell's own `times` of its children. */
function md5Micros(path: string): number {
  const { stdout } = spawnSync('sh', ['-c', 'md5sum "$0" >/dev/null; times', path], { encoding: 'utf8' });
  const parts = [...(stdout.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0) * 1e6;
}
