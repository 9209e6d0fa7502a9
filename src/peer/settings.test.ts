import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isNick, PEER_OPTIONS } from './options.ts';
import {
  changeSettings,
  defaultSettings,
  type PeerOptionValues,
  readSettings,
  shownSettings,
  withOptions,
} from './settings.ts';

const DEFAULTS = defaultSettings({ nick: 'me', password: 'secret', downloadsDir: '/d' });
const NO_OPTIONS = Object.fromEntries(
  Object.entries(PEER_OPTIONS).map(([key, option]) => [key, option.default]),
) as unknown as PeerOptionValues;

describe('settings', () => {
  it('are what was saved, where it was not told otherwise', () => {
    const saved = readSettings('{"nick":"anna","napsterPort":"no number","unknown":1}', DEFAULTS);
    assert.equal(saved.nick, 'anna');
    assert.equal(saved.napsterPort, 6699);
    assert.equal('unknown' in saved, false);
    assert.equal(withOptions(saved, NO_OPTIONS).nick, 'anna');
    assert.equal(withOptions(saved, { ...NO_OPTIONS, nick: 'bert', napsterPort: 0 }).napsterPort, 0);
  });

  it('are not guessed from a damaged file', () => {
    for (const text of ['', '[]', '{"nick":', 'null']) assert.throws(() => readSettings(text, DEFAULTS), /damaged/);
  });

  it('never show a password', () => {
    const settings = { ...DEFAULTS, hubs: [{ address: 'h:1', enabled: true, password: 'hush' }] };
    assert.doesNotMatch(JSON.stringify(shownSettings(settings)), /hush|secret/);
    assert.deepEqual(shownSettings(settings).hubs, [{ address: 'h:1', enabled: true, hasPassword: true }]);
  });

  it('say of each changed key what became of it', () => {
    const { settings, effects, restart } = changeSettings(DEFAULTS, {
      upLimitKBps: 50,
      shareFolders: ['relative'],
      gnutella: 'leaf',
      nick: 'a b',
    });
    assert.equal(settings.upLimitKBps, 50);
    assert.equal(settings.nick, 'me');
    assert.equal(restart, false);
    assert.deepEqual(
      effects.map(({ key, effect }) => `${key} ${effect}`),
      ['upLimitKBps applied', 'shareFolders refused', 'gnutella refused', 'nick refused'],
    );
    assert.equal(changeSettings(DEFAULTS, { shareFolders: ['/music'] }).restart, true);
    assert.equal(changeSettings(DEFAULTS, { shareFolders: ['/'] }).restart, false);
  });

  it('keep a hub password that is not sent again', () => {
    const before = { ...DEFAULTS, hubs: [{ address: 'h:1', enabled: true, password: 'hush' }] };
    const { settings } = changeSettings(before, {
      hubs: [
        { address: 'h:1', enabled: false },
        { address: 'h:2', enabled: true, password: 'new' },
      ],
    });
    assert.deepEqual(settings.hubs, [
      { address: 'h:1', enabled: false, password: 'hush' },
      { address: 'h:2', enabled: true, password: 'new' },
    ]);
  });

  it('take the nicks that hubs take', () => {
    for (const nick of ['anna', 'nick[1]', 'x_-']) assert.ok(isNick(nick), nick);
    for (const nick of ['', 'a b', '#x', 'a"b', 'x'.repeat(20), 'ö', 'a:b', 'a.b']) assert.ok(!isNick(nick), nick);
  });
});
