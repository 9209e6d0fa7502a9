import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chance, pick, seeded, wholeBelow, WireError } from '#base';
import { decodeMapping, findIgdService } from '#wire/nat';
import { parseServices } from '../knowledge.ts';
import { parseLsof, parseSocketFilter } from './macos.ts';
import { parseStat, unitOf } from './owners.ts';
import { PacketFilter } from './packet-filter.ts';
import { parseListenOverflows, parseProcNet } from './proc-net.ts';
import { parseGateway } from './router.ts';
import { parseAdvfirewall, parseNetstat, parseTasklist } from './windows.ts';

const WORDS = [
  '0100007F:1A2B',
  '00000000:0000',
  '0A',
  'tcp',
  'TCP',
  'UDP',
  '0.0.0.0:135',
  '[::]:445',
  '*:*',
  'LISTENING',
  '4711',
  '-1',
  '99999999999',
  ':',
  ' ',
  '\t',
  '\n',
  '\r\n',
  'p1',
  'cx',
  'LPT',
  'n*:7000',
  'n[::1]:631',
  'TST=LISTEN',
  'f9',
  'TcpExt:',
  'ListenOverflows',
  '"',
  ',',
  '(',
  ')',
  'a.service',
  '/',
  '\0',
  '\u001b[2J',
  'é',
  '<NewProtocol>TCP',
  '<NewExternalPort>',
  '<service>',
  '</service>',
  '<controlURL>/x<',
  'State (1)',
];

function nonsense(chance: Chance): string {
  return Array.from({ length: wholeBelow(60, chance) }, () => pick(WORDS, chance) + (chance() < 0.5 ? ' ' : '')).join(
    '',
  );
}

const PARSERS: [name: string, parse: (text: string) => unknown][] = [
  ['proc', (text) => parseProcNet(text, 'tcp')],
  ['overflows', parseListenOverflows],
  ['stat', parseStat],
  ['unit', unitOf],
  ['netstat', parseNetstat],
  ['tasklist', parseTasklist],
  ['advfirewall', parseAdvfirewall],
  ['lsof', parseLsof],
  ['socketfilter', parseSocketFilter],
  ['services', parseServices],
  ['gateway', parseGateway],
  ['igd', findIgdService],
  ['mapping', decodeMapping],
];

for (const [name, parse] of PARSERS)
  test(`${name}: output that is cut, mixed or mad is read as far as it goes`, () => {
    const chance = seeded(name.length);
    const count = 500 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
    for (let i = 0; i < count; i++) {
      const text = nonsense(chance);
      try {
        parse(text);
      } catch (error) {
        assert.ok(error instanceof WireError, `${JSON.stringify(text)}: ${String(error)}`);
      }
    }
  });

const chain = (name: string, more: object = {}) => ({ chain: { family: 'inet', table: 't', name, ...more } });
const rule = (name: string, ...expr: object[]) => ({ rule: { family: 'inet', table: 't', chain: name, expr } });
const of = (...nftables: object[]) => new PacketFilter(JSON.stringify({ nftables })).covers('tcp', 80, 4);

test('a ruleset with unknown expressions, loops and missing chains is unsure and never endless', () => {
  const input = chain('input', { hook: 'input', prio: 0, policy: 'accept' });
  assert.equal(
    of(input, chain('a'), rule('input', { jump: { target: 'a' } }), rule('a', { jump: { target: 'a' } })),
    'unsure',
  );
  assert.equal(of(input, rule('input', { jump: { target: 'gone' } })), 'unsure');
  assert.equal(
    of(input, rule('input', { match: { op: '==', left: { numgen: {} }, right: 0 } }, { drop: null })),
    'unsure',
  );
  assert.equal(of(input, rule('input', { xt: null }, { drop: null })), 'unsure');
  assert.equal(of(input, rule('nowhere', { drop: null })), 'accepted');
});

const time = (length: number): number => {
  const text = `<service>${'<serviceType>'.repeat(length / 13)}`;
  const startedAt = performance.now();
  findIgdService(text);
  return performance.now() - startedAt;
};

test('a long device description takes time in proportion to its length', () => {
  time(20_000);
  assert.ok(time(200_000) < 1000);
});
