import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { OptionTable } from '#base';
import { plainValues, resolveOptions } from './options.ts';

const TABLE = {
  port: { type: 'number', default: 8888, min: 0, max: 65_535, help: 'port' },
  shareDir: { type: 'list', default: [], help: 'folders' },
  relay: { type: 'flag', default: false, help: 'relay' },
  motd: { type: 'text', default: 'hello', help: 'text' },
  limitsLogins: { type: 'number', default: 5, help: 'logins' },
  mode: { type: 'text', default: 'auto', choices: ['auto', 'off'], help: 'mode' },
} as const satisfies OptionTable;
const dir = mkdtempSync(join(tmpdir(), 'peershield-options-'));
after(() => rmSync(dir, { recursive: true }));

function config(text: string): string {
  const file = join(dir, 'hub.toml');
  writeFileSync(file, text);
  return file;
}
const NONE = { flags: {}, env: {}, configFile: null };

test('flags win over the environment, the environment over the file, the file over defaults', () => {
  const configFile = config('[hub]\nport = 1\nmotd = "file"\nrelay = true\n');
  const resolved = resolveOptions(TABLE, 'hub', {
    flags: { port: '3' },
    env: { PEERSHIELD_PORT: '2', PEERSHIELD_MOTD: 'env' },
    configFile,
  });
  assert.deepEqual(plainValues(resolved), {
    port: 3,
    shareDir: [],
    relay: true,
    motd: 'env',
    limitsLogins: 5,
    mode: 'auto',
  });
  assert.equal(resolved['port']?.from, 'flag');
  assert.equal(resolved['motd']?.from, 'environment PEERSHIELD_MOTD');
  assert.equal(resolved['relay']?.from, `${configFile}:4`);
  assert.equal(resolved['mode']?.from, 'default');
});

test('an empty text in a file is not set, where the default is none', () => {
  const table = { port: { type: 'number', default: null, min: 1, help: 'port' } } as const satisfies OptionTable;
  const configFile = config('port = ""\nmotd = ""\n');
  const values = plainValues(resolveOptions({ ...TABLE, ...table }, 'hub', { ...NONE, configFile }));
  assert.deepEqual([values['port'], values['motd']], [null, '']);
});

test('a flag holds several values with commas only where the table says so', () => {
  const ports = { ports: { type: 'list', default: [], commas: true, help: 'ports' } } as const satisfies OptionTable;
  const flags = { ports: ['1,2', '3'], shareDir: ['Rock, old'] };
  const values = plainValues(resolveOptions({ ...TABLE, ...ports }, 'hub', { ...NONE, flags }));
  assert.deepEqual([values['ports'], values['shareDir']], [['1', '2', '3'], ['Rock, old']]);
  const configFile = config('ports = 5\nshare_dir = "Rock, old"\n');
  const read = plainValues(resolveOptions({ ...TABLE, ...ports }, 'hub', { ...NONE, configFile }));
  assert.deepEqual([read['ports'], read['shareDir']], [['5'], ['Rock, old']]);
});

test('a file may hold several programs, common keys, and tables below a program', () => {
  const configFile = config('motd = "all"\n[peer]\nport = 9\nunknown_there = 1\n[hub.limits]\nlogins = 7\n');
  const values = plainValues(resolveOptions(TABLE, 'hub', { ...NONE, configFile }));
  assert.deepEqual([values['motd'], values['port'], values['limitsLogins']], ['all', 8888, 7]);
});

const WRONG = [
  ['[hub]\nport = "x"\n', /hub\.toml:2: port takes a number/],
  ['[hub]\nport = 70000\n', /hub\.toml:2: port takes a number from 0 to 65535, not 70000/],
  ['[hub]\n\nmotdd = "x"\n', /hub\.toml:3: unknown key "motdd"/],
  ['[hub\nport = 1\n', /hub\.toml:1:\d+: /],
  ['[hub]\nmode = "on"\n', /one of auto, off, not "on"/],
] as const;
for (const [text, message] of WRONG)
  test(`a config file with ${JSON.stringify(text)} is refused with its line`, () => {
    const configFile = config(text);
    assert.throws(() => resolveOptions(TABLE, 'hub', { ...NONE, configFile }), message);
  });

test('a bad flag and a bad variable are named', () => {
  assert.throws(() => resolveOptions(TABLE, 'hub', { ...NONE, flags: { port: '-1' } }), /--port takes a number from 0/);
  assert.throws(
    () => resolveOptions(TABLE, 'hub', { ...NONE, env: { PEERSHIELD_RELAY: 'perhaps' } }),
    /PEERSHIELD_RELAY takes true or false/,
  );
  assert.throws(
    () => resolveOptions(TABLE, 'hub', { ...NONE, configFile: join(dir, 'absent') }),
    /cannot read .*absent/,
  );
});

test('a short command reads a file of the programs, and takes what it knows', () => {
  const configFile = config('motd = "all"\nmax_users = 5\n[hub]\nrelay = true\n');
  const values = plainValues(resolveOptions(TABLE, 'search', { ...NONE, configFile }));
  assert.deepEqual([values['motd'], values['relay']], ['all', false]);
  assert.throws(() => resolveOptions(TABLE, 'hub', { ...NONE, configFile }), /:2: unknown key "max_users"/);
});
