// What `chart.tsx` fetches lazily: uPlot with the house's colours.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Line } from './chart.tsx';

export function draw(
  element: HTMLElement,
  lines: readonly Line[],
  format: (value: number) => string,
  height: number,
  least: number,
  data: uPlot.AlignedData,
): uPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const grid = { stroke: color('--ps-line'), width: 1 };
  const axis = { stroke: color('--ps-ink-soft'), font: '11px system-ui, sans-serif', grid, ticks: { show: false } };
  return new uPlot(
    {
      width: element.clientWidth,
      height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { points: { size: 6 }, drag: { x: false, y: false } },
      scales: {
        y: {
          range: (_plot, low, high) => [low < 0 ? Math.min(low * 1.15, -least / 2) : 0, Math.max(high * 1.15, least)],
        },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 72,
          size: 26,
          values: (_plot, ticks, _axis, _space, step) => ticks.map((tick) => clock(tick, step < 60)),
        },
        {
          ...axis,
          size: (_plot, labels) => 18 + 6.5 * Math.max(0, ...(labels ?? []).map(({ length }) => length)),
          space: 34,
          values: (_plot, ticks) => ticks.map((tick) => format(Math.abs(tick))),
        },
      ],
      series: [
        {},
        ...lines.map((line) => {
          const stroke = color(line.color);
          return {
            label: line.label,
            stroke,
            width: 1.8,
            fill: `color-mix(in srgb, ${stroke}, transparent 82%)`,
            points: { show: false },
            fillTo: 0,
          };
        }),
      ],
    },
    data,
    element,
  );
}

function clock(seconds: number, fine: boolean): string {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    ...(fine ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  });
}
