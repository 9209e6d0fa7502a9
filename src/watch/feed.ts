// Bytes of a capture, from a file, from a gzipped one, or as they arrive, through a reader into a watcher.
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, type Gunzip } from 'node:zlib';
import { Failure, WireError } from '#base';
import { CaptureReader } from '#wire/pcap';
import type { Watcher } from './watcher.ts';

/** Chunks after which other things (Ctrl-C) get their turn. */
const CHUNKS_AT_ONCE = 256;

/**
 * Reads one capture file. Returns what is missing in it, in words, or null.
 * @throws Failure when it cannot be read at all
 */
export async function watchFile(path: string, watcher: Watcher, signal: AbortSignal): Promise<string | null> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new Failure(`${path}: ${plain(error)}`);
  }
  try {
    const magic = new Uint8Array(2);
    if (readSync(file, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b)
      return await watchGzip(path, watcher, signal);
    return await watchDescriptor(path, file, watcher, signal);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`${path}: ${plain(error)}`);
  } finally {
    closeSync(file);
  }
}

async function watchDescriptor(
  path: string,
  file: number,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<string | null> {
  const feed = new Feed(watcher);
  const { reader } = feed;
  for (let chunks = 1; !signal.aborted; chunks++) {
    const room = reader.room();
    const count = readSync(file, room, 0, room.length, null);
    if (count === 0) break;
    reader.filled(count);
    feed.drain(path);
    if (chunks % CHUNKS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return feed.end(path);
}

async function watchGzip(path: string, watcher: Watcher, signal: AbortSignal): Promise<string | null> {
  const source = createReadStream(path, { signal });
  return await watchStream(path, source.pipe(unzip(source)), watcher);
}

/** Reads a capture that comes as a stream, gzipped or not. Returns and throws as {@link watchFile}. */
export async function watchInput(name: string, input: Readable, watcher: Watcher): Promise<string | null> {
  const chunks = (input as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return await watchStream(name, Readable.from([]), watcher);
  const { value } = first;
  const whole = Readable.from(rejoin(value, chunks));
  const isZipped = value[0] === 0x1f && value[1] === 0x8b;
  return await watchStream(name, isZipped ? whole.pipe(unzip(whole)) : whole, watcher);
}

async function* rejoin(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function unzip(source: Readable): Gunzip {
  const gunzip = createGunzip({ chunkSize: 262_144 });
  source.on('error', (error) => gunzip.destroy(error));
  return gunzip;
}

async function watchStream(name: string, stream: Readable, watcher: Watcher): Promise<string | null> {
  const feed = new Feed(watcher);
  try {
    for await (const chunk of stream) feed.push(chunk as Uint8Array, name);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const cut = `the input is damaged or cut (${plain(error)})`;
    if (feed.reader.packets === 0) throw new Failure(`${name}: ${cut}`);
    return `${name}: ${cut}; some of what follows is missing`;
  }
  return feed.end(name);
}

/** A reader that hands on what it finds. */
export class Feed {
  readonly reader = new CaptureReader();
  readonly #watcher: Watcher;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  push(chunk: Uint8Array, name: string): void {
    for (let from = 0; from < chunk.length; ) {
      const room = this.reader.room();
      const part = chunk.subarray(from, from + room.length);
      room.set(part);
      this.reader.filled(part.length);
      from += part.length;
      this.drain(name);
    }
  }

  drain(name: string): void {
    const { reader } = this;
    const watcher = this.#watcher;
    try {
      while (reader.next()) watcher.packet(reader);
    } catch (error) {
      if (error instanceof WireError) throw new Failure(`${name}: ${error.message}`, { cause: error });
      throw error;
    }
  }

  /** What is missing, in words, or null. */
  end(name: string): string | null {
    const missing = this.reader.end();
    if (missing === null) return null;
    if (missing.startsWith('the input')) throw new Failure(`${name}: ${missing}`);
    return `${name}: ${missing}; some of what follows is missing`;
  }
}

function plain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code ?? '') {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
      return 'may not be read by this user';
    case 'EISDIR':
      return 'is a folder';
    default:
      return error.message.split('\n')[0] ?? '';
  }
}
