// Who is here: a live table, and a drawer with everything about one of them.
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { HubUser } from '#api';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import type { Sort } from '../../shell/order.ts';
import { usePaged } from '../../shell/paged.ts';
import { usePlace } from '../../shell/router.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { type Column, Table } from '../../shell/table.tsx';
import { Cut, LineDot } from '../../shell/things.tsx';
import { bytes, count, span } from '../../texts/format.ts';
import { ask } from './ask.ts';
import { HOUR, useFresh, useHub, useMay, useOverview } from './hub-context.ts';
import css from './hub.module.css';
import { ListBar } from './list-bar.tsx';
import { Spark } from './spark.tsx';
import { UserDrawer } from './user-drawer.tsx';
import { w } from './words.ts';

const FRESH_MS = 4000;

export default function Users(): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  const now = useOverview()?.now ?? 0;
  const { query } = usePlace();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const [sort, setSort] = useState<Sort>({ key: 'messages', order: 'desc' });
  const stamp = Math.floor(now / FRESH_MS);
  useFresh('users', FRESH_MS);
  const list = usePaged<HubUser>(['hub', 'users', q, sort.key, sort.order], (offset, limit) =>
    ask('users', { query: { offset, limit, q, sort: sort.key, order: sort.order } }),
  );
  const columns = useMemo(() => columnsOf(stamp * FRESH_MS), [stamp]);
  const keys = useMemo(() => ({ Enter: ([row]: HubUser[]) => row !== undefined && acts.look(row.nick) }), [acts]);
  const menu = useCallback(
    ([row]: HubUser[]): MenuEntry[] => (row === undefined ? [] : acts.nickMenu(row.nick, row.address, moderate)),
    [acts, moderate],
  );
  const onSelect = useCallback(() => {}, []);

  if (list.error !== null && list.total === null) return <Failed error={list.error} again={list.again} />;
  return (
    <div className={css.screen}>
      <ListBar label={w.filter} value={text} onChange={setText} />
      {list.total === null ? (
        <Loading />
      ) : list.total === 0 ? (
        <Empty icon="person" title={q === '' ? w.nobody : w.nobodyFits} {...(q === '' ? { text: w.nobodyText } : {})} />
      ) : (
        <Table
          label={w.screens.users}
          columns={columns}
          count={list.total}
          rowAt={list.rowAt}
          keyOf={keyOf}
          compact={compact}
          sort={sort}
          onSort={setSort}
          keys={keys}
          menu={menu}
          onSelect={onSelect}
          onRange={list.onRange}
        />
      )}
      <UserDrawer nick={query.nick ?? null} seconds={HOUR} />
    </div>
  );
}

function keyOf(row: HubUser): string {
  return row.nick;
}

function columnsOf(now: number): Column<HubUser>[] {
  return [
    {
      key: 'nick',
      title: w.nick,
      width: 'minmax(150px, 1.6fr)',
      priority: 1,
      sortable: true,
      cell: (row) => (
        <>
          <LineDot line={row.line} />
          <Cut title={row.nick}>{row.nick}</Cut>
          {row.muzzled && <span className={css.tag}>{w.muzzled}</span>}
        </>
      ),
    },
    { key: 'level', title: w.level, width: '92px', priority: 3, sortable: true, cell: (row) => w.levels[row.level] },
    { key: 'address', title: w.address, width: '130px', priority: 2, sortable: true, cell: (row) => row.address },
    {
      key: 'client',
      title: w.client,
      width: 'minmax(90px, 1fr)',
      priority: 5,
      sortable: true,
      cell: (row) => <Cut>{row.client}</Cut>,
    },
    {
      key: 'files',
      title: w.sharedFiles,
      width: '70px',
      priority: 3,
      end: true,
      sortable: true,
      cell: (row) => count(row.files),
    },
    {
      key: 'bytes',
      title: w.sharedBytes,
      width: '84px',
      priority: 4,
      end: true,
      sortable: true,
      cell: (row) => bytes(row.bytes),
    },
    {
      key: 'messages',
      title: w.sentMessages,
      width: '84px',
      priority: 2,
      end: true,
      sortable: true,
      cell: (row) => count(row.messages),
    },
    {
      key: 'minutes',
      title: w.lastMinutes,
      width: '120px',
      priority: 2,
      cell: (row) => <Spark values={row.minutes} label={`${w.activity}: ${row.minutes.at(-1) ?? 0}`} />,
    },
    {
      key: 'since',
      title: w.here,
      width: '76px',
      priority: 4,
      end: true,
      sortable: true,
      cell: (row) => span(now - row.since),
    },
  ];
}

function compact(row: HubUser): ReactNode {
  return (
    <div className={css.compact}>
      <div className={css.compactMain}>
        <LineDot line={row.line} />
        <strong className={css.cut}>{row.nick}</strong>
        <Spark values={row.minutes} label={w.activity} />
      </div>
      <div className={css.quiet}>
        {row.address} · {count(row.files)} {w.files} · {row.client}
      </div>
    </div>
  );
}
