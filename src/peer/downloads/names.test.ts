import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { seeded, wholeBelow } from '#base';
import { numbered, safeName } from './names.ts';

const TABLE: [given: string, name: string][] = [
  ['\\Music\\Artist\\Song.mp3', 'Song.mp3'],
  ['/home/me/Song.mp3', 'Song.mp3'],
  ["C:\\nap\\It's (live) & loud, 100%.mp3", "It's (live) & loud, 100%.mp3"],
  ['..\\..\\..\\etc\\passwd', 'passwd'],
  ['..', 'unnamed'],
  ['.', 'unnamed'],
  ['', 'unnamed'],
  ['///', 'unnamed'],
  ['a/..', 'unnamed'],
  ['C:', 'C_'],
  ['C:evil.exe', 'C_evil.exe'],
  ['song.mp3:stream', 'song.mp3_stream'],
  ['.bashrc', '_bashrc'],
  ['... .mp3', '_mp3'],
  ['song.mp3. . ', 'song.mp3'],
  ['a\u0000b.mp3', 'ab.mp3'],
  ['a\u001b[2Jb.mp3', 'a[2Jb.mp3'],
  ['song\u202e3pm.exe', 'song3pm.exe'],
  ['NUL.mp3', '_NUL.mp3'],
  ['con', '_con'],
  ['LPT\u00b9.txt', '_LPT\u00b9.txt'],
  ['console.mp3', 'console.mp3'],
  ['a\u2028b.mp3', 'ab.mp3'],
  ['\ud800song.mp3', '\ufffdsong.mp3'],
  ['Björk – Jóga.mp3', 'Björk – Jóga.mp3'],
];

describe('the name of a download', () => {
  for (const [given, name] of TABLE)
    it(`makes ${JSON.stringify(name)} of ${JSON.stringify(given)}`, () => assert.equal(safeName(given, 'linux'), name));

  it('keeps a name of 200 letters whole and cuts one of 400 before its extension', () => {
    const long = `${'x'.repeat(196)}.mp3`;
    assert.equal(safeName(long), long);
    const cut = safeName(`${'ö'.repeat(400)}.mp3`);
    assert.ok(cut.endsWith('ö.mp3'));
    assert.ok(Buffer.byteLength(numbered(cut, 9999)) <= 255);
  });

  it('numbers a taken name before its extension', () => {
    assert.equal(numbered('song.mp3', 1), 'song.mp3');
    assert.equal(numbered('song.mp3', 2), 'song (2).mp3');
    assert.equal(numbered('no extension', 3), 'no extension (3)');
  });

  it('never leaves its folder, whatever 20,000 hostile names say', () => {
    const chance = seeded(7);
    const pieces = [
      '..',
      '.',
      '/',
      '\\',
      ':',
      '\0',
      'C:',
      ' ',
      'a',
      'ö',
      '\u202e',
      'NUL',
      '\n',
      '\u2024',
      '\uff0f',
      '%2e',
      '~',
      '\ud800',
    ];
    for (let round = 0; round < 20_000; round++) {
      let given = '';
      for (let i = wholeBelow(12, chance); i >= 0; i--) given += pieces[wholeBelow(pieces.length, chance)];
      for (const platform of ['linux', 'win32'] as const) {
        const name = safeName(given, platform);
        assert.equal(relative('/downloads', join('/downloads', name)), name, JSON.stringify(given));
        assert.ok(name !== '' && !/^[. ]|[. ]$|[/\\:\0]/.test(name), JSON.stringify([given, name]));
      }
    }
  });
});
