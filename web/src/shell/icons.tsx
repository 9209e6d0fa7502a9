// The page's own icons: 20 units square, one stroke. Decoration only: what they say is said in words beside them.
import type { ReactNode } from 'react';

const PATHS = {
  now: 'M3 10.500h3l2-5.500 4 10.500 2.200-5H17',
  search: 'M8.800 14.600a5.800 5.800 0 1 0 0-11.600 5.800 5.800 0 0 0 0 11.600ZM13 13l4 4',
  transfers: 'M6.500 3.500v12m0 0L3 12m3.500 3.500L10 12M13.500 16.500v-12m0 0L17 8m-3.500-3.500L10 8',
  library: 'M4 4v12M7.500 4v12M11 4.300l4.200 11.400M3 16.500h14',
  settings: 'M3 6h8M15 6h2M13 4v4M3 14h2M9 14h8M7 12v4',
  play: 'M6.500 4.200v11.600l9.300-5.800z',
  pause: 'M6.500 4.500v11M13.500 4.500v11',
  next: 'M5 4.500v11l8-5.500zM15 4.500v11',
  previous: 'M15 4.500v11L7 10zM5 4.500v11',
  get: 'M10 3.500v9.500m0 0-4-4m4 4 4-4M4 16.500h12',
  folder: 'M2.800 5.500v9.700h14.400V7.300H10L8.200 5.500z',
  hub: 'M10 11.600a1.600 1.600 0 1 0 0-3.200 1.600 1.600 0 0 0 0 3.200ZM6.500 13.500a5 5 0 0 1 0-7M13.500 6.500a5 5 0 0 1 0 7M4 16a8.500 8.500 0 0 1 0-12M16 4a8.500 8.500 0 0 1 0 12',
  person:
    'M10 10a3.300 3.300 0 1 0 0-6.600A3.300 3.300 0 0 0 10 10ZM3.800 16.700c.8-3 3.200-4.400 6.200-4.400s5.400 1.400 6.200 4.400',
  shield: 'M10 2.700 3.800 5v4.700c0 3.600 2.500 6.200 6.200 7.600 3.700-1.400 6.200-4 6.200-7.600V5z',
  check: 'm4 10.500 4 4 8-9',
  close: 'm5 5 10 10M15 5 5 15',
  right: 'm7.500 4.500 5.500 5.500-5.500 5.500',
  up: 'm4.500 12.500 5.500-5.500 5.500 5.500',
  down: 'm4.500 7.500 5.500 5.500 5.500-5.500',
  more: 'M4.500 10h.01M10 10h.01M15.500 10h.01',
  retry: 'M15.800 8.500A6 6 0 1 0 16 11M16.300 4.500v4h-4',
  copy: 'M7 7h9v9.500H7zM4 13V3.500h9',
  volume: 'M3 8v4h3l4 3.500v-11L6 8zM13 7.500a3.500 3.500 0 0 1 0 5M15 5a7 7 0 0 1 0 10',
  warn: 'M10 3.500 2.500 16.500h15zM10 8.500v3.500M10 14.300v.01',
  trash: 'M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.8 11h7.400l.8-11M8.500 9v4.500M11.500 9v4.500',
  first: 'M4 3.500h12M10 16.500V7m0 0-4 4m4-4 4 4',
  talk: 'M3.500 4h13v9h-7l-3.500 3.500V13H3.500z',
  user: 'M3 5h14v10H3zM3 8.500h14',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.300l2.700 1.700',
  power: 'M10 3v7M6 5.200a6.500 6.500 0 1 0 8 0',
  lock: 'M5 9h10v7.500H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  plus: 'M10 4v12M4 10h12',
  chart: 'M3.500 3.500v13h13M6.500 13l3-4 2.500 2 4-5.500',
  ban: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM5 5l10 10',
  list: 'M7 5h10M7 10h10M7 15h10M3.500 5h.01M3.500 10h.01M3.500 15h.01',
} as const;

export type IconName = keyof typeof PATHS;
const FILLED = new Set<IconName>(['play', 'next', 'previous']);

export function Icon({ name, size = 20 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill={FILLED.has(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.8 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sign of the house: a shield with sound in it. */
export function Mark({ size = 28 }: { size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        d="M16 2 4 6.200v9.300C4 22.600 9 27.700 16 30c7-2.300 12-7.400 12-14.500V6.200z"
        fill="var(--ps-rail-active)"
        stroke="var(--ps-rail-bright)"
        strokeWidth="1.600"
      />
      <path
        d="M10.500 13.500v5M16 9v13M21.500 12v7.500"
        stroke="var(--ps-rail-bright)"
        strokeWidth="2.800"
        strokeLinecap="round"
      />
    </svg>
  );
}
