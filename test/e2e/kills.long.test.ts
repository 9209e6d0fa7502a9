// A series of kills: whoever dies, at whatever byte, the song is whole in the end and nothing partial was ever shown. The
// short form of it is in main-job.test.ts. PEERSHIELD_KILLS sets the number of rounds (20).
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pick, seeded, wholeBelow } from '#base';
import { need } from '../kit/need.ts';
import { freePort } from '../kit/ports.ts';
import { command, eventually, Program, scratch } from '../kit/program.ts';
import { makeSong, SONGS, type Song, sha1 } from '../kit/songs.ts';

const ROUNDS = Number(process.env['PEERSHIELD_KILLS'] ?? 20);
const LONG = SONGS[7] as Song;
const folder = scratch('kills');
const { dir } = folder;
const at = (...parts: string[]): string => join(dir, ...parts);
const chance = seeded(20_261_124);
type Name = 'hub' | 'giver' | 'taker';
const running = new Map<Name, Program>();
const commands = new Map<Name, string[]>();
let whole = '';

describe('a series of kills', { skip: need('lame') }, () => {
  before(async () => {
    whole = makeSong(at('music'), LONG, 8);
    const hubPort = await freePort();
    const peer = (name: string, port: number, ...more: string[]): string[] => [
      'peer',
      '--nick',
      name,
      '--data',
      at(name),
      '--hub',
      `127.0.0.1:${hubPort}`,
      '--napster-port',
      String(port),
      '--http',
      '127.0.0.1:0',
      '--json',
      ...more,
    ];
    commands.set('hub', ['hub', '--data', at('hub'), '--port', String(hubPort), '--http', '127.0.0.1:0', '--json']);
    commands.set('giver', peer('giver', await freePort(), '--share', at('music')));
    commands.set('taker', peer('taker', await freePort(), '--down-limit', '4000'));
    for (const name of ['hub', 'giver', 'taker'] as const) await start(name);
  });
  after(async () => {
    for (const program of running.values()) await program.stop();
    folder.remove();
  });

  for (let round = 1; round <= ROUNDS; round++) {
    const victim = pick(['hub', 'giver', 'taker'] as const, chance);
    const bytes = wholeBelow(9_000_000, chance);
    test(`round ${round}: the ${victim} dies at about ${bytes} bytes`, () => killOnce(victim, bytes, round));
  }
});

async function killOnce(victim: Name, bytes: number, round: number): Promise<void> {
  const songs = at(`songs ${round}`);
  const id = await eventually('the song', async () => {
    const { events } = await command(
      ['search', ...LONG.words.split(' '), '--wait', '2', '--json', '--data', at('taker')],
      dir,
    );
    return events.find(({ event }) => event === 'result')?.['id'];
  });
  const { events } = await command(['get', String(id), '--to', songs, '--json', '--data', at('taker')], dir);
  const row = String(events[0]?.['id']);
  await eventually(`${bytes} bytes`, async () => {
    const now = await transfer(row);
    return Number(now?.['bytes'] ?? 0) >= bytes || now?.['state'] === 'done' ? true : undefined;
  });
  running.get(victim)?.child.kill('SIGKILL');
  await running.get(victim)?.end();
  await start(victim);
  const done = await eventually(
    'the end',
    async () => {
      const now = await transfer(row);
      return now?.['state'] === 'done' || now?.['state'] === 'failed' ? now : undefined;
    },
    120_000,
  );
  assert.equal(done['state'], 'done', String(done['reason']));
  const names = readdirSync(songs);
  assert.equal(names.length, 1, names.join(' '));
  assert.equal(sha1(join(songs, String(names[0]))), whole);
}

async function transfer(id: string) {
  const { events } = await command(['transfers', '--json', '--data', at('taker')], dir);
  return events.find((event) => event['id'] === id);
}

async function start(name: Name): Promise<void> {
  const program = new Program(commands.get(name) as string[], dir);
  running.set(name, program);
  await program.ready(name === 'hub' ? 'hub' : 'peer', 'http');
}
