// Real songs for tests: sound synthesised from a seed, encoded by lame, in the dresses that people's folders hold.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { seeded } from '#base';

export type Song = {
  /** Where it lies below its folder. */
  path: string;
  /** What a search would ask for. */
  words: string;
  lame: readonly string[];
  seconds: number;
};

/** What is shared in the end-to-end test: rates, modes, tags, names and characters that real folders have. */
export const SONGS: readonly Song[] = [
  { path: 'Northern Choir - Morning Bells.mp3', words: 'morning bells', seconds: 12, lame: ['-b', '128'] },
  {
    path: 'albums/Glass Harbour/01 Tide Tables.mp3',
    words: 'tide tables',
    seconds: 10,
    lame: ['-V', '2', '--tt', 'Tide Tables', '--ta', 'Glass Harbour', '--id3v2-only'],
  },
  {
    path: 'albums/Glass Harbour/02 Mono Lake.mp3',
    words: 'mono lake',
    seconds: 8,
    lame: ['-a', '-b', '64', '--tt', 'Mono Lake', '--id3v1-only'],
  },
  {
    path: 'old/Low Tide Radio.mp3',
    words: 'low tide radio',
    seconds: 8,
    lame: ['--resample', '22.05', '-b', '48', '--tt', 'Low Tide Radio', '--add-id3v2'],
  },
  { path: 'Björk Ångström - Jóga í Reykjavík.mp3', words: 'bjork joga', seconds: 6, lame: ['-b', '160'] },
  { path: `it's "quoted" & (odd), isn't it.mp3`, words: 'quoted odd', seconds: 5, lame: ['-b', '96'] },
  {
    path: `${'a very long name indeed '.repeat(8).trim()} xylophone.mp3`,
    words: 'xylophone',
    seconds: 5,
    lame: ['-b', '96'],
  },
  { path: 'big/Long Walk.mp3', words: 'long walk', seconds: 240, lame: ['-b', '320'] },
];

/** Files that must never be found: what is no song, what is cut, what is hidden, what lies elsewhere. */
export const NEVER_SHARED = [
  'empty.mp3',
  'text named.mp3',
  'cut short.mp3',
  '.hidden.mp3',
  'notes.txt',
  'half.mp3.part',
] as const;

/** Encodes one song; returns its bytes' SHA-1. */
export function makeSong(dir: string, song: Song, seed: number): string {
  const file = join(dir, song.path);
  mkdirSync(dirname(file), { recursive: true });
  const input = ['-r', '-s', '44.1', '--bitwidth', '16', '-m', 's', ...song.lame, '--quiet', '-', file];
  const { status, stderr } = spawnSync('lame', input, { input: sound(song.seconds, seed) });
  if (status !== 0) throw new Error(`lame: ${String(stderr)}`);
  return sha1(file);
}

export function makeNeverShared(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const whole = join(dir, 'cut short.mp3');
  makeSong(dir, { path: 'cut short.mp3', words: '', seconds: 6, lame: ['-b', '128'] }, 99);
  truncateSync(whole, 50_001);
  writeFileSync(join(dir, 'empty.mp3'), '');
  writeFileSync(
    join(dir, 'text named.mp3'),
    'This is a letter to my aunt, and nobody else shall read it.\n'.repeat(400),
  );
  writeFileSync(join(dir, '.hidden.mp3'), readFileSync(whole));
  writeFileSync(join(dir, 'notes.txt'), 'bank: 1234');
  writeFileSync(join(dir, 'half.mp3.part'), readFileSync(whole));
}

export function sha1(file: string): string {
  return createHash('sha1').update(readFileSync(file)).digest('hex');
}

/** 16-bit stereo samples of a few moving tones. */
function sound(seconds: number, seed: number): Buffer {
  const chance = seeded(seed);
  const tones = Array.from({ length: 4 }, () => ({
    hz: 110 * 2 ** (Math.floor(chance() * 30) / 12),
    beat: 0.3 + chance(),
  }));
  const samples = Math.floor(seconds * 44_100);
  const data = Buffer.alloc(samples * 4);
  for (let i = 0; i < samples; i++) {
    const t = i / 44_100;
    let value = 0;
    for (const { hz, beat } of tones)
      value += Math.sin(2 * Math.PI * hz * t) * (0.5 + 0.5 * Math.sin(2 * Math.PI * beat * t));
    const noise = (chance() - 0.5) * 0.05;
    data.writeInt16LE(Math.round((value / 5 + noise) * 32_000), i * 4);
    data.writeInt16LE(Math.round((value / 6 - noise) * 32_000), i * 4 + 2);
  }
  return data;
}
