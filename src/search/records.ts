// How the records of the index lie in their heaps, in words.
//
// recording (in the text heap): a name and facts that any number of owners may share
//    0 hash of name and facts       1 hash of the name       2 first share, 0: nobody has it now
//    3 size, low 32 bits            4 size, high 21 bits | media type << 21 | flags << 24
//    5 kbps << 16 | bytes of name   6 hz                     7 seconds
//    8 … 11 MD5                    12 shares                13, 14 next and previous with the same MD5
//   15 … the name: the last two components of the path; after it, when ODD_TOKEN: a length byte and the token as it came
//
// place (in the text heap): what stands before the name in paths of one owner
//    0 hash      1 owner      2 shares that use it      3 bytes      4 … the bytes
//
// block of shares (in the share heap, aligned to its 64 words): 15 shares of one owner in the order they came
//    0 next block      1 previous block      2 shares in use      3 shares ever put here      4 … the shares
// share:  0 recording, 0: hole      1 place      2, 3 next and previous share of the recording, newest first

export const RECORDING = {
  hash: 0,
  nameHash: 1,
  first: 2,
  sizeLow: 3,
  sizeHigh: 4,
  kbpsAndLength: 5,
  hz: 6,
  seconds: 7,
  md5: 8,
  shares: 12,
  nextSame: 13,
  previousSame: 14,
  name: 15,
} as const;
export const TYPE_SHIFT = 21;
export const TYPE_MASK = 7;
/** Waits to be forgotten, unless somebody shares it again. */
export const WAITING = 1 << 24;
/** The hash token is more than 32 hex digits in lower case. */
export const ODD_TOKEN = 1 << 25;

export const PLACE = { hash: 0, owner: 1, shares: 2, length: 3, text: 4 } as const;

export const BLOCK = { next: 0, previous: 1, live: 2, filled: 3, shares: 4 } as const;
export const BLOCK_WORDS = 64;
export const SHARE_WORDS = 4;
export const SHARES_PER_BLOCK = 15;
export const SHARE = { recording: 0, place: 1, next: 2, previous: 3 } as const;
