// What messages of this protocol are made of, for fuzzers. For tests only.
import { type Chance, pick, seeded, wholeBelow } from '#base';

const PIECES = [
  () =>
    pick(
      ['f0', 'f1', 'f2', 'f3', 'f4', 'nobody', 'F1', 'operserv', 'chanserv', 'nickserv', 'a'.repeat(300)],
      seededPick,
    ),
  () => pick(['#c', 'room', '&LOG', '#', 'r'.repeat(40), '%s'], seededPick),
  () => pick(['"C:\\a b.mp3"', '"open', '""', '"x" h 1 128 44100 1', '"C:\\d\\" "n.mp3" h 1 2 3 4'], seededPick),
  () => pick(['0', '1', '-1', '99999999999', '65536', '4294967296', '1e9', 'NaN'], seededPick),
  () => pick(['FILENAME CONTAINS "a b"', 'MAX_RESULTS -1', 'BITRATE "AT LEAST" 1', 'TYPE any', 'LOCAL'], seededPick),
  () => pick(['+REGISTERED', '-PRIVATE', 'MODERATED', 'Elite', 'lee', 'MUZZLED', '* i 1.2.3.4'], seededPick),
  () => pick(['1.2.3.4', '1.2.', '*!*', '10.99.0.0/16', '10.0.0.0/99', '*'.repeat(100)], seededPick),
  () => pick(['\0', '\xff\xfe', '\r\n', ' ', '', 'help', 'kick f0', 'topic room x', 'ghost f0 pw'], seededPick),
];
const seededPick = seeded(99);

/** A payload of pieces that mean something to some message, in any order. */
export function fuzzPayload(chance: Chance): string {
  const parts: string[] = [];
  for (let n = wholeBelow(6, chance); n > 0; n--) parts.push(pick(PIECES, chance)());
  return parts.join(' ').slice(0, 2000);
}
