import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded, wholeBelow } from '#base';
import { type Bytes, conversation, join, napster, type Said, text } from '../../test/captures/build.ts';
import { csvCell, exporterOf, FORMATS } from './exports.ts';
import { describe as describeFindings, drawScreen } from './screen.ts';
import { type Findings, gather, sentence } from './findings.ts';
import { flowLine } from './lines.ts';
import { isIn, parseNetwork, PRIVATE_NETWORKS } from './nets.ts';
import { AlertPolicy, isWithin, parseHours } from './policy.ts';
import { writeReport } from './report/report.ts';
import { dryRun, planRules, RULE_FORMATS, type RuleOptions, writeRules } from './rules.ts';
import { type Trial, watchPackets } from '../../test/captures/trial.ts';

const ZEROS = '0'.repeat(32);
const welcome = join(napster(3, 'anon@napster.com'), napster(621, 'VERSION opennap 0.44'));
const login = (nick: string, program: string): Bytes => napster(2, `${nick} secret 6699 "${program}" 4`);

function session(n: number, said: readonly Said[], dport = 8888): Bytes[] {
  const src = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  return conversation(said, { ends: { src, sport: 30_000, dst: `198.18.1.${1 + (n % 3)}`, dport } }).map(
    ({ packet }) => packet,
  );
}

function trialOf(count: number, program = 'nap v1'): Trial {
  const packets: Bytes[] = [];
  for (let n = 1; n <= count; n++)
    packets.push(
      ...session(n, [
        [0, login(`user${n}`, program)],
        [1, welcome],
        [0, napster(200, 'FILENAME CONTAINS "blue river" MAX_RESULTS 100')],
        [0, napster(100, `"C:\\Blue River.mp3" ${ZEROS} 1 128 44100 1`)],
      ]),
    );
  packets.push(
    ...session(
      7_000_000,
      [
        [0, text('GET / HTTP/1.1\r\n\r\n')],
        [1, text('HTTP/1.1 200 OK\r\n\r\n')],
      ],
      80,
    ),
  );
  return watchPackets(packets, { seconds: (n) => 1_100_000_000 + n / 10 });
}

function findingsOf(trial: Trial): Findings {
  return gather(trial.watcher, PRIVATE_NETWORKS, 0, null);
}

test('bytes of hosts, sessions, classes and time add up to what passed', () => {
  const findings = findingsOf(trialOf(20));
  const sessions = findings.sessions.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.equal(sessions, findings.seen);
  let total = 0;
  let napsterBytes = 0;
  for (const row of findings.bins.values()) {
    total += row[0]!;
    napsterBytes += row[1]!;
  }
  assert.equal(total, findings.bytes);
  assert.equal(napsterBytes, findings.seen);
  const local = findings.hosts.filter(({ isLocal }) => isLocal);
  assert.equal(local.length, 20);
  assert.equal(
    local.reduce((sum, { bytes }) => sum + bytes, 0),
    findings.seen,
  );
  assert.equal(
    local.reduce((sum, { sent, received }) => sum + sent[0]! + received[0]!, 0),
    findings.seen,
  );
});

test('a packet from the wrong century does not stretch the picture', () => {
  const packets = session(1, [
    [0, login('a', 'nap')],
    [1, welcome],
  ]);
  const findings = findingsOf(
    watchPackets(packets, { seconds: (n) => (n === 2 ? 4_200_000_000 : n === 3 ? 86_400 : 1_100_000_000 + n) }),
  );
  assert.ok(findings.to - findings.from < 60, `${findings.from} to ${findings.to}`);
  assert.match(sentence(findings), /2004/);
});

test('a machine that talks to itself is counted once', () => {
  const packets = conversation(
    [
      [0, login('a', 'nap')],
      [1, welcome],
    ],
    { ends: { src: '127.0.0.1', sport: 1, dst: '127.0.0.1', dport: 8888 } },
  ).map(({ packet }) => packet);
  const findings = findingsOf(watchPackets(packets));
  assert.equal(findings.hosts.length, 1);
  assert.equal(findings.hosts[0]!.bytes, findings.seen);
});

test('an evening as the paper traced it: redirect, a hub beside a web page, another hub, a download; all of it recognised and drawn', () => {
  const me = '10.1.1.7';
  const at = (dst: string, dport: number, sport: number, said: readonly Said[]): Bytes[] =>
    conversation(said, { ends: { src: me, sport, dst, dport } }).map(({ packet }) => packet);
  const song = join(text('4200000'), new Uint8Array(30_000).fill(0x55));
  const packets = [
    ...at('198.18.0.10', 8875, 1025, [[1, text('198.18.0.11:7777\n')]]),
    ...at('198.18.0.11', 7777, 1026, [
      [0, login('paper', 'v2.0 BETA 7')],
      [1, welcome],
    ]),
    ...at('198.18.0.11', 80, 1027, [
      [0, text('GET /news HTTP/1.0\r\n\r\n')],
      [1, text('HTTP/1.0 200 OK\r\n\r\n<html>')],
    ]),
    ...at('198.18.0.12', 8888, 1028, [
      [0, login('paper', 'v2.0 BETA 7')],
      [1, welcome],
      [0, napster(200, 'FILENAME CONTAINS "x" MAX_RESULTS 100')],
      [1, napster(202, '')],
      [0, napster(203, 'peer "C:\\x.mp3"')],
      // 198.18.0.13 as a little-endian number
      [1, napster(204, `peer 218108614 6699 "C:\\x.mp3" ${ZEROS} 4`)],
    ]),
    ...at('198.18.0.13', 6699, 1029, [
      [1, text('1')],
      [0, text('GET')],
      [0, text('paper "C:\\x.mp3" 0')],
      [1, song],
    ]),
  ];
  const trial = watchPackets(packets);
  assert.deepEqual(
    trial.flows.map(({ app, role }) => (app === 'unknown' ? app : role)),
    ['metaserver', 'hub', 'unknown', 'hub', 'data'],
  );
  const findings = findingsOf(trial);
  const drawn = findings.sessions.map(({ role, steps }) => `${role}: ${steps.map(({ what }) => what).join(' ')}`);
  assert.deepEqual(drawn, ['metaserver: ', 'hub: login', 'hub: login search request', 'data: transfer']);
  const html = writeReport(findings, false);
  for (const address of ['198.18.0.10:8875', '198.18.0.11:7777', '198.18.0.12:8888', '198.18.0.13:6699'])
    assert.ok(html.includes(address));
  assert.ok(!html.includes('198.18.0.11:80"'));
});

test('the sentence says how many machines, how much, when and mostly what; words fit 0, 1 and many', () => {
  assert.match(sentence(findingsOf(trialOf(3))), /^3 machines, \d+ % of the bytes, .*2004.*, nearly all Napster\.$/);
  assert.match(sentence(findingsOf(trialOf(1))), /^1 machine, /);
  assert.match(sentence(findingsOf(trialOf(0))), /^No Napster and no Gnutella in \d+ bytes of traffic\.$/);
  assert.equal(sentence(findingsOf(watchPackets([]))), 'Nothing passed.');
});

test('searches and file names are kept only when asked for', () => {
  assert.doesNotMatch(writeReport(findingsOf(trialOf(2)), false), /blue river|Blue River/);
  const packets = session(1, [
    [0, login('a', 'nap')],
    [1, welcome],
    [0, napster(200, 'FILENAME CONTAINS "blue river" MAX_RESULTS 100')],
  ]);
  assert.match(writeReport(findingsOf(watchPackets(packets, {}, { names: true })), true), /blue river/);
});

test('markup, formulas and control codes from the network reach no page, cell or terminal', () => {
  const evil = '</script><img src=x onerror=alert(1)>\u001b[2J=1+1';
  const findings = findingsOf(trialOf(2, evil));
  const html = writeReport(findings, true);
  assert.doesNotMatch(html, /<img/);
  assert.equal(html.match(/<\/script>/g)?.length, 2);
  const words = [...describeFindings(findings), ...drawScreen(findings, 'lo', 80, 24, null)].join('\n');
  assert.ok(!words.includes('\u001b[2J'));
  assert.equal(csvCell('=1+1'), `"'=1+1"`);
  assert.equal(csvCell('@x'), `"'@x"`);
  assert.equal(csvCell(-5), '-5');
  for (const format of FORMATS)
    for (const flow of findings.sessions) assert.ok(!exporterOf(format).flow(flow).includes('\u001b'));
});

test('a report of two machines is small, one of 20,000 is bounded, and the page carries its own policy', () => {
  assert.ok(writeReport(findingsOf(trialOf(2)), false).length < 60_000);
  const large = writeReport(findingsOf(trialOf(20_500)), false);
  assert.ok(large.length < 20_000_000, String(large.length));
  assert.match(large, /The 20,000 largest of 20,500 machines are listed/);
  assert.match(large, /Content-Security-Policy" content="default-src 'none'/);
  assert.doesNotMatch(large, /https?:\/\/(?!www\.w3\.org)/);
});

test('lines are valid JSON, and one community id joins all exports', () => {
  // From the reference implementation's test data: 128.232.110.120:34855 → 66.35.250.204:80, TCP.
  const packets = conversation([[0, text('GET / HTTP/1.1\r\n\r\n')]], {
    ends: { src: '128.232.110.120', sport: 34_855, dst: '66.35.250.204', dport: 80 },
  }).map(({ packet }) => packet);
  const trial = watchPackets(packets);
  assert.equal(trial.flows[0]?.flowId, '1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
  const line = JSON.parse(flowLine(trial.watcher, 0, false)) as Record<string, unknown>;
  assert.equal(line['flowId'], trial.flows[0]?.flowId);
  assert.equal(
    (JSON.parse(exporterOf('eve').flow(trial.flows[0])) as Record<string, unknown>)['community_id'],
    trial.flows[0]?.flowId,
  );
  assert.equal(
    exporterOf('zeek').flow(trial.flows[0]).split('\t').length,
    exporterOf('zeek').head().split('\n')[5]!.split('\t').length - 1,
  );
  assert.match(exporterOf('csv').flow(trial.flows[0]), /1:LQU9qZlK\+B5F3KDmev6m5PMibrg=/);
});

const RULES: RuleOptions = { action: 'shape', shapeKbytes: 50, hours: null, days: null, ttlSeconds: 3600, never: [] };

test('rules name the hubs that were seen, each with its flow, reason and end, and spare what is never named', () => {
  const findings = findingsOf(trialOf(9));
  const plan = planRules(findings, RULES);
  assert.deepEqual(plan.entries.map(({ address, port }) => `${address}:${port}`).toSorted(), [
    '198.18.1.1:8888',
    '198.18.1.2:8888',
    '198.18.1.3:8888',
  ]);
  for (const entry of plan.entries)
    assert.ok(entry.flowId.startsWith('1:') && entry.why.length > 5 && entry.ttlSeconds === 3600);
  const spared = planRules(findings, { ...RULES, never: [parseNetwork('198.18.1.0/31')!] });
  assert.deepEqual(spared.entries.map(({ address }) => address).toSorted(), ['198.18.1.2', '198.18.1.3']);
  assert.deepEqual(
    spared.spared.map(({ address }) => address),
    ['198.18.1.1'],
  );
  for (const format of RULE_FORMATS) {
    const written = writeRules(format, plan, RULES, new Date(0));
    for (const { address, flowId } of plan.entries)
      assert.ok(written.includes(address) && written.includes(flowId), format);
  }
  assert.match(
    writeRules('nftables', plan, { ...RULES, hours: [8, 18], days: [1, 5] }, new Date(0)),
    /meta day \{ Monday, Friday \} meta hour "08:00:00"-"17:59:59"/,
  );
});

test('a dry run says what would have been lost, by hours too, and what no rule reaches', () => {
  const findings = findingsOf(trialOf(9));
  const plan = planRules(findings, RULES);
  assert.match(
    dryRun(findings, plan, { ...RULES, action: 'block' })[0]!,
    /3 addresses and ports; 9 flows of 9 of our machines would have been refused/,
  );
  const hour = new Date(findings.from * 1000).getHours();
  assert.match(dryRun(findings, plan, { ...RULES, hours: [(hour + 2) % 24, (hour + 3) % 24] })[0]!, /0 flows of 0/);
  assert.match(dryRun(findings, plan, RULES).join(' '), /remote desktop or an FTP folder/);
});

test('networks of both families hold what is in them and nothing else', () => {
  const table: [string, string, boolean][] = [
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['::/0', '203.0.113.1', false],
    ['fe80::/10', 'fe80::1', true],
  ];
  for (const [network, address, is] of table)
    assert.equal(isIn(address, [parseNetwork(network)!]), is, `${address} in ${network}`);
  for (const wrong of ['10.0.0.0/33', '10.0.0', 'x', '10.0.0.0/8/8', '']) assert.equal(parseNetwork(wrong), null);
});

// Alerts -----------------------------------------------------------------------------------------------------------

const danger: { name: string; said: readonly Said[]; kinds: string[] }[] = [
  {
    name: 'a hub that makes the client fetch a program',
    said: [
      [0, login('a', 'n')],
      [1, welcome],
      [1, napster(5, '2.0b9 198.18.0.1:/up.exe')],
    ],
    kinds: ['auto-upgrade'],
  },
  {
    name: 'a hub that makes the client connect elsewhere',
    said: [
      [0, login('a', 'n')],
      [1, welcome],
      [1, napster(900, '198.18.0.1 25 x')],
    ],
    kinds: ['port-check'],
  },
  {
    name: 'a message of 3,000 bytes',
    said: [
      [0, login('a', 'n')],
      [1, welcome],
      [0, napster(603, 'A'.repeat(3000))],
    ],
    kinds: ['overflow'],
  },
  {
    name: 'a format string that writes',
    said: [
      [0, login('a', 'n')],
      [1, welcome],
      [0, napster(203, 'b "%n%n%x"')],
    ],
    kinds: ['overflow'],
  },
  {
    name: 'a song named 100%new',
    said: [
      [0, login('a', 'n')],
      [1, welcome],
      [0, napster(203, 'b "C:\\100%new.mp3"')],
    ],
    kinds: [],
  },
  {
    name: 'a file of 32 kbit/s at 32,000 Hz',
    said: [
      [0, login('a', 'n')],
      [1, welcome],
      [0, napster(100, `"a.mp3" ${ZEROS} 400000 32 32000 100`)],
    ],
    kinds: ['wrapster'],
  },
  {
    name: 'a program named as music, by Napster',
    said: [
      [1, text('1')],
      [0, text('GET')],
      [0, text('me "song.mp3" 0')],
      [1, text('40000')],
      [1, join(text('MZ\x90\0'), new Uint8Array(900))],
    ],
    kinds: ['executable'],
  },
  {
    name: 'a program in pieces of one byte',
    said: [
      [1, text('1')],
      [0, text('GETme "song.mp3" 0')],
      ...Array.from('40000MZ\x90\0', (letter): Said => [1, text(letter)]),
      [1, new Uint8Array(900)],
    ],
    kinds: ['executable'],
  },
  {
    name: 'an ELF pushed',
    said: [
      [1, text('1')],
      [0, text('SENDme "song.mp3" 40000')],
      [1, text('0')],
      [0, join(text('\x7fELF'), new Uint8Array(900))],
    ],
    kinds: ['executable'],
  },
  {
    name: 'the middle of a file that reads MZ',
    said: [
      [1, text('1')],
      [0, text('GETme "song.mp3" 20000')],
      [1, text('40000')],
      [1, join(text('MZ'), new Uint8Array(900))],
    ],
    kinds: [],
  },
  {
    name: 'a Wrapster archive',
    said: [
      [1, text('1')],
      [0, text('GETme "song.mp3" 0')],
      [1, text('40000')],
      [
        1,
        join(
          new Uint8Array([0xff, 0xfb, 0x18, 0x0c, 0, 0, 0, 0, 0, 0]),
          text('wrapster\0\x002.0\0\0\0\0\0\x01\0\0\0setup.exe'),
          new Uint8Array(2000),
        ),
      ],
    ],
    kinds: ['wrapster'],
  },
  {
    name: 'a song',
    said: [
      [1, text('1')],
      [0, text('GETme "song.mp3" 0')],
      [1, text('40000')],
      [1, join(new Uint8Array([0xff, 0xfb, 0x90, 0x64]), new Uint8Array(2000))],
    ],
    kinds: [],
  },
];

for (const { name, said, kinds } of danger) {
  test(`${name}: ${kinds.length === 0 ? 'no alert' : kinds.join(', ')}, in any cutting`, () => {
    for (const cut of [undefined, [1], [7, 3]]) {
      const { alerts } = watchPackets(conversation(said, cut === undefined ? {} : { cut }).map(({ packet }) => packet));
      assert.deepEqual(
        alerts.map(({ kind }) => kind),
        kinds,
      );
      for (const { why, flow } of alerts) assert.ok(why.length > 20 && flow !== null);
    }
  });
}

test('tags of any claimed length, bodies of any content, and random heads are read without a fault', () => {
  const chance = seeded(53);
  const rounds = 400 * Number(process.env['PEERSHIELD_FUZZ'] ?? 1);
  for (let round = 0; round < rounds; round++) {
    const body = new Uint8Array(820 + wholeBelow(200, chance)).map(() =>
      chance() < 0.5 ? 0xff : wholeBelow(256, chance),
    );
    body.set(text('ID3\x03\0\0'));
    body.set([0, 0, wholeBelow(8, chance), wholeBelow(128, chance)], 6);
    const { watcher } = watchPackets(
      conversation([
        [1, text('1')],
        [0, text('GETme "song.mp3" 0')],
        [1, text('40000')],
        [1, body],
      ]).map(({ packet }) => packet),
    );
    assert.equal(watcher.firstFault, null);
  }
  for (const { said } of danger) {
    for (let round = 0; round < rounds / 8; round++) {
      const changed = said.map(([side, bytes]): Said => {
        const copy = bytes.slice();
        for (let n = 0; n < wholeBelow(5, chance); n++)
          if (copy.length > 4) copy[4 + wholeBelow(copy.length - 4, chance)] = wholeBelow(256, chance);
        return [side, copy];
      });
      assert.equal(watchPackets(conversation(changed).map(({ packet }) => packet)).watcher.firstFault, null);
    }
  }
});

test('a Wrapster alert says what is inside', () => {
  const { alerts } = watchPackets(
    conversation(danger.find((one) => one.name === 'a Wrapster archive')!.said).map(({ packet }) => packet),
  );
  assert.match(alerts[0]!.why, /Wrapster 2\.0 archive of 1 file\(s\), the first "setup\.exe"/);
});

function floodsOf(count: number): string[] {
  const said: Said[] = [
    [0, login('a', 'n')],
    [1, welcome],
    ...Array.from({ length: count }, (_, n): Said => [0, napster(200, `FILENAME CONTAINS "${n}" MAX_RESULTS 1`)]),
  ];
  return watchPackets(
    conversation(said).map(({ packet }) => packet),
    { seconds: (n) => 1e9 + n / 1000 },
    { thresholds: { search: 10, message: 9, login: 9, query: 9, browse: 9, whois: 9, crawl: 9, ping: 9 } },
  ).alerts.map(({ kind }) => kind);
}

test('a threshold counts: one below is silence, at it one alert, beyond it no more', () => {
  assert.deepEqual(floodsOf(9), []);
  assert.deepEqual(floodsOf(10), ['flood']);
  assert.deepEqual(floodsOf(40), ['flood']);
});

test('exceptions silence hosts and networks, for one kind or all; wrong words name the option', () => {
  const none = { threshold: [], except: [], quietHours: null, hook: [] };
  const alert = { kind: 'harvest' as const, at: 0, why: 'x', host: '10.0.0.5', flow: null };
  const passes = (except: string[]): boolean => new AlertPolicy({ ...none, except }).passes(alert);
  assert.equal(passes([]), true);
  assert.equal(passes(['10.0.0.0/8']), false);
  assert.equal(passes(['10.0.0.5=harvest']), false);
  assert.equal(passes(['10.0.0.5=flood']), true);
  assert.deepEqual(new AlertPolicy({ ...none, threshold: ['search=7', 'push=3'] }).settings.thresholds.search, 7);
  for (const wrong of [
    { except: ['x'] },
    { except: ['10.0.0.1=nothing'] },
    { threshold: ['search=0'] },
    { threshold: ['nothing=1'] },
    { hook: ['nothing=x'] },
    { quietHours: '25-1' },
  ]) {
    assert.throws(() => new AlertPolicy({ ...none, ...wrong }), { name: 'UsageError' });
  }
});

test('hours may cross midnight', () => {
  assert.deepEqual(
    [21, 22, 23, 0, 6, 7].map((hour) => isWithin(hour, parseHours('--hours', '22-7'))),
    [false, true, true, true, true, false],
  );
  assert.deepEqual(
    [7, 8, 17, 18].map((hour) => isWithin(hour, parseHours('--hours', '8-18'))),
    [false, true, true, false],
  );
});

test('a hook gets the alert on its input, and none runs in quiet hours', async () => {
  const { mkdtempSync, readFileSync, existsSync, rmSync } = await import('node:fs');
  const folder = mkdtempSync('/tmp/watch-hook-');
  const at = new Date(2026, 0, 1, 23, 30).getTime() / 1000;
  const alert = { kind: 'flood' as const, at, why: 'too many', host: '10.0.0.5', flow: null };
  try {
    for (const [quietHours, isRun] of [
      ['22-7', false],
      [null, true],
    ] as const) {
      const file = `${folder}/${isRun}`;
      const policy = new AlertPolicy({ threshold: [], except: [], quietHours, hook: [`flood=cat > ${file}`] });
      policy.notify(alert);
      await policy.settle();
      assert.equal(existsSync(file), isRun);
      if (isRun) assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { why: string }).why, 'too many');
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
