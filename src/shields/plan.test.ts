import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded, wholeBelow } from '#base';
import { type Answer, DEFAULT_PACE, type Pace, ProbePlan } from './plan.ts';

type Host = (port: number, now: number, tries: number) => Answer | null;
type Way = { rttMs: number; loss: number; seed: number };

/** Runs a plan against a host under a manual clock; the time it took and how often it asked come back. */
function run(ports: number[], host: Host, pace: Partial<Pace> = {}, way: Way = { rttMs: 20, loss: 0.01, seed: 7 }) {
  const chance = seeded(way.seed);
  const plan = new ProbePlan(ports, { ...DEFAULT_PACE, ...pace }, seeded(way.seed + 1), 0);
  const coming: { at: number; port: number; answer: Answer; id: number }[] = [];
  const attempts = new Map<number, number>();
  let now = 0;
  let sent = 0;
  for (let steps = 0; !plan.done; steps++) {
    assert.ok(steps < 1_000_000, 'the plan does not end');
    for (const move of plan.moves(now)) {
      if (move.kind === 'drop') continue;
      sent++;
      const id = (attempts.get(move.port) ?? 0) + 1;
      attempts.set(move.port, id);
      if (chance() < way.loss) continue;
      const answer = host(move.port, now, id);
      if (answer !== null && chance() >= way.loss) coming.push({ at: now + way.rttMs, port: move.port, answer, id });
    }
    if (plan.done) break;
    const next = coming[0]?.at ?? Number.POSITIVE_INFINITY;
    now = Math.max(now + 0.01, Math.min(plan.wakeAt, next));
    while (coming.length > 0 && (coming[0] as { at: number }).at <= now) {
      const { port, answer, id } = coming.shift() as (typeof coming)[0];
      if (attempts.get(port) === id) plan.answer(port, answer, now);
    }
  }
  const answers = (answer: Answer | null): number[] =>
    [...plan.facts].filter(([, fact]) => fact.answer === answer).map(([port]) => port);
  return { plan, ms: now, sent, answers };
}

/** A host that sends at most `perS` answers a second, saved up to `burst`. */
function ration(perS: number, burst: number): (now: number) => boolean {
  let tokens = burst;
  let at = 0;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - at) * perS) / 1000);
    at = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}

const STEADY: Host = (port) => (port % 50 === 0 ? 'open' : port % 3 === 0 ? 'refused' : null);
const SERVICE = Array.from({ length: 1056 }, (_, i) => i);

test('a silent host is asked three times and done within two seconds when the round trip is known', () => {
  const { ms, sent, answers } = run(SERVICE, () => null, { rttHintMs: 20 });
  assert.equal(answers(null).length, 1056);
  assert.equal(sent, 3 * 1056);
  assert.ok(ms <= 2000, `${ms} ms`);
});

test('a silent host is done within four seconds when nothing is known of its round trip', () => {
  const { ms } = run(SERVICE, () => null);
  assert.ok(ms <= 4000, `${ms} ms`);
});

test('a host that refuses everything is done about as fast as the pace allows, loss or not', () => {
  const { ms, answers } = run(SERVICE, () => 'refused');
  assert.equal(answers('refused').length, 1056);
  assert.ok(ms <= 1800, `${ms} ms`);
});

test('never more than the pace is sent in any second', () => {
  const plan = new ProbePlan(SERVICE, { ...DEFAULT_PACE, ratePerS: 500 }, seeded(1), 0);
  let sent = 0;
  for (let now = 0; now < 1000; now += 1) sent += plan.moves(now).filter(({ kind }) => kind === 'try').length;
  assert.ok(sent <= 501, `${sent}`);
});

test('after a long pause of ours the plan catches up on 50 ms of its pace and no more', () => {
  const plan = new ProbePlan(SERVICE, { ...DEFAULT_PACE, rttHintMs: 20 }, seeded(1), 0);
  plan.moves(0);
  assert.ok(plan.moves(10_000).filter(({ kind }) => kind === 'try').length <= 101);
});

test('never more attempts are under way than the limit', () => {
  const plan = new ProbePlan(SERVICE, { ...DEFAULT_PACE, inFlight: 10 }, seeded(1), 0);
  let flying = 0;
  for (let now = 0; now < 3000; now += 5) {
    for (const { kind } of plan.moves(now)) flying += kind === 'try' ? 1 : -1;
    assert.ok(flying <= 10);
  }
});

test('a host that sends 250 refusals a second is heard completely within five seconds', () => {
  const may = ration(250, 5);
  const { ms, answers } = run(SERVICE, (_, now) => (may(now) ? 'refused' : null));
  assert.equal(answers('refused').length, 1056);
  assert.ok(ms <= 5000, `${ms} ms`);
});

test('refusals by ICMP, rationed to one a second, are waited for in the slow lane', () => {
  const may = ration(1, 6);
  const rejected = new Set([11, 80, 99, 123, 300, 301, 302, 555, 777, 900, 901, 902, 903, 904]);
  const { plan, ms, answers } = run(SERVICE, (port, now) => {
    if (rejected.has(port)) return may(now) ? 'rejected' : null;
    return port % 3 === 0 ? 'refused' : null;
  });
  assert.deepEqual(new Set(answers('rejected')), rejected);
  assert.equal(plan.host.rationed, true);
  assert.ok(ms <= 40_000, `${ms} ms`);
});

test('when time runs out on a host that rations, silence is called less sure', () => {
  const may = ration(2, 2);
  const { plan, ms } = run(SERVICE, (_, now) => (may(now) ? 'refused' : null), { budgetMs: 10_000 });
  assert.equal(plan.host.cutShort, true);
  assert.ok(ms <= 25_000, `${ms} ms`);
});

test('a firewall that begins to hide the machine is noticed by asking early ports again', () => {
  let seen = 0;
  const { plan } = run(SERVICE, () => (++seen < 300 ? 'refused' : null));
  assert.equal(plan.host.adaptive, true);
});

test('a host with open, closed and silent ports is not taken for an adaptive one', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { plan, answers } = run(SERVICE, STEADY, {}, { rttMs: 20, loss: 0.01, seed });
    assert.equal(plan.host.adaptive, false);
    assert.equal(answers('open').length, 22);
    assert.equal(answers('refused').length, SERVICE.filter((p) => p % 3 === 0 && p % 50 !== 0).length);
  }
});

test('a failure of our own never becomes the state of a port: it is asked again, with less at once', () => {
  const plan = new ProbePlan([1, 2, 3], DEFAULT_PACE, seeded(1), 0);
  for (let now = 0; !plan.done; now++) {
    for (const move of plan.moves(now)) {
      if (move.kind === 'drop') continue;
      if (now < 500) plan.localFailure(move.port, now);
      else plan.answer(move.port, 'refused', now + 1);
    }
    assert.ok(now < 10_000);
  }
  assert.deepEqual(
    [...plan.facts.values()].map(({ answer }) => answer),
    ['refused', 'refused', 'refused'],
  );
});

test('an answer to an attempt that is over is not heard', () => {
  const plan = new ProbePlan([5], { ...DEFAULT_PACE, tries: 1 }, seeded(1), 0);
  plan.moves(0);
  assert.deepEqual(plan.moves(950), [{ kind: 'drop', port: 5 }]);
  plan.answer(5, 'open', 960);
  assert.equal(plan.facts.get(5)?.answer, null);
});

test('a clock that jumps back stops nothing', () => {
  const plan = new ProbePlan([5], { ...DEFAULT_PACE, tries: 1 }, seeded(1), 5000);
  plan.moves(5000);
  plan.moves(10);
  assert.ok(plan.wakeAt >= 5000 && plan.wakeAt <= 5950);
  plan.moves(5950);
  assert.equal(plan.done, true);
});

test('random hosts are heard right to the last port that answers without rationing', () => {
  for (let seed = 0; seed < 25; seed++) {
    const chance = seeded(seed);
    const truth = new Map<number, Answer | null>();
    for (const port of SERVICE)
      truth.set(port, ([null, null, 'refused', 'open'] as const)[wholeBelow(4, chance)] ?? null);
    const { plan } = run(SERVICE, (port) => truth.get(port) ?? null, {}, { rttMs: 5 + seed * 12, loss: 0.01, seed });
    for (const [port, { answer }] of plan.facts) assert.equal(answer, truth.get(port), `seed ${seed} port ${port}`);
  }
});

test('no ports is done at once', () => {
  assert.equal(new ProbePlan([], DEFAULT_PACE, seeded(1), 0).done, true);
});
