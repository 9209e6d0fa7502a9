import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded, WireError, wholeBelow } from '#base';
import { LIMITS } from './limits.ts';
import { formatSearchText, parseSearchText, type SearchText } from './search-text.ts';

/** As real clients were seen to write them. */
const SEEN: { name: string; text: string; query: SearchText }[] = [
  {
    name: 'MP3::Napster, with a blank at the end',
    text: 'MAX_RESULTS 100 FILENAME CONTAINS "x" ',
    query: { words: 'x', max: 100 },
  },
  {
    name: 'MP3::Napster, with a double blank and quoted numbers',
    text: 'FILENAME CONTAINS "x" MAX_RESULTS 100  BITRATE "AT LEAST" "256"',
    query: { words: 'x', max: 100, kbps: { min: 256 } },
  },
  {
    name: 'TekNap, with excluded words',
    text: 'FILENAME CONTAINS "a b" FILENAME EXCLUDES "orbit "',
    query: { words: 'a b', excludes: 'orbit ', max: null },
  },
  {
    name: 'mldonkey, with bare numbers',
    text: 'FILENAME CONTAINS "x" BITRATE "AT LEAST" 128 LINESPEED "AT LEAST" 3',
    query: { words: 'x', max: null, kbps: { min: 128 }, speed: { min: 3 } },
  },
  { name: 'giFT', text: 'MAX_RESULTS 512 FILENAME CONTAINS "x"', query: { words: 'x', max: 512 } },
  {
    name: 'every clause, in lower case, a second CONTAINS being AND',
    text: 'filename contains "a" size "at best" 9 duration "equal to" 5 freq "at least" "44100" type ANY local_only filename contains "b" bitrate "at least" 1 bitrate "at best" 2',
    query: {
      words: 'a b',
      max: null,
      size: { max: 9 },
      seconds: { min: 5, max: 5 },
      hz: { min: 44100 },
      type: 'any',
      localOnly: true,
      kbps: { min: 1, max: 2 },
    },
  },
  { name: 'a maximum of 0 and of -1 is the bound of the hub', text: 'MAX_RESULTS -1', query: { words: '', max: null } },
  { name: 'bounds without quotes', text: 'BITRATE AT LEAST 5', query: { words: '', max: null, kbps: { min: 5 } } },
  { name: 'WMA-FILE of napster.txt', text: 'WMA-FILE', query: { words: '', max: null, type: 'audio' } },
];

for (const { name, text, query } of SEEN)
  test(`a query is understood: ${name}`, () => {
    assert.deepEqual(parseSearchText(text), query);
    assert.deepEqual(parseSearchText(formatSearchText(query)), query);
  });

test('nonsense is refused with the code `search` or as an open quote', () => {
  for (const text of [
    'NONSENSE',
    'FILENAME',
    'FILENAME CONTAINS',
    'FILENAME LIKES "x"',
    'BITRATE "AT LEAST"',
    'BITRATE "ABOUT" 5',
    'BITRATE "AT LEAST" x',
    'MAX_RESULTS x',
    'MAX_RESULTS',
    'TYPE nothing',
  ])
    assert.throws(() => parseSearchText(text), { code: 'search' });
  assert.throws(() => parseSearchText('FILENAME CONTAINS "x'), { code: 'open-quote' });
});

test('one clause more than allowed is refused', () => {
  parseSearchText('LOCAL '.repeat(LIMITS.searchClauses.value));
  assert.throws(() => parseSearchText('LOCAL '.repeat(LIMITS.searchClauses.value + 1)), { code: 'search' });
});

test('fuzz: any mixture of key words is a query or a WireError', () => {
  const chance = seeded(3);
  const parts = [
    'FILENAME',
    'CONTAINS',
    '"x y"',
    'MAX_RESULTS',
    '-1',
    '"',
    'BITRATE',
    '"AT LEAST"',
    'AT',
    '7',
    'TYPE',
    'any',
    '\0',
  ];
  for (let i = 0; i < 20_000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1); i++) {
    const text = Array.from({ length: wholeBelow(14, chance) }, () => parts[wholeBelow(parts.length, chance)]).join(
      ' ',
    );
    try {
      const query = parseSearchText(text);
      assert.deepEqual(parseSearchText(formatSearchText(query)), query);
    } catch (error) {
      assert.ok(error instanceof WireError, String(error));
    }
  }
});
