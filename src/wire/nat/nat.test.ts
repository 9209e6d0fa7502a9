import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteString, bytesOf, seeded, WireError } from '#base';
import { decodeNatPmp, encodeAddressRequest, encodeMapRequest, type NatPmpReply } from './nat-pmp.ts';
import { decodeReply, encodeSearch } from './ssdp.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const REPLIES: { name: string; hex: string; message: NatPmpReply }[] = [
  {
    name: 'an outside address',
    hex: '00800000000010e1cb007107',
    message: { op: 'address', result: 0, epochS: 4321, address: '203.0.113.7' },
  },
  {
    name: 'a mapped port',
    hex: '00820000000010e11a2b1a2b00001c20',
    message: { op: 'tcp', result: 0, epochS: 4321, inside: 6699, outside: 6699, lifetimeS: 7200 },
  },
  {
    name: 'a refusal that ends early',
    hex: '00820002000010e1',
    message: { op: 'tcp', result: 2, epochS: 4321, inside: 0, outside: 0, lifetimeS: 0 },
  },
];
for (const { name, hex: text, message } of REPLIES)
  test(`NAT-PMP: ${name} is read`, () => assert.deepEqual(decodeNatPmp(hex(text)), message));

test('NAT-PMP: a cut reply that claims success is refused at every length', () => {
  const whole = hex('00820000000010e11a2b1a2b00001c20');
  for (let length = 0; length < whole.length; length++)
    assert.throws(() => decodeNatPmp(whole.subarray(0, length)), WireError, `${length}`);
});

test('NAT-PMP: requests are as the RFC draws them', () => {
  assert.deepEqual(encodeAddressRequest(), hex('0000'));
  assert.deepEqual(encodeMapRequest('tcp', 6699, 6699, 7200), hex('000200001a2b1a2b00001c20'));
  assert.deepEqual(encodeMapRequest('udp', 6346, 0, 0), hex('0001000018ca000000000000'));
});

test('SSDP: a search names the host, and MX only where it is many who hear it', () => {
  assert.equal(
    byteString(encodeSearch('192.0.2.1')),
    'M-SEARCH * HTTP/1.1\r\nHOST: 192.0.2.1:1900\r\nMAN: "ssdp:discover"\r\nST: ssdp:all\r\n\r\n',
  );
  assert.match(byteString(encodeSearch('239.255.255.250', 'upnp:rootdevice', 2)), /\r\nMX: 2\r\n/);
});

test('SSDP: a reply gives its headers whatever their case and line ends', () => {
  const { status, headers } = decodeReply(
    bytesOf('HTTP/1.1 200 OK\r\nLocation: http://192.168.1.1:5000/d.xml\nSERVER:x\r\n\r\n'),
  );
  assert.equal(status, 200);
  assert.equal(headers.get('location'), 'http://192.168.1.1:5000/d.xml');
  assert.equal(headers.get('server'), 'x');
});

test('SSDP: what is no reply, too long or too much is refused', () => {
  assert.throws(() => decodeReply(bytesOf('NOTIFY * HTTP/1.1\r\n\r\n')), { code: 'not-ssdp' });
  assert.throws(() => decodeReply(new Uint8Array(4097)), { code: 'too-long' });
  const many = Array.from({ length: 65 }, (_, i) => `x${i}: 1`).join('\r\n');
  assert.throws(() => decodeReply(bytesOf(`HTTP/1.1 200 OK\r\n${many}`)), { code: 'too-many-headers' });
});

test('random datagrams are read or refused, never anything else', () => {
  const chance = seeded(5);
  const count = 2000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let i = 0; i < count; i++) {
    const bytes = Uint8Array.from({ length: Math.floor(chance() * 40) }, () => Math.floor(chance() * 256));
    if (chance() < 0.7) bytes.set([0, 128 + Math.floor(chance() * 4)].slice(0, bytes.length));
    for (const decode of [decodeNatPmp, decodeReply])
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(error instanceof WireError);
      }
  }
});
