// Vorbis comments, as Vorbis, Opus and FLAC carry them: vendor, then `NAME=value` in UTF-8, lengths little-endian.
import { type ByteString, readable } from '#base';
import { letters } from './letters.ts';

export type Comments = { title: string; artist: string; album: string; pictures: number; vendor: string };

/** Reads what there is of a comment block; a list cut short gives what came before. Values longer than 4,096 bytes are cut. */
export function readComments(bytes: Uint8Array, from: number): Comments {
  const comments: Comments = { title: '', artist: '', album: '', pictures: 0, vendor: '' };
  const vendorBytes = u32le(bytes, from);
  if (from + 4 + vendorBytes > bytes.length) return comments;
  comments.vendor = readable(letters(bytes, from + 4, from + 4 + Math.min(vendorBytes, 200)));
  let at = from + 4 + vendorBytes;
  const count = u32le(bytes, at);
  at += 4;
  for (let i = 0; i < count && at + 4 <= bytes.length; i++) {
    const size = u32le(bytes, at);
    take(letters(bytes, at + 4, Math.min(bytes.length, at + 4 + Math.min(size, 4096))), comments);
    at += 4 + size;
  }
  return comments;
}

function take(text: ByteString, comments: Comments): void {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals).toLowerCase();
  const value = text.slice(equals + 1);
  if (name === 'metadata_block_picture' || name === 'coverart') comments.pictures++;
  else if ((name === 'title' || name === 'artist' || name === 'album') && comments[name] === '')
    comments[name] = readable(value);
}

function u32le(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return 0;
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}
