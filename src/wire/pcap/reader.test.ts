import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded, wholeBelow } from '#base';
import {
  block,
  type Bytes,
  enhanced,
  ethernet,
  interfaceBlock,
  ip,
  join,
  pcap,
  pcapHead,
  pcapRecord,
  section,
  text,
  u16,
  u32,
  udp,
} from '../../../test/captures/build.ts';
import { CaptureReader } from './reader.ts';

const frames = ['one', 'two and more', ''].map((words) =>
  ethernet(ip('10.0.0.1', '10.0.0.2', 17, udp(1, 2, text(words)))),
);

type Seen = { bytes: string; wire: number; seconds: number; link: number };

/** Reads a capture in chunks; returns what was seen and what the reader says at the end. */
function readAll(capture: Bytes, chunk = capture.length): { seen: Seen[]; end: string | null } {
  const reader = new CaptureReader();
  const seen: Seen[] = [];
  for (let at = 0; at < capture.length; ) {
    const room = reader.room();
    const part = capture.subarray(at, at + Math.min(chunk, room.length));
    room.set(part);
    reader.filled(part.length);
    at += part.length;
    while (reader.next()) {
      const bytes = Buffer.from(reader.bytes.subarray(reader.at, reader.at + reader.length)).toString('hex');
      seen.push({ bytes, wire: reader.wireLength, seconds: Math.round(reader.seconds * 1e6) / 1e6, link: reader.link });
    }
  }
  return { seen, end: reader.end() };
}

const expected = frames.map((frame, n) => ({
  bytes: Buffer.from(frame).toString('hex'),
  wire: frame.length,
  seconds: Math.round((1_000_000_000 + n / 100) * 1e6) / 1e6,
  link: 1,
}));
const micros = (n: number): bigint => BigInt(Math.round((1_000_000_000 + n / 100) * 1e6));

const captures: { name: string; capture: Bytes }[] = [
  { name: 'pcap, little-endian', capture: pcap(frames) },
  { name: 'pcap, big-endian', capture: pcap(frames, { little: false }) },
  { name: 'pcap in nanoseconds', capture: pcap(frames, { nanoseconds: true }) },
  { name: 'pcap in nanoseconds, big-endian', capture: pcap(frames, { nanoseconds: true, little: false }) },
  {
    name: 'pcapng',
    capture: join(section(), interfaceBlock(1), ...frames.map((frame, n) => enhanced(frame, micros(n)))),
  },
  {
    name: 'pcapng, big-endian',
    capture: join(
      section(false),
      interfaceBlock(1, undefined, false),
      ...frames.map((frame, n) => enhanced(frame, micros(n), 0, false)),
    ),
  },
  {
    name: 'pcapng in nanoseconds with unknown blocks and statistics between',
    capture: join(
      section(),
      block(0x0bad, text('custom!')),
      interfaceBlock(1, join(u16(9, true), u16(1, true), new Uint8Array([9, 0, 0, 0]), u32(0))),
      ...frames.flatMap((frame, n) => [block(5, u32(0)), enhanced(frame, micros(n) * 1000n)]),
    ),
  },
  {
    name: 'pcapng in units of 2^-20 seconds',
    capture: join(
      section(),
      interfaceBlock(1, join(u16(9, true), u16(1, true), new Uint8Array([0x80 | 20, 0, 0, 0]), u32(0))),
      ...frames.map((frame, n) => enhanced(frame, BigInt(Math.round((1_000_000_000 + n / 100) * 2 ** 20)))),
    ),
  },
  {
    name: 'pcapng with a time offset',
    capture: join(
      section(),
      interfaceBlock(1, join(u16(14, true), u16(8, true), u32(1_000_000_000, true), u32(0), u32(0))),
      ...frames.map((frame, n) => enhanced(frame, BigInt(n) * 10_000n)),
    ),
  },
  {
    name: 'pcapng of two sections with different byte orders',
    capture: join(
      section(),
      interfaceBlock(1),
      enhanced(frames[0]!, micros(0)),
      section(false),
      interfaceBlock(1, undefined, false),
      enhanced(frames[1]!, micros(1), 0, false),
      enhanced(frames[2]!, micros(2), 0, false),
    ),
  },
];

const near = (seen: Seen[]): Seen[] => seen.map((one) => ({ ...one, seconds: Math.round(one.seconds * 1e4) / 1e4 }));

for (const { name, capture } of captures) {
  test(`${name}: read the same whole, in every piece length, and with one cut at every place`, () => {
    assert.deepEqual(near(readAll(capture).seen), near(expected));
    assert.equal(readAll(capture).end, null);
    for (let chunk = 1; chunk < capture.length; chunk += 1)
      assert.deepEqual(near(readAll(capture, chunk).seen), near(expected), `pieces of ${chunk}`);
  });

  test(`${name}: cut off at every place, it gives the records before the cut and says so`, () => {
    for (let length = 1; length < capture.length; length++) {
      let result: ReturnType<typeof readAll>;
      try {
        result = readAll(capture.subarray(0, length));
      } catch (error) {
        assert.equal((error as Error).name, 'WireError');
        continue;
      }
      assert.ok(result.seen.length <= 3);
      for (const [n, one] of result.seen.entries()) assert.equal(one.bytes, expected[n]?.bytes);
    }
    assert.match(String(readAll(capture.subarray(0, capture.length - 1)).end), /cut off inside record 3/);
  });
}

test('simple packets have no time and are cut by the snap length; old packet blocks are read', () => {
  const frame = frames[1]!;
  const old = block(
    2,
    join(u16(0, true), u16(0, true), u32(0), u32(0), u32(frame.length, true), u32(frame.length, true), frame),
  );
  const capture = join(
    section(),
    interfaceBlock(1, undefined, true, 20),
    block(3, join(u32(frame.length, true), frame.subarray(0, 20))),
    old,
  );
  const { seen } = readAll(capture);
  assert.equal(seen.length, 2);
  assert.equal(seen[0]?.bytes.length, 40);
  assert.equal(seen[0]?.wire, frame.length);
  assert.equal(seen[0]?.seconds, 0);
  assert.equal(seen[1]?.bytes, Buffer.from(frame).toString('hex'));
});

test('a record that claims 4 GB is said, and the records behind it are found again', () => {
  const many = Array.from({ length: 20 }, (_, n) => pcapRecord(frames[n % 2]!, n));
  const capture = join(
    pcapHead(),
    ...many.slice(0, 5),
    u32(1_000_000_000, true),
    u32(0),
    u32(0xffffffff, true),
    u32(0xffffffff, true),
    ...many.slice(5),
  );
  const { seen, end } = readAll(capture);
  assert.equal(seen.length, 20);
  assert.match(String(end), /record 6 claims 4294967295 bytes/);
});

for (const total of [0, 4, 13, 0xfffffffc]) {
  test(`a pcapng packet block that claims ${total} bytes is said, and the blocks behind it are found again`, () => {
    const blocks = Array.from({ length: 10 }, (_, n) => enhanced(frames[1]!, micros(n)));
    const capture = join(
      section(),
      interfaceBlock(1),
      ...blocks.slice(0, 3),
      u32(6, true),
      u32(total, true),
      ...blocks.slice(3),
    );
    const { seen, end } = readAll(capture);
    assert.ok(seen.length >= 9, `${seen.length} of 10`);
    assert.match(String(end), /claims/);
  });
}

test('captures written one behind the other are one, whatever their byte orders', () => {
  const both = join(pcap(frames), pcap(frames, { little: false }), pcap(frames, { nanoseconds: true }));
  for (const chunk of [both.length, 1, 7]) {
    const { seen, end } = readAll(both, chunk);
    assert.deepEqual(
      seen.map(({ bytes }) => bytes),
      [...expected, ...expected, ...expected].map(({ bytes }) => bytes),
    );
    assert.equal(end, null);
  }
});

test('what is no capture is refused with a WireError', () => {
  assert.throws(() => readAll(text('GET / HTTP/1.1\r\n\r\n')), { name: 'WireError', code: 'not-a-capture' });
  assert.throws(() => readAll(join(u32(0x0a0d0d0a), u32(28, true), u32(0x01020304), new Uint8Array(16))), {
    name: 'WireError',
    code: 'not-a-capture',
  });
});

test('random changes to captures never make the reader throw anything but WireError, loop, or point outside its buffer', () => {
  const chance = seeded(41);
  const rounds = 400 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let round = 0; round < rounds; round++) {
    const capture = captures[wholeBelow(captures.length, chance)]!.capture.slice();
    for (let n = 0; n <= wholeBelow(6, chance); n++)
      capture[wholeBelow(capture.length, chance)] = wholeBelow(256, chance);
    const reader = new CaptureReader();
    try {
      reader.room().set(capture);
      reader.filled(capture.length);
      for (let n = 0; reader.next(); n++) {
        assert.ok(n < 1000);
        assert.ok(reader.at >= 0 && reader.length >= 0 && reader.at + reader.length <= capture.length);
      }
      reader.end();
    } catch (error) {
      assert.equal((error as Error).name, 'WireError', String((error as Error).stack));
    }
  }
});
