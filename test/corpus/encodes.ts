// Real encodes by the programs that people use, every rate and mode; made once for a run, below one folder.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Sound, wav } from './sounds.ts';

export type Encode = { name: string; ending: string; bytes: Uint8Array };
type Job = {
  name: string;
  ending: string;
  sound?: Sound;
  hz?: number;
  channels?: number;
  seconds?: number;
  run: (input: string, output: string) => string[];
};

const lame = (name: string, args: string, more: Partial<Job> = {}): Job => ({
  name: `lame ${name}`,
  ending: 'mp3',
  run: (input, output) => ['lame', '--quiet', ...args.split(' ').filter(Boolean), input, output],
  ...more,
});
const ffmpeg = (name: string, ending: string, args: string, more: Partial<Job> = {}): Job => ({
  name: `ffmpeg ${name}`,
  ending,
  run: (input, output) => [
    'ffmpeg',
    '-loglevel',
    'error',
    '-y',
    '-i',
    input,
    ...args.split(' ').filter(Boolean),
    output,
  ],
  ...more,
});

/** The few that `npm test` makes: one of each kind. */
export function smallJobs(): Job[] {
  return [
    lame('128', '-b 128'),
    lame('320 stereo', '-b 320 -m s'),
    lame('32 at 32000', '-b 32 --resample 32', { hz: 32000 }),
    lame('48 mono', '-b 48 -m m'),
    lame('V2', '-V2'),
    lame('V9 old', '--vbr-old -V9'),
    lame('ABR', '--abr 140'),
    lame('no info frame', '-b 160 -t'),
    lame('V5 no info frame', '-V5 -t'),
    lame('free format', '--freeformat -b 410'),
    lame('free format 640 at 8000', '--freeformat -b 640 --resample 8'),
    lame('CRC', '-p -b 192'),
    lame('no reservoir', '--nores -b 128'),
    lame('MPEG-2', '--resample 22.05 -b 64'),
    lame('MPEG-2 mono', '--resample 16 -b 24 -m m'),
    lame('MPEG-2.5', '--resample 8 -b 8 -m m'),
    lame('MPEG-2.5 stereo', '--resample 11.025 -b 32'),
    lame('silence', '-b 128', { sound: 'silence' }),
    lame('silence 320', '-b 320 --nores', { sound: 'silence' }),
    lame('silence no info frame', '-b 128 -t', { sound: 'silence' }),
    lame('tone at 48000', '-b 128', { sound: 'tone', hz: 48000 }),
    lame('tone at 32000, 320', '-b 320 -t', { sound: 'tone', hz: 32000 }),
    lame('noise', '-b 128', { sound: 'noise' }),
    lame('half silent', '-b 192', { sound: 'half-silent' }),
    { name: 'twolame 192', ending: 'mp2', run: (i, o) => ['twolame', '--quiet', '-b', '192', i, o] },
    {
      name: 'twolame 64 mono MPEG-2',
      ending: 'mp2',
      hz: 24000,
      channels: 1,
      run: (i, o) => ['twolame', '--quiet', '-b', '64', i, o],
    },
    {
      name: 'twolame silence',
      ending: 'mp2',
      sound: 'silence',
      run: (i, o) => ['twolame', '--quiet', '-b', '128', i, o],
    },
    ffmpeg('mp2', 'mp2', '-c:a mp2 -b:a 256k'),
    ffmpeg('mp3 id3v2.4', 'mp3', '-b:a 96k -id3v2_version 4 -metadata title=Tune'),
    ffmpeg('mp3 in wav', 'wav', '-c:a libmp3lame -b:a 128k'),
    ffmpeg('pcm 24', 'wav', '-c:a pcm_s24le -metadata title=Tune'),
    ffmpeg('float', 'wav', '-c:a pcm_f32le'),
    ffmpeg('aac in m4a', 'm4a', '-c:a aac -b:a 96k -metadata title=Tune'),
    ffmpeg('aac in m4a, moov first', 'm4a', '-c:a aac -movflags +faststart'),
    ffmpeg('alac', 'm4a', '-c:a alac'),
    ffmpeg('adts', 'aac', '-c:a aac'),
    ffmpeg('flac', 'flac', '-c:a flac'),
    ffmpeg('vorbis', 'ogg', '-c:a libvorbis'),
    { name: 'flac -8', ending: 'flac', run: (i, o) => ['flac', '-s', '-f', '-8', i, '-o', o] },
    {
      name: 'flac -0 mono',
      ending: 'flac',
      channels: 1,
      run: (i, o) => ['flac', '-s', '-f', '-0', '--no-padding', i, '-o', o],
    },
    { name: 'flac silence', ending: 'flac', sound: 'silence', run: (i, o) => ['flac', '-s', '-f', i, '-o', o] },
    { name: 'oggenc', ending: 'ogg', run: (i, o) => ['oggenc', '-Q', '-t', 'Tune', '-a', 'Band', i, '-o', o] },
    { name: 'oggenc mono', ending: 'ogg', channels: 1, run: (i, o) => ['oggenc', '-Q', '-q', '-1', i, '-o', o] },
    { name: 'opusenc', ending: 'opus', run: (i, o) => ['opusenc', '--quiet', i, o] },
    {
      name: 'opusenc silence',
      ending: 'opus',
      sound: 'silence',
      run: (i, o) => ['opusenc', '--quiet', '--bitrate', '24', i, o],
    },
  ];
}

/** Every rate of every version, mode and method: some hundred runs. */
export function allJobs(): Job[] {
  const jobs = smallJobs();
  const sounds: Sound[] = ['song', 'tone', 'half-silent', 'noise'];
  let turn = 0;
  const next = (): Partial<Job> => ({ sound: sounds[turn++ % sounds.length] as Sound, seconds: 1 + (turn % 3) });
  const versions: [number[], number[]][] = [
    [
      [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
      [32000, 44100, 48000],
    ],
    [
      [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
      [16000, 22050, 24000],
    ],
    [
      [8, 16, 24, 32, 40, 48, 56, 64],
      [8000, 11025, 12000],
    ],
  ];
  for (const [rates, frequencies] of versions) {
    for (const hz of frequencies) {
      for (const rate of rates) {
        for (const mode of ['s', 'j', 'm']) {
          const dress = ['', '-t', '-p', '--nores', '--add-id3v2 --tt Tune', '--tt Tune'][turn % 6];
          jobs.push(
            lame(`${rate} ${mode} ${hz} ${dress}`, `-b ${rate} -m ${mode} --resample ${hz / 1000} ${dress}`, {
              hz,
              ...next(),
            }),
          );
        }
      }
      for (let v = 0; v <= 9; v++) {
        const how = v % 2 === 0 ? '--vbr-old' : '--vbr-new';
        jobs.push(
          lame(`V${v} ${how} ${hz}`, `${how} -V${v} --resample ${hz / 1000} ${v % 3 === 0 ? '-t' : ''}`, {
            hz,
            ...next(),
          }),
        );
      }
      jobs.push(
        lame(`ABR ${hz}`, `--abr ${(rates[8] ?? rates[4] ?? 64) - 3} --resample ${hz / 1000}`, { hz, ...next() }),
      );
      for (const rate of [200, 333, 500, 640]) {
        jobs.push(lame(`free ${rate} ${hz}`, `--freeformat -b ${rate} --resample ${hz / 1000}`, { hz, ...next() }));
      }
    }
  }
  for (const hz of [32000, 44100, 48000]) {
    for (const rate of [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384]) {
      for (const [mode, channels] of [
        ['m', 1],
        ['s', 2],
        ['j', 2],
      ] as const) {
        if ((mode === 'm' && rate > 192) || (mode !== 'm' && [32, 48, 56, 80].includes(rate))) continue;
        jobs.push({
          name: `twolame ${rate} ${mode} ${hz}`,
          ending: turn % 2 === 0 ? 'mp2' : 'mp3',
          hz,
          channels,
          ...next(),
          run: (i, o) => [
            'twolame',
            '--quiet',
            '-b',
            String(rate),
            '-m',
            mode,
            ...(rate % 3 === 0 ? ['-p'] : []),
            i,
            o,
          ],
        });
      }
    }
  }
  for (const hz of [16000, 22050, 24000]) {
    for (const rate of [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]) {
      jobs.push({
        name: `twolame ${rate} ${hz}`,
        ending: 'mp2',
        hz,
        channels: 1,
        ...next(),
        run: (i, o) => ['twolame', '--quiet', '-b', String(rate), i, o],
      });
    }
  }
  for (const level of [0, 1, 2, 3, 4, 5, 6, 7, 8]) {
    for (const [hz, channels] of [
      [44100, 2],
      [8000, 1],
      [96000, 2],
    ] as const) {
      jobs.push({
        name: `flac -${level} ${hz}`,
        ending: 'flac',
        hz,
        channels,
        ...next(),
        run: (i, o) => ['flac', '-s', '-f', `-${level}`, '--lax', i, '-o', o],
      });
    }
  }
  for (let q = -1; q <= 10; q++) {
    for (const hz of [22050, 44100, 48000]) {
      jobs.push({
        name: `oggenc ${q} ${hz}`,
        ending: 'ogg',
        hz,
        ...next(),
        run: (i, o) => ['oggenc', '-Q', '-q', String(q), i, '-o', o],
      });
    }
  }
  for (const rate of [6, 12, 24, 48, 96, 192, 256]) {
    for (const frame of ['2.5', '5', '10', '20', '40', '60']) {
      jobs.push({
        name: `opusenc ${rate} ${frame}`,
        ending: 'opus',
        ...next(),
        run: (i, o) => ['opusenc', '--quiet', '--bitrate', String(rate), '--framesize', frame, i, o],
      });
    }
  }
  for (const rate of [32, 64, 96, 128, 192, 256]) {
    jobs.push(ffmpeg(`aac ${rate}`, 'm4a', `-c:a aac -b:a ${rate}k`, next()));
    jobs.push(ffmpeg(`adts ${rate}`, 'aac', `-c:a aac -b:a ${rate}k`, next()));
    jobs.push(
      ffmpeg(
        `mp3 ${rate}`,
        'mp3',
        `-b:a ${rate}k -write_xing ${rate % 3 === 0 ? 0 : 1} -write_id3v1 1 -metadata title=T`,
        next(),
      ),
    );
    jobs.push(ffmpeg(`mp3 in wav ${rate}`, 'wav', `-c:a libmp3lame -b:a ${rate}k`, next()));
    jobs.push(ffmpeg(`mp2 ${rate}`, 'mp2', `-c:a mp2 -b:a ${Math.max(64, rate)}k`, next()));
  }
  for (const codec of [
    'pcm_u8',
    'pcm_s16le',
    'pcm_s24le',
    'pcm_s32le',
    'pcm_f32le',
    'pcm_alaw',
    'pcm_mulaw',
    'adpcm_ms',
    'adpcm_ima_wav',
  ]) {
    jobs.push(ffmpeg(codec, 'wav', `-c:a ${codec}`, next()));
  }
  return jobs;
}

/** Runs the jobs; what is in `dir` already is taken from there. */
export function encode(jobs: readonly Job[], dir: string): Encode[] {
  return jobs.map((job, i) => {
    const { name, ending, sound = 'song', hz = 44100, channels = 2, seconds = 1.5 } = job;
    const input = join(dir, `${sound}-${hz}-${channels}-${seconds}.wav`);
    if (!existsSync(input)) writeFileSync(input, wav(sound, seconds, hz, channels));
    const output = join(dir, `${i}-${name.replace(/[^a-z0-9]+/gi, '-')}.${ending}`);
    if (!existsSync(output)) {
      const [program, ...args] = job.run(input, output);
      const { status, stderr } = spawnSync(program as string, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
    }
    return { name, ending, bytes: new Uint8Array(readFileSync(output)) };
  });
}
