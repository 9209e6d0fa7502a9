// A list that the server sorts, filters and cuts into pages: fetches what comes into sight, keeps what was there.
import { keepPreviousData, useQueries } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
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
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const [first, last] = range;
  const pages: number[] = [];
  for (let page = first; page <= last; page++) pages.push(page);
  if (first !== 0) pages.unshift(0);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...key, page],
      queryFn: () => fetchPage(page * PAGE_ROWS, PAGE_ROWS),
      placeholderData: keepPreviousData,
    })),
  });
  const stamp = answers.map(({ dataUpdatedAt, status }) => `${dataUpdatedAt}${status}`).join();
  const latest = useRef(new Map<number, Page<Row> | undefined>());
  latest.current = new Map(pages.map((page, i) => [page, answers[i]?.data]));
  // A new function only when other rows came: the table draws all its rows anew with it.
  // oxlint-disable-next-line react/exhaustive-deps
  const rowAt = useCallback(
    (index: number) => latest.current.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS],
    [stamp, first, last],
  );
  const onRange = useCallback((from: number, to: number) => {
    const next = [Math.floor(from / PAGE_ROWS), Math.floor(to / PAGE_ROWS)] as const;
    setRange((before) => (before[0] === next[0] && before[1] === next[1] ? before : next));
  }, []);
  return {
    total: answers.find(({ data }) => data !== undefined)?.data?.total ?? null,
    rowAt,
    onRange,
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    again: () => {
      for (const answer of answers) void answer.refetch();
    },
  };
}
