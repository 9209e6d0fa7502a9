// What all walkers of one file share.
import type { MpegFrames } from './mpeg-frames.ts';
import type { FileRecord } from './record.ts';
import type { Walk, Window } from './window.ts';

export type Context = {
  /** Walks everything that a part holds, as a file of its own. */
  readonly walkAll: (w: Window, context: Context) => Walk;
  readonly record: FileRecord;
  readonly mpeg: MpegFrames;
  /** How deep tags hold tags here; see TAG_DEPTH. */
  depth: number;
  /** Where the newest ID3v2 tag claims to end. */
  tagEnd: number;
  /** Samples that a FLAC's header counts; 0: it does not say. */
  declaredSamples: number;
  /** MPEG frames stand in a RIFF. */
  inRiff: boolean;
  /** A container that holds sound which cannot be reached, because its table is cut off. */
  hasCutSound: boolean;
  /** Milliseconds that the newest ID3v2 tag claims (TLEN), and the seconds of sound that had been counted then. */
  lengthClaims: { ms: number; at: number; secondsBefore: number }[];
};
