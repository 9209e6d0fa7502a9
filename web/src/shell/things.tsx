// Small things that stand in many rows: a nick, a hub, a line's dot, a bar.
import type { MouseEvent, ReactNode } from 'react';
import { t } from '../texts/mod.ts';
import { type MenuEntry, useObjectMenu } from './object-menu.tsx';
import css from './things.module.css';

type ThingProps = { label: string; menu: () => MenuEntry[]; inRow?: boolean };

/** A nick or a hub: pressing it, either button, opens its menu. In a row the grid keeps the focus. */
export function Thing({ label, menu, inRow = false }: ThingProps): ReactNode {
  const open = useObjectMenu();
  function press(event: MouseEvent): void {
    event.preventDefault();
    event.stopPropagation();
    open(event.currentTarget, menu());
  }
  return (
    <button
      type="button"
      className={css.thing}
      tabIndex={inRow ? -1 : 0}
      aria-haspopup="menu"
      onClick={press}
      onContextMenu={press}
    >
      {label}
    </button>
  );
}

/** Napster's dot: green for cable and more, yellow for 56k and ISDN, red for slow modems; hollow when nobody said. */
export function LineDot({ line, busy = false }: { line: number | null; busy?: boolean }): ReactNode {
  const kind = line === null || line === 0 ? 'unknown' : line >= 7 ? 'fast' : line >= 4 ? 'middle' : 'slow';
  const name = t.search.line[line ?? 0] ?? '';
  const says = busy ? `${name}, ${t.search.busy}` : name;
  return (
    <span className={css.dot} data-kind={kind} data-busy={busy} title={says}>
      <span className="ps-hidden">{says}</span>
    </span>
  );
}

export function Bar({
  part,
  tone = 'go',
  label,
}: {
  part: number;
  tone?: 'go' | 'up' | 'done' | 'bad' | 'still';
  label: string;
}): ReactNode {
  const percent = Math.max(0, Math.min(100, part * 100));
  return (
    <span
      className={css.bar}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.floor(percent)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <span className={css.fill} data-tone={tone} style={{ width: `${percent}%` }} />
    </span>
  );
}

export function Cut({ children, title }: { children: ReactNode; title?: string }): ReactNode {
  return (
    <span className={css.cut} title={title}>
      {children}
    </span>
  );
}
