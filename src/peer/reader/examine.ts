// Looks into one file of ours before it is shared: what it is, how it sounds on paper, and the hash other clients know
// it by. `quick` reads head and tail; `whole` reads all of it through the guard's judge.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ByteString, readable } from '#base';
import {
  createJudge,
  type Finding,
  type Format,
  type Judgement,
  QUICK_HEAD_BYTES,
  QUICK_TAIL_BYTES,
  type QuickFacts,
  readFacts,
  type Segment,
  type Tags,
  type Verdict,
} from '#guard';
import { openShared, Refused, type Seen } from './open.ts';

/** The verdict on a whole file, small enough to keep: at most 100 findings, 400 segments. */
export type Inspected = {
  verdict: Verdict;
  kind: string;
  findings: Finding[];
  segments: Segment[];
  /** One line for people; null: no sound. */
  format: string | null;
};

/** What is known of a file after looking into it. */
export type Facts = {
  kbps: number;
  vbr: boolean;
  hz: number;
  seconds: number;
  title: string | null;
  artist: string | null;
  album: string | null;
  /** Napster's: MD5 of the first 299,008 bytes of sound, 32 hex digits. */
  md5: string;
  /** Null after a quick look. */
  inspected: Inspected | null;
};

export type Examined = { facts: Facts } | { refused: string; inspected: Inspected | null };

/** napster.txt: the hash covers 292 KiB from the first frame on. */
const HASHED_BYTES = 299_008;
const CHUNK_BYTES = 262_144;

/** Looks into `below` of `root`. Refusals are answers; it never throws for what a file is. */
export async function examine(
  root: ByteString,
  below: ByteString,
  seen: Seen,
  how: 'quick' | 'whole',
): Promise<Examined> {
  let file: FileHandle | null = null;
  try {
    file = await openShared(root, below, seen);
    return await lookInto(file, readable(basename(below)), seen.sizeBytes, how);
  } catch (error) {
    return {
      refused:
        error instanceof Refused
          ? error.message
          : `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      inspected: null,
    };
  } finally {
    await file?.close();
  }
}

async function lookInto(file: FileHandle, name: string, sizeBytes: number, how: 'quick' | 'whole'): Promise<Examined> {
  const quick = await quickFacts(file, name, sizeBytes);
  // No sound in head and tail: only the whole file can say what it is.
  if (how === 'quick' && quick !== null) {
    const { format, tags, soundFrom } = quick;
    return { facts: { ...paper(format, tags), md5: await napsterHash(file, soundFrom, sizeBytes), inspected: null } };
  }
  const judgement = await judgeFile(file, name, sizeBytes);
  const inspected = summarise(judgement);
  if (judgement.verdict !== 'good' || judgement.format === null) return { refused: refusal(judgement), inspected };
  const soundFrom = quick?.soundFrom ?? judgement.segments.find(({ is }) => is === 'frames')?.from ?? 0;
  const md5 = await napsterHash(file, soundFrom, sizeBytes);
  return { facts: { ...paper(judgement.format, judgement.tags), md5, inspected } };
}

async function quickFacts(file: FileHandle, name: string, sizeBytes: number): Promise<QuickFacts | null> {
  const head = await readAt(file, 0, Math.min(QUICK_HEAD_BYTES, sizeBytes));
  const tailBytes = Math.min(QUICK_TAIL_BYTES, Math.max(0, sizeBytes - head.length));
  const tail = await readAt(file, sizeBytes - tailBytes, tailBytes);
  const facts = readFacts({ sizeBytes, head, tail });
  if (facts === null || !('wants' in facts)) return facts;
  const bytes = await readAt(file, facts.wants, Math.min(QUICK_HEAD_BYTES, Math.max(0, sizeBytes - facts.wants)));
  const again = readFacts({ sizeBytes, head, tail, more: { from: facts.wants, bytes } });
  return again === null || 'wants' in again ? null : again;
}

async function judgeFile(file: FileHandle, name: string, sizeBytes: number): Promise<Judgement> {
  const judge = createJudge({ name, sizeBytes });
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; at < sizeBytes; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, sizeBytes - at), at);
    if (bytesRead === 0) break;
    judge.write(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return judge.end();
}

async function napsterHash(file: FileHandle, from: number, sizeBytes: number): Promise<string> {
  const bytes = await readAt(file, from, Math.min(HASHED_BYTES, Math.max(0, sizeBytes - from)));
  return createHash('md5').update(bytes).digest('hex');
}

async function readAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function paper(format: Format, tags: Tags): Omit<Facts, 'md5' | 'inspected'> {
  const { kbps, vbr, hz, seconds } = format;
  const { title, artist, album } = tags;
  return { kbps: Math.round(kbps), vbr, hz, seconds: Math.round(seconds), title, artist, album };
}

function refusal({ verdict, kind, findings }: Judgement): string {
  const worst = findings.find(({ level }) => level === 'alarm') ?? findings.find(({ level }) => level === 'damage');
  if (kind === 'empty') return 'empty: 0 bytes';
  return `${verdict}: ${worst?.what ?? kind}`;
}

/** A judgement as it is kept and shown. */
export function summarise(judgement: Judgement): Inspected {
  const { verdict, kind, findings, segments, format } = judgement;
  return {
    verdict,
    kind,
    findings: findings.slice(0, 100),
    segments: coarser(segments, 400),
    format: format === null ? null : formatLine(format),
  };
}

function formatLine({ codec, kbps, vbr, hz, channels }: Format): string {
  const sound = channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`;
  return `${codec.toUpperCase()} · ${Math.round(kbps)} kbps${vbr ? ' VBR' : ''} · ${hz / 1000} kHz · ${sound}`;
}

/** Joins neighbours until at most `most` are left; of two that are joined the worse kind stays. */
function coarser(segments: readonly Segment[], most: number): Segment[] {
  if (segments.length <= most) return [...segments];
  const total = segments.at(-1)?.to ?? 0;
  const step = total / most;
  const joined: Segment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (
      last !== undefined &&
      (Math.floor(last.from / step) === Math.floor(segment.from / step) || last.is === segment.is)
    )
      joined[joined.length - 1] = {
        from: last.from,
        to: segment.to,
        is: WORSE.indexOf(segment.is) > WORSE.indexOf(last.is) ? segment.is : last.is,
      };
    else joined.push({ ...segment });
  }
  return joined;
}

const WORSE: readonly Segment['is'][] = ['padding', 'tag', 'header', 'frames', 'data', 'junk', 'foreign'];
