// Fields of a payload: words parted by one space, strings in double quotes. There is no escaping: the next quote closes.
import { type ByteString, WireError } from '#base';

/** Reads fields one after the other. Blanks between fields may be several (real clients send double ones). */
export class FieldReader {
  readonly text: ByteString;
  at = 0;

  constructor(text: ByteString) {
    this.text = text;
  }

  get done(): boolean {
    this.#skipBlanks();
    return this.at >= this.text.length;
  }

  /** A quoted string without its quotes, or a word; null at the end. */
  next(): ByteString | null {
    this.#skipBlanks();
    const { text, at } = this;
    if (at >= text.length) return null;
    if (text.charCodeAt(at) === QUOTE) return this.#quoted(at + 1);
    return this.#word();
  }

  /** A word, quotes and all; null at the end. */
  word(): ByteString | null {
    this.#skipBlanks();
    return this.at >= this.text.length ? null : this.#word();
  }

  /** Everything after the one blank that ended the last field, byte for byte; null when nothing is there. */
  rest(): ByteString | null {
    const { text } = this;
    const from = this.at > 0 && text.charCodeAt(this.at) === BLANK ? this.at + 1 : this.at;
    this.at = text.length;
    return from >= text.length ? null : text.slice(from);
  }

  #word(): ByteString {
    const { text, at } = this;
    let end = text.indexOf(' ', at);
    if (end < 0) end = text.length;
    this.at = end;
    return text.slice(at, end);
  }

  #quoted(from: number): ByteString {
    const end = this.text.indexOf('"', from);
    if (end < 0) throw new WireError('open-quote', 'a quote that does not close');
    this.at = end + 1;
    return this.text.slice(from, end);
  }

  #skipBlanks(): void {
    while (this.text.charCodeAt(this.at) === BLANK) this.at++;
  }
}

const BLANK = 0x20;
const QUOTE = 0x22;

/** All fields of a payload, quotes taken off. */
export function splitFields(text: ByteString): ByteString[] {
  const reader = new FieldReader(text);
  const fields: ByteString[] = [];
  for (let field = reader.next(); field !== null; field = reader.next()) fields.push(field);
  return fields;
}

const DIGITS = /^\d{1,16}$/;

/** A whole number from 0 to 2^53 - 1, or null. */
export function parseWhole(text: ByteString | null): number | null {
  if (text === null || !DIGITS.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * What may stand between quotes, or be a path on the wire at all: a quote becomes an apostrophe, line ends and NUL a low
 * line. A sharer names its files so, and remembers which file it meant.
 */
export function quotable(text: ByteString): ByteString {
  // oxlint-disable-next-line no-control-regex
  return UNQUOTABLE.test(text) ? text.replace(/"/g, "'").replace(/[\0\r\n]/g, '_') : text;
}

// oxlint-disable-next-line no-control-regex
const UNQUOTABLE = /["\0\r\n]/;

/**
 * An IPv4 address as the protocol writes it: the four bytes in network order, read as a little-endian number, so
 * that 127.0.0.1 is 16777343. Anything that is no IPv4 address is 0.
 */
export function ipNumber(address: string): number {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (parts === null) return 0;
  let value = 0;
  for (let i = 4; i >= 1; i--) {
    const part = Number(parts[i]);
    if (part > 255) return 0;
    value = value * 256 + part;
  }
  return value;
}

/** The way back from {@link ipNumber}. */
export function ipText(value: number): string {
  const v = value >>> 0;
  return `${v & 255}.${(v >>> 8) & 255}.${(v >>> 16) & 255}.${v >>> 24}`;
}
