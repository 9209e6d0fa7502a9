import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { LIMITS as API_LIMITS } from '#api';
import { openStore, type Store } from '#store';
import { type Row, TransferRows } from './rows.ts';
import { PEER_SCHEMA } from './schema.ts';

function row(id: string, more: Partial<Row> = {}): Row {
  return {
    id,
    direction: 'down',
    network: 'napster',
    name: `${id}.mp3`,
    state: 'queued',
    paused: false,
    bytes: 0,
    sizeBytes: 10,
    bps: 0,
    reason: null,
    reasonCode: null,
    retryAt: null,
    nick: 'ann',
    hub: 'h:1',
    queuePlace: null,
    alternatives: 0,
    kbps: 128,
    seconds: 5,
    addedAt: 1,
    endedAt: null,
    playableBytes: 0,
    libraryId: null,
    verdict: null,
    order: 1,
    folder: null,
    path: null,
    sha1: null,
    checks: [],
    inspection: null,
    overruled: false,
    revision: 0,
    ...more,
  };
}

describe('the transfer list', () => {
  let store: Store;
  let rows: TransferRows;
  beforeEach(() => {
    store = openStore(':memory:', PEER_SCHEMA);
    rows = new TransferRows(store);
  });

  it('tells everything once, then what changed and what went', () => {
    rows.add(row('a'));
    rows.add(row('b'));
    const all = rows.delta(0);
    assert.deepEqual([all.full, all.rows.map(({ id }) => id)], [true, ['a', 'b']]);
    assert.deepEqual(rows.delta(all.revision), { revision: all.revision, full: false, rows: [], gone: [] });
    rows.update(rows.get('a') as Row, { bytes: 5 });
    rows.remove(rows.get('b') as Row);
    const { full, rows: changed, gone } = rows.delta(all.revision);
    assert.deepEqual([full, changed.map(({ id, bytes }) => [id, bytes]), gone], [false, [['a', 5]], ['b']]);
  });

  it('tells everything again to one who was away for too long', () => {
    rows.add(row('kept'));
    const { revision } = rows.delta(0);
    for (let i = 0; i < 1_005; i++) {
      rows.add(row(`x${i}`, { direction: 'up' }));
      rows.remove(rows.get(`x${i}`) as Row);
    }
    assert.equal(rows.delta(revision).full, true);
  });

  it('keeps downloads over a restart, and an upload only once it is over', () => {
    rows.add(row('open', { state: 'receiving', bytes: 3, paused: true }));
    rows.add(row('done', { state: 'done', path: '/d/done.mp3', sha1: 'x', endedAt: 2 }));
    rows.add(row('up', { direction: 'up', state: 'receiving' }));
    rows.add(row('sent', { direction: 'up', state: 'receiving' }));
    rows.update(rows.get('sent') as Row, { state: 'done' });
    const again = new TransferRows(store);
    assert.deepEqual([...again.all()].map(({ id, state }) => `${id} ${state}`).toSorted(), [
      'done done',
      'open queued',
      'sent done',
    ]);
    assert.equal(again.get('open')?.paused, true);
    assert.equal(again.get('done')?.path, '/d/done.mp3');
  });

  it('gives up what strangers fetched before what the person fetched, and nothing that is not over', () => {
    const most = API_LIMITS.transferRows.value;
    store.exec('BEGIN');
    rows.add(row('mine', { state: 'done' }));
    rows.add(row('theirs', { direction: 'up', state: 'done' }));
    for (let i = 2; i < most; i++) rows.add(row(`w${i}`));
    assert.equal(rows.isFull, false);
    rows.add(row('one more'));
    assert.deepEqual([rows.get('mine') !== undefined, rows.get('theirs')], [true, undefined]);
    rows.add(row('two more'));
    assert.equal(rows.get('mine'), undefined);
    assert.equal(rows.isFull, true);
    store.exec('COMMIT');
  });
});
