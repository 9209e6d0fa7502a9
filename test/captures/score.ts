// Makes the captures of a seed, watches them, and has them scored.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alertLine, DEFAULTS, flowLine, Lines, summaryLine, summaryOf, Watcher, watchFile } from '#watch';

const run = promisify(execFile);

/** Fails with the scorer's own words when it has a complaint. */
export async function scoreSeed(seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'watch-score-'));
  try {
    await run('python3', [join(import.meta.dirname, 'mkcap.py'), '--out', folder, '--seed', String(seed)]);
    const results = join(folder, 'results');
    mkdirSync(results);
    const captures = readdirSync(folder).filter((name) => /\.pcap(?:ng)?$/.test(name));
    assert.ok(captures.length > 200, `${captures.length} captures were made`);
    for (const name of captures) writeFileSync(join(results, `${name}.ndjson`), await watched(join(folder, name)));
    const scored = await run('python3', [
      join(import.meta.dirname, 'watchscore.py'),
      join(folder, 'truth.json'),
      '--dir',
      results,
      '--detail',
    ]).catch((error: { stdout?: string; message?: string }) => {
      throw new Error(`seed ${seed}:\n${error.stdout ?? error.message}`);
    });
    assert.match(scored.stdout, /form: 0 complaints/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `peershield watch FILE --json` prints, without a process for each of 200 files. */
async function watched(path: string): Promise<string> {
  let text = '';
  const lines = new Lines((block) => {
    text += block;
  });
  const watcher: Watcher = new Watcher(DEFAULTS, {
    accepts: () => true,
    alert: (alert) => lines.add(alertLine(alert)),
    flow: (id, isInterim) => lines.add(flowLine(watcher, id, isInterim)),
  });
  const missing = await watchFile(path, watcher, new AbortController().signal);
  watcher.finish();
  for (let id = 0; id < watcher.flows.end; id++) if (watcher.flows.isUsed(id)) lines.add(flowLine(watcher, id, false));
  lines.add(summaryLine(summaryOf(watcher, 0, missing)));
  lines.flush();
  return text;
}
