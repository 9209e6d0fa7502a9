// The X-ray strip: a file drawn by what its bytes are. Green sound, grey tags, red what is foreign. Pieces too small to
// be seen are drawn three units wide, because a foreign kilobyte in ten megabytes is what one looks for.
import type { ReactNode } from 'react';
import type { Segment } from '#api';
import { bytes } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import css from './strip.module.css';

const WIDTH = 1000;
const LEAST = 3;

export function Strip({ segments, sizeBytes }: { segments: readonly Segment[]; sizeBytes: number }): ReactNode {
  const kinds = [...new Set(segments.map(({ is }) => t.verdict.parts[is]))];
  return (
    <figure className={css.figure}>
      <svg
        className={css.strip}
        viewBox={`0 0 ${WIDTH} 24`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${t.verdict.strip}: ${kinds.join(', ')}`}
      >
        <rect width={WIDTH} height={24} fill="var(--ps-line)" />
        {byWeight(segments).map(({ from, to, is }) => {
          const x = (from / sizeBytes) * WIDTH;
          return (
            <rect
              key={from}
              x={Math.min(x, WIDTH - LEAST)}
              width={Math.max(LEAST, ((to - from) / sizeBytes) * WIDTH)}
              height={24}
              className={css[is]}
            >
              <title>{`${t.verdict.parts[is]}: ${bytes(to - from)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className={css.legend}>
        {LEGEND.filter((is) => segments.some((segment) => segment.is === is)).map((is) => (
          <span key={is} className={css.key}>
            <i className={`${css.swatch} ${css[is]}`} />
            {t.verdict.parts[is]}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

const LEGEND: Segment['is'][] = ['frames', 'data', 'tag', 'header', 'padding', 'junk', 'foreign'];

/** What is drawn later lies above: the alarming last. */
function byWeight(segments: readonly Segment[]): Segment[] {
  return segments.toSorted((a, b) => weightOf(a) - weightOf(b));
}

function weightOf({ is }: Segment): number {
  return is === 'foreign' ? 2 : is === 'junk' ? 1 : 0;
}
