import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export { deflateRawSync, gzipSync } from 'node:zlib';

/** A bzip2 archive by the program of that name, through ffmpeg-free means. */
export function bzip(dir: string): Uint8Array {
  const input = join(dir, 'plain');
  writeFileSync(input, 'some words '.repeat(500));
  spawnSync('bzip2', ['-kf', input]);
  return new Uint8Array(readFileSync(`${input}.bz2`));
}
