// By what a table is sorted.
export type Sort = { key: string; order: 'asc' | 'desc' };
