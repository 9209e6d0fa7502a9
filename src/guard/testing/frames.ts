// Frames of layer III made by hand: side information as an encoder writes it, bodies of seeded chance. No sound that one
// would want to hear, but all that the guard looks at.
import { type Chance, concat, seeded } from '#base';

type Field = [value: number, bits: number];

function pack(fields: readonly Field[]): Uint8Array {
  const text = fields.map(([value, bits]) => value.toString(2).padStart(bits, '0')).join('');
  return Uint8Array.from(text.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

function granule(bits: number, chance: Chance): Field[] {
  const tables: Field[] = [
    [1 + Math.floor(chance() * 3), 5],
    [7, 5],
    [10, 5],
  ];
  return [
    [bits, 12],
    [60 + Math.floor(chance() * 100), 9],
    [160 + Math.floor(chance() * 40), 8],
    [0, 4],
    [0, 1],
    ...tables,
    [5, 4],
    [3, 3],
    [0, 3],
  ];
}

/** One frame of 128 kbit/s, 44,100 Hz, joint stereo: 417 bytes, filled to the last. */
export function frame(seed: number): Uint8Array {
  const chance = seeded(seed);
  const bits = 381 * 2;
  const side = pack([[0, 9], [0, 3], [0, 8], ...[0, 1, 2, 3].flatMap(() => granule(bits, chance))]);
  const body = Uint8Array.from({ length: 381 }, () => Math.floor(chance() * 256));
  return concat([Uint8Array.of(0xff, 0xfb, 0x90, 0x64), side, body]);
}

/** A song of that many frames. */
export function song(frames: number, seed = 1): Uint8Array {
  return concat(Array.from({ length: frames }, (_, i) => frame(seed * 1000 + i)));
}

/** Bytes of chance. */
export function noise(length: number, seed: number): Uint8Array {
  const chance = seeded(seed);
  return Uint8Array.from({ length }, () => Math.floor(chance() * 256));
}

/** An ID3v2.3 tag with a title, another frame and padding. */
export function tag(title: string, more: Uint8Array = new Uint8Array(0), padding = 0): Uint8Array {
  const text = latin(`TIT2\0\0\0${String.fromCharCode(title.length + 1)}\0\0\0${title}`);
  const size = text.length + more.length + padding;
  const head = [...latin('ID3\x03\0\0'), (size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127];
  return concat([Uint8Array.from(head), text, more, new Uint8Array(padding)]);
}

export function latin(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
}

/** A Windows program that does nothing. */
export function program(length = 3000): Uint8Array {
  const bytes = noise(length, 99);
  bytes.set(latin(`MZ\x90\0\x03\0${'\0'.repeat(54)}\x80\0\0\0${'\0'.repeat(64)}PE\0\0`));
  return bytes;
}
