// The index of shared files: who has what, found by words. Pure; one thread; one instance serves a whole hub.
export { LIMITS } from './limits.ts';
export { Search } from './search.ts';
export { SearchIndex } from './share-index.ts';
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
