// The dashboard in a browser over a hub in memory: a thousand users and none, wide and narrow, light and dark, every
// screen without an axe violation; from an alert to a ban in two clicks, and back. PEERSHIELD_PICTURES=1 takes pictures.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { LEVEL } from '../../src/hub/levels.ts';
import { crowd, World } from '../../src/hub/operator/testing/world.ts';
import { need } from '../kit/need.ts';
import { eventually, Program, scratch } from '../kit/program.ts';
import { type ControlOfWorld, controlOf, evening, WEB_DIR } from './crowd.ts';

const skip =
  need('chromium') || (existsSync(join(WEB_DIR, 'index.html')) ? false : 'needs the built page (npm test builds it)');
const PICTURES = process.env['PEERSHIELD_PICTURES'] === '1' ? join(import.meta.dirname, '../../docs/pictures') : null;
const WIDE = { viewport: { width: 1360, height: 860 } };
const NARROW = { viewport: { width: 360, height: 740 } };
const DARK = { colorScheme: 'dark' } as const;
const OPERATOR = { name: 'page:admin', mayActOn: LEVEL.elite };
type Role = 'admin' | 'moderator' | 'read-only';

const SCREENS: readonly (readonly [place: string, full: string, empty: string])[] = [
  ['overview', 'floods: searches', 'Nobody is over a budget'],
  ['users', '198.51.', 'Nobody is here'],
  ['floods', 'made to wait', 'Nobody had to wait'],
  ['rooms', 'all about', 'No rooms'],
  ['content', 'page:admin', 'Nobody has searched yet'],
  ['bans', 'advertising in every room', 'No bans'],
  ['system/health', 'Back up now', 'Back up now'],
  ['system/config', '9999', '9999'],
  ['system/audit', 'add filter', 'Nothing was done yet'],
];

describe('the dashboard', { skip }, () => {
  let browser: Browser;
  let busy: ControlOfWorld;
  let quiet: ControlOfWorld;
  let world: World;

  before(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    world = crowd(1000, Date.now());
    busy = await controlOf(world, Date.now, Date.now() - 1_800_000);
    evening(world, busy.watching, Date.now());
    await beBusy(world, busy);
    const nobody = new World(Date.now());
    quiet = await controlOf(nobody, Date.now);
  });
  after(async () => {
    await browser.close();
    await busy.stop();
    await quiet.stop();
  });

  async function visit(
    control: ControlOfWorld,
    use: (page: Page) => Promise<void>,
    { role = 'admin', ...options }: BrowserContextOptions & { role?: Role } = {},
  ): Promise<void> {
    const context = await browser.newContext({ ...WIDE, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(`${control.url}/#token=${control.tokens[role]}`);
    try {
      await use(page);
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
    }
  }

  const all = new Set(SCREENS.map(([place]) => place));
  // What differs in the dark are colours, and what differs where it is narrow are the lists.
  for (const [name, options, looksAt] of [
    ['wide and light', WIDE, all],
    ['wide and dark', { ...WIDE, ...DARK }, new Set(['overview', 'bans', 'system/config'])],
    ['narrow and light', NARROW, new Set(['overview', 'users'])],
  ] as const)
    test(`no screen has an axe violation or is too wide with a thousand users, ${name}`, async () => {
      await visit(
        busy,
        async (page) => {
          for (const [place, text] of SCREENS) {
            await show(page, place, text);
            await picture(page, place, name);
            const width = Number(await page.evaluate('document.scrollingElement.scrollWidth'));
            assert.ok(width <= options.viewport.width, `${place} is ${width} wide`);
            if (!looksAt.has(place)) continue;
            assert.deepEqual(await violations(page), [], place);
          }
        },
        options,
      );
    });

  test('an empty hub says so on every screen', async () => {
    await visit(
      quiet,
      async (page) => {
        for (const [place, , text] of SCREENS) await show(page, place, text);
        await show(page, 'users', 'Nobody is here');
        assert.deepEqual(await violations(page), []);
      },
      { ...NARROW, ...DARK },
    );
  });

  test('a thousand users are a few dozen rows in the document, and the last one is reached', async () => {
    await visit(busy, async (page) => {
      await show(page, 'users', '198.51.');
      const rows = page.locator('[role="row"][aria-selected]');
      assert.ok((await rows.count()) < 80);
      await page.getByRole('grid').focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('End');
      await page.locator('[role="row"][aria-rowindex="1001"]').waitFor();
    });
  });

  test('from an alert to a ban of an hour are two clicks, and undo is one more', async () => {
    const [flooder] = [...world.people.values()].slice(200);
    assert.ok(flooder);
    world.slow = [slowed(flooder.nick, flooder.address)];
    await visit(busy, async (page) => {
      await page
        .getByRole('status')
        .filter({ hasText: `${flooder.nick} floods` })
        .waitFor();
      await page.getByRole('banner').getByRole('button', { name: 'Look' }).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByText(`Matches one user now: ${flooder.nick}`).waitFor();
      await drawer.getByRole('button', { name: 'Ban 1 h' }).click();
      await page.getByText(`*!${flooder.address} is banned; one user disconnected`).waitFor();
      assert.equal(world.user(flooder.nick), null);
      assert.equal(busy.desk.books.bans.find(flooder.nick, flooder.address, Date.now())?.reason, 'flooding the hub');
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText(`*!${flooder.address} is not banned any more`).waitFor();
      assert.equal(busy.desk.books.bans.find(flooder.nick, flooder.address, Date.now()), null);
    });
    await beBusy(world, busy);
  });

  test('the ban form says whom it would meet before it does', async () => {
    const [someone] = [...world.people.values()].slice(300);
    assert.ok(someone);
    await visit(busy, async (page) => {
      await show(page, 'bans', 'advertising');
      await page.getByLabel('Nick!address').fill(`${someone.nick}!*`);
      await page.getByText(`Matches one user now: ${someone.nick}`).waitFor();
      assert.ok(await page.getByRole('button', { name: 'Ban', exact: true }).isDisabled(), 'a ban needs a reason');
      await page.getByLabel('Reason, told to whom it meets').fill('by mistake');
      await page.getByRole('button', { name: 'Ban', exact: true }).click();
      await page.getByRole('row', { name: new RegExp(`${someone.nick}!\\*.*by mistake`) }).waitFor();
    });
  });

  test('a file name is taken down in two clicks from its owner, and it is in the log', async () => {
    const [file] = world.shared.slice(400);
    assert.ok(file);
    const name = file.path.split('\\').at(-1) as string;
    world.blocks = ({ path }) => path.endsWith(name);
    await visit(busy, async (page) => {
      await show(page, `users?nick=${file.nick}`, name);
      await page
        .getByRole('button', { name: `More: ${name}` })
        .first()
        .click();
      await page.getByRole('menuitem', { name: 'Take down this name' }).click();
      await page.getByText('shared files were taken down').first().waitFor();
      await page.goto(`${busy.url}/#/system/audit`);
      await page
        .getByRole('row', { name: /take down/ })
        .first()
        .waitFor();
    });
    world.blocks = () => false;
  });

  test('a filter is tried before it can be added', async () => {
    await visit(busy, async (page) => {
      await show(page, 'content', 'page:admin');
      await page.getByLabel('Text').fill('harbour');
      assert.ok(await page.getByRole('button', { name: 'Add' }).isDisabled());
      await page.getByRole('button', { name: 'Try it' }).click();
      await page.getByText(/Would meet [\d,]+ of 5,000|Would meet [\d,]+ of [\d,]+ shared files/).waitFor();
      assert.ok(await page.getByRole('button', { name: 'Add' }).isEnabled());
    });
  });

  test('on a real hub, who logs in appears on the page within seconds, and can be sent away', async () => {
    const folder = scratch('hub-page');
    const hub = new Program(
      ['hub', '--data', folder.dir, '--port', '0', '--http', '127.0.0.1:0', '--json'],
      folder.dir,
    );
    const napster = await hub.ready('hub', 'napster');
    const link = await eventually('the link', () => Promise.resolve(/http\S+#token=\S+/.exec(hub.err)?.[0]));
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(link);
    await page.getByText('Nobody is here yet').waitFor();
    const [host = '', port = ''] = napster.split(':');
    const guest = connect(Number(port), host);
    guest.write(frame(2, 'visitor1 pw 6699 "test 1.0" 7'));
    await page.getByText('All is well: one user').waitFor();
    await page.goto(`${new URL(link).origin}/#/users?nick=visitor1`);
    await page.getByRole('dialog').getByText('test 1.0', { exact: true }).waitFor();
    const closed = once(guest.resume(), 'close');
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await closed;
    await page.getByText('visitor1 was disconnected').waitFor();
    await page.close();
    await hub.stop();
    folder.remove();
  });

  test('a key for reading shows everything and offers nothing to press; a wrong key opens the gate', async () => {
    await visit(
      busy,
      async (page) => {
        await show(page, 'overview', 'floods: searches');
        assert.equal(await page.getByRole('button', { name: 'Ban 1 h' }).count(), 0);
        await show(page, 'bans', 'advertising');
        assert.equal(await page.getByLabel('Nick!address').count(), 0);
        await show(page, 'system/config', '9999');
        assert.equal(await page.getByRole('button', { name: 'Read it again' }).count(), 0);
      },
      { role: 'read-only' },
    );
    const page = await browser.newPage();
    await page.goto(`${busy.url}/#token=wrong`);
    await page.getByText('Open the link once more').waitFor();
    await page.close();
  });
});

function slowed(nick: string, address: string): World['slow'][number] {
  const now = Date.now();
  return {
    nick,
    address,
    budget: 'searches',
    bound: '120 searches a minute',
    times: 412,
    first: now - 300_000,
    last: now,
  };
}

async function beBusy(world: World, { desk }: ControlOfWorld): Promise<void> {
  const [flooder] = [...world.people.values()].slice(7);
  world.slow = flooder === undefined ? [] : [slowed(flooder.nick, flooder.address)];
  world.doubtful = [{ nick: 'amber1', path: '\\music\\setup wrapped.mp3' }];
  if (desk.filters().length > 0) return;
  desk.ban('spammer*!*', 'advertising in every room', 3600, OPERATOR);
  await desk.addFilter('word', 'advert', OPERATOR);
}

function frame(type: number, payload: string): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(payload.length, 0);
  head.writeUInt16LE(type, 2);
  return Buffer.concat([head, Buffer.from(payload)]);
}

async function show(page: Page, place: string, text: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/${place}`);
  await page.getByText(text).first().waitFor();
}

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

async function picture(page: Page, place: string, look: string): Promise<void> {
  if (PICTURES === null) return;
  mkdirSync(PICTURES, { recursive: true });
  const name = `${place.replace('/', '-')}-${look.replaceAll(' and ', '-')}`;
  if (!TAKEN.has(name)) return;
  await page.screenshot({ path: join(PICTURES, `hub-${name}.png`) });
}

/** Those that the documents show. */
const TAKEN = new Set([
  'overview-wide-light',
  'overview-wide-dark',
  'users-wide-light',
  'floods-wide-light',
  'bans-narrow-light',
  'content-wide-light',
]);
