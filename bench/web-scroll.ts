// How smoothly 10,000 rows scroll: the time between two frames while a wheel turns, in a headless browser on generated
// data. The aim is p95 <= 33 ms (30 frames a second). Needs Chromium and the built page (node tools/install.cjs).
//   node bench/web-scroll.ts
import { openPage, openSite } from '../test/web/browser.ts';

const SECONDS = 4;
const STEP_PIXELS = 260;
const LISTS = [
  ['search results, live', '/?mock=huge#/search?q=huge', 'The first 10,000 results'],
  ['transfers, live', '/?mock=huge#/transfers', 'Receiving'],
  ['library, in pages', '/?mock=huge#/library', 'Kerosene'],
] as const;

/** Runs in the page: the gaps between frames, until asked. */
const RECORD = `(() => {
  const gaps = [];
  let last = performance.now();
  const frame = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  globalThis.takeGaps = () => gaps.splice(0);
})()`;

const site = await openSite();
try {
  for (const [name, path, text] of LISTS) console.log(await measure(name, path, text));
} finally {
  await site.close();
}

async function measure(name: string, path: string, text: string): Promise<string> {
  const { page } = await openPage(site, path, { bypassCSP: true });
  await page.getByText(text).first().waitFor();
  await page.locator('[role="row"][aria-selected]').first().hover();
  await page.evaluate(RECORD);
  await page.evaluate('takeGaps()');
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) await page.mouse.wheel(0, STEP_PIXELS);
  const taken = await page.evaluate<number[]>('takeGaps()');
  const gaps = taken.toSorted((a, b) => a - b);
  const top = await page.locator('[role="grid"], [role="treegrid"]').evaluate((element) => element.scrollTop);
  await page.context().close();
  const at = (part: number): string => (gaps[Math.floor(gaps.length * part)] ?? 0).toFixed(1);
  return `${name.padEnd(22)} ${gaps.length} frames over ${Math.round(top)} px: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`;
}
