// Sound for the page's player: a range of a file that is here, or of one that is still arriving, as far as it has passed.
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** A file to play. `playable()` grows; null: it will not grow any more, end here. */
export type Sound = { file: FileHandle; name: string; sizeBytes: number; playable(): number | null };

const CHUNK_BYTES = 65_536;
const LOOK_AGAIN_MS = 200;
const TYPES: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  mp2: 'audio/mpeg',
  mp1: 'audio/mpeg',
  mpga: 'audio/mpeg',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  wav: 'audio/wav',
};

/** `bytes=a-b`, `a-` or `-n` of a file of that size; the whole without a header. Null: not satisfiable. */
export function readRange(
  header: string | undefined,
  sizeBytes: number,
): { from: number; to: number; partial: boolean } | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === ''))
    return sizeBytes === 0 ? null : { from: 0, to: sizeBytes, partial: false };
  const first = match[1] ?? '';
  const last = match[2] ?? '';
  const from = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const to = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return from < to ? { from, to, partial: true } : null;
}

/** Answers with the asked range. Takes the file over and closes it. */
export async function sendSound(reply: FastifyReply, range: string | undefined, sound: Sound): Promise<FastifyReply> {
  const asked = readRange(range, sound.sizeBytes);
  if (asked === null) {
    await sound.file.close();
    return reply.code(416).header('content-range', `bytes */${sound.sizeBytes}`).send();
  }
  const { from, to, partial } = asked;
  const type = TYPES[sound.name.slice(sound.name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
  void reply.code(partial ? 206 : 200).headers({
    'content-type': type,
    'accept-ranges': 'bytes',
    'content-length': to - from,
    'cache-control': 'no-store',
    'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(sound.name)}`,
  });
  if (partial) void reply.header('content-range', `bytes ${from}-${to - 1}/${sound.sizeBytes}`);
  return reply.send(Readable.from(bytesOf(sound, from, to), { objectMode: false, highWaterMark: CHUNK_BYTES }));
}

async function* bytesOf(sound: Sound, from: number, to: number): AsyncGenerator<Buffer> {
  try {
    for (let at = from; at < to; ) {
      const playable = sound.playable();
      if (playable === null) throw new Error('it will not arrive');
      if (playable <= at) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
        continue;
      }
      const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at, playable - at));
      const { bytesRead } = await sound.file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new Error('the file became shorter');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await sound.file.close();
  }
}
