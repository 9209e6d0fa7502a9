// What a walk notes down: findings, the X-ray strip, tags and sound. Every list has an end, whatever the file does.
import { harmless, type Limits } from '#base';
import type {
  Finding,
  FindingCode,
  ForeignKind,
  Format,
  Level,
  Segment,
  SegmentKind,
  WrapsterList,
} from './verdict.ts';

export const LIMITS = {
  findings: { value: 200, unit: 'findings a file', source: 'a report that people read' },
  segments: { value: 4000, unit: 'segments a file', source: 'a strip is about 1,000 pixels wide' },
  tagKinds: { value: 64, unit: 'tags named a file', source: 'real files have at most five' },
  tagText: { value: 4096, unit: 'bytes of a text that are read', source: 'a title is a line' },
  junkPlaces: { value: 50, unit: 'places of junk named a file', source: 'a report that people read' },
  tagDepth: { value: 4, unit: 'tags in tags', source: 'CHAP holds frames; two levels are seen in real files' },
  tagFrames: { value: 50_000, unit: 'frames of one tag looked into', source: 'real tags have a few dozen' },
  lookAhead: {
    value: 65_600,
    unit: 'bytes ahead that a walker may ask for',
    source: 'the longest Ogg page with the header behind it',
  },
} as const satisfies Limits;

/** The sound of one stretch of one format. */
export type Sound = {
  format: Format;
  /** Where it began. */
  at: number;
};

/** What is foreign, and whether it stood inside a tag, cover or padding rather than on its own. */
export type Foreign = { kind: ForeignKind; at: number; inside: boolean };

export class FileRecord {
  readonly findings: Finding[] = [];
  readonly segments: Segment[] = [];
  readonly tagKinds: string[] = [];
  readonly sounds: Sound[] = [];
  readonly foreign: Foreign[] = [];
  title: string | null = null;
  artist: string | null = null;
  album: string | null = null;
  pictures = 0;
  wrapster: WrapsterList | null = null;
  alarm: Finding | null = null;
  junkBytes = 0;
  readonly junkPlaces: { at: number; lengthBytes: number }[] = [];

  note(code: FindingCode, level: Level, at: number, lengthBytes: number, what: string): Finding {
    const finding: Finding = { code, level, at, lengthBytes, what: harmless(what, 300) };
    if (this.findings.length < LIMITS.findings.value) this.findings.push(finding);
    else if (level === 'alarm' && !this.findings.some((other) => other.code === code)) this.findings.push(finding);
    if (level === 'alarm') this.alarm ??= finding;
    return finding;
  }

  alarmForeign(kind: ForeignKind, at: number, lengthBytes: number, what: string, inside: boolean): Finding {
    if (this.foreign.length < 100) this.foreign.push({ kind, at, inside });
    return this.note(kind, 'alarm', at, lengthBytes, what);
  }

  /** A stretch of sound of a container other than bare MPEG frames. */
  sound(at: number, format: Format): void {
    if (this.sounds.length < 1000) this.sounds.push({ at, format });
  }

  /** Bytes that are nothing known: what they come to in all decides at the end. */
  junk(at: number, lengthBytes: number): void {
    if (this.junkPlaces.length < LIMITS.junkPlaces.value) this.junkPlaces.push({ at, lengthBytes });
    this.junkBytes += lengthBytes;
  }

  /** Marks the bytes up to `to` (from where the strip ends now). Neighbours of one kind become one. */
  mark(to: number, is: SegmentKind): void {
    const last = this.segments.at(-1);
    const from = last?.to ?? 0;
    if (to <= from) return;
    const full = this.segments.length >= LIMITS.segments.value;
    if (last !== undefined && (last.is === is || full)) last.to = to;
    else this.segments.push({ from, to, is });
  }

  /** Takes back the strip from `to` on. */
  unmark(to: number): void {
    for (;;) {
      const last = this.segments.at(-1);
      if (last === undefined || last.to <= to) return;
      if (last.from < to) {
        last.to = to;
        return;
      }
      this.segments.pop();
    }
  }

  get marked(): number {
    return this.segments.at(-1)?.to ?? 0;
  }

  tag(kind: string): void {
    if (this.tagKinds.length < LIMITS.tagKinds.value && !this.tagKinds.includes(kind)) this.tagKinds.push(kind);
  }

  /** The first tag that says something wins. */
  name(what: 'title' | 'artist' | 'album', text: string): void {
    if (text !== '') this[what] ??= harmless(text, 1000);
  }
}
