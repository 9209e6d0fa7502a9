import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServices, portName, portTexts } from './knowledge.ts';
import { parsePorts, portsOf } from './ports.ts';

test('there are texts of our own for about 130 ports, among them every port of the small tests', () => {
  assert.ok(portTexts().size >= 130, `${portTexts().size}`);
  for (const set of ['common', 'sharing', 'windows'] as const)
    for (const port of portsOf(set)) assert.ok(portTexts().has(port), `${port}`);
});

test('every text says who opens it, what it is and how it is closed, and names only ports that have texts', () => {
  for (const text of portTexts().values()) {
    for (const part of [text.name, text.who, text.what, text.close]) assert.ok(part.length > 2, `${text.port}`);
    for (const port of text.related) assert.ok(portTexts().has(port));
    assert.ok(!text.related.includes(text.port));
  }
});

test('a port without a text of ours has the name of the system or none', () => {
  assert.equal(portName(113), 'ident');
  assert.equal(portName(27374), '');
  assert.deepEqual([...parseServices('# x\nsmtp\t\t25/tcp\tmail\nntp 123/udp\nmail 25/tcp\n')], [[25, 'smtp']]);
});

test('the common ports are 26 and the service ports 1056', () => {
  assert.equal(portsOf('common').length, 26);
  assert.equal(new Set(portsOf('common')).size, 26);
  assert.equal(portsOf('service').length, 1056);
  assert.equal(portsOf('all').length, 65_535);
});

test('a list of ports is read in any order, once each', () => {
  assert.deepEqual(parsePorts('80, 22,6346-6348,22'), [22, 80, 6346, 6347, 6348]);
  assert.deepEqual(parsePorts('0'), [0]);
});

for (const wrong of ['', 'everything', '70000', '10-5', '1,,2', '-1', '1-', '1e3', '0x10'])
  test(`"${wrong}" is no list of ports`, () => assert.throws(() => parsePorts(wrong), /ports|list/));
