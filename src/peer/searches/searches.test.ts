import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HubLink, HubResult } from '../hubs/link.ts';
import { contentOf, doubtsOf, queryOf, realHash, Searches } from './searches.ts';

const MD5 = '0123456789abcdef0123456789abcdef';

/** A hub that answers a search with these. */
function hub(name: string, results: Partial<HubResult>[], why: string | null = null): HubLink {
  return {
    name,
    search: async (_: unknown, onResult: (result: HubResult) => void) => {
      for (const result of results)
        onResult({
          path: '\\m\\a.mp3',
          hash: MD5,
          size: 10,
          kbps: 128,
          hz: 44_100,
          seconds: 5,
          nick: 'ann',
          ip: '10.0.0.1',
          speed: 4,
          ...result,
        });
      return why;
    },
  } as unknown as HubLink;
}

async function searched(hubs: HubLink[]): Promise<{ searches: Searches; id: string }> {
  const searches = new Searches({ hubs: () => hubs, inLibrary: () => false, transferOf: () => null });
  const { id } = searches.start({ text: 'a' });
  const ended = new Promise<void>((resolve) => {
    searches.onChange = () => searches.delta(id, 0)?.search.state !== 'running' && resolve();
  });
  await ended;
  return { searches, id };
}

describe('a search over hubs', () => {
  it('makes one row of what one person shares on two hubs', async () => {
    const { searches, id } = await searched([
      hub('h1:1', [{}]),
      hub('h2:1', [{}, { nick: 'bob', path: '\\x\\b.mp3' }]),
    ]);
    const rows = searches.delta(id, 0)?.rows ?? [];
    assert.deepEqual(
      rows.map(({ sources }) => sources.map(({ nick, hub: at }) => `${nick}@${at}`)),
      [['ann@h1:1', 'ann@h2:1'], ['bob@h2:1']],
    );
  });

  it('knows which rows are the same recording', async () => {
    const { searches, id } = await searched([
      hub('h:1', [{}, { nick: 'bob', path: '\\other\\name.mp3' }, { nick: 'cid', size: 11 }]),
    ]);
    const { same } = searches.find(`${id}.0`) ?? { same: [] };
    assert.deepEqual(
      same.map(({ owner }) => owner),
      ['bob'],
    );
  });

  it('tells what changed since a revision', async () => {
    const { searches, id } = await searched([hub('h:1', [{}, { nick: 'bob' }])]);
    const { revision } = searches.delta(id, 0) ?? { revision: 0 };
    assert.deepEqual(searches.delta(id, revision)?.rows, []);
    assert.equal(searches.delta(id, 2)?.rows.length, 1);
  });

  it('fails only when every hub fails, with the reason', async () => {
    const one = await searched([hub('h1:1', [], 'gone'), hub('h2:1', [])]);
    assert.equal(one.searches.delta(one.id, 0)?.search.state, 'done');
    const none = await searched([hub('h1:1', [], 'gone')]);
    assert.deepEqual(
      [none.searches.delta(none.id, 0)?.search.state, none.searches.delta(none.id, 0)?.search.reason],
      ['failed', 'gone'],
    );
  });

  it('stops at its bound', async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => ({ nick: `n${i}` }));
    const { searches, id } = await searched([hub('h:1', many)]);
    assert.equal(searches.delta(id, 0)?.rows.length, 10_000);
    assert.equal(searches.delta(id, 0)?.search.state, 'full');
  });

  it('keeps the last twenty', async () => {
    const searches = new Searches({ hubs: () => [hub('h:1', [])], inLibrary: () => false, transferOf: () => null });
    for (let i = 0; i < 25; i++) searches.start({ text: `${i}` });
    assert.equal(searches.list().length, 20);
    assert.equal(searches.list()[0]?.text, '24');
  });
});

describe('what is asked of hubs', () => {
  it('is the words, what must not occur, and bounds', () => {
    assert.deepEqual(queryOf({ text: 'björk  "joga" -live', minKbps: 128, maxSeconds: 300 }), {
      words: 'bj\u00c3\u00b6rk joga',
      excludes: 'live',
      max: 1000,
      kbps: { min: 128 },
      seconds: { max: 300 },
    });
  });
});

describe('what a claim gives away', () => {
  it('marks the figures of wrapped files, and sizes that cannot be', () => {
    assert.deepEqual(doubtsOf(5_000_000, 32, 32_000, 1250), ['wrapster']);
    assert.deepEqual(doubtsOf(1_000, 128, 44_100, 200), ['size']);
    assert.deepEqual(doubtsOf(3_200_000, 128, 44_100, 200), []);
    assert.deepEqual(doubtsOf(3_200_000, 0, 0, 0), []);
  });

  it('takes a hash for one only when it can be', () => {
    assert.equal(realHash(MD5), MD5);
    assert.equal(realHash(`${MD5.toUpperCase()}-3200`), MD5);
    for (const hash of ['0'.repeat(32), 'NOMD5COMPUTED', '', 'xyz']) assert.equal(realHash(hash), null);
    assert.notEqual(
      contentOf({ size: 1, md5: null, seconds: 2, name: 'A.mp3' }),
      contentOf({ size: 1, md5: MD5, seconds: 2, name: 'A.mp3' }),
    );
    assert.equal(
      contentOf({ size: 1, md5: null, seconds: 2, name: 'A.mp3' }),
      contentOf({ size: 1, md5: null, seconds: 2, name: 'a.MP3' }),
    );
  });
});
