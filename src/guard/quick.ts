import type { QuickFacts } from './verdict.ts';

/** How much of the start and the end of a file {@link readFacts} wants to see; less is taken as it is. */
export const QUICK_HEAD_BYTES = 262_144;
export const QUICK_TAIL_BYTES = 65_536;

export type QuickSource = {
  readonly name: string;
  readonly sizeBytes: number;
  /** The first bytes of the file (all of them when the file is small). */
  readonly head: Uint8Array;
  /** The last bytes of the file; may overlap the head, may be empty. */
  readonly tail: Uint8Array;
  /**
   * The first bytes again from `soundFrom` on, when the head was all tag: see {@link readFacts}.
   */
  readonly more?: { readonly from: number; readonly bytes: Uint8Array };
};

/**
 * Rates, duration and tags of a song from its head and tail. Null: no sound was found there (then the whole file must be
 * judged). `{ wants: from }`: the head is all tag; read QUICK_HEAD_BYTES from there and call again with `more`.
 */
export function readFacts(_source: QuickSource): QuickFacts | { wants: number } | null {
  return null;
}
