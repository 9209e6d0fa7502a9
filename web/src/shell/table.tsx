// The one table of all screens: virtual rows, sorting, selection, keyboard, columns that give way on narrow screens.
// It knows nothing of what it shows. Focus stays on the grid; the row under the cursor is aria-activedescendant, so
// 10,000 rows are 30 in the document and one stop of the Tab key.
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  memo,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { t } from '../texts/mod.ts';
import { Icon } from './icons.tsx';
import type { Sort } from './order.ts';
import { type MenuEntry, useLongPress, useObjectMenu } from './object-menu.tsx';
import css from './table.module.css';

export type Column<Row> = {
  key: string;
  title: string;
  /** A grid track: `minmax(180px, 3fr)`, `72px`. */
  width: string;
  /** 1 is always there; the higher, the earlier it gives way. */
  priority: 1 | 2 | 3 | 4 | 5;
  end?: true;
  sortable?: true;
  /** The title is for screen readers only. */
  bare?: true;
  cell: (row: Row) => ReactNode;
};

type TableProps<Row> = {
  label: string;
  columns: readonly Column<Row>[];
  count: number;
  /** Undefined: not loaded yet; a placeholder is shown. */
  rowAt: (index: number) => Row | undefined;
  keyOf: (row: Row) => string;
  /** The row on a narrow screen, two lines high. */
  compact: (row: Row) => ReactNode;
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** For rows in two levels: undefined: a row of the lower level or without one. */
  expanded?: (row: Row) => boolean | undefined;
  onExpand?: (row: Row, expanded: boolean) => void;
  lower?: (row: Row) => boolean;
  /** What keys do to the selected rows, the cursor's first: `Enter`, ` `, `d`, `Delete`. */
  keys: Readonly<Record<string, (rows: Row[]) => void>>;
  menu: (rows: Row[]) => MenuEntry[];
  onSelect?: (rows: Row[]) => void;
  /** The rows now in sight, for pages to be fetched. */
  onRange?: (from: number, to: number) => void;
  /** Scrolls to this row and selects it when it comes up. */
  show?: string | undefined;
  dim?: (row: Row) => boolean;
};

const WIDTH_OF_PRIORITY = [0, 0, 620, 760, 920, 1080];
const COMPACT_BELOW = 620;
const ROW = 40;
const COMPACT_ROW = 60;

export function Table<Row>(props: TableProps<Row>): ReactNode {
  const { columns, count, rowAt, keyOf, keys, menu, onSelect, onRange, onExpand, expanded } = props;
  const id = useId();
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const narrow = width < COMPACT_BELOW;
  const rowHeight = narrow ? COMPACT_ROW : ROW;
  const shown = narrow ? [] : columns.filter(({ priority }) => width >= (WIDTH_OF_PRIORITY[priority] as number));
  const template = shown.map((column) => column.width).join(' ');
  const openMenu = useObjectMenu();

  const [selected, setSelected] = useState<ReadonlySet<string>>(NOBODY);
  const [cursor, setCursor] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  const lastIndex = useRef(0);

  const virtual = useVirtualizer({
    count,
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: narrow ? 0 : ROW,
  });
  useEffect(() => virtual.measure(), [rowHeight, virtual]);
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(from, to), [from, to, onRange]);

  const indexOf = useCallback(
    (key: string | null): number => {
      if (key === null) return -1;
      for (let i = 0; i < count; i++) {
        const row = rowAt(i);
        if (row !== undefined && keyOf(row) === key) return i;
      }
      return -1;
    },
    [count, rowAt, keyOf],
  );

  const rowsOf = useCallback(
    (wanted: ReadonlySet<string>, first: string | null): Row[] => {
      const rows: Row[] = [];
      for (let i = 0; i < count; i++) {
        const row = rowAt(i);
        if (row === undefined || !wanted.has(keyOf(row))) continue;
        if (keyOf(row) === first) rows.unshift(row);
        else rows.push(row);
      }
      return rows;
    },
    [count, rowAt, keyOf],
  );

  const choose = useCallback(
    (next: ReadonlySet<string>, at: string | null): void => {
      setSelected(next);
      setCursor(at);
      onSelect?.(rowsOf(next, at));
    },
    [onSelect, rowsOf],
  );

  const span = useCallback(
    (index: number): Set<string> => {
      const start = Math.max(0, indexOf(anchor.current));
      const keysBetween = new Set<string>();
      for (let i = Math.min(start, index); i <= Math.max(start, index); i++) {
        const row = rowAt(i);
        if (row !== undefined) keysBetween.add(keyOf(row));
      }
      return keysBetween;
    },
    [indexOf, rowAt, keyOf],
  );

  const moveTo = useCallback(
    (index: number, extend: boolean): void => {
      const row = rowAt(index);
      virtual.scrollToIndex(index);
      lastIndex.current = index;
      if (row === undefined) return;
      const key = keyOf(row);
      if (!extend) anchor.current = key;
      choose(extend ? span(index) : new Set([key]), key);
    },
    [rowAt, keyOf, virtual, choose, span],
  );

  const { show } = props;
  const shownKey = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (show === undefined || show === shownKey.current) return;
    const index = indexOf(show);
    if (index < 0) return;
    shownKey.current = show;
    moveTo(index, false);
  }, [show, indexOf, moveTo]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.target !== grid.current || event.altKey) return;
    // Before anything was chosen the first step goes to the first row; where a row vanished, to its neighbour.
    const found = indexOf(cursor);
    const at = anchor.current === null ? -1 : found >= 0 ? found : lastIndex.current - 1;
    const page = Math.max(1, Math.floor((grid.current?.clientHeight ?? 400) / rowHeight) - 2);
    const target = MOVES[event.key]?.(at, page, count);
    if (target !== undefined && count > 0) {
      event.preventDefault();
      return moveTo(Math.min(count - 1, Math.max(0, target)), event.shiftKey);
    }
    if ((event.ctrlKey || event.metaKey) && event.key === 'a') {
      event.preventDefault();
      const all = new Set<string>();
      for (let i = 0; i < count; i++) {
        const row = rowAt(i);
        if (row !== undefined) all.add(keyOf(row));
      }
      return choose(all, cursor);
    }
    if (event.ctrlKey || event.metaKey) return;
    const rows = rowsOf(selected.size === 0 && cursor !== null ? new Set([cursor]) : selected, cursor);
    const first = rows[0];
    if (event.key === 'Escape' && selected.size > 0) return choose(NOBODY, cursor);
    if (first === undefined) return;
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      event.preventDefault();
      const element = document.getElementById(rowId(id, keyOf(first)));
      return openMenu(element ?? grid.current, menu(rows));
    }
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      const open = event.key === 'ArrowRight';
      if (expanded?.(first) === !open) onExpand?.(first, open);
      return event.preventDefault();
    }
    const run = keys[event.key] ?? keys[event.key.toLowerCase()];
    if (run === undefined) return;
    event.preventDefault();
    run(rows);
  }

  const onRowClick = useCallback(
    (event: MouseEvent, index: number): void => {
      const row = rowAt(index);
      if (row === undefined) return;
      const key = keyOf(row);
      if (event.shiftKey) return choose(span(index), key);
      anchor.current = key;
      if (!event.ctrlKey && !event.metaKey) return choose(new Set([key]), key);
      const next = new Set(selected);
      if (!next.delete(key)) next.add(key);
      choose(next, key);
    },
    [rowAt, keyOf, choose, span, selected],
  );

  const onRowMenu = useCallback(
    (index: number, at: { x: number; y: number }): void => {
      const row = rowAt(index);
      if (row === undefined) return;
      const key = keyOf(row);
      const kept = selected.has(key) ? selected : new Set([key]);
      anchor.current = key;
      choose(kept, key);
      openMenu(at, menu(rowsOf(kept, key)));
    },
    [rowAt, keyOf, selected, choose, rowsOf, menu, openMenu],
  );

  const onRowActivate = useCallback(
    (index: number): void => {
      const row = rowAt(index);
      if (row !== undefined) keys.Enter?.([row]);
    },
    [rowAt, keys],
  );

  const cursorIndex = cursor === null ? -1 : items.findIndex(({ index }) => keyAt(rowAt(index), keyOf) === cursor);
  return (
    <div
      ref={grid}
      className={css.table}
      role={expanded === undefined ? 'grid' : 'treegrid'}
      aria-label={props.label}
      aria-rowcount={count + 1}
      aria-multiselectable
      aria-activedescendant={cursorIndex >= 0 && cursor !== null ? rowId(id, cursor) : undefined}
      tabIndex={0}
      data-narrow={narrow}
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        const first = rowAt(0);
        if (event.target === grid.current && cursor === null && first !== undefined) setCursor(keyOf(first));
      }}
    >
      <Head columns={shown} template={template} sort={props.sort} onSort={props.onSort} hidden={narrow} all={columns} />
      <div role="rowgroup" className={css.body} style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rowAt(index);
          const key = row === undefined ? `#${index}` : keyOf(row);
          return (
            <RowView
              key={key}
              id={rowId(id, key)}
              index={index}
              start={start}
              height={rowHeight}
              row={row}
              columns={shown}
              template={template}
              compact={narrow ? props.compact : null}
              selected={selected.has(key)}
              current={cursor === key}
              lower={row !== undefined && (props.lower?.(row) ?? false)}
              dim={row !== undefined && (props.dim?.(row) ?? false)}
              expanded={row === undefined ? undefined : expanded?.(row)}
              tree={expanded !== undefined}
              onExpand={onExpand}
              onClick={onRowClick}
              onMenu={onRowMenu}
              onActivate={onRowActivate}
            />
          );
        })}
      </div>
    </div>
  );
}

type HeadProps<Row> = Pick<TableProps<Row>, 'sort' | 'onSort'> & {
  columns: readonly Column<Row>[];
  all: readonly Column<Row>[];
  template: string;
  hidden: boolean;
};

function Head<Row>({ columns, all, template, sort, onSort, hidden }: HeadProps<Row>): ReactNode {
  // A narrow table keeps its header for screen readers, as one cell for its one column.
  if (hidden)
    return (
      <div role="rowgroup" className="ps-hidden">
        <div role="row" aria-rowindex={1}>
          <div role="columnheader">{all[0]?.title}</div>
        </div>
      </div>
    );
  return (
    <div role="rowgroup" className={css.head}>
      <div role="row" aria-rowindex={1} className={css.headRow} style={{ gridTemplateColumns: template }}>
        {columns.map(({ key, title, end, sortable, bare }) => {
          const order = sort.key === key ? sort.order : null;
          return (
            <div
              key={key}
              role="columnheader"
              className={css.headCell}
              data-end={end}
              aria-sort={order === null ? undefined : order === 'asc' ? 'ascending' : 'descending'}
            >
              {sortable === undefined ? (
                <span className={bare ? 'ps-hidden' : undefined}>{title}</span>
              ) : (
                <button
                  type="button"
                  className={css.sort}
                  title={t.table.sortBy(title)}
                  data-active={order !== null}
                  onClick={() =>
                    onSort({ key, order: order === 'asc' ? 'desc' : order === 'desc' ? 'asc' : firstOrder(end) })
                  }
                >
                  {title}
                  <Icon name={order === 'desc' ? 'down' : 'up'} size={12} />
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Figures are wanted from the largest, words from A. */
function firstOrder(end: true | undefined): Sort['order'] {
  return end ? 'desc' : 'asc';
}

type RowProps<Row> = {
  id: string;
  index: number;
  start: number;
  height: number;
  row: Row | undefined;
  columns: readonly Column<Row>[];
  template: string;
  compact: ((row: Row) => ReactNode) | null;
  selected: boolean;
  current: boolean;
  lower: boolean;
  dim: boolean;
  tree: boolean;
  expanded: boolean | undefined;
  onExpand: ((row: Row, expanded: boolean) => void) | undefined;
  onClick: (event: MouseEvent, index: number) => void;
  onMenu: (index: number, at: { x: number; y: number }) => void;
  onActivate: (index: number) => void;
};

function RowOf<Row>(props: RowProps<Row>): ReactNode {
  const { row, index, columns, compact, expanded, onMenu } = props;
  const longPress = useLongPress((at) => onMenu(index, at));
  const toggle =
    row !== undefined && expanded !== undefined ? (
      <button
        type="button"
        tabIndex={-1}
        className={css.toggle}
        data-open={expanded}
        aria-label={expanded ? t.table.collapse : t.table.expand}
        onClick={(event) => {
          event.stopPropagation();
          props.onExpand?.(row, !expanded);
        }}
      >
        <Icon name="right" size={14} />
      </button>
    ) : props.tree ? (
      <span className={css.noToggle} />
    ) : null;
  return (
    // The keyboard's way is the grid's own: focus never leaves it.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      id={props.id}
      className={css.row}
      aria-rowindex={index + 2}
      aria-selected={props.selected}
      aria-expanded={expanded}
      aria-level={props.tree ? (props.lower ? 2 : 1) : undefined}
      data-current={props.current}
      data-lower={props.lower}
      data-dim={props.dim}
      style={{
        height: props.height,
        transform: `translateY(${props.start}px)`,
        gridTemplateColumns: compact === null ? props.template : '1fr',
      }}
      onClick={(event) => props.onClick(event, index)}
      onDoubleClick={() => props.onActivate(index)}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(index, { x: event.clientX, y: event.clientY });
      }}
      {...longPress}
    >
      {row === undefined ? (
        <div role="gridcell" className={css.cell}>
          <span className={css.placeholder} style={{ width: `${30 + ((index * 37) % 40)}%` }} />
        </div>
      ) : compact !== null ? (
        <div role="gridcell" className={css.compact}>
          {toggle}
          {compact(row)}
        </div>
      ) : (
        columns.map((column, place) => (
          <div key={column.key} role="gridcell" className={css.cell} data-end={column.end} data-first={place === 0}>
            {place === 0 && toggle}
            {column.cell(row)}
          </div>
        ))
      )}
    </div>
  );
}

const RowView = memo(RowOf) as typeof RowOf;

const NOBODY: ReadonlySet<string> = new Set();

const MOVES: Record<string, (at: number, page: number, count: number) => number> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_at, _page, count) => count - 1,
};

function rowId(table: string, key: string): string {
  return `${table}-${key}`;
}

function keyAt<Row>(row: Row | undefined, keyOf: (row: Row) => string): string | null {
  return row === undefined ? null : keyOf(row);
}

function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(() => Math.min(window.innerWidth, 1200));
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
