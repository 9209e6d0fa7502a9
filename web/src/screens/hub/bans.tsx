// Bans: a form that says whom it would meet before it does, and the list with how much of each is left.
import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useCallback, useMemo, useState } from 'react';
import type { HubBan } from '#api';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { usePaged } from '../../shell/paged.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { type Column, Table } from '../../shell/table.tsx';
import { Bar, Cut } from '../../shell/things.tsx';
import { span } from '../../texts/format.ts';
import { ask } from './ask.ts';
import { HOUR, useFresh, useHub, useMay, useOverview } from './hub-context.ts';
import css from './hub.module.css';
import { ListBar } from './list-bar.tsx';
import { moment } from './time.ts';
import { w } from './words.ts';

const SORT = { key: 'at', order: 'desc' } as const;
type Which = 'holding' | 'all';

export default function Bans(): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  const now = useOverview()?.now ?? 0;
  useFresh('bans', 5000);
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, 200);
  const [which, setWhich] = useState<Which>('holding');
  const list = usePaged<HubBan>(['hub', 'bans', q, which], (offset, limit) =>
    ask('bans', { query: { offset, limit, q, which } }),
  );
  const stamp = Math.floor(now / 10_000) * 10_000;
  const columns = useMemo(() => columnsOf(stamp), [stamp]);
  const menu = useCallback(
    ([row]: HubBan[]): MenuEntry[] => {
      if (row === undefined || !moderate || row.lifted !== null || row.until < Date.now()) return [];
      return [
        { heading: row.mask },
        { label: w.lift, icon: 'check', hint: 'Delete', run: () => void acts.lift(row.id, row.mask) },
      ];
    },
    [acts, moderate],
  );
  const keys = useMemo(
    () => ({ Delete: ([row]: HubBan[]) => row !== undefined && moderate && void acts.lift(row.id, row.mask) }),
    [acts, moderate],
  );
  const onSort = useCallback(() => {}, []);

  if (list.error !== null && list.total === null) return <Failed error={list.error} again={list.again} />;
  return (
    <div className={css.screen}>
      {moderate && <BanForm />}
      <ListBar label={w.filterBans} value={text} onChange={setText}>
        <SegmentedControl
          aria-label={w.screens.bans}
          value={which}
          onChange={(value) => setWhich(value)}
          data={[
            { value: 'holding', label: w.holding },
            { value: 'all', label: w.all },
          ]}
        />
      </ListBar>
      {list.total === null ? (
        <Loading />
      ) : list.total === 0 ? (
        <Empty icon="ban" title={w.noBans} text={w.noBansText} />
      ) : (
        <Table
          label={w.screens.bans}
          columns={columns}
          count={list.total}
          rowAt={list.rowAt}
          keyOf={keyOf}
          compact={(row) => compact(row, stamp)}
          sort={SORT}
          onSort={onSort}
          keys={keys}
          menu={menu}
          onRange={list.onRange}
        />
      )}
    </div>
  );
}

function BanForm(): ReactNode {
  const { acts } = useHub();
  const [mask, setMask] = useState('');
  const [reason, setReason] = useState('');
  const [seconds, setSeconds] = useState(String(HOUR));
  const [asked] = useDebouncedValue(mask.trim(), 250);
  const preview = useQuery({
    queryKey: ['hub', 'preview', asked],
    queryFn: () => ask('previewBan', { body: { mask: asked } }),
    enabled: asked !== '' && !/\s/.test(asked),
    placeholderData: keepPreviousData,
  });

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!(await acts.ban(mask.trim(), Number(seconds), reason.trim()))) return;
    setMask('');
    setReason('');
  }

  return (
    <form className={css.form} data-pad onSubmit={(event) => void submit(event)} aria-label={w.newBan}>
      <TextInput
        label={w.mask}
        placeholder={w.maskHint}
        value={mask}
        maxLength={128}
        onChange={({ currentTarget }) => setMask(currentTarget.value)}
      />
      <TextInput
        label={w.reasonTold}
        value={reason}
        maxLength={160}
        className={css.grow}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
      />
      <NativeSelect
        label={w.howLong}
        value={seconds}
        data={Object.entries(w.lengths).map(([value, label]) => ({ value, label }))}
        onChange={({ currentTarget }) => setSeconds(currentTarget.value)}
      />
      <Button type="submit" color="red" variant="light" disabled={mask.trim() === '' || reason.trim() === ''}>
        {w.ban}
      </Button>
      {asked !== '' && preview.data !== undefined && (
        <p className={css.tried} role="status">
          {w.meets(preview.data.users, preview.data.nicks)}
          {preview.data.warnings.map((text) => ` ${text}.`)}
        </p>
      )}
    </form>
  );
}

function keyOf(row: HubBan): string {
  return String(row.id);
}

function stands(row: HubBan, now: number): ReactNode {
  if (row.lifted !== null) return <Cut>{`${w.lifted}, ${row.liftedBy ?? ''}`}</Cut>;
  if (row.until <= now) return w.ended;
  const left = w.left(span(row.until - now));
  return (
    <span className={css.left}>
      <Bar part={(row.until - now) / (row.until - row.at)} tone="bad" label={left} />
      <span className={css.quiet}>{left}</span>
    </span>
  );
}

function columnsOf(now: number): Column<HubBan>[] {
  return [
    {
      key: 'mask',
      title: w.mask,
      width: 'minmax(150px, 1.2fr)',
      priority: 1,
      cell: (row) => <Cut title={row.mask}>{row.mask}</Cut>,
    },
    {
      key: 'reason',
      title: w.reason,
      width: 'minmax(140px, 1.6fr)',
      priority: 2,
      cell: (row) => <Cut title={row.reason}>{row.reason}</Cut>,
    },
    {
      key: 'setter',
      title: w.setter,
      width: 'minmax(90px, 0.7fr)',
      priority: 4,
      cell: (row) => <Cut>{row.setter}</Cut>,
    },
    { key: 'until', title: w.ends, width: '130px', priority: 5, cell: (row) => moment(row.until) },
    { key: 'left', title: w.leftTitle, width: 'minmax(170px, 0.9fr)', priority: 1, cell: (row) => stands(row, now) },
  ];
}

function compact(row: HubBan, now: number): ReactNode {
  return (
    <div className={css.compact}>
      <div className={css.compactMain}>
        <strong className={css.cut}>{row.mask}</strong>
        <span className={css.quiet}>
          {row.lifted !== null ? w.lifted : row.until <= now ? w.ended : w.left(span(row.until - now))}
        </span>
      </div>
      <div className={css.quiet}>{row.reason}</div>
    </div>
  );
}
