import type { ByteString } from '#base';
import type { SearchIndex } from './share-index.ts';
import type { Query, Viewer } from './types.ts';

const pending = (): never => {
  throw new Error('not built yet');
};

/**
 * One search at a time; keep one and start it again for the next. Costs nothing between searches.
 *
 *   search.start(query, viewer);
 *   do {
 *     const done = search.run(steps);
 *     for (let i = 0; i < search.count; i++) use(search.shares[i]);   // before the index changes
 *   } while (!done);                                                  // other work may come in between
 */
export class Search {
  // oxlint-disable-next-line no-useless-constructor
  constructor(_index: SearchIndex) {}
  /** The batch that the last `run` found: the first `count` entries. Valid until the index changes. */
  shares: Uint32Array = new Uint32Array(128);
  count = 0;
  /** Steps taken since `start`: postings and shares looked at. */
  steps = 0;
  /** Everything with these words. */
  start(_query: Query, _viewer: Viewer): void {
    pending();
  }
  /** Everything with this content (message 215): token and size alike. */
  startHash(_hash: ByteString, _size: number, _viewer: Viewer): void {
    pending();
  }
  /** Goes on for about `steps` (roughly 20 ns each). True: finished. The index may change between runs. */
  run(_steps: number): boolean {
    return pending();
  }
}
