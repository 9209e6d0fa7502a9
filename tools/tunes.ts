// Makes the neighbour's sample tunes: ten short pieces, synthesised here note by note from a seed, encoded by lame.
//   node tools/tunes.ts assets/tunes
// The results are committed (CC0, see assets/tunes/LICENSE), so that nobody needs lame to hear the first song.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chance, pick, seeded } from '#base';

type Voice = 'bell' | 'pluck' | 'organ' | 'reed' | 'pad';
type Tune = {
  title: string;
  artist: string;
  album: string;
  seed: number;
  bpm: number;
  root: number;
  scale: readonly number[];
  chords: readonly number[];
  lead: Voice;
  drums: boolean;
  bars: number;
  /** Options of lame: the tunes show constant and variable rates, mono, and a low sampling rate. */
  lame: readonly string[];
};

const HZ = 44_100;
const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const MINOR = [0, 2, 3, 5, 7, 8, 10];
const DORIAN = [0, 2, 3, 5, 7, 9, 10];
const PENTATONIC = [0, 2, 4, 7, 9];
const YEAR = '2026';

const TUNES: readonly Tune[] = [
  tune('Harbour Lights', 'Paper Lanterns', 'Small Hours', 11, 92, 57, MAJOR, [0, 5, 3, 4], 'bell', false, ['-b', '96']),
  tune('Night Bus Home', 'Paper Lanterns', 'Small Hours', 12, 104, 52, DORIAN, [0, 3, 0, 4], 'pluck', true, [
    '-V',
    '5',
  ]),
  tune('Copper Kettle Waltz', 'The Tin Orchard', 'Kitchen Dances', 13, 138, 55, MAJOR, [0, 3, 4, 0], 'reed', false, [
    '-m',
    'm',
    '-b',
    '64',
  ]),
  tune(
    'Seven League Socks',
    'The Tin Orchard',
    'Kitchen Dances',
    14,
    126,
    50,
    PENTATONIC,
    [0, 2, 3, 1],
    'pluck',
    true,
    ['-b', '96'],
  ),
  tune('Modem Song', 'Dial Tone Choir', 'Carrier', 15, 132, 45, MINOR, [0, 5, 2, 6], 'organ', true, ['-V', '4']),
  tune('Handshake', 'Dial Tone Choir', 'Carrier', 16, 118, 48, MINOR, [0, 3, 5, 4], 'pad', true, [
    '--resample',
    '22.05',
    '-b',
    '56',
  ]),
  tune('Slow River', 'Ida Fern', 'Water Colours', 17, 66, 53, MAJOR, [0, 4, 5, 3], 'pad', false, ['-b', '96']),
  tune('Rain on Slate', 'Ida Fern', 'Water Colours', 18, 74, 50, MINOR, [0, 5, 3, 4], 'bell', false, ['-V', '6']),
  tune('Björn Steps Out', 'Łódź Quartet', 'Ünder the Stairs', 19, 150, 55, DORIAN, [0, 1, 3, 4], 'reed', true, [
    '-b',
    '96',
  ]),
  tune('Last Train, First Bird', 'Łódź Quartet', 'Ünder the Stairs', 20, 88, 52, MAJOR, [0, 2, 5, 4], 'organ', false, [
    '-V',
    '5',
  ]),
];

const [out = 'assets/tunes'] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
for (const [index, one] of TUNES.entries()) encode(one, index);
const total = readdirSync(out).reduce((sum, name) => sum + statSync(join(out, name)).size, 0);
console.log(`${TUNES.length} tunes, ${total} bytes in ${out}`);

function tune(
  title: string,
  artist: string,
  album: string,
  seed: number,
  bpm: number,
  root: number,
  scale: readonly number[],
  chords: readonly number[],
  lead: Voice,
  drums: boolean,
  lame: readonly string[],
): Tune {
  return {
    title,
    artist,
    album,
    seed,
    bpm,
    root,
    scale,
    chords,
    lead,
    drums,
    bars: Math.round((bpm * 26) / 240),
    lame,
  };
}

function encode(one: Tune, index: number): void {
  const wav = wave(play(one));
  const file = join(out, `${one.artist} - ${one.title}.mp3`);
  const tags = [
    '--add-id3v2',
    '--tt',
    one.title,
    '--ta',
    one.artist,
    '--tl',
    one.album,
    '--ty',
    YEAR,
    '--tn',
    String(index + 1),
    '--tv',
    'TCOP=CC0 1.0, made by Peershield',
  ];
  const { status, stderr } = spawnSync('lame', ['--quiet', ...one.lame, ...tags, '-', file], { input: wav });
  if (status !== 0) throw new Error(`lame: ${String(stderr)}`);
}

/** Two channels of samples in -1..1. */
function play(one: Tune): [Float32Array, Float32Array] {
  const chance = seeded(one.seed);
  const beat = (60 / one.bpm) * HZ;
  const length = Math.ceil(one.bars * 4 * beat + 2 * HZ);
  const left = new Float32Array(length);
  const right = new Float32Array(length);
  const motif = Array.from({ length: 8 }, () => ({
    step: Math.floor(chance() * 5),
    rest: chance() < 0.2,
    long: chance() < 0.3,
  }));
  for (let bar = 0; bar < one.bars; bar++) {
    const degree = one.chords[bar % one.chords.length] as number;
    const at = bar * 4 * beat;
    for (const third of [0, 2, 4])
      note(left, right, at, beat * 4, pitch(one, degree + third), 0.09, 'pad', third / 6 - 0.3);
    for (const half of [0, 2])
      note(left, right, at + half * beat, beat * 1.8, pitch(one, degree) - 12, 0.2, 'pluck', 0);
    for (const [i, { step, rest, long }] of motif.entries()) {
      if (rest || (bar % 4 === 3 && i > 5)) continue;
      const varied = bar % 2 === 1 && chance() < 0.3 ? pick([-1, 1], chance) : 0;
      note(
        left,
        right,
        at + (i * beat) / 2,
        beat * (long ? 1.2 : 0.6),
        pitch(one, degree + step + varied) + 12,
        0.17,
        one.lead,
        0.25,
      );
    }
    if (one.drums) beatBar(left, right, at, beat, chance);
  }
  finish(left, right);
  return [left, right];
}

function pitch({ root, scale }: Tune, degree: number): number {
  const octave = Math.floor(degree / scale.length);
  return root + 12 * octave + (scale[degree - octave * scale.length] as number);
}

function note(
  left: Float32Array,
  right: Float32Array,
  at: number,
  length: number,
  midi: number,
  gain: number,
  voice: Voice,
  pan: number,
): void {
  const from = Math.floor(at);
  const hz = 440 * 2 ** ((midi - 69) / 12);
  const tail = voice === 'bell' ? HZ * 1.2 : HZ * 0.15;
  const end = Math.min(left.length, from + Math.floor(length + tail));
  for (let i = from; i < end; i++) {
    const t = (i - from) / HZ;
    const sample = gain * envelope(voice, i - from, length, tail) * timbre(voice, hz, t);
    left[i] = (left[i] as number) + sample * (1 - pan);
    right[i] = (right[i] as number) + sample * (1 + pan);
  }
}

function envelope(voice: Voice, i: number, length: number, tail: number): number {
  const attack = voice === 'pad' ? HZ * 0.25 : HZ * 0.006;
  const rise = Math.min(1, i / attack);
  const release = i > length ? Math.max(0, 1 - (i - length) / tail) : 1;
  const decay = { bell: 2.4, pluck: 4.5, organ: 0.2, reed: 0.6, pad: 0.1 }[voice];
  return rise * release * Math.exp((-decay * i) / HZ);
}

function timbre(voice: Voice, hz: number, t: number): number {
  const partial = (times: number, gain: number, wobble = 0): number =>
    gain * Math.sin(2 * Math.PI * hz * times * t + wobble);
  switch (voice) {
    case 'bell':
      return partial(1, 0.7) + partial(2.76, 0.3 * Math.exp(-6 * t)) + partial(5.4, 0.15 * Math.exp(-12 * t));
    case 'pluck':
      return partial(1, 0.7) + partial(2, 0.35 * Math.exp(-8 * t)) + partial(3, 0.2 * Math.exp(-14 * t));
    case 'organ':
      return partial(1, 0.5) + partial(2, 0.3) + partial(4, 0.15) + partial(3, 0.1);
    case 'reed':
      return partial(1, 0.5, 0.25 * Math.sin(34 * t)) + partial(3, 0.25) + partial(5, 0.12);
    case 'pad':
      return partial(1, 0.5, 0.4 * Math.sin(3 * t)) + partial(1.004, 0.4) + partial(2, 0.12);
  }
}

function beatBar(left: Float32Array, right: Float32Array, at: number, beat: number, chance: Chance): void {
  for (let eighth = 0; eighth < 8; eighth++) {
    const from = Math.floor(at + (eighth * beat) / 2);
    if (eighth % 4 === 0)
      hit(
        left,
        right,
        from,
        0.5,
        (t) => Math.sin(2 * Math.PI * 52 * t * (1 + 1.5 * Math.exp(-40 * t))) * Math.exp(-11 * t),
      );
    if (eighth % 4 === 2) hit(left, right, from, 0.22, (t) => (chance() * 2 - 1) * Math.exp(-18 * t));
    hit(left, right, from, 0.05, (t) => (chance() * 2 - 1) * Math.exp(-60 * t));
  }
}

function hit(left: Float32Array, right: Float32Array, from: number, gain: number, shape: (t: number) => number): void {
  const end = Math.min(left.length, from + HZ / 4);
  for (let i = from; i < end; i++) {
    const sample = gain * shape((i - from) / HZ);
    left[i] = (left[i] as number) + sample;
    right[i] = (right[i] as number) + sample;
  }
}

/** Fades the end, and brings the loudest sample to just below full. */
function finish(left: Float32Array, right: Float32Array): void {
  let peak = 0;
  const fade = 2 * HZ;
  for (const channel of [left, right])
    for (let i = 0; i < channel.length; i++) {
      const rest = channel.length - i;
      if (rest < fade) channel[i] = (channel[i] as number) * (rest / fade);
      peak = Math.max(peak, Math.abs(channel[i] as number));
    }
  for (const channel of [left, right])
    for (let i = 0; i < channel.length; i++) channel[i] = ((channel[i] as number) * 0.89) / peak;
}

function wave([left, right]: [Float32Array, Float32Array]): Buffer {
  const data = Buffer.alloc(44 + left.length * 4);
  data.write('RIFF', 0);
  data.writeUInt32LE(data.length - 8, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(2, 22);
  data.writeUInt32LE(HZ, 24);
  data.writeUInt32LE(HZ * 4, 28);
  data.writeUInt16LE(4, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(left.length * 4, 40);
  for (let i = 0; i < left.length; i++) {
    data.writeInt16LE(Math.round((left[i] as number) * 32_767), 44 + i * 4);
    data.writeInt16LE(Math.round((right[i] as number) * 32_767), 46 + i * 4);
  }
  return data;
}

writeFileSync(
  join(out, 'LICENSE'),
  `These tunes were synthesised by tools/tunes.ts of the Peershield project, note by note from a seed. No recording of
anybody else is in them. Their makers waive all rights (CC0 1.0): copy, change, share and play them as you like.
`,
);
