import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, byteString, type Session, seeded, wholeBelow } from '#base';
import { LIMITS } from './limits.ts';
import {
  type IncomingListener,
  type IncomingRequest,
  IncomingSession,
  type OutgoingRequest,
  OutgoingSession,
  REFUSALS,
} from './transfer.ts';

/** What happened on one side, in order. */
type Story = unknown[];

function incoming(answer?: (session: IncomingSession, request: IncomingRequest) => void): {
  session: IncomingSession;
  story: Story;
} {
  const story: Story = [];
  const listener: IncomingListener = {
    request: (request) => {
      story.push(request);
      answer?.(session, request);
    },
    line: (line) => story.push(line),
    listEnd: () => story.push('end'),
  };
  const session = new IncomingSession(listener, 0);
  return { session, story };
}

function outgoing(want: OutgoingRequest): { session: OutgoingSession; story: Story } {
  const story: Story = [];
  const session = new OutgoingSession(
    want,
    {
      size: (size) => story.push({ size }),
      offset: (offset) => story.push({ offset }),
      listOf: (nick) => story.push({ listOf: nick }),
      line: (line) => story.push(line),
      listEnd: () => story.push('end'),
      failed: (text) => story.push({ failed: text }),
    },
    0,
  );
  return { session, story };
}

const said = (session: Session): string => byteString(session.takeOutput() ?? new Uint8Array(0));
const rest = (session: Session): string | null => {
  const step = session.takeStep?.();
  return step == null || !('handover' in step) ? null : byteString(step.rest);
};
const GET = { kind: 'get', nick: 'me', path: '/a b.mp3', offset: 0, sizeBytes: 1000 } as const;

/** What callers of 2000 to 2003 send, what it means, and whether it ends by itself or by nothing following it. */
const REQUESTS: { name: string; text: string; request: IncomingRequest; quiet?: true }[] = [
  {
    name: 'GET in one segment with its arguments (giFT)',
    text: 'GETbob "C:\\a b.mp3" 0',
    request: { kind: 'get', nick: 'bob', path: 'C:\\a b.mp3', offset: 0 },
  },
  {
    name: 'GET with a resume',
    text: 'GETbob "a" 1234',
    request: { kind: 'get', nick: 'bob', path: 'a', offset: 1234 },
    quiet: true,
  },
  {
    name: 'GET of somebody whose nick begins with LIST',
    text: 'GETLISTener "a" 0',
    request: { kind: 'get', nick: 'LISTener', path: 'a', offset: 0 },
  },
  {
    name: 'SEND with the base name only (napster.pl)',
    text: 'SENDbob "a.mp3" 5000000000',
    request: { kind: 'send', nick: 'bob', path: 'a.mp3', sizeBytes: 5_000_000_000 },
    quiet: true,
  },
  { name: 'GETLIST', text: 'GETLIST', request: { kind: 'list' }, quiet: true },
];

for (const { name, text, request, quiet } of REQUESTS)
  test(`incoming: ${name}: understood whole and in any two pieces`, () => {
    for (let cut = 0; cut < text.length; cut++) {
      const { session, story } = incoming();
      assert.equal(said(session), '1');
      session.receive(bytesOf(text.slice(0, cut)), 1);
      assert.deepEqual(story, [], `cut at ${cut}`);
      session.receive(bytesOf(text.slice(cut)), 2);
      if (quiet === true) {
        assert.deepEqual(story, []);
        assert.equal(session.deadline, 2 + LIMITS.quietMs.value);
        session.wake(session.deadline);
      }
      assert.deepEqual(story, [request]);
    }
  });

test('incoming: a request may come before our `1` was read', () => {
  const { session, story } = incoming((self) => self.answerGet(5));
  session.receive(bytesOf('GETbob "a" 0'), 0);
  assert.equal(said(session), '15');
  assert.equal(rest(session), '');
  assert.equal(story.length, 1);
});

test('incoming: a number that is cut is never taken for a smaller one', () => {
  const { session, story } = incoming();
  session.receive(bytesOf('GETbob "a" 12'), 0);
  session.receive(bytesOf('34'), LIMITS.quietMs.value - 1);
  session.wake(2 * LIMITS.quietMs.value);
  assert.deepEqual(story, [{ kind: 'get', nick: 'bob', path: 'a', offset: 1234 }]);
});

test('incoming: what is sent to us after a SEND belongs to the file', () => {
  const { session } = incoming((self) => self.answerSend(0));
  said(session);
  session.receive(bytesOf('SENDbob "a" 7\nDATA'), 0);
  assert.equal(said(session), '0');
  assert.equal(rest(session), 'DATA');
});

test('incoming: nonsense, open quotes and too much are answered INVALID REQUEST and the end', () => {
  for (const text of [
    'HELLO',
    'GETbob "a" x',
    'GET "a" 0',
    'PUT',
    `GETbob "${'x'.repeat(LIMITS.handshake.value)}`,
    'GETbob "a" 99999999999999999',
  ]) {
    const { session, story } = incoming();
    said(session);
    session.receive(bytesOf(text), 0);
    assert.equal(said(session), REFUSALS.invalid, text.slice(0, 20));
    assert.ok(session.closing);
    assert.deepEqual(story, []);
  }
});

test('incoming: who says nothing is let go after the time for a handshake', () => {
  const { session } = incoming();
  session.wake(LIMITS.handshakeMs.value - 1);
  assert.equal(session.closing, null);
  session.wake(LIMITS.handshakeMs.value);
  assert.ok(session.closing);
  session.close();
  session.close();
});

test('incoming: our list and theirs', () => {
  const ours = incoming((self) => self.answerList('me', ['"a" h 1 2 3 4', '"b" h 1 2 3 4']));
  said(ours.session);
  ours.session.receive(bytesOf('GETLIST\n'), 0);
  assert.equal(said(ours.session), 'me\n"a" h 1 2 3 4\n"b" h 1 2 3 4\n\n');
  assert.ok(ours.session.closing);
  const text = 'SENDLIST bob\n"a" h 1 2 3 4\n\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const theirs = incoming();
    theirs.session.receive(bytesOf(text.slice(0, cut)), 0);
    theirs.session.receive(bytesOf(text.slice(cut)), 0);
    assert.deepEqual(theirs.story, [{ kind: 'their-list', nick: 'bob' }, '"a" h 1 2 3 4', 'end'], `cut at ${cut}`);
  }
});

/** What uploaders answer to a GET of 1000 bytes from `offset` on. */
const ANSWERS: { name: string; text: string; offset?: number; size: number; rest: string }[] = [
  { name: 'the size, then data', text: '1000DATA', size: 1000, rest: 'DATA' },
  { name: 'the size, then data that begins with digits', text: '100012345', size: 1000, rest: '12345' },
  { name: 'what is left of it (giFT)', text: '400DATA', offset: 600, size: 1000, rest: 'DATA' },
  { name: 'the size, where what is left is its beginning', text: '1000DATA', offset: 900, size: 1000, rest: 'DATA' },
  { name: 'another size: the file has changed', text: '2222DATA', size: 2222, rest: 'DATA' },
];

for (const { name, text, offset = 0, size, rest: data } of ANSWERS)
  test(`outgoing: ${name}: understood in any three pieces`, () => {
    for (let cut = 1; cut < text.length; cut++) {
      const { session, story } = outgoing({ ...GET, offset });
      assert.equal(said(session), '');
      session.receive(bytesOf('1'), 0);
      assert.equal(said(session), `GETme "/a b.mp3" ${offset}`);
      session.receive(bytesOf(text.slice(0, cut)), 1);
      const early = rest(session);
      if (early === null) {
        session.receive(bytesOf(text.slice(cut)), 2);
        assert.equal(rest(session), data, `cut at ${cut}`);
      } else assert.equal(early + text.slice(cut), data, `cut at ${cut}`);
      assert.deepEqual(story, [{ size }]);
    }
  });

test('outgoing: a size that nobody told us ends where digits end or nothing follows', () => {
  const { session, story } = outgoing({ ...GET, sizeBytes: null });
  session.receive(bytesOf('1777'), 0);
  assert.deepEqual(story, []);
  session.wake(LIMITS.quietMs.value);
  assert.deepEqual(story, [{ size: 777 }]);
});

test('outgoing: refusals are handed on in the words of the other side, however they are cut', () => {
  for (let cut = 1; cut < REFUSALS.notShared.length; cut++) {
    const { session, story } = outgoing(GET);
    session.receive(bytesOf(`1${REFUSALS.notShared.slice(0, cut)}`), 0);
    session.receive(bytesOf(REFUSALS.notShared.slice(cut)), 1);
    session.close();
    assert.deepEqual(story, [{ failed: REFUSALS.notShared }]);
  }
});

test('outgoing: silence, strangers and an early end are failures with words', () => {
  const silent = outgoing(GET);
  silent.session.wake(LIMITS.handshakeMs.value);
  assert.match((silent.story[0] as { failed: string }).failed, /nobody speaks Napster/);
  const stranger = outgoing(GET);
  stranger.session.receive(bytesOf('SSH-2.0-OpenSSH'), 0);
  stranger.session.wake(LIMITS.quietMs.value);
  assert.deepEqual(stranger.story, [{ failed: 'SSH-2.0-OpenSSH' }]);
  const ended = outgoing(GET);
  ended.session.close();
  ended.session.close();
  assert.equal(ended.story.length, 1);
});

test('outgoing: a push says SEND and hears the offset', () => {
  const { session, story } = outgoing({ kind: 'send', nick: 'me', path: 'a', sizeBytes: 7 });
  session.receive(bytesOf('1'), 0);
  assert.equal(said(session), 'SENDme "a" 7');
  session.receive(bytesOf('0'), 0);
  assert.deepEqual(story, [{ offset: 0 }]);
  assert.equal(rest(session), '');
});

test('outgoing: a list is read line by line, with the SENDLIST that TekNap puts before it', () => {
  for (const text of ['bob\n"a" h 1 2 3 4\n"b" h 1 2 3 4\n\n', 'SENDLIST\nbob\n"a" h 1 2 3 4\r\n"b" h 1 2 3 4\n\n'])
    for (let cut = 1; cut < text.length; cut++) {
      const { session, story } = outgoing({ kind: 'list' });
      session.receive(bytesOf(`1${text.slice(0, cut)}`), 0);
      session.receive(bytesOf(text.slice(cut)), 0);
      assert.equal(said(session), 'GETLIST');
      assert.deepEqual(story, [{ listOf: 'bob' }, '"a" h 1 2 3 4', '"b" h 1 2 3 4', 'end']);
    }
});

test('outgoing: a line that never ends and a list that is too long are cut off', () => {
  const { session, story } = outgoing({ kind: 'list' });
  session.receive(bytesOf(`1bob\n${'x'.repeat(LIMITS.listLine.value + 1)}`), 0);
  assert.deepEqual(story, [{ listOf: 'bob' }, { failed: 'a list without an end' }]);
});

test('our two sides understand one another, whatever the cutting', () => {
  const chance = seeded(5);
  for (let round = 0; round < 500; round++) {
    const offset = wholeBelow(3, chance) === 0 ? 0 : wholeBelow(1000, chance);
    const up = incoming((self, request) => request.kind === 'get' && self.answerGet(1000));
    const down = outgoing({ ...GET, offset });
    let now = 0;
    for (let i = 0; i < 200 && down.story.length === 0; i++) {
      now += 50;
      for (const [from, to] of [
        [up.session, down.session],
        [down.session, up.session],
      ] as const) {
        const bytes = from.takeOutput() ?? new Uint8Array(0);
        for (let at = 0; at < bytes.length; ) {
          const end = Math.min(bytes.length, at + 1 + wholeBelow(9, chance));
          to.receive(bytes.subarray(at, end), now);
          at = end;
        }
        to.wake(now);
      }
    }
    assert.deepEqual(down.story, [{ size: 1000 }]);
    assert.deepEqual(up.story, [{ kind: 'get', nick: 'me', path: '/a b.mp3', offset }]);
  }
});

test('fuzz: no bytes make either side throw, and both end in time', () => {
  const chance = seeded(11);
  const parts = [
    'GET',
    'SEND',
    'LIST',
    '1',
    '0',
    ' ',
    '"',
    'bob',
    '\n',
    'x'.repeat(700),
    '\0',
    '\xff',
    '999999999999999999',
  ];
  for (let i = 0; i < 5000 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1); i++) {
    const sessions: Session[] = [
      incoming((self) => self.refuse('no')).session,
      outgoing(GET).session,
      outgoing({ kind: 'list' }).session,
    ];
    let now = 0;
    for (let n = wholeBelow(12, chance); n > 0; n--) {
      const bytes = bytesOf(parts[wholeBelow(parts.length, chance)] as string);
      for (const session of sessions) session.receive(bytes, (now += 10));
    }
    for (const session of sessions) {
      for (let n = 0; n < 4 && Number.isFinite(session.deadline); n++) session.wake(session.deadline);
      session.close();
      assert.equal(session.deadline, Number.POSITIVE_INFINITY);
    }
  }
});
