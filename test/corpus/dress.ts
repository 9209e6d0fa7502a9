// Tags and what else real files wear, written by hand so that each form is exactly what it is meant to be.

export type Bytes = Uint8Array;
const latin = (words: string): Bytes => Uint8Array.from(words, (letter) => letter.charCodeAt(0) & 255);

export function join(...parts: (Bytes | string)[]): Bytes {
  return new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? latin(part) : part))));
}

export function be(value: number, bytes: number): Bytes {
  return Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) & 255);
}

export function le(value: number, bytes: number): Bytes {
  return be(value, bytes).toReversed();
}

function safe(value: number): Bytes {
  return Uint8Array.of((value >> 21) & 127, (value >> 14) & 127, (value >> 7) & 127, value & 127);
}

function unsync(bytes: Bytes): Bytes {
  const out: number[] = [];
  for (const [i, byte] of bytes.entries()) {
    out.push(byte);
    const next = bytes[i + 1];
    if (byte === 0xff && (next === undefined || next === 0 || next >= 0xe0)) out.push(0);
  }
  return Uint8Array.from(out);
}

/** One frame of an ID3v2 tag. */
export function frame(id: string, data: Bytes | string, major = 3, flags = 0): Bytes {
  const body = typeof data === 'string' ? latin(data) : data;
  if (major === 2) return join(id, be(body.length, 3), body);
  if (major === 3) return join(id, be(body.length, 4), be(flags, 2), body);
  if ((flags & 2) === 0) return join(id, safe(body.length), be(flags, 2), body);
  const plain = join(safe(body.length), unsync(body));
  return join(id, safe(plain.length), be(flags | 1, 2), plain);
}

export type TagOptions = {
  padding?: number | Bytes;
  unsync?: boolean;
  extended?: boolean;
  footer?: boolean;
  claim?: number;
};

/** An ID3v2 tag around frames. */
export function id3v2(major: number, frames: Bytes[], options: TagOptions = {}): Bytes {
  const padding =
    typeof options.padding === 'number' ? new Uint8Array(options.padding) : (options.padding ?? new Uint8Array(0));
  const extended =
    options.extended !== true
      ? new Uint8Array(0)
      : major === 4
        ? join(safe(6), be(0x0100, 2))
        : join(be(6, 4), be(0, 6));
  let body = join(extended, ...frames, padding);
  if (options.unsync === true && major < 4) body = unsync(body);
  const flags =
    (options.unsync === true ? 0x80 : 0) |
    (options.extended === true ? 0x40 : 0) |
    (options.footer === true ? 0x10 : 0);
  const size = options.claim ?? body.length;
  const head = (word: string): Bytes => join(word, Uint8Array.of(major, 0, flags), safe(size));
  return join(head('ID3'), body, options.footer === true ? head('3DI') : '');
}

/** Title, artist, album in the encoding given: 0 Latin-1, 1 UTF-16 with mark, 3 UTF-8. */
export function names(major: number, encoding = 0): Bytes[] {
  const ids = major === 2 ? ['TT2', 'TP1', 'TAL'] : ['TIT2', 'TPE1', 'TALB'];
  return ids.map((id, i) => frame(id, text(['Tüne', 'Bänd', 'Älbum'][i] as string, encoding), major));
}

export function text(words: string, encoding: number): Bytes {
  if (encoding === 0) return join(be(0, 1), words);
  if (encoding === 3) return join(be(3, 1), new TextEncoder().encode(words));
  return join(be(1, 1), be(0xfffe, 2), new Uint8Array(Buffer.from(words, 'utf16le')));
}

export function apic(picture: Bytes, mime = 'image/jpeg', major = 3, flags = 0): Bytes {
  if (major === 2) return frame('PIC', join(be(0, 1), 'JPG', be(3, 1), '\0', picture), 2);
  return frame('APIC', join(be(0, 1), mime, '\0', be(3, 1), 'cover\0', picture), major, flags);
}

export function geob(data: Bytes, name = 'object.bin', major = 3): Bytes {
  return frame('GEOB', join(be(0, 1), 'application/octet-stream\0', name, '\0', 'what\0', data), major);
}

export function priv(data: Bytes, owner = 'www.example.org'): Bytes {
  return frame('PRIV', join(owner, '\0', data));
}

export function id3v1(title = 'Tune'): Bytes {
  const tag = new Uint8Array(128);
  tag.set(latin('TAG'), 0);
  tag.set(latin(title), 3);
  tag.set(latin('Band'), 33);
  tag.set(latin('Album'), 63);
  tag[127] = 17;
  return tag;
}

export function tagPlus(): Bytes {
  const tag = new Uint8Array(227);
  tag.set(latin('TAG+A rather long title that does not fit'), 0);
  return tag;
}

export function lyrics3v1(): Bytes {
  return join('LYRICSBEGIN', '[00:01]la la la\r\n[00:02]lo lo lo\r\n', 'LYRICSEND');
}

export function lyrics3v2(): Bytes {
  const fields = 'IND0000211LYR00020[00:01]la la la\r\noooEAL00005Album';
  const body = `LYRICSBEGIN${fields}`;
  return join(body, String(body.length).padStart(6, '0'), 'LYRICS200');
}

export function apeItem(key: string, value: Bytes, binary = false): Bytes {
  return join(le(value.length, 4), le(binary ? 2 : 0, 4), key, '\0', value);
}

/** An APE tag; version 2 has a header too unless told otherwise. */
export function ape(version: 1 | 2, items: Bytes[], header = version === 2): Bytes {
  const body = join(...items);
  const mark = (isHeader: boolean): Bytes =>
    join(
      'APETAGEX',
      le(version * 1000, 4),
      le(body.length + 32, 4),
      le(items.length, 4),
      le(version === 1 ? 0 : (header ? 0x80000000 : 0) + (isHeader ? 0x20000000 : 0), 4),
      new Uint8Array(8),
    );
  return join(header ? mark(true) : '', body, mark(false));
}

/** A chunk of a RIFF. */
export function chunk(id: string, data: Bytes): Bytes {
  return join(id, le(data.length, 4), data, data.length % 2 === 1 ? '\0' : '');
}

/** A WAV of chunks. */
export function riff(...chunks: Bytes[]): Bytes {
  const body = join('WAVE', ...chunks);
  return join('RIFF', le(body.length, 4), body);
}

/** `fmt ` for PCM, or for MP3 in WAV (0x55). */
export function fmt(tag = 1, hz = 44100, channels = 2): Bytes {
  const block = tag === 1 ? channels * 2 : 1;
  const rate = tag === 1 ? hz * block : 16000;
  const plain = join(le(tag, 2), le(channels, 2), le(hz, 4), le(rate, 4), le(block, 2), le(tag === 1 ? 16 : 0, 2));
  return chunk(
    'fmt ',
    tag === 1 ? plain : join(plain, le(12, 2), le(1, 2), le(2, 4), le(417, 2), le(1, 2), le(1393, 2)),
  );
}

function pad(word: string, length: number): Bytes {
  const field = new Uint8Array(length);
  field.set(latin(word).subarray(0, length));
  return field;
}

/** Wrapster 1.0, 2.0, 3.0 around files. */
export function wrapster(
  version: '1.0' | '2.0' | '3.0',
  files: { name: string; bytes: Bytes }[],
  count = files.length,
): Bytes {
  const three = version === '3.0';
  const head = join(new Uint8Array(6), pad(three ? 'wwapster' : 'wrapster', 10), pad(version, 8), le(count, 4));
  const entry = ({ name, bytes }: { name: string; bytes: Bytes }): Bytes =>
    join(pad(name, 256), new Uint8Array(32), le(0, 4), le(bytes.length, 4));
  if (!three) {
    const body = files.flatMap((file) => [entry(file), file.bytes]);
    return join(be(0xfffb180c, 4), head, ...body, new Uint8Array(2000), id3v1('wrapped'));
  }
  const stream = join(head, ...files.map(entry), ...files.map(({ bytes }) => bytes));
  const frames: Bytes[] = [];
  for (let at = 0; at < stream.length; at += 413)
    frames.push(join(be(0xfffb9004, 4), pad('', 0), stream.subarray(at, at + 413)));
  const last = frames.at(-1) as Bytes;
  frames[frames.length - 1] = join(last, new Uint8Array(417 - last.length));
  return join(...frames);
}
