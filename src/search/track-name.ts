// Artist, title and folder read from a name, the way people name their files:
//   Artist - Title          Artist - Album - 07 - Title          07 - Title in a folder Artist or Artist - Album
import type { ByteString } from '#base';

export type TrackName = { artist: ByteString; title: ByteString; album: ByteString };

const SLASHES = /[\\/]/;
const BETWEEN = /(?:\s|_)+-(?:\s|_)+/;
const NUMBER = /^[[(]?\d{1,3}[\])]?$/;
const NUMBER_BEFORE = /^\d{1,3}[.)_\s-]+\s*(?=\S)/;

/** `name` is a path or the end of one; its last two components count. */
export function readTrackName(name: ByteString): TrackName {
  const parts = name.split(SLASHES);
  const file = indexedPart(parts.at(-1) ?? '');
  const folder = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const pieces = file.split(BETWEEN).filter((piece) => piece !== '' && !NUMBER.test(piece));
  const folderPieces = folder.split(BETWEEN);
  if (pieces.length < 2) {
    const title = (pieces[0] ?? file).replace(NUMBER_BEFORE, '');
    return { artist: folderPieces[0] ?? '', title, album: folder };
  }
  const between = pieces.slice(1, -1).join(' ');
  return {
    artist: (pieces[0] as string).replace(NUMBER_BEFORE, ''),
    title: pieces.at(-1) as string,
    album: `${folder} ${between}`.trim(),
  };
}

/** A name up to the last dot after its last slash: what is indexed of it. */
export function indexedPart(name: ByteString): ByteString {
  const slash = Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
  const dot = name.lastIndexOf('.');
  return dot > slash ? name.slice(0, dot) : name;
}
