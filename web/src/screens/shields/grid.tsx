// The grid of squares: one a port, filled while the test runs. One stop for the Tab key; arrows move inside. Squares are
// drawn in strips of 32, so that a change repaints one strip and not 1,056 squares.
import { type KeyboardEvent, memo, type ReactNode, useMemo, useRef } from 'react';
import type { ShieldsPortState } from '#api';
import type { PortKnowledge } from './channel.ts';
import css from './grid.module.css';
import type { Cell } from './run.ts';
import { w } from './words.ts';

type GridProps = {
  ports: readonly number[];
  cells: ReadonlyMap<number, Cell>;
  names: PortKnowledge['texts'];
  selected: number | null;
  onSelect: (port: number) => void;
};

const STRIP = 32;
/** Up to here the squares are large and carry their number. */
const NUMBERED = 70;

export function Grid({ ports, cells, names, selected, onSelect }: GridProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const strips = useMemo(() => {
    const cut: number[][] = [];
    for (let i = 0; i < ports.length; i += STRIP) cut.push(ports.slice(i, i + STRIP));
    return cut;
  }, [ports]);
  const current = selected !== null && ports.includes(selected) ? selected : (ports[0] ?? 0);

  function move(event: KeyboardEvent): void {
    const step = stepOf(event.key, box.current);
    if (step === 0) return;
    event.preventDefault();
    const at = Math.min(ports.length - 1, Math.max(0, ports.indexOf(current) + step));
    const port = ports[at] as number;
    onSelect(port);
    box.current?.querySelector<HTMLElement>(`[data-port="${port}"]`)?.focus();
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={box}
      className={css.grid}
      data-numbered={ports.length <= NUMBERED}
      role="group"
      aria-label={`${w.grid}. ${w.gridHelp}`}
      onKeyDown={move}
      onMouseOver={(event) => select(event.target, onSelect)}
      onClick={(event) => select(event.target, onSelect)}
    >
      {strips.map((strip) => (
        <Strip
          key={strip[0]}
          ports={strip}
          look={strip.map((port) => lookOf(cells.get(port))).join(' ')}
          names={names}
          numbered={ports.length <= NUMBERED}
          current={strip.includes(current) ? current : null}
          selected={selected !== null}
        />
      ))}
    </div>
  );
}

type StripProps = {
  ports: readonly number[];
  look: string;
  names: PortKnowledge['texts'];
  numbered: boolean;
  /** Where the Tab key stops. */
  current: number | null;
  selected: boolean;
};

const Strip = memo(function Strip({ ports, look, names, numbered, current, selected }: StripProps): ReactNode {
  const looks = look.split(' ');
  return ports.map((port, i) => (
    <button
      key={port}
      type="button"
      className={css.square}
      data-port={port}
      data-look={looks[i]}
      data-current={selected && port === current}
      tabIndex={port === current ? 0 : -1}
      aria-label={`${port} ${names.get(port)?.name ?? ''} ${SPOKEN[looks[i] ?? 'none'] ?? ''}`}
    >
      {numbered ? port : null}
    </button>
  ));
});

const SPOKEN: Record<string, string> = { ...w.states, none: w.unknown, maybe: w.provisional };

function lookOf(cell: Cell | undefined): ShieldsPortState | 'none' | 'maybe' {
  if (cell === undefined) return 'none';
  return cell.provisional ? 'maybe' : cell.state;
}

function select(target: EventTarget, onSelect: (port: number) => void): void {
  const port = (target as HTMLElement).dataset['port'];
  if (port !== undefined) onSelect(Number(port));
}

/** How many squares an arrow moves: a row is as many as fit. */
function stepOf(key: string, box: HTMLElement | null): number {
  if (key === 'ArrowRight') return 1;
  if (key === 'ArrowLeft') return -1;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return 0;
  const columns = box === null ? STRIP : getComputedStyle(box).gridTemplateColumns.split(' ').length;
  return key === 'ArrowDown' ? columns : -columns;
}

export function Legend({ counts }: { counts: Record<ShieldsPortState, number> }): ReactNode {
  return (
    <ul className={css.legend} aria-label={w.legend}>
      {(['open', 'closed', 'stealth'] as const).map((state) => (
        <li key={state} className={css.entry}>
          <span className={css.sample} data-look={state} aria-hidden />
          <span>
            {counts[state].toLocaleString('en')} {w.states[state]}
          </span>
        </li>
      ))}
    </ul>
  );
}
