import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { bytesOf, silentLog } from '#base';
import { OPERATOR_LIMITS } from './limits.ts';
import { NapigatorSession, napigatorPassword, type Report } from './napigator.ts';
import { reportTo } from './reporter.ts';

const REPORT: Report = { name: 'hub', address: '192.0.2.7', port: 8888, users: 5, files: 70, bytes: 9e9 };
const ACCOUNT = { user: 'op', password: 'pw' };
const TALK = [
  ['220 NAPSTATS ready 12345678\r\n', 'USER op\r\n'],
  ['300 go on\r\n', `PASS ${napigatorPassword('12345678', 'pw')}\r\n`],
  ['201 welcome\r\n', 'IPPORT hub 192.0.2.7 8888\r\nSTATS hub 5 70 0 9000000000 0\r\n'],
  ['200 ok\r\n', ''],
  ['400 who are you\r\n', 'IPPORT hub 192.0.2.7 8888\r\n'],
] as const;

function say(session: NapigatorSession, text: string, now = 0): string {
  session.receive(bytesOf(text), now);
  return out(session);
}

function out(session: NapigatorSession): string {
  return Buffer.from(session.takeOutput() ?? []).toString('latin1');
}

test('a report goes through login, address and figures, in any cutting', () => {
  const whole = new NapigatorSession(ACCOUNT, () => REPORT, 0);
  for (const [theirs, ours] of TALK) assert.equal(say(whole, theirs), ours);
  const bytewise = new NapigatorSession(ACCOUNT, () => REPORT, 0);
  for (const [theirs, ours] of TALK)
    assert.equal(
      theirs
        .split('')
        .map((char) => say(bytewise, char))
        .join(''),
      ours,
    );
  assert.equal(bytewise.taken, 1);
});

test('the password is upper-case MD5 over salt and password', () => {
  assert.equal(napigatorPassword('abc', ''), '900150983CD24FB0D6963F7D28E17F72');
});

test('figures are said again each minute', () => {
  const session = new NapigatorSession(ACCOUNT, () => REPORT, 0);
  for (const [theirs] of TALK.slice(0, 4)) say(session, theirs, 1000);
  assert.equal(session.deadline, 61_000);
  session.wake(60_999);
  assert.equal(out(session), '');
  session.wake(61_000);
  assert.match(out(session), /^STATS hub 5 70/);
});

test('a refusal is answered with QUIT; garbage, silence and endless lines end the session', () => {
  const refused = new NapigatorSession(ACCOUNT, () => REPORT, 0);
  assert.equal(say(refused, '220 s\r\n530 no such user\r\n'), 'USER op\r\nQUIT\r\n');
  assert.match(refused.closing?.message ?? '', /530/);

  const silent = new NapigatorSession(ACCOUNT, () => REPORT, 0);
  silent.wake(OPERATOR_LIMITS.napigatorStepMs.value);
  assert.match(silent.closing?.message ?? '', /no reply/);

  for (const theirs of [
    'hello\r\n',
    '200 ok\r\n',
    '22\r\n',
    `220 ${'x'.repeat(OPERATOR_LIMITS.napigatorLine.value)}`,
  ]) {
    const session = new NapigatorSession(ACCOUNT, () => REPORT, 0);
    say(session, theirs);
    assert.notEqual(session.closing, null, theirs.slice(0, 20));
    assert.equal(say(session, '220 late\r\n'), '', 'nothing is said after the end');
    assert.equal(session.deadline, Number.POSITIVE_INFINITY);
  }
});

test('over a socket the list hears the whole report, and goodbye ends it', { timeout: 10_000 }, async () => {
  const heard: string[] = [];
  const list = createServer((socket: Socket) => {
    socket.write('220 list salt\r\n');
    socket.setEncoding('latin1').on('data', (text: string) => {
      for (const line of text.split('\r\n').filter(Boolean)) {
        heard.push(line);
        if (line.startsWith('USER')) socket.write('300\r\n');
        if (line.startsWith('PASS')) socket.write('201\r\n');
        if (line.startsWith('STATS')) socket.end('200 ok\r\n221 bye\r\n');
      }
    });
  });
  list.listen(0, '127.0.0.1');
  await once(list, 'listening');
  const { port } = list.address() as { port: number };
  const said = Promise.withResolvers<string>();
  const log = {
    ...silentLog,
    warn: (event: string, fields?: object) => said.resolve(`${event} ${JSON.stringify(fields)}`),
  };
  const reporter = reportTo({ host: '127.0.0.1', port }, ACCOUNT, () => REPORT, log);
  assert.match(await said.promise, /napigator-lost.*goodbye/);
  reporter.stop();
  list.close();
  assert.deepEqual(heard, [
    'USER op',
    `PASS ${napigatorPassword('salt', 'pw')}`,
    'IPPORT hub 192.0.2.7 8888',
    'STATS hub 5 70 0 9000000000 0',
  ]);
});
