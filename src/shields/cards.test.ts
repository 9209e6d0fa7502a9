import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditCards, generalCards, probeCards } from './cards.ts';
import type { ProbedPort } from './verdict.ts';

const row = (port: number, state: ProbedPort['state']): ProbedPort => ({
  port,
  state,
  how: 'silence',
  confidence: 'high',
});
const quiet = { ping: 'silent', unsolicited: 0 } as const;

test('an open port gets a card with steps that name it, and "test again" asks it', () => {
  const [card] = probeCards([row(3389, 'open')], quiet);
  assert.equal(card?.port, 3389);
  assert.ok(card?.steps.some(({ lines }) => lines.some((line) => line.includes('dport 3389'))));
});

test('113 is explained in each of its states', () => {
  for (const state of ['open', 'closed', 'stealth'] as const)
    assert.ok(probeCards([row(113, state)], quiet).some(({ id, title }) => id === 'ident' && title.includes(state)));
});

test('closed ports say that a server could run here', () => {
  const card = probeCards([row(80, 'closed'), row(81, 'closed')], quiet).find(({ id }) => id === 'closed');
  assert.match(card?.what ?? '', /Nothing answers, and your provider lets it through: a server could run here/);
});

test('a host that shows nothing gets no card', () => assert.deepEqual(probeCards([row(80, 'stealth')], quiet), []));

test('cards of an audit have names of their own, so that a page can tell them apart', () => {
  const listener = {
    proto: 'tcp',
    address: '0.0.0.0',
    port: 8000,
    reach: 'any',
    owner: null,
    uid: 0,
    waiting: 0,
    filter: 'no filter',
  } as const;
  const cards = auditCards([
    { kind: 'too-wide', level: 'warn', what: 'x', port: 8000, listener },
    { kind: 'forgotten', level: 'note', what: 'y', port: 8000, listener },
    { kind: 'syn-cookies-off', level: 'warn', what: 'z' },
  ]);
  assert.equal(new Set(cards.map(({ id }) => id)).size, 3);
  assert.ok(cards[2]?.steps.some(({ lines }) => lines.includes('sysctl -w net.ipv4.tcp_syncookies=1')));
});

test('what is worth knowing always names a step', () => {
  for (const card of generalCards()) assert.ok(card.steps.length > 0 && card.keeps.length > 0);
});
