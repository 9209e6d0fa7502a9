// How the records of the index lie in their heaps, in words.
//
// recording (in its own heap, sizes in fours): a name and facts that any number of owners may share
//    0 its share when it has one, else its array      1 the owner then, else the array's capacity
//    2 shares, 0: nobody has it now                   3 kbps << 16 | bytes of name
//    4 size, high 21 bits | media type << 21 | flags  5 seconds     6 hz     7 size, low 32 bits
//    8 … 11 MD5      12 hash of name and facts        13 hash of the name
//   14, 15 next and previous with the same MD5
//   16 … the name: the last two components of the path; after it, when ODD_TOKEN: a length byte and the token as it came
// array (in the text heap), of capacity c:  0 … the owners, oldest first      c … their shares
//    A search looks at owners first, and most of them lie in one cache line.
//
// place (in the text heap): what stands before the name in paths of one owner
//    0 hash      1 owner      2 shares that use it      3 bytes      4 … the bytes
//
// block of shares (in the share heap, aligned to its 64 words): 20 shares of one owner in the order they came
//    0 next block      1 previous block      2 shares in use      3 shares ever put here      4 … the shares
// share:  0 recording, 0: hole      1 place      2 its number in the recording's array

export const RECORDING = {
  list: 0,
  owner: 1,
  capacity: 1,
  shares: 2,
  kbpsAndLength: 3,
  sizeHigh: 4,
  seconds: 5,
  hz: 6,
  sizeLow: 7,
  md5: 8,
  hash: 12,
  nameHash: 13,
  nextSame: 14,
  previousSame: 15,
  name: 16,
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
export const SHARE_WORDS = 3;
export const SHARES_PER_BLOCK = 20;
export const SHARE = { recording: 0, place: 1, number: 2 } as const;
