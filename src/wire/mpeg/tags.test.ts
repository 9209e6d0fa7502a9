import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '#base';
import {
  readApeItem,
  readApeMark,
  readId3v1,
  readId3v2Frame,
  readId3v2Header,
  readId3v2Text,
  syncsafe,
  textEnd,
} from './tags.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const word = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

const HEADERS = [
  {
    name: '2.2, unsynchronised',
    hex: '494433 0200 80 00000201',
    header: { major: 2, unsync: true, bodyBytes: 257, totalBytes: 267 },
  },
  {
    name: '2.3 with extended header',
    hex: '494433 0300 40 00000064',
    header: { major: 3, extended: true, bodyBytes: 100, totalBytes: 110 },
  },
  {
    name: '2.4 with footer',
    hex: '494433 0400 10 7f7f7f7f',
    header: { major: 4, footer: true, bodyBytes: 268435455, totalBytes: 268435475 },
  },
  { name: '2.5 is none', hex: '494433 0500 00 00000064', header: null },
  { name: 'a size that is not syncsafe is none', hex: '494433 0300 00 00000080', header: null },
  { name: 'a revision of FF is none', hex: '494433 03ff 00 00000064', header: null },
] as const;

for (const { name, hex: bytes, header } of HEADERS) {
  test(`an ID3v2 header: ${name}`, () => {
    const read = readId3v2Header(hex(bytes));
    if (header === null) assert.equal(read, null);
    else assert.partialDeepStrictEqual(read, header);
    for (let cut = 0; cut < 10; cut++) assert.equal(readId3v2Header(hex(bytes).subarray(0, cut)), null);
  });
}

test('frame headers of 2.2, 2.3 and 2.4 are read, with what their flags put before the data', () => {
  assert.partialDeepStrictEqual(readId3v2Frame(hex('545432 000010'), 0, 2), { id: 'TT2', sizeBytes: 16 });
  assert.partialDeepStrictEqual(readId3v2Frame(hex('54495432 00000101 0080'), 0, 3), {
    id: 'TIT2',
    sizeBytes: 257,
    packed: true,
    dataAt: 4,
  });
  assert.partialDeepStrictEqual(readId3v2Frame(hex('54495432 00000201 0003'), 0, 4), {
    sizeBytes: 257,
    unsync: true,
    dataAt: 4,
  });
  assert.equal(
    readId3v2Frame(hex('54495432 00000181 0000'), 0, 4)?.sizeBytes,
    0x181,
    'a size that cannot be syncsafe is plain',
  );
  assert.equal(readId3v2Frame(hex('54495432 00000101 0000'), 0, 4, true)?.sizeBytes, 257, 'as iTunes wrote it');
  assert.equal(readId3v2Frame(hex('00000000 00000000 0000'), 0, 3), null);
  assert.equal(readId3v2Frame(hex('fffb9064 00000000 0000'), 0, 3), null);
});

test('text is read in all four encodings, up to its first zero', () => {
  for (const [encoded, text] of [
    ['00 54fc6e65', 'Tüne'],
    ['00 54fc6e65 00 6d6f7265', 'Tüne'],
    ['01 fffe 5400fc006e006500', 'Tüne'],
    ['01 feff 005400fc006e0065', 'Tüne'],
    ['02 005400fc006e0065 0000', 'Tüne'],
    ['03 54c3bc6e65', 'Tüne'],
    ['01 fffe 00d8', '\ufffd'],
    ['', ''],
  ] as const) {
    assert.equal(readId3v2Text(hex(encoded)), text);
  }
});

test('the end of a text is found in bytes and in pairs of them', () => {
  assert.deepEqual(textEnd(hex('41420043'), 0, 0), { end: 2, next: 3 });
  assert.deepEqual(textEnd(hex('4100420000004300'), 0, 1), { end: 4, next: 6 });
  assert.deepEqual(textEnd(hex('4142'), 0, 3), { end: 2, next: 2 });
});

test('ID3v1 is read, blanks and zeros left out', () => {
  const tag = new Uint8Array(128);
  tag.set(word('TAGTitle'), 0);
  tag.set(word('Artist      '), 33);
  assert.deepEqual(readId3v1(tag, 0), { title: 'Title', artist: 'Artist', album: '' });
  assert.equal(readId3v1(tag.subarray(0, 127), 0), null);
});

test('APE marks and items are read', () => {
  const mark = new Uint8Array([
    ...word('APETAGEX'),
    ...hex('d0070000 64000000 02000000 000000a0'),
    ...new Uint8Array(8),
  ]);
  assert.deepEqual(readApeMark(mark, 0), { version: 2, sizeBytes: 100, items: 2, isHeader: true, hasHeader: true });
  const item = new Uint8Array([...hex('03000000 02000000'), ...word('Key\0abc')]);
  assert.deepEqual(readApeItem(item, 0), { sizeBytes: 3, binary: true, key: 'Key', valueAt: 12 });
  assert.equal(readApeItem(hex('03000000 00000000 ff00'), 0), null);
});

test('syncsafe numbers have seven bits a byte', () => {
  assert.equal(syncsafe(hex('7f7f7f7f'), 0), 0x0fffffff);
  assert.equal(syncsafe(hex('00000201'), 0), 257);
});

test('no bytes of chance make a decoder of tags throw', () => {
  const chance = seeded(8);
  const rounds = 300 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let i = 0; i < rounds; i++) {
    const bytes = Uint8Array.from({ length: 10 + Math.floor(chance() * 300) }, () => Math.floor(chance() * 256));
    if (chance() < 0.5) bytes.set(word(['ID3\x04\0', 'TAG', 'APETAGEX'][Math.floor(chance() * 3)] as string));
    readId3v2Header(bytes);
    for (const major of [2, 3, 4]) readId3v2Frame(bytes, 0, major);
    readId3v2Text(bytes);
    readId3v1(bytes, 0);
    readApeMark(bytes, 0);
    readApeItem(bytes, 0);
    textEnd(bytes, 0, bytes[0] as number);
  }
});
