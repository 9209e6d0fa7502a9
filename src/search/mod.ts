// The index of shared files: who has what, found by words. Pure; one thread; one instance serves a whole hub.
export { parseQuery } from './human-query.ts';
export { LIMITS } from './limits.ts';
export { type Found, groupRecordings, rank } from './ranking.ts';
export { Search } from './search.ts';
export { SearchIndex } from './share-index.ts';
export { suggest } from './spelling.ts';
export { ANYBODY, type Owner, type OwnerTraits, type Query, type Share, type SharedFile } from './types.ts';
