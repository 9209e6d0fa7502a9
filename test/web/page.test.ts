// The peer's page on generated data, in a browser: keyboard, narrow and wide, light and dark, 10,000 rows, axe.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { need } from '../kit/need.ts';
import { openPage, openSite, type Site } from './browser.ts';

const skip = need('chromium');
const WIDE = { viewport: { width: 1440, height: 900 } };
const NARROW = { width: 360, height: 740 };
const ROW = '[role="row"][aria-selected]';
type Shown = readonly (readonly [path: string, text: string])[];
const SCREENS: Shown = [
  ['/?mock#/now', 'On the way'],
  ['/?mock#/search?q=velvet%20foxes', '160 files'],
  ['/?mock#/transfers', 'Receiving'],
  ['/?mock#/library', 'Kerosene'],
  ['/?mock#/library/quarantine', 'a Windows program behind a tag'],
  ['/?mock#/settings', 'Fetch only'],
  ['/?mock#/browse/alice', 'What alice shares'],
];
/** The same screens with nothing to show, or nobody to ask. */
const STATES: Shown = [
  ['/?mock=empty#/now', 'Welcome, silverfox.'],
  ['/?mock#/search', 'What would you like to hear?'],
  ['/?mock#/search?q=nothing', 'Nobody shares'],
  ['/?mock=empty#/transfers', 'Nothing has been fetched yet'],
  ['/?mock=empty#/library', 'Your library is empty'],
  ['/?mock=offline#/now', 'does not answer'],
  ['/?mock=locked', 'Open the link once more'],
];

/** For the page: what reaches over its right edge without a box of its own to scroll in. */
const TOO_WIDE = `[...document.querySelectorAll('#page *')].flatMap((element) => {
  const { width, right } = element.getBoundingClientRect();
  if (width === 0 || right <= innerWidth + 1) return [];
  for (let up = element.parentElement; up.id !== 'page'; up = up.parentElement)
    if (getComputedStyle(up).overflowX !== 'visible') return [];
  return [element.tagName + '.' + element.className + ' reaches ' + Math.round(right)];
})`;

let site: Site;
before(async () => {
  if (skip === false) site = await openSite();
});
after(() => site?.close());

/** Opens a page, lets the test use it, and demands that nothing was asked of others and nothing failed. */
async function visit(
  path: string,
  use: (page: Page) => Promise<void>,
  options: BrowserContextOptions = WIDE,
): Promise<void> {
  const { page, complaints } = await openPage(site, path, options);
  try {
    await use(page);
    assert.deepEqual(complaints, []);
  } finally {
    await page.context().close();
  }
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ html, any, all }) =>
        `${id}: ${html.slice(0, 160)} ${[...any, ...all].map(({ message }) => message).join(' ')}`,
    ),
  );
}

for (const [path, text] of SCREENS) {
  test(
    `${path} has no axe violation, wide and light, narrow and dark, and nothing wider than 360 pixels`,
    { skip },
    () =>
      visit(
        path,
        async (page) => {
          await page.getByText(text).first().waitFor();
          assert.deepEqual(await violations(page), [], 'wide and light');
          await page.emulateMedia({ colorScheme: 'dark' });
          await page.setViewportSize(NARROW);
          await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
          assert.deepEqual(await violations(page), [], 'narrow and dark');
          assert.deepEqual(await page.evaluate(TOO_WIDE), []);
        },
        { ...WIDE, colorScheme: 'light' },
      ),
  );
}

for (const [path, text] of STATES) {
  test(`${path} has no axe violation and nothing wider than 360 pixels`, { skip }, () =>
    visit(
      path,
      async (page) => {
        await page.getByText(text).first().waitFor();
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(await page.evaluate(TOO_WIDE), []);
      },
      { viewport: NARROW, colorScheme: 'light' },
    ),
  );
}

test('a song is searched, opened, played and fetched with the keyboard alone', { skip }, () =>
  visit('/?mock#/now', async (page) => {
    await page.getByText('You share 640 files').waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Skip to content');
    await page.getByRole('link', { name: 'Search' }).press('Enter');
    await page.getByRole('searchbox').waitFor();
    await page.keyboard.type('velvet foxes');
    await page.keyboard.press('Enter');
    await page.getByText('in 160 files').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const grid = page.getByRole('treegrid');
    const current = () => grid.getAttribute('aria-activedescendant');
    const first = await current();
    assert.notEqual(first, null);

    await page.keyboard.press('ArrowRight');
    await page.locator('[role="row"][aria-level="2"]').first().waitFor();
    await page.keyboard.press('ArrowDown');
    assert.notEqual(await current(), first);

    await page.keyboard.press(' ');
    const player = page.getByRole('region', { name: 'Player' });
    await player.getByRole('button', { name: 'Pause' }).waitFor();
    await page.keyboard.press('d');
    await page.getByText('Getting ').first().waitFor();
    assert.equal(await page.evaluate('document.activeElement.role'), 'treegrid');
    await page.keyboard.press('/');
    assert.equal(await page.evaluate('document.activeElement.type'), 'search');
  }),
);

test('Ctrl-K goes anywhere by a few letters, and searches for everything else', { skip }, () =>
  visit('/?mock#/now', async (page) => {
    await page.getByText('You share 640 files').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.type('lib');
    await page.keyboard.press('Enter');
    await page.getByRole('grid', { name: 'Library' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    await page.keyboard.type('paper boats');
    await page.keyboard.press('Enter');
    await page.getByText('in 160 files').waitFor();
  }),
);

test('the menu of a row opens by right click and by key, and gives the focus back', { skip }, () =>
  visit('/?mock#/transfers', async (page) => {
    const grid = page.getByRole('grid', { name: 'Transfers' });
    await page.locator(ROW).first().waitFor();
    await page
      .locator(ROW)
      .nth(1)
      .click({ button: 'right', position: { x: 60, y: 10 } });
    await page.getByRole('menuitem', { name: 'Copy name' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });

    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Copy nick' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    assert.equal(await grid.evaluate((element) => element.matches(':focus')), true);
  }),
);

test('10,000 results are some thirty rows in the document, and the last is one key away', { skip }, () =>
  visit('/?mock=huge#/search?q=huge', async (page) => {
    await page.getByText('The first 10,000 results').waitFor();
    const grid = page.getByRole('treegrid');
    const total = Number(await grid.getAttribute('aria-rowcount')) - 1;
    assert.ok(total > 2000, `${total} recordings`);
    assert.ok((await page.locator(ROW).count()) < 60);
    await grid.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.locator(`${ROW}[aria-rowindex="${total + 1}"]`).waitFor();
    assert.ok((await page.locator(ROW).count()) < 60);
  }),
);

test('a library of 10,000 files is fetched in pages as it comes into sight', { skip }, () =>
  visit('/?mock=huge#/library', async (page) => {
    const grid = page.getByRole('grid', { name: 'Library' });
    await page.locator(ROW).first().waitFor();
    assert.equal(await grid.getAttribute('aria-rowcount'), '10001');
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const last = page.locator('[role="row"][aria-rowindex="10001"]');
    await last.getByText(/MB$/).waitFor();
    assert.ok((await page.locator(ROW).count()) < 60);
  }),
);

test('columns give way as the screen gets narrow, and the rows become two lines', { skip }, () =>
  visit('/?mock#/transfers', async (page) => {
    await page.locator(ROW).first().waitFor();
    const headers = () => page.getByRole('columnheader').count();
    assert.equal(await headers(), 7);
    await page.setViewportSize({ width: 900, height: 800 });
    await page.getByRole('columnheader', { name: 'Since' }).waitFor({ state: 'detached' });
    assert.ok((await headers()) >= 4);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole('grid').and(page.locator('[data-narrow="true"]')).waitFor();
    assert.equal((await page.locator(ROW).first().boundingBox())?.height, 60);
  }),
);

test('a table is sorted by its headers, both ways, and says so', { skip }, () =>
  visit('/?mock#/library', async (page) => {
    await page.locator(ROW).first().waitFor();
    const size = page.getByRole('columnheader', { name: 'Size' });
    await size.getByRole('button').click();
    assert.equal(await size.getAttribute('aria-sort'), 'descending');
    const first = page.locator('[role="row"][aria-rowindex="2"]');
    const largest = await first.textContent();
    await size.getByRole('button').click();
    assert.equal(await size.getAttribute('aria-sort'), 'ascending');
    await first.filter({ hasNotText: largest ?? '' }).waitFor();
  }),
);

test('settings gather until they are saved, and the answer names what needs a restart', { skip }, () =>
  visit('/?mock#/settings', async (page) => {
    const save = page.getByRole('button', { name: 'Save' });
    await page.getByLabel('Nick').waitFor();
    assert.equal(await save.count(), 0);
    await page.getByRole('switch', { name: 'Fetch only' }).click();
    await page.getByLabel('Napster data port').fill('7000');
    await page.getByLabel('Nick').fill('two words');
    assert.equal(await save.isDisabled(), true);
    await page.getByLabel('Nick').fill('fox');
    await save.click();
    await page.getByText('After a restart: napsterPort.').waitFor();
    await page.getByText('Fetching only, on 2 hubs: no port held, nothing shared.').waitFor();
    assert.equal(await save.count(), 0);
  }),
);

test('a folder is looked at before it is shared, and what looks private is named', { skip }, () =>
  visit('/?mock#/settings', async (page) => {
    await page.getByLabel('Add a folder').fill('/home/you');
    await page.getByRole('button', { name: 'Look first' }).click();
    await page.getByText('/home/you/.ssh/id_ed25519').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Share it' }).count(), 0);
    await page.getByLabel('Add a folder').fill('/home/you/Songs');
    await page.getByRole('button', { name: 'Look first' }).click();
    await page.getByRole('button', { name: 'Share it' }).click();
    await page.getByRole('button', { name: 'Stop sharing: /home/you/Songs' }).waitFor();
  }),
);

test('a file in quarantine is shelved only after a second question, and taken back', { skip }, () =>
  visit('/?mock#/library/quarantine', async (page) => {
    await page.getByRole('button', { name: 'Shelve it anyway' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Shelve it' }).click();
    await page.getByRole('button', { name: 'Back to quarantine' }).click();
    await page.getByRole('button', { name: 'Back to quarantine' }).waitFor({ state: 'detached' });
  }),
);

test('a program that went away is said with a button, and the page comes back with it', { skip }, () =>
  visit('/?mock=offline#/now', async (page) => {
    await page.getByText(/does not answer\. Next try in \d s/).waitFor();
    await page.getByRole('button', { name: 'Try now' }).click();
    await page.getByText('You share 640 files').waitFor();
  }),
);

test('the key is taken out of the address at once and stays in this tab', { skip }, () =>
  visit('/?mock#token=secret%2Bkey', async (page) => {
    await page.getByText('You share 640 files').waitFor();
    assert.equal(new URL(page.url()).hash, '#/now');
    assert.equal(await page.evaluate(`sessionStorage.getItem('peershield-token')`), 'secret+key');
  }),
);

test('everything that loads at first is at most 300 kB as it goes over the wire', { skip }, async () => {
  const { page } = await openPage(site, '/?mock#/now');
  const names = await page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
  );
  await page.context().close();
  let sum = 0;
  for (const name of names.filter((path) => /\.(js|css)$/.test(path) && !path.includes('mock')))
    sum += gzipSync(await readFile(new URL(`../../dist/web${name}`, import.meta.url))).length;
  assert.ok(sum > 50_000 && sum <= 300_000, `${sum} bytes`);
});
