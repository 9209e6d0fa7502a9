import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf, wireText } from '#base';
import { Passwords } from '../../passwords.ts';
import { OPERATOR_LIMITS } from '../limits.ts';
import { type Imported, parseBans, parseChannels, parseFilter, parseUsers } from './opennap.ts';

const HASH = createHash('md5').update('saltsaltsecret').digest('base64').replace(/=+$/, '');

type Case = {
  name: string;
  text: string;
  read: (bytes: Uint8Array) => Imported<unknown>;
  rows: unknown[];
  complaints?: RegExp[];
};

const CASES: Case[] = [
  {
    name: 'accounts of every level, with flags, and a file with CRLF',
    read: parseUsers,
    text: `:version 1\r\nAnna 1,saltsalt,${HASH} anna@example.org Elite 1000000000 1000000100 3\r\nbob[2] 1,saltsalt,${HASH} anon@hub User 5 6 0\r\n`,
    rows: [
      {
        nick: 'Anna',
        password: `opennap$saltsalt$${HASH}`,
        email: 'anna@example.org',
        level: 4,
        flags: 3,
        created: 1e12,
        seen: 1000000100000,
      },
      {
        nick: 'bob[2]',
        password: `opennap$saltsalt$${HASH}`,
        email: '',
        level: 1,
        flags: 0,
        created: 5000,
        seen: 6000,
      },
    ],
  },
  {
    name: 'account lines that cannot be read, each by its number',
    read: parseUsers,
    text: `x 1,s,${HASH} - User 1 2 0\n\nx y\na$b 1,s,${HASH} - User 1 2 0\nz 9,s,${HASH} - User 1 2 0\nz 1,s,${HASH} - Boss 1 2 0\nz 1,s,${HASH} - User one 2 0\nz 1,s,${HASH} - User 1 2 many\n`,
    rows: [{ nick: 'x', password: `opennap$s$${HASH}`, email: '', level: 1, flags: 0, created: 1000, seen: 2000 }],
    complaints: [
      /^line 3: 6 fields/,
      /^line 4: .*no nick/,
      /^line 5: .*password of z/,
      /^line 6: "Boss"/,
      /^line 7: .*no time/,
      /^line 8: .*flags/,
    ],
  },
  {
    name: 'bans by address, by nick and for ever',
    read: parseBans,
    text: '*!10.0.0.* mod 100 "flood, "again"" 3600\nbadboy!* op 7 "" 0\nnonsense\n',
    rows: [
      { mask: '*!10.0.0.*', setter: 'mod', reason: 'flood, "again"', at: 100_000, seconds: 3600 },
      { mask: 'badboy!*', setter: 'op', reason: '', at: 7000, seconds: 0 },
    ],
    complaints: [/^line 3: not MASK/],
  },
  {
    name: 'channels with and without a topic',
    read: parseChannels,
    text: `:version 1\n#lobby 200 Leech "Welcome, \u00fcbrigens"\nmods 0 Moderator\n#a,b 0 User ""\n`,
    rows: [
      { name: '#lobby', limit: 200, level: 0, topic: 'Welcome, \u00fcbrigens' },
      { name: 'mods', limit: 0, level: 2, topic: '' },
    ],
    complaints: [/^line 4: .*no channel/],
  },
  { name: 'filter words', read: parseFilter, text: 'spam\n\n  eggs \nlast', rows: ['spam', 'eggs', 'last'] },
];

for (const { name, read, text, rows, complaints = [] } of CASES)
  test(`read: ${name}`, () => {
    const result = read(bytesOf(text));
    assert.deepEqual(result.rows, rows);
    assert.equal(result.complaints.length, complaints.length, result.complaints.join('\n'));
    for (const [i, pattern] of complaints.entries()) assert.match(result.complaints[i] as string, pattern);
  });

test('an imported password opens the account once it is checked, a wrong one does not', async () => {
  const { rows } = parseUsers(bytesOf(`anna 1,saltsalt,${HASH} - User 1 2 0`));
  const stored = rows[0]?.password ?? '';
  const passwords = new Passwords();
  assert.equal(await passwords.check('secret', stored), true);
  assert.equal(await passwords.check(wireText('sécret'), stored), false);
});

test('a line of one byte more than the limit is named and the next one is read', () => {
  const { rows, complaints } = parseFilter(bytesOf(`${'x'.repeat(OPERATOR_LIMITS.importLine.value + 1)}\nword`));
  assert.deepEqual(rows, ['word']);
  assert.match(complaints[0] as string, /^line 1: longer/);
});

test('whatever the bytes, every line is a row, a complaint, or empty, and nothing throws', () => {
  const runs = 100 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      for (const read of [parseUsers, parseBans, parseChannels, parseFilter]) {
        const { rows, complaints } = (read as (bytes: Uint8Array) => Imported<unknown>)(bytes);
        const lines = bytes.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 1);
        assert.ok(rows.length + complaints.length <= lines);
        assert.ok(complaints.every((text) => text.length < 300 && !text.includes('\u001b')));
      }
    }),
    { seed: 11, numRuns: runs },
  );
});
