import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold, harmless } from './text.ts';

const FOLDS = [
  ['BJÖRK', 'bjork'],
  ['Björk', 'bjork'],
  ['ＢＪÖＲＫ', 'bjork'],
  ['Straße', 'strasse'],
  ['Sigur Rós', 'sigur ros'],
  ['Mø', 'mo'],
  ['Ænima', 'aenima'],
  ['İstanbul', 'istanbul'],
  ['łódź', 'lodz'],
  ['東京', '東京'],
  ['Ｔｏｋｙｏ', 'tokyo'],
  ["Don't", "don't"],
] as const;

for (const [text, folded] of FOLDS) test(`${text} folds to ${folded}`, () => assert.equal(fold(text), folded));

test('folding twice is folding once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => assert.equal(fold(fold(text)), fold(text))),
    { seed: 1, numRuns: 2000 },
  );
});

test('text from strangers loses control codes and direction overrides, and is cut', () => {
  assert.equal(harmless('a\u001b[31mb\u202ec'), 'a\u{fffd}[31mb\u{fffd}c');
  assert.equal(harmless('x'.repeat(600)).length, 500);
});
