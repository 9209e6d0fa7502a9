import assert from 'node:assert/strict';
import { test } from 'node:test';
import { need } from '../kit/need.ts';
import { Bed } from '../shieldbed/bed.ts';
import { nmap, peershield, score } from '../shieldbed/engines.ts';
import { type Layout, mixed, uniform } from '../shieldbed/layouts.ts';

const skip = need('unshare', 'nsenter', 'ip', 'nft', 'python3');
const skipNmap = need('unshare', 'nsenter', 'ip', 'nft', 'python3', 'nmap');
const WIRE = { delayMs: 10, loss: 0.01, seed: 5 };

async function measured(layout: Layout, rttMs: number | null) {
  const bed = await Bed.open(layout, WIRE);
  try {
    const result = await peershield(bed, layout, rttMs);
    return { ...result, ...score(layout, result) };
  } finally {
    bed.close();
  }
}

for (const [kind, rttMs, limitS] of [
  ['stealth', 20, 2.5],
  ['stealth', null, 4],
  ['closed', null, 2],
] as const)
  test(`all ${kind}${rttMs === null ? '' : ', round trip known'}: right within ${limitS} s`, { skip }, async () => {
    const { wrong, seconds } = await measured(uniform(kind, kind), rttMs);
    assert.deepEqual(wrong, []);
    assert.ok(seconds <= limitS, `${seconds} s`);
  });

test('a host that sends 250 refusals a second is heard completely within five seconds', { skip }, async () => {
  const { wrong, seconds } = await measured(uniform('250/s', 'rationed', 250), null);
  assert.deepEqual(wrong, []);
  assert.ok(seconds <= 5.5, `${seconds} s`);
});

test('a firewall that begins to hide is noticed, and a host where everything is open is doubted', {
  skip,
}, async () => {
  assert.equal((await measured({ ...uniform('hides', 'closed'), hidesAfter: 300 }, null)).adaptive, true);
  assert.equal((await measured(uniform('all open', 'open'), null)).proxied, true);
});

for (const layout of [mixed(201), mixed(202), mixed(203, 6)])
  test(`${layout.name}: never open what is not, never below nmap, within 40 s`, {
    skip: skipNmap,
    timeout: 180_000,
  }, async () => {
    const ours = await measured(layout, null);
    const bed = await Bed.open(layout, WIRE);
    const theirs = score(layout, await nmap(bed, layout).finally(() => bed.close()));
    assert.equal(ours.falselyOpen, 0);
    assert.ok(
      ours.right >= theirs.right,
      `${ours.right} against ${theirs.right} of ${ours.of}: ${ours.wrong.join('; ')}`,
    );
    assert.ok(ours.seconds <= 40, `${ours.seconds} s`);
  });
