// The configuration: what holds, what is not the default, and what the file says now.
import { Button, Switch } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useState } from 'react';
import type { HubConfigRow } from '#api';
import { Failed, Loading } from '../../shell/states.tsx';
import { type Column, Table } from '../../shell/table.tsx';
import { Cut } from '../../shell/things.tsx';
import { tell, tellFailure } from '../../shell/toasts.ts';
import { ask } from './ask.ts';
import { useMay } from './hub-context.ts';
import css from './hub.module.css';
import { w } from './words.ts';

const SORT = { key: 'key', order: 'asc' } as const;
const NO_KEYS = {};

export function Config(): ReactNode {
  const { administer } = useMay();
  const queries = useQueryClient();
  const [changedOnly, setChangedOnly] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['hub', 'config'],
    queryFn: () => ask('config'),
    refetchInterval: 5000,
  });
  const onSort = useCallback(() => {}, []);
  const menu = useCallback(() => [], []);
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  const rows = data.rows.filter((row) => !changedOnly || row.value !== row.default || row.pending !== null);
  const pending = data.rows.filter((row) => row.pending !== null).length;

  async function reload(): Promise<void> {
    await ask('reload')
      .then(({ lines }) =>
        tell('good', w.reloaded(lines.length), {
          text: lines.map(({ key, outcome }) => `${key}: ${outcome}`).join('\n'),
        }),
      )
      .catch(tellFailure);
    await queries.invalidateQueries({ queryKey: ['hub'] });
  }

  return (
    <>
      <div className={css.bar}>
        <p className={css.grow} data-bad={data.error !== null} role="status">
          {data.error ?? (pending === 0 ? w.samePending : w.pendingRows(pending))}
        </p>
        <Switch
          label={w.changedOnly}
          checked={changedOnly}
          onChange={({ currentTarget }) => setChangedOnly(currentTarget.checked)}
        />
        {administer && (
          <Button variant="default" onClick={() => void reload()}>
            {w.reload}
          </Button>
        )}
      </div>
      <Table
        label={w.config}
        columns={COLUMNS}
        count={rows.length}
        rowAt={(index) => rows[index]}
        keyOf={keyOf}
        compact={compact}
        sort={SORT}
        onSort={onSort}
        keys={NO_KEYS}
        menu={menu}
      />
    </>
  );
}

function keyOf(row: HubConfigRow): string {
  return row.key;
}

function Value({ row }: { row: HubConfigRow }): ReactNode {
  if (row.pending === null) return <Cut title={row.value}>{row.value === '' ? '–' : row.value}</Cut>;
  return (
    <span className={css.diff}>
      <del>{row.value === '' ? '–' : row.value}</del> <ins>{row.pending === '' ? '–' : row.pending}</ins>{' '}
      <span className={css.quiet}>{row.reload ? w.atOnce : w.needsRestart}</span>
    </span>
  );
}

const COLUMNS: Column<HubConfigRow>[] = [
  {
    key: 'key',
    title: w.key,
    width: 'minmax(160px, 0.9fr)',
    priority: 1,
    cell: (row) => <code className={row.value === row.default ? css.quiet : undefined}>{row.key}</code>,
  },
  { key: 'value', title: w.value, width: 'minmax(140px, 1fr)', priority: 1, cell: (row) => <Value row={row} /> },
  {
    key: 'default',
    title: w.default,
    width: 'minmax(90px, 0.7fr)',
    priority: 4,
    cell: (row) => <Cut>{row.default}</Cut>,
  },
  {
    key: 'help',
    title: w.detail,
    width: 'minmax(180px, 1.6fr)',
    priority: 3,
    cell: (row) => <Cut title={row.help}>{row.help}</Cut>,
  },
];

function compact(row: HubConfigRow): ReactNode {
  return (
    <div className={css.compact}>
      <div className={css.compactMain}>
        <code className={css.cut}>{row.key}</code>
        <Value row={row} />
      </div>
      <div className={css.quiet}>{row.help}</div>
    </div>
  );
}
