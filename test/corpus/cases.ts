// The corpus: what a file is, and what the guard must say. Good files in every dress, and fakes of every kind in every place.
import { seeded } from '../../src/base/mod.ts';
import type { Kind, Verdict } from '../../src/guard/mod.ts';
import {
  ape,
  apeItem,
  apic,
  be,
  type Bytes,
  chunk,
  fmt,
  frame,
  geob,
  id3v1,
  id3v2,
  join,
  le,
  lyrics3v1,
  lyrics3v2,
  names,
  priv,
  riff,
  tagPlus,
  text,
  wrapster,
} from './dress.ts';
import type { Encode } from './encodes.ts';
import { filler, type Payload } from './payloads.ts';

export type Case = {
  group: 'good' | 'damaged' | 'fake' | 'polyglot' | 'lies' | 'mislabelled' | 'wrapster' | 'hurt';
  name: string;
  /** The name that the file has. */
  file: string;
  bytes: Bytes;
  verdicts: Verdict[];
  /** Null: not looked at. */
  kind: Kind | null;
  /** Where the finding must begin, when that is known. */
  at?: number;
};

const zeros = (count: number): Bytes => new Uint8Array(count);

export function noise(length: number, seed: number): Bytes {
  const chance = seeded(seed);
  return Uint8Array.from({ length }, () => Math.floor(chance() * 256));
}

/** Offsets of the frames of a plain encode without tags, found by the header's own sum. */
export function frameOffsets(bytes: Bytes): number[] {
  const offsets: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = frameLength(bytes, at);
    if (length === 0) break;
    offsets.push(at);
    at += length;
  }
  return offsets;
}

const V1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const V2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** Layer III only. */
function frameLength(bytes: Bytes, at: number): number {
  const [one, two, three] = [bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if (one !== 0xff || (two & 0xe6) !== 0xe2) return 0;
  const v1 = (two & 0x18) === 0x18;
  const hz = ([44100, 48000, 32000][(three >> 2) & 3] ?? 0) / (v1 ? 1 : (two & 0x18) === 0x10 ? 2 : 4);
  const kbps = (v1 ? V1 : V2)[three >> 4] ?? 0;
  return kbps === 0 ? 0 : Math.floor(((v1 ? 144 : 72) * kbps * 1000) / hz) + ((three >> 1) & 1);
}

export type Ground = { encodes: Encode[]; payloads: Payload[] };

/** Every case that can be made of these encodes. */
export function makeCases(ground: Ground): Case[] {
  return [
    ...goodCases(ground),
    ...damagedCases(ground),
    ...fakeCases(ground),
    ...polyglotCases(ground),
    ...lieCases(ground),
    ...otherCases(ground),
  ];
}

const pick = ({ encodes }: Ground, name: string): Encode => {
  const found = encodes.find((encode) => encode.name === name);
  if (found === undefined) throw new Error(`no encode named ${name}`);
  return found;
};
const picture = ({ payloads }: Ground, name: string): Bytes =>
  (payloads.find((payload) => payload.name === name) as Payload).bytes;

function goodCases(ground: Ground): Case[] {
  const cases: Case[] = [];
  const good = (name: string, bytes: Bytes, ending = 'mp3'): void => {
    cases.push({ group: 'good', name, file: `song.${ending}`, bytes, verdicts: ['good'], kind: 'audio' });
  };
  for (const { name, ending, bytes } of ground.encodes) {
    good(name, bytes, ending);
    if (ending === 'mp2') good(`${name} named .mp3`, bytes);
  }
  const song = pick(ground, 'lame 128').bytes;
  const plain = pick(ground, 'lame no info frame').bytes;
  const jpg = picture(ground, 'jpg');
  const png = picture(ground, 'png');
  const gif = picture(ground, 'gif');
  const songs: [string, Bytes][] = [
    ['cbr', song],
    ['vbr', pick(ground, 'lame V2').bytes],
    ['mpeg2', pick(ground, 'lame MPEG-2').bytes],
    ['crc', pick(ground, 'lame CRC').bytes],
    ['free', pick(ground, 'lame free format').bytes],
    ['mp2', pick(ground, 'twolame 192').bytes],
  ];
  for (const [what, m] of songs) {
    for (const major of [2, 3, 4]) {
      const v = `${what} with ID3v2.${major}`;
      good(v, join(id3v2(major, names(major)), m));
      good(`${v} in UTF-16`, join(id3v2(major, names(major, 1)), m));
      good(`${v}, padding`, join(id3v2(major, names(major), { padding: 4096 }), m));
      good(`${v}, a megabyte of padding`, join(id3v2(major, names(major), { padding: 1 << 20 }), m));
      good(
        `${v}, unsynchronised`,
        join(
          id3v2(major, [...names(major, 1), apic(jpg, 'image/jpeg', major, major === 4 ? 2 : 0)], { unsync: true }),
          m,
        ),
      );
      good(`${v}, cover`, join(id3v2(major, [...names(major), apic(jpg, 'image/jpeg', major)]), m));
      good(`${v}, zeros behind the cover`, join(id3v2(major, [apic(join(jpg, zeros(7)), 'image/jpeg', major)]), m));
      if (major > 2)
        good(`${v}, extended header`, join(id3v2(major, names(major), { extended: true, padding: 20 }), m));
      if (major === 4) {
        good(`${v}, footer`, join(id3v2(4, names(4), { footer: true }), m));
        good(`${v} at the end`, join(m, id3v2(4, names(4), { footer: true })));
        good(`${v}, one frame unsynchronised`, join(id3v2(4, [...names(4), apic(jpg, 'image/jpeg', 4, 2)]), m));
      }
      good(`${v}, two in a row`, join(id3v2(major, names(major)), id3v2(major, names(major), { padding: 64 }), m));
    }
    good(`${what} with PNG cover`, join(id3v2(3, [apic(png, 'image/png')]), m));
    good(`${what} with GIF cover`, join(id3v2(3, [apic(gif, 'image/gif')]), m));
    good(
      `${what} with a cover full of frame syncs`,
      join(
        id3v2(3, [
          apic(join(jpg.subarray(0, 2), be(0xfffe, 2), be(4002, 2), plain.subarray(0, 4000), jpg.subarray(2))),
        ]),
        m,
      ),
    );
    good(`${what} with a cover that is a link`, join(id3v2(3, [apic(join('http://example.org/c.jpg'), '-->')]), m));
    good(
      `${what} with DJ data`,
      join(
        id3v2(3, [
          geob(join('\x01\x01', 'AQFDT0xPUgAAAAAEAP'.repeat(40)), 'Serato Markers2'),
          geob(filler(2000), 'Serato Overview'),
        ]),
        m,
      ),
    );
    good(
      `${what} with XMP`,
      join(
        id3v2(3, [
          priv(
            join(`<?xpacket begin="" id="W5M0"?><x:xmpmeta xmlns:x="adobe:ns:meta/">${' '.repeat(2000)}</x:xmpmeta>`),
            'XMP',
          ),
        ]),
        m,
      ),
    );
    good(`${what} with a picture in GEOB`, join(id3v2(3, [geob(png, 'thumb.png')]), m));
    good(
      `${what} with chapters`,
      join(
        id3v2(3, [
          frame(
            'CHAP',
            join('ch1\0', be(0, 4), be(900, 4), be(0xffffffff, 4), be(0xffffffff, 4), frame('TIT2', text('One', 0))),
          ),
        ]),
        m,
      ),
    );
    good(
      `${what} with lyrics and comment`,
      join(
        id3v2(3, [
          frame('USLT', join(be(0, 1), 'eng', '\0', 'la la\n'.repeat(300))),
          frame('COMM', join(be(0, 1), 'eng', '\0', '#!/bin/sh is a comment')),
        ]),
        m,
      ),
    );
    good(`${what} with ID3v1`, join(m, id3v1()));
    good(`${what} with ID3v1 twice`, join(m, id3v1(), id3v1()));
    good(`${what} with TAG+`, join(m, tagPlus(), id3v1()));
    good(`${what} with Lyrics3`, join(m, lyrics3v1(), id3v1()));
    good(`${what} with Lyrics3 v2`, join(m, lyrics3v2(), id3v1()));
    const items = [apeItem('Title', join('Tune')), apeItem('Artist', join('Band'))];
    good(`${what} with APEv1`, join(m, ape(1, items), id3v1()));
    good(`${what} with APEv2`, join(m, ape(2, items)));
    good(`${what} with APEv2 and ID3v1`, join(m, ape(2, items), id3v1()));
    good(
      `${what} with APEv2 and cover`,
      join(m, ape(2, [...items, apeItem('Cover Art (Front)', join('cover.jpg\0', jpg), true)]), id3v1()),
    );
    good(`${what} with APEv2 without header`, join(m, ape(2, items, false)));
    good(`${what} with APEv2 in front`, join(ape(2, items), m));
    good(`${what} with zeros before`, join(zeros(1000), m));
    good(`${what} with zeros behind`, join(m, zeros(3000)));
    good(`${what} with zeros behind the tag`, join(id3v2(3, names(3)), zeros(500), m, id3v1(), zeros(200)));
    good(`${what} joined with another`, join(m, pick(ground, 'lame 320 stereo').bytes));
    good(
      `${what} joined with another, tags between`,
      join(id3v2(3, names(3)), m, id3v1(), id3v2(4, names(4)), pick(ground, 'lame MPEG-2.5').bytes, id3v1()),
    );
    good(`${what} joined with itself`, join(m, m));
    good(`${what} with a little junk before`, join(noise(300, 5), m));
    good(
      `${what} with everything`,
      join(
        id3v2(4, [...names(4, 3), apic(png, 'image/png', 4)], { padding: 900 }),
        m,
        lyrics3v2(),
        ape(2, items),
        id3v1(),
      ),
    );
    good(`${what} with a title of UTF-8`, join(id3v2(4, names(4, 3)), m));
  }
  const offsets = frameOffsets(plain);
  const cut = (from: number, to: number): Bytes => plain.subarray(offsets[from], offsets[to]);
  good('a single frame', cut(0, 1));
  good('two frames', cut(0, 2));
  good('a stream out of the middle', cut(20, 50));
  good('a stream out of the middle behind a tag', join(id3v2(3, names(3)), cut(11, 49), id3v1()));
  good('a little junk between', join(cut(0, 20), noise(144, 9), cut(20, 50)));
  good('zeros between', join(cut(0, 20), zeros(2000), cut(20, 50)));
  good(
    'junk in four places',
    join(cut(0, 10), noise(500, 1), cut(10, 20), noise(600, 2), cut(20, 30), noise(700, 3), cut(30, 40), noise(800, 4)),
  );
  good('an info frame that says nothing', silentInfo(song));
  good('VBRI', withVbri(plain));
  good(
    'WAV with LIST',
    riff(fmt(), chunk('LIST', join('INFO', chunk('INAM', join('Tune\0')))), chunk('data', noise(20000, 3))),
    'wav',
  );
  good(
    'WAV with JUNK and ID3',
    riff(chunk('JUNK', zeros(500)), fmt(), chunk('data', noise(20000, 3)), chunk('id3 ', id3v2(3, names(3)))),
    'wav',
  );
  good('WAV of silence', riff(fmt(), chunk('data', zeros(40000))), 'wav');
  good('MP3 in WAV', riff(fmt(0x55), chunk('data', plain)), 'wav');
  good('MP3 in WAV named .mp3', riff(fmt(0x55), chunk('data', plain)));
  const flac = pick(ground, 'flac -8').bytes;
  good('FLAC behind ID3v2', join(id3v2(3, names(3), { padding: 100 }), flac), 'flac');
  good('FLAC before ID3v1', join(flac, id3v1()), 'flac');
  good('FLAC with a cover', flacWith(flac, 6, flacPicture(jpg)), 'flac');
  good('FLAC with padding', flacWith(flac, 1, zeros(5000)), 'flac');
  const ogg = pick(ground, 'oggenc').bytes;
  good('chained Ogg', join(ogg, pick(ground, 'oggenc mono').bytes), 'ogg');
  good('layer I', layerOne(80), 'mp1');
  good('layer I named .mp3', layerOne(80));
  good('a name without ending', song, '');
  good('a name that is no format', song, 'part');
  good('a name in capitals', song, 'MP3');
  return cases;
}

/** Layer I, 256 kbit/s at 48,000 Hz: six bands of five bits in both channels, which no encoder at hand writes. */
function layerOne(frames: number): Bytes {
  const chance = seeded(31);
  const parts: Bytes[] = [];
  for (let i = 0; i < frames; i++) {
    const body = zeros(252);
    body.fill(0x44, 0, 6);
    for (let at = 32; at < 131; at++) body[at] = Math.floor(chance() * 256);
    parts.push(be(0xffff8404, 4), body);
  }
  return join(...parts);
}

function silentInfo(song: Bytes): Bytes {
  const copy = song.slice();
  copy.set(be(0, 4), 36 + 4);
  copy.fill(0, 36 + 8, 36 + 120);
  return copy;
}

function withVbri(plain: Bytes): Bytes {
  const offsets = frameOffsets(plain);
  const head = zeros((offsets[1] as number) - (offsets[0] as number));
  head.set(plain.subarray(0, 4));
  head[2] = (head[2] as number) & 0xfd;
  const own = frameLength(head, 0);
  head.set(
    join(
      'VBRI',
      be(1, 2),
      be(0, 2),
      be(75, 2),
      be(plain.length + own, 4),
      be(offsets.length, 4),
      be(1, 2),
      be(1, 2),
      be(2, 2),
      be(1, 2),
    ),
    36,
  );
  return join(head.subarray(0, own), plain);
}

function flacWith(flac: Bytes, type: number, data: Bytes): Bytes {
  return join(flac.subarray(0, 42), be(type, 1), be(data.length, 3), data, flac.subarray(42));
}

function flacPicture(data: Bytes): Bytes {
  return join(
    be(3, 4),
    be(10, 4),
    'image/jpeg',
    be(0, 4),
    be(160, 4),
    be(120, 4),
    be(24, 4),
    be(0, 4),
    be(data.length, 4),
    data,
  );
}

function damagedCases(ground: Ground): Case[] {
  const cases: Case[] = [];
  const damaged = (name: string, bytes: Bytes, ending = 'mp3'): void => {
    cases.push({ group: 'damaged', name, file: `song.${ending}`, bytes, verdicts: ['damaged'], kind: 'audio' });
  };
  const song = pick(ground, 'lame 128').bytes;
  const plain = pick(ground, 'lame no info frame').bytes;
  const offsets = frameOffsets(plain);
  for (const { name, ending, bytes } of ground.encodes) {
    if (/silence/.test(name) && ending !== 'flac') continue;
    for (const [what, share] of [
      ['a third', 0.33],
      ['two thirds', 0.67],
      ['nearly all', 0.97],
    ] as const) {
      let length = Math.floor(bytes.length * share);
      // A cut at a frame's border leaves nothing to see where nobody counts the frames.
      if (offsets.includes(length)) length++;
      damaged(`${name}, ${what} of it`, bytes.subarray(0, length), ending);
    }
  }
  damaged('cut, then ID3v1', join(plain.subarray(0, 9000), id3v1()));
  damaged('cut in an ID3v1', join(song, id3v1().subarray(0, 90)));
  damaged('cut in an APE tag', join(song, ape(2, [apeItem('Title', join('x'.repeat(500)))]).subarray(0, 300)));
  damaged('cut at a frame border before the count of its header', song.subarray(0, frameOffsets(song)[30]));
  damaged('much junk between', join(plain.subarray(0, offsets[20]), noise(6000, 8), plain.subarray(offsets[20])));
  damaged('much junk before', join(noise(9000, 12), plain));
  for (const lost of [1, 40, 300, 417, 418, 1000, 5000]) {
    damaged(`${lost} bytes lost, counted`, join(song.subarray(0, 8000), song.subarray(8000 + lost)));
    if (![417, 418].includes(lost))
      damaged(`${lost} bytes lost`, join(plain.subarray(0, 8100), plain.subarray(8100 + lost)));
  }
  const flac = pick(ground, 'flac -8').bytes;
  damaged('FLAC with bytes lost', join(flac.subarray(0, 30000), flac.subarray(33000)), 'flac');
  damaged('FLAC with a byte changed', flip(flac, 30000), 'flac');
  const ogg = pick(ground, 'oggenc').bytes;
  damaged('Ogg with bytes lost', join(ogg.subarray(0, 8000), ogg.subarray(8500)), 'ogg');
  damaged('Ogg with a byte changed', flip(ogg, 8000), 'ogg');
  return cases;
}

function flip(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 0x55;
  return copy;
}

function fakeCases(ground: Ground): Case[] {
  const cases: Case[] = [];
  const fake = (name: string, bytes: Bytes, kind: Kind, at?: number, ending = 'mp3'): void => {
    cases.push({
      group: 'fake',
      name,
      file: `song.${ending}`,
      bytes,
      verdicts: ['fake'],
      kind,
      ...(at === undefined ? {} : { at }),
    });
  };
  const plain = pick(ground, 'lame no info frame').bytes;
  const offsets = frameOffsets(plain);
  const flac = pick(ground, 'flac -8').bytes;
  const ogg = pick(ground, 'oggenc').bytes;
  const tag = id3v2(3, names(3), { padding: 50 });
  for (const { kind, name, bytes } of ground.payloads) {
    fake(`bare ${name}`, bytes, kind, 0);
    fake(`${name} behind a tag`, join(tag, bytes), kind, tag.length);
    fake(`${name} before ID3v1`, join(bytes, id3v1()), kind, 0);
    fake(`${name} behind zeros`, join(zeros(1000), bytes), kind, 1000);
    for (const honest of [1, 2, 3])
      fake(`${name} behind ${honest} frames`, join(plain.subarray(0, offsets[honest]), bytes), kind, offsets[honest]);
    fake(
      `${name} behind a RIFF header`,
      join('RIFF', le(bytes.length + 36, 4), 'WAVE', fmt(), bytes),
      kind,
      undefined,
      'wav',
    );
    fake(`${name} as the data of a WAV`, riff(fmt(), chunk('data', bytes)), kind, undefined, 'wav');
    fake(
      `${name} behind a FLAC header`,
      join('fLaC', be(0x80000022, 4), flac.subarray(8, 42), bytes),
      kind,
      42,
      'flac',
    );
    fake(`${name} behind an Ogg header`, join(ogg.subarray(0, 58), bytes), kind, 58, 'ogg');
    fake(
      `${name} behind an MP4 header`,
      join(be(24, 4), 'ftypM4A ', be(0, 4), 'M4A mp42', bytes),
      kind,
      undefined,
      'm4a',
    );
    fake(
      `${name} in an MP4's mdat`,
      join(be(24, 4), 'ftypM4A ', be(0, 4), 'M4A mp42', be(bytes.length + 8, 4), 'mdat', bytes),
      kind,
      undefined,
      'm4a',
    );
    for (const [what, header, body] of [
      ['128', 0xfffb9064, 413],
      ['320 mono', 0xfffbe0c4, 1040],
      ['MPEG-2', 0xfff380c4, 204],
      ['layer II', 0xfffd8404, 380],
    ] as const) {
      if (bytes.length > 4000)
        fake(
          `${name} cut into frames of ${what}`,
          framed(bytes, header, body),
          'wrapped',
          undefined,
          what === 'layer II' ? 'mp2' : 'mp3',
        );
    }
  }
  for (const { name, bytes } of ground.payloads) {
    if (/^(elf|pe.exe|txt|macho|dex)$/.test(name))
      fake(`${name} behind honest side information`, behindSideInfo(plain, bytes), 'wrapped');
  }
  for (const seed of [1, 2, 3]) {
    fake(`noise ${seed}`, noise(60000, seed), 'not-audio');
    fake(`noise ${seed} behind a tag`, join(tag, noise(60000, seed)), 'not-audio');
    for (const [what, header, body] of [
      ['128', 0xfffb9064, 413],
      ['320', 0xfffbe064, 1040],
      ['MPEG-2 mono', 0xfff380c4, 204],
      ['MPEG-2.5', 0xffe38064, 413],
      ['layer II', 0xfffd8404, 380],
      ['layer I', 0xffff8804, 284],
    ] as const) {
      const real = what === 'layer I' ? Math.floor((12 * 256000) / 32000) * 4 - 4 : body;
      fake(
        `noise ${seed} cut into frames of ${what}`,
        framed(noise(80000, seed), header, real),
        'wrapped',
        undefined,
        what === 'layer II' ? 'mp2' : 'mp3',
      );
    }
    fake(`sync words that never chain ${seed}`, unchained(seed), 'not-audio');
    fake(
      `one frame of noise repeated ${seed}`,
      repeated(join(be(0xfffb9064, 4), noise(6, seed), zeros(407)), 150),
      'not-audio',
    );
  }
  fake('one real frame repeated', repeated(plain.subarray(offsets[5], offsets[6]), 200), 'not-audio');
  fake('only a tag', tag, 'not-audio');
  fake('only tags', join(id3v2(4, names(4)), ape(2, [apeItem('Title', join('x'))]), id3v1()), 'not-audio');
  fake('all zeros', zeros(50000), 'not-audio');
  fake('nothing', zeros(0), 'empty');
  for (const { name, bytes } of ground.payloads) {
    if (bytes.length < 3000) continue;
    for (const silence of ['lame silence', 'lame silence 320', 'twolame silence', 'lame silence no info frame']) {
      // A picture of one colour is no data.
      if (name === 'tiff' && silence === 'twolame silence') continue;
      fake(`${name} in ${silence}`, inSilence(pick(ground, silence).bytes, bytes), 'wrapped');
    }
  }
  return cases;
}

/** A song whose main data is overwritten, from its eleventh frame on: headers and side information stay. */
function behindSideInfo(song: Bytes, data: Bytes): Bytes {
  const copy = song.slice();
  let from = 0;
  for (const at of frameOffsets(song).slice(10)) from += put(copy, at + 36, at + frameLength(song, at), data, from);
  return copy;
}

/** Bytes cut into frames with one header; padding is off in all of them. */
export function framed(bytes: Bytes, header: number, body: number): Bytes {
  const parts: Bytes[] = [];
  for (let at = 0; at < bytes.length; at += body) {
    const piece = bytes.subarray(at, at + body);
    parts.push(be(header, 4), piece, zeros(body - piece.length));
  }
  return join(...parts);
}

function repeated(one: Bytes, count: number): Bytes {
  return join(...Array.from({ length: count }, () => one));
}

function unchained(seed: number): Bytes {
  const bytes = noise(60000, seed);
  for (let at = 0; at < bytes.length - 4; at += 301) bytes.set(be(0xfffb9064, 4), at);
  return bytes;
}

/** Overwrites what silent frames do not use (everything behind side information) with data. */
function inSilence(silence: Bytes, data: Bytes): Bytes {
  const copy = silence.slice();
  let from = 0;
  const layer2 = ((copy[1] as number) & 6) === 4;
  const starts = layer2 ? Array.from({ length: Math.floor(copy.length / 418) }, (_, i) => i) : frameOffsets(copy);
  if (layer2) {
    for (let at = 0; at + 4 < copy.length; ) {
      const padding = ((copy[at + 2] as number) >> 1) & 1;
      const length = 417 + padding;
      from += put(copy, at + 120, at + length, data, from);
      at += length;
    }
    return copy;
  }
  for (const [i, at] of starts.entries()) {
    // The first frames may hold the info table.
    if (i < 2) continue;
    const length = frameLength(copy, at);
    from += put(copy, at + 36, at + length, data, from);
  }
  return copy;
}

function put(target: Bytes, from: number, to: number, data: Bytes, at: number): number {
  const piece = data.subarray(at % data.length, (at % data.length) + (to - from));
  target.set(piece.subarray(0, Math.max(0, target.length - from)), from);
  return to - from;
}

function polyglotCases(ground: Ground): Case[] {
  const cases: Case[] = [];
  const song = pick(ground, 'lame 128').bytes;
  const plain = pick(ground, 'lame no info frame').bytes;
  const offsets = frameOffsets(plain);
  const [head, tail] = [plain.subarray(0, offsets[25]), plain.subarray(offsets[25])];
  const jpg = picture(ground, 'jpg');
  const png = picture(ground, 'png');
  const flac = pick(ground, 'flac -8').bytes;
  const m4a = pick(ground, 'ffmpeg aac in m4a').bytes;
  for (const { kind, name, bytes } of ground.payloads) {
    const poly = (place: string, file: Bytes, at?: number, ending = 'mp3'): void => {
      cases.push({
        group: 'polyglot',
        name: `${name} ${place}`,
        file: `song.${ending}`,
        bytes: file,
        verdicts: ['suspect'],
        kind: 'polyglot',
        ...(at === undefined ? {} : { at }),
      });
    };
    poly('behind the song', join(song, bytes), song.length);
    poly('behind the song and before ID3v1', join(song, bytes, id3v1()), song.length);
    poly('behind ID3v1', join(song, id3v1(), bytes), song.length + 128);
    poly('behind zeros behind the song', join(song, zeros(600), bytes), song.length + 600);
    poly('before the song', join(bytes, song), 0);
    poly('between', join(head, bytes, tail), head.length);
    poly('in the padding', join(id3v2(3, names(3), { padding: join(zeros(40), bytes, zeros(40)) }), song));
    poly('behind a FLAC', join(flac, bytes), flac.length, 'flac');
    poly('in a JUNK chunk', riff(fmt(), chunk('JUNK', bytes), chunk('data', noise(20000, 4))), undefined, 'wav');
    poly('behind a WAV', join(riff(fmt(), chunk('data', noise(20000, 4))), bytes), undefined, 'wav');
    poly('in a free atom', join(m4a, be(bytes.length + 8, 4), 'free', bytes), m4a.length + 8, 'm4a');
    poly('in FLAC padding', flacWith(flac, 1, join(bytes, zeros(9))), 46, 'flac');
    if (kind !== 'image') {
      poly('as the cover', join(id3v2(3, [apic(bytes)]), song));
      poly('as the FLAC picture', flacWith(flac, 6, flacPicture(bytes)), undefined, 'flac');
      poly('as the APE cover', join(song, ape(2, [apeItem('Cover Art (Front)', join('c.jpg\0', bytes), true)])));
      poly('behind the cover', join(id3v2(3, [apic(join(jpg, bytes))]), song));
      poly('behind the PNG cover', join(id3v2(4, [apic(join(png, bytes), 'image/png', 4)]), song));
      poly('behind the FLAC picture', flacWith(flac, 6, flacPicture(join(jpg, bytes))), undefined, 'flac');
    }
    if (kind !== 'image' && kind !== 'text') {
      poly('in GEOB', join(id3v2(3, [geob(bytes)]), song));
      poly('in PRIV', join(id3v2(3, [priv(bytes)]), song));
      poly('in an APE item', join(song, ape(2, [apeItem('Data', bytes, true)]), id3v1()));
    }
  }
  return cases;
}

function lieCases(ground: Ground): Case[] {
  const cases: Case[] = [];
  const lie = (name: string, bytes: Bytes): void => {
    cases.push({ group: 'lies', name, file: 'song.mp3', bytes, verdicts: ['suspect', 'damaged'], kind: 'lies' });
  };
  const song = pick(ground, 'lame 128').bytes;
  const vbr = pick(ground, 'lame V2').bytes;
  const plain = pick(ground, 'lame no info frame').bytes;
  const seconds = frameOffsets(plain).length * (1152 / 44100);
  for (const [what, m] of [
    ['CBR', song],
    ['VBR', vbr],
  ] as const) {
    const frames = new DataView(m.buffer, m.byteOffset).getUint32(44);
    const bytes = new DataView(m.buffer, m.byteOffset).getUint32(48);
    lie(`${what}: ten times the frames`, patch(m, 44, be(frames * 10, 4)));
    lie(`${what}: a tenth of the frames`, patch(m, 44, be(Math.floor(frames / 10), 4)));
    lie(`${what}: ten times frames and bytes`, patch(m, 44, join(be(frames * 10, 4), be(bytes * 10, 4))));
    lie(`${what}: ten times the bytes`, patch(m, 48, be(bytes * 10, 4)));
    lie(`${what}: ten times the music of LAME`, patch(m, 36 + 120 + 28, be(bytes * 10, 4)));
  }
  const vbri = withVbri(plain);
  lie('VBRI: ten times the frames', patch(vbri, 36 + 14, be(frameOffsets(plain).length * 10, 4)));
  lie('TLEN: ten times', join(id3v2(3, [frame('TLEN', text(String(Math.round(seconds * 10000)), 0))]), plain));
  lie('TLEN: a tenth', join(id3v2(3, [frame('TLEN', text(String(Math.round(seconds * 100)), 0))]), plain));
  lie('headers of another bitrate', patchHeaders(plain, 0xe0));
  lie('headers of a lower bitrate', patchHeaders(plain, 0x30));
  lie('a tag beyond the file', join(id3v2(3, names(3), { claim: 200_000_000 }), plain));
  lie(
    'a tag beyond the file, with padding',
    join(id3v2(3, names(3), { padding: 300, claim: plain.length * 3 }), plain),
  );
  lie('a tag of most of the file', join(id3v2(4, names(4), { padding: 300, claim: 9000 }), plain));
  return cases;
}

function patch(bytes: Bytes, at: number, by: Bytes): Bytes {
  const copy = bytes.slice();
  copy.set(by, at);
  return copy;
}

function patchHeaders(bytes: Bytes, rate: number): Bytes {
  const copy = bytes.slice();
  for (const at of frameOffsets(bytes)) copy[at + 2] = ((copy[at + 2] as number) & 15) | rate;
  return copy;
}

function otherCases(ground: Ground): Case[] {
  const cases: Case[] = [];
  const song = pick(ground, 'lame 128').bytes;
  const tag = id3v2(3, names(3));
  const pe = (ground.payloads.find(({ name }) => name === 'pe.exe') as Payload).bytes;
  for (const { name, ending, bytes } of ground.encodes) {
    for (const other of ['mp3', 'flac', 'ogg', 'wav', 'm4a', 'exe', 'jpg']) {
      const mpeg = /^mp[23]$/.test(ending);
      if (
        other === ending ||
        (other === 'ogg' && ending === 'opus') ||
        (other === 'mp3' && (mpeg || /mp3 in wav/.test(name)))
      )
        continue;
      cases.push({
        group: 'mislabelled',
        name: `${name} named .${other}`,
        file: `song.${other}`,
        bytes,
        verdicts: ['suspect'],
        kind: 'mislabelled',
      });
    }
  }
  for (const version of ['1.0', '2.0', '3.0'] as const) {
    const files = [
      { name: 'setup.exe', bytes: pe },
      { name: 'readme.txt', bytes: join('read me '.repeat(200)) },
    ];
    const whole = wrapster(version, files);
    const add = (name: string, bytes: Bytes, kind: Kind): void => {
      cases.push({
        group: 'wrapster',
        name: `Wrapster ${version} ${name}`,
        file: 'song.mp3',
        bytes,
        verdicts: [kind === 'polyglot' ? 'suspect' : 'fake'],
        kind,
      });
    };
    add('whole', whole, 'wrapster');
    add('cut', whole.subarray(0, 5000), 'wrapster');
    add('cut in the header', whole.subarray(0, 60), 'wrapster');
    add('behind a tag', join(tag, whole), 'wrapster');
    add('behind zeros', join(zeros(300), whole), 'wrapster');
    add('behind two frames', join(song.subarray(0, frameOffsets(song)[2]), whole), 'wrapster');
    add('behind a song', join(song, whole), 'polyglot');
    add('whose count lies', wrapster(version, files, 4_000_000_000), 'wrapster');
    add('of nothing', wrapster(version, []), 'wrapster');
    add('holding a song', wrapster(version, [{ name: 'real.mp3', bytes: song }]), 'wrapster');
  }
  const hurt = (name: string, bytes: Bytes): void => {
    cases.push({
      group: 'hurt',
      name,
      file: 'song.mp3',
      bytes,
      verdicts: ['good', 'damaged', 'suspect', 'fake'],
      kind: null,
    });
  };
  let deep: Bytes = frame('TIT2', text('x', 0));
  for (let i = 0; i < 3000; i++) deep = frame('CHAP', join('c\0', zeros(16), deep));
  hurt('chapters 3,000 deep', join(id3v2(3, [deep]), song));
  hurt('a title of 8 MiB', join(id3v2(3, [frame('TIT2', join('\0', 'x'.repeat(8 << 20)))]), song));
  hurt(
    '20,000 frames',
    join(
      id3v2(
        3,
        Array.from({ length: 20_000 }, () => frame('TXXX', text('a', 0))),
      ),
      song,
    ),
  );
  hurt('sizes of 4 GiB', join(id3v2(3, [join('APIC', be(0xffffffff, 4), be(0, 2))]), song));
  hurt(
    'an APE tag of 4 GiB',
    join(song, 'APETAGEX', le(2000, 4), le(0xffffffff, 4), le(0xffffffff, 4), le(0xa0000000, 4), zeros(8)),
  );
  hurt('a RIFF chunk of 4 GiB', join('RIFF', le(100, 4), 'WAVE', fmt(), 'JUNK', le(0xfffffff0, 4), song));
  hurt('MP4 boxes in boxes', nested(2000));
  return cases;
}

function nested(depth: number): Bytes {
  let box: Bytes = join(be(8, 4), 'free');
  for (let i = 0; i < depth; i++) box = join(be(box.length + 8, 4), 'udta', box);
  return join(be(24, 4), 'ftypM4A ', be(0, 4), 'M4A mp42', be(box.length + 8, 4), 'moov', box);
}
