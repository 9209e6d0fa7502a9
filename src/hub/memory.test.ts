// What stays alive does not grow with time: the same people come, share, search, browse, talk and go, and after each
// collection the live heap is what it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chance, pick, seeded, wholeBelow } from '#base';
import { bytesHeld } from '../../test/kit/memory.ts';
import { HubWorld, type TestClient } from './testing/world.ts';

const WORDS = 'love night army river copper slow kettle moon rain live dance blue'.split(' ');
const PEOPLE = 40;
const ROUNDS = 5;
const STEPS = 500 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);

test('live memory after the last round of everything is at most 2 MB above that after the third', () => {
  const world = new HubWorld({ openLimits: true });
  const chance = seeded(3);
  const people = Array.from({ length: PEOPLE }, (_, i) => comes(world, i, chance));
  const sizes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let step = 0; step < STEPS; step++) acts(world, people, chance, step);
    while (world.hub.tidy());
    bytesHeld(); // what one collection lets go of, the next one frees
    sizes.push(bytesHeld());
  }
  assert.ok((sizes.at(-1) as number) - (sizes[2] as number) <= 2_000_000, sizes.join(' '));
});

function comes(world: HubWorld, i: number, chance: Chance): TestClient {
  const client = world.guest(`p${i}`);
  for (let n = 20 + wholeBelow(60, chance); n > 0; n--)
    client.send(100, `"C:\\m\\${words(chance)} ${wholeBelow(500, chance)}.mp3" h 960000 128 44100 60`);
  client.send(400, 'lobby').send(207, `p${wholeBelow(PEOPLE, chance)}`);
  return client;
}

function acts(world: HubWorld, people: TestClient[], chance: Chance, step: number): void {
  const i = wholeBelow(people.length, chance);
  if (wholeBelow(30, chance) === 0) {
    people[i]?.drop();
    world.clients.splice(0, world.clients.length, ...people.filter(({ gone }) => !gone));
    people[i] = comes(world, i, chance);
  }
  const client = people[i] as TestClient;
  client.send(200, `FILENAME CONTAINS "${pick(WORDS, chance)}"`).send(402, `lobby ${words(chance)}`);
  client
    .send(205, `p${wholeBelow(PEOPLE, chance)} hi`)
    .send(203, `p${wholeBelow(PEOPLE, chance)} "x"`)
    .send(603, 'p1');
  if (wholeBelow(5, chance) === 0) client.send(211, `p${wholeBelow(PEOPLE, chance)}`);
  for (const { user } of people) user.session.takeOutput();
  world.work();
  if (step % 50 !== 0) return;
  world.now += 1000;
  world.wall += 1000;
  world.hub.tick(world.now);
  world.hub.tidy();
}

function words(chance: Chance): string {
  return `${pick(WORDS, chance)} ${pick(WORDS, chance)} ${pick(WORDS, chance)}`;
}
