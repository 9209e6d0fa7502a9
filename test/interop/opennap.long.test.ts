// Our peers on a server that we did not write: opennap-ng, at the path that PEERSHIELD_OPENNAP names. Two of ours log in to
// it, share, search, browse and exchange songs through it, once straight and once by push. Everything stays on loopback.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../kit/ports.ts';
import { command, eventually, Program, scratch } from '../kit/program.ts';
import { makeSong, SONGS, type Song, sha1 } from '../kit/songs.ts';

const OPENNAP = process.env['PEERSHIELD_OPENNAP'];
const folder = scratch('opennap');
const { dir } = folder;
const at = (...parts: string[]): string => join(dir, ...parts);
const running: Program[] = [];
let server: ChildProcess;
let port = 0;

describe('peers of ours on opennap-ng', {
  skip: OPENNAP === undefined && 'PEERSHIELD_OPENNAP names no program: not run',
}, () => {
  before(async () => {
    port = await startOpennap(OPENNAP as string);
    makeSong(at('anna-music'), SONGS[0] as Song, 1);
    makeSong(at('bert-music'), SONGS[1] as Song, 2);
    await peer('anna', await freePort(), at('anna-music'));
    await peer('bert', 0, at('bert-music'));
    await peer('carl', await freePort());
  });
  after(async () => {
    for (const program of running) await program.stop();
    server.kill();
    folder.remove();
  });

  test('a song of somebody who listens is found and fetched', () => fetchFrom('anna', SONGS[0] as Song));
  test('a song of somebody behind a firewall is found and fetched by push', () => fetchFrom('bert', SONGS[1] as Song));
  test('a browse shows what somebody shares', async () => {
    const { events } = await command(['browse', 'anna', '--json', '--data', at('carl')], dir);
    assert.equal(events.filter(({ event }) => event !== 'end').length, 1);
  });
});

async function fetchFrom(nick: string, song: Song): Promise<void> {
  const id = await eventually(`${song.words} at ${nick}`, async () => {
    const { events } = await command(
      ['search', ...song.words.split(' '), '--wait', '2', '--json', '--data', at('carl')],
      dir,
    );
    return events.find(({ event }) => event === 'result')?.['id'];
  });
  const { code, events, err } = await command(['get', String(id), '--wait', '--json', '--data', at('carl')], dir);
  assert.equal(code, 0, err);
  assert.equal(sha1(String(events.at(-1)?.['path'])), sha1(at(`${nick}-music`, song.path)));
}

async function peer(nick: string, napsterPort: number, share?: string): Promise<void> {
  const where = [
    '--data',
    at(nick),
    '--hub',
    `127.0.0.1:${port}`,
    '--napster-port',
    String(napsterPort),
    '--http',
    '127.0.0.1:0',
  ];
  const sharing = share === undefined ? [] : ['--share', share];
  const program = new Program(['peer', '--nick', nick, '--json', ...where, ...sharing], dir);
  running.push(program);
  await program.ready('peer', 'http');
}

async function startOpennap(binary: string): Promise<number> {
  const [hub, stats, stats2] = [await freePort(), await freePort(), await freePort()];
  mkdirSync(at('opennap'));
  writeFileSync(at('opennap', 'users'), ':version 1\n');
  writeFileSync(
    at('opennap', 'config'),
    `server_name hub.test\nstats_port ${stats}\nstats_port2 ${stats2}\nstat_server_host 127.0.0.1\nstat_server_port 1\nbrowse_nag 0\n`,
  );
  server = spawn(binary, ['-c', at('opennap'), '-e', at('opennap'), '-p', String(hub), '-l', '127.0.0.1'], {
    stdio: 'ignore',
    cwd: at('opennap'),
  });
  await eventually('opennap-ng listens', async () => {
    const socket = connect(hub, '127.0.0.1');
    return await new Promise<true | undefined>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => setTimeout(() => resolve(undefined), 50));
    }).finally(() => socket.destroy());
  });
  return hub;
}
