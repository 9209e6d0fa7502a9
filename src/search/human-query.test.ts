import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readable, seeded, wholeBelow } from '#base';
import { parseQuery } from './human-query.ts';
import type { Query } from './types.ts';

const MB = 1024 * 1024;

const GOOD: { text: string; query: Partial<Query> }[] = [
  { text: 'army of me', query: { words: 'army of me' } },
  { text: '"army of me" live', query: { words: 'live', phrases: ['army of me'] } },
  { text: 'army -live -"remix"', query: { words: 'army', excludes: 'live remix' } },
  { text: 'jog* army', query: { words: 'army', prefixes: ['jog'] } },
  { text: 'a-ha', query: { words: 'a-ha' } },
  {
    text: 'artist:nirvana title:"come as you are"',
    query: {
      fields: [
        { field: 'artist', words: 'nirvana' },
        { field: 'title', words: 'come as you are' },
      ],
    },
  },
  { text: 'x kbps>=192', query: { kbps: { min: 192, max: Infinity } } },
  { text: 'x kbps>=128 kbps<=192', query: { kbps: { min: 128, max: 192 } } },
  { text: 'x kbps:128-192', query: { kbps: { min: 128, max: 192 } } },
  { text: 'x kbps>128', query: { kbps: { min: 129, max: Infinity } } },
  { text: 'x kbps=192', query: { kbps: { min: 192, max: 192 } } },
  { text: 'x len:3-5m', query: { seconds: { min: 180, max: 300 } } },
  { text: 'x len>=90s', query: { seconds: { min: 90, max: Infinity } } },
  { text: 'x len:3:30-4:00', query: { seconds: { min: 210, max: 240 } } },
  { text: 'x len:4m', query: { seconds: { min: 240, max: 299 } } },
  { text: 'x size<10MB', query: { size: { min: 0, max: 10 * MB - 1 } } },
  { text: 'x size:3-5mb', query: { size: { min: 3 * MB, max: 5 * MB } } },
  { text: 'x hz>=44.1k', query: { hz: { min: 44_100, max: Infinity } } },
  { text: 'x type:video', query: { type: 'video' } },
  { text: 'Halcyon: The 2:30 foo:bar', query: { words: 'Halcyon: The 2:30 foo:bar' } },
];

for (const { text, query } of GOOD) {
  test(`reads ${text}`, () => {
    const parsed = parseQuery(text, { max: 50 });
    assert.deepEqual(parsed.problems, []);
    assert.deepEqual({ ...parsed.query, ...query }, parsed.query);
    assert.equal(parsed.query.max, 50);
  });
}

test('while typing, the last word may go on, and a quote may still be open', () => {
  const { query } = parseQuery('army of m', { max: 1, typing: true });
  assert.deepEqual([query.words, query.prefixes], ['army of', ['m']]);
  assert.deepEqual(parseQuery('army "of m', { max: 1, typing: true }).problems, []);
});

test('what people type goes out in UTF-8', () => {
  assert.equal(readable(parseQuery('björk', { max: 1 }).query.words), 'björk');
});

const BAD: { text: string; problem: string; message: RegExp }[] = [
  { text: 'x kbps>=fast', problem: 'kbps>=fast', message: /"fast" is no kbps; write kbps>=192/ },
  { text: 'x len:5-3m', problem: 'len:5-3m', message: /is no length/ },
  { text: 'x type:mp4', problem: 'type:mp4', message: /there are mp3, audio/ },
  { text: '"army of', problem: '"army of', message: /quote is not closed/ },
  { text: 'x -"of me"', problem: '-"of me"', message: /only single words/ },
  { text: 'x -artist:y', problem: '-artist:y', message: /minus/ },
  { text: 'x kbps>200 kbps<100', problem: 'kbps<100', message: /nothing can be both/ },
  { text: '-live', problem: '-live', message: /at least one word/ },
  { text: 'kbps>=192', problem: 'kbps>=192', message: /at least one word/ },
  { text: '', problem: '', message: /at least one word/ },
];

for (const { text, problem, message } of BAD) {
  test(`says where ${text === '' ? 'an empty text' : text} cannot be read`, () => {
    const [first] = parseQuery(text, { max: 1 }).problems;
    assert.ok(first !== undefined);
    assert.equal(text.slice(first.at, first.at + first.length), problem);
    assert.match(first.message, message);
  });
}

test('any text is read without an exception, and every problem lies within it', () => {
  const chance = seeded(5);
  const pieces = [
    '"',
    '-',
    ':',
    '*',
    'artist',
    'kbps',
    '>=',
    '<',
    '5',
    'm',
    ' ',
    ' ',
    'ö',
    '\u{1f600}',
    '\0',
    'len',
    '3-5',
    'type',
  ];
  for (let n = 0; n < 5000; n++) {
    let text = '';
    for (let i = wholeBelow(12, chance); i >= 0; i--) text += pieces[wholeBelow(pieces.length, chance)];
    const { problems } = parseQuery(text, { max: 10, typing: n % 2 === 0 });
    for (const { at, length } of problems) assert.ok(at >= 0 && at + length <= text.length);
  }
});
