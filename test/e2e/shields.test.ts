// The shields page as a visitor meets it, in the testbed of namespaces: the server stands where the scanner stands, the
// browser runs in the target, so the page probes a host whose every port we know. PEERSHIELD_PICTURES=1 also takes the
// pictures of docs/shields.md: open found, closed only, all stealth; wide, narrow, light, dark.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { need } from '../kit/need.ts';
import { scratch } from '../kit/program.ts';
import { Bed, SCANNER, TARGET } from '../shieldbed/bed.ts';
import { home, type Kind, type Layout, uniform } from '../shieldbed/layouts.ts';

const ROOT = join(import.meta.dirname, '../..');
const PICTURES = process.env['PEERSHIELD_PICTURES'] === '1' ? join(ROOT, 'docs/pictures') : null;
const folder = scratch('shields-page');
const WIRE = { delayMs: 10, loss: 0, seed: 1 };
const DOORS: [number, Kind][] = [
  [22, 'open'],
  [80, 'open'],
  [113, 'closed'],
  [445, 'dropper'],
];
const built = existsSync(join(ROOT, 'dist/web/index.html'));
const skip =
  need('chromium', 'unshare', 'nsenter', 'ip', 'nft', 'python3') ||
  (built ? false : 'needs the built page (npm test builds it)');

type Visit = { bed: Bed; browser: Browser; page: Page; complaints: string[] };

async function visit(layout: Layout, look: { width: number; height: number; dark: boolean }): Promise<Visit> {
  const bed = await Bed.open(layout, WIRE);
  const command = [
    process.execPath,
    join(ROOT, 'bin/peershield.js'),
    'shields',
    'serve',
    '--lan',
    '--http',
    `${SCANNER[4]}:8882`,
  ];
  const { line } = await bed.start('scanner', [
    ...command,
    '--data',
    join(folder.dir, layout.name.replaceAll(/\W/g, '-')),
    '--json',
  ]);
  const { listen } = JSON.parse(line) as { listen: { http: string } };
  const browser = await chromium.launch({ executablePath: await wrapper(bed), args: ['--no-sandbox'] });
  const context = await browser.newContext({
    viewport: { width: look.width, height: look.height },
    colorScheme: look.dark ? 'dark' : 'light',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(`http://${listen.http}/`);
  return { bed, browser, page, complaints };
}

/** Chromium inside the target: playwright starts a program by its path. */
async function wrapper(bed: Bed): Promise<string> {
  const path = join(folder.dir, 'chromium-in-target');
  writeFileSync(path, `#!/bin/sh\nexec ${bed.enterTarget().join(' ')} /usr/bin/chromium "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

async function leave({ bed, browser }: Visit): Promise<void> {
  await browser.close();
  bed.close();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === null) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `shields-${name}.png`) });
}

async function probe(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Test my address' }).click();
  return (await page.getByTestId('verdict').textContent()) ?? '';
}

const square = (page: Page, port: number) => page.locator(`[data-port="${port}"]`);

describe('the shields page', { skip }, () => {
  after(() => folder.remove());

  test('a visitor agrees, sees the grid fill, reads what is open, and tests one port again', async () => {
    const layout: Layout = { ...home(4), kinds: new Map([...uniform('', 'stealth').kinds, ...DOORS]) };
    const seen = await visit(layout, { width: 1280, height: 900, dark: false });
    const { page, complaints } = seen;
    try {
      await page.getByText(`connect to ${TARGET[4]}, your own address and nowhere else, on 1,056 ports`).waitFor();
      await page.getByText('This server also tests visitors from its own network').first().waitFor();
      assert.match(await probe(page), /ports 22, 80, 445 of this address/);
      assert.equal(await page.locator('[data-port]').count(), 1056);
      const looks = await Promise.all(
        [22, 80, 113, 445, 1].map((port) => square(page, port).getAttribute('data-look')),
      );
      assert.deepEqual(looks, ['open', 'open', 'closed', 'open', 'stealth']);
      await picture(page, 'open-wide-light');

      await square(page, 445).click();
      await page.getByText('Worms that locked whole companies').first().waitFor();
      await page.keyboard.press('ArrowRight');
      await page.getByText('Port 446').first().waitFor();
      await page.getByRole('button', { name: 'Test port 446 again' }).click();
      await page.getByText('Port 446 is stealth.').waitFor();
      assert.equal(await page.locator('[data-port]').count(), 1056, 'the picture stays');

      const text = await page.getByTestId('report').textContent();
      assert.match(text ?? '', /3 open, 1 closed, 1052 stealth/);
      assert.ok(!text?.includes(TARGET[4]), 'the report names no address');
      await page.getByText('Port 113 (ident) is closed').click();
      await page.getByText('peershield firewall install --ident').waitFor();

      await page.getByText('Inside', { exact: true }).click();
      await page.getByText('shown only on that machine').waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      await leave(seen);
    }
  });

  const looks = [
    [
      'closed only',
      uniform('closed', 'closed'),
      'closed',
      { width: 1280, height: 900, dark: true },
      /1,056 ports answer/,
    ],
    [
      'all stealth',
      uniform('stealth', 'stealth'),
      'stealth',
      { width: 390, height: 844, dark: false },
      /No port answered/,
    ],
    [
      'open found',
      { ...home(4), kinds: new Map([...uniform('', 'stealth').kinds, ...DOORS]) },
      'open',
      { width: 390, height: 844, dark: true },
      /22, 80, 445/,
    ],
  ] as const;
  for (const [name, layout, file, look, words] of PICTURES === null ? [] : looks)
    test(`pictures: ${name}`, async () => {
      const seen = await visit(layout, look);
      try {
        assert.match(await probe(seen.page), words);
        await seen.page.getByTestId('verdict').scrollIntoViewIfNeeded();
        await picture(seen.page, `${file}-${look.width > 600 ? 'wide' : 'narrow'}-${look.dark ? 'dark' : 'light'}`);
      } finally {
        await leave(seen);
      }
    });
});
