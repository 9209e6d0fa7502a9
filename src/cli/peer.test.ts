// The peer and its short commands as a shell meets them: exit codes, words, files on disk.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../test/kit/ports.ts';
import { command, eventually, Program, scratch } from '../../test/kit/program.ts';

const folder = scratch('peer-cli');
const { dir } = folder;
const data = join(dir, 'peer');
const TUNES = join(import.meta.dirname, '..', '..', 'assets', 'tunes');

function peer(...more: string[]): Program {
  return new Program(['peer', '--data', data, '--http', '127.0.0.1:0', '--json', ...more], dir);
}
const mode = (path: string): number => statSync(path).mode & 0o777;

describe('peershield peer', () => {
  let running: Program;
  let port: number;
  before(async () => {
    mkdirSync(join(dir, 'music'));
    cpSync(join(TUNES, 'Ida Fern - Slow River.mp3'), join(dir, 'music', 'Slow River.mp3'), {
      preserveTimestamps: true,
    });
    port = await freePort();
    running = peer('--share', join(dir, 'music'), '--napster-port', String(port));
    await running.ready('peer', 'http');
  });
  after(async () => {
    await running.stop();
  });

  it('says where it listens when it does, and shows the link with its token once', async () => {
    assert.equal(await running.ready('peer', 'napster'), `0.0.0.0:${port}`);
    assert.match(running.err, /#token=[\w-]{40,}/);
    for (const name of ['token', 'control.json', 'settings.json']) assert.equal(mode(join(data, name)), 0o600, name);
    assert.equal(mode(data), 0o700);
  });

  it('keeps a second one off its folder, with words', async () => {
    const second = await command(['peer', '--data', data, '--http', '127.0.0.1:0'], dir);
    assert.equal(second.code, 1);
    assert.match(second.err, /already runs on/);
  });

  it('fails with words when its share port is taken', async () => {
    const taken = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port: number } = taken.address() as { port: number };
    const other = await command(
      ['peer', '--data', join(dir, 'other'), '--napster-port', String(number), '--http', '127.0.0.1:0'],
      dir,
    );
    taken.close();
    assert.equal(other.code, 1);
    assert.match(other.err, new RegExp(`napster port: port ${number} is taken`));
    assert.equal(
      other.err
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('peershield:') && !line.includes('token')).length,
      1,
    );
  });

  it('names an option that is wrong, and ends with 2', async () => {
    for (const [flags, words] of [
      [['--no-such-thing'], /no-such-thing/],
      [['--hub', 'nonsense'], /--hub/],
      [['--napster-port', '99999'], /--napster-port/],
      [['--nick', 'two words'], /--nick/],
    ] as const) {
      const { code, err } = await command(['peer', ...flags], dir);
      assert.equal(code, 2, err);
      assert.match(err, words);
    }
  });

  it('closes its port on "off", keeps it so over a restart, and opens it on "on"', async () => {
    assert.equal((await command(['off', '--data', data], dir)).code, 0);
    assert.equal(await answers(port), false);
    assert.equal(await running.stop(), 0);
    running = peer('--share', join(dir, 'music'), '--napster-port', String(port));
    await running.ready('peer', 'http');
    assert.equal(await answers(port), false);
    assert.doesNotMatch(running.err, /#token=/, 'the token was shown before');
    assert.equal((await command(['on', '--data', data, '--json'], dir)).code, 0);
    assert.equal(await answers(port), true);
  });

  it('answers short commands, also from the folder above it', async () => {
    for (const at of [data, dir]) {
      const { code, events } = await command(['transfers', '--json', '--data', at], dir);
      assert.equal(code, 0);
      assert.deepEqual(events, [{ event: 'end', transfers: 0 }]);
    }
    const held = await command(['quarantine', '--json', '--data', data], dir);
    assert.deepEqual([held.code, held.events], [0, [{ event: 'end', held: 0 }]]);
    for (const [words, reason] of [
      [['search', 'x'], /no hub is set/],
      [['browse', 'nobody'], /no hub is connected/],
      [['get', 'nothing.0'], /no such result/],
      [['quarantine', 'release', 'qnone'], /no such held file/],
    ] as const) {
      const { code, err } = await command([...words, '--data', data], dir);
      assert.equal(code, 1, words.join(' '));
      assert.match(err, reason);
      assert.equal(err.trim().split('\n').length, 1, err);
    }
    const nobody = await command(['transfers', '--data', join(dir, 'nobody')], dir);
    assert.equal(nobody.code, 1);
    assert.match(nobody.err, /no peer runs on/);
  });

  it('browses its own list by address, without a hub', async () => {
    const { code, events, err } = await command(['browse', `127.0.0.1:${port}`, '--json', '--data', data], dir);
    assert.equal(code, 0, err);
    assert.deepEqual(
      events.map(({ event, path }) => [event, path]),
      [
        ['result', '\\music\\Slow River.mp3'],
        ['end', undefined],
      ],
    );
  });

  it('starts anew by itself when a folder is set, on the same page address', async () => {
    const { http, token } = control();
    const ask = async (path: string, body?: object): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(
        `http://${http}${path}`,
        body === undefined ? { headers } : { method: 'PUT', headers, body: JSON.stringify(body) },
      );
      return (await answer.json()) as Record<string, unknown>;
    };
    mkdirSync(join(dir, 'more'));
    cpSync(join(TUNES, 'Ida Fern - Rain on Slate.mp3'), join(dir, 'more', 'Rain.mp3'), { preserveTimestamps: true });
    const { run } = await ask('/api/status');
    await ask('/api/settings', { shareFolders: [join(dir, 'music'), join(dir, 'more')], upLimitKBps: 100 });
    await eventually('the new folder', async () => {
      const status = await ask('/api/status').catch(() => null);
      return status !== null && status['run'] !== run && (status['shares'] as { files: number }).files === 2
        ? true
        : undefined;
    });
    assert.equal(control().http, http);
    assert.equal((await ask('/api/settings'))['upLimitKBps'], 100);
  });

  it('goes on by itself, on the same page address, when one of its processes dies', {
    skip: process.platform === 'linux' ? false : 'needs /proc',
  }, async () => {
    const { pid } = running.child;
    const { http } = control();
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    assert.equal(children.length, 2);
    for (const child of children) process.kill(child, 'SIGKILL');
    await eventually('an answer', async () =>
      (await command(['transfers', '--data', data], dir)).code === 0 ? true : undefined,
    );
    assert.equal(control().http, http);
  });

  it('is stopped within five seconds by SIGTERM, and its lock does not outlive a kill', async () => {
    const started = performance.now();
    assert.equal(await running.stop(), 0);
    assert.ok(performance.now() - started < 5_000);
    running = peer('--napster-port', '0');
    await running.ready('peer', 'http');
    running.child.kill('SIGKILL');
    await running.end();
    running = peer('--napster-port', '0');
    assert.match(await running.ready('peer', 'http'), /^127\.0\.0\.1:/);
  });

  it('shows by its self-test that nobody inside reads what lies outside', async () => {
    const { code, events } = await command(['peer', '--self-test', '--json', '--data', join(dir, 'tested')], dir);
    assert.equal(code, 0);
    const checks = events.filter(({ event }) => event === 'check');
    assert.ok(checks.length > 10);
    assert.ok(
      checks.every(({ ok }) => ok === true),
      JSON.stringify(checks),
    );
    assert.ok(checks.some(({ text }) => String(text).startsWith('not stopped by the sandbox')));
    assert.equal(readFileSync(join(dir, 'tested', 'canary'), 'utf8').includes('sandbox'), true);
  });
});

it('runs where the folder of packages is a link, as in a checkout that shares one', () => {
  const root = join(import.meta.dirname, '..', '..');
  const copy = join(dir, 'checkout');
  for (const part of ['bin', 'src', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(copy, 'bin', 'peershield.js'), 'peer', '--self-test', '--data', join(dir, 'linked')],
    { encoding: 'utf8', timeout: 30_000 },
  );
  assert.equal(status, 0, stdout + stderr);
});

describe('peershield get, in the sandbox', () => {
  const programs: Program[] = [];
  const home = join(dir, 'two');
  const at = (name: string): string => join(home, name);
  before(async () => {
    mkdirSync(at('music'), { recursive: true });
    cpSync(join(TUNES, 'Ida Fern - Slow River.mp3'), join(at('music'), 'Slow River.mp3'), { preserveTimestamps: true });
    const hub = new Program(['hub', '--data', at('hub'), '--port', '0', '--http', '127.0.0.1:0', '--json'], dir);
    programs.push(hub);
    const address = await hub.ready('hub', 'napster');
    for (const [nick, more] of [
      ['bert', ['--share', at('music'), '--napster-port', String(await freePort())]],
      ['carl', ['--napster-port', '0', '--downloads', at('songs')]],
    ] as const) {
      const flags = ['--nick', nick, '--data', at(nick), '--hub', address, '--http', '127.0.0.1:0', '--json'];
      programs.push(new Program(['peer', ...flags, ...more], dir));
    }
    for (const one of programs.slice(1)) await one.ready('peer', 'http');
  });
  after(async () => {
    for (const one of programs.toReversed()) await one.stop();
    folder.remove();
  });

  it('puts a song where --to says, twice under two names, and else into the downloads, with the usual rights', async () => {
    const id = await eventually('the song', async () => {
      const { events } = await command(['search', 'slow', 'river', '--json', '--wait', '2', '--data', at('carl')], dir);
      return events.find(({ event }) => event === 'result')?.['id'];
    });
    const get = async (...more: string[]): Promise<string> => {
      const { code, events, err } = await command(
        ['get', String(id), '--wait', '--json', '--data', at('carl'), ...more],
        dir,
      );
      assert.equal(code, 0, err);
      return String(events.at(-1)?.['path']);
    };
    const usual = 0o666 & ~process.umask();
    assert.equal(await get('--to', at('elsewhere')), join(at('elsewhere'), 'Slow River.mp3'));
    assert.equal(await get('--to', at('elsewhere')), join(at('elsewhere'), 'Slow River (2).mp3'));
    const path = await get();
    assert.equal(path, join(at('songs'), 'Slow River.mp3'));
    assert.equal(mode(path), usual);
    assert.deepEqual(readFileSync(path), readFileSync(join(at('music'), 'Slow River.mp3')));
    assert.equal(await get(), path, 'what is here already is not fetched again');
  });
});

function control(): { http: string; token: string } {
  return JSON.parse(readFileSync(join(data, 'control.json'), 'utf8')) as { http: string; token: string };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return await new Promise((resolve) => {
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
