import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesHeld } from '../../test/kit/memory.ts';
import { deflateSync } from 'node:zlib';
import { seeded, wholeBelow } from '#base';
import {
  type Bytes,
  conversation,
  descriptor,
  ENDS,
  hex,
  ip,
  join,
  napster,
  type Said,
  text,
  u16,
  u32,
  udp,
} from '../../test/captures/build.ts';
import { verdictOf, watchPackets } from '../../test/captures/trial.ts';

const ZEROS = '0'.repeat(32);
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const login = napster(2, 'jazzfan secret 6699 "nap v1.4.4" 4');
const welcome = join(napster(3, 'anon@napster.com'), napster(621, 'VERSION opennap 0.44'), napster(214, '100 2000 8'));
const ask = text('GNUTELLA CONNECT/0.6\r\nUser-Agent: LimeWire/4.12.6\r\nX-Ultrapeer: False\r\n\r\n');
const agree = text('GNUTELLA/0.6 200 OK\r\nUser-Agent: Phex 3.2.6\r\n\r\n');
const third = text('GNUTELLA/0.6 200 OK\r\n\r\n');
const pings = join(
  descriptor(0),
  descriptor(1, join(u16(6346, true), new Uint8Array(12))),
  descriptor(0x80, text('\0\xe0blue river\0')),
);
const song = join(text('ID3\x03\0\0\0\0\0\0'), new Uint8Array(3000).fill(0x55));

/** What is said, and what it is: whole, in any cutting, and (where `alone` says so) with one side only. */
const cases: { name: string; said: readonly Said[]; is: string; alone?: readonly [string, string] }[] = [
  {
    name: 'a Napster login',
    said: [
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
    alone: ['napster hub seen', 'napster hub seen'],
  },
  {
    name: 'a login with a client name of 300 bytes',
    said: [
      [0, napster(2, `a b 0 "${'x'.repeat(300)}" 0 a@b 4024`)],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a login of 261 bytes, which begins like SOCKS 5',
    said: [
      [0, napster(2, `a b 6699 "${'x'.repeat(261 - 14)}" 0`.padEnd(261, '0'))],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a registration after a nick check',
    said: [
      [0, napster(7, 'jazzfan')],
      [1, napster(8, '')],
      [0, napster(6, 'jazzfan secret 6699 "nap" 4 a@b')],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a nick check that was refused',
    said: [
      [0, napster(7, 'jazzfan')],
      [1, napster(9, '')],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'the beta-8 hello before the login',
    said: [
      [0, napster(920, '62')],
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a refused login',
    said: [
      [0, login],
      [1, napster(0, 'invalid password')],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a link of two hubs',
    said: [
      [0, napster(10010, 'hub1.example 0123456789abcdef 1')],
      [1, napster(10010, 'hub2.example 0123456789abcdef 1')],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a Napster download',
    said: [
      [1, text('1')],
      [0, text('GET')],
      [0, text('jazzfan "C:\\mp3\\a - b.mp3" 0')],
      [1, text('4000000')],
      [1, song],
    ],
    is: 'napster data seen',
    alone: ['napster data seen', 'napster data seen'],
  },
  {
    name: 'a download whose GET came before the 1',
    said: [
      [0, text('GETjazzfan "C:\\mp3\\a.mp3" 0')],
      [1, text('1')],
      [1, text('4000000')],
      [1, song],
    ],
    is: 'napster data seen',
  },
  {
    name: 'a file that is not shared',
    said: [
      [1, text('1')],
      [0, text('GET')],
      [0, text('jazzfan "a.mp3" 0')],
      [1, text('FILE NOT SHARED')],
    ],
    is: 'napster data seen',
  },
  {
    name: 'a Napster push',
    said: [
      [1, text('1')],
      [0, text('SEND')],
      [0, text('jazzfan "a.mp3" 4000000')],
      [1, text('0')],
      [0, song],
    ],
    is: 'napster data seen',
    alone: ['napster data seen', 'unknown'],
  },
  {
    name: 'a direct browse',
    said: [
      [1, text('1')],
      [0, text('GETLIST\n')],
      [1, text(`jazzfan\n"a.mp3" ${ZEROS} 1 128 44100 1\n\n`)],
    ],
    is: 'napster data seen',
  },
  { name: 'a metaserver', said: [[1, text('198.18.3.4:8888\n')]], is: 'napster metaserver seen' },
  {
    name: 'a Gnutella handshake',
    said: [
      [0, ask],
      [1, agree],
      [0, third],
      [1, pings],
    ],
    is: 'gnutella overlay seen',
    alone: ['gnutella overlay seen', 'gnutella overlay seen'],
  },
  {
    name: 'a Gnutella handshake with bare line feeds',
    said: [
      [0, text('GNUTELLA CONNECT/0.6\nUser-Agent: x\n\n')],
      [1, text('GNUTELLA/0.6 200 OK\n\n')],
    ],
    is: 'gnutella overlay seen',
  },
  {
    name: 'Gnutella 0.4',
    said: [
      [0, text('GNUTELLA CONNECT/0.4\n\n')],
      [1, text('GNUTELLA OK\n\n')],
    ],
    is: 'gnutella overlay seen',
  },
  {
    name: 'a refused handshake',
    said: [
      [0, ask],
      [1, text('GNUTELLA/0.6 503 Full\r\nX-Try-Ultrapeers: 198.18.0.1:6346\r\n\r\n')],
    ],
    is: 'gnutella overlay seen',
  },
  {
    name: 'a G2 handshake',
    said: [
      [0, text('GNUTELLA CONNECT/0.6\r\nAccept: application/x-gnutella2\r\n\r\n')],
      [1, text('GNUTELLA/0.6 200 OK\r\nContent-Type: application/x-gnutella2\r\n\r\n')],
    ],
    is: 'g2 overlay seen',
    alone: ['g2 overlay seen', 'g2 overlay seen'],
  },
  {
    name: 'who offers both networks and gets Gnutella',
    said: [
      [0, text('GNUTELLA CONNECT/0.6\r\nAccept: application/x-gnutella2, application/x-gnutella-packets\r\n\r\n')],
      [1, agree],
    ],
    is: 'gnutella overlay seen',
  },
  {
    name: 'a Gnutella download by hash',
    said: [
      [0, text(`GET /uri-res/N2R?urn:sha1:${BASE32} HTTP/1.1\r\nHost: x\r\nuser-agent: LimeWire/4.12\r\n\r\n`)],
      [1, text('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc')],
    ],
    is: 'gnutella http seen',
  },
  {
    name: 'a download from a servent that says so only in its answer',
    said: [
      [0, text('GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: Mozilla/5.0\r\n\r\n')],
      [1, text('HTTP/1.1 200 OK\r\nServer: gtk-gnutella/1.2.2\r\n\r\n')],
    ],
    is: 'gnutella http seen',
  },
  {
    name: 'an old download by index',
    said: [
      [0, text('GET /get/7/a%20b.mp3 HTTP/1.0\r\nReferrer: Gnutella\r\n\r\n')],
      [1, text('HTTP/1.0 200 OK\r\n\r\n')],
    ],
    is: 'gnutella http seen',
  },
  {
    name: 'a push answered by GIV',
    said: [
      [0, text('GIV 7:0123456789ABCDEF0123456789ABCDEF/a.mp3\n\n')],
      [1, text('GET /get/7/a.mp3 HTTP/1.1\r\n\r\n')],
    ],
    is: 'gnutella http seen',
  },
  {
    name: 'a queue call-back',
    said: [
      [0, text('QUEUE 0123456789abcdef0123456789abcdef 198.18.0.1:6346\r\n')],
      [1, text('GET /uri-res/N2R?urn:sha1:x HTTP/1.1\r\n\r\n')],
    ],
    is: 'gnutella http seen',
  },
  {
    name: 'a GWebCache',
    said: [
      [0, text('GET /gwc.php?client=RAZA&version=2.7&get=1&net=gnutella2 HTTP/1.1\r\nHost: c\r\n\r\n')],
      [1, text('HTTP/1.1 200 OK\r\n\r\nH|1.2.3.4:6346|1\r\n')],
    ],
    is: 'gnutella http seen',
  },
  {
    name: 'a login through CONNECT',
    said: [
      [0, text('CONNECT 198.18.9.9:8888 HTTP/1.1\r\nHost: 198.18.9.9:8888\r\n\r\n')],
      [1, text('HTTP/1.1 200 Connection established\r\n\r\n')],
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a login through SOCKS 4',
    said: [
      [0, join(hex('0401'), u16(8888), hex('c6120909'), text('me\0'))],
      [1, hex('005a000000000000')],
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a login through SOCKS 4a',
    said: [
      [0, join(hex('0401'), u16(8888), hex('00000001'), text('me\0hub.example\0'))],
      [1, hex('005a000000000000')],
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a login through SOCKS 5',
    said: [
      [0, hex('050100')],
      [1, hex('0500')],
      [0, join(hex('05010001c6120909'), u16(8888))],
      [1, hex('05000001000000000000')],
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a login through SOCKS 5 by name with a password',
    said: [
      [0, hex('05020002')],
      [1, hex('0502')],
      [0, join(hex('0102'), text('me'), hex('02'), text('pw'))],
      [1, hex('0100')],
      [0, join(hex('0501000303'), text('hub'), u16(8888))],
      [1, hex('05000001000000000000')],
      [0, login],
      [1, welcome],
    ],
    is: 'napster hub seen',
  },
  {
    name: 'a Gnutella handshake through SOCKS 5',
    said: [
      [0, hex('050100')],
      [1, hex('0500')],
      [0, join(hex('05010001c6120909'), u16(6346))],
      [1, hex('05000001000000000000')],
      [0, ask],
      [1, agree],
    ],
    is: 'gnutella overlay seen',
  },
  {
    name: 'a Napster download through CONNECT',
    said: [
      [0, text('CONNECT 198.18.9.9:6699 HTTP/1.0\r\n\r\n')],
      [1, text('HTTP/1.0 200 OK\r\n\r\n')],
      [1, text('1')],
      [0, text('GETme "a.mp3" 0')],
      [1, text('4000')],
      [1, song],
    ],
    is: 'napster data seen',
  },
  {
    name: 'a web page',
    said: [
      [0, text('GET /a HTTP/1.1\r\nHost: x\r\n\r\n')],
      [1, text('HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n<pre>GNUTELLA CONNECT/0.6')],
    ],
    is: 'unknown',
  },
  {
    name: 'Redis that reads like GET',
    said: [
      [0, text('GETRANGE "k" 0 3\r\n')],
      [1, text('$3\r\nabc\r\n')],
    ],
    is: 'unknown',
    alone: ['unknown', 'unknown'],
  },
  {
    name: 'Redis GETBIT',
    said: [
      [0, text('GETBIT "k" 7\r\n')],
      [1, text(':1\r\n')],
    ],
    is: 'unknown',
    alone: ['unknown', 'unknown'],
  },
  {
    name: 'a server that greets with 1 and answers GET key',
    said: [
      [1, text('1')],
      [0, text('GET sensor/1\n')],
      [1, text('5\n')],
    ],
    is: 'unknown',
  },
  {
    name: 'STOMP',
    said: [
      [0, text('SEND\ndestination:/q\n\n"song.mp3" 12345\0')],
      [1, text('RECEIPT\n\n\0')],
    ],
    is: 'unknown',
    alone: ['unknown', 'unknown'],
  },
  {
    name: 'a game whose first message is a perfect login',
    said: [
      [0, napster(2, 'player secret 5555 "launcher 2.1" 4')],
      [1, hex('00000107aabbccdd')],
    ],
    is: 'unknown',
  },
  {
    name: 'a game of frames with words in them',
    said: [
      [0, napster(2, 'LOGIN player=a;token=b;v=1.2')],
      [1, napster(3, 'WELCOME realm=7')],
      [0, napster(100, 'MOVE 12 44')],
    ],
    is: 'unknown',
  },
  {
    name: 'zeros',
    said: [
      [0, new Uint8Array(900)],
      [1, new Uint8Array(900)],
    ],
    is: 'unknown',
    alone: ['unknown', 'unknown'],
  },
  {
    name: 'TLS on a hub port',
    said: [
      [0, join(hex('1603010050010000 4c0303'), new Uint8Array(80).fill(9))],
      [1, join(hex('16030300500200'), new Uint8Array(80).fill(7))],
    ],
    is: 'unknown',
  },
  {
    name: 'a library that uses N2R',
    said: [
      [0, text('GET /uri-res/N2R?urn:nbn:de:101:1-2011 HTTP/1.1\r\nUser-Agent: Mozilla/5.0\r\n\r\n')],
      [1, text('HTTP/1.1 200 OK\r\n\r\n')],
    ],
    is: 'unknown',
  },
  {
    name: 'a REST interface under /get/1',
    said: [
      [0, text('GET /get/1/x.pdf HTTP/1.1\r\nUser-Agent: curl/8\r\n\r\n')],
      [1, text('HTTP/1.1 200 OK\r\n\r\n')],
    ],
    is: 'unknown',
  },
  {
    name: 'SMTP that quotes a handshake',
    said: [
      [1, text('220 mx ESMTP\r\n')],
      [0, text('EHLO x\r\n')],
      [0, text('GNUTELLA CONNECT/0.6\r\n\r\n')],
    ],
    is: 'unknown',
  },
];

const see = (packets: readonly Bytes[]): string => verdictOf(watchPackets(packets));

for (const { name, said, is, alone } of cases) {
  test(`${name}: ${is}, whole, byte by byte, cut in two at every place, reordered, twice, and without its SYN`, () => {
    const whole = conversation(said);
    assert.equal(see(whole.map(({ packet }) => packet)), is, 'whole');
    for (const cut of [[1], [2, 1, 3], [5]])
      assert.equal(see(conversation(said, { cut }).map(({ packet }) => packet)), is, `pieces of ${cut.join(', ')}`);
    for (let at = 1; at < Math.min(120, Math.max(...said.map(([, bytes]) => bytes.length))); at++)
      assert.equal(see(conversation(said, { cut: [at, 4000] }).map(({ packet }) => packet)), is, `cut at ${at}`);
    const twice = whole.flatMap(({ packet }) => [packet, packet]);
    assert.equal(see(twice), is, 'every packet twice');
    if (is !== 'napster metaserver seen')
      assert.equal(see(conversation(said, { syn: false }).map(({ packet }) => packet)), is, 'without SYN');
    const chance = seeded(said.length);
    const swapped = conversation(said, { cut: [3] }).map(({ packet }) => packet);
    for (let n = 3; n + 1 < swapped.length - 2; n += 2)
      if (chance() < 0.5) [swapped[n], swapped[n + 1]] = [swapped[n + 1]!, swapped[n]!];
    assert.equal(see(swapped), is, 'reordered');
    for (const side of [0, 1] as const)
      if (alone !== undefined)
        assert.equal(
          see(whole.filter((one) => one.side === side).map(({ packet }) => packet)),
          alone[side],
          `only side ${side}`,
        );
  });
}

test('every verdict says why, and neither password nor file name is in it', () => {
  for (const { said, is } of cases) {
    if (is === 'unknown') continue;
    const [flow] = watchPackets(conversation(said).map(({ packet }) => packet)).flows;
    assert.ok(flow!.why.length > 10);
    assert.doesNotMatch(flow!.why, /secret|mp3\\|a - b/);
  }
});

test('a session whose beginning was not captured is known by two bodies in a row', () => {
  const middle: Said[] = [
    [0, text('lf of a frame')],
    [
      0,
      join(
        napster(100, `"C:\\a.mp3" ${ZEROS} 1000 128 44100 60`),
        napster(200, 'FILENAME CONTAINS "x" MAX_RESULTS 100'),
      ),
    ],
    [1, new Uint8Array([9, 9])],
  ];
  assert.equal(
    verdictOf(watchPackets(conversation(middle, { syn: false, fin: false }).map(({ packet }) => packet))),
    'napster hub seen',
  );
  const links: Said[] = [
    [1, join(new Uint8Array([1, 2, 3]), pings, pings)],
    [0, descriptor(0)],
  ];
  assert.equal(
    verdictOf(watchPackets(conversation(links, { syn: false, fin: false }).map(({ packet }) => packet))),
    'gnutella overlay seen',
  );
});

test('a lost first segment does not hide a session: what follows is judged as heard midway', () => {
  const shares = Array.from(
    { length: 40 },
    (_, n): Said => [0, napster(100, `"C:\\${n}.mp3" ${ZEROS} 1000 128 44100 60`)],
  );
  const packets = conversation([[0, login], [1, welcome], ...shares]).map(({ packet }) => packet);
  packets.splice(3, 2);
  assert.equal(verdictOf(watchPackets(packets)), 'napster hub seen');
});

const datagrams: { name: string; bytes: Bytes; is: string }[] = [
  { name: 'a ping', bytes: descriptor(0), is: 'gnutella udp seen' },
  { name: 'a ping with an extension', bytes: descriptor(0, hex('c382514b40')), is: 'gnutella udp seen' },
  { name: 'a DHT message', bytes: descriptor(0x44, new Uint8Array(60), 0), is: 'gnutella udp seen' },
  { name: 'a deflated hit', bytes: descriptor(0x81, new Uint8Array(60), 0x81), is: 'gnutella udp seen' },
  { name: 'a G2 datagram', bytes: join(text('GND'), hex('02 1234 01 01'), text('\x10\0PI')), is: 'g2 udp seen' },
  { name: 'a G2 acknowledgement', bytes: join(text('GND'), hex('00 1234 01 00')), is: 'g2 udp seen' },
  { name: 'a type that does not exist', bytes: descriptor(0x77), is: 'unknown' },
  { name: 'a GUID of zeros', bytes: join(new Uint8Array(16), hex('00 01 00 00000000')), is: 'unknown' },
  { name: 'a length that does not agree', bytes: join(descriptor(0), text('x')), is: 'unknown' },
  { name: 'GND as text', bytes: text('GND,1,ALT=3000,SPD=120\n'), is: 'unknown' },
  { name: 'a G2 part beyond its count', bytes: join(text('GND'), hex('02 1234 03 02')), is: 'unknown' },
];

for (const { name, bytes, is } of datagrams) {
  test(`${name} by UDP: ${is}, in IPv4 and IPv6`, () => {
    assert.equal(verdictOf(watchPackets([ip('10.0.0.5', '198.18.1.2', 17, udp(4000, 5000, bytes))])), is);
    assert.equal(verdictOf(watchPackets([ip('2001:db8::5', '2001:db8::9', 17, udp(4000, 5000, bytes))])), is);
  });
}

test('a datagram in fragments is known by its first one, in any order, and all bytes are its flow’s', () => {
  const datagram = udp(4000, 5000, descriptor(0x81, new Uint8Array(3000)));
  const parts = [0, 1480, 2960].map((at) =>
    ip('10.0.0.5', '198.18.1.2', 17, datagram.subarray(at, at + 1480), {
      id: 9,
      fragment: (at / 8) | (at + 1480 < datagram.length ? 0x2000 : 0),
    }),
  );
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    const trial = watchPackets(order.map((n) => parts[n]!));
    assert.equal(verdictOf(trial), 'gnutella udp seen');
    assert.equal(
      trial.flows[0]?.bytes,
      parts.reduce((sum, part) => sum + part.length, 0),
    );
    assert.equal(trial.flows[0]?.packets, 3);
  }
});

test('a TCP segment in fragments is put together, last first', () => {
  const packets = conversation(
    [
      [0, login],
      [1, welcome],
    ],
    { syn: false, fin: false },
  ).map(({ packet }) => packet);
  const [asks, answers] = packets as [Bytes, Bytes];
  const body = asks.subarray(20);
  const parts = [
    ip('10.0.0.5', '198.18.1.2', 6, body.subarray(24), { id: 3, fragment: 3 }),
    ip('10.0.0.5', '198.18.1.2', 6, body.subarray(0, 24), { id: 3, fragment: 0x2000 }),
  ];
  assert.equal(verdictOf(watchPackets([...parts, answers])), 'napster hub seen');
});

test('descriptors are read through deflate: a push storm is seen inside a compressed link', () => {
  const push = descriptor(0x40, join(new Uint8Array(16).fill(3), u32(7), hex('c6120109'), u16(80, true)));
  const first = text('GNUTELLA CONNECT/0.6\r\nX-Ultrapeer: True\r\nAccept-Encoding: deflate\r\n\r\n');
  const second = text('GNUTELLA/0.6 200 OK\r\nContent-Encoding: deflate\r\n\r\n');
  const last = text('GNUTELLA/0.6 200 OK\r\nContent-Encoding: deflate\r\n\r\n');
  const said: Said[] = [
    [0, first],
    [1, second],
    [0, last],
    [1, new Uint8Array(deflateSync(join(...Array.from({ length: 60 }, () => push))))],
  ];
  const { alerts } = watchPackets(conversation(said, { cut: [100] }).map(({ packet }) => packet));
  assert.deepEqual(
    alerts.map(({ kind }) => kind),
    ['push-ddos'],
  );
});

test('a hub session that turns into zlib after its login is read on', () => {
  const zipped = new Uint8Array(
    deflateSync(join(napster(621, 'welcome'), napster(5, '2.0b9 198.18.0.1:/up.exe'), napster(621, 'x'.repeat(900)))),
  );
  const said: Said[] = [
    [0, napster(2, 'jazzfan secret 6699 "TekNap-1.3g" 8 a@b 5201 6')],
    [1, join(napster(3, 'anon@hub 6'), zipped.subarray(0, 20))],
    [1, zipped.subarray(20)],
  ];
  for (const cut of [[4000], [1], [30, 7]]) {
    const { alerts } = watchPackets(conversation(said, { cut }).map(({ packet }) => packet));
    assert.deepEqual(
      alerts.map(({ kind }) => kind),
      ['auto-upgrade'],
    );
  }
});

// What content cannot show ---------------------------------------------------------------------------------------

const hello = join(hex('16030100 2d 0100 0029 0303'), new Uint8Array(32).fill(5), hex('00 0002 1301 0100'));
const named = join(
  hex('16030100 38 0100 0034 0303'),
  new Uint8Array(32).fill(5),
  hex('00 0002 1301 0100 0009 0000 0005 0003000001 61').subarray(0, 24),
);
const secret = (first: Bytes): Said[] => [
  [0, first],
  [1, join(hex('160303005002'), new Uint8Array(75).fill(1))],
  [0, new Uint8Array(900).fill(0xaa)],
];
/** 198.18.7.7:7777 in a pong. */
const pong = descriptor(1, join(u16(7777, true), hex('c6120707'), u32(1), u32(1)));
const poisoned = descriptor(1, join(u16(443, true), hex('c6120707'), u32(1), u32(1)));
const linkWith = (message: Bytes, src = '10.0.0.5'): Bytes[] =>
  conversation(
    [
      [0, ask],
      [1, agree],
      [0, third],
      [1, message],
    ],
    { ends: { ...ENDS, src } },
  ).map(({ packet }) => packet);
const later = (said: readonly Said[], port: number, src = '10.0.0.5', syn = true): Bytes[] =>
  conversation(said, { ends: { src, sport: 41_000, dst: '198.18.7.7', dport: port }, syn, fin: false }).map(
    ({ packet }) => packet,
  );

test('TLS without a name to an address that the host was told on its own link is inferred, and said apart', () => {
  const trial = watchPackets([...linkWith(pong), ...later(secret(hello), 7777)]);
  assert.equal(verdictOf(trial), 'gnutella overlay seen, gnutella overlay inferred');
  assert.match(trial.flows[1]!.why, /10\.0\.0\.5 was told 198\.18\.7\.7:7777 by a pong/);
  assert.ok(trial.watcher.shares().inferred > 0);
});

test('a poisoned pong turns nobody’s bank into Gnutella', () => {
  assert.equal(
    verdictOf(watchPackets([...linkWith(poisoned), ...later(secret(hello), 443)])),
    'gnutella overlay seen, unknown',
    'a well-known port',
  );
  assert.equal(
    verdictOf(watchPackets([...linkWith(pong), ...later(secret(named), 7777)])),
    'gnutella overlay seen, unknown',
    'a hello with a server name',
  );
  assert.equal(
    verdictOf(watchPackets([...linkWith(pong), ...later(secret(hello), 7777, '10.0.0.99')])),
    'gnutella overlay seen, unknown',
    'a host that was not told',
  );
  assert.equal(
    verdictOf(watchPackets([...linkWith(pong), ...later(secret(hello), 7778)])),
    'gnutella overlay seen, unknown',
    'another port',
  );
  assert.equal(
    verdictOf(
      watchPackets([
        ...linkWith(pong),
        ...later(
          [
            [0, text('GET / HTTP/1.1\r\n\r\n')],
            [1, text('HTTP/1.1 200 OK\r\n\r\n')],
          ],
          7777,
          '10.0.0.5',
          false,
        ),
      ]),
    ),
    'gnutella overlay seen, unknown',
    'HTTP',
  );
});

test('a Napster transfer that began before the capture is inferred from the hub’s 204, read as a little-endian address', () => {
  // 198.18.7.7 = c6 12 07 07 as a little-endian number.
  const ready = napster(204, `peer 117904070 6699 "a.mp3" ${ZEROS} 4`);
  const session = conversation([
    [0, login],
    [1, welcome],
    [1, ready],
  ]).map(({ packet }) => packet);
  const data = later(
    [
      [1, new Uint8Array(1400).fill(0x77)],
      [1, new Uint8Array(1400).fill(0x78)],
    ],
    6699,
    '10.0.0.5',
    false,
  );
  assert.equal(verdictOf(watchPackets([...session, ...data])), 'napster hub seen, napster data inferred');
  assert.equal(
    verdictOf(watchPackets([...session, ...later([[1, new Uint8Array(1400).fill(0x77)]], 6699, '10.0.0.77', false)])),
    'napster hub seen, unknown',
  );
});

// Hostile input ----------------------------------------------------------------------------------------------------

test('random changes to recognised conversations never crash the watcher, and a good flow behind them is found', () => {
  const chance = seeded(47);
  const rounds = 150 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  const good = conversation(
    [
      [0, login],
      [1, welcome],
    ],
    { ends: { src: '10.9.9.9', sport: 1, dst: '198.18.9.9', dport: 2 } },
  ).map(({ packet }) => packet);
  for (let round = 0; round < rounds; round++) {
    const { said } = cases[wholeBelow(cases.length, chance)]!;
    const changed = said.map(([side, bytes]): Said => {
      const copy = bytes.slice();
      for (let n = 0; n < wholeBelow(4, chance); n++)
        if (copy.length > 0) copy[wholeBelow(copy.length, chance)] = wholeBelow(256, chance);
      return [side, copy];
    });
    const packets = conversation(changed, { cut: [1 + wholeBelow(60, chance)] }).map(({ packet }) => {
      const copy = packet.slice();
      if (chance() < 0.1) copy[wholeBelow(copy.length, chance)] = wholeBelow(256, chance);
      return chance() < 0.05 ? copy.slice(0, wholeBelow(copy.length, chance)) : copy;
    });
    const { flows, watcher } = watchPackets([...packets, ...good]);
    assert.equal(watcher.firstFault, null);
    assert.ok(flows.some(({ src, app }) => src === '10.9.9.9' && app === 'napster'));
  }
});

test('a deflate bomb ends the listening to its link, not the watching', () => {
  const bomb = new Uint8Array(deflateSync(new Uint8Array(40_000_000)));
  const said: Said[] = [
    [0, text('GNUTELLA CONNECT/0.6\r\nAccept-Encoding: deflate\r\n\r\n')],
    [1, text('GNUTELLA/0.6 200 OK\r\nContent-Encoding: deflate\r\n\r\n')],
    [0, text('GNUTELLA/0.6 200 OK\r\nContent-Encoding: deflate\r\n\r\n')],
    [1, bomb],
  ];
  const before = bytesHeld();
  assert.equal(
    verdictOf(watchPackets(conversation(said, { cut: [1400] }).map(({ packet }) => packet))),
    'gnutella overlay seen',
  );
  assert.ok(bytesHeld() - before < 20_000_000);
});

test('a flood of half signatures is bounded, counted as evicted, and a good flow in it is found', () => {
  const packets: Bytes[] = [];
  for (let n = 0; n < 3000; n++)
    packets.push(
      ...conversation([[0, text('GNUTELLA CONN')]], {
        ends: { src: `10.1.${n >> 8}.${n & 255}`, sport: 4000, dst: '198.18.1.1', dport: 80 },
        fin: false,
      })
        .slice(0, 4)
        .map(({ packet }) => packet),
    );
  packets.push(
    ...conversation([
      [0, login],
      [1, welcome],
    ]).map(({ packet }) => packet),
  );
  const { watcher, flows } = watchPackets(packets, {}, { maxUndecided: 500, maxFlows: 2000 });
  assert.ok(watcher.flows.count <= 2000);
  assert.ok(watcher.evicted > 2000);
  assert.equal(flows.filter(({ app }) => app === 'napster').length, 1);
});

test('the same ports used again after an end are two flows', () => {
  const once = conversation([
    [0, login],
    [1, welcome],
  ]).map(({ packet }) => packet);
  const again = conversation([
    [0, text('GET / HTTP/1.1\r\n\r\n')],
    [1, text('HTTP/1.1 200 OK\r\n\r\n')],
  ]).map(({ packet }) => packet);
  const { flows } = watchPackets([...once, ...again]);
  assert.deepEqual(
    flows.map(({ app }) => app),
    ['napster', 'unknown'],
  );
  assert.equal(flows[0]!.packets, once.length);
  assert.equal(flows[1]!.packets, again.length);
});

test('the same ports used again after a long silence, without an end, are two flows', () => {
  const once = conversation(
    [
      [0, text('GET / HTTP/1.1\r\n\r\n')],
      [1, text('HTTP/1.1 200 OK\r\n\r\n')],
    ],
    { fin: false },
  ).map(({ packet }) => packet);
  const again = conversation([
    [0, login],
    [1, welcome],
  ]).map(({ packet }) => packet);
  const { flows } = watchPackets([...once, ...again], { seconds: (n) => 1e9 + n + (n >= once.length ? 600 : 0) });
  assert.deepEqual(
    flows.map(({ app }) => app),
    ['unknown', 'napster'],
  );
});

test('a sampled session, with holes everywhere, is still known by two bodies in a row', () => {
  const two = join(
    napster(100, `"C:\\a.mp3" ${ZEROS} 1000 128 44100 60`),
    napster(100, `"C:\\b.mp3" ${ZEROS} 1000 128 44100 60`),
  );
  const packets = conversation(
    Array.from({ length: 300 }, (): Said => [0, two]),
    { syn: false, fin: false },
  ).map(({ packet }) => packet);
  const first = packets[0]!.slice();
  first.set(text('~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~'), 44);
  assert.equal(verdictOf(watchPackets([first, ...packets.filter((_, n) => n % 3 === 2)])), 'napster hub seen');
});

test('long flows are reported in between, and interim records are told from final ones', () => {
  const packets = conversation([
    [0, login],
    [1, welcome],
    ...Array.from({ length: 50 }, (): Said => [1, napster(621, 'still here')]),
  ]).map(({ packet }) => packet);
  const trial = watchPackets(packets, { seconds: (n) => 1e9 + n * 60 });
  assert.ok(trial.interims >= 8, String(trial.interims));
  assert.equal(trial.flows.length, 1);
});
