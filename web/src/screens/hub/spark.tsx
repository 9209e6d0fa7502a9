// Small pictures that stand in rows: how busy somebody was in each of the last minutes.
import type { ReactNode } from 'react';
import css from './hub.module.css';

const WIDTH = 120;
const HEIGHT = 22;

/** One bar a minute, the newest at the right; the highest bar is the most of them, at least `least`. */
export function Spark({
  values,
  label,
  least = 20,
}: {
  values: readonly number[];
  label: string;
  least?: number;
}): ReactNode {
  const most = Math.max(least, ...values);
  const step = WIDTH / 30;
  return (
    <svg
      className={css.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      {values.map((value, i) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * HEIGHT);
        const x = WIDTH - (values.length - i) * step;
        return (
          <rect
            key={`${values.length - i}`}
            x={x}
            y={HEIGHT - height}
            width={step - 1}
            height={height}
            data-quiet={value === 0}
          />
        );
      })}
    </svg>
  );
}
