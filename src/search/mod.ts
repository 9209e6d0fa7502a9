// The index of shared files: who has what, found by words. Pure; one thread; one instance serves a whole hub.
export { type ParsedQuery, type ParseOptions, parseQuery, type QueryProblem } from './human-query.ts';
export { LIMITS } from './limits.ts';
export { type Found, groupRecordings, type Rank, type Recording, rank, WEIGHTS } from './ranking.ts';
export { Search } from './search.ts';
export { SearchIndex } from './share-index.ts';
export { suggest } from './spelling.ts';
export {
  ANYBODY,
  type FieldClause,
  type MediaType,
  type Owner,
  type OwnerTraits,
  type Query,
  type Range,
  type Share,
  type SharedFile,
  type Totals,
  type Viewer,
} from './types.ts';
