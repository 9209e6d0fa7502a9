// One probe in a process of its own: ADDRESS and round trip (ms or `unknown`) as arguments, ports on stdin, JSON out.
import { text } from 'node:stream/consumers';
import { seeded } from '#base';
import { parsePorts, probe } from '#shields';

const [host = '', rtt = 'unknown'] = process.argv.slice(2);
const result = await probe({
  host,
  ports: parsePorts((await text(process.stdin)).trim()),
  pace: { rttHintMs: rtt === 'unknown' ? null : Number(rtt) },
  chance: seeded(process.pid),
});
const states = result.ports.map(({ port, state }) => [port, state]);
process.stdout.write(JSON.stringify({ states, seconds: result.seconds, ...result.host }));
