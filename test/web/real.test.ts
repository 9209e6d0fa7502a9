// The page before a real peer: the key, settings that change the peer, a peer that dies and starts anew.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { need } from '../kit/need.ts';
import { freePort } from '../kit/ports.ts';
import { Program, scratch } from '../kit/program.ts';

describe('the page before a real peer', { skip: need('chromium') }, () => {
  const folder = scratch('web');
  let browser: Browser;
  let page: Page;
  let peer: Program;
  let origin = '';
  let port = 0;

  before(async () => {
    port = await freePort();
    peer = start();
    origin = `http://${await peer.ready('peer', 'http')}`;
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(20_000);
  });

  after(async () => {
    await browser?.close();
    await peer?.stop();
    folder.remove();
  });

  function start(): Program {
    const args = [
      '--data',
      `${folder.dir}/peer`,
      '--napster-port',
      '0',
      '--no-gnutella',
      '--http',
      `127.0.0.1:${port}`,
    ];
    return new Program(['peer', ...args, '--json'], folder.dir);
  }

  test('without the key nothing is shown, and a wrong one is refused', async () => {
    await page.goto(origin);
    await page.getByRole('heading', { name: 'Open the link once more' }).waitFor();
    await page.getByLabel('Link or key').fill('not-the-key');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('The program does not know this key.').waitFor();
  });

  test('the link that the peer printed, pasted, opens the page', async () => {
    const link = /http:\/\/\S+#token=\S+/.exec(peer.err + peer.out)?.[0];
    assert.ok(link !== undefined, 'the peer shows its link');
    await page.getByLabel('Link or key').fill(link);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('You have no hub yet. A hub is where people find each other.').waitFor();
  });

  test('what is saved changes the peer, and is there after it was killed and started anew', async () => {
    await page.getByRole('button', { name: 'Add a hub' }).click();
    await page.getByLabel('Add a hub').fill('127.0.0.1:9');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('Nick').fill('webfox');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const sentence = page.locator('header').getByRole('status');
    await sentence.getByText(/127\.0\.0\.1:9|No hub answers/).waitFor();

    await peer.stop('SIGKILL');
    await sentence.getByText(/The line to the program broke|does not answer/).waitFor();
    peer = start();
    await peer.ready('peer', 'http');
    await sentence.getByText(/127\.0\.0\.1:9|No hub answers/).waitFor();
    await page.reload();
    await page.getByLabel('Nick').waitFor();
    assert.equal(await page.getByLabel('Nick').inputValue(), 'webfox');
  });
});
