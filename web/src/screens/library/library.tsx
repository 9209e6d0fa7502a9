// What is yours: folders with their share state, files to play; beside it what is held in quarantine.
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { LibraryFile, LibraryFolder, LibrarySort } from '#api';
import { type Peer, useActs, usePeer, useStatus } from '../../peer-context.ts';
import type { Track } from '../../player/player.ts';
import type { Provider } from '../../provider/provider.ts';
import { Icon } from '../../shell/icons.tsx';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { usePaged } from '../../shell/paged.ts';
import { formatPlace } from '../../shell/place.ts';
import { go, usePlace } from '../../shell/router.ts';
import { Signal, useSignal } from '../../shell/signal.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import type { Sort } from '../../shell/order.ts';
import { type Column, Table } from '../../shell/table.tsx';
import { Cut } from '../../shell/things.tsx';
import { tellFailure } from '../../shell/toasts.ts';
import { bare, bytes, count, day, kbps, length } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import { InspectButton } from '../verdict/inspect.tsx';
import css from './library.module.css';

const ONLY = ['shared', 'held-back'] as const;
const Quarantine = lazy(() => import('./quarantine.tsx'));

export default function LibraryScreen({ part }: { part: string | undefined }): ReactNode {
  return part === 'quarantine' ? <Quarantine /> : <Files />;
}

function Files(): ReactNode {
  const peer = usePeer();
  const { provider, player, live } = peer;
  const acts = useActs();
  const status = useStatus();
  const { query } = usePlace();
  const { folder } = query;
  const only = ONLY.find((which) => which === query.only);
  const [text, setText] = useState(query.q ?? '');
  const [q] = useDebouncedValue(text, 150);
  const [sort, setSort] = useState<Sort>({ key: 'addedAt', order: 'desc' });
  const [selected, setSelected] = useState<LibraryFile | null>(null);
  const playing = useSignal(player.state).track?.key;

  // What finishes or is read anew is another list.
  const stamp = `${status?.shares.files} ${status?.today.filesDown}`;

  const folders = useQuery({
    queryKey: ['library', 'folders', stamp],
    placeholderData: keepPreviousData,
    queryFn: () => provider.call('libraryFolders'),
  });
  const list = usePaged<LibraryFile>(
    ['library', 'files', stamp, sort.key, sort.order, q, folder, only],
    (offset, limit) =>
      provider.call('library', {
        query: {
          offset,
          limit,
          sort: sort.key as LibrarySort,
          order: sort.order,
          ...(q === '' ? {} : { q }),
          ...(folder === undefined ? {} : { folderId: folder }),
          ...(only === undefined ? {} : { only }),
        },
      }),
  );
  const { rowAt, total } = list;
  const stale = useSignal(live.link).state !== 'open';

  const [shown] = useState(() => new Signal<Shown>({ total: 0, rowAt: () => undefined }));
  useEffect(() => shown.set({ total: total ?? 0, rowAt }), [shown, total, rowAt]);
  const listen = useCallback((row: LibraryFile) => listenTo(row, peer, shown), [peer, shown]);
  const columns = useMemo(() => columnsOf(playing, only === 'held-back'), [playing, only]);
  const keys = useMemo(
    () => ({
      Enter: ([row]: LibraryFile[]) => row !== undefined && listen(row),
      ' ': ([row]: LibraryFile[]) => row !== undefined && listen(row),
    }),
    [listen],
  );
  const menu = useCallback(
    ([row]: LibraryFile[]): MenuEntry[] =>
      row === undefined
        ? []
        : [
            { heading: row.name },
            { label: t.menu.listen, icon: 'play', hint: 'Space', run: () => listen(row) },
            ...acts.nameMenu(row.name),
          ],
    [acts, listen],
  );

  if (list.error !== null && total === null && !stale) return <Failed error={list.error} again={list.again} />;
  const all = folders.data ?? [];
  const nothingAtAll = total === 0 && q === '' && folder === undefined && only === undefined;
  return (
    <div className={css.screen}>
      <Folders folders={all} active={folder} quarantined={status?.features.includes('quarantine') ?? false} />
      <div className={css.files}>
        <div className={css.bar}>
          <TextInput
            className={css.filter}
            type="search"
            aria-label={t.library.filter}
            placeholder={t.library.filter}
            value={text}
            maxLength={1024}
            leftSection={<Icon name="search" size={16} />}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <FolderSelect folders={all} active={folder} />
          <SegmentedControl
            size="xs"
            aria-label={t.library.which}
            value={only ?? 'all'}
            onChange={(value) => go(['library'], { ...query, only: value === 'all' ? undefined : value })}
            data={Object.entries(t.library.only).map(([value, label]) => ({ value, label }))}
          />
          {selected !== null && total !== 0 && (
            <InspectButton of="libraryInspection" id={selected.id} verdict={selected.verdict} />
          )}
          <Button
            variant="default"
            className={css.rescan}
            leftSection={<Icon name="retry" size={16} />}
            onClick={() => {
              provider.call('rescan').catch(tellFailure);
            }}
          >
            {t.library.rescan}
          </Button>
        </div>
        {total === null ? (
          <Loading />
        ) : nothingAtAll ? (
          <Empty icon="library" title={t.library.emptyTitle} text={t.library.emptyText}>
            <Button component="a" href={formatPlace(['settings'], { part: 'sharing' })}>
              {t.library.chooseFolder}
            </Button>
          </Empty>
        ) : total === 0 ? (
          <Empty icon="search" title={q === '' ? t.browse.empty : t.library.nothing} />
        ) : (
          <Table
            label={t.library.title}
            columns={columns}
            count={total}
            rowAt={rowAt}
            keyOf={keyOf}
            compact={compact}
            sort={sort}
            onSort={setSort}
            onRange={list.onRange}
            keys={keys}
            menu={menu}
            onSelect={([row]) => setSelected(row ?? null)}
          />
        )}
      </div>
    </div>
  );
}

type Shown = { total: number; rowAt: (index: number) => LibraryFile | undefined };

/** Plays through the list as it stands when each song ends. */
function listenTo(row: LibraryFile, peer: Peer, shown: Signal<Shown>): void {
  const { player, provider } = peer;
  if (player.isPlaying(row.id)) return player.toggle();
  player.play(trackOf(row, provider), (step, key) => {
    const { total, rowAt } = shown.get();
    for (let i = 0; i < total; i++) {
      if (rowAt(i)?.id !== key) continue;
      const next = rowAt(i + step);
      return next === undefined ? null : () => listenTo(next, peer, shown);
    }
    return null;
  });
}

function trackOf(row: LibraryFile, provider: Provider): Track {
  return {
    key: row.id,
    name: row.name,
    from: row.album,
    seconds: row.seconds,
    transferId: null,
    url: provider.mediaUrl('library', row.id),
  };
}

function keyOf(row: LibraryFile): string {
  return row.id;
}

type FoldersProps = { folders: readonly LibraryFolder[]; active: string | undefined; quarantined?: boolean };

function Folders({ folders, active, quarantined }: FoldersProps): ReactNode {
  const total = folders.reduce(
    (sum, folder) => ({ files: sum.files + folder.files, bytes: sum.bytes + folder.bytes }),
    { files: 0, bytes: 0 },
  );
  return (
    <nav className={css.folders} aria-label={t.library.folders}>
      <FolderLink
        href={formatPlace(['library'])}
        current={active === undefined}
        name={t.library.allFolders}
        says={t.library.says(total.files, total.bytes)}
      />
      {folders.map((folder) => (
        <FolderLink
          key={folder.id}
          href={formatPlace(['library'], { folder: folder.id })}
          current={active === folder.id}
          name={folder.kind === 'downloads' ? t.library.downloads : lastPart(folder.path)}
          title={folder.path}
          says={folder.problem ?? folderSays(folder)}
          shared={folder.shared}
        />
      ))}
      {quarantined === true && (
        <a className={css.quarantine} href={formatPlace(['library', 'quarantine'])}>
          <Icon name="shield" size={16} />
          {t.screens.quarantine}
        </a>
      )}
    </nav>
  );
}

function folderSays(folder: LibraryFolder): string {
  if (folder.scanning) return t.library.rescanning;
  const says = t.library.says(folder.files, folder.bytes);
  return folder.heldBack > 0 ? `${says}, ${t.library.heldBack(folder.heldBack)}` : says;
}

type FolderLinkProps = { href: string; current: boolean; name: string; says: string; title?: string; shared?: boolean };

function FolderLink({ href, current, name, says, title, shared }: FolderLinkProps): ReactNode {
  return (
    <a className={css.folder} href={href} title={title} aria-current={current ? 'true' : undefined}>
      <Icon name={shared === undefined ? 'library' : 'folder'} size={18} />
      <span className={css.folderName}>{name}</span>
      {shared !== undefined && (
        <span className={css.shared} data-shared={shared}>
          {shared ? t.library.shared : t.library.kept}
        </span>
      )}
      <span className={css.folderSays}>{says}</span>
    </a>
  );
}

function FolderSelect({ folders, active }: FoldersProps): ReactNode {
  return (
    <NativeSelect
      className={css.folderSelect}
      aria-label={t.library.folders}
      value={active ?? ''}
      onChange={({ currentTarget: { value } }) => go(['library'], value === '' ? {} : { folder: value })}
      data={[
        { value: '', label: t.library.allFolders },
        ...folders.map((folder) => ({
          value: folder.id,
          label: folder.kind === 'downloads' ? t.library.downloads : lastPart(folder.path),
        })),
      ]}
    />
  );
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}

function columnsOf(playing: string | undefined, reasons: boolean): Column<LibraryFile>[] {
  const c = t.library.columns;
  const why: Column<LibraryFile> = {
    key: 'reason',
    title: c.reason,
    width: 'minmax(140px, 3fr)',
    priority: 2,
    cell: (row) => <Cut>{row.reason}</Cut>,
  };
  return [
    {
      key: 'name',
      title: c.name,
      width: 'minmax(170px, 4fr)',
      priority: 1,
      sortable: true,
      cell: (row) => <Name row={row} playing={row.id === playing} />,
    },
    ...(reasons ? [why] : []),
    {
      key: 'artist',
      title: c.artist,
      width: 'minmax(100px, 2fr)',
      priority: 3,
      sortable: true,
      cell: (row) => <Cut>{row.artist}</Cut>,
    },
    {
      key: 'album',
      title: c.album,
      width: 'minmax(100px, 2fr)',
      priority: 4,
      sortable: true,
      cell: (row) => <Cut>{row.album}</Cut>,
    },
    {
      key: 'seconds',
      title: c.seconds,
      width: '72px',
      priority: 2,
      end: true,
      sortable: true,
      cell: (row) => length(row.seconds),
    },
    {
      key: 'kbps',
      title: c.kbps,
      width: '96px',
      priority: 3,
      end: true,
      sortable: true,
      cell: (row) => (row.vbr ? `~${kbps(row.kbps)}` : kbps(row.kbps)),
    },
    {
      key: 'sizeBytes',
      title: c.sizeBytes,
      width: '78px',
      priority: 2,
      end: true,
      sortable: true,
      cell: (row) => bytes(row.sizeBytes),
    },
    {
      key: 'uploads',
      title: c.uploads,
      width: '68px',
      priority: 5,
      end: true,
      sortable: true,
      cell: (row) => (row.uploads === 0 ? '' : count(row.uploads)),
    },
    {
      key: 'addedAt',
      title: c.addedAt,
      width: '108px',
      priority: 5,
      end: true,
      sortable: true,
      cell: (row) => day(row.addedAt),
    },
  ];
}

function Name({ row, playing }: { row: LibraryFile; playing: boolean }): ReactNode {
  return (
    <>
      {playing && (
        <span className={css.playing}>
          <Icon name="volume" size={16} />
        </span>
      )}
      <Cut title={`${row.path}${row.reason === null ? '' : ` (${t.library.kept}: ${row.reason})`}`}>
        {row.title ?? bare(row.name)}
      </Cut>
      {row.verdict !== null && row.verdict !== 'good' && (
        <span className={css.verdict} data-verdict={row.verdict}>
          {t.verdict.names[row.verdict]}
        </span>
      )}
      {!row.shared && (
        <span className={css.kept} title={row.reason ?? t.library.kept}>
          <Icon name="lock" size={14} />
          <span className="ps-hidden">{t.library.kept}</span>
        </span>
      )}
    </>
  );
}

function compact(row: LibraryFile): ReactNode {
  return (
    <span className={css.compact}>
      <span className={css.compactName}>
        <Name row={row} playing={false} />
      </span>
      <span className={css.compactMore}>
        {[row.artist, length(row.seconds), kbps(row.kbps), bytes(row.sizeBytes)].filter(Boolean).join(' · ')}
      </span>
    </span>
  );
}
