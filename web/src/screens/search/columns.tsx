// The columns of search results, and the two lines they become on a narrow screen.
import type { ReactNode } from 'react';
import type { SearchRow } from '#api';
import type { Acts } from '../../acts.ts';
import { Icon } from '../../shell/icons.tsx';
import type { Column } from '../../shell/table.tsx';
import { Cut, LineDot, Thing } from '../../shell/things.tsx';
import { bare, bytes, kbps, length } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import type { Line } from './groups.ts';
import css from './search.module.css';

type Doing = { acts: Acts; listen: (line: Line) => void; get: (line: Line) => void; playing: string | null };

export function columnsOf({ acts, listen, get, playing }: Doing): Column<Line>[] {
  const c = t.search.columns;
  return [
    {
      key: 'name',
      title: c.name,
      width: 'minmax(180px, 5fr)',
      priority: 1,
      sortable: true,
      cell: (line) => <Name line={line} />,
    },
    {
      key: 'sources',
      title: c.sources,
      width: 'minmax(110px, 1.500fr)',
      priority: 1,
      sortable: true,
      cell: (line) => <From line={line} acts={acts} />,
    },
    {
      key: 'seconds',
      title: c.seconds,
      width: '72px',
      priority: 3,
      end: true,
      sortable: true,
      cell: (line) => length(rowOf(line).seconds),
    },
    {
      key: 'kbps',
      title: c.kbps,
      width: '88px',
      priority: 2,
      end: true,
      sortable: true,
      cell: (line) => kbps(rowOf(line).kbps),
    },
    {
      key: 'sizeBytes',
      title: c.sizeBytes,
      width: '80px',
      priority: 3,
      end: true,
      sortable: true,
      cell: (line) => bytes(rowOf(line).sizeBytes),
    },
    {
      key: 'hub',
      title: c.hub,
      width: 'minmax(90px, 1.200fr)',
      priority: 5,
      cell: (line) => <Hub line={line} acts={acts} />,
    },
    {
      key: 'actions',
      title: c.actions,
      width: '76px',
      priority: 1,
      end: true,
      bare: true,
      cell: (line) => <Buttons line={line} listen={listen} get={get} playing={playing} />,
    },
  ];
}

function rowOf(line: Line): SearchRow {
  return line.kind === 'group' ? line.best : line.row;
}

function Name({ line }: { line: Line }): ReactNode {
  const row = rowOf(line);
  return (
    <>
      <Cut title={line.kind === 'group' ? row.name : row.path}>{bare(row.name)}</Cut>
      <Marks row={row} />
    </>
  );
}

function Marks({ row }: { row: SearchRow }): ReactNode {
  const doubt = row.doubts[0];
  return (
    <>
      {doubt !== undefined && (
        <span className={css.doubt} title={t.search.doubts[doubt]}>
          <Icon name="warn" size={16} />
          <span className="ps-hidden">{t.search.doubts[doubt]}</span>
        </span>
      )}
      {row.inLibrary ? (
        <span className={css.have} title={t.search.inLibrary}>
          <Icon name="check" size={16} />
          <span className="ps-hidden">{t.search.inLibrary}</span>
        </span>
      ) : (
        row.transferId !== null && (
          <span className={css.have} title={t.search.coming}>
            <Icon name="get" size={16} />
            <span className="ps-hidden">{t.search.coming}</span>
          </span>
        )
      )}
    </>
  );
}

function From({ line, acts }: { line: Line; acts: Acts }): ReactNode {
  const row = rowOf(line);
  const [source] = row.sources;
  if (source === undefined) return null;
  const many = line.kind === 'group' && line.sources > 1;
  return (
    <>
      <LineDot line={source.line} busy={source.freeSlot === false} />
      {many ? (
        <Cut>{t.search.sources(line.sources)}</Cut>
      ) : (
        <Thing inRow label={source.nick} menu={() => acts.nickMenu(source.nick, source.hub)} />
      )}
    </>
  );
}

function Hub({ line, acts }: { line: Line; acts: Acts }): ReactNode {
  const [source] = rowOf(line).sources;
  if (source === undefined || (line.kind === 'group' && line.sources > 1)) return null;
  return <Thing inRow label={source.hub} menu={() => acts.hubMenu(source.hub)} />;
}

type ButtonsProps = { line: Line; listen: (line: Line) => void; get: (line: Line) => void; playing: string | null };

function Buttons({ line, listen, get, playing }: ButtonsProps): ReactNode {
  const on = rowOf(line).id === playing;
  return (
    <>
      <RowButton
        label={on ? t.player.pause : t.search.listen}
        icon={on ? 'pause' : 'play'}
        active={on}
        run={() => listen(line)}
      />
      <RowButton label={t.search.get} icon="get" run={() => get(line)} />
    </>
  );
}

type RowButtonProps = { label: string; icon: 'play' | 'pause' | 'get'; active?: boolean; run: () => void };

function RowButton({ label, icon, active = false, run }: RowButtonProps): ReactNode {
  return (
    <button
      type="button"
      tabIndex={-1}
      className={css.rowButton}
      data-active={active}
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation();
        run();
      }}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <Icon name={icon} size={18} />
    </button>
  );
}

export function CompactLine(props: ButtonsProps): ReactNode {
  const { line } = props;
  const row = rowOf(line);
  const [source] = row.sources;
  const from = line.kind === 'group' && line.sources > 1 ? t.search.sources(line.sources) : (source?.nick ?? '');
  return (
    <>
      <span className={css.compactWords}>
        <span className={css.compactName}>
          <Cut>{bare(row.name)}</Cut>
          <Marks row={row} />
        </span>
        <span className={css.compactMore}>
          {source !== undefined && <LineDot line={source.line} busy={source.freeSlot === false} />}
          <Cut>{[from, length(row.seconds), kbps(row.kbps), bytes(row.sizeBytes)].filter(Boolean).join(' · ')}</Cut>
        </span>
      </span>
      <Buttons {...props} />
    </>
  );
}
