// Who did what to whom, newest first.
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useCallback, useState } from 'react';
import type { HubAuditRow } from '#api';
import { usePaged } from '../../shell/paged.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { type Column, Table } from '../../shell/table.tsx';
import { Cut } from '../../shell/things.tsx';
import { ask } from './ask.ts';
import { useFresh } from './hub-context.ts';
import css from './hub.module.css';
import { ListBar } from './list-bar.tsx';
import { moment } from './time.ts';
import { w } from './words.ts';

const SORT = { key: 'at', order: 'desc' } as const;
const NO_KEYS = {};

export function AuditLog(): ReactNode {
  useFresh('audit', 5000);
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const list = usePaged<HubAuditRow>(['hub', 'audit', q], (offset, limit) =>
    ask('audit', { query: { offset, limit, q } }),
  );
  const onSort = useCallback(() => {}, []);
  const menu = useCallback(() => [], []);
  if (list.error !== null && list.total === null) return <Failed error={list.error} again={list.again} />;
  return (
    <>
      <ListBar label={w.filterAudit} value={text} onChange={setText} />
      {list.total === null ? (
        <Loading />
      ) : list.total === 0 ? (
        <Empty icon="list" title={w.noAudit} text={w.noAuditText} />
      ) : (
        <Table
          label={w.audit}
          columns={COLUMNS}
          count={list.total}
          rowAt={list.rowAt}
          keyOf={keyOf}
          compact={compact}
          sort={SORT}
          onSort={onSort}
          keys={NO_KEYS}
          menu={menu}
          onRange={list.onRange}
        />
      )}
    </>
  );
}

function keyOf(row: HubAuditRow): string {
  return String(row.id);
}

const COLUMNS: Column<HubAuditRow>[] = [
  { key: 'at', title: w.time, width: '140px', priority: 1, cell: (row) => moment(row.at) },
  { key: 'actor', title: w.actor, width: 'minmax(100px, 0.8fr)', priority: 1, cell: (row) => <Cut>{row.actor}</Cut> },
  { key: 'action', title: w.action, width: 'minmax(90px, 0.7fr)', priority: 1, cell: (row) => <Cut>{row.action}</Cut> },
  {
    key: 'target',
    title: w.target,
    width: 'minmax(110px, 1fr)',
    priority: 2,
    cell: (row) => <Cut title={row.target}>{row.target}</Cut>,
  },
  {
    key: 'detail',
    title: w.detail,
    width: 'minmax(160px, 2fr)',
    priority: 3,
    cell: (row) => <Cut title={row.detail}>{row.detail}</Cut>,
  },
];

function compact(row: HubAuditRow): ReactNode {
  return (
    <div className={css.compact}>
      <div className={css.compactMain}>
        <strong className={css.cut}>
          {row.action} {row.target}
        </strong>
        <span className={css.quiet}>{moment(row.at)}</span>
      </div>
      <div className={css.quiet}>
        {row.actor} {row.detail}
      </div>
    </div>
  );
}
