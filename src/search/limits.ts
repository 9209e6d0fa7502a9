import type { Limits } from '#base';

/** What the index keeps of one file and does for one search, at most. */
export const LIMITS = {
  pathBytes: { value: 4096, unit: 'bytes', source: 'the longest path that Linux accepts (PATH_MAX)' },
  hashBytes: { value: 200, unit: 'bytes', source: 'an MD5 is 32 digits; some clients add a suffix' },
  labelBytes: { value: 63, unit: 'bytes', source: 'a nick of 32, an address of 10, a speed of 2, blanks: 47' },
  wordBytes: {
    value: 255,
    unit: 'bytes',
    source: 'a word is at most a path component of an old file system; the rest is cut',
  },
  completionWords: {
    value: 30_000,
    unit: 'words',
    source: 'a letter that is typed looks at so many words for its completions: about a millisecond',
  },
  namesPerContent: {
    value: 10_000,
    unit: 'recordings',
    source: 'a search by hash looks at so many names of one content, so that a junk hash which all share costs little',
  },
  batch: { value: 1000, unit: 'results', source: 'what one run hands over at most, so that encoding it stays short' },
} as const satisfies Limits;
