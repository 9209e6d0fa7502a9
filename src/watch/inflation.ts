// Streams that are deflated on the wire, inflated as they pass, within bounds: a listener must not be blown up by what
// others send each other.
import { createRequire } from 'node:module';
import type { Limits } from '#base';
import type { createInflater, Inflater } from '#net';

export const INFLATION_LIMITS = {
  watchInflated: {
    value: 1_048_576,
    unit: 'bytes out of one segment',
    source: 'a segment of 64 kB can hold 64 MB of zeros',
  },
  watchInflations: {
    value: 2048,
    unit: 'directions',
    source: 'each holds a window of 32 kB and more; links beyond are told from their heads only',
  },
} as const satisfies Limits;

export type Inflation = {
  /** Inflates a chunk and hands on what comes out; false: the stream is broken or a bomb, and over. */
  push(chunk: Uint8Array, out: (plain: Uint8Array) => void): boolean;
  end(): void;
};

/**
 * #net brings TLS and tables for deflate: a tenth of the CPU time of a short run, and most captures hold no deflated
 * link. It is loaded when the first one is met.
 */
const load = createRequire(import.meta.url);
let makeInflater: typeof createInflater | null = null;

let open = 0;

/** One direction of a link; null when too many are open. */
export function startInflation(): Inflation | null {
  if (open >= INFLATION_LIMITS.watchInflations.value) return null;
  open++;
  makeInflater ??= (load('#net') as { createInflater: typeof createInflater }).createInflater;
  const inflater: Inflater = makeInflater(INFLATION_LIMITS.watchInflated.value);
  let isOpen = true;
  const end = (): void => {
    if (isOpen) open--;
    isOpen = false;
  };
  return {
    end,
    push(chunk, out) {
      if (!isOpen) return false;
      try {
        for (const plain of inflater.push(chunk)) out(plain);
        return true;
      } catch {
        end();
        return false;
      }
    },
  };
}
