import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, seeded, WireError, wholeBelow, wireText } from '#base';
import { decodeFrame, encodeFrame, FrameReader } from './frame.ts';
import { ipNumber, ipText, parseWhole, quotable, splitFields } from './fields.ts';
import { LIMITS } from './limits.ts';
import {
  decodeFromClient,
  decodeFromHub,
  FROM_CLIENT,
  FROM_HUB,
  type FromClient,
  type FromHub,
  payloadFromClient,
  payloadFromHub,
} from './messages.ts';

/** Bytes as they were seen on the wire (or follow from the protocol's text), and what they mean. */
const CLIENT: { name: string; hex: string; message: FromClient }[] = [
  {
    name: 'login of TekNap, with fields beyond the protocol',
    hex: hexOf(2, 'tek secret 5201 "TekNap-1.3g" 8 5201 0'),
    message: {
      kind: 'login',
      nick: 'tek',
      password: 'secret',
      port: 5201,
      client: 'TekNap-1.3g',
      speed: 8,
      email: '5201',
      build: '0',
    },
  },
  {
    name: 'login with an empty payload after the speed',
    hex: '1800020061206220363639392022632064222037', // a b 6699 "c d" 7, length made right below
    message: { kind: 'login', nick: 'a', password: 'b', port: 6699, client: 'c d', speed: 7 },
  },
  {
    name: 'register with mail',
    hex: hexOf(6, 'a[2] pw 0 "mldonkey" 0 nomail'),
    message: { kind: 'register', nick: 'a[2]', password: 'pw', port: 0, client: 'mldonkey', speed: 0, email: 'nomail' },
  },
  { name: 'nick check', hex: '0300070061626364'.replace('64', ''), message: { kind: 'checkNick', nick: 'abc' } },
  {
    name: 'a share with a drive letter and blanks',
    hex: hexOf(100, '"C:\\My Music\\a - b.mp3" 0123456789abcdef0123456789abcdef-100 5000000000 192 44100 70000'),
    message: {
      kind: 'share',
      path: 'C:\\My Music\\a - b.mp3',
      hash: '0123456789abcdef0123456789abcdef-100',
      size: 5_000_000_000,
      kbps: 192,
      hz: 44100,
      seconds: 70_000,
    },
  },
  {
    name: 'an unshare is unquoted and may hold blanks',
    hex: hexOf(102, 'C:\\a b.mp3'),
    message: { kind: 'unshare', path: 'C:\\a b.mp3' },
  },
  { name: 'unshare all', hex: '00006e00', message: { kind: 'unshareAll' } },
  {
    name: 'a private message with double blanks and quotes, byte for byte',
    hex: hexOf(205, 'bob he said  "hi" \xff '),
    message: { kind: 'say', nick: 'bob', text: 'he said  "hi" \xff ' },
  },
  {
    name: 'a download request with UTF-8',
    hex: hexOf(203, `bob "${wireText('/tmp/björk.mp3')}"`),
    message: { kind: 'download', nick: 'bob', path: wireText('/tmp/björk.mp3') },
  },
  { name: 'a browse without a maximum', hex: hexOf(211, 'bob'), message: { kind: 'browse', nick: 'bob' } },
  { name: 'a browse with one', hex: hexOf(211, 'bob 500'), message: { kind: 'browse', nick: 'bob', max: 500 } },
  {
    name: 'a queue limit',
    hex: hexOf(619, 'bob "a b" 3'),
    message: { kind: 'queueLimit', nick: 'bob', path: 'a b', limit: 3 },
  },
  { name: 'a ping with nothing behind it', hex: hexOf(751, 'bob'), message: { kind: 'ping', nick: 'bob' } },
  {
    name: 'a ban with all its fields',
    hex: hexOf(612, '*!1.2.3.* "no reason" 60 0'),
    message: { kind: 'ban', mask: '*!1.2.3.*', reason: 'no reason', seconds: 60, start: 0 },
  },
  {
    name: 'the opt-in of a modern client',
    hex: hexOf(2100, '1 intro,knock 00ff'),
    message: { kind: 'hello', version: 1, capabilities: 'intro,knock', key: '00ff' },
  },
];
const HUB: { name: string; hex: string; message: FromHub }[] = [
  { name: 'welcome', hex: hexOf(3, 'anon@hub'), message: { kind: 'loginAck', email: 'anon@hub' } },
  {
    name: 'a result',
    hex: hexOf(201, '"C:\\a.mp3" 00000000000000000000000000000000 1000 128 44100 60 bob 16777343 7'),
    message: {
      kind: 'result',
      path: 'C:\\a.mp3',
      hash: '00000000000000000000000000000000',
      size: 1000,
      kbps: 128,
      hz: 44100,
      seconds: 60,
      nick: 'bob',
      ip: '127.0.0.1',
      speed: 7,
    },
  },
  { name: 'end of results', hex: '0000ca00', message: { kind: 'searchEnd' } },
  {
    name: 'ready, with the highest address',
    hex: hexOf(204, 'bob 4294967295 6699 "a" 0 10'),
    message: { kind: 'ready', nick: 'bob', ip: '255.255.255.255', port: 6699, path: 'a', hash: '0', speed: 10 },
  },
  { name: 'a browse end', hex: hexOf(213, 'bob'), message: { kind: 'browseEnd', nick: 'bob' } },
  {
    name: 'a whois answer whose channel list is a blank',
    hex: hexOf(604, 'bob "User" 12 " " "Active" 3 0 1 7 "nap v1"'),
    message: {
      kind: 'whois',
      nick: 'bob',
      level: 'User',
      seconds: 12,
      channels: ' ',
      status: 'Active',
      shared: 3,
      downloads: 0,
      uploads: 1,
      speed: 7,
      client: 'nap v1',
    },
  },
  { name: 'counts', hex: hexOf(214, '1 2 3'), message: { kind: 'stats', users: 1, files: 2, gigabytes: 3 } },
  {
    name: 'an introduction',
    hex: hexOf(2110, 'bob 16777343 60 download -'),
    message: { kind: 'introduction', nick: 'bob', ip: '127.0.0.1', seconds: 60, why: 'download', key: '-' },
  },
];

const limit = (): number => LIMITS.payload.value;

for (const [side, table, decode, encode, layouts] of [
  ['client', CLIENT, decodeFromClient, payloadFromClient, FROM_CLIENT],
  ['hub', HUB, decodeFromHub, payloadFromHub, FROM_HUB],
] as const) {
  for (const { name, hex, message } of table) {
    const bytes = lengthMadeRight(Buffer.from(hex, 'hex'));
    test(`from ${side}: ${name}: means the same whole, cut anywhere and with a tail`, () => {
      for (let cut = 0; cut < bytes.length; cut++) {
        assert.equal(decodeFrame(bytes.subarray(0, cut), limit), null);
        const reader = new FrameReader();
        const seen: unknown[] = [];
        for (const part of [bytes.subarray(0, cut), bytes.subarray(cut), bytes.subarray(0, 3)]) {
          reader.push(part);
          while (reader.next(limit)) seen.push(decode(reader.type, latin1(reader)));
          reader.keep();
        }
        assert.deepEqual(seen, [message]);
        assert.equal(reader.waiting, 3);
      }
    });
    test(`to ${side}: ${name}: is written as it was read`, () => {
      const { type } = layouts[message.kind as keyof typeof layouts] as { type: number };
      assert.equal(Buffer.from(encodeFrame(type, encode(message as never))).toString('hex'), bytes.toString('hex'));
    });
  }
}

test('every message of both tables is written and read back, with all its fields and with none of the optional ones', () => {
  const chance = seeded(7);
  for (const [layouts, decode, encode] of [
    [FROM_CLIENT, decodeFromClient, payloadFromClient],
    [FROM_HUB, decodeFromHub, payloadFromHub],
  ] as const)
    for (const [kind, { type, fields }] of Object.entries(layouts))
      for (const all of [true, false]) {
        const message: Record<string, unknown> = { kind };
        for (const [name, how] of Object.entries(fields as Record<string, string>)) {
          if (how.endsWith('?') && !all) break;
          message[name] = exampleOf(how.replace('?', ''), chance);
        }
        assert.deepEqual(decode(type, encode(message as never)), message, `${kind} (${type})`);
      }
});

test('no message type of ours is above 2000 except the extensions, which begin at 2100', () => {
  const ours: number[] = [...Object.values(FROM_CLIENT), ...Object.values(FROM_HUB)].map(({ type }) => type);
  assert.deepEqual(
    ours.filter((type) => type > 2000 && type < 9998).every((type) => type >= 2100 && type < 2200),
    true,
  );
});

test('a length above the limit is refused before its bytes come', () => {
  const header = Buffer.from('0108c800', 'hex'); // 2049 bytes
  const reader = new FrameReader();
  reader.push(header);
  assert.throws(() => reader.next(() => LIMITS.clientPayload.value), { code: 'too-long' });
  assert.equal(
    decodeFrame(Buffer.from('0008c800', 'hex'), () => LIMITS.clientPayload.value),
    null,
  );
});

test('missing fields, words for numbers and open quotes are refused with a code', () => {
  for (const [type, payload, code] of [
    [2, 'nick pass', 'fields'],
    [2, 'nick pass x "c" 7', 'fields'],
    [203, 'nick', 'fields'],
    [203, 'nick "open', 'open-quote'],
    [100, '"a" h -1 1 1 1', 'fields'],
    [100, '"a" h 99999999999999999 1 1 1', 'fields'],
  ] as const)
    assert.throws(() => decodeFromClient(type, payload), { code });
});

test('an unknown number is handed on as it came', () => {
  assert.deepEqual(decodeFromClient(31_000, 'x'), { kind: 'unknown', type: 31_000, payload: 'x' });
});

test('addresses turn into the number that clients expect, and back', () => {
  for (const [text, number] of [
    ['127.0.0.1', 16_777_343],
    ['0.0.0.0', 0],
    ['255.255.255.255', 4_294_967_295],
    ['1.2.3.4', 67_305_985],
  ] as const) {
    assert.equal(ipNumber(text), number);
    assert.equal(ipText(number), text);
  }
  for (const wrong of ['', '1.2.3', '256.1.1.1', '::1', 'a.b.c.d']) assert.equal(ipNumber(wrong), 0);
});

test('fields are parted by any number of blanks, and quotes hold them together', () => {
  assert.deepEqual(splitFields('  a  "b  c" d'), ['a', 'b  c', 'd']);
  assert.deepEqual(splitFields(''), []);
  assert.throws(() => splitFields('a "b'), { code: 'open-quote' });
  assert.equal(quotable('say "hi"\r\n\0'), "say 'hi'___");
  assert.equal(parseWhole('9007199254740991'), 9_007_199_254_740_991);
  for (const bad of ['9007199254740992', '1.5', '-1', '', ' 1', '0x1']) assert.equal(parseWhole(bad), null);
});

test('fuzz: whatever bytes come, decoders return, ask for more, or throw a WireError', () => {
  const chance = seeded(20_261_124);
  const rounds = 20_000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  const types: number[] = [...Object.values(FROM_CLIENT), ...Object.values(FROM_HUB)].map(({ type }) => type);
  for (let i = 0; i < rounds; i++) {
    const type = chance() < 0.9 ? (types[wholeBelow(types.length, chance)] as number) : wholeBelow(65_536, chance);
    const payload = nonsense(chance);
    for (const decode of [decodeFromClient, decodeFromHub])
      try {
        decode(type, payload);
      } catch (error) {
        assert.ok(error instanceof WireError, `${type} ${JSON.stringify(payload)}: ${String(error)}`);
      }
    try {
      decodeFrame(bytesOf(payload), () => 2048);
    } catch (error) {
      assert.ok(error instanceof WireError);
    }
  }
});

function nonsense(chance: () => number): string {
  const parts = [
    '"',
    ' ',
    '0',
    '-1',
    'nick',
    '99999999999999999999',
    '\0',
    '\xff',
    'a b',
    '%s',
    '#c',
    '1.2.3.4',
    '\r\n',
  ];
  let text = '';
  for (let i = wholeBelow(12, chance); i > 0; i--) text += parts[wholeBelow(parts.length, chance)] as string;
  return text;
}

function exampleOf(kind: string, chance: () => number): string | number {
  if (kind === 'whole') return wholeBelow(2 ** 31, chance);
  if (kind === 'ip') return ipText(wholeBelow(2 ** 32, chance));
  return kind === 'word' ? `w${wholeBelow(99, chance)}` : `two  words ${wholeBelow(99, chance)}`;
}

function hexOf(type: number, payload: string): string {
  return Buffer.from(encodeFrame(type, payload)).toString('hex');
}

function lengthMadeRight(bytes: Buffer): Buffer {
  bytes.writeUInt16LE(bytes.length - 4, 0);
  return bytes;
}

function latin1({ bytes, from, to }: FrameReader): string {
  return Buffer.from(bytes.slice(from, to)).toString('latin1');
}
