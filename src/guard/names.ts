// What a file's name promises: its ending, where that is the ending of a format.
import type { Format } from './verdict.ts';

const MPEG = (format: Format): boolean =>
  /^mp[123]$/.test(format.codec) && (format.container === 'mpeg' || format.container === 'riff');

/** Whether the sound is what an ending promises. */
const PROMISES: Record<string, (format: Format) => boolean> = {
  mp3: MPEG,
  mp2: MPEG,
  mp1: MPEG,
  mpa: MPEG,
  mpga: MPEG,
  wav: ({ container }) => container === 'riff',
  wave: ({ container }) => container === 'riff',
  flac: ({ codec }) => codec === 'flac',
  fla: ({ codec }) => codec === 'flac',
  ogg: ({ container }) => container === 'ogg',
  oga: ({ container }) => container === 'ogg',
  opus: ({ codec }) => codec === 'opus',
  spx: ({ codec }) => codec === 'speex',
  m4a: ({ container }) => container === 'mp4',
  m4b: ({ container }) => container === 'mp4',
  m4r: ({ container }) => container === 'mp4',
  mp4: ({ container }) => container === 'mp4',
  aac: ({ container, codec }) => codec === 'aac' && container === 'mpeg',
};
/** Endings of formats that are no sound, or of sound in other formats: music in them hides. */
const OTHERS = new Set(
  (
    'exe com scr dll bat cmd ps1 vbs js jar apk msi lnk sh py html htm doc docx xls xlsx ppt pptx pdf rtf odt txt zip rar 7z gz tgz bz2 xz tar ' +
    'cab iso jpg jpeg png gif bmp webp tif tiff svg avi mkv webm mov mpg mpeg wmv flv wma ra rm aif aiff au mid midi ape wv mpc'
  ).split(' '),
);

/** The ending of a name in lower case, without its dot; '' where there is none. */
export function endingOf(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot + 1).toLowerCase();
}

/** Whether the name promises another format than this. */
export function promisesOther(name: string, format: Format): boolean {
  const ending = endingOf(name);
  const promise = PROMISES[ending];
  return promise === undefined ? OTHERS.has(ending) : !promise(format);
}
