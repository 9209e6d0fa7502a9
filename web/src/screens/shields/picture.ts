// A picture of the result for showing around: squares, counts, the verdict. No address, no port number, no time of day.
import type { ShieldsPortState, ShieldsReport } from '#api';
import type { Run } from './run.ts';
import { w } from './words.ts';

const COLORS: Record<ShieldsPortState, string> = { open: '#e0492f', closed: '#3f82d0', stealth: '#2c9a5f' };
const SIZE = { columns: 44, square: 16, gap: 3, margin: 32, head: 92 };
/** Only these words: the sentence of an open result would name ports. */
const HEADLINES: Record<ShieldsReport['verdict'], string> = {
  'open found': 'Open ports found',
  'closed only': 'Nothing open, some ports answer',
  'all stealth': 'No port answered',
  passed: 'Nothing answered in any way',
};

export async function savePicture(run: Run, report: ShieldsReport): Promise<void> {
  const canvas = draw(run, report);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('This browser cannot make pictures.');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = 'peershield-ports.png';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function draw(run: Run, report: ShieldsReport): HTMLCanvasElement {
  const { columns, square, gap, margin, head } = SIZE;
  const states = run.ports.map((port) => run.cells.get(port)?.state ?? 'stealth');
  const rows = Math.ceil(states.length / columns);
  const canvas = document.createElement('canvas');
  canvas.width = 2 * margin + columns * (square + gap) - gap;
  canvas.height = 2 * margin + head + rows * (square + gap);
  const ink = canvas.getContext('2d');
  if (ink === null) throw new Error('This browser cannot make pictures.');
  ink.fillStyle = '#0c2a2b';
  ink.fillRect(0, 0, canvas.width, canvas.height);
  ink.fillStyle = '#ffffff';
  ink.font = '600 30px system-ui, sans-serif';
  ink.fillText(HEADLINES[report.verdict], margin, margin + 28);
  ink.fillStyle = '#9fd8cd';
  ink.font = '18px system-ui, sans-serif';
  const counted = `${report.open} ${w.states.open} · ${report.closed} ${w.states.closed} · ${report.stealth} ${w.states.stealth}`;
  ink.fillText(`${counted}   ${w.pictureTitle}`, margin, margin + 62);
  for (const [i, state] of states.entries()) {
    ink.fillStyle = COLORS[state];
    const x = margin + (i % columns) * (square + gap);
    const y = margin + head + Math.floor(i / columns) * (square + gap);
    ink.fillRect(x, y, square, square);
  }
  return canvas;
}
