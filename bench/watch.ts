// How fast `watch` reads, and how much memory a flood costs it, beside programs that are known: `tcpdump -r F -w /dev/null`
// (which recognises nothing) and, where it is installed, `ndpiReader -q` (which dissects some 300 protocols).
//   node bench/watch.ts [--keep] [--mixed-only]
// CPU seconds are user + system of the whole process, start included, best of three; wall time is noise on a busy machine.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chance, seeded, wholeBelow } from '#base';

const root = join(import.meta.dirname, '..');

/** Writes a pcap of Ethernet frames in blocks. */
class CaptureWriter {
  readonly #file: number;
  readonly #block = Buffer.alloc(1 << 20);
  #at = 24;
  packets = 0;
  constructor(path: string) {
    this.#file = openSync(path, 'w');
    this.#block.writeUInt32LE(0xa1b2c3d4, 0);
    this.#block.writeUInt16LE(2, 4);
    this.#block.writeUInt16LE(4, 6);
    this.#block.writeUInt32LE(262_144, 16);
    this.#block.writeUInt32LE(1, 20);
  }
  frame(
    seconds: number,
    src: number,
    sport: number,
    dst: number,
    dport: number,
    protocol: 6 | 17,
    sequence: number,
    flags: number,
    payload: Uint8Array,
  ): void {
    const head = protocol === 6 ? 20 : 8;
    const length = 14 + 20 + head + payload.length;
    if (this.#at + 16 + length > this.#block.length) this.#flush();
    const b = this.#block;
    let at = this.#at;
    b.writeUInt32LE(Math.floor(seconds), at);
    b.writeUInt32LE(Math.floor((seconds % 1) * 1e6), at + 4);
    b.writeUInt32LE(length, at + 8);
    b.writeUInt32LE(length, at + 12);
    at += 16;
    b.fill(2, at, at + 12);
    b.writeUInt16BE(0x0800, at + 12);
    at += 14;
    b.fill(0, at, at + 20 + head);
    b[at] = 0x45;
    b.writeUInt16BE(20 + head + payload.length, at + 2);
    b[at + 8] = 64;
    b[at + 9] = protocol;
    b.writeUInt32BE(src, at + 12);
    b.writeUInt32BE(dst, at + 16);
    at += 20;
    b.writeUInt16BE(sport, at);
    b.writeUInt16BE(dport, at + 2);
    if (protocol === 6) {
      b.writeUInt32BE(sequence >>> 0, at + 4);
      b[at + 12] = 0x50;
      b[at + 13] = flags;
    } else b.writeUInt16BE(8 + payload.length, at + 4);
    b.set(payload, at + head);
    this.#at = at + head + payload.length;
    this.packets++;
  }
  end(): void {
    this.#flush();
    closeSync(this.#file);
  }
  #flush(): void {
    writeSync(this.#file, this.#block, 0, this.#at);
    this.#at = 0;
  }
}

const text = (words: string): Uint8Array => Buffer.from(words, 'latin1');
const frame = (type: number, body: string): string =>
  String.fromCharCode(body.length & 255, body.length >> 8, type & 255, type >> 8) + body;

type Talk = { client: Uint8Array; server: Uint8Array; port: number };

function talkOf(n: number, chance: Chance): Talk {
  const port = 1024 + wholeBelow(60_000, chance);
  const hello = Buffer.alloc(200, 7);
  hello.set([0x16, 3, 1, 0, 195, 1, 0, 0, 191, 3, 3]);
  switch (n % 20) {
    case 0:
      return {
        client: text(
          frame(2, `user${n} secret 6699 "nap v1.4" 4`) +
            frame(100, `"C:\\mp3\\a - b.mp3" ${'0'.repeat(32)} 4000000 128 44100 240`),
        ),
        server: text(frame(3, 'a@b.example') + frame(621, 'VERSION opennap 0.44') + frame(214, '100 2000 8')),
        port,
      };
    case 1:
      return { client: text(`GETuser${n} "C:\\mp3\\a - b.mp3" 0`), server: text('14000000ID3'), port };
    case 2:
      return {
        client: text('GNUTELLA CONNECT/0.6\r\nUser-Agent: LimeWire/4.12\r\nX-Ultrapeer: False\r\n\r\n'),
        server: text('GNUTELLA/0.6 200 OK\r\nUser-Agent: Phex 3\r\n\r\n'),
        port,
      };
    case 3:
      return {
        client: text(`GET /uri-res/N2R?urn:sha1:${'A'.repeat(32)} HTTP/1.1\r\nUser-Agent: LimeWire/4.12\r\n\r\n`),
        server: text('HTTP/1.1 200 OK\r\nServer: LimeWire/4.12\r\nContent-Length: 9999999\r\n\r\n'),
        port,
      };
    case 4:
    case 5:
      return { client: text('SSH-2.0-OpenSSH_9.2\r\n'), server: text('SSH-2.0-OpenSSH_9.2\r\n'), port: 22 };
    default:
      return n % 2 === 0
        ? { client: hello, server: hello, port: 443 }
        : {
            client: text('GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\n\r\n'),
            server: text('HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 99999\r\n\r\n'),
            port: 80,
          };
  }
}

/** About a million packets of 682 bytes in the mean, in 12,600 flows, 200 of them at a time. */
function writeMixed(path: string): number {
  const chance = seeded(7);
  const out = new CaptureWriter(path);
  const body = new Uint8Array(1300).map(() => wholeBelow(256, chance));
  const nothing = new Uint8Array(0);
  const pongs = new Uint8Array(37 * 4);
  for (let at = 0; at < pongs.length; at += 37) {
    for (let i = 0; i < 16; i++) pongs[at + i] = wholeBelow(256, chance);
    pongs.set([1, 2, 1, 14, 0, 0, 0, 0xca, 0x18, 198, 18, 1, wholeBelow(256, chance)], at + 16);
  }
  type Flow = { src: number; dst: number; sport: number; talk: Talk; left: number; step: number; c: number; s: number };
  const open: Flow[] = [];
  let made = 0;
  for (let n = 0; n < 1_000_000; n++) {
    const seconds = 1_100_000_000 + n / 3000;
    if (open.length < 200 && made < 12_600) {
      open.push({
        src: 0x0a000000 + wholeBelow(4000, chance),
        dst: 0xc6120000 + wholeBelow(60_000, chance),
        sport: 1024 + wholeBelow(60_000, chance),
        talk: talkOf(made, chance),
        left: 20 + wholeBelow(120, chance),
        step: 0,
        c: 1000,
        s: 5000,
      });
      made++;
    }
    const at = wholeBelow(open.length, chance);
    const flow = open[at] as Flow;
    const { src, dst, sport, talk } = flow;
    const client = (flags: number, payload: Uint8Array): void => {
      out.frame(seconds, src, sport, dst, talk.port, 6, flow.c, flags, payload);
      flow.c += payload.length + (flags & 3 ? 1 : 0);
    };
    const server = (flags: number, payload: Uint8Array): void => {
      out.frame(seconds, dst, talk.port, src, sport, 6, flow.s, flags, payload);
      flow.s += payload.length + (flags & 3 ? 1 : 0);
    };
    switch (flow.step++) {
      case 0:
        client(2, nothing);
        break;
      case 1:
        server(0x12, nothing);
        break;
      case 2:
        if (talk.server[0] === 0x31) server(0x18, text('1'));
        else client(0x10, nothing);
        break;
      case 3:
        client(0x18, talk.client);
        break;
      case 4:
        server(0x18, talk.server[0] === 0x31 ? talk.server.subarray(1) : talk.server);
        break;
      default:
        if (flow.left-- === 0) {
          client(0x11, nothing);
          open[at] = open.at(-1) as Flow;
          open.pop();
        } else if (talk.server[2] === 3 || talk.server[0] === 0x0b) server(0x18, text(frame(621, 'm'.repeat(600))));
        else if (talk.server[8] === 0x2f) server(0x18, pongs);
        else if (wholeBelow(100, chance) < 48) client(0x10, nothing);
        else server(0x18, body);
    }
  }
  out.end();
  return out.packets;
}

/** 500,000 flows of two packets: a tenth Gnutella, half HTTP, the rest undecidable. */
function writeFlood(path: string): number {
  const chance = seeded(9);
  const out = new CaptureWriter(path);
  const get = text('GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\n\r\n');
  const answer = text('HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 99999\r\n\r\n');
  const ask = text('GNUTELLA CONNECT/0.6\r\nUser-Agent: LimeWire/4.12\r\n\r\n');
  const agree = text('GNUTELLA/0.6 200 OK\r\nUser-Agent: Phex 3\r\n\r\n');
  const half = text('1');
  for (let n = 0; n < 500_000; n++) {
    const seconds = 1_100_000_000 + n / 2000;
    const src = 0x0a000000 + n;
    const dst = 0xc6120000 + wholeBelow(60_000, chance);
    const sport = 1024 + wholeBelow(60_000, chance);
    const kind = n % 10;
    const [first, second] = kind === 0 ? [ask, agree] : kind < 6 ? [get, answer] : [text('GET'), half];
    out.frame(seconds, src, sport, dst, 80, 6, 1000, 0x18, first);
    out.frame(seconds + 0.01, dst, 80, src, sport, 6, 5000, 0x18, second);
  }
  out.end();
  return out.packets;
}

type Cost = { cpuSeconds: number; maxRssMb: number };

/** Best of three runs; null when the program is not here or fails. */
function cost(command: string, args: readonly string[]): Cost | null {
  let best: Cost | null = null;
  for (let run = 0; run < 3; run++) {
    const timed = spawnSync(
      '/usr/bin/time',
      ['-f', '@%U %S %M', 'sh', '-c', 'exec "$@" > /dev/null', 'sh', command, ...args],
      { encoding: 'utf8' },
    );
    const figures = /@([\d.]+) ([\d.]+) (\d+)/.exec(timed.stderr ?? '');
    if (figures === null || timed.status !== 0) return null;
    const made: Cost = { cpuSeconds: Number(figures[1]) + Number(figures[2]), maxRssMb: Number(figures[3]) / 1024 };
    if (best === null || made.cpuSeconds < best.cpuSeconds) best = made;
  }
  return best;
}

const folder = mkdtempSync(join(tmpdir(), 'watch-bench-'));
try {
  for (const [name, write] of [
    ['mixed', writeMixed],
    ['flood', writeFlood],
  ] as const) {
    const path = join(folder, `${name}.pcap`);
    const packets = write(path);
    console.log(`${name}: ${(packets / 1e6).toFixed(2)} M packets, ${(statSync(path).size / 1e6).toFixed(0)} MB`);
    const ours = [join(root, 'bin/peershield.js'), 'watch', path, '--json'];
    for (const [program, command, args] of [
      ['tcpdump -r F -w /dev/null', 'tcpdump', ['-r', path, '-w', '/dev/null']],
      ['peershield watch F --json', process.execPath, ours],
      ['ndpiReader -q -i F', 'ndpiReader', ['-q', '-i', path]],
    ] as const) {
      const made = cost(command, args);
      if (made === null) console.log(`  ${program.padEnd(28)} not here`);
      else
        console.log(
          `  ${program.padEnd(28)} ${made.cpuSeconds.toFixed(2)} CPU s  ${(packets / 1e6 / made.cpuSeconds).toFixed(2)} M packets / CPU s  ${made.maxRssMb.toFixed(0)} MB`,
        );
    }
  }
} finally {
  if (!process.argv.includes('--keep')) rmSync(folder, { recursive: true });
  else console.log(folder);
}
