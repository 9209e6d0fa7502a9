import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { need } from '../kit/need.ts';
import { Bed, SCANNER, TARGET } from '../shieldbed/bed.ts';
import { statesIn, peershield, score } from '../shieldbed/engines.ts';
import { home, type Layout, truthOf, uniform } from '../shieldbed/layouts.ts';

const skip = need('unshare', 'nsenter', 'ip', 'nft', 'python3');
const WIRE = { delayMs: 10, loss: 0.01, seed: 3 };
const COMMAND = [process.execPath, join(import.meta.dirname, '../../bin/peershield.js')];

async function onBed(layout: Layout, work: (bed: Bed) => Promise<void>, wire = WIRE): Promise<void> {
  const bed = await Bed.open(layout, wire);
  try {
    await work(bed);
  } finally {
    bed.close();
  }
}

test('a host with a few doors in 1,056 silent ports is read right, port by port', { skip }, async () => {
  const layout = home(11);
  await onBed(layout, async (bed) => assert.deepEqual(score(layout, await peershield(bed, layout, 20)).wrong, []));
});

test('running out of file descriptors never becomes the state of a port', { skip }, async () => {
  const layout = uniform('all closed', 'closed');
  await onBed(layout, async (bed) => {
    const result = await peershield(bed, layout, 20, 'ulimit -n 64; ');
    assert.deepEqual(score(layout, result).wrong, []);
  });
});

test('the command probes a private host and prints one line a port and a report', { skip }, async () => {
  const layout: Layout = {
    ...home(12),
    kinds: new Map([
      [21, 'open'],
      [22, 'closed'],
      [80, 'stealth'],
      [113, 'prohibited'],
    ]),
  };
  await onBed(layout, async (bed) => {
    const { stdout, code } = await bed.scan([
      ...COMMAND,
      'shields',
      'probe',
      TARGET[4],
      '--ports',
      '21,22,80,113',
      '--json',
    ]);
    assert.equal(code, 0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const rows = lines.filter(({ event }) => event === 'port').map(({ port, state, how }) => [port, state, how]);
    assert.deepEqual(rows, [
      [21, 'open', 'syn-ack'],
      [22, 'closed', 'rst'],
      [80, 'stealth', 'silence'],
      [113, 'closed', 'icmp'],
    ]);
    const { event, open, closed, stealth, verdict } = lines.at(-1) ?? {};
    assert.deepEqual([event, open, closed, stealth, verdict], ['report', 1, 2, 1, 'open found']);
  });
});

test('an address of our own network where nobody is fails with words and is no stealth', { skip }, async () => {
  await onBed(uniform('all closed', 'closed'), async (bed) => {
    const { stderr, code } = await bed.scan([
      ...COMMAND,
      'shields',
      'probe',
      '10.77.0.99',
      '--rtt',
      '20',
      '--ports',
      '80',
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /no machine answers at 10\.77\.0\.99 on our own network/);
  });
});

test('our table hides share ports and ident from all but contacts, and leaves without a trace', { skip }, async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'firewall-'));
  t.after(() => rmSync(data, { recursive: true }));
  const layout: Layout = { ...uniform('bed', 'closed'), kinds: new Map([[21, 'open']]) };
  await onBed(
    layout,
    async (bed) => {
      const firewall = (...words: string[]) => bed.target([...COMMAND, 'firewall', ...words, '--data', data]);
      const seen = async (...ports: number[]): Promise<(string | undefined)[]> => {
        const { stdout } = await bed.scan([
          ...COMMAND,
          'shields',
          'probe',
          TARGET[4],
          '--ports',
          ports.join(','),
          '--json',
        ]);
        const states = statesIn(stdout);
        return ports.map((port) => states.get(port));
      };
      const rulesBefore = (await bed.target(['nft', '-s', 'list', 'ruleset'])).stdout;
      assert.equal(truthOf(layout, 21), 'open');

      const installed = await firewall('install', '--ident', '--share-ports', '20001', '--quiet-ports', '6346');
      assert.equal(installed.code, 0, installed.stderr);
      assert.deepEqual(await seen(113, 6346, 20001), ['stealth', 'stealth', 'stealth']);
      const shown = JSON.parse((await firewall('show', '--json')).stdout) as {
        changed: boolean;
        knocks: { port: number; packets: number }[];
      };
      assert.equal(shown.changed, false);
      assert.ok(shown.knocks.every(({ packets }) => packets >= 3));

      // the target contacts the scanner: ident is refused to it, and one datagram from the share port admits it
      await bed.target(['python3', '-c', CONTACT]);
      assert.deepEqual(await seen(113), ['closed']);
      await admitted(bed, 20001);
      assert.deepEqual(await seen(20001, 6346), ['open', 'stealth']);

      await bed.target(['nft', 'add', 'rule', 'inet', 'peershield', 'input', 'tcp', 'dport', '1', 'drop']);
      assert.equal((JSON.parse((await firewall('show', '--json')).stdout) as { changed: boolean }).changed, true);
      assert.equal((await firewall('remove')).code, 0);
      assert.equal((await bed.target(['nft', '-s', 'list', 'ruleset'])).stdout, rulesBefore);
      assert.match((await firewall('remove')).stdout, /no table of ours/);

      await bed.target(['nft', 'add', 'table', 'inet', 'peershield']);
      const foreign = await firewall('install', '--ident');
      assert.equal(foreign.code, 1);
      assert.match(foreign.stderr, /did not make; it is left alone/);
    },
    { ...WIRE, loss: 0 },
  );
});

test('passed wants silence of ports and ping and nothing unsolicited, all three tested', {
  skip: skip || need('ping'),
}, async () => {
  const layout: Layout = {
    ...uniform('bed', 'stealth'),
    kinds: new Map([
      [21, 'stealth'],
      [80, 'stealth'],
    ]),
  };
  await onBed(
    layout,
    async (bed) => {
      const probe = [
        ...COMMAND,
        'shields',
        'probe',
        TARGET[4],
        '--ports',
        '21,80',
        '--rtt',
        '20',
        '--unsolicited',
        '--json',
      ];
      const verdict = async (): Promise<unknown[]> => {
        const {
          ping,
          unsolicited,
          verdict: said,
        } = JSON.parse((await bed.scan(probe)).stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>;
        return [ping, unsolicited, said];
      };
      assert.deepEqual(await verdict(), ['answers', 0, 'all stealth']);
      await bed.target([
        'sh',
        '-c',
        'nft add chain inet bed quiet "{ type filter hook input priority -400; }" && nft add rule inet bed quiet icmp type echo-request drop',
      ]);
      assert.deepEqual(await verdict(), ['silent', 0, 'passed']);
      const babble = await bed.start('target', ['python3', '-u', '-c', BABBLE]);
      const [, unsolicited, said] = await verdict();
      babble.child.kill();
      assert.ok(Number(unsolicited) > 0);
      assert.equal(said, 'all stealth');
      assert.equal(
        (await bed.scan(['nft', 'list', 'tables'])).stdout,
        '',
        'nothing of ours is left in the packet filter',
      );
    },
    { ...WIRE, loss: 0 },
  );
});

test('a transfer that began during an admission goes on after it, while a full scan sees stealth', {
  skip,
}, async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'firewall-'));
  t.after(() => rmSync(data, { recursive: true }));
  const layout: Layout = { ...uniform('bed', 'closed'), kinds: new Map([[21, 'open']]) };
  await onBed(
    layout,
    async (bed) => {
      const installed = await bed.target([...COMMAND, 'firewall', 'install', '--share-ports', '20004', '--data', data]);
      assert.equal(installed.code, 0, installed.stderr);
      await bed.start('target', ['python3', '-u', '-c', ECHO_SERVER]);
      await admitted(bed, 20004);
      const { child, line } = await bed.start('scanner', ['python3', '-u', '-c', ECHO_CLIENT]);
      assert.equal(line, 'first');
      // what 30 s would do: the admission ends
      await bed.target(['nft', 'flush', 'set', 'inet', 'peershield', 'admitted4']);
      const { stdout } = await bed.scan([
        ...COMMAND,
        'shields',
        'probe',
        TARGET[4],
        '--rtt',
        '20',
        '--ports',
        '20004',
        '--json',
      ]);
      assert.equal(statesIn(stdout).get(20004), 'stealth');
      const second = new Promise<string>((resolve) =>
        child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
      );
      child.kill('SIGUSR1');
      assert.equal(await second, 'second');
    },
    { ...WIRE, loss: 0 },
  );
});

/** What a peer does when a hub introduces the scanner to it. */
async function admitted(bed: Bed, port: number): Promise<void> {
  const script = join(import.meta.dirname, '../shieldbed/admit-once.ts');
  const { code, stderr } = await bed.target([process.execPath, script, String(port), SCANNER[4]]);
  assert.equal(code, 0, stderr);
}

/** The target asks the scanner for something. */
const CONTACT = `import socket
s=socket.socket(); s.settimeout(1)
try: s.connect(('${SCANNER[4]}',9))
except OSError: pass`;

const ECHO_SERVER = `import socket
s=socket.socket(); s.setsockopt(socket.SOL_SOCKET,socket.SO_REUSEADDR,1); s.bind(('',20004)); s.listen()
print('ready')
c,_=s.accept()
while True:
    d=c.recv(100)
    if not d: break
    c.sendall(d)`;
const ECHO_CLIENT = `import signal,socket
signal.pthread_sigmask(signal.SIG_BLOCK,[signal.SIGUSR1])
s=socket.create_connection(('${TARGET[4]}',20004),5)
s.sendall(b'first'); print(s.recv(100).decode())
signal.sigwait([signal.SIGUSR1])
s.sendall(b'second'); print(s.recv(100).decode())`;
/** Knocks on one port after another, and waits for nothing. */
const BABBLE = `import socket,time
print('ready')
while True:
    s=socket.socket(); s.setblocking(False)
    s.connect_ex(('${SCANNER[4]}',9)); time.sleep(.05); s.close()`;
