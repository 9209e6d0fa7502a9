// Somebody serves every kind of file that is no song under a song's name. Each one is stopped while it arrives or at its end,
// kept apart with what was found, never among the songs; the page shows the finding.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { Uploader } from '../../src/peer/testing/uploader.ts';
import { type Case, makeCases } from '../corpus/cases.ts';
import { encode, smallJobs } from '../corpus/encodes.ts';
import { payloads } from '../corpus/payloads.ts';
import { need } from '../kit/need.ts';
import { freePort } from '../kit/ports.ts';
import { command, eventually, Program, scratch } from '../kit/program.ts';

const KINDS = [
  'program',
  'script',
  'document',
  'archive',
  'image',
  'video',
  'text',
  'wrapster',
  'wrapped',
  'polyglot',
  'mislabelled',
  'not-audio',
];
const folder = scratch('hostile');
const { dir } = folder;
const at = (...parts: string[]): string => join(dir, ...parts);
const trap = (kind: string): string => `trap ${kind.replace('-', ' ')} song`;
const mallory = new Uploader('mallory');
const running: Program[] = [];
let traps: Map<string, Case>;
let browser: Browser | undefined;
let link = '';

describe('a hostile uploader', {
  skip: need('chromium', 'lame', 'twolame', 'ffmpeg', 'flac', 'oggenc', 'opusenc', 'bzip2'),
}, () => {
  before(async () => {
    mkdirSync(at('made'));
    const cases = makeCases({ encodes: encode(smallJobs(), at('made')), payloads: payloads(at('made')) });
    traps = new Map(KINDS.map((kind) => [kind, cases.find((one) => isTrap(one, kind)) as Case]));
    for (const [kind, one] of traps) assert.ok(one, kind);
    const hub = start(['hub', '--data', at('hub'), '--port', '0', '--http', '127.0.0.1:0', '--json']);
    const hubAddress = await hub.ready('hub', 'napster');
    const port = Number(hubAddress.split(':')[1]);
    const offers = [...traps].map(([kind, { bytes }]) => ({ path: `\\music\\${trap(kind)}.mp3`, size: bytes.length }));
    await mallory.start(port, offers, (socket, get) => {
      const [, kind = ''] = /trap (.+) song\.mp3/.exec(get) ?? [];
      const { bytes } = traps.get(kind.replace(' ', '-')) as Case;
      socket.end(Buffer.concat([Buffer.from(String(bytes.length)), bytes]));
    });
    const who = [
      '--nick',
      'carl',
      '--data',
      at('carl'),
      '--downloads',
      at('songs'),
      '--napster-port',
      String(await freePort()),
    ];
    const carl = start(['peer', ...who, '--hub', hubAddress, '--http', '127.0.0.1:0', '--json']);
    await carl.ready('peer', 'http');
    link = /http:\/\/\S+#token=\S+/.exec(carl.err)?.[0] ?? '';
  });
  after(async () => {
    await browser?.close();
    for (const program of running.toReversed()) await program.stop();
    if (mallory.port !== 0) await mallory.stop();
    folder.remove();
  });

  for (const kind of KINDS)
    test(`a file of the kind ${kind} goes into quarantine, and not among the songs`, async () => {
      const id = await eventually('the trap', async () => {
        const { events } = await command(
          ['search', ...trap(kind).split(' '), '--wait', '2', '--json', '--data', at('carl')],
          dir,
        );
        return events.find(({ event }) => event === 'result')?.['id'];
      });
      const { code, events } = await command(['get', String(id), '--wait', '--json', '--data', at('carl')], dir);
      assert.equal(code, 1, JSON.stringify(events.at(-1)));
      assert.equal(events.at(-1)?.event, 'failed');
      const list = await command(['transfers', '--json', '--data', at('carl')], dir);
      const row = list.events.find((event) => String(event['name']).includes(trap(kind)));
      assert.equal(row?.['state'], 'quarantined', JSON.stringify(row));
      assert.ok(String(row?.['reason']).length > 5);
      assert.deepEqual(readdirSync(at('songs')), []);
    });

  test('the page shows what was found in each', async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 1000 } })).newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(link);
    await page.getByRole('link', { name: 'Library' }).first().waitFor();
    await page.goto(`${link.split('#')[0]}#/library/quarantine`);
    for (const kind of KINDS) await page.getByText(trap(kind)).first().waitFor();
    const text = await page.locator('main').innerText();
    assert.match(text, /Wrapster/i);
    assert.match(text, /program/i);
    if (process.env['PEERSHIELD_PICTURES'] === '1')
      await page.screenshot({
        path: join(import.meta.dirname, '..', '..', 'docs', 'pictures', 'quarantine-light.png'),
      });
  });
});

function isTrap({ group, kind, file, bytes, verdicts }: Case, wanted: string): boolean {
  const held = verdicts.every((verdict) => verdict === 'fake' || verdict === 'suspect');
  return (
    kind === wanted &&
    held &&
    file.endsWith('.mp3') &&
    group !== 'hurt' &&
    bytes.length > 1000 &&
    bytes.length < 2_000_000
  );
}

function start(args: string[]): Program {
  const program = new Program(args, dir);
  running.push(program);
  return program;
}
