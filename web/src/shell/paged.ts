// A list that the server sorts, filters and cuts into pages: fetches what comes into sight, keeps what was there.
import { keepPreviousData, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { Page } from '#api';

const PAGE_ROWS = 200;

export type Paged<Row> = {
  /** Null until the first page came. */
  total: number | null;
  rowAt: (index: number) => Row | undefined;
  onRange: (from: number, to: number) => void;
  error: Error | null;
  again: () => void;
};

/** `key` names the list with its order and filters; `fetchPage` asks for rows from `offset`. */
export function usePaged<Row>(
  key: readonly unknown[],
  fetchPage: (offset: number, limit: number) => Promise<Page<Row>>,
): Paged<Row> {
  const [[first, last], setRange] = useState<readonly [number, number]>([0, 0]);
  const wanted = [...new Set([0, ...Array.from({ length: last - first + 1 }, (_, i) => first + i)])];
  const { pages, error, again } = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [...key, page],
      queryFn: () => fetchPage(page * PAGE_ROWS, PAGE_ROWS),
      placeholderData: keepPreviousData,
    })),
    combine: join<Row>,
  });
  const rows = useMemo(() => new Map(pages.map((page) => [page.offset, page.rows])), [pages]);
  const rowAt = useCallback((index: number) => rows.get(index - (index % PAGE_ROWS))?.[index % PAGE_ROWS], [rows]);
  const onRange = useCallback((from: number, to: number) => {
    const next = [Math.floor(from / PAGE_ROWS), Math.floor(to / PAGE_ROWS)] as const;
    setRange((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
  }, []);
  return { total: pages[0]?.total ?? null, rowAt, onRange, error, again };
}

type Joined<Row> = { pages: Page<Row>[]; error: Error | null; again: () => void };

function join<Row>(answers: UseQueryResult<Page<Row>>[]): Joined<Row> {
  return {
    pages: answers.flatMap(({ data }) => data ?? []),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    again: () => {
      for (const answer of answers) void answer.refetch();
    },
  };
}
