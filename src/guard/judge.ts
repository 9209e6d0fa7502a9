// The judge of one file: feeds the walk, and when the bytes end says what they were.
import { judgeClaims } from './claims.ts';
import type { Context } from './context.ts';
import { walkFile } from './file-walk.ts';
import { MpegFrames } from './mpeg-frames.ts';
import { endingOf, promisesOther } from './names.ts';
import { FileRecord } from './record.ts';
import type { Finding, Format, Judge, Judgement, Kind, Tags, Verdict } from './verdict.ts';
import { FileWindow, SLICE_BYTES, type Walk } from './window.ts';

/** Unknown bytes that a song may have in all and stay good. */
const JUNK_BYTES = 4096;
/** So many honest frames in front of something foreign do not make it a song. */
const ALIBI_FRAMES = 3;

export type JudgeOptions = {
  /** The file's name (base name or path): counts only where its ending promises another format than the content. */
  readonly name: string;
  /** The size it is said to have, when known: fewer bytes at the end are `truncated`. */
  readonly sizeBytes?: number;
};

/** A judge for one file; see {@link Judge}. */
export function createJudge(options: JudgeOptions): Judge {
  return new FileJudge(options);
}

/** A context for the walk of one file. */
export function newContext(): Context {
  const record = new FileRecord();
  return {
    walkAll: walkFile,
    record,
    mpeg: new MpegFrames(record),
    depth: 0,
    inRiff: false,
    declaredSamples: 0,
    tagEnd: 0,
    hasCutSound: false,
    lengthClaims: [],
  };
}

class FileJudge implements Judge {
  readonly #options: JudgeOptions;
  readonly #window = new FileWindow();
  readonly #context = newContext();
  readonly #walk: Walk;
  #bytes = 0;
  #judgement: Judgement | null = null;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#walk = walkFile(this.#window, this.#context);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get soundBytes(): number {
    const { record } = this.#context;
    return Math.min(record.marked, record.alarm?.at ?? Number.POSITIVE_INFINITY);
  }

  get alarm(): Finding | null {
    return this.#context.record.alarm;
  }

  write(chunk: Uint8Array): void {
    if (this.#judgement !== null) return;
    for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
      const slice = chunk.subarray(from, from + SLICE_BYTES);
      this.#window.push(slice);
      this.#bytes += slice.length;
      this.#walk.next();
    }
  }

  end(): Judgement {
    if (this.#judgement !== null) return this.#judgement;
    this.#window.ended = true;
    while (this.#walk.next().done !== true);
    this.#judgement = conclude(this.#context, this.#options, this.#bytes);
    return this.#judgement;
  }
}

function conclude(context: Context, options: JudgeOptions, sizeBytes: number): Judgement {
  const { record, mpeg } = context;
  judgeClaims(context, endOfFrames(context));
  judgeFrames(context);
  noteJunk(context);
  if (options.sizeBytes !== undefined && sizeBytes < options.sizeBytes) {
    record.note('truncated', 'damage', sizeBytes, 0, `${sizeBytes} of ${options.sizeBytes} bytes are there`);
  }
  const format = formatOf(context);
  if (format !== null) judgeName(context, options.name, format);
  const { verdict, kind } = decide(context, format, sizeBytes);
  record.mark(sizeBytes, 'junk');
  return {
    sizeBytes,
    verdict,
    kind,
    findings: record.findings.toSorted((a, b) => a.at - b.at),
    format:
      verdict === 'fake' || format === null ? null : { ...format, seconds: Math.round(format.seconds * 1e6) / 1e6 },
    tags: tagsOf(record),
    segments: record.segments,
    wrapster: record.wrapster,
    ...(mpeg.claims[0]?.encoder ? { encoder: mpeg.claims[0].encoder } : {}),
  };
}

/** Seconds to the microsecond. */
export function rounded(format: Format): Format {
  return { ...format, seconds: Math.round(format.seconds * 1e6) / 1e6 };
}

function endOfFrames({ record }: Context): number {
  return record.segments.findLast(({ is }) => is === 'frames')?.to ?? 0;
}

/** What only the whole of the frames shows. */
function judgeFrames({ record, mpeg }: Context): void {
  if (mpeg.frames === 0) return;
  const at = mpeg.first?.at ?? 0;
  if (mpeg.isOneFrameRepeated) {
    record.note('not-audio', 'alarm', at, mpeg.bytes, `one frame, ${mpeg.frames} times`);
    return;
  }
  for (const hole of mpeg.holes.slice(0, 20)) {
    record.note('resync', 'damage', hole, 0, 'the stream goes on at another place than it was left: bytes are lost');
  }
  if (mpeg.impossible === 0 || mpeg.wrappedAt >= 0) return;
  if (mpeg.isMostlyImpossible) {
    const what = `${mpeg.impossible} of ${mpeg.frames} frames hold what is no sound`;
    record.note('wrapped', 'alarm', mpeg.firstImpossibleAt, mpeg.bytes, what);
    return;
  }
  const lost = mpeg.overlaps === mpeg.impossible;
  const what = lost ? 'frames are missing here' : `${mpeg.impossible} frames cannot be decoded`;
  record.note(lost ? 'resync' : 'junk', 'damage', mpeg.firstImpossibleAt, 0, what);
}

function noteJunk({ record }: Context): void {
  const level = record.junkBytes > JUNK_BYTES ? 'damage' : 'note';
  for (const { at, lengthBytes } of record.junkPlaces) {
    record.note('junk', level, at, lengthBytes, `${lengthBytes} bytes that are no sound and nothing known`);
  }
}

/** The format of the first sound; what follows in the same format adds to it. */
function formatOf({ record, mpeg, inRiff }: Context): Format | null {
  const frames = mpeg.format(inRiff ? 'riff' : 'mpeg');
  const first = record.sounds[0];
  if (frames !== null && (first === undefined || (mpeg.first?.at ?? 0) <= first.at)) return frames;
  if (first === undefined) return null;
  const same = record.sounds.filter(({ format }) => format.codec === first.format.codec);
  const seconds = same.reduce((sum, { format }) => sum + format.seconds, 0);
  const bits = same.reduce((sum, { format }) => sum + format.kbps * format.seconds, 0);
  const count = same.reduce((sum, { format }) => sum + (format.frames ?? 0), 0);
  return {
    ...first.format,
    seconds,
    kbps: seconds > 0 ? Math.round(bits / seconds) : first.format.kbps,
    frames: first.format.frames === null ? null : count,
  };
}

function judgeName({ record }: Context, name: string, format: Format): void {
  if (promisesOther(name, format)) {
    record.note(
      'mislabelled',
      'alarm',
      0,
      0,
      `named .${endingOf(name)}, and it is ${format.codec} in ${format.container}`,
    );
  } else if (format.layer === 2 && endingOf(name) === 'mp3') {
    record.note('layer-2', 'note', 0, 0, 'MPEG layer II, named as layer III');
  }
}

function decide(context: Context, format: Format | null, sizeBytes: number): { verdict: Verdict; kind: Kind } {
  const { record, mpeg } = context;
  const has = (code: Finding['code']): boolean =>
    record.findings.some((finding) => finding.code === code && finding.level === 'alarm');
  if (sizeBytes === 0) {
    record.note('empty', 'alarm', 0, 0, 'no bytes at all');
    return { verdict: 'fake', kind: 'empty' };
  }
  if (has('not-audio')) return { verdict: 'fake', kind: 'not-audio' };
  if (has('wrapped')) return { verdict: 'fake', kind: 'wrapped' };
  const isSong = mpeg.frames > ALIBI_FRAMES || record.sounds.length > 0;
  if (has('wrapster')) return isSong ? { verdict: 'suspect', kind: 'polyglot' } : { verdict: 'fake', kind: 'wrapster' };
  const foreign = record.foreign[0];
  if (foreign !== undefined) {
    return isSong ? { verdict: 'suspect', kind: 'polyglot' } : { verdict: 'fake', kind: foreign.kind };
  }
  if (format !== null && otherSound(context, format)) {
    const other = record.sounds.find(({ format: { container } }) => container !== format.container);
    record.note('mislabelled', 'alarm', other?.at ?? 0, 0, 'sound of two formats in one file');
    return { verdict: 'suspect', kind: 'polyglot' };
  }
  if (has('lies')) return { verdict: 'suspect', kind: 'lies' };
  if (has('mislabelled')) return { verdict: 'suspect', kind: 'mislabelled' };
  const damage = record.findings.filter(({ level }) => level === 'damage');
  if (format === null && !context.hasCutSound && !damage.some(({ code }) => code === 'truncated')) {
    record.note('not-audio', 'alarm', 0, sizeBytes, 'there is no sound in it');
    return { verdict: 'fake', kind: 'not-audio' };
  }
  if (damage.length === 0) return { verdict: 'good', kind: 'audio' };
  return { verdict: 'damaged', kind: damage.some(({ code }) => code === 'lies') ? 'lies' : 'audio' };
}

/** Whether sound of another container stands beside the first. */
function otherSound({ record, mpeg, inRiff }: Context, format: Format): boolean {
  if (record.sounds.some(({ format: { container } }) => container !== format.container)) return true;
  return mpeg.frames > ALIBI_FRAMES && !inRiff && format.container !== 'mpeg';
}

function tagsOf(record: FileRecord): Tags {
  const { title, artist, album, pictures } = record;
  return { has: record.tagKinds, title, artist, album, pictures };
}
