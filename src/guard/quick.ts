// What a library scan wants to know of a song without reading all of it. The walk is the judge's own, over the head; what
// only the end would tell is taken from the file's headers or reckoned, and then said to be no more than that.
import { concat } from '#base';
import { letters, readOggPage } from '#wire/magic';
import type { Context } from './context.ts';
import { newContext, rounded } from './judge.ts';
import type { Format, QuickFacts } from './verdict.ts';
import { FileWindow, SLICE_BYTES } from './window.ts';

/** How much of the start and the end of a file {@link readFacts} wants to see; less is taken as it is. */
export const QUICK_HEAD_BYTES = 262_144;
export const QUICK_TAIL_BYTES = 65_536;

export type QuickSource = {
  /** For symmetry with the judge; content decides. */
  readonly name?: string;
  readonly sizeBytes: number;
  /** The first bytes of the file (all of them when the file is small). */
  readonly head: Uint8Array;
  /** The last bytes of the file; may overlap the head, may be empty. */
  readonly tail: Uint8Array;
  /** What was asked for by `wants`: bytes from there on. */
  readonly more?: { readonly from: number; readonly bytes: Uint8Array };
};

/**
 * Rates, duration and tags of a song from its head and tail. Null: no sound was found there, so only a judge of the whole
 * file can say. `{ wants }`: the head is all tag; read QUICK_HEAD_BYTES from that byte on and call again with `more`.
 */
export function readFacts(source: QuickSource): QuickFacts | { wants: number } | null {
  const found = look(source);
  return found === null || 'wants' in found ? found : { ...found, format: rounded(found.format) };
}

function look(source: QuickSource): QuickFacts | { wants: number } | null {
  const context = newContext();
  const { head, more, sizeBytes } = source;
  const complete = head.length >= sizeBytes;
  walk(context, head, 0, more === undefined);
  if (!complete && context.mpeg.frames === 0 && context.record.sounds.length === 0) {
    if (more !== undefined) walk(context, more.bytes, more.from, true);
    else if (context.tagEnd > head.length && context.tagEnd < sizeBytes) return { wants: context.tagEnd };
  }
  const soundTo = complete ? head.length : sizeBytes;
  const { record, mpeg } = context;
  const tags = {
    has: record.tagKinds,
    title: record.title,
    artist: record.artist,
    album: record.album,
    pictures: record.pictures,
  };
  const frames = mpeg.format(context.inRiff ? 'riff' : 'mpeg');
  if (frames !== null) {
    const soundFrom = mpeg.first?.at ?? 0;
    if (complete) return { format: frames, tags, exact: true, soundFrom };
    return { ...reckonMpeg(frames, context, soundFrom, soundTo), tags, soundFrom };
  }
  const sound = record.sounds[0];
  if (sound === undefined) return complete ? null : tableAtTheEnd(source);
  if (complete) return { format: sound.format, tags, exact: true, soundFrom: sound.at };
  const whole = reckonOther(sound.format, context, source);
  return whole === null ? null : { ...whole, tags, soundFrom: sound.at };
}

/** MP4 whose table (`moov`) stands behind the sound: walked as if the sound were one byte long. */
function tableAtTheEnd({ head, tail }: QuickSource): QuickFacts | null {
  if (letters(head, 4, 8) !== 'ftyp') return null;
  const at = letters(tail).indexOf('moov') - 4;
  if (at < 0) return null;
  const brand = head.subarray(0, Math.min(256, ((head[2] as number) << 8) | (head[3] as number)));
  const context = newContext();
  walk(context, concat([brand, Uint8Array.of(0, 0, 0, 9, 0x6d, 0x64, 0x61, 0x74, 0), tail.subarray(at)]), 0, true);
  const { record } = context;
  const sound = record.sounds[0];
  if (sound === undefined) return null;
  const tags = {
    has: record.tagKinds,
    title: record.title,
    artist: record.artist,
    album: record.album,
    pictures: record.pictures,
  };
  return { format: sound.format, tags, exact: true, soundFrom: brand.length };
}

/** Walks a stretch of the file; `ends`: as if the file ended behind it. */
function walk(context: Context, bytes: Uint8Array, from: number, ends: boolean): void {
  const w = new FileWindow(from);
  const steps = context.walkAll(w, context);
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    w.push(bytes.subarray(at, at + SLICE_BYTES));
    steps.next();
  }
  if (!ends) return;
  w.ended = true;
  while (steps.next().done !== true);
}

/** From the info frame where there is one, else from the mean of the frames that were seen. */
function reckonMpeg(seen: Format, { mpeg }: Context, from: number, to: number): { format: Format; exact: boolean } {
  const each = seen.seconds / (seen.frames ?? 1);
  const claim = mpeg.claims[0];
  if (claim !== undefined && claim.frames !== null && claim.frames > 0) {
    const seconds = claim.frames * each;
    const bytes = claim.bytes ?? to - from;
    const kbps = seen.vbr ? Math.round((bytes * 8) / seconds / 1000) : seen.kbps;
    // A claim that the file's own size contradicts is not believed.
    if (Math.abs(bytes - (to - claim.at)) <= Math.max(65_536, bytes / 8)) {
      return { format: { ...seen, frames: claim.frames, seconds, kbps }, exact: true };
    }
  }
  const frames = Math.round((to - from) / (mpeg.bytes / (seen.frames ?? 1)));
  return { format: { ...seen, frames, seconds: frames * each }, exact: !seen.vbr };
}

function reckonOther(seen: Format, context: Context, source: QuickSource): { format: Format; exact: boolean } | null {
  const bytes = source.sizeBytes;
  if (seen.container === 'flac') {
    const samples = context.declaredSamples;
    if (samples === 0) return null;
    const seconds = samples / seen.hz;
    return { format: { ...seen, seconds, kbps: rate(bytes, seconds), frames: null }, exact: true };
  }
  if (seen.container === 'ogg') {
    const granule = lastGranule(source.tail);
    if (granule <= 0) return null;
    const seconds = granule / seen.hz;
    return { format: { ...seen, seconds, kbps: rate(bytes, seconds), frames: null }, exact: true };
  }
  if (seen.container === 'riff') {
    const seconds = (bytes * 8) / 1000 / seen.kbps;
    return { format: { ...seen, seconds, frames: Math.round(seconds * seen.hz) }, exact: false };
  }
  if (seen.codec === 'aac' && seen.container === 'mpeg') {
    return { format: { ...seen, seconds: (bytes * 8) / 1000 / seen.kbps, frames: null }, exact: false };
  }
  return { format: seen, exact: true };
}

function rate(bytes: number, seconds: number): number {
  return Math.round((bytes * 8) / seconds / 1000);
}

function lastGranule(tail: Uint8Array): number {
  for (let at = tail.length - 27; at >= 0; at--) {
    if (tail[at] !== 0x4f) continue;
    const page = readOggPage(tail, at);
    if (page !== null && page.granule > 0) return page.granule;
  }
  return 0;
}
