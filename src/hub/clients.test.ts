// What five real clients were seen to send, replayed byte for byte, and what each of them needs to hear to go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Heard, HubWorld, type TestClient } from './testing/world.ts';

/** Every message that a client treats as a fault of its last command. */
const faults = (heard: readonly Heard[]): readonly Heard[] => heard.filter(([type]) => type === 404 || type === 0);

function neighbour(world: HubWorld, port = 6699): TestClient {
  const client = world.guest('neighbour', { port, address: '10.9.0.1' });
  client.send(100, `"C:\\Music\\Some Band - Orbit.mp3" ${'a'.repeat(32)} 4800000 256 44100 150`);
  return client;
}

test('MP3::Napster 2.04: port 0 at the login and 703 after it, 7 → 8 → 6, personal data, 211 until 213', async () => {
  const world = new HubWorld();
  neighbour(world);
  const client = world.connect();
  assert.deepEqual(client.ask(7, 'perl'), [[8, '']]);
  client.send(6, 'perl secret 0 "MP3::Napster v2.04" 5 perl@example.org');
  await world.hashed();
  const door = client.heard();
  assert.equal(door[0]?.[0], 3);
  assert.notEqual(door[0]?.[1], '');
  const after = [
    ...client.ask(703, '6699'),
    ...client.ask(14, 'NAME: ADDRESS: CITY: STATE: PHONE: AGE: INCOME: EDUCATION:'),
    ...client.ask(700, '5'),
    ...client.ask(110),
    ...client.ask(208, 'neighbour'),
    ...client.ask(100, '"Z:\\nap\\Artist - Title.mp3" 0123456789abcdef0123456789abcdef-4000 2400000 128 44100 150'),
  ];
  assert.deepEqual(faults(after), []);
  assert.equal(client.user.port, 6699);
  const found = client.ask(200, 'FILENAME CONTAINS "orbit" MAX_RESULTS 100  BITRATE "AT LEAST" "256"');
  assert.match(
    String(found[0]?.[1]),
    /^"C:\\Music\\Some Band - Orbit\.mp3" [0-9a-f]{32} 4800000 256 44100 150 \S+ \d+ 7$/,
  );
  assert.equal(found.at(-1)?.[0], 202);
  const listed = client.ask(211, 'neighbour');
  assert.match(String(listed[0]?.[1]), /^\S+ "[^"]+" \S+ \d+ \d+ \d+ \d+$/);
  assert.equal(listed.at(-1)?.[0], 213);
  assert.deepEqual(
    client.ask(211, 'absent').map(([type]) => type),
    [210, 213],
  );
  // napster.pl asks in lower case and takes the one answer for its command.
  assert.match(String(client.ask(603, 'PERL')[0]?.[1]), /^perl "User" \d+ "[^"]+" "[^"]+" \d+ \d+ \d+ \d+ "[^"]+"$/);
  assert.equal(client.ask(603, 'nobody').length, 1);
  assert.deepEqual(client.ask(400, 'Testing')[0], [405, 'Testing']);
});

test('TekNap 1.3g: fields behind the login, 870 with a slash at the folder’s end, excluded words, a trailing blank at pings', () => {
  const world = new HubWorld();
  const other = neighbour(world);
  const client = world.connect();
  client.send(920, '62');
  client.send(2, 'tek secret 5201 "TekNap-1.3g" 8 5201 0');
  const door = client.heard();
  assert.equal(door[0]?.[0], 3);
  assert.ok(door.some(([type, text]) => type === 621 && text.startsWith('VERSION opennap')));
  assert.ok(door.some(([type, text]) => type === 621 && text.startsWith('SERVER ')));
  client.send(
    870,
    '"\\music\\sub\\" "one.mp3" NOMD5COMPUTED 2400000 128 44100 150 "two.mp3" NOMD5COMPUTED 2400000 128 44100 150',
  );
  assert.deepEqual(
    other.ask(211, 'tek').map(([, text]) => text.split('"')[1]),
    ['\\music\\sub\\one.mp3', '\\music\\sub\\two.mp3', undefined],
  );
  const found = client.ask(200, 'MAX_RESULTS 100 FILENAME CONTAINS "some band" FILENAME EXCLUDES "orbit "');
  assert.deepEqual(found, [[202, '']]);
  assert.deepEqual(
    client.ask(200, 'SOUNDEX CONTAINS "nothing"').map(([type]) => type),
    [202],
  );
  client.ask(751, 'neighbour ');
  assert.deepEqual(other.heard(), [[751, 'tek']]);
  // Words that TekNap looks for in the answer.
  assert.match(String(client.ask(603, 'nobody')[0]?.[1]), /^user \S+ is not a known user$/);
});

test('giFT-OpenNap: facts of 0, unix paths, 512 results asked for, the same address in 201 and 204', () => {
  const world = new HubWorld();
  const other = neighbour(world);
  const client = world.connect();
  client.send(2, 'gift pw 6699 "giFT" 0');
  client.heard();
  assert.deepEqual(client.ask(100, '"/shared/file.mp3" 00000000000000000000000000000000 2400000 0 0 15'), []);
  const [result] = client.ask(200, 'MAX_RESULTS 512 FILENAME CONTAINS "orbit"');
  const [, , address] = / (\S+) (\d+) \d+$/.exec(String(result?.[1])) ?? [];
  client.ask(203, 'neighbour "C:\\Music\\Some Band - Orbit.mp3"');
  other.heard();
  other.send(608, 'gift "C:\\Music\\Some Band - Orbit.mp3"');
  const [ready] = client.heard();
  assert.equal(ready?.[0], 204);
  assert.equal(ready[1].split(' ')[1], address);
});

test('mldonkey: 7 for one nick and 6 for another, bare numbers in searches, //WantQueue before 203, integers in 214', async () => {
  const world = new HubWorld();
  const other = neighbour(world);
  const client = world.connect();
  assert.deepEqual(client.ask(7, 'donkey[1]'), [[8, '']]);
  client.send(6, 'donkey[2] pw 6699 "mldonkey" 0 nomail');
  await world.hashed();
  const door = client.heard();
  assert.match(String(door.find(([type]) => type === 214)?.[1]), /^\d+ \d+ \d+$/);
  assert.equal(client.ask(200, 'FILENAME CONTAINS "orbit" BITRATE "AT LEAST" 128 LINESPEED "AT LEAST" 3').length, 2);
  client.ask(205, 'neighbour //WantQueue');
  client.ask(203, 'neighbour "C:\\Music\\Some Band - Orbit.mp3"');
  assert.deepEqual(
    other.heard().map(([type]) => type),
    [205, 607],
  );
});

test('nooopster: 7 → 8 → 2, a hash with a suffix, constant facts for what is no mp3', () => {
  const world = new HubWorld({ audioOnly: false });
  neighbour(world);
  const client = world.connect();
  assert.deepEqual(client.ask(7, 'noo'), [[8, '']]);
  client.send(2, 'noo pw 6699 "nooopster" 3');
  assert.equal(client.heard()[0]?.[0], 3);
  const path = '\\shared\\read me.txt';
  assert.deepEqual(client.ask(100, `"${path}" 0123456789abcdef0123456789abcdef-100 100 24 16000 600`), []);
  assert.equal(
    world.guest('x').ask(211, 'noo')[0]?.[1],
    `noo "${path}" 0123456789abcdef0123456789abcdef-100 100 24 16000 600`,
  );
});
