import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, pick, seeded } from '#base';
import { bytesHeld } from '../../test/kit/memory.ts';
import { createJudge } from './judge.ts';
import { frame, latin, noise, program, song, tag } from './testing/frames.ts';
import type { Judge, Judgement } from './verdict.ts';

function judge(bytes: Uint8Array, name = 'song.mp3', cuts: readonly number[] = []): Judgement {
  const one = createJudge({ name });
  let at = 0;
  for (const cut of cuts) {
    one.write(bytes.subarray(at, cut));
    at = cut;
  }
  one.write(bytes.subarray(at));
  return one.end();
}

const brief = ({ verdict, kind, findings }: Judgement): string =>
  [
    `${verdict}/${kind}`,
    ...findings.map(({ code, level, at, lengthBytes }) => `${level} ${code} ${at}+${lengthBytes}`),
  ].join(', ');
const strip = ({ segments }: Judgement): string => segments.map(({ from, to, is }) => `${is} ${from}-${to}`).join(', ');

const v1 = latin(`TAGTitle${'\0'.repeat(120)}`);
const zeros = (count: number): Uint8Array => new Uint8Array(count);

test('a plain song is good, with its rates, count and strip', () => {
  const judgement = judge(concat([tag('Tune'), song(10), v1]));
  assert.equal(brief(judgement), 'good/audio');
  assert.deepEqual(judgement.format, {
    container: 'mpeg',
    codec: 'mp3',
    mpeg: '1',
    layer: 3,
    kbps: 128,
    vbr: false,
    freeFormat: false,
    hz: 44100,
    channels: 2,
    frames: 10,
    seconds: 0.261224,
  });
  assert.deepEqual(judgement.tags, {
    has: ['id3v2.3', 'id3v1'],
    title: 'Tune',
    artist: null,
    album: null,
    pictures: 0,
  });
  assert.equal(strip(judgement), 'tag 0-25, frames 25-4195, tag 4195-4323');
});

const CASES: { name: string; bytes: Uint8Array; said: string; file?: string }[] = [
  { name: 'nothing', bytes: zeros(0), said: 'fake/empty, alarm empty 0+0' },
  { name: 'a single frame', bytes: frame(1), said: 'good/audio' },
  { name: 'zeros', bytes: zeros(9000), said: 'fake/not-audio, alarm not-audio 0+9000' },
  { name: 'noise', bytes: noise(2000, 4), said: 'fake/not-audio, note junk 0+2000, alarm not-audio 0+2000' },
  { name: 'only a tag', bytes: tag('Tune', undefined, 100), said: 'fake/not-audio, alarm not-audio 0+125' },
  {
    name: 'a frame of blank side information, repeated',
    bytes: concat(Array.from({ length: 30 }, () => concat([latin('\xff\xfb\x90\x64'), zeros(413)]))),
    said: 'fake/not-audio, alarm not-audio 0+12510',
  },
  {
    name: 'one frame, repeated',
    bytes: concat(Array.from({ length: 30 }, () => frame(3))),
    said: 'fake/not-audio, alarm not-audio 0+12510',
  },
  { name: 'cut in a frame', bytes: song(10).subarray(0, 4000), said: 'damaged/audio, damage truncated 3753+247' },
  {
    name: 'cut in a frame, then a tag',
    bytes: concat([song(10).subarray(0, 4000), v1]),
    said: 'damaged/audio, damage truncated 3753+247',
  },
  { name: 'cut in a header', bytes: song(10).subarray(0, 417 * 9 + 2), said: 'damaged/audio, damage truncated 3753+2' },
  {
    name: 'a little junk between',
    bytes: concat([song(5), noise(144, 6), song(5, 2)]),
    said: 'good/audio, note junk 2085+144',
  },
  {
    name: 'much junk between',
    bytes: concat([song(5), noise(4200, 6), song(5, 2)]),
    said: 'damaged/audio, damage junk 2085+4200',
  },
  {
    name: 'junk between and behind, little each, much in all',
    bytes: concat([song(5), noise(3000, 6), song(5, 2), noise(1500, 7)]),
    said: 'damaged/audio, damage junk 2085+3000, damage junk 7170+1500',
  },
  { name: 'zeros between', bytes: concat([song(5), zeros(9000), song(5, 2)]), said: 'good/audio' },
  {
    name: 'bytes lost',
    bytes: concat([song(10).subarray(0, 2200), song(10).subarray(2300)]),
    said: 'damaged/audio, damage resync 2085+100',
  },
  { name: 'a program', bytes: program(), said: 'fake/program, alarm program 0+3000' },
  {
    name: 'a program behind three frames',
    bytes: concat([song(3), program()]),
    said: 'fake/program, alarm program 1251+3000',
  },
  {
    name: 'a program behind four frames',
    bytes: concat([song(4), program()]),
    said: 'suspect/polyglot, alarm program 1668+3000',
  },
  {
    name: 'a program before a song',
    bytes: concat([program(), song(30)]),
    said: 'suspect/polyglot, alarm program 0+3000',
  },
  {
    name: 'a program between',
    bytes: concat([song(20), program(), song(20, 2)]),
    said: 'suspect/polyglot, alarm program 8340+3000',
  },
  {
    name: 'a program in a PRIV frame',
    bytes: concat([tag('Tune', concat([latin(`PRIV\0\0\x0b\xbc\0\0own\0`), program()])), song(9)]),
    said: 'suspect/polyglot, alarm program 39+3000',
  },
  {
    name: 'a program cut into frames',
    bytes: concat(
      Array.from({ length: 8 }, (_, i) =>
        concat([latin('\xff\xfb\x90\x64'), program(3304).subarray(i * 413, i * 413 + 413)]),
      ),
    ),
    said: 'fake/wrapped, alarm wrapped 0+3336, alarm wrapped 417+3336',
  },
  {
    name: 'noise cut into frames',
    bytes: concat(Array.from({ length: 40 }, (_, i) => concat([latin('\xff\xfb\x90\x64'), noise(413, i + 1)]))),
    said: 'fake/wrapped, alarm wrapped 0+4587',
  },
  {
    name: 'a song named as FLAC',
    bytes: song(9),
    file: 'song.flac',
    said: 'suspect/mislabelled, alarm mislabelled 0+0',
  },
  { name: 'a song named as nothing', bytes: song(9), file: 'song', said: 'good/audio' },
  { name: 'a song named as what is no format', bytes: song(9), file: 'a.song.v2', said: 'good/audio' },
];

for (const { name, bytes, said, file = 'song.mp3' } of CASES) {
  test(`the judge says of ${name}: ${said.split(',')[0]}`, () => assert.equal(brief(judge(bytes, file)), said));
}

test('the judge says the same at every cut, and the strip has no gap', () => {
  for (const { name, bytes, file = 'song.mp3' } of CASES) {
    if (bytes.length > 13_000) continue;
    const whole = judge(bytes, file);
    const step = Math.max(1, Math.floor(bytes.length / 400));
    for (let cut = 1; cut < bytes.length; cut += step)
      assert.deepEqual(judge(bytes, file, [cut]), whole, `${name} at ${cut}`);
    checkStrip(whole);
  }
});

test('the judge says the same byte by byte', () => {
  const bytes = concat([tag('Tune', undefined, 30), song(6), noise(50, 3), song(4, 2), program(300), v1]);
  assert.deepEqual(
    judge(
      bytes,
      'song.mp3',
      Array.from({ length: bytes.length }, (_, i) => i),
    ),
    judge(bytes),
  );
});

function checkStrip({ segments, sizeBytes }: Judgement): void {
  let at = 0;
  for (const segment of segments) {
    assert.equal(segment.from, at);
    assert.ok(segment.to > segment.from);
    at = segment.to;
  }
  assert.equal(at, sizeBytes);
}

const codeOf = (one: Judge): string | undefined => one.alarm?.code;

test('an alarm is raised as soon as it is certain, and what passed before it may be played', () => {
  const one = createJudge({ name: 'song.mp3' });
  one.write(song(200));
  assert.equal(codeOf(one), undefined);
  assert.ok(one.soundBytes > 190 * 417 && one.soundBytes <= 200 * 417, `${one.soundBytes}`);
  one.write(program(9000));
  assert.equal(codeOf(one), 'program');
  assert.equal(one.soundBytes, 200 * 417);
  assert.equal(one.bytes, 200 * 417 + 9000);
});

test('a program cut into frames raises the alarm within a dozen frames', () => {
  const one = createJudge({ name: 'song.mp3' });
  for (let i = 0; i < 20; i++) one.write(concat([latin('\xff\xfb\x90\x64'), noise(413, i + 1)]));
  assert.equal(one.alarm?.code, 'wrapped');
});

test('fewer bytes than were promised are damage, and the end may be asked for twice', () => {
  const one = createJudge({ name: 'song.mp3', sizeBytes: 9999 });
  one.write(song(10));
  assert.equal(brief(one.end()), 'damaged/audio, damage truncated 4170+0');
  one.write(song(1));
  assert.equal(one.end(), one.end());
});

test('a tag that claims more than it holds gives the song back, and is a lie', () => {
  const lie = tag('Tune');
  lie.set([0x3f, 0x7f, 0x7f, 0x7f], 6);
  assert.equal(brief(judge(concat([lie, song(20)]))), 'suspect/lies, alarm lies 0+134217737');
});

test('a tag of 256 MiB, a film of 256 MiB and a song without end are judged in flat memory', () => {
  const head = tag('Tune');
  head.set([0x7f, 0x7f, 0x7f, 0x7f], 6);
  const chunk = zeros(1 << 20);
  const loop = song(600);
  for (const start of [head, latin('\x1a\x45\xdf\xa3abcdefgh'), song(3)]) {
    const one = createJudge({ name: 'song.mp3' });
    one.write(start);
    const before = bytesHeld();
    for (let i = 0; i < 256; i++) one.write(start.length > 1000 ? loop : chunk);
    assert.ok(bytesHeld() - before < 24e6);
    one.end();
  }
});

test('a thousand stretches of junk keep findings and segments bounded', () => {
  const parts = Array.from({ length: 3000 }, (_, i) => [song(4, i + 1), noise(20, i + 7)]).flat();
  const judgement = judge(concat(parts));
  assert.equal(judgement.verdict, 'damaged');
  assert.ok(judgement.findings.length <= 200 && judgement.segments.length <= 4000);
  checkStrip(judgement);
});

test('whatever is done to bytes, the judge answers, in any cutting the same, with a whole strip', () => {
  const chance = seeded(77);
  const rounds = 60 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  const heads = [
    'ID3\x03\0\0\0\0\x01\0',
    'ID3\x04\0\x80\0\0\x02\0',
    'RIFF\xff\xff\0\0WAVEfmt \x10\0\0\0',
    'fLaC\x80\0\0\x22',
    'OggS\0\x02',
    '\0\0\0\x18ftypM4A \0\0\0\0M4A mp42',
    'APETAGEX\xd0\x07\0\0',
    'LYRICSBEGIN',
    'PK\x03\x04',
    '\xff\xf1\x50\x80',
    '\xff\xfb\x18\x0c\0\0\0\0\0\0wrapster\0\x002.0',
  ];
  for (let i = 0; i < rounds; i++) {
    const parts = Array.from({ length: 1 + Math.floor(chance() * 5) }, () => {
      const roll = chance();
      if (roll < 0.35) return latin(pick(heads, chance));
      if (roll < 0.55) return noise(Math.floor(chance() * 900), Math.floor(chance() * 1e6));
      if (roll < 0.65) return zeros(Math.floor(chance() * 300));
      if (roll < 0.75) return tag('x', program(200), 20);
      return song(1 + Math.floor(chance() * 6), Math.floor(chance() * 1000));
    });
    const bytes = concat(parts);
    for (let k = 0; k < chance() * 8; k++) bytes[Math.floor(chance() * bytes.length)] = Math.floor(chance() * 256);
    const whole = judge(bytes);
    checkStrip(whole);
    const cuts = Array.from({ length: 6 }, () => Math.floor(chance() * bytes.length)).toSorted((a, b) => a - b);
    assert.deepEqual(judge(bytes, 'song.mp3', cuts), whole, `round ${i}`);
  }
});
