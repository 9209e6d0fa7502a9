// Two thousand sockets that send a byte now and then: others log in and search meanwhile as if they were not there.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { join } from 'node:path';
import { Wire } from '../../src/hub/testing/wire.ts';
import { Program, scratch } from '../kit/program.ts';

const SOCKETS = 2000;
const place = scratch('loris');
after(() => place.remove());

test('a slow-loris of 2,000 sockets is let go after the login time, and nobody else notices', {
  timeout: 180_000,
}, async () => {
  const args = ['hub', '--data', join(place.dir, 'hub'), '--port', '0', '--http', 'off', '--open-limits', '--json'];
  const hub = new Program(args, place.dir);
  const port = Number((await hub.ready('hub', 'napster')).split(':')[1]);
  const sockets: Socket[] = [];
  const closed = new Set<Socket>();
  for (let i = 0; i < SOCKETS; i++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.on('close', () => closed.add(socket));
    await once(socket, 'connect');
    sockets.push(socket);
  }
  const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('\x05')), 10_000);
  const times: number[] = [];
  const user = await Wire.login(port, 'user');
  for (let i = 0; i < 200; i++) {
    const began = performance.now();
    user.send(200, 'FILENAME CONTAINS "anything"');
    await user.until(202);
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  assert.ok((times[198] as number) < 50, `p99 ${times[198]} ms`);
  for (let i = 0; i < 900 && closed.size < sockets.length; i++) await new Promise((go) => setTimeout(go, 100));
  clearInterval(drip);
  assert.equal(closed.size, SOCKETS);
  user.send(600, 'user');
  await user.until(601);
  await hub.stop();
});
