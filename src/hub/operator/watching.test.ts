import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATOR_LIMITS } from './limits.ts';
import { People } from './people.ts';
import { percentile, Series } from './series.ts';
import { NO_COUNTS, World } from './testing/world.ts';
import { Watching } from './watching.ts';

const MOMENT = {
  users: 1,
  files: 2,
  searchesPerSecond: 3,
  searchP99Ms: 4,
  brokeredBps: 5,
  messagesPerSecond: 6,
  lagMs: 7,
};

test('a series keeps the last moments and hands out what came after one that is known', () => {
  const series = new Series(1000, 3);
  assert.deepEqual(series.after(0).users, []);
  for (let i = 1; i <= 5; i++) series.push({ ...MOMENT, users: i }, i * 1000);
  assert.deepEqual(series.after(0).users, [3, 4, 5]);
  assert.deepEqual(series.after(4000).users, [5]);
  assert.deepEqual(series.after(5000).users, []);
  assert.deepEqual(series.after(9000).users, [], 'from another run of the hub');
  assert.equal(series.mean(2)?.users, 4.5);
});

test('a percentile looks only at what came between two states of the histogram', () => {
  assert.equal(percentile([0, 0, 0], [0, 0, 0], [1, 10], 0.99), 0);
  assert.equal(percentile([500, 0, 0], [500, 100, 0], [1, 10], 0.99), 10);
  assert.equal(percentile([0, 0, 0], [990, 10, 0], [1, 10], 0.99), 1);
  assert.equal(percentile([0, 0, 0], [0, 0, 5], [1, 10], 0.99), 10, 'above the last edge');
});

test('rates are per second over the step', () => {
  const world = new World(0);
  const watching = new Watching(world, 0);
  world.add('anna');
  world.sums = {
    ...NO_COUNTS,
    searches: 30,
    messages: 100,
    bytesBrokered: 4000,
    bytesIn: 4096,
    logins: 2,
    searchTimes: [0, 30, 0, 0],
  };
  watching.step(2000);
  const { last } = watching.minutes;
  assert.deepEqual(
    [last?.users, last?.searchesPerSecond, last?.messagesPerSecond, last?.brokeredBps, last?.searchP99Ms],
    [1, 15, 50, 2000, 1],
  );
  assert.deepEqual([watching.rates.inKBps, watching.rates.logins], [2, 1]);
  watching.stop();
});

test("a person's minutes turn with the clock, and the timeline tells coming, sharing and going", () => {
  const world = new World(0);
  const people = new People();
  const minute = 60_000;
  world.add('Anna', { messages: 5, since: 1000 });
  people.look(world.users(), minute);
  world.add('Anna', { messages: 12, since: 1000, files: 3 });
  people.look(world.users(), minute + 5000);
  world.add('Anna', { messages: 13, since: 1000, files: 3 });
  people.look(world.users(), 3 * minute);
  assert.deepEqual(people.find('ANNA')?.messages, [12, 0, 1]);
  world.people.clear();
  people.look(world.users(), 3 * minute + 1);
  const seen = people.find('anna');
  assert.equal(seen?.here, false);
  assert.deepEqual(
    seen?.timeline.map(({ text }) => text),
    ['logged in from 192.0.2.1 with nap v0.9', 'shares 3 files', 'left'],
  );
  people.forget('anna');
  assert.equal(people.find('anna'), null);
});

test('minutes and events of one person, and people who left, are bounded', () => {
  const world = new World(0);
  const people = new People();
  const events = OPERATOR_LIMITS.timelineEvents.value;
  for (let i = 0; i <= events + 1; i++) {
    world.add('anna', { files: i });
    people.look(world.users(), i * 120_000);
  }
  assert.equal(people.find('anna')?.timeline.length, events);
  assert.ok((people.find('anna')?.messages.length ?? 0) <= 30);
  const most = OPERATOR_LIMITS.peopleGone.value;
  for (let i = 0; i <= most; i++) world.add(`u${i}`);
  people.look(world.users(), 1e9);
  world.people.clear();
  people.look(world.users(), 1e9 + 1);
  const left = Array.from({ length: most + 1 }, (_, i) => people.find(`u${i}`)).filter((seen) => seen !== null);
  assert.equal(left.length, most);
});

test('an alert comes with the fifth wait, goes after ten quiet minutes, and is an alarm at a hundred', () => {
  const world = new World(0);
  const watching = new Watching(world, 0);
  const slowed = {
    nick: 'x',
    address: '192.0.2.9',
    budget: 'talk',
    bound: '60 lines of talk a minute',
    first: 0,
    last: 1000,
  };
  const alerts = (times: number, now: number, held = false): string[] => {
    world.slow = [{ ...slowed, times }];
    return watching.alerts(now, () => held).map(({ level, mask }) => `${level} ${mask}`);
  };
  assert.deepEqual(alerts(4, 2000), []);
  assert.deepEqual(alerts(5, 2000), ['warn *!192.0.2.9']);
  assert.deepEqual(alerts(100, 2000), ['alarm *!192.0.2.9']);
  assert.deepEqual(alerts(100, 2000, true), [], 'banned already');
  assert.deepEqual(alerts(100, 1000 + 600_001), []);
  watching.stop();
});
