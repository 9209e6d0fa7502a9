import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress, trustProxies, visitorOf, whyNot } from './addresses.ts';

const KINDS: [spelling: string, text: string, kind: string][] = [
  ['8.8.8.8', '8.8.8.8', 'public'],
  ['::ffff:8.8.8.8', '8.8.8.8', 'public'],
  ['::ffff:127.0.0.1', '127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', '127.0.0.1', 'loopback'],
  ['64:ff9b::10.0.0.1', '10.0.0.1', 'private'],
  ['2002:c0a8:0101::', '192.168.1.1', 'private'],
  ['::192.168.1.1', '192.168.1.1', 'private'],
  ['::1', '::1', 'loopback'],
  ['::', '::', 'special'],
  ['0.0.0.0', '0.0.0.0', 'special'],
  ['255.255.255.255', '255.255.255.255', 'special'],
  ['169.254.169.254', '169.254.169.254', 'special'],
  ['::ffff:169.254.169.254', '169.254.169.254', 'special'],
  ['169.254.3.4', '169.254.3.4', 'link-local'],
  ['fe80::1%eth0', 'fe80::1', 'link-local'],
  ['100.64.1.2', '100.64.1.2', 'cgnat'],
  ['fd12::1', 'fd12::1', 'private'],
  ['fd00:ec2::254', 'fd00:ec2::254', 'special'],
  ['224.0.0.251', '224.0.0.251', 'multicast'],
  ['ff02::1', 'ff02::1', 'multicast'],
  ['192.0.2.7', '192.0.2.7', 'special'],
  ['2001:db8::1', '2001:db8::1', 'special'],
  ['2606:4700::1111', '2606:4700::1111', 'public'],
];
for (const [spelling, text, kind] of KINDS)
  test(`${spelling} is ${kind}`, () => {
    const address = readAddress(spelling);
    assert.equal(address?.text, text);
    assert.equal(address?.kind, kind);
  });

for (const text of [
  '',
  'localhost',
  '1.2.3',
  '0x7f.1',
  '010.0.0.1',
  '127.1',
  '2130706433',
  '1.2.3.4:80',
  '[::1]',
  '1.2.3.4, 5.6.7.8',
  '999.1.1.1',
])
  test(`"${text}" is no address`, () => assert.equal(readAddress(text), null));

const trusted = trustProxies(['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.1']);
const VISITORS: [socket: string, header: string | undefined, visitor: string | null, why: string][] = [
  ['8.8.8.8', undefined, '8.8.8.8', 'no proxy'],
  ['8.8.8.8', '1.1.1.1', '8.8.8.8', 'a header from somebody who is no proxy of ours is ignored'],
  ['::ffff:8.8.8.8', '1.1.1.1', '8.8.8.8', 'mapped sockets too'],
  ['10.1.1.1', '1.1.1.1', '1.1.1.1', 'one proxy'],
  ['::ffff:10.1.1.1', '1.1.1.1', '1.1.1.1', 'a mapped proxy'],
  ['10.1.1.1', '9.9.9.9, 1.1.1.1', '1.1.1.1', 'what the visitor wrote himself stands further left'],
  ['10.1.1.1', '9.9.9.9, 1.1.1.1, 10.2.2.2', '1.1.1.1', 'two proxies'],
  ['10.1.1.1', '1.1.1.1:4711', '1.1.1.1', 'with a port'],
  ['10.1.1.1', '[2606:4700::1]:4711', '2606:4700::1', 'IPv6 with a port'],
  ['10.1.1.1', '1.1.1.1, unknown', null, 'unreadable: nobody'],
  ['10.1.1.1', undefined, null, 'a proxy that says nothing: nobody'],
  ['10.1.1.1', '10.3.3.3', null, 'only proxies: nobody'],
  ['2001:db8:1::9', '1.1.1.1', '1.1.1.1', 'a proxy by IPv6'],
];
for (const [socket, header, visitor, why] of VISITORS)
  test(`the visitor behind ${socket} with ${header ?? 'no header'} is ${visitor}: ${why}`, () =>
    assert.equal(visitorOf(socket, header, trusted)?.text ?? null, visitor));

test('a network of proxies that cannot be read is named', () => {
  assert.throws(() => trustProxies(['10.0.0.0/33']), /10\.0\.0\.0\/33/);
  assert.throws(() => trustProxies(['nonsense']), /nonsense/);
});

test('IPv6 visitors share the limits of their /64 and /48', () => {
  const a = readAddress('2606:4700:12:34:aaaa::1');
  const b = readAddress('2606:4700:12:34:bbbb::2');
  assert.equal(a?.site, b?.site);
  assert.equal(a?.network, readAddress('2606:4700:12:99::1')?.network);
  assert.notEqual(a?.site, readAddress('2606:4700:12:99::1')?.site);
});

test('private and shared addresses are probed on a local network only, impossible ones never', () => {
  for (const text of ['10.0.0.5', '127.0.0.1', '169.254.1.1', '100.64.0.9', 'fd12::1', '::1']) {
    const address = readAddress(text);
    assert.ok(address);
    assert.notEqual(whyNot(address, false), null, text);
    assert.equal(whyNot(address, true), null, text);
  }
  for (const text of ['169.254.169.254', '224.0.0.1', '0.0.0.0']) {
    const address = readAddress(text);
    assert.ok(address);
    assert.notEqual(whyNot(address, true), null, text);
  }
  const visitor = readAddress('8.8.8.8');
  assert.ok(visitor);
  assert.equal(whyNot(visitor, false), null);
});
