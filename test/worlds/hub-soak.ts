// A hub of its own process under mixed load for some minutes: people come, share, search, browse, talk and go. Answers the
// resident size at the end of each minute, in bytes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chance, pick, seeded, wholeBelow } from '#base';
import { Wire } from '../../src/hub/testing/wire.ts';
import { Program } from '../kit/program.ts';

const PEOPLE = 60;
const WORDS = 'love night army river copper slow kettle moon rain live dance blue'.split(' ');

export async function soak(dir: string, minutes: number): Promise<number[]> {
  const args = ['hub', '--data', join(dir, 'hub'), '--port', '0', '--http', 'off', '--open-limits', '--json'];
  const hub = new Program(args, dir);
  const port = Number((await hub.ready('hub', 'napster')).split(':')[1]);
  const until = Date.now() + minutes * 60_000;
  const people = Array.from({ length: PEOPLE }, (_, i) => lives(port, `p${i}`, seeded(i + 1), until));
  const sizes: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    await new Promise((go) => setTimeout(go, Math.max(0, until - (minutes - minute) * 60_000 - Date.now())));
    sizes.push(residentBytes(hub.child.pid as number));
  }
  await Promise.all(people);
  await hub.stop();
  return sizes;
}

async function lives(port: number, nick: string, chance: Chance, until: number): Promise<void> {
  while (Date.now() < until) {
    const wire = await Wire.login(port, nick);
    for (let i = 20 + wholeBelow(100, chance); i > 0; i--)
      wire.send(100, `"C:\\m\\${words(chance)} ${wholeBelow(500, chance)}.mp3" ${'0'.repeat(32)} 960000 128 44100 60`);
    wire.send(400, 'lobby');
    for (let turn = wholeBelow(60, chance); turn > 0 && Date.now() < until; turn--) {
      wire.send(200, `FILENAME CONTAINS "${pick(WORDS, chance)}"`);
      await wire.until(202);
      if (wholeBelow(5, chance) === 0) await browses(wire, chance);
      wire
        .send(402, `lobby ${words(chance)}`)
        .send(205, `p${wholeBelow(PEOPLE, chance)} hi`)
        .send(603, nick);
      await wire.until(604);
      wire.heard.length = 0;
      await new Promise((go) => setTimeout(go, 100 + wholeBelow(300, chance)));
    }
    wire.socket.destroy();
    await wire.end();
  }
}

async function browses(wire: Wire, chance: Chance): Promise<void> {
  wire.send(211, `p${wholeBelow(PEOPLE, chance)}`);
  await wire.until(213);
}

function words(chance: Chance): string {
  return `${pick(WORDS, chance)} ${pick(WORDS, chance)} ${pick(WORDS, chance)}`;
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}
