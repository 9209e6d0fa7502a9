import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded, wholeBelow } from '#base';
import { type Bytes, ethernet, hex, ip, join, tcp, text, u16, u32, udp } from '../../../test/captures/build.ts';
import { KIND, Packet } from './packet.ts';

const said = text('hello there');
const inner = ip('10.1.2.3', '198.18.0.9', 6, tcp(4000, 8888, 77, 0x18, said));
const inner6 = ip('2001:db8::1', '2001:db8::2', 6, tcp(4000, 8888, 77, 0x18, said));
const outer = (protocol: number, payload: Bytes): Bytes => ethernet(ip('192.0.2.1', '192.0.2.2', protocol, payload));
const llc = (packet: Bytes): Bytes => join(hex('aaaa03000000'), u16(0x0800), packet);
const mac = new Uint8Array(12).fill(2);

const cases: { name: string; link: number; frame: Bytes }[] = [
  { name: 'Ethernet', link: 1, frame: ethernet(inner) },
  { name: 'Ethernet, IPv6', link: 1, frame: ethernet(inner6) },
  { name: 'one VLAN tag', link: 1, frame: ethernet(inner, [join(u16(0x8100), u16(100))]) },
  { name: 'QinQ', link: 1, frame: ethernet(inner, [join(u16(0x88a8), u16(7)), join(u16(0x8100), u16(100))]) },
  {
    name: 'an old QinQ type',
    link: 1,
    frame: ethernet(inner, [join(u16(0x9100), u16(7)), join(u16(0x8100), u16(100))]),
  },
  { name: 'PPPoE', link: 1, frame: join(mac, u16(0x8864), hex('11000001'), u16(inner.length + 2), u16(0x21), inner) },
  { name: 'MPLS, two labels', link: 1, frame: join(mac, u16(0x8847), hex('00010040 00020140'), inner) },
  {
    name: 'MPLS pseudowire with control word',
    link: 1,
    frame: join(mac, u16(0x8847), hex('00020140 00000000'), ethernet(inner)),
  },
  { name: '802.3 with SNAP', link: 1, frame: join(mac, u16(8 + inner.length), llc(inner)) },
  { name: 'BSD loopback, little-endian', link: 0, frame: join(u32(2, true), inner) },
  { name: 'BSD loopback, IPv6', link: 0, frame: join(u32(24, true), inner6) },
  { name: 'OpenBSD loopback', link: 108, frame: join(u32(2), inner) },
  { name: 'PPP', link: 9, frame: join(u16(0x21), inner) },
  { name: 'PPP with address and control', link: 9, frame: join(hex('ff03'), u16(0x21), inner) },
  { name: 'PPP with a short protocol', link: 9, frame: join(hex('21'), inner) },
  { name: 'Cisco HDLC', link: 104, frame: join(hex('0f00'), u16(0x0800), inner) },
  { name: 'raw IP, 12', link: 12, frame: inner },
  { name: 'raw IP, 14', link: 14, frame: inner },
  { name: 'raw IP, 101', link: 101, frame: inner6 },
  { name: 'raw IPv4', link: 228, frame: inner },
  { name: 'raw IPv6', link: 229, frame: inner6 },
  { name: 'Linux cooked', link: 113, frame: join(new Uint8Array(14), u16(0x0800), inner) },
  {
    name: 'Linux cooked with a VLAN tag',
    link: 113,
    frame: join(new Uint8Array(14), u16(0x8100), u16(9), u16(0x0800), inner),
  },
  { name: 'Linux cooked 2', link: 276, frame: join(u16(0x86dd), new Uint8Array(18), inner6) },
  { name: '802.11 data', link: 105, frame: join(hex('0801'), new Uint8Array(22), llc(inner)) },
  { name: '802.11 QoS data', link: 105, frame: join(hex('8801'), new Uint8Array(24), llc(inner)) },
  {
    name: 'radiotap',
    link: 127,
    frame: join(hex('0000'), u16(12, true), new Uint8Array(8), hex('8801'), new Uint8Array(24), llc(inner)),
  },
  { name: 'GRE', link: 1, frame: outer(47, join(u16(0), u16(0x0800), inner)) },
  {
    name: 'GRE with checksum, key and sequence',
    link: 1,
    frame: outer(47, join(u16(0xb000), u16(0x0800), u32(1), u32(2), u32(3), inner)),
  },
  { name: 'GRE with transparent Ethernet', link: 1, frame: outer(47, join(u16(0), u16(0x6558), ethernet(inner))) },
  {
    name: 'ERSPAN II',
    link: 1,
    frame: outer(47, join(u16(0x1000), u16(0x88be), u32(9), new Uint8Array(8), ethernet(inner))),
  },
  { name: 'VXLAN', link: 1, frame: outer(17, udp(5000, 4789, join(hex('08000000 00002a00'), ethernet(inner)))) },
  { name: 'Geneve', link: 1, frame: outer(17, udp(5000, 6081, join(hex('00006558 00002a00'), ethernet(inner)))) },
  { name: 'GTP-U', link: 1, frame: outer(17, udp(2152, 2152, join(hex('30ff'), u16(inner.length), u32(5), inner))) },
  {
    name: 'GTP-U with an extension header',
    link: 1,
    frame: outer(
      17,
      udp(2152, 2152, join(hex('34ff'), u16(inner.length + 8), u32(5), hex('00000085 01000000'), inner)),
    ),
  },
  { name: 'IP in IP', link: 1, frame: outer(4, inner) },
  { name: '6in4', link: 1, frame: outer(41, inner6) },
  {
    name: 'IPv4 with options',
    link: 1,
    frame: ethernet(ip('10.1.2.3', '198.18.0.9', 6, tcp(4000, 8888, 77, 0x18, said), { options: hex('94040000') })),
  },
  {
    name: 'IPv6 with hop-by-hop and destination options',
    link: 1,
    frame: ethernet(
      ip(
        '2001:db8::1',
        '2001:db8::2',
        0,
        join(hex('3c00010400000000 0600010400000000'), tcp(4000, 8888, 77, 0x18, said)),
      ),
    ),
  },
  {
    name: 'an atomic IPv6 fragment',
    link: 1,
    frame: ethernet(
      ip('2001:db8::1', '2001:db8::2', 44, join(hex('06000000 00000001'), tcp(4000, 8888, 77, 0x18, said))),
    ),
  },
];

function decode(link: number, frame: Bytes): { kind: number; packet: Packet } {
  const packet = new Packet();
  return {
    kind: packet.decode(frame, new DataView(frame.buffer, frame.byteOffset, frame.byteLength), 0, frame.length, link),
    packet,
  };
}

for (const { name, link, frame } of cases) {
  test(`${name}: ports, sequence and payload are found, and cut at every place nothing throws or lies`, () => {
    const { kind, packet } = decode(link, frame);
    assert.equal(kind, KIND.tcp);
    assert.deepEqual(
      [packet.sport, packet.dport, packet.sequence, packet.payloadLength],
      [4000, 8888, 77, said.length],
    );
    assert.equal(Buffer.from(frame.subarray(packet.payloadAt, packet.payloadEnd)).toString(), 'hello there');
    for (let length = 0; length < frame.length; length++) {
      const cut = decode(link, frame.slice(0, length));
      if (cut.kind !== KIND.tcp) continue;
      assert.ok(cut.packet.payloadAt <= cut.packet.payloadEnd && cut.packet.payloadEnd <= length);
    }
  });
}

test('Ethernet padding is not payload', () => {
  const frame = join(ethernet(ip('10.0.0.1', '10.0.0.2', 6, tcp(1, 2, 3, 0x10))), new Uint8Array(20));
  assert.equal(decode(1, frame).packet.payloadLength, 0);
});

test('an IP length of 0 (an offloading card) means what was captured', () => {
  const frame = ethernet(inner.slice());
  frame[16] = frame[17] = 0;
  assert.equal(decode(1, frame).packet.payloadLength, said.length);
});

function kindOfBroken(at: number, value: number, protocol = 6): number {
  const body = protocol === 6 ? tcp(1, 2, 3, 0x10, said) : udp(1, 2, said);
  const frame = ethernet(ip('10.0.0.1', '10.0.0.2', protocol, body));
  frame[at] = value;
  return decode(1, frame).kind;
}

test('lengths that lie are nothing: IHL 0, data offset 0, UDP length 3, total length below the head', () => {
  assert.equal(kindOfBroken(14, 0x40), KIND.nothing);
  assert.equal(kindOfBroken(14 + 20 + 12, 0), KIND.nothing);
  assert.equal(kindOfBroken(14 + 20 + 5, 3, 17), KIND.nothing);
  assert.equal(kindOfBroken(17, 10), KIND.nothing);
});

test('a hundred headers inside each other are left alone', () => {
  let nested = inner;
  for (let n = 0; n < 100; n++) nested = ip('192.0.2.1', '192.0.2.2', 4, nested);
  assert.equal(decode(101, nested).kind, KIND.nothing);
  const tags = Array.from({ length: 100 }, () => join(u16(0x8100), u16(1)));
  assert.equal(decode(1, ethernet(inner, tags)).kind, KIND.nothing);
});

test('a datagram on a tunnel port that holds no tunnel stays itself', () => {
  const { kind, packet } = decode(
    1,
    ethernet(ip('10.0.0.1', '10.0.0.2', 17, udp(9, 4789, text('not a tunnel at all')))),
  );
  assert.deepEqual([kind, packet.dport, packet.payloadLength], [KIND.udp, 4789, 19]);
});

test('random frames of every link type never throw', () => {
  const chance = seeded(43);
  const rounds = 20_000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let round = 0; round < rounds; round++) {
    const { link, frame } = cases[wholeBelow(cases.length, chance)]!;
    const changed = frame.slice(0, 1 + wholeBelow(frame.length, chance));
    for (let n = 0; n < 1 + wholeBelow(5, chance); n++)
      changed[wholeBelow(changed.length, chance)] = wholeBelow(256, chance);
    const { kind, packet } = decode(link, changed);
    if (kind !== KIND.nothing) assert.ok(packet.payloadAt <= packet.payloadEnd && packet.payloadEnd <= changed.length);
  }
});
