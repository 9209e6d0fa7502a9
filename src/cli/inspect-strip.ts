// The X-ray strip of a file: for a terminal as a line of blocks, for a page or a report as SVG.
import { harmless } from '#base';
import type { Judgement, SegmentKind } from '#guard';

const CELLS = 60;
const LETTERS: Readonly<Record<SegmentKind, string>> = {
  tag: 't',
  padding: '.',
  header: 'h',
  frames: '=',
  data: '=',
  junk: '?',
  foreign: 'X',
};
/** SGR colours: blue, grey, cyan, green, green, yellow, red. */
const COLOURS: Readonly<Record<SegmentKind, number>> = {
  tag: 44,
  padding: 100,
  header: 46,
  frames: 42,
  data: 42,
  junk: 43,
  foreign: 41,
};
const FILLS: Readonly<Record<SegmentKind, string>> = {
  tag: '#4c6ef5',
  padding: '#adb5bd',
  header: '#15aabf',
  frames: '#40c057',
  data: '#40c057',
  junk: '#fab005',
  foreign: '#e03131',
};
/** What is bad shows, however small it is. */
const WEIGHT: Readonly<Record<SegmentKind, number>> = {
  foreign: 3,
  junk: 2,
  tag: 1,
  header: 1,
  padding: 0,
  frames: 0,
  data: 0,
};

/** The strip as one line: a letter a cell, on coloured ground where the terminal has colours. */
export function paintStrip({ segments, sizeBytes }: Judgement, colours: boolean): string {
  let line = '';
  for (let cell = 0; cell < CELLS; cell++) {
    const is = worstIn(segments, (cell * sizeBytes) / CELLS, ((cell + 1) * sizeBytes) / CELLS);
    line += colours ? `\u001b[${COLOURS[is]}m${LETTERS[is]}\u001b[0m` : LETTERS[is];
  }
  return line;
}

function worstIn(segments: Judgement['segments'], from: number, to: number): SegmentKind {
  let worst: SegmentKind | null = null;
  let longest = 0;
  for (const segment of segments) {
    const length = Math.min(to, segment.to) - Math.max(from, segment.from);
    if (length <= 0) continue;
    const better =
      worst === null ||
      WEIGHT[segment.is] > WEIGHT[worst] ||
      (WEIGHT[segment.is] === WEIGHT[worst] && length > longest);
    if (better) {
      worst = segment.is;
      longest = length;
    }
  }
  return worst ?? 'padding';
}

const WIDTH = 1000;
const ROW = 56;

/** Strips of several files as one SVG picture. */
export function drawStrip(files: readonly (Judgement & { path: string })[]): string {
  const height = Math.max(1, files.length) * ROW + 40;
  const rows = files.map((file, row) => drawRow(file, row * ROW)).join('');
  const legend = (['frames', 'tag', 'header', 'padding', 'junk', 'foreign'] as const)
    .map((is, i) => {
      const x = i * 120;
      return `<rect x="${x}" y="${height - 24}" width="14" height="14" fill="${FILLS[is]}"/><text x="${x + 20}" y="${height - 12}">${is}</text>`;
    })
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">${rows}${legend}</svg>\n`;
}

function drawRow(file: Judgement & { path: string }, y: number): string {
  const scale = WIDTH / Math.max(1, file.sizeBytes);
  const rects = file.segments
    .map(({ from, to, is }) => {
      const width = Math.max(1, (to - from) * scale);
      const title = `<title>${is}: bytes ${from} to ${to}</title>`;
      return `<rect x="${(from * scale).toFixed(2)}" y="${y + 22}" width="${width.toFixed(2)}" height="22" fill="${FILLS[is]}">${title}</rect>`;
    })
    .join('');
  const name = escape(harmless(file.path.split('/').at(-1) ?? ''));
  return `<text x="0" y="${y + 15}">${name}: ${file.verdict}, ${file.kind}</text>${rects}`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
