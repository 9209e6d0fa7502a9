// A million messages of a grammar, from users, a moderator and an elite on sockets, at a hub of its own process. Somebody
// else asks all the time, and is answered.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Chance, pick, seeded, wholeBelow } from '#base';
import { encodeFrame, FROM_CLIENT } from '#wire/napster';
import { fuzzPayload } from '../../src/hub/testing/grammar.ts';
import { Wire } from '../../src/hub/testing/wire.ts';
import { command, Program, scratch } from '../kit/program.ts';

const MESSAGES = Number(process.env['PEERSHIELD_FUZZ_MESSAGES'] ?? 1_000_000);
const BATCH = 200;
const LEVELS = ['user', 'user', 'user', 'user', 'moderator', 'elite'];
/** What would lock the fuzzers out, or change what they are: nuke, ban, mass kill, deny, class, levels, passwords. */
const LEFT_OUT = new Set([611, 612, 10_122, 10_250, 10_253, 606, 753, 10_200, 701, 810, 800]);
const TYPES = Object.values(FROM_CLIENT)
  .map(({ type }): number => type)
  .filter((type) => !LEFT_OUT.has(type));
const place = scratch('fuzz');
after(() => place.remove());

test('a million messages of a grammar by every level: the hub lives, and a second client is served all the time', {
  timeout: 1_200_000,
}, async (t) => {
  const data = join(place.dir, 'hub');
  const file = join(place.dir, 'password');
  writeFileSync(file, 'pw\n', { mode: 0o600 });
  for (const [i, level] of LEVELS.entries()) {
    if (level === 'user') continue; // guests: their logins cost no hash
    const words = ['hub', 'admin', 'register', `f${i}`, level, '--password-file', file, '--data', data];
    assert.equal((await command(words, place.dir)).code, 0);
  }
  const args = ['hub', '--data', data, '--port', '0', '--http', 'off', '--open-limits', '--relay', '--json'];
  const hub = new Program(args, place.dir);
  const port = Number((await hub.ready('hub', 'napster')).split(':')[1]);
  let left = MESSAGES;
  const fuzzers = LEVELS.map(async (_, i) => {
    const chance = seeded(i + 1);
    while (left > 0 && hub.running) left -= await fuzz(port, `f${i}`, chance, () => left > 0);
  });
  const worst = await watch(port, () => left > 0 && hub.running);
  await Promise.all(fuzzers);
  assert.ok(hub.running, hub.err);
  assert.ok(!hub.err.includes('"bug"') && !hub.err.includes(' bug '), hub.err.slice(-3000));
  t.diagnostic(`worst answer ${worst.toFixed(0)} ms`);
  assert.equal(await hub.stop(), 0);
  assert.ok(worst < 5000);
});

/** One connection until it is ended or has said enough; how many messages it said. */
async function fuzz(port: number, nick: string, chance: Chance, more: () => boolean): Promise<number> {
  let sent = 0;
  try {
    const wire = await Wire.login(port, nick);
    for (let batch = 0; batch < 50 && more(); batch++) {
      const frames: Uint8Array[] = [];
      for (let i = 0; i < BATCH; i++) {
        const type = wholeBelow(50, chance) === 0 ? wholeBelow(65_536, chance) : pick(TYPES, chance);
        frames.push(encodeFrame(type, fuzzPayload(chance)));
      }
      wire.socket.write(Buffer.concat(frames));
      sent += BATCH;
      wire.send(600, nick);
      await wire.until(601);
      wire.heard.length = 0;
    }
    wire.socket.destroy();
  } catch {
    // Killed by another fuzzer, or ended for a length that lies: it comes again.
  }
  return Math.max(1, sent);
}

/** The longest that somebody else had to wait for an answer, in ms. */
async function watch(port: number, going: () => boolean): Promise<number> {
  let worst = 0;
  let wire = await Wire.login(port, 'watcher');
  while (going()) {
    const began = performance.now();
    try {
      wire.send(200, 'FILENAME CONTAINS "a"');
      await wire.until(202);
    } catch {
      // An elite among them may kill the watcher too.
      wire = await Wire.login(port, 'watcher');
    }
    worst = Math.max(worst, performance.now() - began);
    wire.heard.length = 0;
    await new Promise((go) => setTimeout(go, 20));
  }
  wire.socket.destroy();
  return worst;
}
