// zlib streams for sessions: synchronous, in any cutting, with a bound on what may come out.
//
// Node's zlib answers asynchronously or wants the whole stream; fflate's is synchronous and streams. It decompresses all
// it is given before it says how much that was, so input goes in by small slices: deflate grows at most 1,032-fold, and a
// slice of 256 bytes therefore makes at most 264 kB before the bound is looked at.
import { Unzlib, Zlib } from 'fflate';
import { WireError } from '#base';

const SLICE_BYTES = 256;

/** Compressed bytes in, plain bytes out. */
export type Inflater = {
  /** @throws WireError `inflate-bomb` when more than the bound comes out of one call, `inflate` when the bytes are no stream */
  push(chunk: Uint8Array): Uint8Array[];
};

export type Deflater = {
  /** The chunk compressed and flushed, so that the other side can read all of it at once (Z_SYNC_FLUSH). */
  push(chunk: Uint8Array): Uint8Array;
};

/** @param maxOutPerPush bytes that one call may produce; the owner has its own limits on messages behind it */
export function createInflater(maxOutPerPush: number): Inflater {
  let out: Uint8Array[] = [];
  let size = 0;
  const stream = new Unzlib((chunk) => {
    size += chunk.length;
    if (chunk.length > 0) out.push(chunk);
  });
  return {
    push(chunk) {
      out = [];
      size = 0;
      for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
        feed(stream, chunk.subarray(from, from + SLICE_BYTES));
        if (size > maxOutPerPush)
          throw new WireError('inflate-bomb', `more than ${maxOutPerPush} bytes came out of ${chunk.length}`);
      }
      return out;
    },
  };
}

/** @param level 1 to 9 as zlib's */
export function createDeflater(level: number): Deflater {
  let out: Uint8Array[] = [];
  const stream = new Zlib({ level: Math.min(9, Math.max(1, Math.trunc(level))) as 1 }, (chunk) => {
    if (chunk.length > 0) out.push(chunk);
  });
  return {
    push(chunk) {
      out = [];
      stream.push(chunk);
      stream.flush(true);
      return Buffer.concat(out);
    },
  };
}

function feed(stream: Unzlib, slice: Uint8Array): void {
  try {
    stream.push(slice.slice());
  } catch (error) {
    throw new WireError('inflate', (error as Error).message);
  }
}
