// What comes and goes, with the reason when it does not.
import { Button, SegmentedControl } from '@mantine/core';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Transfer, TransferAction } from '#api';
import type { Acts } from '../../acts.ts';
import { useActs, useStatus, useTransfers } from '../../peer-context.ts';
import { useNow } from '../../shell/clock.ts';
import { Icon, type IconName } from '../../shell/icons.tsx';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { formatPlace } from '../../shell/place.ts';
import { go, usePlace } from '../../shell/router.ts';
import { Empty, Loading } from '../../shell/states.tsx';
import type { Sort } from '../../shell/order.ts';
import { type Column, Table } from '../../shell/table.tsx';
import { Bar, Cut, Thing } from '../../shell/things.tsx';
import { bare, bytes, count, percent, span, speed } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import { InspectButton } from '../verdict/inspect.tsx';
import {
  actionsFor,
  belongs,
  type Filter,
  isEnded,
  isStuck,
  sortTransfers,
  stateName,
  stateWords,
  toneOf,
} from './words.ts';
import css from './transfers.module.css';

const ICON: Record<TransferAction, IconName> = {
  pause: 'pause',
  resume: 'play',
  cancel: 'close',
  retry: 'retry',
  clear: 'check',
  first: 'first',
};

export default function TransfersScreen(): ReactNode {
  const transfers = useTransfers();
  const status = useStatus();
  const acts = useActs();
  const { query } = usePlace();
  const [filter, setFilter] = useState<Filter>('all');
  const [sort, setSort] = useState<Sort>({ key: 'state', order: 'asc' });
  const [selected, setSelected] = useState<readonly string[]>([]);

  const rows = useMemo(
    () =>
      sortTransfers(
        (transfers ?? []).filter((row) => belongs(row, filter)),
        sort,
      ),
    [transfers, filter, sort],
  );
  const rowAt = useCallback((index: number) => rows[index], [rows]);
  const columns = useMemo(() => columnsOf(acts), [acts]);
  const keys = useMemo(
    () => ({
      Enter: ([row]: Transfer[]) => row !== undefined && acts.listenTransfer(row),
      ' ': ([row]: Transfer[]) => row !== undefined && acts.listenTransfer(row),
      Delete: (wanted: Transfer[]) => void acts.act(wanted.every(isEnded) ? 'clear' : 'cancel', wanted),
    }),
    [acts],
  );
  const menu = useCallback((wanted: Transfer[]) => menuOf(wanted, acts), [acts]);
  const select = useCallback((wanted: Transfer[]) => setSelected(wanted.map(({ id }) => id)), []);

  if (transfers === null) return <Loading />;
  if (transfers.length === 0)
    return (
      <Empty icon="transfers" title={t.transfers.emptyTitle} text={t.transfers.emptyText}>
        <Button component="a" href={formatPlace(['search'])}>
          {t.transfers.toSearch}
        </Button>
      </Empty>
    );
  const chosen = rows.filter(({ id }) => selected.includes(id));
  const ended = transfers.filter(isEnded);
  const labels: Record<Filter, string> = {
    all: `${t.transfers.all} ${count(transfers.length)}`,
    down: t.transfers.down,
    up: t.transfers.up,
    problems: `${t.transfers.problems} ${count(transfers.filter(isStuck).length)}`,
  };
  return (
    <div className={css.screen}>
      <div className={css.bar}>
        <SegmentedControl
          size="sm"
          aria-label={t.search.filters}
          value={filter}
          onChange={setFilter}
          data={(Object.keys(labels) as Filter[]).map((value) => ({ value, label: labels[value] }))}
        />
        {chosen.length > 0 && (
          <div className={css.actions} role="group" aria-label={t.transfers.selected(chosen.length)}>
            {chosen.length > 1 && <span className={css.quiet}>{t.transfers.selected(chosen.length)}</span>}
            {actionsFor(chosen).map((action) => (
              <Button
                key={action}
                size="xs"
                variant="default"
                leftSection={<Icon name={ICON[action]} size={14} />}
                onClick={() => void acts.act(action, chosen)}
              >
                {t.transfers.actions[action]}
              </Button>
            ))}
            {chosen.length === 1 && chosen[0] !== undefined && (
              <InspectButton of="transferInspection" id={chosen[0].id} verdict={chosen[0].verdict} />
            )}
          </div>
        )}
        <div className={css.end}>
          <span className={css.quiet}>
            {status !== null && t.transfers.sum(status.transfers.downBps, status.transfers.upBps)}
          </span>
          {ended.length > 0 && (
            <Button size="xs" variant="subtle" onClick={() => void acts.act('clear', ended)}>
              {t.transfers.clearDone}
            </Button>
          )}
        </div>
      </div>
      {rows.length === 0 ? (
        <Empty icon="check" title={t.transfers.emptyFiltered} />
      ) : (
        <Table
          label={t.transfers.title}
          columns={columns}
          count={rows.length}
          rowAt={rowAt}
          keyOf={keyOf}
          compact={compact}
          sort={sort}
          onSort={setSort}
          keys={keys}
          menu={menu}
          onSelect={select}
          show={query.id}
          dim={isEnded}
        />
      )}
    </div>
  );
}

function keyOf(row: Transfer): string {
  return row.id;
}

function columnsOf(acts: Acts): Column<Transfer>[] {
  const c = t.transfers.columns;
  return [
    {
      key: 'name',
      title: c.name,
      width: 'minmax(170px, 4fr)',
      priority: 1,
      sortable: true,
      cell: (row) => <Name row={row} />,
    },
    {
      key: 'progress',
      title: c.progress,
      width: 'minmax(90px, 1.200fr)',
      priority: 2,
      sortable: true,
      cell: (row) => <Progress row={row} />,
    },
    {
      key: 'state',
      title: c.state,
      width: 'minmax(130px, 3fr)',
      priority: 1,
      sortable: true,
      cell: (row) => <State row={row} />,
    },
    {
      key: 'bps',
      title: c.bps,
      width: '86px',
      priority: 3,
      end: true,
      sortable: true,
      cell: (row) => (row.bps > 0 ? speed(row.bps) : ''),
    },
    {
      key: 'sizeBytes',
      title: c.sizeBytes,
      width: '76px',
      priority: 4,
      end: true,
      sortable: true,
      cell: (row) => bytes(row.sizeBytes),
    },
    {
      key: 'nick',
      title: c.nick,
      width: 'minmax(90px, 1.200fr)',
      priority: 2,
      sortable: true,
      cell: (row) => <Thing inRow label={row.nick} menu={() => acts.nickMenu(row.nick, row.hub)} />,
    },
    {
      key: 'addedAt',
      title: c.addedAt,
      width: '72px',
      priority: 5,
      end: true,
      sortable: true,
      cell: (row) => <Since at={row.addedAt} />,
    },
  ];
}

function Since({ at }: { at: number }): ReactNode {
  return span(useNow() - at);
}

function Name({ row }: { row: Transfer }): ReactNode {
  return (
    <>
      <Way row={row} />
      <Cut title={row.name}>{bare(row.name)}</Cut>
    </>
  );
}

function Way({ row }: { row: Transfer }): ReactNode {
  return (
    <span
      className={css.way}
      data-way={row.direction}
      title={row.direction === 'down' ? t.transfers.down : t.transfers.up}
    >
      <span aria-hidden>{row.direction === 'down' ? '↓' : '↑'}</span>
      <span className="ps-hidden">{row.direction === 'down' ? t.transfers.down : t.transfers.up}</span>
    </span>
  );
}

function Progress({ row }: { row: Transfer }): ReactNode {
  return (
    <>
      <Bar part={row.sizeBytes > 0 ? row.bytes / row.sizeBytes : 0} tone={toneOf(row)} label={row.name} />
      <span className={css.percent}>{percent(row.bytes, row.sizeBytes)}</span>
    </>
  );
}

function State({ row }: { row: Transfer }): ReactNode {
  const words = stateWords(row, useNow());
  return (
    <span className={css.state} data-tone={toneOf(row)} title={words}>
      {row.state === 'receiving' ? words.replace(/ \d+ %/, '') : words}
    </span>
  );
}

function compact(row: Transfer): ReactNode {
  return <Compact row={row} />;
}

function Compact({ row }: { row: Transfer }): ReactNode {
  const now = useNow();
  return (
    <span className={css.compact}>
      <span className={css.compactTop}>
        <Way row={row} />
        <Cut>{bare(row.name)}</Cut>
        <span className={css.percent}>{isEnded(row) ? '' : percent(row.bytes, row.sizeBytes)}</span>
      </span>
      {isEnded(row) ? null : (
        <Bar part={row.sizeBytes > 0 ? row.bytes / row.sizeBytes : 0} tone={toneOf(row)} label={row.name} />
      )}
      <span className={css.compactState} data-tone={toneOf(row)}>
        {row.state === 'receiving'
          ? `${stateName(row)} · ${speed(row.bps)} · ${row.nick}`
          : `${stateWords(row, now)} · ${row.nick}`}
      </span>
    </span>
  );
}

function menuOf(rows: Transfer[], acts: Acts): MenuEntry[] {
  const [row] = rows;
  if (row === undefined) return [];
  const playable = row.direction === 'down' && row.playableBytes > 0 && row.state !== 'quarantined';
  return [
    { heading: rows.length === 1 ? row.name : t.transfers.selected(rows.length) },
    ...(playable && rows.length === 1
      ? [{ label: t.menu.listen, icon: 'play' as const, hint: 'Space', run: () => acts.listenTransfer(row) }]
      : []),
    ...actionsFor(rows).map((action) => ({
      label: t.transfers.actions[action],
      icon: ICON[action],
      run: () => void acts.act(action, rows),
    })),
    ...(rows.length > 1
      ? []
      : [
          ...(row.libraryId === null
            ? []
            : [
                {
                  label: t.menu.showLibrary,
                  icon: 'library' as const,
                  run: () => go(['library'], { q: bare(row.name) }),
                },
              ]),
          ...acts.nameMenu(row.name),
          ...acts.nickMenu(row.nick, row.hub),
          ...acts.hubMenu(row.hub),
        ]),
  ];
}
