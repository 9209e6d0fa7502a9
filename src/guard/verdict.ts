// What the guard says about a file: the words of `peershield inspect --json`, which others script against.

export type Verdict = 'good' | 'damaged' | 'suspect' | 'fake';

/** What a stretch of foreign bytes is. */
export type ForeignKind = 'program' | 'script' | 'document' | 'archive' | 'image' | 'video' | 'text';

export type Kind =
  | ForeignKind
  | 'audio'
  | 'wrapster'
  | 'wrapped'
  | 'polyglot'
  | 'lies'
  | 'mislabelled'
  | 'not-audio'
  | 'empty';

export type FindingCode =
  | ForeignKind
  | 'truncated'
  | 'junk'
  | 'resync'
  | 'wrapster'
  | 'wrapped'
  | 'lies'
  | 'mislabelled'
  | 'not-audio'
  | 'empty'
  | 'layer-2';

/** `note` leaves a file good, `damage` makes it damaged, `alarm` suspect or fake. */
export type Level = 'note' | 'damage' | 'alarm';

/** One thing found, with the byte at which it begins; `what` is a sentence for people, without control characters. */
export type Finding = { code: FindingCode; level: Level; at: number; lengthBytes: number; what: string };

/** One stretch of the X-ray strip: bytes `from` up to, not including, `to`. */
export type Segment = { from: number; to: number; is: SegmentKind };
export type SegmentKind = 'tag' | 'padding' | 'header' | 'frames' | 'data' | 'junk' | 'foreign';

export type Codec = 'mp3' | 'mp2' | 'mp1' | 'flac' | 'vorbis' | 'opus' | 'aac' | 'alac' | 'pcm' | 'speex' | 'other';

/** The sound of a file. Fields that a container does not have are null. */
export type Format = {
  container: 'mpeg' | 'riff' | 'flac' | 'ogg' | 'mp4';
  codec: Codec;
  mpeg: '1' | '2' | '2.5' | null;
  layer: 1 | 2 | 3 | null;
  /** kbit/s: the header's rate when there is only one, else the mean over the frames, rounded. */
  kbps: number;
  vbr: boolean;
  freeFormat: boolean;
  hz: number;
  channels: number;
  /** Frames (packets, FLAC frames, PCM frames' worth is null) without the Xing/Info/VBRI frame. */
  frames: number | null;
  seconds: number;
};

export type Tags = {
  /** What there is, in the order of the file: `id3v2.3`, `id3v1`, `apev2`, `lyrics3v2`, `vorbis-comment`, `mp4`, `riff-info` … */
  has: string[];
  title: string | null;
  artist: string | null;
  album: string | null;
  pictures: number;
};

/** A Wrapster archive that was found: where it begins, and its list as far as the file holds it. */
export type WrapsterList = {
  version: string;
  /** Byte of its first frame header in the file. */
  at: number;
  files: { name: string; sizeBytes: number; whole: boolean }[];
};

/** The whole judgement of one file. */
export type Judgement = {
  sizeBytes: number;
  verdict: Verdict;
  kind: Kind;
  findings: Finding[];
  /** Null where there is no sound. */
  format: Format | null;
  tags: Tags;
  /** In order, without gaps, from 0 to sizeBytes. */
  segments: Segment[];
  wrapster: WrapsterList | null;
  /** How the encoder names itself in the info frame, as `LAME3.100`. */
  encoder?: string;
};

/**
 * A judge of one file that arrives in any cutting; memory is bounded whatever arrives. The same bytes give the same
 * judgement however they are cut. Never throws for what the bytes are.
 */
export type Judge = {
  /** The next bytes of the file; copied, so the caller may reuse the chunk. */
  write(chunk: Uint8Array): void;
  /** The file ends here (or the download stopped here). May be called again: the same answer. */
  end(): Judgement;
  /** Bytes written so far. */
  readonly bytes: number;
  /** Bytes from the start of the file that have passed so far: a preview may play these and nothing beyond. */
  readonly soundBytes: number;
  /** The first alarm, as soon as it is certain: whatever still comes, the file will be suspect or fake. Stop the download. */
  readonly alarm: Finding | null;
};

/** What a library scan wants to know of a song without reading all of it. */
export type QuickFacts = {
  format: Format;
  tags: Tags;
  /** False: seconds and kbps are an estimate from the head, because a stream of changing rates has no count of its frames. */
  exact: boolean;
  /** Byte at which the sound begins. */
  soundFrom: number;
};
