import type { Judge } from './verdict.ts';

export type JudgeOptions = {
  /** The file's name (base name or path): counts only where its ending promises another format than the content. */
  readonly name: string;
  /** The size it is said to have, when known: fewer bytes at the end are `truncated`. */
  readonly sizeBytes?: number;
};

/** A judge for one file; see {@link Judge}. */
export function createJudge(options: JudgeOptions): Judge {
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    soundBytes: 0,
    alarm: null,
    write(chunk) {
      bytes += chunk.length;
    },
    end() {
      throw new Error(`not yet: ${options.name}`);
    },
  };
}
