// The rooms: how full, what about, and closing one.
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useCallback, useState } from 'react';
import type { HubRoom } from '#api';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { usePaged } from '../../shell/paged.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { type Column, Table } from '../../shell/table.tsx';
import { Cut } from '../../shell/things.tsx';
import { tell, tellFailure } from '../../shell/toasts.ts';
import { count } from '../../texts/format.ts';
import { ask } from './ask.ts';
import { useFresh, useMay } from './hub-context.ts';
import css from './hub.module.css';
import { ListBar } from './list-bar.tsx';
import { w } from './words.ts';

const SORT = { key: 'users', order: 'desc' } as const;
const NO_KEYS = {};

export default function Rooms(): ReactNode {
  const { moderate } = useMay();
  useFresh('rooms', 4000);
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const list = usePaged<HubRoom>(['hub', 'rooms', q], (offset, limit) => ask('rooms', { query: { offset, limit, q } }));
  const menu = useCallback(
    ([row]: HubRoom[]): MenuEntry[] => {
      if (row === undefined || !moderate) return [];
      return [
        { heading: row.name },
        { label: w.closeRoom, icon: 'close', danger: true, run: () => void closeRoom(row.name) },
      ];
    },
    [moderate],
  );
  const onSort = useCallback(() => {}, []);

  if (list.error !== null && list.total === null) return <Failed error={list.error} again={list.again} />;
  return (
    <div className={css.screen}>
      <ListBar label={w.filterRooms} value={text} onChange={setText} />
      {list.total === null ? (
        <Loading />
      ) : list.total === 0 ? (
        <Empty icon="talk" title={w.noRooms} text={w.noRoomsText} />
      ) : (
        <Table
          label={w.screens.rooms}
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
    </div>
  );
}

async function closeRoom(name: string): Promise<void> {
  await ask('actOnRoom', { params: { name }, body: { action: 'close', reason: w.reasonOperator } })
    .then(() => tell('good', w.closed(name)))
    .catch(tellFailure);
}

function keyOf(row: HubRoom): string {
  return row.name;
}

function modesOf(row: HubRoom): string {
  return (['registered', 'moderated', 'private'] as const)
    .filter((mode) => row[mode])
    .map((mode) => w.modesOf[mode])
    .join(', ');
}

const COLUMNS: Column<HubRoom>[] = [
  {
    key: 'name',
    title: w.room,
    width: 'minmax(140px, 1fr)',
    priority: 1,
    cell: (row) => <Cut title={row.name}>{row.name}</Cut>,
  },
  { key: 'users', title: w.members, width: '70px', priority: 1, end: true, cell: (row) => count(row.users) },
  {
    key: 'limit',
    title: w.limit,
    width: '70px',
    priority: 3,
    end: true,
    cell: (row) => (row.limit === 0 ? '' : count(row.limit)),
  },
  { key: 'level', title: w.level, width: '92px', priority: 4, cell: (row) => w.levels[row.level] },
  {
    key: 'modes',
    title: w.modes,
    width: 'minmax(110px, 0.8fr)',
    priority: 3,
    cell: (row) => <Cut>{modesOf(row)}</Cut>,
  },
  {
    key: 'topic',
    title: w.topic,
    width: 'minmax(160px, 2fr)',
    priority: 2,
    cell: (row) => <Cut title={row.topic}>{row.topic}</Cut>,
  },
];

function compact(row: HubRoom): ReactNode {
  return (
    <div className={css.compact}>
      <div className={css.compactMain}>
        <strong className={css.cut}>{row.name}</strong>
        <span className={css.quiet}>{count(row.users)}</span>
      </div>
      <div className={css.quiet}>{row.topic === '' ? modesOf(row) : row.topic}</div>
    </div>
  );
}
