// What one person shares, folder by folder, as they let it be seen.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { SearchRow } from '#api';
import { useActs, usePeer } from '../../peer-context.ts';
import { Icon } from '../../shell/icons.tsx';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { usePaged } from '../../shell/paged.ts';
import { formatPlace } from '../../shell/place.ts';
import { usePlace } from '../../shell/router.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { type Column, Table } from '../../shell/table.tsx';
import { Cut } from '../../shell/things.tsx';
import { bare, bytes, kbps, length } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import css from './browse.module.css';

const ASK_AGAIN_MS = 700;

export default function BrowseScreen({ nick }: { nick: string }): ReactNode {
  const { provider } = usePeer();
  const { query } = usePlace();
  const { hub, folder = '' } = query;
  const asked = useQuery({
    queryKey: ['browse', nick, hub],
    queryFn: () => provider.call('browse', { body: { nick, ...(hub === undefined ? {} : { hub }) } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const id = asked.data?.id;
  const seen = useQuery({
    queryKey: ['browsed', id, folder],
    queryFn: () => provider.call('browsed', { id: id ?? '', query: { folder, offset: 0, limit: 200 } }),
    enabled: id !== undefined,
    refetchInterval: ({ state: { data } }) => (data?.state === 'asking' ? ASK_AGAIN_MS : false),
  });
  const error = asked.error ?? seen.error;
  if (error !== null) return <Failed error={error} again={() => void asked.refetch()} />;
  const page = seen.data;
  if (page === undefined || page.state === 'asking') return <Asking nick={nick} />;
  if (page.state === 'failed') return <Empty icon="warn" title={t.browse.failed(nick, page.reason)} />;
  return (
    <div className={css.screen}>
      <header className={css.head}>
        <h2 className={css.title}>{t.browse.title(nick)}</h2>
        <Crumbs nick={nick} hub={hub} folder={folder} />
      </header>
      {page.folders.length > 0 && (
        <ul className={css.folders} aria-label={t.browse.folders}>
          {page.folders.map(({ path, name, files, bytes: size }) => (
            <li key={path}>
              <a className={css.folder} href={formatPlace(['browse', nick], { hub, folder: path })}>
                <Icon name="folder" size={18} />
                <span className={css.folderName}>{name}</span>
                <span className={css.quiet}>{t.library.says(files, size)}</span>
              </a>
            </li>
          ))}
        </ul>
      )}
      {page.total > 0 && <Files key={folder} id={page.id} folder={folder} />}
      {page.total === 0 && page.folders.length === 0 && <Empty icon="folder" title={t.browse.empty} />}
    </div>
  );
}

function Asking({ nick }: { nick: string }): ReactNode {
  return (
    <>
      <Loading />
      <p className={css.asking}>{t.browse.asking(nick)}</p>
    </>
  );
}

function Crumbs({ nick, hub, folder }: { nick: string; hub: string | undefined; folder: string }): ReactNode {
  const parts = folder === '' ? [] : folder.split(/(?<=[/\\])/);
  return (
    <nav className={css.crumbs} aria-label={t.browse.folders}>
      <a href={formatPlace(['browse', nick], { hub })}>{t.browse.top}</a>
      {parts.map((part, i) => (
        <a
          key={parts.slice(0, i + 1).join('')}
          href={formatPlace(['browse', nick], {
            hub,
            folder: parts
              .slice(0, i + 1)
              .join('')
              .replace(/[/\\]$/, ''),
          })}
        >
          {part.replace(/[/\\]$/, '')}
        </a>
      ))}
    </nav>
  );
}

function Files({ id, folder }: { id: string; folder: string }): ReactNode {
  const { provider } = usePeer();
  const acts = useActs();
  const [sort, setSort] = useState({ key: 'name', order: 'asc' as 'asc' | 'desc' });
  const list = usePaged<SearchRow>(['browsed', id, folder, 'rows'], (offset, limit) =>
    provider.call('browsed', { id, query: { folder, offset, limit } }),
  );
  const keys = useMemo(
    () => ({
      Enter: ([row]: SearchRow[]) => row !== undefined && void acts.listen(row),
      ' ': ([row]: SearchRow[]) => row !== undefined && void acts.listen(row),
      d: (rows: SearchRow[]) => {
        for (const row of rows.slice(0, 50)) void acts.get(row);
      },
    }),
    [acts],
  );
  const menu = useCallback(
    (rows: SearchRow[]): MenuEntry[] => {
      const [row] = rows;
      if (row === undefined) return [];
      return [
        { heading: row.name },
        { label: t.menu.listen, icon: 'play', hint: 'Space', run: () => void acts.listen(row) },
        {
          label: t.menu.get,
          icon: 'get',
          hint: 'D',
          run: () => {
            for (const one of rows.slice(0, 50)) void acts.get(one);
          },
        },
        ...acts.nameMenu(row.name),
      ];
    },
    [acts],
  );
  if (list.total === null) return <Loading />;
  return (
    <Table
      label={t.browse.folders}
      columns={COLUMNS}
      count={list.total}
      rowAt={list.rowAt}
      keyOf={keyOf}
      compact={compact}
      sort={sort}
      onSort={setSort}
      onRange={list.onRange}
      keys={keys}
      menu={menu}
    />
  );
}

function keyOf(row: SearchRow): string {
  return row.id;
}

const COLUMNS: readonly Column<SearchRow>[] = [
  {
    key: 'name',
    title: t.search.columns.name,
    width: 'minmax(180px, 5fr)',
    priority: 1,
    cell: (row) => <Cut title={row.path}>{bare(row.name)}</Cut>,
  },
  {
    key: 'seconds',
    title: t.search.columns.seconds,
    width: '72px',
    priority: 2,
    end: true,
    cell: (row) => length(row.seconds),
  },
  { key: 'kbps', title: t.search.columns.kbps, width: '88px', priority: 2, end: true, cell: (row) => kbps(row.kbps) },
  {
    key: 'sizeBytes',
    title: t.search.columns.sizeBytes,
    width: '80px',
    priority: 2,
    end: true,
    cell: (row) => bytes(row.sizeBytes),
  },
];

function compact(row: SearchRow): ReactNode {
  return (
    <span className={css.compact}>
      <Cut>{bare(row.name)}</Cut>
      <span className={css.quiet}>
        {[length(row.seconds), kbps(row.kbps), bytes(row.sizeBytes)].filter(Boolean).join(' · ')}
      </span>
    </span>
  );
}
