import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownAddress, readAddress } from './addresses.ts';
import { Consents } from './consent.ts';
import { Gate, LIMITS, pauseMs, Turns } from './gate.ts';

const at = (text: string): KnownAddress => readAddress(text) as KnownAddress;

test('of ten tests at once from one address one starts', () => {
  const gate = new Gate();
  const refusals = Array.from({ length: 10 }, () => gate.start(at('8.8.8.8'), 26, 0)?.code ?? 'started');
  assert.equal(refusals.filter((code) => code === 'started').length, 1);
  assert.equal(refusals.filter((code) => code === 'busy').length, 9);
});

test('after a test comes a pause that fits its size', () => {
  const gate = new Gate();
  for (const [ports, pause] of [
    [1, 3000],
    [26, 30_000],
    [1056, 60_000],
    [65_535, 600_000],
  ] as const) {
    assert.equal(pauseMs(ports), pause);
    const visitor = at(`8.8.4.${ports % 200}`);
    assert.equal(gate.start(visitor, ports, 0), null);
    gate.ended(visitor, ports, 1000);
    assert.equal(gate.start(visitor, ports, 1000 + pause - 1)?.code, 'pause');
    assert.equal(gate.start(visitor, ports, 1000 + pause), null);
  }
});

test('one port may be asked again at once after a large test, and then every three seconds', () => {
  const gate = new Gate();
  const visitor = at('8.8.8.8');
  gate.start(visitor, 1056, 0);
  gate.ended(visitor, 1056, 1000);
  assert.equal(gate.start(visitor, 26, 1001)?.code, 'pause');
  assert.equal(gate.start(visitor, 1, 1001), null);
  gate.ended(visitor, 1, 1500);
  assert.equal(gate.start(visitor, 1, 4499)?.code, 'pause');
  assert.equal(gate.start(visitor, 1, 4500), null);
  gate.ended(visitor, 1, 4600);
  assert.equal(gate.start(visitor, 1056, 60_999)?.code, 'pause', 'the pause of the large test still holds');
});

test('many IPv6 addresses of one /64, and many /64 of one /48, share their hour', () => {
  const gate = new Gate();
  let started = 0;
  for (let i = 0; i < LIMITS.siteProbesPerHour.value + 1; i++)
    if (gate.start(at(`2606:4700:1:1::${i.toString(16)}`), 26, 0) === null) started++;
  assert.equal(started, LIMITS.siteProbesPerHour.value);
  for (let net = 2; started < 1000; net++) {
    const before: number = started;
    for (let i = 0; i < LIMITS.siteProbesPerHour.value; i++)
      if (gate.start(at(`2606:4700:1:${net}::${i.toString(16)}`), 26, 0) === null) started++;
    if (started === before) break;
  }
  assert.equal(started, LIMITS.networkProbesPerHour.value);
});

test('four run at once, the next wait in a row that knows its places, the one after it is sent away', async () => {
  const turns = new Turns();
  const never = new AbortController().signal;
  const leave = await Promise.all(Array.from({ length: 4 }, () => turns.take(never, () => {})));
  const places: number[] = [];
  const waiting = Array.from({ length: LIMITS.waiting.value }, (_, i) =>
    turns.take(never, (before) => i === 1 && places.push(before)),
  );
  assert.equal(await turns.take(never, () => {}), null);
  leave[0]?.();
  await waiting[0];
  assert.deepEqual(places, [2, 1]);
});

test('who leaves while waiting gives up the place', async () => {
  const turns = new Turns();
  const gone = new AbortController();
  const leave = await Promise.all(Array.from({ length: 4 }, () => turns.take(new AbortController().signal, () => {})));
  const waiting = turns.take(gone.signal, () => {});
  gone.abort(new Error('left'));
  await assert.rejects(waiting, /left/);
  leave[0]?.();
  leave[0]?.();
  assert.notEqual(await turns.take(new AbortController().signal, () => {}), null);
});

test('a token is good for a minute, once, where it was given', () => {
  let n = 0;
  const consents = new Consents<string>(() => `token-${n++}`);
  const give = (now = 0): string => consents.give({ address: '8.8.8.8', connection: 'c', what: 'common' }, now);
  const right = give();
  assert.equal(consents.take(right, '8.8.8.8', 'c', 59_999), 'common');
  assert.equal(consents.take(right, '8.8.8.8', 'c', 59_999), null);
  assert.equal(consents.take(give(), '8.8.8.8', 'c', 60_000), null);
  assert.equal(consents.take(give(), '8.8.4.4', 'c', 1), null);
  assert.equal(consents.take(give(), '8.8.8.8', 'd', 1), null);
  assert.equal(consents.take('made-up', '8.8.8.8', 'c', 1), null);
});

test('tokens that nobody uses do not pile up', () => {
  let n = 0;
  const consents = new Consents<string>(() => `token-${n++}`);
  for (let i = 0; i < 10_001; i++) consents.give({ address: '8.8.8.8', connection: 'c', what: 'x' }, i / 1000);
  assert.equal(consents.take('token-0', '8.8.8.8', 'c', 11), null);
  assert.equal(consents.take('token-10000', '8.8.8.8', 'c', 11), 'x');
});
