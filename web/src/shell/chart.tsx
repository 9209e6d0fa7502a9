// The one chart: lines over time, drawn by uPlot, which is fetched when the first chart is shown.
import { useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import type uPlot from 'uplot';
import css from './chart.module.css';

export type Line = {
  label: string;
  /** A custom property of the theme, as `--ps-down`. */
  color: string;
  /** Drawn below the zero line: two directions in one picture. */
  mirrored?: true;
  values: readonly number[];
};

type ChartProps = {
  /** What the picture says, for those who do not see it. */
  label: string;
  /** Unix seconds, one for each value. */
  times: readonly number[];
  lines: readonly Line[];
  format: (value: number) => string;
  height?: number;
  /** The scale reaches at least so far, so that a quiet line stays at its foot. */
  least?: number;
};

export function Chart(props: ChartProps): ReactNode {
  // Names and colours make a new plot; values only new data.
  const scheme = useComputedColorScheme();
  const names = props.lines.map(({ label, color }) => `${label} ${color}`).join();
  return <Plot key={`${scheme} ${names}`} {...props} />;
}

function Plot({ label, times, lines, format, height = 180, least = 20_000 }: ChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ times, lines, format, height, least });

  useEffect(() => {
    let gone = false;
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: latest.current.height }),
    );
    async function begin(target: HTMLElement): Promise<void> {
      const { draw } = await import('./plot.ts');
      if (gone) return;
      const now = latest.current;
      plot.current = draw(target, now.lines, now.format, now.height, now.least, dataOf(now.times, now.lines));
      observer.observe(target);
    }
    void begin(element);
    return () => {
      gone = true;
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    latest.current = { times, lines, format, height, least };
    plot.current?.setData(dataOf(times, lines));
  }, [times, lines, format, height, least]);

  return <div ref={box} className={css.chart} role="img" aria-label={label} style={{ height }} />;
}

function dataOf(times: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  const values = lines.map((line) => (line.mirrored ? line.values.map((value) => -value) : [...line.values]));
  return [[...times], ...values];
}
