// What a file that strangers named is called on our disk. Pure: a name goes in, one harmless path component comes out.
// Nothing of what comes out can leave the folder it is put into, on any system that we know.
import type { Limits } from '#base';

export const NAME_LIMITS = {
  nameBytes: { value: 244, unit: 'bytes', source: 'file systems end at 255; ` (2)` to ` (9999)` must still fit' },
  extensionBytes: { value: 16, unit: 'bytes', source: 'a longer "extension" is part of the name' },
} as const satisfies Limits;

// Controls, separators of lines and paragraphs, direction overrides, invisible format characters (joiners are letters' own).
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const WINDOWS_ONLY = /[<>"|?*]/g;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$/i;
const utf8 = new TextEncoder();

/**
 * The name under which a download is kept: the last component of whatever path its owner gave it.
 *
 * @param path readable text with `/` or `\` between components
 * @param platform `win32` also loses what that system refuses
 */
export function safeName(path: string, platform: NodeJS.Platform = process.platform): string {
  let name =
    path
      .toWellFormed()
      .split(/[/\\]/)
      .findLast((part) => part.trim() !== '') ?? '';
  name = name.replace(UNSEEN, '').replaceAll(':', '_');
  if (platform === 'win32') name = name.replace(WINDOWS_ONLY, '_');
  name = name.replace(/^[\s.]+/u, (lead) => (lead.includes('.') ? '_' : '')).replace(/[\s.]+$/u, '');
  if (name === '' || name === '_') return 'unnamed';
  const stem = name.split('.', 1)[0] as string;
  if (DEVICE.test(stem.trim())) name = `_${name}`;
  return cut(name);
}

/** The nth try for a name that is taken: `song.mp3`, `song (2).mp3`, `song (3).mp3` … */
export function numbered(name: string, n: number): string {
  if (n === 1) return name;
  const { stem, extension } = split(name);
  return `${stem} (${n})${extension}`;
}

function cut(name: string): string {
  const limit = NAME_LIMITS.nameBytes.value;
  if (utf8.encode(name).length <= limit) return name;
  const { stem, extension } = split(name);
  const room = limit - utf8.encode(extension).length;
  let kept = '';
  let bytes = 0;
  for (const letter of stem) {
    bytes += utf8.encode(letter).length;
    if (bytes > room) break;
    kept += letter;
  }
  return kept.trimEnd() + extension;
}

function split(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  if (extension === '' || utf8.encode(extension).length > NAME_LIMITS.extensionBytes.value)
    return { stem: name, extension: '' };
  return { stem: name.slice(0, dot), extension };
}
