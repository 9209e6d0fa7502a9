import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wireText } from '#base';
import { HubWorld, type TestClient } from './testing/world.ts';

const MD5 = '0123456789abcdef0123456789abcdef';
const SONG = '/music/The Band - A Song.mp3';
const KEY = 'ab'.repeat(32);
const share = (client: TestClient, path = SONG, seconds = 60): TestClient =>
  client.send(100, `"${path}" ${MD5} ${seconds * 16_000} 128 44100 ${seconds}`);
const modern = (client: TestClient, capabilities = 'intro,knock,relay,rich,private,told'): TestClient => {
  client.ask(2100, `1 ${capabilities} ${KEY}`);
  return client;
};

test('a client opts in after its login and hears what this hub offers', () => {
  const world = new HubWorld({ name: 'my "hub"', privacy: true }, { fingerprint: KEY });
  assert.deepEqual(world.guest('a').ask(2100, '1 intro,nonsense'), [
    [2101, wireText(`1 intro,rich,told,private "my 'hub'" ${KEY}`)],
  ]);
});

test('the key of somebody is told to who asks, and `-` where there is none', () => {
  const world = new HubWorld();
  const a = modern(world.guest('a'));
  modern(world.guest('b'));
  world.guest('old');
  assert.deepEqual(a.ask(2102, 'B'), [[2103, `b ${KEY}`]]);
  assert.deepEqual(a.ask(2102, 'old'), [[2103, 'old -']]);
  assert.deepEqual(a.ask(2102, 'nobody'), [[2103, 'nobody -']]);
});

test('the modern side of every brokered transfer is told who will come, also when the other is old', () => {
  const world = new HubWorld();
  const owner = modern(share(world.guest('owner', { address: '10.1.0.1' })));
  const asker = world.guest('asker', { address: '10.2.0.1' });
  asker.send(203, `owner "${SONG}"`);
  owner.heard();
  assert.deepEqual(owner.ask(608, `asker "${SONG}"`), [[2110, 'asker 16777738 120 download -']]);
  assert.deepEqual(
    asker.heard().map(([type]) => type),
    [204],
  );
  asker.send(640, 'owner');
  owner.heard();
  assert.deepEqual(owner.ask(641, 'asker'), [[2110, 'asker 16777738 120 browse -']]);
});

test('who asked for a push is told that the firewalled owner will come, with its key', () => {
  const world = new HubWorld();
  const owner = modern(share(world.guest('owner', { address: '10.1.0.1', port: 0 })));
  const asker = modern(world.guest('asker', { address: '10.2.0.1' }));
  asker.send(500, `owner "${SONG}"`);
  owner.heard();
  assert.deepEqual(
    owner.ask(608, `asker "${SONG}"`).map(([type]) => type),
    [501],
  );
  assert.deepEqual(asker.heard(), [[2110, `owner 16777482 120 push ${KEY}`]]);
});

test('in privacy mode no search, browse or resume shows an address; a brokered transfer does, within a budget', () => {
  const world = new HubWorld({ privacy: true, privacyTold: 1 });
  const asker = world.guest('asker', { address: '10.2.0.1' });
  const owner = share(world.guest('owner', { address: '10.1.0.1' }));
  const seen = [
    ...asker.ask(200, 'FILENAME CONTAINS "band"'),
    ...asker.ask(211, 'owner'),
    ...asker.ask(215, `${MD5} 960000`),
    ...asker.ask(603, 'owner'),
  ].map(([, text]) => text);
  assert.ok(seen.length >= 6);
  assert.ok(!seen.some((text) => text.includes('16777482') || text.includes('10.1.0.1')));
  let told = 0;
  for (let i = 0; i < 20; i++) {
    asker.send(203, `owner "${SONG}"`);
    owner.send(608, `asker "${SONG}"`);
    told += asker.heard().filter(([type, text]) => type === 204 && text.includes('16777482')).length;
  }
  assert.equal(told, 10, 'the budget is ten at once, and one an hour');
});

test('everybody can see who was told their address, and why', () => {
  const world = new HubWorld();
  const owner = modern(share(world.guest('owner')));
  const asker = world.guest('asker');
  asker.send(203, `owner "${SONG}"`);
  owner.send(608, `asker "${SONG}"`);
  world.pass(5000);
  assert.deepEqual(owner.ask(2150), [
    [2151, 'asker 5 download'],
    [2152, '1'],
  ]);
});

test('a knock goes to the asking session’s own address, a few times a minute', async () => {
  const asked: string[] = [];
  const world = new HubWorld(
    {},
    {
      knock: (address, port) => {
        asked.push(`${address}:${port}`);
        return Promise.resolve({ outcome: 'open', ms: 12.4 });
      },
    },
  );
  const client = modern(world.guest('a', { address: '10.1.2.3' }));
  client.send(2120, '6699');
  await new Promise((go) => setImmediate(go));
  assert.deepEqual(client.heard(), [[2121, '6699 open 12']]);
  assert.deepEqual(asked, ['10.1.2.3:6699']);
  for (let i = 0; i < 10; i++) client.send(2120, '6699');
  await new Promise((go) => setImmediate(go));
  assert.ok(client.heard().some(([, text]) => text === '6699 busy 0'));
  assert.ok(asked.length <= 6);
  assert.deepEqual(client.ask(2120, '0'), [[404, 'no such port']]);
});

test('rich search: prefixes, phrases, excluded words, fields and ranges, ended by 2142', () => {
  const world = new HubWorld();
  const sharer = world.guest('sharer');
  share(sharer, '/m/Björk - Army of Me.mp3', 230);
  share(sharer, '/m/Björk - Joga (live).mp3', 300);
  const asker = modern(world.guest('asker'));
  const count = (text: string): number =>
    asker.ask(2140, wireText(`q1 50 ${text}`)).filter(([type]) => type === 2141).length;
  assert.equal(count('bjork'), 2);
  assert.equal(count('bjo* -live'), 1);
  assert.equal(count('"army of me"'), 1);
  assert.equal(count('artist:björk title:joga'), 1);
  assert.equal(count('bjork len:3-4m'), 1);
  assert.equal(count(`md5:${MD5}:${230 * 16_000}`), 1);
  const [result] = asker.ask(2140, 'q2 1 army');
  assert.match(
    String(result?.[1]),
    /^q2 "\/m\/.*Army of Me\.mp3" [0-9a-f]{32} 3680000 128 44100 230 sharer 16777226 7 1 \d+$/,
  );
  const [end] = asker.ask(2140, 'q3 5 bjrok');
  assert.match(String(end?.[1]), /^q3 0 "did you mean: .*bj/);
});

test('a relay is offered only where the operator wants it, and refused in words', () => {
  const off = new HubWorld();
  const asker = modern(off.guest('asker', { port: 0 }));
  modern(share(off.guest('owner', { port: 0 })));
  assert.deepEqual(asker.ask(2130, `owner "${SONG}"`), [[2136, '- "this hub does not relay"']]);
});
