// What a name inside a Wrapster becomes on disk: only its last part, nothing that a file system or a terminal acts on.
import { type ByteString, readable } from '#base';

/** The longest name that is written, in bytes of UTF-8: what every file system takes, less ` (12)`. */
const MAX_NAME_BYTES = 200;
const DEVICES = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i;
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f:*?"<>|/\\\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const utf8 = new TextEncoder();

/** A safe base name for an inner name: the last part behind `/` and `\`, at most 200 bytes, never empty, `.` or `..`. */
export function safeName(inner: ByteString): string {
  const text = readable(inner).toWellFormed();
  const last = text.split(/[/\\]/).at(-1) ?? '';
  let name = last
    .replace(UNSAFE, '_')
    .replace(/[. ]+$/u, (end) => '_'.repeat(end.length))
    .replace(/^ +/u, '');
  const stem = name.split('.')[0] ?? '';
  if (DEVICES.test(stem.trim())) name = `_${name}`;
  // A name of dots only is a folder, one that begins with a dot is hidden.
  if (name.startsWith('.')) name = `_${name.slice(1)}`;
  return shorten(name === '' ? 'unnamed' : name, MAX_NAME_BYTES);
}

/** The `n`th name when the first is taken: `song (2).mp3`. */
export function numberedName(name: string, n: number): string {
  if (n < 2) return name;
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 && name.length - dot <= 12 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const number = ` (${n})`;
  return `${shorten(stem, MAX_NAME_BYTES - utf8.encode(number + ending).length)}${number}${ending}`;
}

/** At most `bytes` bytes of UTF-8, keeping a short ending where there is one. */
function shorten(name: string, bytes: number): string {
  if (utf8.encode(name).length <= bytes) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && utf8.encode(name.slice(dot)).length <= 20 ? name.slice(dot) : '';
  let stem = ending === '' ? name : name.slice(0, dot);
  const room = bytes - utf8.encode(ending).length;
  while (utf8.encode(stem).length > room) stem = stem.slice(0, -1).toWellFormed();
  return stem + ending;
}
