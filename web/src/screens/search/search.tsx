// One box, chips, live results. The search itself is in the address, so that it can be linked, reloaded and gone back to.
import { Button, Loader, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { LIMITS, type SearchRow, type SearchState } from '#api';
import type { Acts } from '../../acts.ts';
import { useActs, useLiveSearch, usePeer } from '../../peer-context.ts';
import { Icon } from '../../shell/icons.tsx';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { formatPlace } from '../../shell/place.ts';
import { go, usePlace } from '../../shell/router.ts';
import { Signal, useSignal } from '../../shell/signal.ts';
import { Empty, Loading } from '../../shell/states.tsx';
import type { Sort } from '../../shell/order.ts';
import { Table } from '../../shell/table.tsx';
import { tellFailure } from '../../shell/toasts.ts';
import { count } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import { FilterChips } from './chips.tsx';
import { columnsOf, CompactLine } from './columns.tsx';
import { type Filters, groupRows, type Line, linesOf, NO_FILTERS, passes, sortGroups } from './groups.ts';
import css from './search.module.css';

export function SearchScreen(): ReactNode {
  const { query } = usePlace();
  const { id, q = '' } = query;
  const { provider } = usePeer();
  const [text, setText] = useState(q);
  const box = useRef<HTMLInputElement>(null);
  const [before, setBefore] = useState(q);
  if (before !== q) {
    setBefore(q);
    setText(q);
  }

  const start = useCallback(
    async (words: string): Promise<void> => {
      const wanted = words.trim();
      if (wanted === '') return;
      try {
        const search = await provider.call('startSearch', { body: { text: wanted } });
        go(['search'], { id: search.id, q: wanted });
      } catch (error) {
        tellFailure(error);
      }
    },
    [provider],
  );

  // Words without a search come from a menu or a link: asked at once, in place of that step.
  const asked = useRef('');
  useEffect(() => {
    if (id !== undefined || q === '' || asked.current === q) return;
    asked.current = q;
    provider
      .call('startSearch', { body: { text: q } })
      .then((search) => go(['search'], { id: search.id, q }, true), tellFailure);
  }, [id, q, provider]);

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== '/' || isTyping(event.target)) return;
      event.preventDefault();
      box.current?.select();
      box.current?.focus();
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  function submit(event: FormEvent): void {
    event.preventDefault();
    void start(text);
  }

  return (
    <div className={css.screen}>
      <form className={css.form} role="search" onSubmit={submit}>
        <TextInput
          ref={box}
          className={css.box}
          size="md"
          type="search"
          aria-label={t.search.box}
          placeholder={t.search.box}
          value={text}
          autoComplete="off"
          spellCheck={false}
          autoFocus={id === undefined}
          maxLength={LIMITS.textLength.value}
          leftSection={<Icon name="search" size={18} />}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[role="treegrid"]')?.focus();
          }}
        />
        <Button type="submit" size="md" className={css.go}>
          {t.search.go}
        </Button>
      </form>
      {id === undefined ? (
        q === '' ? (
          <Before />
        ) : (
          <Loading />
        )
      ) : (
        <Results key={id} id={id} q={q} again={() => void start(q)} />
      )}
    </div>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

function Before(): ReactNode {
  const { provider } = usePeer();
  const { data: recent = [] } = useQuery({ queryKey: ['searches'], queryFn: () => provider.call('searches') });
  return (
    <Empty icon="search" title={t.search.emptyTitle} text={t.search.emptyText}>
      {recent.length > 0 && (
        <div className={css.recent}>
          <span className={css.quiet}>{t.search.recent}</span>
          {recent.slice(0, 6).map(({ id, text }) => (
            <a key={id} className={css.recentOne} href={formatPlace(['search'], { id, q: text })}>
              {text}
            </a>
          ))}
        </div>
      )}
      <ul className={css.keys}>
        {t.search.keys.map(([key, does]) => (
          <li key={key}>
            <kbd>{key}</kbd> {does}
          </li>
        ))}
      </ul>
    </Empty>
  );
}

function Results({ id, q, again }: { id: string; q: string; again: () => void }): ReactNode {
  const { state, rows, gone } = useLiveSearch(id);
  const { player } = usePeer();
  const acts = useActs();
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [sort, setSort] = useState<Sort>({ key: 'sources', order: 'desc' });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const playing = useSignal(player.state);

  const groups = useMemo(() => groupRows(rows.filter((row) => passes(row, filters))), [rows, filters]);
  const sorted = useMemo(() => sortGroups(groups, sort), [groups, sort]);
  const lines = useMemo(() => linesOf(sorted, open), [sorted, open]);
  const [shown] = useState(() => new Signal<readonly Line[]>([]));
  useEffect(() => shown.set(lines), [shown, lines]);

  const listen = useCallback((line: Line) => listenTo(line, acts, shown), [acts, shown]);
  const get = useCallback(
    (line: Line): void => {
      const [first, ...others] = rowsOf(line);
      if (first !== undefined)
        void acts.get(
          first,
          others.map((row) => row.id),
        );
    },
    [acts],
  );
  const toggle = useCallback((line: Line, wanted: boolean): void => {
    if (line.kind !== 'group') return;
    setOpen((before) => {
      const next = new Set(before);
      if (wanted) next.add(line.id);
      else next.delete(line.id);
      return next;
    });
  }, []);

  const going = playing.state === 'playing' || playing.state === 'waiting' ? (playing.track?.key ?? null) : null;
  const columns = useMemo(() => columnsOf({ acts, listen, get, playing: going }), [acts, listen, get, going]);
  const keys = useMemo(
    () => ({
      Enter: ([line]: Line[]) => line !== undefined && listen(line),
      ' ': ([line]: Line[]) => line !== undefined && listen(line),
      d: (wanted: Line[]) => {
        for (const line of wanted.slice(0, 50)) get(line);
      },
    }),
    [listen, get],
  );
  const menu = useCallback(
    (wanted: Line[]): MenuEntry[] => {
      const [line] = wanted;
      if (line === undefined) return [];
      const row = line.kind === 'group' ? line.best : line.row;
      const [source] = row.sources;
      return [
        { heading: row.name },
        { label: t.menu.listen, icon: 'play', hint: 'Space', run: () => listen(line) },
        {
          label: t.menu.get,
          icon: 'get',
          hint: 'D',
          run: () => {
            for (const one of wanted.slice(0, 50)) get(one);
          },
        },
        ...(row.transferId === null
          ? []
          : [
              {
                label: t.menu.showTransfer,
                icon: 'transfers' as const,
                run: () => go(['transfers'], { id: row.transferId ?? '' }),
              },
            ]),
        ...acts.nameMenu(row.name),
        ...(source === undefined ? [] : acts.nickMenu(source.nick, source.hub)),
      ];
    },
    [acts, listen, get],
  );
  const rowAt = useCallback((index: number) => lines[index], [lines]);
  const compact = useCallback(
    (line: Line) => <CompactLine line={line} listen={listen} get={get} playing={going} />,
    [listen, get, going],
  );

  if (gone)
    return (
      <Empty icon="clock" title={t.search.gone}>
        <Button variant="light" onClick={again}>
          {t.search.go}
        </Button>
      </Empty>
    );
  if (state === null) return <Loading />;
  return (
    <>
      <div className={css.bar}>
        <FilterChips filters={filters} onChange={setFilters} />
        <Says state={state} groups={groups.length} />
      </div>
      {lines.length > 0 ? (
        <Table
          label={`${t.search.title}: ${q}`}
          columns={columns}
          count={lines.length}
          rowAt={rowAt}
          keyOf={keyOf}
          compact={compact}
          sort={sort}
          onSort={setSort}
          expanded={(line) => (line.kind === 'group' && line.rows.length > 1 ? open.has(line.id) : undefined)}
          onExpand={toggle}
          lower={isLower}
          dim={isDoubtful}
          keys={keys}
          menu={menu}
        />
      ) : (
        <Nothing state={state} filtered={rows.length > 0} clear={() => setFilters(NO_FILTERS)} />
      )}
    </>
  );
}

/** Plays through the recordings in their order on the screen. */
function listenTo(line: Line, acts: Acts, shown: Signal<readonly Line[]>): void {
  const [first, ...others] = rowsOf(line);
  if (first === undefined) return;
  void acts.listen(
    first,
    others.map(({ id }) => id),
    (step, key) => {
      const groups = shown.get().filter(({ kind }) => kind === 'group');
      const at = groups.findIndex((group) => rowsOf(group).some(({ id }) => id === key));
      const next = at < 0 ? undefined : groups[at + step];
      return next === undefined ? null : () => listenTo(next, acts, shown);
    },
  );
}

function rowsOf(line: Line): readonly SearchRow[] {
  return line.kind === 'group' ? line.rows : [line.row];
}

function keyOf(line: Line): string {
  return line.id;
}

function isLower(line: Line): boolean {
  return line.kind === 'single';
}

function isDoubtful(line: Line): boolean {
  return (line.kind === 'group' ? line.best : line.row).doubts.length > 0;
}

function Says({ state, groups }: { state: SearchState; groups: number }): ReactNode {
  const running = state.state === 'running';
  return (
    <div className={css.says} role="status">
      {running && <Loader size={14} />}
      <span>{state.results === 0 && running ? t.search.running : t.search.found(state.results, groups)}</span>
      <span className={css.asked}>
        {state.asked.map(({ at, state: how, results, reason }) => (
          <span key={at} className={css.askedOne} data-state={how} title={reason ?? at}>
            {at} <b>{count(results)}</b>
          </span>
        ))}
      </span>
      {state.state === 'full' && <span className={css.asked}>{t.search.full(LIMITS.searchRows.value)}</span>}
    </div>
  );
}

type NothingProps = { state: SearchState; filtered: boolean; clear: () => void };

function Nothing({ state, filtered, clear }: NothingProps): ReactNode {
  if (filtered)
    return (
      <Empty icon="search" title={t.search.nothingLeft}>
        <Button variant="light" onClick={clear}>
          {t.search.clearFilters}
        </Button>
      </Empty>
    );
  if (state.state === 'running') return <Loading />;
  if (state.state === 'failed') return <Empty icon="warn" title={t.search.failed(state.reason)} />;
  return <Empty icon="search" title={t.search.nothing(state.text)} text={t.search.nothingHint} />;
}
