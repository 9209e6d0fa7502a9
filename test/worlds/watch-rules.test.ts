// Rules in a namespace: a hub and a web page on one neighbour; the hub was seen, so its conversation stops and the page
// does not; undone, everything is as before, and another table in the filter was never touched.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { conversation, join as concat, napster, pcap } from '../captures/build.ts';
import { need } from '../kit/need.ts';

const root = join(import.meta.dirname, '..', '..');

/** Runs in a namespace of its own; prints one JSON object a step. */
const SCRIPT = `set -eu
ip link set lo up
unshare -n sleep 60 & other=$!
trap 'kill $other' EXIT
until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
ip link add near type veth peer name far netns $other
ip addr add 10.77.0.1/24 dev near && ip link set near up
nsenter -t $other -n ip addr add 10.77.0.2/24 dev far
nsenter -t $other -n ip link set far up
nsenter -t $other -n ip link set lo up
nft add table inet mine && nft add chain inet mine c && nft add rule inet mine c counter
nft list ruleset > before
nsenter -t $other -n "$NODE" servers.mjs & servers=$!
trap 'kill $servers $other' EXIT
"$NODE" client.mjs before
"$NODE" "$WATCH" watch apply seen.pcap --action block > /dev/null
"$NODE" client.mjs blocked
"$NODE" "$WATCH" watch apply seen.pcap --action block --hours $LATER > /dev/null
"$NODE" client.mjs outside-the-hours
"$NODE" "$WATCH" watch undo > /dev/null
"$NODE" client.mjs undone
nft list ruleset | cmp - before
`;

const SERVERS = `import net from 'node:net';
net.createServer((s) => { s.on('error', () => {}); s.pipe(s); }).listen(8888, '10.77.0.2');
net.createServer((s) => { s.on('error', () => {}); s.pipe(s); }).listen(8080, '10.77.0.2');
`;

const CLIENT = `import net from 'node:net';
function ask(port, tries = 100) {
  return new Promise((done) => {
    const s = net.connect(port, '10.77.0.2', () => s.write('hello'));
    const end = (how) => { s.destroy(); done(how); };
    s.setTimeout(2000, () => end('silence'));
    s.on('data', () => end('answers'));
    s.on('error', (e) => (tries > 0 && process.argv[2] === 'before' ? setTimeout(() => ask(port, tries - 1).then(done), 50) : end('refused')));
  });
}
console.log(JSON.stringify({ step: process.argv[2], hub: await ask(8888), page: await ask(8080) }));
`;

test('a hub that was seen is blocked, the page beside it is not, hours are kept, and undo leaves no trace', {
  skip: need('unshare', 'nsenter', 'ip', 'nft', 'cmp'),
  timeout: 60_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-rules-'));
  try {
    const packets = conversation(
      [
        [0, napster(2, 'jazzfan secret 6699 "nap v1.4.4" 4')],
        [1, concat(napster(3, 'anon@napster.com'), napster(621, 'VERSION opennap 0.44'))],
      ],
      { ends: { src: '10.77.0.1', sport: 40_000, dst: '10.77.0.2', dport: 8888 } },
    );
    writeFileSync(
      join(folder, 'seen.pcap'),
      pcap(
        packets.map(({ packet }) => packet),
        { link: 101 },
      ),
    );
    writeFileSync(join(folder, 'servers.mjs'), SERVERS);
    writeFileSync(join(folder, 'client.mjs'), CLIENT);
    const hour = new Date().getHours();
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      NODE: process.execPath,
      WATCH: join(root, 'bin/peershield.js'),
      LATER: `${(hour + 3) % 24}-${(hour + 4) % 24}`,
    };
    const { status, stdout, stderr } = spawnSync('unshare', ['-rn', 'sh', '-c', SCRIPT], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 50_000,
    });
    assert.equal(status, 0, stderr);
    const steps = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    assert.deepEqual(steps, [
      { step: 'before', hub: 'answers', page: 'answers' },
      { step: 'blocked', hub: 'refused', page: 'answers' },
      { step: 'outside-the-hours', hub: 'answers', page: 'answers' },
      { step: 'undone', hub: 'answers', page: 'answers' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
