// Text folding: what makes BJÖRK, björk and bjork the same word. For searching and comparing, never for display.

const MARKS = /\p{M}+/gu;
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/;
/** Letters that Unicode does not decompose, as people type them without their keys. */
const PLAIN: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
};
const PLAIN_LETTERS = /[ßæœøđðþłħıŋŧ]/g;

/** Case, accents and width folded: `ＢＪÖＲＫ` → `bjork`, `Straße` → `strasse`. Idempotent. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const folded = text.normalize('NFKD').replace(MARKS, '').toLowerCase().normalize('NFKD').replace(MARKS, '');
  return folded.replace(PLAIN_LETTERS, (letter) => PLAIN[letter] as string).normalize('NFC');
}

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text that came from strangers, safe on a terminal and in a log: no control codes, no direction overrides, bounded. */
export function harmless(text: string, maxLength = 500): string {
  const clean = text.replace(CONTROLS, '\u{fffd}');
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`;
}
