import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '#base';
import { decodeHeader, FRAME_LENGTH, FREE, frameBytes, headerIndex, isHeader, sideInfoBytes } from './header.ts';

const TABLE = [
  {
    name: 'MPEG-1 layer III, 128 kbit/s, 44,100 Hz, joint stereo',
    hex: 'fffb9064',
    version: '1',
    layer: 3,
    kbps: 128,
    hz: 44100,
    channels: 2,
    lengthBytes: 417,
    samples: 1152,
  },
  {
    name: 'the same with a padding byte',
    hex: 'fffb9264',
    version: '1',
    layer: 3,
    kbps: 128,
    hz: 44100,
    channels: 2,
    lengthBytes: 418,
    samples: 1152,
  },
  {
    name: 'the header that a Wrapster begins with',
    hex: 'fffb180c',
    version: '1',
    layer: 3,
    kbps: 32,
    hz: 32000,
    channels: 2,
    lengthBytes: 144,
    samples: 1152,
  },
  {
    name: '320 kbit/s at 32,000 Hz, mono',
    hex: 'fffbe8c4',
    version: '1',
    layer: 3,
    kbps: 320,
    hz: 32000,
    channels: 1,
    lengthBytes: 1440,
    samples: 1152,
  },
  {
    name: 'with a CRC',
    hex: 'fffa9064',
    version: '1',
    layer: 3,
    kbps: 128,
    hz: 44100,
    channels: 2,
    lengthBytes: 417,
    samples: 1152,
  },
  {
    name: 'MPEG-2 layer III, 64 kbit/s, 22,050 Hz',
    hex: 'fff380c4',
    version: '2',
    layer: 3,
    kbps: 64,
    hz: 22050,
    channels: 1,
    lengthBytes: 208,
    samples: 576,
  },
  {
    name: 'MPEG-2.5 layer III, 8 kbit/s, 8,000 Hz',
    hex: 'ffe318c4',
    version: '2.5',
    layer: 3,
    kbps: 8,
    hz: 8000,
    channels: 1,
    lengthBytes: 72,
    samples: 576,
  },
  {
    name: 'layer II, 192 kbit/s',
    hex: 'fffda004',
    version: '1',
    layer: 2,
    kbps: 192,
    hz: 44100,
    channels: 2,
    lengthBytes: 626,
    samples: 1152,
  },
  {
    name: 'layer II of MPEG-2, 160 kbit/s, 16,000 Hz',
    hex: 'fff5e8c4',
    version: '2',
    layer: 2,
    kbps: 160,
    hz: 16000,
    channels: 1,
    lengthBytes: 1440,
    samples: 1152,
  },
  {
    name: 'layer I, 448 kbit/s, 32,000 Hz',
    hex: 'ffffe804',
    version: '1',
    layer: 1,
    kbps: 448,
    hz: 32000,
    channels: 2,
    lengthBytes: 672,
    samples: 384,
  },
  {
    name: 'layer I with a padding slot of four bytes',
    hex: 'ffff8204',
    version: '1',
    layer: 1,
    kbps: 256,
    hz: 44100,
    channels: 2,
    lengthBytes: 280,
    samples: 384,
  },
  {
    name: 'free format',
    hex: 'fffb0064',
    version: '1',
    layer: 3,
    kbps: 0,
    hz: 44100,
    channels: 2,
    lengthBytes: 0,
    samples: 1152,
  },
] as const;

for (const { name, hex, ...expected } of TABLE) {
  test(`a header says: ${name}`, () => {
    const header = decodeHeader(Buffer.from(hex, 'hex'));
    assert.partialDeepStrictEqual(header, expected);
  });
}

test('a header that is not whole is none', () => {
  for (let length = 0; length < 4; length++)
    assert.equal(decodeHeader(Buffer.from('fffb9064', 'hex').subarray(0, length)), null);
});

test('reserved values are no header: version, layer, bitrate, frequency, emphasis, and a broken sync', () => {
  for (const hex of ['ffeb9064', 'fff99064', 'fffbf064', 'fffb9c64', 'fffb9066', 'fefb9064', 'ffdb9064']) {
    assert.equal(decodeHeader(Buffer.from(hex, 'hex')), null, hex);
  }
});

test('every length in the table is what the formula of the standard gives', () => {
  let checked = 0;
  for (let second = 0xe0; second < 0x100; second++) {
    for (let third = 0; third < 0x100; third++) {
      const header = decodeHeader(Uint8Array.of(0xff, second, third, 0));
      const length = FRAME_LENGTH[headerIndex(second, third)] as number;
      assert.equal(header !== null, length !== 0);
      if (header === null || length === FREE) continue;
      assert.equal(length, frameBytes(header.layer, header.samples, header.kbps, header.hz, header.padding ? 1 : 0));
      assert.ok(length >= 24 && length <= 2881, `${length}`);
      checked++;
    }
  }
  assert.ok(checked > 3000);
});

test('side information has 32, 17 or 9 bytes', () => {
  assert.deepEqual(
    [sideInfoBytes(0xfb, 0x44), sideInfoBytes(0xfb, 0xc4), sideInfoBytes(0xf3, 0x44), sideInfoBytes(0xe3, 0xc4)],
    [32, 17, 17, 9],
  );
});

test('about one four bytes of chance in three thousand is a header', () => {
  const chance = seeded(11);
  const byte = (): number => Math.floor(chance() * 256);
  let found = 0;
  for (let i = 0; i < 300_000; i++) if (isHeader(byte(), byte(), byte(), byte())) found++;
  assert.ok(found > 30 && found < 200, `${found}`);
});
