import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SLOT_LIMITS, Slots } from './slots.ts';

describe('upload slots', () => {
  it('serve until they are taken, then give places in line', () => {
    const slots = new Slots({ slots: 2, perNick: 1 });
    assert.deepEqual(slots.ask('ann', 'a', 0), { go: true });
    assert.deepEqual(slots.ask('bob', 'a', 0), { go: true });
    assert.deepEqual(slots.ask('cid', 'a', 0), { go: false, place: 1 });
    assert.deepEqual(slots.ask('dan', 'a', 0), { go: false, place: 2 });
  });

  it('keep a freed slot for the one who came first and still asks', () => {
    const slots = new Slots({ slots: 1, perNick: 1 });
    slots.ask('ann', 'a', 0);
    slots.claim('ann', 'a', 0);
    slots.ask('bob', 'a', 1);
    slots.ask('cid', 'a', 2);
    slots.release('ann', 'a');
    assert.deepEqual(slots.ask('cid', 'a', 3), { go: false, place: 2 });
    assert.deepEqual(slots.ask('bob', 'a', 4), { go: true });
  });

  it('forget who stopped asking', () => {
    const slots = new Slots({ slots: 1, perNick: 1 });
    slots.ask('ann', 'a', 0);
    slots.claim('ann', 'a', 0);
    slots.ask('bob', 'a', 1);
    slots.release('ann', 'a');
    assert.deepEqual(slots.ask('cid', 'a', SLOT_LIMITS.freshMs.value + 2), { go: true });
  });

  it('are not kept free for one who is ahead but absent', () => {
    const slots = new Slots({ slots: 1, perNick: 1 });
    slots.ask('ann', 'a', 0);
    slots.claim('ann', 'a', 0);
    slots.ask('bob', 'a', 1);
    slots.ask('cid', 'a', 60_000);
    slots.release('ann', 'a');
    assert.deepEqual(slots.ask('cid', 'a', 61_000), { go: false, place: 2 });
    assert.deepEqual(slots.ask('cid', 'a', SLOT_LIMITS.absentMs.value + 2), { go: true });
  });

  it('let one person with many wishes hold one slot only', () => {
    const slots = new Slots({ slots: 2, perNick: 1 });
    assert.deepEqual(slots.ask('ann', 'a', 0), { go: true });
    assert.deepEqual(slots.ask('ann', 'b', 0), { go: false, place: 1 });
    assert.deepEqual(slots.ask('bob', 'a', 0), { go: true });
  });

  it('take a slot back that is not claimed in time, and let nobody in without one', () => {
    const slots = new Slots({ slots: 1, perNick: 1 });
    slots.ask('ann', 'a', 0);
    assert.equal(slots.claim('ann', 'a', SLOT_LIMITS.claimMs.value), false);
    assert.equal(slots.claim('eve', 'a', 1), false);
    assert.deepEqual(slots.ask('bob', 'a', SLOT_LIMITS.claimMs.value), { go: true });
  });

  it('answer the same asker again with the same slot', () => {
    const slots = new Slots({ slots: 1, perNick: 1 });
    assert.deepEqual(slots.ask('ann', 'a', 0), { go: true });
    assert.deepEqual(slots.ask('ann', 'a', 1), { go: true });
    assert.equal(slots.taken, 1);
  });

  it('are one transfer each, however often it is begun', () => {
    const slots = new Slots({ slots: 1, perNick: 1 });
    slots.ask('ann', 'a', 0);
    assert.equal(slots.claim('ann', 'a', 1), true);
    assert.equal(slots.claim('ann', 'a', 2), false);
    assert.deepEqual(slots.ask('ann', 'a', 3), { go: false, place: 1 });
    slots.release('ann', 'a');
    assert.deepEqual(slots.ask('ann', 'a', 4), { go: true });
    assert.equal(slots.claim('ann', 'a', 5), true);
  });

  it('bound the line, for all and for one', () => {
    const slots = new Slots({ slots: 0, perNick: 1 });
    for (let i = 0; i < SLOT_LIMITS.waitingPerNick.value; i++) slots.ask('ann', `${i}`, 0);
    assert.deepEqual(slots.ask('ann', 'one more', 0), { go: false, full: true });
    for (let i = slots.waiting; i < SLOT_LIMITS.waiting.value; i++) slots.ask(`n${i}`, 'a', 0);
    assert.deepEqual(slots.ask('late', 'a', 0), { go: false, full: true });
    assert.equal(slots.waiting, SLOT_LIMITS.waiting.value);
  });
});
