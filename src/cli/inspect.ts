// `peershield inspect`: what is this file really? Files are read as streams; the judge is #guard's. A second pass over a
// Wrapster takes its files out, or only their checksums.
import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, lstat, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, harmless, type OptionTable, readable } from '#base';
import { createJudge, type Judgement, type WrapsterList } from '#guard';
import { makeFolder } from '#store';
import { numberedName, safeName, type WrapsterEvent, WrapsterReader } from '#wire/wrapster';
import type { Command, CommandContext } from './command.ts';
import { drawStrip, paintStrip } from './inspect-strip.ts';

const OPTIONS = {
  extract: {
    type: 'text',
    default: null,
    value: 'DIR',
    help: 'write what a Wrapster holds into DIR, and nowhere else',
  },
  svg: { type: 'text', default: null, value: 'FILE', help: "draw the files' X-ray strips into an SVG picture" },
  strict: { type: 'flag', default: false, help: 'end with 1 when a file is not good' },
} as const satisfies OptionTable;

const READ_BYTES = 1 << 18;
/** From this size on the terminal is told how far it is. */
const LARGE_BYTES = 1 << 27;
/** Names tried beside a taken one. */
const TRIES = 10_000;

type Extracted = { name: string; sizeBytes: number; sha1: string | null; to?: string };
type Report = Judgement & { path: string; files: Extracted[] };

export const command: Command = {
  summary: 'what is this file really? frames, tags, Wrapster, foreign bytes',
  usage: 'FILE…',
  words: { min: 1, max: 100_000 },
  options: OPTIONS,
  run: inspect,
};

async function inspect(context: CommandContext): Promise<number> {
  const { extract, svg, strict } = context.options as { extract: string | null; svg: string | null; strict: boolean };
  const counts = { good: 0, damaged: 0, suspect: 0, fake: 0 };
  const strips: Report[] = [];
  let failed = 0;
  let files = 0;
  for (const path of context.args) {
    context.interrupted.throwIfAborted();
    files++;
    try {
      const report = await inspectFile(path, extract, context.interrupted);
      counts[report.verdict]++;
      context.emit(eventOf(report));
      if (!context.json) tell(report, context);
      if (svg !== null && strips.length < 500) strips.push(report);
    } catch (error) {
      if (context.interrupted.aborted) throw error;
      failed++;
      const reason = reasonOf(error);
      context.emit({ event: 'failed', path, reason });
      context.warn(`${harmless(path)}: ${reason}`);
    }
  }
  if (svg !== null) {
    await writeFile(svg, drawStrip(strips)).catch((error: unknown) => {
      throw new Failure(`cannot write ${svg}: ${reasonOf(error)}`);
    });
  }
  context.emit({ event: 'summary', files, ...counts, failed });
  if (files > 1) context.say(summaryLine(files, counts, failed));
  return failed > 0 || (strict && counts.good < files) ? 1 : 0;
}

/** Judges one file; what a Wrapster in it holds is hashed, and written below `extract` when that is given. */
async function inspectFile(path: string, extract: string | null, interrupted: AbortSignal): Promise<Report> {
  const found = await stat(path);
  if (found.isDirectory()) throw new Failure('is a folder, not a file');
  if (!found.isFile()) throw new Failure('is no regular file');
  const judge = createJudge({ name: path });
  const progress = progressOf(found.size);
  for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES, signal: interrupted })) {
    judge.write(chunk as Uint8Array);
    progress(judge.bytes);
  }
  const judgement = judge.end();
  const files = judgement.wrapster === null ? [] : await unwrap(path, judgement.wrapster, extract);
  return { ...judgement, path, files };
}

/** A line on a terminal that tells how far a large file is; nothing elsewhere. */
function progressOf(sizeBytes: number): (bytes: number) => void {
  if (!process.stderr.isTTY || sizeBytes < LARGE_BYTES) return () => {};
  let told = 0;
  return (bytes) => {
    if (bytes - told < LARGE_BYTES / 8 && bytes < sizeBytes) return;
    told = bytes;
    process.stderr.write(bytes < sizeBytes ? `\r${Math.floor((bytes * 100) / sizeBytes)} %` : '\r     \r');
  };
}

/** Reads a Wrapster's files: SHA-1 of each, and with `extract` a new file for each that is whole. */
async function unwrap(path: string, list: WrapsterList, extract: string | null): Promise<Extracted[]> {
  const files: Extracted[] = list.files.map(({ name, sizeBytes }) => ({ name, sizeBytes, sha1: null }));
  if (extract !== null) makeTarget(extract);
  const reader = new WrapsterReader();
  let hash: Hash | null = null;
  let target: { handle: FileHandle; name: string } | null = null;
  const begin = async (index: number): Promise<void> => {
    hash = createHash('sha1');
    const entry = reader.entries[index];
    if (extract !== null && entry !== undefined && list.files[index]?.whole === true)
      target = await create(extract, safeName(entry.name));
  };
  let begun = -1;
  const take = async (events: readonly WrapsterEvent[]): Promise<void> => {
    for (const event of events) {
      if (event.type !== 'data' && event.type !== 'whole') continue;
      if (begun < event.index) {
        begun = event.index;
        await begin(begun);
      }
      if (event.type === 'data') {
        hash?.update(event.bytes);
        await writeAll(target?.handle, event.bytes);
        continue;
      }
      const file = files[event.index];
      if (file !== undefined) {
        file.sha1 = hash?.digest('hex') ?? null;
        if (target !== null) file.to = target.name;
      }
      await target?.handle.close();
      target = null;
    }
  };
  try {
    for await (const chunk of createReadStream(path, { start: list.at, highWaterMark: READ_BYTES })) {
      await take(reader.write(chunk as Uint8Array).events);
      if (reader.done) break;
    }
    await take(reader.end());
  } finally {
    await (target as { handle: FileHandle } | null)?.handle.close();
  }
  return files;
}

async function writeAll(handle: FileHandle | undefined, bytes: Uint8Array): Promise<void> {
  if (handle === undefined) return;
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}

/** A new regular file in `dir`, never executable, never through a link; a taken name gets a number. */
async function create(dir: string, name: string): Promise<{ handle: FileHandle; name: string }> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  for (let n = 1; n < TRIES; n++) {
    const candidate = numberedName(name, n);
    const path = join(dir, candidate);
    const taken = await lstat(path).then(
      () => true,
      () => false,
    );
    if (taken) continue;
    try {
      return { handle: await open(path, flags, 0o644), name: candidate };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Failure(`no free name for ${name} in ${dir}`);
}

function eventOf(report: Report): { event: string; [key: string]: unknown } {
  const { path, sizeBytes, verdict, kind, findings, format, tags, segments, wrapster, encoder, files } = report;
  return {
    event: 'file',
    path,
    sizeBytes,
    verdict,
    kind,
    findings,
    format,
    tags,
    segments,
    wrapster: wrapster === null ? null : { version: wrapster.version, at: wrapster.at, files },
    ...(encoder === undefined ? {} : { encoder }),
  };
}

/** For people: the sentence, the strip, the findings. */
function tell(report: Report, context: CommandContext): void {
  const say = (line: string): void => context.say(line);
  const { path, findings, format, tags, files } = report;
  say(`${harmless(path)}: ${sentence(report)}`);
  if (report.sizeBytes > 0)
    say(`  ${paintStrip(report, process.stdout.isTTY && process.env['NO_COLOR'] === undefined)}`);
  if (format !== null) say(`  ${formatLine(report)}`);
  const names = [tags.title, tags.artist, tags.album].filter((text) => text !== null);
  if (tags.has.length > 0)
    say(`  tags: ${tags.has.join(', ')}${names.length > 0 ? `: ${harmless(names.join(' / '))}` : ''}`);
  for (const { level, code, at, what } of findings)
    say(`  ${level.padEnd(6)} ${code} at byte ${at}: ${harmless(what)}`);
  for (const file of files)
    say(`  holds  ${harmless(file.name)} (${file.sizeBytes} bytes)${file.to === undefined ? '' : ` → ${file.to}`}`);
}

function formatLine({ format, sizeBytes }: Report): string {
  if (format === null) return '';
  const { container, codec, mpeg, layer, kbps, vbr, freeFormat, hz, channels, seconds } = format;
  const name = mpeg === null ? `${codec} in ${container}` : `MPEG-${mpeg} layer ${'I'.repeat(layer ?? 1)}`;
  const rate = `${kbps} kbit/s${vbr ? ' on average' : ''}${freeFormat ? ', free format' : ''}`;
  const minutes = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
  return `${name}, ${rate}, ${hz} Hz, ${channels === 1 ? 'mono' : channels === 2 ? 'stereo' : `${channels} channels`}, ${minutes}, ${sizeBytes} bytes`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  good: 'a song, whole and what its name says',
  damaged: 'real sound, but not whole',
  suspect: 'real sound that carries or claims something else; do not play or share it before you have looked',
  fake: 'not a song',
};

function sentence({ verdict, kind }: Report): string {
  const why = kind === 'audio' ? '' : ` (${kind})`;
  return `${verdict}${why}: ${SENTENCES[verdict] ?? ''}`;
}

function summaryLine(files: number, counts: Record<string, number>, failed: number): string {
  const parts = Object.entries({ ...counts, failed }).filter(([, count]) => count > 0);
  return `${files} files: ${parts.map(([name, count]) => `${count} ${name}`).join(', ')}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  if (code === 'EISDIR') return 'is a folder, not a file';
  return readable(String(error instanceof Error ? error.message : error));
}

function makeTarget(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new Failure(`--extract: cannot make ${folder} (${(error as NodeJS.ErrnoException).code})`);
  }
}
