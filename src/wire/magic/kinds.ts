// What begins here? Formats that are no song, by their first bytes. Two measures: `strong` signatures (four bytes and
// more, or a structure that was followed) are believed anywhere; weak ones only where something must begin.
import type { ByteString } from '#base';
import { letters } from './letters.ts';
import { scriptOrText, TEXT_BYTES } from './words.ts';

/** What the bytes are. `sound`: music in a format that is not looked into here. */
export type MagicKind = 'program' | 'script' | 'document' | 'archive' | 'image' | 'video' | 'text' | 'sound';
export type Magic = { kind: MagicKind; name: string; strong: boolean };

/** How many bytes {@link identify} wants to see; less is taken as it is. */
export const MAGIC_BYTES = 4096;

type Rule = { kind: MagicKind; name: string; at?: number; magic: ByteString; also?: (bytes: Uint8Array) => boolean };

const RULES: readonly Rule[] = [
  {
    kind: 'program',
    name: 'an ELF program',
    magic: '\x7fELF',
    also: (b) => inRange(b[4], 1, 2) && inRange(b[5], 1, 2),
  },
  { kind: 'program', name: 'a Mach-O program', magic: '\xfe\xed\xfa\xce' },
  { kind: 'program', name: 'a Mach-O program', magic: '\xfe\xed\xfa\xcf' },
  { kind: 'program', name: 'a Mach-O program', magic: '\xce\xfa\xed\xfe' },
  { kind: 'program', name: 'a Mach-O program', magic: '\xcf\xfa\xed\xfe' },
  {
    kind: 'program',
    name: 'a Java class',
    magic: '\xca\xfe\xba\xbe',
    also: (b) => u16be(b, 6) >= 43 && u16be(b, 6) < 200,
  },
  {
    kind: 'program',
    name: 'a Mach-O program for several machines',
    magic: '\xca\xfe\xba\xbe',
    also: (b) => u32be(b, 4) < 43,
  },
  {
    kind: 'program',
    name: 'a Mach-O program for several machines',
    magic: '\xca\xfe\xba\xbf',
    also: (b) => u32be(b, 4) < 43,
  },
  { kind: 'program', name: 'an Android program (DEX)', magic: 'dex\n0' },
  { kind: 'program', name: 'an optimised Android program', magic: 'dey\n0' },
  { kind: 'program', name: 'a Windows shortcut', magic: 'L\0\0\0\x01\x14\x02\0' },
  { kind: 'program', name: 'a WebAssembly program', magic: '\0asm', also: (b) => b[5] === 0 && b[6] === 0 },
  { kind: 'program', name: 'a Debian package', magic: '!<arch>\ndebian' },
  { kind: 'program', name: 'an RPM package', magic: '\xed\xab\xee\xdb' },
  { kind: 'program', name: 'a macOS installer (XAR)', magic: 'xar!' },
  { kind: 'program', name: 'Lua bytecode', magic: '\x1bLua' },
  { kind: 'program', name: 'LLVM bitcode', magic: 'BC\xc0\xde' },
  { kind: 'program', name: 'a Windows help file', magic: '?_\x03\0' },
  { kind: 'document', name: 'a PDF document', magic: '%PDF-' },
  { kind: 'document', name: 'an RTF document', magic: '{\\rtf' },
  { kind: 'document', name: 'a PostScript document', magic: '%!PS' },
  { kind: 'document', name: 'a PostScript document', magic: '\xc5\xd0\xd3\xc6' },
  { kind: 'document', name: 'a DjVu document', magic: 'AT&TFORM' },
  { kind: 'document', name: 'a compiled HTML help', magic: 'ITSF' },
  { kind: 'document', name: 'an SQLite database', magic: 'SQLite format 3\0' },
  { kind: 'document', name: 'an Access database', magic: '\0\x01\0\0Standard ' },
  { kind: 'document', name: 'an Outlook mailbox', magic: '!BDN' },
  { kind: 'document', name: 'a torrent', magic: 'd8:announce' },
  { kind: 'document', name: 'an e-book', at: 60, magic: 'BOOKMOBI' },
  { kind: 'archive', name: 'a RAR archive', magic: 'Rar!\x1a\x07' },
  { kind: 'archive', name: 'a 7z archive', magic: '7z\xbc\xaf\x27\x1c' },
  { kind: 'archive', name: 'an XZ archive', magic: '\xfd7zXZ\0' },
  { kind: 'archive', name: 'a Zstandard archive', magic: '\x28\xb5\x2f\xfd' },
  { kind: 'archive', name: 'an LZ4 archive', magic: '\x04\x22\x4d\x18' },
  { kind: 'archive', name: 'an lzip archive', magic: 'LZIP\x01' },
  { kind: 'archive', name: 'an lzop archive', magic: '\x89LZO\0\r\n\x1a\n' },
  { kind: 'archive', name: 'a bzip2 archive', magic: 'BZh', also: (b) => letters(b, 4, 10) === '1AY&SY' },
  { kind: 'archive', name: 'a Windows cabinet', magic: 'MSCF\0\0\0\0' },
  { kind: 'archive', name: 'an InstallShield cabinet', magic: 'ISc(' },
  { kind: 'archive', name: 'an ACE archive', at: 7, magic: '**ACE**' },
  { kind: 'archive', name: 'a tar archive', at: 257, magic: 'ustar' },
  { kind: 'archive', name: 'an ar archive', magic: '!<arch>\n' },
  { kind: 'archive', name: 'a cpio archive', magic: '070701' },
  { kind: 'archive', name: 'a cpio archive', magic: '070702' },
  { kind: 'archive', name: 'a cpio archive', magic: '070707' },
  { kind: 'archive', name: 'a StuffIt archive', magic: 'SIT!' },
  { kind: 'archive', name: 'a StuffIt archive', magic: 'StuffIt (c)' },
  { kind: 'archive', name: 'a squashfs image', magic: 'hsqs' },
  { kind: 'archive', name: 'a ZOO archive', magic: 'ZOO ' },
  { kind: 'archive', name: 'a Windows image', magic: 'MSWIM\0\0\0' },
  { kind: 'archive', name: 'a virtual disk', magic: 'QFI\xfb' },
  { kind: 'archive', name: 'a virtual disk', magic: 'KDMV' },
  { kind: 'archive', name: 'a disc image', at: 32769, magic: 'CD001' },
  { kind: 'image', name: 'a PNG picture', magic: '\x89PNG\r\n\x1a\n' },
  { kind: 'image', name: 'a JPEG picture', magic: '\xff\xd8\xff', also: (b) => (b[3] ?? 0) >= 0xc0 },
  { kind: 'image', name: 'a GIF picture', magic: 'GIF89a' },
  { kind: 'image', name: 'a GIF picture', magic: 'GIF87a' },
  { kind: 'image', name: 'a TIFF picture', magic: 'II*\0' },
  { kind: 'image', name: 'a TIFF picture', magic: 'MM\0*' },
  { kind: 'image', name: 'a Photoshop picture', magic: '8BPS\0' },
  { kind: 'image', name: 'a JPEG 2000 picture', magic: '\0\0\0\x0cjP  \r\n' },
  { kind: 'image', name: 'a JPEG XL picture', magic: '\0\0\0\x0cJXL \r\n' },
  { kind: 'image', name: 'a GIMP picture', magic: 'gimp xcf' },
  { kind: 'image', name: 'a QOI picture', magic: 'qoif' },
  { kind: 'image', name: 'an OpenEXR picture', magic: '\x76\x2f\x31\x01' },
  { kind: 'image', name: 'a DirectDraw picture', magic: 'DDS |\0\0\0' },
  { kind: 'image', name: 'a Windows metafile', magic: '\xd7\xcd\xc6\x9a' },
  { kind: 'image', name: 'a Windows metafile', at: 40, magic: ' EMF' },
  { kind: 'video', name: 'a Matroska or WebM film', magic: '\x1a\x45\xdf\xa3' },
  { kind: 'video', name: 'a Windows Media file', magic: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' },
  { kind: 'video', name: 'a Flash film', magic: 'FLV\x01' },
  {
    kind: 'video',
    name: 'an MPEG film',
    magic: '\0\0\x01\xba',
    also: (b) => ((b[4] ?? 0) & 0xc0) === 0x40 || ((b[4] ?? 0) & 0xf0) === 0x20,
  },
  { kind: 'video', name: 'an MPEG film', magic: '\0\0\x01\xb3', also: (b) => u32be(b, 4) !== 0 },
  { kind: 'video', name: 'a RealMedia film', magic: '.RMF\0\0' },
  { kind: 'video', name: 'a YUV film', magic: 'YUV4MPEG2' },
  { kind: 'video', name: 'an IVF film', magic: 'DKIF\0\0' },
  { kind: 'video', name: 'a Bink film', magic: 'BIKi' },
  { kind: 'sound', name: 'AIFF', magic: 'FORM', also: (b) => /^AIF[FC]$/.test(letters(b, 8, 12)) },
  { kind: 'sound', name: 'Sun audio', magic: '.snd\0\0' },
  { kind: 'sound', name: 'MIDI', magic: 'MThd\0\0\0\x06' },
  { kind: 'sound', name: "Monkey's Audio", magic: 'MAC ' },
  { kind: 'sound', name: 'WavPack', magic: 'wvpk' },
  { kind: 'sound', name: 'Musepack', magic: 'MPCK' },
  { kind: 'sound', name: 'Musepack', magic: 'MP+\x07' },
  { kind: 'sound', name: 'AMR', magic: '#!AMR' },
  { kind: 'sound', name: 'True Audio', magic: 'TTA1' },
  { kind: 'sound', name: 'DSD', magic: 'DSD ' },
  { kind: 'sound', name: 'Core Audio', magic: 'caff\0\x01' },
  { kind: 'image', name: 'an Amiga picture', magic: 'FORM', also: (b) => letters(b, 8, 12) === 'ILBM' },
];
const BY_FIRST = new Map<number, Rule[]>();
const ELSEWHERE: Rule[] = [];
for (const rule of RULES) {
  if (rule.at !== undefined) ELSEWHERE.push(rule);
  else {
    const first = rule.magic.charCodeAt(0);
    BY_FIRST.set(first, [...(BY_FIRST.get(first) ?? []), rule]);
  }
}

/**
 * What begins with the first byte of `bytes` (give MAGIC_BYTES, or less where the file ends: `whole`); null: nothing
 * known. RIFF, FLAC, Ogg, MP4 with sound and MPEG frames are not named here: those are followed by their walkers.
 */
export function identify(bytes: Uint8Array, whole: boolean): Magic | null {
  return identifyStrong(bytes) ?? weak(bytes) ?? scriptOrText(bytes, whole, TEXT_BYTES);
}

/** As {@link identify}, of a file in which nothing else has been found: a line of text is text, two letters are a sign. */
export function identifyBare(bytes: Uint8Array, whole: boolean): Magic | null {
  const magic = identify(bytes, whole);
  if (magic !== null) return magic;
  const word = letters(bytes, 0, 4);
  if (word.startsWith('MZ')) return { kind: 'program', name: 'what begins as a DOS or Windows program', strong: false };
  if (word === '\x7fELF' || word === '\xca\xfe\xba\xbe')
    return { kind: 'program', name: 'what begins as a program', strong: false };
  if (word.startsWith('\x1f\x8b')) return { kind: 'archive', name: 'what begins as a gzip archive', strong: false };
  if (word.startsWith('\xff\xd8\xff')) return { kind: 'image', name: 'what begins as a JPEG picture', strong: false };
  if (word === '\0\0\x01\xba' || word === '\0\0\x01\xb3')
    return { kind: 'video', name: 'what begins as an MPEG film', strong: false };
  if (word === '\xd0\xcf\x11\xe0')
    return { kind: 'document', name: 'what begins as an Office document', strong: false };
  return whole ? scriptOrText(bytes, true, 1) : null;
}

/** As {@link identify}, only what is believed wherever it stands. */
export function identifyStrong(bytes: Uint8Array): Magic | null {
  if (bytes.length < 8) return null;
  for (const rule of BY_FIRST.get(bytes[0] as number) ?? []) {
    if (holds(rule, bytes)) return { kind: rule.kind, name: rule.name, strong: true };
  }
  for (const rule of ELSEWHERE) if (holds(rule, bytes)) return { kind: rule.kind, name: rule.name, strong: true };
  return structured(bytes);
}

function holds({ magic, at = 0, also }: Rule, bytes: Uint8Array): boolean {
  if (at + magic.length > bytes.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  return also === undefined || also(bytes);
}

/** Formats whose first bytes must be followed to say what they are. */
function structured(bytes: Uint8Array): Magic | null {
  const word = letters(bytes, 0, 4);
  if (word.startsWith('MZ') || word.startsWith('ZM')) return windowsProgram(bytes);
  if (word === 'PK\x03\x04' || word === 'PK\x05\x06') return zip(bytes);
  if (word === '\xd0\xcf\x11\xe0') return compound(bytes);
  if (word.startsWith('\x1f\x8b\x08') && ((bytes[3] as number) & 0xe0) === 0)
    return strong('archive', 'a gzip archive');
  if (word === 'RIFF') return riff(bytes);
  if (letters(bytes, 4, 8) === 'ftyp') return mp4Brand(letters(bytes, 8, 12));
  if (/^(moov|mdat|wide|pnot)$/.test(letters(bytes, 4, 8)) && u32be(bytes, 0) >= 8)
    return strong('video', 'a QuickTime film');
  if (/^[FCZ]WS$/.test(word.slice(0, 3)) && inRange(bytes[3], 3, 50)) return strong('video', 'a Flash film');
  if (word.startsWith('BM') && bitmap(bytes)) return strong('image', 'a Windows bitmap');
  if ((word === '\0\0\x01\0' || word === '\0\0\x02\0') && icon(bytes)) return strong('image', 'a Windows icon');
  if (bytes[0] === 0x47 && transportStream(bytes)) return strong('video', 'an MPEG transport stream');
  if (/^-l[hz][0-9sd]-$/.test(letters(bytes, 2, 7))) return strong('archive', 'an LHA archive');
  if (word.startsWith('\x60\xea') && inRange(bytes[4], 20, 60) && bytes[10] === 2)
    return strong('archive', 'an ARJ archive');
  if (oldTar(bytes)) return strong('archive', 'a tar archive');
  return null;
}

function windowsProgram(bytes: Uint8Array): Magic | null {
  if (bytes.length < 64) return null;
  const at = u32le(bytes, 60);
  const sign = at + 4 <= bytes.length ? letters(bytes, at, at + 4) : '';
  if (sign === 'PE\0\0') return strong('program', 'a Windows program');
  if (/^(NE|LE|LX)/.test(sign)) return strong('program', 'an old Windows program');
  return letters(bytes, 64, 512).includes('DOS mode') ? strong('program', 'a Windows program') : null;
}

/** At a place where something must begin, two letters and a sane DOS header are enough. */
function weak(bytes: Uint8Array): Magic | null {
  const word = letters(bytes, 0, 4);
  if ((word.startsWith('MZ') || word.startsWith('ZM')) && bytes.length >= 28) {
    const [last, pages] = [u16le(bytes, 2), u16le(bytes, 4)];
    if (last <= 512 && pages <= 8192) return { kind: 'program', name: 'a DOS or Windows program', strong: false };
  }
  if (word.startsWith('\x1f\x9d') && ((bytes[2] ?? 0xff) & 0x60) === 0)
    return { kind: 'archive', name: 'a compress archive', strong: false };
  if (word.startsWith('BZh') && inRange(bytes[3], 0x31, 0x39))
    return { kind: 'archive', name: 'a bzip2 archive', strong: false };
  if (word.startsWith('\x5d\0\0') && bytes.length > 13 && lzmaSize(bytes))
    return { kind: 'archive', name: 'an LZMA archive', strong: false };
  return null;
}

function lzmaSize(bytes: Uint8Array): boolean {
  return u32le(bytes, 1) >= 4096 && (letters(bytes, 5, 13) === '\xff'.repeat(8) || u32le(bytes, 9) === 0);
}

function zip(bytes: Uint8Array): Magic {
  const names = letters(bytes, 30, Math.min(bytes.length, MAGIC_BYTES));
  const first = names.slice(0, u16le(bytes, 26));
  if (names.includes('vbaProject.bin')) return strong('script', 'an Office document with macros');
  if (first === 'mimetype') {
    return strong(
      'document',
      names.startsWith('application/epub', first.length) ? 'an e-book' : 'an OpenDocument document',
    );
  }
  if (first === '[Content_Types].xml' || /^(_rels|word|xl|ppt|docProps)\//.test(first))
    return strong('document', 'an Office document');
  if (first === 'AndroidManifest.xml' || names.includes('classes.dex')) return strong('program', 'an Android package');
  if (first.startsWith('META-INF/') && names.includes('.class')) return strong('program', 'a Java program');
  return strong('archive', 'a ZIP archive');
}

/** OLE2: Word, Excel, PowerPoint of old, and Windows Installer. */
function compound(bytes: Uint8Array): Magic | null {
  if (letters(bytes, 4, 8) !== '\xa1\xb1\x1a\xe1') return null;
  const text = letters(bytes, 0, Math.min(bytes.length, MAGIC_BYTES));
  if (/_\0V\0B\0A\0|V\0B\0A\0|M\0a\0c\0r\0o\0s\0|Attribut\0?e VB_/.test(text))
    return strong('script', 'an Office document with macros');
  if (text.includes('\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0F')) return strong('program', 'a Windows installer');
  return strong('document', 'an Office document');
}

/** What a stretch may turn out to be later on, by words that stand deep inside: macros in documents. */
export const MACRO_WORDS: readonly ByteString[] = ['vbaProject.bin', 'V\0B\0A\0', 'M\0a\0c\0r\0o\0s\0'];

function riff(bytes: Uint8Array): Magic | null {
  const form = letters(bytes, 8, 12);
  if (form === 'AVI ' || form === 'AVIX' || form === 'CDXA') return strong('video', 'an AVI film');
  if (form === 'WEBP') return strong('image', 'a WebP picture');
  if (form === 'ACON') return strong('image', 'an animated cursor');
  if (form === 'RMID') return strong('sound', 'MIDI');
  return form === 'WAVE' ? null : strong('document', 'a RIFF file without sound');
}

/** Those of sound are left to the walker of MP4, which may still find a film. */
function mp4Brand(brand: ByteString): Magic | null {
  if (/^(heic|heix|hevc|mif1|msf1|avif|avis|crx )$/.test(brand)) return strong('image', 'a HEIF picture');
  return /^(M4A |M4B |M4P )$/.test(brand) ? null : strong('video', 'an MP4 film');
}

function bitmap(bytes: Uint8Array): boolean {
  if (bytes.length < 30) return false;
  return u32le(bytes, 6) === 0 && u32le(bytes, 10) < 4096 && [12, 40, 52, 56, 64, 108, 124].includes(u32le(bytes, 14));
}

function icon(bytes: Uint8Array): boolean {
  if (bytes.length < 22) return false;
  const count = u16le(bytes, 4);
  return inRange(count, 1, 64) && bytes[9] === 0 && u32le(bytes, 18) === 6 + count * 16 && u32le(bytes, 14) > 0;
}

function transportStream(bytes: Uint8Array): boolean {
  if (bytes.length < 188 * 4 + 1) return false;
  return bytes[188] === 0x47 && bytes[376] === 0x47 && bytes[564] === 0x47 && bytes[752] === 0x47;
}

/** A tar header without magic: its checksum over 512 bytes is right. */
function oldTar(bytes: Uint8Array): boolean {
  if (bytes.length < 512 || bytes[0] === 0) return false;
  const written = letters(bytes, 148, 156);
  if (!/^ *[0-7]{4,7}[\0 ]/.test(written)) return false;
  let sum = 256;
  for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += bytes[i] as number;
  return Number.parseInt(written, 8) === sum;
}

function strong(kind: MagicKind, name: string): Magic {
  return { kind, name, strong: true };
}

function inRange(value: number | undefined, low: number, high: number): boolean {
  return value !== undefined && value >= low && value <= high;
}

function u16be(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
function u16le(bytes: Uint8Array, at: number): number {
  return ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0);
}
function u32be(bytes: Uint8Array, at: number): number {
  return u16be(bytes, at) * 65536 + u16be(bytes, at + 2);
}
function u32le(bytes: Uint8Array, at: number): number {
  return u16le(bytes, at + 2) * 65536 + u16le(bytes, at);
}
