import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Deadlines } from './deadlines.ts';

type Owner = { name: number };
const ascending = (a: number, b: number): number => a - b;

test('owners come up in the order of their deadlines, and only when due', () => {
  const deadlines = new Deadlines<Owner>();
  const owners = [30, 10, 20].map((name) => ({ name }));
  for (const owner of owners) deadlines.set(owner, owner.name);
  assert.equal(deadlines.next, 10);
  assert.equal(deadlines.takeDue(9), null);
  assert.deepEqual([deadlines.takeDue(25)?.name, deadlines.takeDue(25)?.name, deadlines.takeDue(25)], [10, 20, null]);
});

test('moving, removing and waking agree with a plain map', () => {
  const action = fc.record({
    who: fc.nat(9),
    at: fc.oneof(fc.nat(50), fc.constant(Number.POSITIVE_INFINITY)),
    now: fc.nat(60),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
      const owners = Array.from({ length: 10 }, (_, name) => ({ name }));
      const deadlines = new Deadlines<Owner>();
      const plain = new Map<number, number>();
      for (const { who, at, now } of actions) {
        deadlines.set(owners[who] as Owner, at);
        if (at === Number.POSITIVE_INFINITY) plain.delete(who);
        else plain.set(who, at);
        const due = [];
        for (let owner = deadlines.takeDue(now); owner !== null; owner = deadlines.takeDue(now)) due.push(owner.name);
        const expected = [...plain].filter(([, when]) => when <= now).map(([name]) => name);
        for (const name of expected) plain.delete(name);
        assert.deepEqual(due.toSorted(ascending), expected.toSorted(ascending));
        assert.equal(deadlines.size, plain.size);
      }
    }),
    { seed: 7, numRuns: 300 },
  );
});
