// The built page served without a program behind it, and a browser to look at it: what the tests of the page share.
// Every path of a sound gives one second of silence, so that the player has something to play.
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const ROOT = join(import.meta.dirname, '../../dist/web');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export type Site = { origin: string; browser: Browser; close(): Promise<void> };

export async function openSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
    if (path.endsWith('/media')) {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end(SILENCE);
      return;
    }
    const file = path === '/' ? '/index.html' : path;
    readFile(join(ROOT, file)).then(
      (bytes) => response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, browser, close: () => closeBoth(browser, server) };
}

async function closeBoth(browser: Browser, server: Server): Promise<void> {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** What went wrong on a page: errors, refusals by its policy, requests to elsewhere. */
export type Watched = { page: Page; complaints: string[] };

export async function openPage(site: Site, path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await site.browser.newContext({
    viewport: { width: 1440, height: 900 },
    // Colours under way from light to dark would be judged as they are.
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(site.origin)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(site.origin + path);
  return { page, complaints };
}

const SILENCE = silence(8000);

/** One second of 8-bit mono silence as a WAV file. */
function silence(hz: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + hz, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(hz, 24);
  head.writeUInt32LE(hz, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(hz, 40);
  return Buffer.concat([head, Buffer.alloc(hz, 128)]);
}
