import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PlanRow, type PlanSource, planDownloads } from './plan.ts';

const LIMITS = { slots: 2, perNick: 1 };
const NOW = 1_000;
let keys = 0;

function source(nick: string, more: Partial<PlanSource> = {}): PlanSource {
  return { key: ++keys, nick, hub: 'h:1', reachable: true, retryAt: 0, spent: false, ...more };
}
function row(id: string, sources: PlanSource[], more: Partial<PlanRow> = {}): PlanRow {
  return { id, order: Number(id), paused: false, active: null, sources, ...more };
}
function holdsOf(rows: PlanRow[], now = NOW): Record<string, string> {
  return Object.fromEntries([...planDownloads(rows, LIMITS, now).holds].map(([id, { why }]) => [id, why]));
}

describe('planning downloads', () => {
  it('starts as many as there are slots, in order', () => {
    const rows = [row('3', [source('c')]), row('1', [source('a')]), row('2', [source('b')])];
    const plan = planDownloads(rows, LIMITS, NOW);
    assert.deepEqual(
      plan.starts.map(({ id }) => id),
      ['1', '2'],
    );
    assert.equal(plan.holds.get('3')?.why, 'no-slot');
  });

  it('asks one person for one song at a time, whatever the case of the nick', () => {
    const rows = [row('1', [source('Ann')]), row('2', [source('ann')])];
    assert.deepEqual(holdsOf(rows), { 2: 'nick-busy' });
  });

  it('counts what is running already', () => {
    const running = source('a');
    const rows = [
      row('1', [running], { active: running }),
      row('2', [source('A')]),
      row('3', [source('b')]),
      row('4', [source('c')]),
    ];
    const plan = planDownloads(rows, LIMITS, NOW);
    assert.deepEqual(
      plan.starts.map(({ id }) => id),
      ['3'],
    );
    assert.deepEqual(Object.fromEntries([...plan.holds].map(([id, { why }]) => [id, why])), {
      2: 'nick-busy',
      4: 'no-slot',
    });
  });

  it('takes another source while the first one must wait', () => {
    const other = source('b');
    const plan = planDownloads([row('1', [source('a', { retryAt: NOW + 5 }), other])], LIMITS, NOW);
    assert.deepEqual(plan.starts, [{ id: '1', source: other.key }]);
  });

  it('prefers the source that has waited longest', () => {
    const fresh = source('b', { retryAt: 0 });
    const plan = planDownloads([row('1', [source('a', { retryAt: 500 }), fresh])], LIMITS, NOW);
    assert.equal(plan.starts[0]?.source, fresh.key);
  });

  it('says when to look again, and looks then', () => {
    const rows = [row('1', [source('a', { retryAt: NOW + 50 }), source('b', { retryAt: NOW + 20 })])];
    const plan = planDownloads(rows, LIMITS, NOW);
    assert.equal(plan.wakeAt, NOW + 20);
    assert.deepEqual(plan.holds.get('1'), { why: 'retry-later', until: NOW + 20 });
    assert.equal(planDownloads(rows, LIMITS, NOW + 20).starts.length, 1);
  });

  it('names why a row stands still', () => {
    assert.deepEqual(
      holdsOf([
        row('1', [source('a')], { paused: true }),
        row('2', [source('b', { reachable: false })]),
        row('3', [source('c', { spent: true })]),
        row('4', []),
        row('5', [source('d', { reachable: false }), source('e', { retryAt: NOW + 9 })]),
      ]),
      { 1: 'paused', 2: 'hub-away', 3: 'no-source', 4: 'no-source', 5: 'retry-later' },
    );
  });
});
