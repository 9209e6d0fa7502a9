// The one chart: lines over time, drawn by uPlot, which is fetched when the first chart is shown.
import { useMantineColorScheme } from '@mantine/core';
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
};

export function Chart({ label, times, lines, format, height = 180 }: ChartProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const { colorScheme } = useMantineColorScheme();
  const data = [times, ...lines.map(({ values, mirrored }) => (mirrored ? values.map((value) => -value) : values))];
  const latest = useRef(data);
  latest.current = data;
  const shape = lines.map((line) => `${line.label} ${line.color} ${line.mirrored}`).join('\n');
  const describe = useRef({ lines, format });
  describe.current = { lines, format };

  useEffect(() => {
    let gone = false;
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    void import('./plot.ts').then(({ draw }) => {
      if (gone) return;
      plot.current = draw(
        element,
        describe.current.lines,
        describe.current.format,
        height,
        latest.current as uPlot.AlignedData,
      );
      observer.observe(element);
    });
    return () => {
      gone = true;
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
    // The lines' names and colours make a new plot; their values only new data.
  }, [shape, height, colorScheme]);

  useEffect(() => plot.current?.setData(latest.current as uPlot.AlignedData));

  return <div ref={box} className={css.chart} role="img" aria-label={label} style={{ height }} />;
}
