// SQLite, opened one way: write-ahead log, schema by numbered steps, no path and no SQL text from strangers.
// The SQL itself lives with its program.
export { makeFolder } from './folder.ts';
export { backupStore, openStore, type Store } from './open.ts';
