// Prints docs/limits.md from the LIMITS tables that rooms export from their doors.
//   node tools/limits.ts            fails when the page says something else
//   node tools/limits.ts --write    writes the page
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Limits } from '#base';

const PAGE = 'docs/limits.md';
const root = join(import.meta.dirname, '..');
const lines = [
  '# Limits',
  '',
  'Everything that comes from the network has a limit before it has a buffer. This page is printed from the code',
  '(`node tools/limits.ts --write`); each limit stands beside what keeps it.',
];
let count = 0;

for (const door of globSync('src/**/mod.ts', { cwd: root }).toSorted()) {
  const room = door.replace(/^src\//, '').replace(/\/mod\.ts$/, '');
  if (room === 'cli') continue; // the roof runs what it imports
  const { LIMITS } = (await import(pathToFileURL(join(root, door)).href)) as { LIMITS?: Limits };
  if (LIMITS === undefined) continue;
  lines.push('', `## ${room}`, '', '| limit | value | why |', '|---|---|---|');
  for (const [name, { value, unit, source }] of Object.entries(LIMITS)) {
    lines.push(`| ${words(name)} | ${value.toLocaleString('en-US')} ${unit} | ${source} |`);
    count++;
  }
}
const page = `${lines.join('\n')}\n`;
const path = join(root, PAGE);
if (process.argv.includes('--write')) writeFileSync(path, page);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== page) {
  console.error(`${PAGE} says something else: node tools/limits.ts --write`);
  process.exitCode = 1;
}
console.log(`limits: ${count} in ${PAGE}`);
if (count === 0) process.exitCode = 1;

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
