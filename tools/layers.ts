// Keeps the walls of ARCHITECTURE.md and draws them. Floors import downward; rooms on one floor do not know each other;
// a room is entered by its door; pure rooms import nothing from outside. Says what it looked at, and fails on nothing.
//   node tools/layers.ts            check, and compare the picture in ARCHITECTURE.md
//   node tools/layers.ts --write    put the picture into ARCHITECTURE.md
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

type Room = { name: string; floor: number; pure: boolean };

const FLOORS = ['ground', 'first floor', 'second floor', 'third floor', 'roof'];
const ROOMS: Room[] = [
  room('base', 0, true),
  ...['napster', 'gnutella', 'http', 'mpeg', 'wrapster', 'magic', 'pcap', 'nat'].map((name) =>
    room(`wire/${name}`, 1, true),
  ),
  room('hash', 1, true),
  room('search', 1, true),
  room('api', 1, true),
  room('guard', 2, true),
  room('net', 2, false),
  room('store', 2, false),
  room('firewall', 2, false),
  ...['hub', 'peer', 'shields', 'watch', 'directory'].map((name) => room(name, 3, false)),
  room('cli', 4, false),
];
/** Test code may use these beside what its room may use. */
const TEST_PACKAGES = new Set(['fast-check']);
const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|[\s;}])import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
const MARK = { begin: '<!-- layers: begin -->', end: '<!-- layers: end -->' };

const root = normalize(join(import.meta.dirname, '..'));
const problems: string[] = [];
const uses = new Map<string, Set<string>>();
let files = 0;
let imports = 0;

for (const file of sourceFiles(join(root, 'src'))) {
  const path = relative(root, file);
  const from = roomOf(path);
  files++;
  if (from === null) problems.push(`${path}: lies in no room (see ROOMS in tools/layers.ts)`);
  else for (const target of importsOf(file)) check(path, from, target);
}
for (const file of sourceFiles(join(root, 'web', 'src'))) {
  const path = relative(root, file);
  files++;
  for (const target of importsOf(file)) {
    imports++;
    if (target.startsWith('#') && target !== '#api')
      problems.push(`${path}: the page imports ${target}; it may know #api only`);
    if (target.startsWith('node:')) problems.push(`${path}: the page imports ${target}`);
    if (target.startsWith('.') && !normalize(join(dirname(path), target)).startsWith('web/'))
      problems.push(`${path}: reaches out of web/ by ${target}`);
  }
}
finish();

function room(name: string, floor: number, pure: boolean): Room {
  return { name, floor, pure };
}

function roomOf(path: string): Room | null {
  const inside = path.replace(/^src\//, '');
  return ROOMS.find(({ name }) => inside.startsWith(`${name}/`)) ?? null;
}

function sourceFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .toSorted()
    .flatMap((name) => {
      const path = join(dir, name);
      if (statSync(path).isDirectory()) return sourceFiles(path);
      return /\.tsx?$/.test(name) ? [path] : [];
    });
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return [...text.matchAll(IMPORT)].map((match) => (match[1] ?? match[2] ?? match[3]) as string);
}

function check(path: string, from: Room, target: string): void {
  imports++;
  const forTests = /\.(test|bench|fuzz)\.ts$/.test(path) || path.includes('/testing/');
  if (target.startsWith('.')) {
    const to = normalize(join(dirname(path), target));
    const toRoom = to.startsWith('src/') ? roomOf(to) : null;
    if (forTests && to.startsWith('test/')) return;
    if (toRoom !== from)
      problems.push(`${path}: reaches into ${to}; a room is entered by its door (#${toRoom?.name ?? '?'})`);
    else if (to === `src/${from.name}/mod.ts`) problems.push(`${path}: imports its own door`);
    else if (!existsSync(join(root, to))) problems.push(`${path}: ${target} does not exist`);
    return;
  }
  if (target.startsWith('#')) {
    const to = ROOMS.find(({ name }) => name === target.slice(1));
    if (to === undefined) return void problems.push(`${path}: ${target} is no room`);
    if (to === from) return void problems.push(`${path}: imports its own door`);
    if (to.floor > from.floor)
      problems.push(`${path}: ${from.name} (${FLOORS[from.floor]}) imports ${to.name} from above`);
    if (to.floor === from.floor)
      problems.push(`${path}: ${from.name} and ${to.name} are on one floor and must not know each other`);
    if (!forTests) uses.set(from.name, (uses.get(from.name) ?? new Set()).add(to.name));
    return;
  }
  if (!from.pure || forTests) {
    if (!from.pure || target.startsWith('node:') || TEST_PACKAGES.has(target)) return;
  }
  problems.push(`${path}: ${from.name} is pure and imports ${target}`);
}

function finish(): void {
  const picture = draw();
  const page = join(root, 'ARCHITECTURE.md');
  const text = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const begin = text.indexOf(MARK.begin);
  const end = text.indexOf(MARK.end);
  if (begin < 0 || end < begin)
    problems.push(`ARCHITECTURE.md has no place for the picture (${MARK.begin} … ${MARK.end})`);
  else {
    const wanted = `${text.slice(0, begin + MARK.begin.length)}\n${picture}\n${text.slice(end)}`;
    if (process.argv.includes('--write')) writeFileSync(page, wanted);
    else if (wanted !== text) problems.push('ARCHITECTURE.md shows another picture: node tools/layers.ts --write');
  }
  if (files === 0 || imports === 0) problems.push('looked at nothing');
  for (const problem of problems) console.error(problem);
  console.log(`layers: ${files} files, ${imports} imports, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}

function draw(): string {
  const present = ROOMS.filter(({ name }) => existsSync(join(root, 'src', name, 'mod.ts')));
  const lines = ['```'];
  for (let floor = FLOORS.length - 1; floor >= 0; floor--) {
    const rooms = present.filter((candidate) => candidate.floor === floor);
    if (rooms.length === 0) continue;
    lines.push(`${FLOORS[floor]}`);
    for (const { name, pure } of rooms) {
      const below = [...(uses.get(name) ?? [])].toSorted((a, b) => order(a) - order(b));
      lines.push(
        `  ${name.padEnd(14)}${pure ? 'pure  ' : '      '}${below.length > 0 ? `→ ${below.join(', ')}` : ''}`.trimEnd(),
      );
    }
  }
  lines.push('```');
  return lines.join('\n');
}

function order(name: string): number {
  return ROOMS.length - ROOMS.findIndex((candidate) => candidate.name === name);
}
