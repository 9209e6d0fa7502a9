// Prints docs/limits.md from the LIMITS tables that rooms export from their doors.
//   node tools/limits.ts            fails when the page says something else
//   node tools/limits.ts --write    writes the page
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Limits } from '#base';
import { LIMITS as guard } from '#guard';
import { LIMITS as hub } from '#hub';
import { LIMITS as net } from '#net';
import { LIMITS as peer } from '#peer';
import { LIMITS as search } from '#search';
import { LIMITS as shields } from '#shields';
import { LIMITS as watch } from '#watch';
import { LIMITS as napster } from '#wire/napster';
import { LIMITS as nat } from '#wire/nat';
import { LIMITS as pcap } from '#wire/pcap';
import { LIMITS as wrapster } from '#wire/wrapster';

const ROOMS: Readonly<Record<string, Limits>> = {
  'wire/napster': napster,
  'wire/nat': nat,
  'wire/pcap': pcap,
  'wire/wrapster': wrapster,
  search,
  guard,
  net,
  hub,
  peer,
  shields,
  watch,
};
const path = join(import.meta.dirname, '..', 'docs', 'limits.md');
const lines = [
  '# Limits',
  '',
  'Everything that comes from the network has a limit before it has a buffer. This page is printed from the code',
  '(`node tools/limits.ts --write`); each limit stands beside what keeps it.',
];
let count = 0;

for (const [room, limits] of Object.entries(ROOMS)) {
  lines.push('', `## ${room}`, '', '| limit | value | why |', '|---|---|---|');
  for (const [name, { value, unit, source }] of Object.entries(limits)) {
    lines.push(`| ${words(name)} | ${value.toLocaleString('en-US')} ${unit} | ${source} |`);
    count++;
  }
}
const page = `${lines.join('\n')}\n`;
if (process.argv.includes('--write')) writeFileSync(path, page);
else if (!existsSync(path) || readFileSync(path, 'utf8') !== page) {
  console.error('docs/limits.md says something else: node tools/limits.ts --write');
  process.exitCode = 1;
}
console.log(`limits: ${count} in docs/limits.md`);

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
