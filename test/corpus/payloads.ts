// Harmless things of every kind that is no song: real files where this machine can make them, honest skeletons else.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { bzip, deflateRawSync, gzipSync } from './pack.ts';
import { be, type Bytes, join, le } from './dress.ts';
import { seeded } from '../../src/base/mod.ts';
import type { ForeignKind } from '../../src/guard/mod.ts';

export type Payload = { kind: ForeignKind; name: string; bytes: Bytes };

/** Bytes that look like code: some structure, no chance of being sound. */
export function filler(length: number, seed = 7): Bytes {
  const chance = seeded(seed);
  return Uint8Array.from({ length }, (_, i) =>
    i % 61 < 9 ? 0 : Math.floor(chance() * 256) & (i % 7 === 0 ? 15 : 255),
  );
}

function pe(): Bytes {
  const head = new Uint8Array(128);
  head.set(join('MZ', le(0x90, 2), le(3, 2), le(0, 2), le(4, 2), le(0, 2), le(0xffff, 2)));
  head.set(join('This program cannot be run in DOS mode.\r\r\n$'), 78 - 0);
  head.set(le(128, 4), 60);
  return join(head, 'PE\0\0', le(0x14c, 2), le(3, 2), filler(12_000));
}

function zip(files: { name: string; text: string }[], method = 8): Bytes {
  const parts: Bytes[] = [];
  const central: Bytes[] = [];
  let at = 0;
  for (const { name, text } of files) {
    const plain = new TextEncoder().encode(text);
    const data = method === 8 ? deflateRawSync(plain) : plain;
    const common = join(
      le(20, 2),
      le(0, 2),
      le(method, 2),
      le(0, 4),
      le(0x1234, 4),
      le(data.length, 4),
      le(plain.length, 4),
      le(name.length, 2),
      le(0, 2),
    );
    const local = join('PK\x03\x04', common, name, data);
    central.push(join('PK\x01\x02', le(20, 2), common, le(0, 2), le(0, 2), le(0, 2), le(0, 4), le(at, 4), name));
    parts.push(local);
    at += local.length;
  }
  const directory = join(...central);
  return join(
    ...parts,
    directory,
    'PK\x05\x06',
    le(0, 4),
    le(files.length, 2),
    le(files.length, 2),
    le(directory.length, 4),
    le(at, 4),
    le(0, 2),
  );
}

function tar(): Bytes {
  const head = new Uint8Array(512);
  head.set(join('readme.txt'), 0);
  head.set(join('0000644\0', '0001750\0', '0001750\0', '00000000144\0', '14000000000\0', '        ', '0'), 100);
  head.set(join('ustar\x0000'), 257);
  let sum = 0;
  for (const byte of head) sum += byte;
  head.set(join(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return join(head, 'x'.repeat(100), new Uint8Array(412 + 1024));
}

function ole(words: string[] = []): Bytes {
  const head = join(
    '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
    new Uint8Array(16),
    le(0x3e, 2),
    le(3, 2),
    le(0xfffe, 2),
    le(9, 2),
    new Uint8Array(478),
  );
  const names = words.map((word) => join(new Uint8Array(Buffer.from(word, 'utf16le')), new Uint8Array(64)));
  return join(head, filler(5000, 3), ...names, filler(3000, 4));
}

const prose = (length: number): string =>
  'It was a dark and stormy night; the rain fell in torrents. '.repeat(Math.ceil(length / 59)).slice(0, length);

function p(kind: ForeignKind, name: string, bytes: Bytes | string): Payload {
  return { kind, name, bytes: typeof bytes === 'string' ? join(bytes) : bytes };
}

/** Everything. `dir` is for what ffmpeg makes. */
export function payloads(dir: string): Payload[] {
  const made = (name: string, ...args: string[]): Bytes => {
    const output = path(dir, name);
    spawnSync('ffmpeg', [
      '-loglevel',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      'testsrc=s=160x120:r=10:d=1',
      ...args,
      output,
    ]);
    return new Uint8Array(readFileSync(output));
  };
  const still = ['-frames:v', '1'];
  return [
    p('program', 'pe.exe', pe()),
    p('program', 'elf', new Uint8Array(readFileSync('/bin/true'))),
    p('program', 'macho', join(be(0xcffaedfe, 4), le(0x01000007, 4), le(3, 4), le(2, 4), filler(6000))),
    p('program', 'class', join(be(0xcafebabe, 4), be(0, 2), be(52, 2), be(60, 2), filler(3000))),
    p('program', 'dex', join('dex\n035\0', filler(5000))),
    p('program', 'lnk', join(le(0x4c, 4), be(0x01140200, 4), be(0, 4), be(0xc0000000, 4), be(0x46, 4), filler(700))),
    p('program', 'url', '[InternetShortcut]\r\nURL=http://www.example.org/\r\n'),
    p(
      'program',
      'deb',
      join('!<arch>\ndebian-binary   0           0     0     100644  4         `\n2.0\n', filler(3000)),
    ),
    p('script', 'sh', '#!/bin/sh\necho harmless\n'),
    p('script', 'bat', '@echo off\r\necho harmless\r\npause\r\n'),
    p('script', 'ps1', 'Write-Host "harmless"\r\n$x = Get-Date\r\n'),
    p('script', 'vbs', 'Set shell = CreateObject("WScript.Shell")\r\nMsgBox "harmless"\r\n'),
    p('script', 'js', '(function () {\n  console.log("harmless");\n})();\n'),
    p('script', 'html', `<!DOCTYPE html><html><body><script>alert("harmless")</script>${prose(800)}</body></html>`),
    p('script', 'php', '<?php echo "harmless"; ?>\n'),
    p('script', 'py', 'import os\nprint("harmless")\n'),
    p(
      'script',
      'docm',
      zip([
        { name: '[Content_Types].xml', text: '<Types/>' },
        { name: 'word/document.xml', text: prose(9000) },
        { name: 'word/vbaProject.bin', text: 'x' },
      ]),
    ),
    p('script', 'doc with macros', ole(['Macros', '_VBA_PROJECT'])),
    p('document', 'pdf', `%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n${prose(2000)}\n%%EOF\n`),
    p('document', 'rtf', `{\\rtf1\\ansi ${prose(2000)}}`),
    p('document', 'doc', ole(['WordDocument'])),
    p(
      'document',
      'docx',
      zip([
        { name: '[Content_Types].xml', text: '<Types/>' },
        { name: 'word/document.xml', text: prose(3000) },
      ]),
    ),
    p('document', 'odt', zip([{ name: 'mimetype', text: 'application/vnd.oasis.opendocument.text' }], 0)),
    p('archive', 'zip', zip([{ name: 'readme.txt', text: prose(3000) }])),
    p('archive', 'rar', join('Rar!\x1a\x07\x01\0', filler(4000))),
    p('archive', '7z', join('7z\xbc\xaf\x27\x1c\0\x04', filler(4000))),
    p('archive', 'gz', gzipSync(filler(6000))),
    p('archive', 'bz2', bzip(dir)),
    p('archive', 'xz', join('\xfd7zXZ\0', filler(3000))),
    p('archive', 'tar', tar()),
    p('archive', 'cab', join('MSCF', le(0, 4), le(5000, 4), filler(5000))),
    p('image', 'jpg', made('still.jpg', ...still)),
    p('image', 'png', made('still.png', ...still)),
    p('image', 'gif', made('still.gif', ...still)),
    p('image', 'bmp', made('still.bmp', ...still)),
    p('image', 'tiff', made('still.tiff', ...still)),
    p('image', 'webp', made('still.webp', ...still)),
    p('image', 'svg', `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0"/></svg>\n`),
    p('video', 'avi', made('film.avi')),
    p('video', 'mkv', made('film.mkv')),
    p('video', 'mp4', made('film.mp4')),
    p('video', 'flv', made('film.flv')),
    p('video', 'mpg', made('film.mpg', '-r', '25')),
    p('video', 'ts', made('film.ts')),
    p('video', 'wmv', made('film.wmv')),
    p('text', 'txt', prose(3000)),
    p('text', 'utf8', new TextEncoder().encode('Große Größen übler Bösewichte: «çà et là», naïve façade. '.repeat(30))),
    p('text', 'utf16', new Uint8Array(Buffer.from(`\ufeff${prose(900)}`, 'utf16le'))),
    p('text', 'csv', 'name,size\n'.repeat(60)),
  ];
}
