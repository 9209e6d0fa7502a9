import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteString, seeded } from '#base';
import { readComments } from './comments.ts';
import { flacScan, oggCrc32, scanFlac } from './crc.ts';
import { readFlacFrame, readFlacStreamInfo } from './flac.ts';
import { identify, identifyStrong, MAGIC_BYTES } from './kinds.ts';
import { opusSamples, readOggCodec, readOggPage } from './ogg.ts';

const latin = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
const dos = (sign: string): string =>
  `MZ\x90\0\x03\0${'\0'.repeat(54)}\x80\0\0\0${'\0'.repeat(64)}${sign}${'x'.repeat(200)}`;

const TABLE: [name: string, bytes: string, kind: string | null][] = [
  ['a PE program', dos('PE\0\0'), 'program'],
  ['an NE program', dos('NE'), 'program'],
  ['a DOS program', `MZ\x10\0\x20\0${'\x11'.repeat(200)}`, 'program'],
  ['MZ and nonsense', `MZ\xff\xff\xff\xff${'\x91'.repeat(200)}`, null],
  ['ELF', `\x7fELF\x02\x01\x01${'\0'.repeat(60)}`, 'program'],
  ['ELF of no class', `\x7fELF\x09\x09${'\x81'.repeat(60)}`, null],
  ['a Java class', `\xca\xfe\xba\xbe\0\0\0\x34${'\x99'.repeat(60)}`, 'program'],
  ['a fat Mach-O', `\xca\xfe\xba\xbe\0\0\0\x02${'\x99'.repeat(60)}`, 'program'],
  ['a shortcut', `L\0\0\0\x01\x14\x02\0${'\x80'.repeat(60)}`, 'program'],
  ['a shortcut in text', '[InternetShortcut]\nURL=http://x/\n', 'program'],
  ['a shell script', '#!/bin/sh\nls\n', 'script'],
  ['a batch file', '@ECHO OFF\r\ndir\r\n', 'script'],
  ['a short script before a tag', '#!/bin/sh\necho harmless\nTAGTune\0\0\0\0', 'script'],
  ['HTML with a script', `<html><body>${'text '.repeat(60)}<script>x()</script>`, 'script'],
  ['HTML without', `<html><body>${'text '.repeat(60)}`, 'text'],
  ['a PDF', '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'document'],
  ['a ZIP', `PK\x03\x04\x14\0\0\0\x08\0${'\0'.repeat(16)}\x08\0\0\0read.txt`, 'archive'],
  ['a Word document', `PK\x03\x04\x14\0\0\0\x08\0${'\0'.repeat(16)}\x13\0\0\0[Content_Types].xml`, 'document'],
  ['gzip', '\x1f\x8b\x08\0\0\0\0\0\0\x03abc', 'archive'],
  ['PNG', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image'],
  ['JPEG', '\xff\xd8\xff\xe0\0\x10JFIF\0', 'image'],
  ['WebP', 'RIFF\x10\0\0\0WEBPVP8 ', 'image'],
  ['SVG', '<svg xmlns="x"><g/></svg>', 'image'],
  ['AVI', 'RIFF\x10\0\0\0AVI LIST', 'video'],
  ['Matroska', `\x1a\x45\xdf\xa3${'\x01'.repeat(20)}`, 'video'],
  ['a film in MP4', `\0\0\0\x20ftypisom${'\0'.repeat(20)}`, 'video'],
  ['a song in MP4 is left to its walker', `\0\0\0\x20ftypM4A ${'\0'.repeat(20)}`, null],
  ['WAV is left to its walker', `RIFF\x10\0\0\0WAVEfmt ${'\0'.repeat(20)}`, null],
  ['AIFF', `FORM\0\0\0\x10AIFF${'\0'.repeat(20)}`, 'sound'],
  ['prose', 'It was a dark and stormy night. '.repeat(6), 'text'],
  ['a short line', 'StreamTitle', null],
  ['prose in UTF-16', `\xff\xfe${'A dark night. '.repeat(12).replace(/./g, '$&\0')}`, 'text'],
  ['UTF-8', byteString(new TextEncoder().encode('Größen übler Bösewichte. '.repeat(10))), 'text'],
  ['zeros', '\0'.repeat(300), null],
];

for (const [name, bytes, kind] of TABLE) {
  test(`${name} is ${kind ?? 'nothing known'}`, () => assert.equal(identify(latin(bytes), true)?.kind ?? null, kind));
}

test('in a megabyte of noise no strong signature is seen, and hardly a weak one', () => {
  const chance = seeded(3);
  const noise = Uint8Array.from({ length: 1 << 20 }, () => Math.floor(chance() * 256));
  let weak = 0;
  for (let at = 0; at < noise.length - 64; at += 61) {
    const view = noise.subarray(at, at + 64);
    assert.equal(identifyStrong(view), null, `at ${at}`);
    if (identify(view, false) !== null) weak++;
  }
  assert.ok(weak <= 2, `${weak}`);
});

test('no bytes of chance make identify throw, however short', () => {
  const chance = seeded(4);
  const rounds = 2000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let i = 0; i < rounds; i++) {
    const [, text] = TABLE[Math.floor(chance() * TABLE.length)] as [string, string, string | null];
    const bytes = latin(text).slice(0, Math.floor(chance() * 300));
    for (let k = 0; k < 4 && bytes.length > 0; k++)
      bytes[Math.floor(chance() * bytes.length)] = Math.floor(chance() * 256);
    identify(bytes.subarray(0, MAGIC_BYTES), chance() < 0.5);
  }
});

test('the checksums are those of the standards', () => {
  const digits = latin('123456789');
  assert.equal(oggCrc32(0, digits, 0, 9), 0x89a1897f);
  scanFlac(digits, 0, 9, 0);
  // CRC-16/UMTS of "123456789".
  assert.deepEqual({ ...flacScan }, { at: 9, crc: 0xfee8 });
});

test('STREAMINFO and a frame header of FLAC are read, a wrong checksum is none', () => {
  const info = Uint8Array.from(
    Buffer.from('1000100000000e0010ba0ac442f000102e17aabbccddeeff00112233445566778899', 'hex'),
  );
  assert.partialDeepStrictEqual(readFlacStreamInfo(info, 0), { hz: 44100, channels: 2, bits: 16, samples: 1060375 });
  const header = Uint8Array.from(Buffer.from('fff8c91800c2', 'hex'));
  assert.deepEqual(readFlacFrame(header, 0, 6), { headerBytes: 6, variable: false, number: 0, samples: 4096 });
  header[4] = 1;
  assert.equal(readFlacFrame(header, 0, 6), null);
  for (let end = 0; end < 6; end++) assert.equal(readFlacFrame(header, 0, end), null);
});

test('an Ogg page and the heads of Vorbis and Opus are read', () => {
  const page = new Uint8Array([
    ...latin('OggS\0\x02'),
    ...new Uint8Array(8),
    7,
    0,
    0,
    0,
    ...new Uint8Array(8),
    2,
    255,
    10,
  ]);
  assert.partialDeepStrictEqual(readOggPage(page, 0), {
    first: true,
    serial: 7,
    headerBytes: 29,
    bodyBytes: 265,
    packets: 1,
  });
  for (let end = 0; end < page.length; end++) assert.equal(readOggPage(page.subarray(0, end), 0), null);
  const vorbis = latin(`\x01vorbis\0\0\0\0\x02\x44\xac\0\0${'\0'.repeat(14)}`);
  assert.partialDeepStrictEqual(readOggCodec(vorbis, 0, vorbis.length), { codec: 'vorbis', hz: 44100, channels: 2 });
  const opus = latin('OpusHead\x01\x02\x38\x01\x80\xbb\0\0\0\0\0');
  assert.partialDeepStrictEqual(readOggCodec(opus, 0, opus.length), { codec: 'opus', hz: 48000, preSkip: 312 });
  assert.equal(readOggCodec(latin('whatever'), 0, 8), null);
});

test('the length of an Opus packet is in its first two bytes', () => {
  assert.equal(opusSamples(0xfc, 0), 960, 'CELT, 20 ms');
  assert.equal(opusSamples(0x03, 6), 2880, 'SILK, six of 10 ms');
  assert.equal(opusSamples(0x1b, 60), 0, 'an hour in one packet is none');
});

const le = (n: number): string => String.fromCharCode(n, 0, 0, 0);

test('comments are read as far as they are there', () => {
  const block = latin(`${le(3)}abc${le(2)}${le(10)}TITLE=Tune${le(11)}artist=Band`);
  assert.partialDeepStrictEqual(readComments(block, 0), { title: 'Tune', artist: 'Band', vendor: 'abc' });
  for (let end = 0; end < block.length; end++) readComments(block.subarray(0, end), 0);
});
