// The page's server as a browser, a script, and a stranger's page meet it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { LiveMessage, PeerStatus, SearchDelta, SearchState, SettingsReport, Transfer, TransfersDelta } from '#api';
import { PEER_ROUTES } from '#api';
import type { Peer } from '../peer.ts';
import { TestHub } from '../testing/hub.ts';
import { ended, Rig, until } from '../testing/rig.ts';
import { Uploader } from '../testing/uploader.ts';
import { sessionOf } from './access.ts';
import { type PageServer, servePage } from './server.ts';

const TOKEN = 'test-token-'.padEnd(43, 'x');
const TUNE = 'Ida Fern - Slow River.mp3';

const nothing = (): void => {};

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

describe('the page server', () => {
  const rig = new Rig();
  const hub = new TestHub();
  const slow = new Uploader('slow');
  let page: PageServer;
  let peer: Peer;
  let song: Buffer;
  let goOn = nothing;
  before(async () => {
    await hub.start();
    peer = await rig.peer('anna', {
      shareFolders: [rig.music('music', 9)],
      hubs: [{ address: hub.address, enabled: true, password: '' }],
      napsterPort: 0,
    });
    song = readFileSync(join(rig.dir, 'music', TUNE));
    await slow.start(hub.port, [{ path: '\\s\\Slow Song.mp3', size: song.length }], (socket, get) => {
      const offset = Number(/\d+$/.exec(get)?.[0]);
      socket.write(String(song.length));
      socket.write(song.subarray(offset, 100_000));
      goOn = () => socket.end(song.subarray(100_000));
    });
    page = await servePage(peer, {
      listen: { host: '127.0.0.1', port: 0 },
      token: TOKEN,
      webDir: join(rig.dir, 'no-page'),
    });
    await until(peer, 'shares', () => ((hub.user('anna')?.files.size ?? 0) === 9 ? true : undefined));
  });
  after(async () => {
    await page.close();
    await slow.stop();
    await rig.end();
    await hub.stop();
  });

  function ask(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const body = options.body === undefined ? null : JSON.stringify(options.body);
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: page.address.port, path, method, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
          );
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  }
  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await ask(method, path, body === undefined ? {} : { body });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.body.toString()}`);
    return JSON.parse(answer.body.toString()) as T;
  }

  it('answers nobody without the token, on no route', async () => {
    for (const { method, path, ...route } of Object.values(PEER_ROUTES)) {
      if ('open' in route) continue;
      const { status } = await ask(method, path.replace(':id', 'x'), { headers: { authorization: 'Bearer wrong' } });
      assert.equal(status, 401, path);
    }
    assert.equal((await ask('GET', '/api/hello', { headers: { authorization: '' } })).status, 200);
  });

  it('answers nobody without the token, however the route is written', async () => {
    for (const [method, path] of [
      ['GET', '/%61pi/status'],
      ['GET', '/ap%69/settings'],
      ['GET', '/%61%70%69/library'],
      ['HEAD', '/%61pi/status'],
      ['POST', '/%61pi/session'],
    ] as const)
      assert.equal((await ask(method, path, { headers: { authorization: '' } })).status, 401, path);
  });

  it('answers no other name and no other page', async () => {
    assert.equal((await ask('GET', '/api/status', { headers: { host: 'evil.example' } })).status, 403);
    assert.equal((await ask('GET', '/api/status', { headers: { origin: 'http://evil.example' } })).status, 403);
    assert.equal((await ask('GET', '/', { headers: { host: `evil.example:${page.address.port}` } })).status, 403);
  });

  it('sends a strict policy with everything', async () => {
    const { headers } = await ask('GET', '/api/status');
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cache-control'], 'no-store');
  });

  it('gives a cookie that opens sound and nothing that acts', async () => {
    const { status, headers } = await ask('POST', '/api/session');
    assert.equal(status, 204);
    assert.match(String(headers['set-cookie']), /HttpOnly; SameSite=Strict; Path=\/api/);
    const cookie = {
      authorization: '',
      cookie: `peershield_session=${sessionOf(TOKEN)}`,
      'sec-fetch-site': 'same-origin',
    };
    const { rows } = await json<{ rows: { id: string }[] }>('GET', '/api/library');
    assert.equal((await ask('GET', `/api/library/${rows[0]?.id}/media`, { headers: cookie })).status, 200);
    assert.equal((await ask('GET', '/api/status', { headers: cookie })).status, 401);
    assert.equal((await ask('POST', '/api/power', { headers: cookie, body: { on: false } })).status, 401);
  });

  it('refuses what does not fit a schema, with words', async () => {
    for (const [method, path, body] of [
      ['POST', '/api/searches', {}],
      ['POST', '/api/searches', { text: 'x'.repeat(2000) }],
      ['POST', '/api/downloads', { nick: 'a' }],
      ['POST', '/api/downloads', { resultId: 'a', to: 'relative' }],
      ['POST', '/api/transfers/actions', { action: 'explode', ids: ['x'] }],
      ['PUT', '/api/settings', { napsterPort: 70_000 }],
    ] as const) {
      const { status, body: said } = await ask(method, path, { body });
      assert.equal(status, 400, `${path} ${said.toString()}`);
      assert.equal((JSON.parse(said.toString()) as { error: { code: string } }).error.code, 'schema');
    }
    assert.equal((await ask('POST', '/api/searches', { body: { text: 'x', junk: 'y'.repeat(100_000) } })).status, 413);
    assert.equal((await ask('POST', '/api/downloads', { body: { uri: 'magnet:?xt=urn:sha1:A' } })).status, 501);
    assert.equal((await ask('POST', '/api/downloads', { body: { resultId: 'none.0' } })).status, 404);
    assert.equal((await ask('GET', '/api/nothing')).status, 404);
  });

  it('lists the library, sorted, filtered and in pages', async () => {
    type Listed = { total: number; rows: { name: string; seconds: number; shared: boolean }[] };
    const all = await json<Listed>('GET', '/api/library?sort=seconds&order=desc&limit=4');
    assert.equal(all.total, 9);
    assert.equal(all.rows.length, 4);
    assert.deepEqual(
      all.rows.map(({ seconds }) => seconds),
      all.rows.map(({ seconds }) => seconds).toSorted((a, b) => b - a),
    );
    assert.deepEqual((await json<Listed>('GET', '/api/library?q=bjorn')).rows.length, 1);
    assert.deepEqual((await json<Listed>('GET', '/api/library?q=%25')).rows.length, 0);
    const folders = await json<{ id: string; files: number }[]>('GET', '/api/library/folders');
    assert.deepEqual(
      folders.map(({ files }) => files),
      [9, 0],
    );
    assert.equal((await json<Listed>('GET', `/api/library?folderId=${folders[1]?.id}`)).total, 0);
  });

  it('plays a range of a song', async () => {
    const { rows } = await json<{ rows: { id: string }[] }>('GET', '/api/library?q=slow%20river');
    const { status, headers, body } = await ask('GET', `/api/library/${rows[0]?.id}/media`, {
      headers: { range: 'bytes=1000-1999' },
    });
    assert.equal(status, 206);
    assert.equal(headers['content-range'], `bytes 1000-1999/${song.length}`);
    assert.equal(headers['content-type'], 'audio/mpeg');
    assert.deepEqual(body, song.subarray(1000, 2000));
    assert.equal(
      (await ask('GET', `/api/library/${rows[0]?.id}/media`, { headers: { range: `bytes=${song.length}-` } })).status,
      416,
    );
    assert.equal((await ask('GET', '/api/library/999/media')).status, 404);
  });

  it('plays a song while it arrives, waiting for what has not passed yet, and tells the page as it goes', async () => {
    const live = await watch(page);
    live.send({ type: 'watch', topic: 'transfers', since: 0 });
    const search = await json<SearchState>('POST', '/api/searches', { text: 'slow song' });
    live.send({ type: 'watch', topic: 'search', id: search.id, since: 0 });
    const found = await live.until((message) => message.type === 'search' && message.rows.length > 0);
    const id = (found as { rows: { id: string }[] }).rows[0]?.id;
    const { status, body } = await ask('POST', '/api/downloads', { body: { resultId: id } });
    assert.equal(status, 201);
    const transfer = JSON.parse(body.toString()) as Transfer;
    assert.equal(
      (await ask('POST', '/api/downloads', { body: { resultId: id } })).status,
      200,
      'the same again is the same row',
    );
    await live.until(
      (message) =>
        message.type === 'transfers' &&
        message.rows.some((row) => row.id === transfer.id && row.playableBytes > 20_000),
    );
    const playing = ask('GET', `/api/transfers/${transfer.id}/media`);
    goOn();
    const played = await playing;
    assert.equal(played.status, 200);
    assert.deepEqual(played.body, song);
    await live.until(
      (message) =>
        message.type === 'transfers' && message.rows.some((row) => row.id === transfer.id && row.state === 'done'),
    );
    await live.until((message) => message.type === 'notice' && message.code === 'downloaded');
    live.close();
    const delta = await json<TransfersDelta>('GET', '/api/transfers?since=0');
    assert.equal(delta.full, true);
    assert.equal((await json<TransfersDelta>('GET', `/api/transfers?since=${delta.revision}`)).rows.length, 0);
    const inspection = await json<{ verdict: string; segments: unknown[] }>(
      'GET',
      `/api/transfers/${transfer.id}/inspection`,
    );
    assert.equal(inspection.verdict, 'good');
    assert.deepEqual(
      (
        await json<{ done: string[] }>('POST', '/api/transfers/actions', {
          action: 'clear',
          ids: [transfer.id, 'none'],
        })
      ).done,
      [transfer.id],
    );
  });

  it('lets a page go that sends nonsense only with an error, and refuses one without the token', async () => {
    const live = await watch(page);
    for (const nonsense of [
      '',
      '{',
      '[]',
      '{"type":"watch"}',
      '{"type":"watch","topic":"search","since":0}',
      '{"type":"watch","topic":"transfers","since":-1}',
    ]) {
      live.raw(nonsense);
      assert.equal((await live.until((message) => message.type === 'error')).type, 'error', nonsense);
      live.forget();
    }
    live.send({ type: 'watch', topic: 'search', id: 'gone', since: 0 });
    await live.until((message) => message.type === 'gone');
    live.close();
    await assert.rejects(watch(page, { authorization: 'Bearer x' }));
    await assert.rejects(watch(page, { origin: 'http://evil.example' }));
  });

  it('browses a person as a tree', async () => {
    const { id } = await json<{ id: string }>('POST', '/api/browse', { nick: 'slow' });
    const tree = await until(peer, 'the list', () =>
      peer.browses.page(id, '', 0, 10)?.state === 'done' ? true : undefined,
    );
    assert.ok(tree);
    const top = await json<{ folders: { path: string; files: number }[]; total: number }>('GET', `/api/browse/${id}`);
    assert.deepEqual([top.folders.map(({ path, files }) => [path, files]), top.total], [[['s', 1]], 0]);
    const inside = await json<{ rows: { name: string }[] }>('GET', `/api/browse/${id}?folder=s`);
    assert.deepEqual(
      inside.rows.map(({ name }) => name),
      ['Slow Song.mp3'],
    );
  });

  it('changes settings and says what became of each', async () => {
    const report = await json<SettingsReport>('PUT', '/api/settings', { uploadSlots: 2, gnutella: 'leaf' });
    assert.deepEqual(
      report.effects.map(({ key, effect }) => [key, effect]),
      [
        ['uploadSlots', 'applied'],
        ['gnutella', 'refused'],
      ],
    );
    assert.equal(report.settings.uploadSlots, 2);
    assert.doesNotMatch(JSON.stringify(report), /password":"/);
  });

  it('switches off and on', async () => {
    assert.equal((await json<PeerStatus>('POST', '/api/power', { on: false })).mode, 'off');
    assert.equal((await json<PeerStatus>('POST', '/api/power', { on: true })).mode, 'sharing');
  });

  it('checks a folder before it is shared', async () => {
    const check = await json<{ audio: number; refused: string | null }>('POST', '/api/folders/check', {
      path: join(rig.dir, 'music'),
    });
    assert.deepEqual([check.audio, check.refused], [9, null]);
    assert.match((await json<{ refused: string }>('POST', '/api/folders/check', { path: '/' })).refused, /whole disk/);
    assert.match(
      (await json<{ refused: string }>('POST', '/api/folders/check', { path: rig.dir })).refused,
      /data folder/,
    );
  });

  it('keeps a search for those who ask later', async () => {
    const { id } = await json<SearchState>('POST', '/api/searches', { text: 'slow song' });
    await until(peer, 'its end', () => (peer.searches.delta(id, 0)?.search.state === 'done' ? true : undefined));
    assert.equal((await json<SearchDelta>('GET', `/api/searches/${id}`)).rows.length, 1);
    assert.equal((await ask('DELETE', `/api/searches/${id}`)).status, 204);
    assert.equal((await ask('GET', `/api/searches/${id}`)).status, 404);
  });

  it('is ready for what the row ends as', async () => {
    for (const row of peer.rows.all()) if (row.direction === 'down') await ended(peer, row);
  });
});

type Watched = {
  send(message: object): void;
  raw(text: string): void;
  until(found: (message: LiveMessage) => boolean): Promise<LiveMessage>;
  forget(): void;
  close(): void;
};

/** A page's WebSocket, as a script opens it: with the token in a header. */
async function watch(
  page: PageServer,
  headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
): Promise<Watched> {
  const socket = new WebSocket(`ws://127.0.0.1:${page.address.port}/api/live`, { headers });
  let messages: LiveMessage[] = [];
  let heard = nothing;
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(String(data)) as LiveMessage);
    heard();
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', () => reject(new Error('refused')), { once: true });
  });
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    raw: (text) => socket.send(text),
    until: async (found) => {
      const deadline = AbortSignal.timeout(10_000);
      for (;;) {
        const message = messages.find(found);
        if (message !== undefined) return message;
        await new Promise<void>((resolve, reject) => {
          heard = resolve;
          deadline.addEventListener(
            'abort',
            () => reject(new Error(`no such message among ${JSON.stringify(messages).slice(0, 1000)}`)),
            { once: true },
          );
        });
      }
    },
    forget: () => void (messages = []),
    close: () => socket.close(),
  };
}
