// What may be shared at all, judged by name and by what the file system says, and what strangers call it. Pure.
// Names from disk are byte strings: what is on a disk need not be UTF-8, and must be opened again by the same bytes.
import { type ByteString, type Limits, readable } from '#base';

export const SHARE_LIMITS = {
  wirePathBytes: { value: 250, unit: 'bytes', source: 'opennap refuses paths above 256 characters' },
  depth: { value: 32, unit: 'folders', source: 'folders in folders; deeper is a mistake or a trap' },
  quietMs: { value: 2_000, unit: 'ms', source: 'a file written to since then may be half-written' },
  sizeBytes: { value: 4_294_967_295, unit: 'bytes', source: 'sizes are 32 bits wide on this network' },
  entries: { value: 1_000_000, unit: 'entries', source: 'looked at in one scan; more is not a music folder' },
} as const satisfies Limits;

/** What stat says of an entry that a scan found. */
export type Found = {
  readonly isFile: boolean;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly links: number;
};

const AUDIO = new Set(['mp3', 'mp2', 'mp1', 'mpga', 'flac', 'ogg', 'oga', 'opus', 'm4a', 'm4b', 'wav']);
const UNFINISHED =
  /(?:\.(?:part|partial|crdownload|download|tmp|temp|incomplete|filepart|opdownload|aria2|!ut|!qb|bc!|dlpart|dctmp|met)|~)$/i;
const UNFINISHED_START = /^(?:incomplete[~_-]|t-\d+-|~\$|\.)/i;

/** Hidden files and folders are nobody's business. */
export function isHidden(name: ByteString): boolean {
  return name.startsWith('.') || /^(?:\$recycle\.bin|system volume information|lost\+found|@eadir)$/i.test(name);
}

/** Only sound is shared. Whether it is sound is then asked of its content. */
export function looksLikeAudio(name: ByteString): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && AUDIO.has(name.slice(dot + 1).toLowerCase()) && !isUnfinished(name);
}

/** Names under which browsers and other sharing programs keep what is still arriving. */
export function isUnfinished(name: ByteString): boolean {
  return UNFINISHED.test(name) || UNFINISHED_START.test(name);
}

/** Why an audio file is held back, in words, or null: it may be looked into. `seen` is how often its inode lies in our roots. */
export function refuseFile(found: Found, seen: number, now: number): string | null {
  if (!found.isFile) return 'not a regular file';
  if (found.sizeBytes === 0) return 'empty: 0 bytes';
  if (found.sizeBytes > SHARE_LIMITS.sizeBytes.value) return 'larger than 4 GiB, which this network cannot say';
  if (found.links > seen) return 'also has a name outside the shared folders (hard link)';
  if (isYoung(found, now)) return 'written to a moment ago; looked at again soon';
  return null;
}

/** A file whose last change is so fresh that its writer may not have finished. A time in the future is only a wrong clock. */
export function isYoung({ mtimeMs }: Pick<Found, 'mtimeMs'>, now: number): boolean {
  return mtimeMs <= now && now - mtimeMs < SHARE_LIMITS.quietMs.value;
}

/**
 * What strangers call a file: `\Music\Artist\Song.mp3`, from the root's own name down. Never an absolute path of this
 * machine; no character that the protocol cannot carry. Where that is too long the outer folders are left out.
 *
 * @param n for a name that another file has already: 2, 3, …
 */
export function wirePath(root: ByteString, below: ByteString, n = 1): ByteString {
  const parts = [root, ...below.split('/')].map(speakable);
  const last = parts.length - 1;
  if (n > 1) parts[last] = (parts[last] as string).replace(/(\.[^.]*)?$/, ` (${n})$1`);
  let path = '';
  for (let i = last; i >= 0; i--) {
    const longer = `\\${parts[i]}${path}`;
    if (longer.length > SHARE_LIMITS.wirePathBytes.value && path !== '') break;
    path = longer;
  }
  return path;
}

function speakable(part: ByteString): ByteString {
  return (
    part
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u001f\u007f]/g, '_')
      .replaceAll('"', '`') // no apostrophe: on hubs it belongs to the word, and `quoted` would not find 'quoted'
      .replaceAll('\\', '_') || '_'
  );
}

/** What lies in a folder that should not lie in a shared one, in words; null: nothing known against it. */
export function riskOf(name: ByteString, isFolder: boolean): string | null {
  const text = readable(name).toLowerCase();
  if (isFolder) return RISKY_FOLDERS.get(text) ?? null;
  if (/^id_(?:rsa|dsa|ecdsa|ed25519)/.test(text) || /\.(?:pem|key|p12|pfx|jks|asc|gpg|kdbx?|ppk)$/.test(text))
    return 'a key or a safe of passwords';
  if (/^(?:wallet\.dat|seed\.txt|\.env|\.netrc|\.pgpass|.*passw.*|.*password.*)$/.test(text))
    return 'passwords or money';
  if (/\.(?:docx?|xlsx?|pptx?|odt|ods|pdf|eml|pst|mbox|vcf)$/.test(text)) return 'a document';
  if (/^(?:cookies\.sqlite|logins\.json|places\.sqlite|login data|key[34]\.db)$/.test(text))
    return 'part of a browser profile';
  if (name.startsWith('.')) return 'a hidden file';
  return null;
}

const RISKY_FOLDERS = new Map([
  ['.ssh', 'keys'],
  ['.gnupg', 'keys'],
  ['.aws', 'keys'],
  ['.kube', 'keys'],
  ['.config', 'settings of programs'],
  ['.mozilla', 'a browser profile'],
  ['.thunderbird', 'mail'],
  ['.git', 'a repository'],
  ['.password-store', 'passwords'],
  ['appdata', 'settings of programs'],
  ['documents', 'documents'],
]);
