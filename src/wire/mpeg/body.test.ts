import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '#base';
import { checkAllocation } from './allocation.ts';
import { readInfoFrame } from './info-frame.ts';
import { readSideInfo, side } from './side-info.ts';

/** Writes fields of bits one behind the other. */
function bits(...fields: [value: number, count: number][]): Uint8Array {
  const text = fields.map(([value, count]) => value.toString(2).padStart(count, '0')).join('');
  const whole = text.padEnd(Math.ceil(text.length / 8) * 8, '0');
  return Uint8Array.from(whole.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

type Granule = { part23?: number; big?: number; compress?: number; switching?: [number, number][] };
const plain: [number, number][] = [
  [0, 1],
  [1, 5],
  [2, 5],
  [3, 5],
  [7, 4],
  [3, 3],
];

function granule({ part23 = 800, big = 100, compress = 0, switching = plain }: Granule): [number, number][] {
  return [[part23, 12], [big, 9], [180, 8], [compress, 4], ...switching, [0, 3]];
}

function sideInfo(begin: number, ...granules: Granule[]): Uint8Array {
  return bits([begin, 9], [0, 3], [0, 8], ...granules.flatMap(granule));
}

const four = (change: Granule): Granule[] => [{}, {}, change, {}];

test('side information is read: where main data begins, how many bits it has', () => {
  assert.equal(readSideInfo(sideInfo(300, {}, {}, {}, {}), 0, true, false, 381), true);
  assert.deepEqual({ ...side }, { mainDataBegin: 300, mainBits: 3200, silent: false, blank: false });
});

for (const { name, granules, slots = 381 } of [
  { name: 'more big values than a granule has lines', granules: four({ big: 289 }) },
  { name: 'main data longer than frame and reservoir', granules: four({ part23: 4095 }) },
  {
    name: 'a Huffman table that does not exist',
    granules: four({
      switching: [
        [0, 1],
        [4, 5],
        [2, 5],
        [3, 5],
        [7, 4],
        [3, 3],
      ],
    }),
  },
  {
    name: 'the other table that does not exist',
    granules: four({
      switching: [
        [0, 1],
        [1, 5],
        [2, 5],
        [14, 5],
        [7, 4],
        [3, 3],
      ],
    }),
  },
  {
    name: 'a switched window of no kind',
    granules: four({
      switching: [
        [1, 1],
        [0, 2],
        [0, 1],
        [1, 5],
        [2, 5],
        [0, 9],
      ],
    }),
  },
  { name: 'scale factors longer than the granule', granules: four({ part23: 20, compress: 15 }) },
  { name: 'big values without a bit for them', granules: four({ part23: 0, big: 50 }) },
] as { name: string; granules: Granule[]; slots?: number }[]) {
  test(`side information is impossible: ${name}`, () => {
    assert.equal(readSideInfo(sideInfo(0, ...granules), 0, true, false, slots), false);
  });
}

test('silence and blank side information are told', () => {
  const quiet = { part23: 0, big: 0, switching: [[0, 23]] as [number, number][] };
  assert.equal(readSideInfo(sideInfo(0, quiet, quiet, quiet, quiet), 0, true, false, 381), true);
  assert.deepEqual([side.silent, side.blank], [true, false]);
  assert.equal(readSideInfo(new Uint8Array(32), 0, true, false, 381), true);
  assert.deepEqual([side.silent, side.blank], [true, true]);
});

test('random side information passes in one frame of a hundred of MPEG-1, in a quarter of the shortest', () => {
  const chance = seeded(5);
  for (const [v1, mono, slots, most] of [
    [true, false, 381, 0.01],
    [true, false, 1008, 0.02],
    [true, true, 396, 0.15],
    [false, false, 187, 0.15],
    [false, true, 195, 0.3],
  ] as const) {
    let passed = 0;
    for (let i = 0; i < 4000; i++) {
      const bytes = Uint8Array.from({ length: 40 }, () => Math.floor(chance() * 256));
      if (readSideInfo(bytes, 0, v1, mono, slots)) passed++;
    }
    assert.ok(passed < 4000 * most, `${passed} of 4000`);
  }
});

test('layers I and II: nothing allocated is silence, noise asks for more bits than there are', () => {
  const two = { layer: 2, v1: true, kbps: 192, hz: 44100, mode: 0, modeExtension: 0 } as const;
  const one = { ...two, layer: 1, kbps: 256 } as const;
  assert.deepEqual(checkAllocation(new Uint8Array(622), 0, 622, two), { possible: true, silent: true, usedBits: 188 });
  assert.equal(checkAllocation(new Uint8Array(274), 0, 274, one).silent, true);
  const chance = seeded(6);
  let passed = 0;
  for (let i = 0; i < 1000; i++) {
    const bytes = Uint8Array.from({ length: 622 }, () => Math.floor(chance() * 256));
    if (checkAllocation(bytes, 0, 622, two).possible) passed++;
    if (checkAllocation(bytes, 0, 274, one).possible) passed++;
  }
  assert.ok(passed < 20, `${passed}`);
});

/** A frame of 128 kbit/s with an info table at `at`. */
function infoFrame(at: number, word: string, fields: string): Uint8Array {
  const frame = new Uint8Array(417);
  frame.set(Buffer.from('fffb9064', 'hex'));
  frame.set(Buffer.from(word, 'latin1'), at);
  frame.set(Buffer.from(fields, 'hex'), at + 4);
  return frame;
}

test('Xing, Info and VBRI are read, also where the CRC of a protected stream pushes them', () => {
  const fields = `00000003000003e800065d50${Buffer.from('LAME3.100').toString('hex')}`;
  for (const at of [36, 38]) {
    const info = readInfoFrame(infoFrame(at, 'Xing', fields), 0, 417);
    assert.deepEqual([info?.kind, info?.frames, info?.bytes, info?.encoder], ['Xing', 1000, 417104, 'LAME3.100']);
  }
  const vbri = readInfoFrame(infoFrame(36, 'VBRI', '000100000064000186a0000001f4'), 0, 417);
  assert.deepEqual([vbri?.kind, vbri?.frames, vbri?.bytes], ['VBRI', 500, 100000]);
  assert.equal(readInfoFrame(infoFrame(36, 'Zing', fields), 0, 417), null);
  assert.deepEqual(readInfoFrame(infoFrame(36, 'Info', '00000000'), 0, 417)?.frames, null);
});
