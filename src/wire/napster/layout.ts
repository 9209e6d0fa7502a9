// Messages as tables: a layout names a message's fields in order and their kinds; decoding, encoding and the types
// come out of it.
import { type ByteString, WireError } from '#base';
import { FieldReader, ipNumber, ipText, parseWhole, quotable } from './fields.ts';

/**
 * `word` no blanks · `quoted` written in quotes, read with or without · `whole` 0..2^53-1 ·
 * `ip` dotted here, a number on the wire · `text` all that is left, byte for byte. With `?` it may be missing, and
 * everything after it then is.
 */
type Kind = 'word' | 'quoted' | 'whole' | 'ip' | 'text';
type FieldKind = Kind | `${Kind}?`;
export type Fields = Readonly<Record<string, FieldKind>>;

type Plain<K extends FieldKind> = K extends `${infer P}?` ? P : K;
type ValueOf<K extends FieldKind> = Plain<K> extends 'whole' ? number : string;
/** The fields of a layout as an object. */
export type Values<F extends Fields> = {
  [N in keyof F as F[N] extends `${string}?` ? never : N]: ValueOf<F[N]>;
} & { [N in keyof F as F[N] extends `${string}?` ? N : never]?: ValueOf<F[N]> };

export type Layout<F extends Fields = Fields> = { readonly type: number; readonly fields: F };

export function layout<const F extends Fields>(type: number, fields: F): Layout<F> {
  return { type, fields };
}

/** @throws WireError `fields` when a field is missing or is no number, `open-quote` when a quote does not close */
export function decodeFields(fields: Fields, payload: ByteString): Record<string, string | number> {
  const reader = new FieldReader(payload);
  const values: Record<string, string | number> = {};
  for (const name in fields) {
    const kind = fields[name] as FieldKind;
    const optional = kind.endsWith('?');
    const value = readField(reader, (optional ? kind.slice(0, -1) : kind) as Kind);
    if (value !== null) values[name] = value;
    else if (optional) break;
    else throw new WireError('fields', `${name} is missing or no number`);
  }
  return values;
}

export function encodeFields(fields: Fields, values: Readonly<Record<string, unknown>>): ByteString {
  let payload = '';
  let first = true;
  for (const name in fields) {
    const value = values[name];
    if (value === undefined) break;
    if (!first) payload += ' ';
    first = false;
    payload += writeField((fields[name] as string).replace('?', '') as Kind, value as string | number);
  }
  return payload;
}

function readField(reader: FieldReader, kind: Kind): string | number | null {
  switch (kind) {
    case 'word':
      return reader.word();
    case 'quoted':
      return reader.next();
    case 'whole':
      return parseWhole(reader.next());
    case 'ip': {
      const value = parseWhole(reader.word());
      return value === null ? null : ipText(value);
    }
    case 'text':
      return reader.rest();
  }
}

function writeField(kind: Kind, value: string | number): ByteString {
  switch (kind) {
    case 'quoted':
      return `"${quotable(String(value))}"`;
    case 'ip':
      return String(ipNumber(String(value)));
    case 'word':
      return String(value).replace(BLANKS, '_');
    case 'text':
    case 'whole':
      return String(value);
  }
}

// oxlint-disable-next-line no-control-regex
const BLANKS = /[ \0\r\n]/g;
