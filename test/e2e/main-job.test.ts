// The main job with real processes and real songs: a hub, two people who share, two who fetch. Everything goes through the
// command line and its JSON; bytes are compared at the end. `test/e2e/page.test.ts` does the same through the page.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { need } from '../kit/need.ts';
import { freePort } from '../kit/ports.ts';
import { command, eventually, Program, type ProgramEvent, scratch } from '../kit/program.ts';
import { makeNeverShared, makeSong, NEVER_SHARED, SONGS, type Song, sha1 } from '../kit/songs.ts';

const folder = scratch('main-job');
const { dir } = folder;
const at = (...parts: string[]): string => join(dir, ...parts);
const hashes = new Map<string, string>();
const done: string[] = [];
const running: Program[] = [];
let hub = '';
let hubPort = 0;

/** Who shares which songs: anna listens, bert is behind a firewall (no port). */
const OF_BERT = new Set([1, 3, 5]);
const ofAnna = (_: Song, index: number): boolean => !OF_BERT.has(index);

describe('the main job, from shell to shell', { skip: need('lame') }, () => {
  before(async () => {
    for (const [index, song] of SONGS.entries())
      hashes.set(song.path, makeSong(at(ofAnna(song, index) ? 'anna-music' : 'bert-music'), song, index + 1));
    makeNeverShared(at('anna-music'));
    makeSong(at('outside'), { path: 'private diary.mp3', words: '', seconds: 3, lame: ['-b', '96'] }, 77);
    symlinkSync(at('outside'), at('anna-music', 'link out'));
    symlinkSync(at('outside', 'private diary.mp3'), at('anna-music', 'diary link.mp3'));
    const program = start(['hub', '--data', at('hub'), '--port', '0', '--http', '127.0.0.1:0', '--json']);
    hub = await program.ready('hub', 'napster');
    hubPort = Number(hub.split(':')[1]);
    await peer('anna', { port: await freePort(), share: at('anna-music') });
    await peer('bert', { port: 0, share: at('bert-music') });
    await peer('carl', { port: await freePort() });
    await peer('dora', { port: 0 });
  });

  after(async () => {
    for (const program of running.toReversed()) await program.stop();
    console.log(`What was done:\n${done.map((line) => `  - ${line}`).join('\n')}`);
    folder.remove();
  });

  for (const [index, song] of SONGS.entries())
    test(`a search for "${song.words}" finds the song, with what is true of it`, async () => {
      const [row, more] = await searchFor(song.words, 'carl');
      assert.ok(row, song.path);
      assert.equal(more, undefined);
      assert.equal(row['network'], 'napster');
      assert.equal((row['sources'] as { nick: string }[])[0]?.nick, ofAnna(song, index) ? 'anna' : 'bert');
      assert.ok(
        Math.abs(Number(row['seconds']) - song.seconds) <= 1,
        `${String(row['seconds'])} s for ${song.seconds}`,
      );
      done.push(
        `searched "${song.words}": found, ${String(row['sizeBytes'])} bytes, ${String(row['kbps'])} kbps, ${String(row['hz'])} Hz`,
      );
    });

  test('what is no song, cut, hidden, still arriving or linked from elsewhere is not to be found', async () => {
    const { events } = await command(['browse', 'anna', '--json', '--data', at('carl')], dir);
    const names = events.filter(({ event }) => event !== 'end').map((event) => String(event['path'] ?? event['name']));
    assert.equal(names.length, SONGS.filter(ofAnna).length, names.join('\n'));
    for (const name of [...NEVER_SHARED, 'diary']) assert.ok(!names.some((path) => path.includes(name)), name);
    done.push(`browsed anna: ${names.length} songs and nothing else`);
  });

  test('a song is fetched from somebody who listens', () => fetchSong(0, 'carl'));
  test('a song is fetched by push from somebody behind a firewall', () => fetchSong(1, 'carl'));
  test('somebody behind a firewall fetches from one who listens', () => fetchSong(2, 'dora'));
  test('VBR, MPEG-2, quotes, accents and 200 characters arrive byte for byte', async () => {
    for (const index of [3, 4, 5, 6]) await fetchSong(index, 'carl');
  });

  test('two people behind firewalls are told so in words', async () => {
    const [row] = await searchFor('tide tables', 'dora');
    assert.equal(row, undefined, 'the hub leaves out what cannot be fetched');
    const list = await command(['browse', 'bert', '--json', '--data', at('dora')], dir);
    const path = String(list.events.find((event) => event['path'] !== undefined)?.['path']);
    const { code, events } = await command(
      ['get', '--from', 'bert', '--path', path, '--wait', '--json', '--data', at('dora')],
      dir,
    );
    assert.equal(code, 1);
    assert.equal(events.at(-1)?.event, 'failed');
    done.push(`two firewalled: "${String(events.at(-1)?.['reason'])}"`);
  });

  test('a download goes on where it was after its peer was killed in the middle', async () => {
    const song = SONGS[7] as Song;
    const port = await freePort();
    const slow = await peer('emma', { port }, ['--down-limit', '1500']);
    const [row] = await searchFor(song.words, 'emma');
    const get = new Program(['get', String(row?.['id']), '--wait', '--json', '--data', at('emma')], dir);
    const reached = await get.until('two megabytes', (events) =>
      events.map((event) => Number(event['bytes'])).find((bytes) => bytes > 2_000_000),
    );
    slow.child.kill('SIGKILL');
    await slow.end();
    await get.end();
    assert.deepEqual(songsIn('emma'), [], 'nothing partial is shown as complete');
    await peer('emma', { port });
    const id = String(get.events.find((event) => event['id'] !== undefined)?.['id']);
    const finished = await eventually('the rest of the song', async () => {
      const { events } = await command(['transfers', '--json', '--data', at('emma')], dir);
      return events.find((event) => event['id'] === id && event['state'] === 'done');
    });
    assert.equal(finished['bytes'], finished['sizeBytes']);
    assert.equal(sha1(at('emma-downloads', 'Long Walk.mp3')), hashes.get(song.path));
    done.push(`killed at ${reached} bytes, resumed, ${String(finished['sizeBytes'])} bytes equal`);
  });

  test('the hub stops and comes back: everybody logs in again and shares', async () => {
    const first = running[0] as Program;
    assert.equal(await first.stop(), 0);
    const again = start(['hub', '--data', at('hub'), '--port', String(hubPort), '--http', '127.0.0.1:0', '--json']);
    await again.ready('hub', 'napster');
    await eventually(
      'anna and bert share again',
      async () => {
        const rows = [...(await tryFor('morning bells', 'carl')), ...(await tryFor('tide tables', 'carl'))];
        return rows.length === 2 ? rows : undefined;
      },
      60_000,
    );
    done.push('restarted the hub: all back');
  });

  test('a song that is taken away while peers run is no longer found, and a new one is', async () => {
    renameSync(at('anna-music', SONGS[0]?.path ?? ''), at('outside', 'gone.mp3'));
    makeSong(at('anna-music'), { path: 'fresh today.mp3', words: '', seconds: 4, lame: ['-b', '96'] }, 55);
    await eventually(
      'the change at the hub',
      async () => {
        const gone = await tryFor('morning bells', 'carl');
        const come = await tryFor('fresh today', 'carl');
        return gone.length === 0 && come.length === 1 ? true : undefined;
      },
      60_000,
    );
    done.push('moved one song away and added another: both noticed');
  });

  test('the uploader dies in the middle: the reason is said, and the download ends when he is back', async () => {
    const anna = running.find(({ title }) => title.includes('--nick anna')) as Program;
    const port = Number((await anna.ready('peer', 'napster')).split(':')[1]);
    await peer('finn', { port: await freePort() }, ['--down-limit', '1500']);
    const [row] = await searchFor('long walk', 'finn');
    const get = new Program(['get', String(row?.['id']), '--wait', '--json', '--data', at('finn')], dir);
    await get.until('a megabyte', (events) => events.find((event) => Number(event['bytes']) > 1_000_000));
    anna.child.kill('SIGKILL');
    await anna.end();
    const waiting = await eventually('a reason', async () => {
      const { events } = await command(['transfers', '--json', '--data', at('finn')], dir);
      return events.find((event) => event['state'] === 'waiting' && event['reason'] !== undefined);
    });
    await peer('anna', { port, share: at('anna-music') });
    await get.until('done', (events) => events.find(({ event }) => event === 'done'), 90_000);
    assert.equal(sha1(at('finn-downloads', 'Long Walk.mp3')), hashes.get('big/Long Walk.mp3'));
    done.push(`uploader killed: "${String(waiting['reason'])}"; back: finished`);
  });
});

function start(args: string[]): Program {
  const program = new Program(args, dir);
  running.push(program);
  return program;
}

async function peer(
  nick: string,
  { port, share }: { port: number; share?: string },
  more: string[] = [],
): Promise<Program> {
  mkdirSync(at(`${nick}-downloads`), { recursive: true });
  const program = start([
    'peer',
    '--nick',
    nick,
    '--data',
    at(nick),
    '--hub',
    hub,
    '--napster-port',
    String(port),
    '--http',
    '127.0.0.1:0',
    '--json',
    '--downloads',
    at(`${nick}-downloads`),
    ...(share === undefined ? [] : ['--share', share]),
    ...more,
  ]);
  await program.ready('peer', 'http');
  return program;
}

async function searchFor(words: string, who: string): Promise<ProgramEvent[]> {
  return await eventually(`a search by ${who}`, async () => {
    const { code, events, err } = await command(
      ['search', ...words.split(' '), '--json', '--wait', '3', '--data', at(who)],
      dir,
    );
    assert.equal(code, 0, err);
    const rows = events.filter(({ event }) => event === 'result');
    assert.deepEqual(events.at(-1), { event: 'end', results: rows.length });
    return rows.length > 0 || (who === 'dora' && words === 'tide tables') ? rows : undefined;
  });
}

async function tryFor(words: string, who: string): Promise<ProgramEvent[]> {
  const { events } = await command(['search', ...words.split(' '), '--json', '--wait', '2', '--data', at(who)], dir);
  return events.filter(({ event }) => event === 'result');
}

async function fetchSong(index: number, who: string): Promise<void> {
  const song = SONGS[index] as Song;
  const [row] = await searchFor(song.words, who);
  const { code, events, err } = await command(['get', String(row?.['id']), '--wait', '--json', '--data', at(who)], dir);
  assert.equal(code, 0, `${err}\n${JSON.stringify(events.at(-1))}`);
  const last = events.at(-1) as ProgramEvent;
  assert.equal(last.event, 'done');
  assert.equal(last['sha1'], hashes.get(song.path));
  const path = String(last['path']);
  assert.ok(path.startsWith(at(`${who}-downloads`)), path);
  assert.equal(sha1(path), hashes.get(song.path));
  assert.ok(existsSync(path));
  done.push(
    `${who} fetched "${song.path.slice(0, 60)}" from ${ofAnna(song, index) ? 'anna' : 'bert (push)'}: ${String(last['sizeBytes'])} bytes equal`,
  );
}

function songsIn(who: string): string[] {
  return readdirSync(at(`${who}-downloads`));
}
