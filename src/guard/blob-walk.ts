// Bytes inside a tag or a container that are no sound by right: covers, objects, padding. What must be a picture is
// followed to its end; what hides there is named by the byte at which it begins.
import type { ByteString } from '#base';
import { identify, identifyStrong, letters, MACRO_WORDS, type Magic, MAGIC_BYTES } from '#wire/magic';
import type { Context } from './context.ts';
import { walkPicture } from './picture-walk.ts';
import type { Finding, ForeignKind } from './verdict.ts';
import type { Walk, Window } from './window.ts';

/** What a stretch inside a tag is meant to be. */
export type Role = 'picture' | 'object' | 'padding';

/** Looks through the rest of a part: `where` names it for people. */
export function* walkBlob(w: Window, context: Context, role: Role, where: string): Walk {
  yield* skipZeros(w);
  if (!(yield* w.need(1))) return;
  const whole = !(yield* w.need(MAGIC_BYTES + 1));
  const magic = identify(w.view(MAGIC_BYTES), whole);
  if (magic !== null && isForeign(magic, role)) {
    yield* foreignRest(w, context, magic, `in ${where}`);
    return;
  }
  if (magic?.kind !== 'image') return;
  if (yield* walkPicture(w)) yield* walkBehindPicture(w, context, where);
}

/** Zeros behind a picture are harmless, another picture (a thumbnail) too. */
function* walkBehindPicture(w: Window, context: Context, where: string): Walk {
  yield* skipZeros(w);
  if (!(yield* w.need(8))) return;
  const whole = !(yield* w.need(MAGIC_BYTES + 1));
  const magic = identify(w.view(MAGIC_BYTES), whole);
  if (magic === null || magic.kind === 'image' || magic.kind === 'sound') return;
  yield* foreignRest(w, context, magic, `behind the end of the picture in ${where}`);
}

/** Marks everything from here to the end of the part as foreign. */
export function* foreignRest(w: Window, context: Context, magic: Magic, where: string): Walk {
  const { record } = context;
  const at = w.fileOffset(w.pos);
  const finding = record.alarmForeign(magic.kind as ForeignKind, at, 0, `${magic.name} ${where}`, true);
  record.mark(at, 'tag');
  yield* passForeign(w, context, finding);
  const to = w.fileOffset(w.pos);
  finding.lengthBytes = to - at;
  record.mark(to, 'foreign');
}

/** Reads a foreign part to its end. */
export function* passForeign(w: Window, context: Context, finding: Finding): Walk {
  let tail = '';
  while (yield* w.need(1)) {
    if (finding.code === 'document') {
      const text = tail + letters(w.view(w.ahead));
      lookForMacros(text, finding, context);
      tail = text.slice(-32);
    }
    yield* w.skip(w.ahead);
  }
}

/** A document in which macros turn up is a script. */
export function lookForMacros(text: ByteString, finding: Finding, context: Context): void {
  if (finding.code !== 'document' || !MACRO_WORDS.some((word) => text.includes(word))) return;
  finding.code = 'script';
  finding.what += ', with macros';
  for (const foreign of context.record.foreign) if (foreign.at === finding.at) foreign.kind = 'script';
}

/** Whether what was recognised has no business there. */
function isForeign({ kind }: Magic, role: Role): boolean {
  if (kind === 'sound') return false;
  if (role === 'object') return kind !== 'image' && kind !== 'text';
  return role === 'picture' ? kind !== 'image' : true;
}

/** Moves over zeros, but not over those with which something known begins; how many there were. */
export function* skipZeros(w: Window): Walk<number> {
  const from = w.pos;
  while (yield* w.need(1)) {
    const bytes = w.bytes;
    let at = w.index;
    while (at < w.filled && bytes[at] === 0) at++;
    w.pos = w.base + at;
    if (at < w.filled) break;
  }
  const end = w.pos;
  if (end - from < 2 || !(yield* w.need(1))) return end - from;
  yield* w.need(MAGIC_BYTES);
  // Boxes of MP4, MPEG film and icons begin with zeros.
  for (const zeros of [3, 2]) {
    w.pos = Math.max(from, end - zeros);
    if (identifyStrong(w.view(MAGIC_BYTES)) !== null) return w.pos - from;
  }
  w.pos = end;
  return end - from;
}
