// The main job through the page, as a new user meets it: `peershield up`, the link from the terminal, a search, listening
// while it downloads, a song that is whole at the end. PEERSHIELD_PICTURES=1 puts the pictures of the README into docs/pictures.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { need } from '../kit/need.ts';
import { freePort } from '../kit/ports.ts';
import { eventually, Program, scratch } from '../kit/program.ts';
import { makeSong, SONGS, type Song, sha1 } from '../kit/songs.ts';

const folder = scratch('page');
const { dir } = folder;
const at = (...parts: string[]): string => join(dir, ...parts);
const TUNES = join(import.meta.dirname, '..', '..', 'assets', 'tunes');
const LONG = SONGS[7] as Song;
const running: Program[] = [];
const complaints: string[] = [];
let browser: Browser;
let page: Page;

describe('the main job through the page', { skip: need('chromium', 'lame') }, () => {
  before(async () => {
    makeSong(at('bert-music'), LONG, 8);
    const up = start([
      'up',
      '--no-open',
      '--data',
      at('up'),
      '--hub-port',
      '0',
      '--napster-port',
      String(await freePort()),
      '--http',
      '127.0.0.1:0',
      '--json',
    ]);
    const hub = await up.ready('hub', 'napster');
    await up.ready('peer', 'http');
    const port = String(await freePort());
    const sharing = ['--share', at('bert-music'), '--up-limit', '1500'];
    const bert = start([
      'peer',
      '--nick',
      'bert',
      '--data',
      at('bert'),
      '--hub',
      hub,
      '--napster-port',
      port,
      '--http',
      '127.0.0.1:0',
      '--json',
      ...sharing,
    ]);
    await bert.ready('peer', 'http');
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(/http:\/\/\S+#token=\S+/.exec(up.err)?.[0] ?? 'no link was shown');
  });

  after(async () => {
    await browser?.close();
    for (const program of running.toReversed()) await program.stop();
    folder.remove();
  });

  test('the first page says in a sentence how things stand', async () => {
    await page
      .getByText(/You are on one hub/)
      .first()
      .waitFor();
    await picture('now-light');
  });

  test('the first search finds the neighbour’s tunes', async () => {
    await search('paper lanterns');
    await page.getByText('Harbour Lights').first().waitFor();
    await page.getByText('Night Bus Home').first().waitFor();
  });

  test('one key fetches a song, and it is the neighbour’s, byte for byte', async () => {
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('d');
    const [name] = await eventually('a song in the downloads', async () => {
      const names = readdirSync(at('up', 'peer', 'downloads')).filter((file) => file.endsWith('.mp3'));
      return names.length > 0 ? names : undefined;
    });
    assert.equal(sha1(at('up', 'peer', 'downloads', String(name))), sha1(join(TUNES, String(name))));
  });

  test('what is already here is not fetched again: the key says so, and listening plays it', async () => {
    await page.keyboard.press('d');
    await page
      .getByText(/is already here/)
      .first()
      .waitFor();
    await page.keyboard.press('Space');
    await heard('Paper Lanterns');
    assert.equal(readdirSync(at('up', 'peer', 'downloads')).length, 1);
  });

  test('a long song plays while it is still arriving', async () => {
    await eventually('bert’s song', async () => {
      await search(LONG.words);
      return await page
        .getByText('Long Walk')
        .first()
        .waitFor({ timeout: 2000 })
        .then(
          () => true,
          () => undefined,
        );
    });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await heard('Long Walk');
    assert.ok(!readdirSync(at('up', 'peer', 'downloads')).includes('Long Walk.mp3'), 'it was still arriving');
    await picture('search-light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await picture('search-dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('the transfers show it, and it ends whole', async () => {
    await page.getByRole('link', { name: 'Transfers' }).first().click();
    await page.getByText('Long Walk', { exact: true }).first().waitFor();
    await picture('transfers-light');
    await eventually('the whole song', async () =>
      readdirSync(at('up', 'peer', 'downloads')).includes('Long Walk.mp3') ? true : undefined,
    );
    assert.equal(sha1(at('up', 'peer', 'downloads', 'Long Walk.mp3')), sha1(at('bert-music', LONG.path)));
  });

  test('on a narrow screen everything is there, and nothing sticks out', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of ['Now', 'Search', 'Transfers', 'Library', 'Settings']) {
      await page.getByRole('link', { name }).first().click();
      assert.ok(
        (await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')) === true,
        `${name} is wider than the screen`,
      );
      if (name !== 'Library') continue;
      await page.getByText('Harbour Lights').first().waitFor();
      await picture('library-narrow');
    }
  });

  test('nothing on the page failed', () => {
    assert.deepEqual(complaints, []);
  });
});

function start(args: string[]): Program {
  const program = new Program(args, dir);
  running.push(program);
  return program;
}

async function search(words: string): Promise<void> {
  await page.getByRole('link', { name: 'Search' }).first().click();
  const box = page.locator('input[type=search]').first();
  await box.fill(words);
  await box.press('Enter');
}

async function heard(song: string): Promise<void> {
  await page.getByRole('region', { name: 'Player' }).getByText(song, { exact: false }).first().waitFor();
  await eventually('half a second of sound', async () => {
    const position = Number(await page.getByRole('slider', { name: 'Position' }).inputValue());
    return position > 0.5 ? position : undefined;
  });
}

/** Kept in docs/pictures when asked, so that an ordinary run changes nothing. */
async function picture(name: string): Promise<void> {
  if (process.env['PEERSHIELD_PICTURES'] !== '1') return;
  const pictures = join(import.meta.dirname, '..', '..', 'docs', 'pictures');
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
