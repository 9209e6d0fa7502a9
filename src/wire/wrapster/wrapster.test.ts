import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteString, concat, pick, seeded } from '#base';
import { numberedName, safeName } from './names.ts';
import { isWrapster, type WrapsterEvent, WrapsterReader } from './reader.ts';

const latin = (text: string, length = text.length): Uint8Array => {
  const field = new Uint8Array(length);
  for (let i = 0; i < text.length; i++) field[i] = text.charCodeAt(i);
  return field;
};
const le = (value: number): Uint8Array =>
  Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255);

/** The three layouts, written from the specification. */
function build(version: '1.0' | '2.0' | '3.0', files: [string, string][], count = files.length): Uint8Array {
  const three = version === '3.0';
  const head = [new Uint8Array(6), latin(three ? 'wwapster' : 'wrapster', 10), latin(version, 8), le(count)];
  const entry = ([name, data]: [string, string]): Uint8Array =>
    concat([latin(name, 256), new Uint8Array(36), le(data.length)]);
  if (!three) {
    const body = files.flatMap((file) => [entry(file), latin(file[1])]);
    return concat([Uint8Array.of(0xff, 0xfb, 0x18, 0x0c), ...head, ...body, new Uint8Array(100), latin('TAG', 128)]);
  }
  const stream = concat([...head, ...files.map(entry), ...files.map(([, data]) => latin(data))]);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < stream.length; at += 413) {
    frames.push(
      Uint8Array.of(0xff, 0xfb, 0x90, 0x04),
      concat([stream.subarray(at, at + 413), new Uint8Array(413)]).subarray(0, 413),
    );
  }
  return concat(frames);
}

/** Reads in pieces; what came out, as text. */
function read(
  bytes: Uint8Array,
  cuts: readonly number[],
): { files: string[]; whole: number[]; done: boolean; version: string } {
  const reader = new WrapsterReader();
  const data: string[] = [];
  const whole: number[] = [];
  const take = (events: readonly WrapsterEvent[]): void => {
    for (const event of events) {
      if (event.type === 'data') data[event.index] = (data[event.index] ?? '') + byteString(event.bytes);
      if (event.type === 'whole') whole.push(event.index);
    }
  };
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    take(reader.write(bytes.subarray(at, cut)).events);
    at = cut;
  }
  take(reader.end());
  const files = reader.entries.map(({ name, sizeBytes }, i) => `${name}:${sizeBytes}:${data[i] ?? ''}`);
  return { files, whole, done: reader.done, version: reader.version };
}

const FILES: [string, string][] = [
  ['setup.exe', 'MZ'.repeat(300)],
  ['empty', ''],
  ['b\u00e4r.txt', 'hello'],
];
const EXPECTED = FILES.map(([name, data]) => `${name}:${data.length}:${data}`);

for (const version of ['1.0', '2.0', '3.0'] as const) {
  const bytes = build(version, FILES);
  test(`Wrapster ${version} is read the same at every cut`, () => {
    assert.equal(isWrapster(bytes), true);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(read(bytes, [cut]), { files: EXPECTED, whole: [0, 1, 2], done: true, version });
    }
    const every = Array.from({ length: bytes.length }, (_, i) => i);
    assert.deepEqual(read(bytes, every).files, EXPECTED);
  });

  test(`Wrapster ${version} that is cut off lists what it has, and only whole files are whole`, () => {
    for (let end = 0; end < bytes.length; end++) {
      const { files, whole } = read(bytes.subarray(0, end), []);
      assert.ok(files.length <= 3 && whole.length <= files.length);
      for (const [i, file] of files.entries()) {
        const part = EXPECTED[i] as string;
        assert.ok(part.startsWith(file));
        assert.equal(whole.includes(i), part === file && whole.includes(i));
      }
    }
  });

  test(`Wrapster ${version} whose count lies ends with its last real file`, () => {
    const { files, whole } = read(build(version, [['a', '\0yz']], 4_000_000_000), []);
    assert.deepEqual([files, whole], [['a:3:\0yz'], [0]]);
  });
}

test('a song is no Wrapster', () => {
  assert.equal(isWrapster(Buffer.from('fffb180c'.padEnd(128, '0'), 'hex')), false);
  assert.equal(isWrapster(build('1.0', FILES).subarray(1)), false);
  assert.equal(isWrapster(build('1.0', FILES).subarray(0, 31)), false);
});

for (const [inner, safe] of [
  ['setup.exe', 'setup.exe'],
  ['C:\\Program Files\\x\\setup.exe', 'setup.exe'],
  ['../../../etc/passwd', 'passwd'],
  ['..', '__'],
  ['.', '_'],
  ['/', 'unnamed'],
  ['.bashrc', '_bashrc'],
  ['con', '_con'],
  ['NUL.txt', '_NUL.txt'],
  ['com1.tar.gz', '_com1.tar.gz'],
  ['a:b.txt', 'a_b.txt'],
  ['a\u0001\u007fb', 'a__b'],
  ['tail. . ', 'tail____'],
  ['what?*<>|".mp3', 'what______.mp3'],
  ['\u00e2\u0080\u00aegpj.exe', '_gpj.exe'],
] as const) {
  test(`the inner name ${JSON.stringify(inner)} becomes ${safe}`, () => assert.equal(safeName(inner), safe));
}

test('names have at most 200 bytes, with their ending and with a number', () => {
  for (const letter of ['a', '\u00e4', '\u00e2\u0082\u00ac']) {
    const name = safeName(`${letter.repeat(250)}.mp3`);
    assert.ok(Buffer.byteLength(name) <= 200 && name.endsWith('.mp3'), name);
    const numbered = numberedName(name, 12);
    assert.ok(Buffer.byteLength(numbered) <= 200 && numbered.endsWith(' (12).mp3'), numbered);
  }
  assert.equal(numberedName('song.mp3', 2), 'song (2).mp3');
  assert.equal(numberedName('song', 3), 'song (3)');
});

test('bytes of chance behind the signature never make the reader throw or hold more than an entry', () => {
  const chance = seeded(21);
  const rounds = 200 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let i = 0; i < rounds; i++) {
    const bytes = build(pick(['1.0', '2.0', '3.0'] as const, chance), FILES);
    for (let k = 0; k < 20; k++) bytes[28 + Math.floor(chance() * (bytes.length - 28))] = Math.floor(chance() * 256);
    const { files } = read(bytes, [Math.floor(chance() * bytes.length)]);
    assert.ok(files.length <= bytes.length / 296 + 1);
  }
});
