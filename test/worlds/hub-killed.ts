// Kills a hub with SIGKILL while people register, are banned and promoted, and looks whether everything that it had
// acknowledged is there when it runs again.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chance, wholeBelow } from '#base';
import { Wire } from '../../src/hub/testing/wire.ts';
import { command, Program } from '../kit/program.ts';

const PEOPLE = 6;

/** One kill after a seeded moment; answers how much had been acknowledged by then. */
export async function killOnce(dir: string, round: number, chance: Chance): Promise<number> {
  const hub = startHub(dir);
  const port = await portOf(hub);
  const promised: Promised = { accounts: [], bans: [], levels: [], channels: [] };
  const moment = wholeBelow(30, chance) + 5;
  const work = Promise.allSettled([
    ...Array.from({ length: PEOPLE }, (_, i) => registers(port, `r${round}p${i}`, promised)),
    rules(port, round, promised),
  ]);
  while (sum(promised) < moment && hub.running) await new Promise((go) => setTimeout(go, 2));
  hub.child.kill('SIGKILL');
  await hub.end();
  await work;
  await check(dir, promised);
  return sum(promised);
}

/** An elite account, made on the folder before any hub runs there. */
export async function prepare(dir: string): Promise<void> {
  const file = join(dir, 'password');
  writeFileSync(file, 'bosspw\n', { mode: 0o600 });
  const { code, err } = await command(
    ['hub', 'admin', 'register', 'boss', 'elite', '--password-file', file, '--data', join(dir, 'hub')],
    dir,
  );
  assert.equal(code, 0, err);
}

type Promised = { accounts: string[]; bans: string[]; levels: string[]; channels: string[] };
const sum = ({ accounts, bans, levels, channels }: Promised): number =>
  accounts.length + bans.length + levels.length + channels.length;

function startHub(dir: string): Program {
  return new Program(
    ['hub', '--data', join(dir, 'hub'), '--port', '0', '--http', 'off', '--open-limits', '--json'],
    dir,
  );
}

async function portOf(hub: Program): Promise<number> {
  return Number((await hub.ready('hub', 'napster')).split(':')[1]);
}

async function registers(port: number, name: string, promised: Promised): Promise<void> {
  for (let i = 0; ; i++) {
    const nick = `${name}n${i}`;
    const wire = await Wire.login(port, nick, 'secret', 6);
    promised.accounts.push(nick);
    wire.socket.destroy();
  }
}

async function rules(port: number, round: number, promised: Promised): Promise<void> {
  const boss = await Wire.login(port, 'boss', 'bosspw');
  for (let i = 0; ; i++) {
    const mask = `10.${round}.${i >> 8}.${i & 255}`;
    boss.send(612, `${mask} "because" 3600`).send(600, 'boss');
    await boss.until(601);
    promised.bans.push(mask);
    const [nick] = promised.accounts.slice(i % Math.max(1, promised.accounts.length));
    if (nick !== undefined) {
      boss.send(606, `${nick} Moderator`).send(600, 'boss');
      await boss.until(601);
      promised.levels.push(nick);
    }
    const channel = `club${round}x${i}`;
    if (i < 8) {
      boss.send(400, channel).send(10_209, `${channel} +REGISTERED`).send(401, channel).send(600, 'boss');
      await boss.until(601);
      promised.channels.push(channel);
    }
  }
}

async function check(dir: string, { accounts, bans, levels, channels }: Promised): Promise<void> {
  const hub = startHub(dir);
  const port = await portOf(hub);
  const boss = await Wire.login(port, 'boss', 'bosspw');
  for (const nick of accounts) {
    const wire = await Wire.login(port, nick, 'secret');
    boss.send(603, nick);
    assert.match(await boss.until(604), levels.includes(nick) ? /"Moderator"/ : /"(User|Moderator)"/);
    wire.socket.destroy();
  }
  boss.heard.length = 0;
  boss.send(615).send(617).send(600, 'boss');
  const listed = new Set<string>();
  const heard: [number, string][] = [];
  for (;;) {
    heard.push(...boss.heard.splice(0));
    if (heard.some(([type]) => type === 601)) break;
    await new Promise((go) => setImmediate(go));
  }
  for (const [type, text] of heard) if (type === 616 || type === 618) listed.add(text.split(' ')[0] ?? '');
  for (const mask of bans) assert.ok(listed.has(`*!${mask}`), `ban of ${mask}`);
  for (const channel of channels) assert.ok(listed.has(channel), `channel ${channel}`);
  boss.socket.destroy();
  assert.equal(await hub.stop(), 0);
}
