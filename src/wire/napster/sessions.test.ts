import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteString, bytesOf, WireError } from '#base';
import { type ClientOptions, ClientSession } from './client-session.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { LIMITS } from './limits.ts';
import { ServerSession, type ServerSink } from './server-session.ts';

const OPTIONS: ClientOptions = { nick: 'me', password: 'pw', port: 6699, client: 'test 1', speed: 7, enter: 'login' };

function client(options: Partial<ClientOptions> = {}): { session: ClientSession; story: unknown[] } {
  const story: unknown[] = [];
  const session = new ClientSession(
    { ...OPTIONS, ...options },
    {
      online: ({ email }) => story.push({ online: email }),
      message: (message) => story.push(message),
      ended: (why, refused) => story.push({ why, refused }),
    },
    0,
  );
  return { session, story };
}

function frames(bytes: Uint8Array | null): [number, string][] {
  const reader = new FrameReader();
  if (bytes !== null) reader.push(bytes);
  const seen: [number, string][] = [];
  while (reader.next(() => 65_535)) seen.push([reader.type, byteString(reader.bytes, reader.from, reader.to)]);
  assert.equal(reader.waiting, 0, 'a part of a message was sent');
  return seen;
}

test('a client logs in, hears the welcome first, and hands everything else on', () => {
  const { session, story } = client();
  assert.deepEqual(frames(session.takeOutput()), [[2, 'me pw 6699 "test 1" 7']]);
  session.send({ kind: 'stats' });
  assert.equal(session.takeOutput(), null, 'nothing is said before the welcome');
  session.receive(encodeFrame(3, 'anon@hub'), 1);
  session.receive(encodeFrame(214, '1 2 3'), 1);
  session.receive(encodeFrame(214, '1 2'), 1);
  session.receive(encodeFrame(31_000, 'x'), 1);
  assert.deepEqual(story, [
    { online: 'anon@hub' },
    { kind: 'stats', users: 1, files: 2, gigabytes: 3 },
    { kind: 'unknown', type: 214, payload: '1 2' },
    { kind: 'unknown', type: 31_000, payload: 'x' },
  ]);
});

test('a client passes over results that no real file has', () => {
  const { session, story } = client();
  session.receive(encodeFrame(3, 'anon@hub'), 1);
  const limit = LIMITS.resultPayload.value;
  for (const [type, before] of [
    [201, ''],
    [212, 'ann '],
  ] as const)
    for (const length of [limit, limit + 1]) {
      const rest = type === 201 ? '" 0 1000 128 44100 60 ann 16777343 3' : '" 0 1000 128 44100 60';
      const path = 'p'.repeat(length - before.length - 1 - rest.length);
      session.receive(encodeFrame(type, `${before}"${path}${rest}`), 1);
    }
  assert.deepEqual(
    story.slice(1).map((message) => (message as { kind: string }).kind),
    ['result', 'unknown', 'browseEntry', 'unknown'],
  );
});

test('a new client asks for its nick, and registers it only when it is free', () => {
  for (const [type, ends] of [
    [8, null],
    [9, 'the nick is taken'],
    [10, 'the hub does not allow this nick'],
  ] as const) {
    const { session, story } = client({ enter: 'new', email: 'me@x' });
    assert.deepEqual(frames(session.takeOutput()), [[7, 'me']]);
    session.receive(encodeFrame(type), 1);
    if (ends === null) assert.deepEqual(frames(session.takeOutput()), [[6, 'me pw 6699 "test 1" 7 me@x']]);
    else assert.deepEqual(story, [{ why: ends, refused: true }]);
  }
});

test('a refused login ends with the words of the hub, also where they came as a notice before the door closed', () => {
  const first = client();
  first.session.receive(encodeFrame(0, 'Invalid password'), 1);
  assert.deepEqual(first.story, [{ why: 'Invalid password', refused: true }]);
  assert.ok(first.session.closing);
  const second = client();
  second.session.receive(encodeFrame(404, 'Too few parameters for login.'), 1);
  second.session.close();
  assert.deepEqual(second.story.at(-1), { why: 'Too few parameters for login.', refused: true });
});

test('a quiet line is asked for the counts, and given up when no answer comes', () => {
  const { session, story } = client();
  session.takeOutput();
  session.receive(encodeFrame(3, 'a'), 1000);
  session.wake(1000 + LIMITS.keepAliveMs.value);
  assert.deepEqual(frames(session.takeOutput()), [[214, '']]);
  session.wake(session.deadline);
  assert.deepEqual(story.at(-1), { why: 'the hub does not answer any more', refused: false });
  const silent = client();
  silent.session.wake(LIMITS.loginMs.value);
  assert.deepEqual(silent.story, [{ why: 'the hub does not answer the login', refused: false }]);
});

test('an old hub that does not know the extensions costs one hidden notice', () => {
  const { session, story } = client({ extensions: { capabilities: ['intro', 'rich'] } });
  session.takeOutput();
  session.receive(encodeFrame(3, 'a'), 1);
  assert.deepEqual(frames(session.takeOutput()), [[2100, '1 intro,rich']]);
  session.receive(encodeFrame(404, 'Unknown command code 2100'), 1);
  assert.deepEqual(story, [{ online: 'a' }]);
});

function server(frame: ServerSink<null>['frame']): { session: ServerSession<null>; ended: (Error | undefined)[] } {
  const ended: (Error | undefined)[] = [];
  const session = new ServerSession<null>({ frame, due: () => {}, closed: (_, why) => ended.push(why) });
  return { session, ended };
}

test('a hub reads the same messages however the bytes are cut, and answers a chunk in one piece', () => {
  const bytes = Buffer.concat([encodeFrame(2, 'a b 0 "c" 0'), encodeFrame(214), encodeFrame(751, 'x'.repeat(90))]);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const heard: [number, string][] = [];
    const { session } = server((self, type, data, from, to) => {
      heard.push([type, byteString(data, from, to)]);
      self.out.frame(404, String(type));
      self.out.frame(404, 'again');
    });
    session.receive(bytes.subarray(0, cut), 0);
    session.receive(bytes.subarray(cut), 0);
    assert.deepEqual(heard, [
      [2, 'a b 0 "c" 0'],
      [214, ''],
      [751, 'x'.repeat(90)],
    ]);
    assert.equal(frames(session.takeOutput()).length, 6);
    assert.equal(session.takeOutput(), null);
  }
});

test('a hub takes short messages before the login and longer ones after it, never longer ones', () => {
  const { session } = server((self, type) => type === 2 && self.loggedIn());
  session.receive(encodeFrame(2, 'x'.repeat(LIMITS.loginPayload.value)), 0);
  session.receive(encodeFrame(200, 'x'.repeat(LIMITS.clientPayload.value)), 0);
  session.receive(encodeFrame(870, 'x'.repeat(20_000)), 0);
  assert.equal(session.closing, null);
  session.receive(encodeFrame(200, 'x'.repeat(LIMITS.clientPayload.value + 1)).subarray(0, 4), 0);
  assert.equal((session.closing as WireError | null)?.code, 'too-long');
  const early = server(() => {});
  early.session.receive(encodeFrame(2, 'x'.repeat(LIMITS.loginPayload.value + 1)).subarray(0, 4), 0);
  assert.equal((early.session.closing as WireError | null)?.code, 'too-long');
});

test('a held session keeps its messages in order, and one that sends on and on is ended', () => {
  const heard: number[] = [];
  const { session } = server((self, type) => {
    heard.push(type);
    if (type === 200) self.hold();
  });
  session.receive(Buffer.concat([encodeFrame(200), encodeFrame(214), encodeFrame(200), encodeFrame(751)]), 0);
  session.receive(encodeFrame(752), 0);
  assert.deepEqual(heard, [200]);
  session.resume(1);
  assert.deepEqual(heard, [200, 214, 200]);
  session.resume(2);
  assert.deepEqual(heard, [200, 214, 200, 751, 752]);
  session.hold();
  for (let i = 0; i < 5; i++) session.receive(new Uint8Array(65_536), 3);
  assert.equal((session.closing as WireError | null)?.code, 'flood');
});

test('what a sink throws as a WireError ends that session; close is told once', () => {
  const { session, ended } = server(() => {
    throw new WireError('bad', 'bad');
  });
  session.receive(encodeFrame(2), 0);
  assert.equal(session.closing?.message, 'bad');
  session.close(session.closing ?? undefined);
  session.close();
  assert.equal(ended.length, 1);
});

const flip = (chunk: Uint8Array): Uint8Array => chunk.map((byte) => byte ^ 0x55);

test('after a compressed login both directions go through the streams, and what came with the login too', () => {
  const heard: number[] = [];
  const { session } = server((self, type) => {
    heard.push(type);
    self.out.frame(3, 'ack');
    if (type === 2) self.compress({ push: (chunk) => [flip(chunk)] }, { push: flip });
  });
  session.receive(Buffer.concat([encodeFrame(2), flip(encodeFrame(214)), flip(encodeFrame(4))]), 0);
  assert.deepEqual(heard, [2, 214, 4]);
  const out = session.takeOutput() as Uint8Array;
  const plain = encodeFrame(3, 'ack');
  assert.deepEqual(frames(out.slice(0, plain.length)), [[3, 'ack']]);
  assert.equal(frames(flip(out.slice(plain.length))).length, 2);
  session.receive(flip(encodeFrame(751)), 0);
  assert.equal(heard.at(-1), 751);
  assert.equal(frames(flip(session.takeOutput() as Uint8Array)).length, 1);
});

test('a relay end is handed over with what was read beyond its message', () => {
  const { session } = server((self) => self.handOver());
  session.receive(Buffer.concat([encodeFrame(2135, 'token'), bytesOf('1raw')]), 0);
  const step = session.takeStep();
  assert.equal(byteString((step as { rest: Uint8Array }).rest), '1raw');
});
