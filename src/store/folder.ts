// Making a folder that a person named. Not `mkdir` with `recursive: true`: Node tries a name below /proc and its like for
// ever, because the parent is there and the child never can be.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Makes the folder and those above it that are missing; one that is there is left as it is. @throws Node's error with its `code` */
export function makeFolder(path: string, mode = 0o777): void {
  const whole = resolve(path);
  try {
    mkdirSync(whole, { mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(whole).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(whole) === whole) throw error;
    makeFolder(dirname(whole), mode);
    mkdirSync(whole, { mode });
  }
}
