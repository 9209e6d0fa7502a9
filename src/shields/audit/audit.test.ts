import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { audit, reachOf } from './audit.ts';
import { findings } from './findings.ts';
import { parseLsof, parseSocketFilter } from './macos.ts';
import { parseStat, unitOf } from './owners.ts';
import { PacketFilter } from './packet-filter.ts';
import { parseListenOverflows, parseProcNet } from './proc-net.ts';
import type { Audit, Listener } from './sockets.ts';
import { parseAdvfirewall, parseNetstat, parseTasklist } from './windows.ts';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1A2B 00000000:0000 0A 00000000:00000003 00:00000000 00000000  1000        0 4711 1 0000000000000000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 100 0 0 10 0
   2: 0500000A:D431 08080808:01BB 01 00000000:00000000 02:000005A4 00000000  1000        0 4713 2 0000000000000000 20 4 30 10 -1
   3: garbage
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0277 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4714 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4715 1 0000000000000000 100 0 0 10 0
`;

test('a /proc table gives addresses, ports, states, inodes and what waits to be accepted', () => {
  const rows = parseProcNet(TCP, 'tcp');
  assert.equal(rows.length, 3);
  assert.deepEqual(rows[0], {
    proto: 'tcp',
    local: '127.0.0.1',
    localPort: 6699,
    remote: '0.0.0.0',
    remotePort: 0,
    state: 'listen',
    key: 4711,
    uid: 1000,
    waiting: 3,
  });
  assert.deepEqual(
    [rows[2]?.local, rows[2]?.remote, rows[2]?.remotePort, rows[2]?.state],
    ['10.0.0.5', '8.8.8.8', 443, 'established'],
  );
});

test('IPv6 rows are read, and a mapped IPv4 address is shown as what it is', () => {
  const rows = parseProcNet(TCP6, 'tcp');
  assert.deepEqual(
    rows.map(({ local, localPort }) => [local, localPort]),
    [
      ['::1', 631],
      ['127.0.0.1', 8080],
    ],
  );
});

test('overflown backlogs are read by the name of their column', () => {
  assert.equal(parseListenOverflows('TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 17 18\n'), 17);
  assert.equal(parseListenOverflows('IpExt: X\nIpExt: 1\n'), null);
});

test('a process name with brackets and spaces does not shift what follows', () => {
  const fields = Array.from({ length: 20 }, (_, i) => (i === 0 ? 'S' : i === 1 ? '42' : i === 19 ? '8800' : '0'));
  assert.deepEqual(parseStat(`7 (odd ) (name) ${fields.join(' ')}`), {
    comm: 'odd ) (name',
    ppid: 42,
    startTicks: 8800,
  });
});

test('the innermost systemd unit is the one that started a program', () => {
  assert.equal(unitOf('0::/system.slice/ssh.service\n'), 'ssh.service');
  assert.equal(unitOf('0::/user.slice/user-1000.slice/user@1000.service/app.slice/peer.service\n'), 'peer.service');
  assert.equal(unitOf('0::/\n'), null);
});

test('reach is judged by the address alone', () => {
  assert.equal(reachOf('127.0.0.53'), 'loopback');
  assert.equal(reachOf('::1'), 'loopback');
  assert.equal(reachOf('192.168.1.5'), 'lan');
  assert.equal(reachOf('fe80::1'), 'lan');
  assert.equal(reachOf('0.0.0.0'), 'any');
  assert.equal(reachOf('8.8.8.8'), 'any');
});

test('netstat of Windows gives listeners by their remote end, whatever the language', () => {
  const rows = parseNetstat(`
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    0.0.0.0:135            0.0.0.0:0              ABHÖREN         1004
  TCP    192.168.1.5:49711      20.54.37.64:443        HERGESTELLT     5120
  TCP    [::]:445               [::]:0                 LISTENING       4
  UDP    [fe80::1%12]:1900      *:*                                    3308
`);
  assert.deepEqual(
    rows.map(({ proto, local, localPort, state, key }) => [proto, local, localPort, state, key]),
    [
      ['tcp', '0.0.0.0', 135, 'listen', 1004],
      ['tcp', '192.168.1.5', 49711, 'established', 5120],
      ['tcp', '::', 445, 'listen', 4],
      ['udp', 'fe80::1', 1900, 'listen', 3308],
    ],
  );
  assert.equal(parseTasklist('"svchost.exe","1004","Services","0","14.112 K"\r\n').get(1004), 'svchost.exe');
});

const profiles = (states: string[]): string =>
  states
    .map((state) => `\nDomain Profile Settings:\n------\nState                                 ${state}\n`)
    .join('');

test('the Windows firewall is on only when every profile is', () => {
  assert.equal(parseAdvfirewall(profiles(['ON', 'ON', 'ON'])).on, true);
  assert.equal(parseAdvfirewall(profiles(['ON', 'OFF', 'ON'])).on, false);
  assert.equal(parseAdvfirewall('Access denied').on, null);
});

test('lsof of macOS gives programs with spaces, wildcards and connections', () => {
  const { sockets, names } = parseLsof(
    'p501\ncControl\\x20Ce\nLanna\nf9\nPTCP\nn*:7000\nTST=LISTEN\nTQR=0\nf10\nPTCP\nn[::1]:631\nTST=LISTEN\np77\ncmail\nLanna\nf3\nPTCP\nn10.0.0.5:50123->8.8.8.8:993\nTST=ESTABLISHED\nf4\nPUDP\nn*:5353\n',
  );
  assert.equal(names.get(501)?.program, 'Control Ce');
  assert.deepEqual(
    sockets.map(({ proto, local, localPort, remote, state }) => [proto, local, localPort, remote, state]),
    [
      ['tcp', '0.0.0.0', 7000, '0.0.0.0', 'listen'],
      ['tcp', '::1', 631, '0.0.0.0', 'listen'],
      ['tcp', '10.0.0.5', 50123, '8.8.8.8', 'established'],
      ['udp', '0.0.0.0', 5353, '0.0.0.0', 'listen'],
    ],
  );
  assert.equal(parseSocketFilter('Firewall is disabled. (State = 0)').on, false);
  assert.equal(parseSocketFilter('Firewall is enabled. (State = 1)').on, true);
});

const chain = (name: string, policy: string) => ({
  chain: { family: 'inet', table: 'filter', name, type: 'filter', hook: 'input', prio: 0, policy },
});
const rule = (...expr: object[]) => ({ rule: { family: 'inet', table: 'filter', chain: 'input', expr } });
const dport = (right: unknown, op = '==') => ({
  match: { op, left: { payload: { protocol: 'tcp', field: 'dport' } }, right },
});
const rules = (...items: object[]) => new PacketFilter(JSON.stringify({ nftables: items }));

test('a packet filter says what happens to a stranger: policy, ports, ranges, sets, jumps', () => {
  const filter = rules(
    chain('input', 'drop'),
    { set: { family: 'inet', table: 'filter', name: 'mine', elem: [{ elem: { val: 6699 } }, 6346] } },
    { chain: { family: 'inet', table: 'filter', name: 'web' } },
    { rule: { family: 'inet', table: 'filter', chain: 'web', expr: [dport({ set: [80, 443] }), { accept: null }] } },
    rule({ match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'lo' } }, { accept: null }),
    rule({ match: { op: 'in', left: { ct: { key: 'state' } }, right: ['established', 'related'] } }, { accept: null }),
    rule(dport(22), { accept: null }),
    rule(dport({ range: [8000, 8100] }), { accept: null }),
    rule(dport('@mine'), { accept: null }),
    rule({ jump: { target: 'web' } }),
  );
  const seen = [22, 23, 80, 443, 6346, 6699, 8050, 8101].map((port) => [port, filter.covers('tcp', port, 4)]);
  assert.deepEqual(seen, [
    [22, 'accepted'],
    [23, 'dropped'],
    [80, 'accepted'],
    [443, 'accepted'],
    [6346, 'accepted'],
    [6699, 'accepted'],
    [8050, 'accepted'],
    [8101, 'dropped'],
  ]);
  assert.equal(filter.covers('udp', 22, 4), 'dropped');
  assert.equal(filter.state.on, true);
});

test('what a packet filter cannot be read for is unsure, and without one nothing is covered', () => {
  const limited = rules(
    chain('input', 'drop'),
    rule(
      { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '10.0.0.1' } },
      { accept: null },
    ),
  );
  assert.equal(limited.covers('tcp', 22, 4), 'unsure');
  assert.equal(rules().covers('tcp', 22, 4), 'no filter');
  assert.equal(rules().state.on, false);
  assert.equal(rules(chain('input', 'accept')).covers('tcp', 22, 4), 'accepted');
  assert.throws(() => new PacketFilter('not json'), SyntaxError);
});

test('an own listener is found with its program, its start and its reach', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const seen = (await audit()).listeners.find((listener) => listener.port === port);
  assert.equal(seen?.owner?.pid, process.pid);
  assert.equal(seen?.reach, 'loopback');
  assert.ok(Math.abs(Date.parse(seen?.owner?.since ?? '') - (Date.now() - process.uptime() * 1000)) < 5000);
});

const owner = {
  pid: 9,
  program: 'oldd',
  command: 'oldd',
  user: 'anna',
  since: '2026-01-01T00:00:00.000Z',
  startedBy: null,
  fileGone: false,
};
const listener = (port: number, more: Partial<Listener> = {}): Listener => ({
  proto: 'tcp',
  address: '0.0.0.0',
  port,
  reach: 'any',
  owner,
  uid: 1000,
  waiting: 0,
  filter: 'no filter',
  ...more,
});
const look = (more: Partial<Audit>): Audit => ({
  system: 'linux',
  listeners: [],
  connections: [],
  filter: { on: true, words: '' },
  kernel: { synCookies: true, listenOverflows: 0, forwards: false },
  unseen: [],
  ...more,
});
const NOW = Date.parse('2026-11-24T20:00:00Z');
const kinds = (seen: Audit, outside: Map<number, 'open' | 'closed' | 'stealth'> | null = null): string[] =>
  findings(seen, outside, NOW).map(({ kind }) => kind);

test('forgotten servers, wide listeners, trojan ports and port monitors stand out', () => {
  assert.deepEqual(kinds(look({ listeners: [listener(8000)] })), ['too-wide', 'forgotten']);
  assert.deepEqual(kinds(look({ listeners: [listener(8000, { reach: 'loopback' })] })), []);
  assert.ok(kinds(look({ listeners: [listener(31337)] })).includes('trojan-port'));
  assert.ok(
    kinds(look({ listeners: Array.from({ length: 20 }, (_, i) => listener(1000 + i)) })).includes('port-monitor'),
  );
});

test('what a probe reached is named with the program that holds it', () => {
  const [first] = findings(look({ listeners: [listener(8000)] }), new Map([[8000, 'open']]), NOW);
  assert.equal(first?.kind, 'open-outside');
  assert.match(first?.what ?? '', /oldd.*8000/);
});

test('a program that is no chat program and keeps a chat connection is an alarm', () => {
  const connection = { proto: 'tcp', local: '10.0.0.5:50000', remote: '8.8.8.8:6667', owner, uid: 1000 } as const;
  assert.deepEqual(kinds(look({ connections: [connection] })), ['talks-chat']);
  assert.deepEqual(kinds(look({ connections: [{ ...connection, owner: { ...owner, program: 'weechat' } }] })), []);
});

test('SYN cookies that are off and a full backlog are named', () => {
  assert.deepEqual(kinds(look({ kernel: { synCookies: false, listenOverflows: 4, forwards: false } })), [
    'syn-cookies-off',
    'backlog-full',
  ]);
});

test('IPv4 and IPv6 listeners of one program are one finding', () => {
  const seen = look({ listeners: [listener(8000), listener(8000, { address: '::' })] });
  assert.equal(kinds(seen).filter((kind) => kind === 'too-wide').length, 1);
});
