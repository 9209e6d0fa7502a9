import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { byteString, bytesOf, type Session, type Step } from '#base';
import { type Connection, Pump } from './pump.ts';

const open: { server: Server; pump: Pump }[] = [];
afterEach(() => {
  for (const { server, pump } of open.splice(0)) {
    pump.close();
    server.close();
  }
});

/** Answers every chunk with what `answer` says. */
function echo(answer: (text: string, session: TestSession) => void): TestSession {
  return new TestSession(answer);
}
class TestSession implements Session {
  out: string[] = [];
  deadline = Number.POSITIVE_INFINITY;
  closing: Error | null = null;
  step: Step | null = null;
  ended: Error | undefined | 'not yet' = 'not yet';
  woken = 0;
  readonly answer: (text: string, session: TestSession) => void;
  constructor(answer: (text: string, session: TestSession) => void) {
    this.answer = answer;
  }
  receive(chunk: Uint8Array): void {
    this.answer(byteString(chunk), this);
  }
  takeOutput(): Uint8Array | null {
    if (this.out.length === 0) return null;
    return bytesOf(this.out.splice(0).join(''));
  }
  takeStep(): Step | null {
    const { step } = this;
    this.step = null;
    return step;
  }
  wake(): void {
    this.woken++;
    this.deadline = Number.POSITIVE_INFINITY;
    this.out.push('woken');
  }
  close(why?: Error): void {
    this.ended = why;
  }
}

async function serve(
  make: () => TestSession,
  options: ConstructorParameters<typeof Pump>[0] = {},
  closed?: (why: Error | undefined, c: Connection) => void,
) {
  const pump = new Pump(options);
  const sessions: TestSession[] = [];
  const connections: Connection[] = [];
  const handed: { socket: Socket; rest: Uint8Array }[] = [];
  const server = createServer((socket) => {
    const session = make();
    sessions.push(session);
    connections.push(
      pump.attach(socket, session, {
        ...(closed === undefined ? {} : { closed }),
        step: (step) => 'handover' in step && handed.push({ socket, rest: step.rest }),
      }),
    );
  });
  open.push({ server, pump });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  return { pump, client, sessions, connections, handed };
}

async function read(socket: Socket, until: string): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(until)) return text;
  }
  return text;
}

test('everything that one chunk asked for comes in one piece', async () => {
  const { client } = await serve(() =>
    echo((text, session) => session.out.push(...text.split('').map((letter) => `<${letter}>`))),
  );
  client.write('abc');
  const [chunk] = (await once(client, 'data')) as [Buffer];
  assert.equal(chunk.toString(), '<a><b><c>');
  client.destroy();
});

test('a session that wants to close has its last words delivered', async () => {
  const { client, sessions } = await serve(() =>
    echo((_, session) => {
      session.out.push('sorry');
      session.closing = new Error('enough');
    }),
  );
  client.write('x');
  assert.equal(await read(client, 'nothing'), 'sorry');
  assert.match(String(sessions[0]?.ended), /enough/);
});

test('who goes on talking after the end is let go all the same', { timeout: 10_000 }, async () => {
  const { client, connections } = await serve(
    () =>
      echo((_, session) => {
        session.out.push('sorry');
        session.closing = new Error('enough');
      }),
    { lingerMs: 200 },
  );
  client.pause().on('error', () => {});
  client.write('x');
  const drip = setInterval(() => client.write('x'), 20);
  const socket = (connections[0] as Connection).socket;
  if (!socket.closed) await once(socket, 'close');
  clearInterval(drip);
  client.destroy();
});

test('one session can make another one speak', async () => {
  const { client, sessions, connections } = await serve(() => echo(() => {}));
  sessions[0]?.out.push('from elsewhere');
  connections[0]?.kick();
  connections[0]?.kick();
  assert.equal(await read(client, 'elsewhere'), 'from elsewhere');
  client.destroy();
});

test('a deadline wakes its session', async () => {
  const { client } = await serve(() => {
    const session = echo(() => {});
    session.deadline = performance.now() + 5;
    return session;
  });
  assert.equal(await read(client, 'woken'), 'woken');
  client.destroy();
});

test('a reader who does not read is let go when too much waits for him', async () => {
  const gone = Promise.withResolvers<Error | undefined>();
  const { client } = await serve(
    () => echo((_, session) => session.out.push('z'.repeat(8_000_000))),
    { unsentBytes: 100_000 },
    (why) => gone.resolve(why),
  );
  client.pause();
  client.write('x');
  assert.match(String(await gone.promise), /slow reader/);
  client.destroy();
});

test('after a handover the pump keeps its hands off the socket', async () => {
  const { client, handed, pump } = await serve(() =>
    echo((text, session) => {
      session.step = { handover: true, rest: bytesOf(text.slice(3)) };
    }),
  );
  client.write('GETfile');
  while (handed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(byteString(handed[0]?.rest as Uint8Array), 'file');
  assert.equal(pump.size, 0);
  const next = once(handed[0]?.socket as Socket, 'data');
  handed[0]?.socket.resume();
  client.write('more');
  assert.equal(String((await next)[0]), 'more');
  client.destroy();
});

test('the end of a connection is told once', async () => {
  let times = 0;
  const gone = Promise.withResolvers<void>();
  const { client, sessions } = await serve(
    () => echo(() => {}),
    {},
    () => {
      times++;
      gone.resolve();
    },
  );
  client.resetAndDestroy();
  await gone.promise;
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(times, 1);
  assert.notEqual(sessions[0]?.ended, 'not yet');
});
