// How large a database is on disk, its write-ahead log included.
import { statSync } from 'node:fs';
import { join } from 'node:path';

export function sizeOf(dataDir: string, database: string): number {
  return ['', '-wal'].reduce((sum, tail) => sum + bytesOf(join(dataDir, `${database}${tail}`)), 0);
}

function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
