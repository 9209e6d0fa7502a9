// Peers over real sockets and real files, with a small scripted hub between them, and with partners who do not behave.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { seeded, wholeBelow } from '#base';
import { LIMITS } from './limits.ts';
import type { Peer } from './peer.ts';
import { TestHub } from './testing/hub.ts';
import { ended, fetchFound, findId, Rig, until } from './testing/rig.ts';
import { Uploader } from './testing/uploader.ts';

const TUNE = 'Ida Fern - Slow River.mp3';

function sha1(path: string): string {
  return createHash('sha1').update(readFileSync(path)).digest('hex');
}

describe('two peers and a hub', () => {
  const rig = new Rig();
  const hub = new TestHub();
  let anna: Peer;
  let music: string;
  before(async () => {
    await hub.start();
    music = rig.music('music', 9);
    anna = await rig.peer('anna', { shareFolders: [music], hubs: hubs(hub), napsterPort: await free() });
    await until(anna, 'shares at the hub', () => ((hub.user('anna')?.files.size ?? 0) === 9 ? true : undefined));
  });
  after(async () => {
    await rig.end();
    await hub.stop();
  });

  it('say what is true of a song, and nothing of this machine', () => {
    const file = [...(hub.user('anna')?.files.values() ?? [])].find(({ path }) => path.includes('Slow River'));
    assert.equal(file?.path, `\\music\\${TUNE}`);
    assert.equal(file?.size, statSync(join(music, TUNE)).size);
    assert.ok((file?.seconds ?? 0) > 5 && (file?.kbps ?? 0) >= 32 && /^[0-9a-f]{32}$/.test(file?.hash ?? ''));
  });

  it('exchange a song, byte for byte', async () => {
    const bob = await rig.peer('bob', { hubs: hubs(hub), napsterPort: await free() });
    const row = await ended(bob, await fetchFound(bob, 'slow river'));
    assert.equal(row.state, 'done', row.reason ?? '');
    assert.equal(sha1(row.path ?? ''), sha1(join(music, TUNE)));
    assert.equal(row.sha1, sha1(join(music, TUNE)));
    assert.deepEqual(readdirSync(join(rig.dir, 'bob', 'downloads')), [TUNE]);
    assert.equal(
      (
        await until(anna, 'the upload', () =>
          [...anna.rows.all()].find(({ direction, state }) => direction === 'up' && state === 'done'),
        )
      ).nick,
      'bob',
    );
  });

  it('exchange it by push when the owner cannot be reached', async () => {
    const folder = rig.music('cids', 1);
    const own = join(folder, 'Only Mine.mp3');
    writeFileSync(own, Buffer.concat([readFileSync(join(music, TUNE)), Buffer.from('TAG'.padEnd(128, '\0'))]));
    rig.settle(own);
    const cid = await rig.peer('cid', { shareFolders: [folder], hubs: hubs(hub) });
    await until(cid, 'shares', () => ((hub.user('cid')?.files.size ?? 0) === 2 ? true : undefined));
    const dan = await rig.peer('dan', { hubs: hubs(hub), napsterPort: await free() });
    const wanted = dan.download({ nick: 'cid', path: '\\cids\\Dial Tone Choir - Handshake.mp3' }, null);
    assert.ok('row' in wanted);
    const row = await ended(dan, wanted.row);
    assert.equal(row.state, 'done', row.reason ?? '');
    assert.equal(sha1(row.path ?? ''), sha1(join(music, 'Dial Tone Choir - Handshake.mp3')));
  });

  it('are told in words when neither can be reached', async () => {
    const eve = await rig.peer('eve', { hubs: hubs(hub) });
    const wanted = eve.download({ nick: 'cid', path: '\\cids\\Only Mine.mp3' }, null);
    assert.ok('row' in wanted);
    const row = await ended(eve, wanted.row);
    assert.equal(row.state, 'failed');
    assert.match(row.reason ?? '', /neither of us can be reached/);
  });

  it('give a taken name a number', async () => {
    const bob = await rig.peer('fay', { hubs: hubs(hub), napsterPort: await free() });
    writeFileSync(join(rig.dir, 'fay', 'downloads', TUNE), 'mine');
    const row = await ended(bob, await fetchFound(bob, 'slow river'));
    assert.equal(row.path, join(rig.dir, 'fay', 'downloads', 'Ida Fern - Slow River (2).mp3'));
    assert.equal(readFileSync(join(rig.dir, 'fay', 'downloads', TUNE), 'utf8'), 'mine');
  });

  it('close everything on "off" and come back on "on"', async () => {
    const port = Number(anna.listening?.split(':')[1]);
    await anna.power(false);
    assert.equal(anna.listening, null);
    assert.equal(anna.status.mode, 'off');
    assert.deepEqual([anna.status.shares.files, anna.status.hubs], [0, []]);
    await assert.rejects(open(port), /ECONNREFUSED/);
    await until(anna, 'the hub to forget', () => (hub.user('anna') === undefined ? true : undefined));
    await anna.power(true);
    await until(anna, 'shares again', () => ((hub.user('anna')?.files.size ?? 0) === 9 ? true : undefined));
  });

  it('tell the hub of what is added and taken away', async () => {
    renameSync(join(music, TUNE), join(music, 'Renamed River.mp3'));
    await until(anna, 'the change', () => {
      const paths = [...(hub.user('anna')?.files.keys() ?? [])];
      return paths.includes('\\music\\Renamed River.mp3') && !paths.includes(`\\music\\${TUNE}`) ? true : undefined;
    });
    renameSync(join(music, 'Renamed River.mp3'), join(music, TUNE));
    await until(anna, 'the change back', () =>
      hub.user('anna')?.files.has(`\\music\\${TUNE}`) === true ? true : undefined,
    );
  });

  it('serve the others while one sends garbage, half messages and lies to the share port', async () => {
    const port = Number(anna.listening?.split(':')[1]);
    const chance = seeded(3);
    const bad: Socket[] = [];
    for (const text of [
      '\0'.repeat(500),
      'GET',
      'GET nobody "',
      `GETeve "${'a'.repeat(5000)}" 0`,
      'SENDeve "x.mp3" 99999999999',
      'GETeve "\\music\\..\\..\\etc\\passwd" 0',
      'GETeve "\\music\\x.mp3" 99999999999999999999',
    ]) {
      const socket = (await open(port)).on('error', () => {});
      socket.write(text);
      bad.push(socket);
    }
    for (let i = 0; i < 9; i++) {
      const socket = await open(port);
      bad.push(socket.on('error', () => {}));
      socket.write(Buffer.from(Array.from({ length: 300 }, () => wholeBelow(256, chance))));
    }
    for (const socket of bad) socket.destroy();
    const gus = await rig.peer('gus', { hubs: hubs(hub), napsterPort: await free() });
    assert.equal((await ended(gus, await fetchFound(gus, 'handshake'))).state, 'done');
  });

  it('never give out what lies outside, whatever path is asked for', async () => {
    symlinkSync('/etc/hostname', join(music, 'link.mp3'));
    writeFileSync(join(rig.dir, 'private.mp3'), readFileSync(join(music, TUNE)));
    linkSync(join(rig.dir, 'private.mp3'), join(music, 'hard.mp3'));
    rig.settle(join(music, 'hard.mp3'));
    await anna.library.scan();
    const held = anna.libraryPage({ only: 'held-back' }).rows;
    assert.match(held.find(({ name }) => name === 'link.mp3')?.reason ?? '', /leads out/);
    assert.match(held.find(({ name }) => name === 'hard.mp3')?.reason ?? '', /hard link/);
    for (const path of [
      '\\music\\link.mp3',
      '\\music\\hard.mp3',
      '\\music\\..\\private.mp3',
      '/etc/passwd',
      '..',
      'C:\\boot.ini',
      '\\music\\',
    ]) {
      assert.equal(await askFor(Number(anna.listening?.split(':')[1]), path), 'FILE NOT SHARED', path);
    }
    unlinkSync(join(music, 'link.mp3'));
    unlinkSync(join(music, 'hard.mp3'));
  });

  it('refuse a file that was swapped after the scan', async () => {
    const path = join(music, 'Paper Lanterns - Night Bus Home.mp3');
    const kept = readFileSync(path);
    anna.library.close(); // no scan may see it first
    unlinkSync(path);
    writeFileSync(path, 'something private');
    assert.equal(
      await askFor(Number(anna.listening?.split(':')[1]), '\\music\\Paper Lanterns - Night Bus Home.mp3'),
      'FILE NOT SHARED',
    );
    writeFileSync(path, kept);
  });
});

describe('a partner who does not behave', () => {
  const rig = new Rig();
  const hub = new TestHub();
  const song = (): Buffer => readFileSync(join(rig.dir, 'music', TUNE));
  const uploaders: Uploader[] = [];
  let peer: Peer;
  before(async () => {
    await hub.start();
    rig.music('music', 9);
    peer = await rig.peer('anna', { hubs: hubs(hub), napsterPort: await free() });
    await until(peer, 'the hub', () => (peer.status.hubs[0]?.state === 'online' ? true : undefined));
  });
  after(async () => {
    for (const one of uploaders) await one.stop();
    await rig.end();
    await hub.stop();
  });

  async function uploader(
    nick: string,
    path: string,
    bytes: Buffer,
    serve: (socket: Socket, get: string) => void,
    more: { size?: number; onRequest?: (nick: string, path: string) => boolean } = {},
  ): Promise<Uploader> {
    const one = new Uploader(nick);
    uploaders.push(one);
    await one.start(
      hub.port,
      [{ path, size: more.size ?? bytes.length, hash: createHash('md5').update(bytes).digest('hex') }],
      serve,
      more.onRequest,
    );
    await until(peer, 'the offer', () => (hub.user(nick)?.files.has(path) === true ? true : undefined));
    return one;
  }
  it("who sends a program under a song's name is stopped, named and held", async () => {
    const program = Buffer.concat([
      Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'),
      Buffer.alloc(400_000, 'This program cannot be run in DOS mode. '),
    ]);
    await uploader('mal', '\\x\\Great Hit.mp3', program, whole(program));
    const row = await ended(peer, await fetchFound(peer, 'great hit'));
    assert.equal(row.state, 'quarantined');
    assert.ok(row.verdict === 'fake' || row.verdict === 'suspect', String(row.verdict));
    assert.deepEqual(readdirSync(join(rig.dir, 'anna', 'downloads')), []);
    const [held] = peer.quarantine.list(0, 10).rows;
    assert.equal(held?.nick, 'mal');
    assert.ok((held?.findings.length ?? 0) > 0);
    assert.equal(
      peer.status.problems.some(({ code }) => code === 'quarantined'),
      true,
    );
  });

  it('is passed over for another source of the same song', async () => {
    const good = song();
    const bad = Buffer.alloc(good.length, 'not a song at all ');
    const size = good.length;
    const md5 = createHash('md5').update(good).digest('hex');
    for (const [nick, bytes] of [
      ['nan', bad],
      ['ned', good],
    ] as const) {
      const one = new Uploader(nick);
      uploaders.push(one);
      await one.start(hub.port, [{ path: '\\y\\Twin Song.mp3', size, hash: md5 }], whole(bytes));
      await until(peer, 'the offer', () => (hub.user(nick)?.files.size === 1 ? true : undefined));
    }
    const row = await ended(peer, await fetchFound(peer, 'twin song'));
    assert.equal(row.state, 'done', row.reason ?? '');
    assert.equal(row.nick, 'ned');
    assert.equal(sha1(row.path ?? ''), createHash('sha1').update(good).digest('hex'));
  });

  it('is replaced by somebody else who has the same song, though nobody named him', async () => {
    const good = song();
    const bad = Buffer.alloc(good.length, 'noise of letters ');
    await uploader('bad', '\\z\\Lone Song.mp3', bad, whole(bad));
    await uploader('kim', '\\else\\where\\Lone Song.mp3', good, whole(good));
    const wanted = peer.download({ nick: 'bad', path: '\\z\\Lone Song.mp3', sizeBytes: good.length }, null);
    assert.ok('row' in wanted);
    const row = await ended(peer, wanted.row);
    assert.equal(row.state, 'done', row.reason ?? '');
    assert.equal(row.nick, 'kim');
  });

  it('who hangs up in the middle is asked for the rest, not for the beginning', async () => {
    const bytes = song();
    const half = Math.floor(bytes.length / 2);
    let first = true;
    const one = await uploader('hal', '\\x\\Half Song.mp3', bytes, (socket, get) => {
      const offset = Number(/\d+$/.exec(get)?.[0]);
      socket.write(String(bytes.length));
      socket.write(bytes.subarray(offset, first ? half : bytes.length), () => socket.end());
      first = false;
    });
    const row = await fetchFound(peer, 'half song');
    const waiting = await until(peer, 'a reason', () =>
      row.state === 'waiting' && row.reason !== null ? row.reason : undefined,
    );
    assert.match(waiting, /hal: the other side hung up in the middle/);
    assert.deepEqual(readdirSync(join(rig.dir, 'anna', 'downloads')).includes('Half Song.mp3'), false);
    peer.act('retry', [row.id]);
    assert.equal((await ended(peer, row)).state, 'done');
    assert.ok(Number(/\d+$/.exec(one.asked.at(-1) ?? '')?.[0]) > half - 5_000, one.asked.at(-1));
    assert.equal(sha1(row.path ?? ''), createHash('sha1').update(bytes).digest('hex'));
  });

  it('who sends another file after a break is found out', async () => {
    const bytes = song();
    const other = readFileSync(join(rig.dir, 'music', 'Ida Fern - Rain on Slate.mp3'));
    let first = true;
    await uploader('oli', '\\x\\Swap Song.mp3', bytes, (socket, get) => {
      const offset = Number(/\d+$/.exec(get)?.[0]);
      socket.write(String(bytes.length));
      socket.end(first ? bytes.subarray(0, 50_000) : other.subarray(offset));
      first = false;
    });
    const row = await fetchFound(peer, 'swap song');
    await until(peer, 'a reason', () => (row.state === 'waiting' && row.reason !== null ? true : undefined));
    peer.act('retry', [row.id]);
    const over = await ended(peer, row);
    assert.equal(over.state, 'failed');
    assert.match(over.reason ?? '', /another file/);
  });

  it('who has another size than he said is not believed', async () => {
    const bytes = song();
    await uploader('liz', '\\x\\Size Song.mp3', bytes, whole(bytes), { size: bytes.length + 10 });
    const row = await ended(peer, await fetchFound(peer, 'size song'));
    assert.equal(row.state, 'failed');
    assert.match(row.reason ?? '', /has \d+ bytes there now/);
  });

  it('who says a size that no file here has is not asked for it', async () => {
    const one = await uploader('ivo', '\\x\\Endless Song.mp3', song(), whole(song()), { size: 2 ** 40 });
    const row = await ended(peer, await fetchFound(peer, 'endless song'));
    assert.equal(row.state, 'failed');
    assert.match(row.reason ?? '', /no file here is that long/);
    assert.deepEqual(one.asked, []);
    const more = await uploader('joe', '\\x\\Unsized Song.mp3', song(), (socket) => {
      socket.end(`${2 ** 40}${song().toString('latin1')}`, 'latin1');
    });
    hub.user('joe')?.files.clear(); // nobody says its size but joe himself
    hub.instead = (user, message) => {
      if (message.kind !== 'download' || message.nick !== 'joe') return false;
      const { nick, path } = message;
      hub.say(user, { kind: 'ready', nick, ip: '127.0.0.1', port: more.port, path, hash: '0', speed: 0 });
      return true;
    };
    const wanted = peer.download({ nick: 'joe', path: '\\x\\Unsized Song.mp3' }, null);
    assert.ok('row' in wanted);
    const over = await ended(peer, wanted.row);
    hub.instead = () => false;
    assert.equal(over.state, 'failed');
    assert.match(over.reason ?? '', /no file here is that long/);
  });

  it('whose words would steer a terminal is quoted without that', async () => {
    await uploader('ola', '\\x\\Steering Song.mp3', song(), (socket) => {
      socket.end('\u001b]0;mine\u0007\u001b[2JNO', 'latin1');
    });
    const row = await fetchFound(peer, 'steering song');
    const reason = await until(peer, 'a reason', () =>
      row.state === 'waiting' ? (row.reason ?? undefined) : undefined,
    );
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(reason, /[\u0000-\u001f]/);
    peer.act('cancel', [row.id]);
  });

  it('who sends more than the size is cut off at it', async () => {
    const bytes = song();
    await uploader('max', '\\x\\More Song.mp3', bytes, (socket) => {
      socket.write(String(bytes.length));
      socket.end(Buffer.concat([bytes, Buffer.alloc(100_000, 1)]));
    });
    const row = await ended(peer, await fetchFound(peer, 'more song'));
    assert.equal(row.state, 'done', row.reason ?? '');
    assert.equal(statSync(row.path ?? '').size, bytes.length);
  });

  it('who gives the file a name that leads out puts it into the downloads all the same', async () => {
    const bytes = song();
    await uploader('eve', '..\\..\\..\\../escaped Song.mp3', bytes, whole(bytes));
    const row = await ended(peer, await fetchFound(peer, 'escaped song'));
    assert.equal(row.state, 'done', row.reason ?? '');
    assert.equal(row.path, join(rig.dir, 'anna', 'downloads', 'escaped Song.mp3'));
    assert.equal(existsSync(join(rig.dir, 'escaped Song.mp3')), false);
  });

  it('whose slots are taken is asked again, and the place in line is shown', async () => {
    const bytes = song();
    let asked = 0;
    const one = await uploader('sam', '\\x\\Slot Song.mp3', bytes, whole(bytes), {
      onRequest: (nick, path) => {
        if (++asked > 1) return false;
        one.say({ kind: 'queueLimit', nick, path, limit: 7 });
        return true;
      },
    });
    const row = await fetchFound(peer, 'slot song');
    await until(peer, 'a place', () => (row.queuePlace === 7 && row.state === 'waiting' ? true : undefined));
    assert.match(row.reason ?? '', /slots are taken/);
    peer.act('retry', [row.id]);
    assert.equal((await ended(peer, row)).state, 'done');
  });

  it('who says what is left of a resumed file, as giFT does, is understood', async () => {
    const bytes = song();
    let first = true;
    await uploader('gif', '\\x\\Gift Song.mp3', bytes, (socket, get) => {
      const offset = Number(/\d+$/.exec(get)?.[0]);
      socket.write(String(bytes.length - offset));
      socket.write(bytes.subarray(offset, first ? 60_000 : bytes.length), () => socket.end());
      first = false;
    });
    const row = await fetchFound(peer, 'gift song');
    await until(peer, 'a reason', () => (row.state === 'waiting' && row.reason !== null ? true : undefined));
    peer.act('retry', [row.id]);
    assert.equal((await ended(peer, row)).state, 'done', row.reason ?? '');
  });

  it('who has only half a song: it is kept as damaged, and only a person puts it on the shelf', async () => {
    const cut = song().subarray(0, 70_001);
    await uploader('cut', '\\x\\Cut Song.mp3', cut, whole(cut));
    const row = await ended(peer, await fetchFound(peer, 'cut song'));
    assert.equal(row.state, 'quarantined');
    assert.equal(row.verdict, 'damaged');
    const held = peer.quarantine.list(0, 50).rows.find(({ name }) => name === 'Cut Song.mp3');
    const shelf = join(rig.dir, 'anna', 'downloads', 'Cut Song.mp3');
    assert.equal(existsSync(shelf), false);
    assert.equal(await peer.quarantine.act(held?.id ?? '', 'release'), null);
    assert.equal(readFileSync(shelf).equals(cut), true);
    assert.equal(await peer.quarantine.act(held?.id ?? '', 'undo'), null);
    assert.equal(existsSync(shelf), false);
    assert.equal(await peer.quarantine.act(held?.id ?? '', 'delete'), null);
    assert.equal(await peer.quarantine.act(held?.id ?? '', 'delete'), 'missing');
  });

  it('who is not there any more leaves a reason, and the row goes on after a restart', async () => {
    const bytes = song();
    const one = await uploader('zoe', '\\x\\Late Song.mp3', bytes, (socket, get) => {
      const offset = Number(/\d+$/.exec(get)?.[0]);
      socket.write(String(bytes.length));
      socket.write(bytes.subarray(offset, 80_000), () => socket.destroy());
    });
    const row = await fetchFound(peer, 'late song');
    await until(peer, 'a reason', () => (row.state === 'waiting' && row.bytes > 10_000 ? true : undefined));
    await one.stop();
    await peer.stop();
    await uploader('zoe', '\\x\\Late Song.mp3', bytes, whole(bytes));
    peer = await rig.peer('anna', { hubs: hubs(hub), napsterPort: await free() });
    const again = peer.rows.get(row.id);
    assert.ok(again !== undefined);
    assert.equal((await ended(peer, again)).state, 'done', again.reason ?? '');
    assert.equal(sha1(again.path ?? ''), createHash('sha1').update(bytes).digest('hex'));
  });
});

describe('a hub that comes and goes', () => {
  it('is joined again, with shares, and its absence has a reason', async () => {
    const rig = new Rig();
    const hub = new TestHub();
    try {
      await hub.start();
      const peer = await rig.peer('anna', { shareFolders: [rig.music('music', 2)], hubs: hubs(hub) });
      await until(peer, 'shares', () => ((hub.user('anna')?.files.size ?? 0) === 2 ? true : undefined));
      await hub.stop();
      hub.users.clear();
      const state = await until(peer, 'its absence', () =>
        peer.status.hubs[0]?.state === 'waiting' ? peer.status.hubs[0] : undefined,
      );
      assert.ok(state.reason !== null && state.retryAt !== null);
      await hub.start();
      await until(peer, 'shares again', () => ((hub.user('anna')?.files.size ?? 0) === 2 ? true : undefined));
    } finally {
      await rig.end();
      await hub.stop();
    }
  });

  it('that can knock is asked to, and what it found is shown', async () => {
    const rig = new Rig();
    const hub = new TestHub();
    try {
      hub.instead = (user, message) => {
        if (message.kind === 'hello') hub.say(user, { kind: 'hello', version: 1, capabilities: 'knock', name: 'test' });
        if (message.kind === 'knock')
          hub.say(user, { kind: 'knocked', port: message.port, outcome: 'silent', ms: 5_000 });
        return message.kind === 'hello' || message.kind === 'knock';
      };
      await hub.start();
      const peer = await rig.peer('anna', { hubs: hubs(hub), napsterPort: await free() });
      const reach = await until(peer, 'the outcome', () =>
        peer.status.reach.state === 'firewalled' ? peer.status.reach : undefined,
      );
      assert.match(reach.why ?? '', /could not connect to it \(silent\)/);
      (await open(peer.status.reach.napsterPort)).destroy();
      await until(peer, 'somebody coming in', () => (peer.status.reach.state === 'reachable' ? true : undefined));
    } finally {
      await rig.end();
      await hub.stop();
    }
  });

  it('that names addresses without end has few of them called', async () => {
    const rig = new Rig();
    const hub = new TestHub();
    let calls = 0;
    const target = createServer((socket) => {
      calls++;
      socket.on('error', () => {}).destroy();
    });
    try {
      await hub.start();
      await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
      const { port } = target.address() as { port: number };
      const peer = await rig.peer('anna', { hubs: hubs(hub), shareFolders: [rig.music('music', 1)] });
      const [path = ''] = await until(peer, 'shares', () => {
        const files = [...(hub.user('anna')?.files.keys() ?? [])];
        return files.length === 1 ? files : undefined;
      });
      const anna = hub.user('anna');
      const ip = '127.0.0.1';
      hub.say(anna, { kind: 'uploadRequest', nick: 'eve', path });
      for (let i = 0; i < 200; i++) {
        hub.say(anna, { kind: 'pushRequest', nick: 'eve', ip, port, path, hash: '0', speed: 0 });
        hub.say(anna, { kind: 'browseAsked', nick: `eve${i}`, ip, port });
      }
      const most = LIMITS.hubCalls.value;
      await until(peer, 'the calls', () => (calls >= most - 5 ? true : undefined));
      hub.say(anna, { kind: 'ping', nick: 'eve' });
      await until(peer, 'the pong', () =>
        hub.heard.some(({ message }) => message.kind === 'pong') ? true : undefined,
      );
      (await open(port)).destroy();
      assert.ok(calls <= most + 10, `${calls} calls`);
      assert.equal([...peer.rows.all()].filter(({ direction }) => direction === 'up').length, 1);
    } finally {
      await rig.end();
      await hub.stop();
      target.close();
    }
  });

  it('that asks for files without end is not answered without end', async () => {
    const rig = new Rig();
    const hub = new TestHub();
    try {
      await hub.start();
      const peer = await rig.peer('anna', { hubs: hubs(hub), shareFolders: [rig.music('music', 1)] });
      await until(peer, 'shares', () => (hub.user('anna')?.files.size === 1 ? true : undefined));
      const anna = hub.user('anna');
      for (let i = 0; i < 5_000; i++) hub.say(anna, { kind: 'uploadRequest', nick: `eve${i}`, path: 'not there' });
      hub.say(anna, { kind: 'ping', nick: 'eve' });
      await until(peer, 'the pong', () =>
        hub.heard.some(({ message }) => message.kind === 'pong') ? true : undefined,
      );
      const answers = hub.heard.filter(({ message }) => message.kind === 'refuse').length;
      assert.ok(answers >= LIMITS.hubAsks.value * 10, `${answers} answers`);
      assert.ok(answers <= LIMITS.hubAsks.value * 20, `${answers} answers`);
    } finally {
      await rig.end();
      await hub.stop();
    }
  });

  it('that refuses the nick is named with its own words', async () => {
    const rig = new Rig();
    const hub = new TestHub();
    try {
      hub.instead = (user, message) => {
        if (message.kind !== 'login') return false;
        hub.say(user, { kind: 'error', text: 'Nick registered to \u001b[2Janother user' });
        return true;
      };
      await hub.start();
      const peer = await rig.peer('anna', { hubs: hubs(hub) });
      const problem = await until(peer, 'the refusal', () => peer.status.problems[0]);
      assert.equal(problem.code, 'nick-taken');
      assert.match(problem.text, /Nick registered to \ufffd\[2Janother user/);
    } finally {
      await rig.end();
      await hub.stop();
    }
  });
});

describe('fetch only', () => {
  it('opens no port and shares nothing, and fetches all the same', async () => {
    const rig = new Rig();
    const hub = new TestHub();
    try {
      await hub.start();
      const music = rig.music('music', 3);
      const anna = await rig.peer('anna', { shareFolders: [music], hubs: hubs(hub), napsterPort: await free() });
      await until(anna, 'shares', () => ((hub.user('anna')?.files.size ?? 0) === 3 ? true : undefined));
      const bob = await rig.peer('bob', { shareFolders: [music], hubs: hubs(hub), fetchOnly: true, napsterPort: 6699 });
      assert.equal(bob.listening, null);
      const id = await findId(bob, 'handshake');
      const wanted = bob.download({ resultId: id }, null);
      assert.ok('row' in wanted);
      assert.equal((await ended(bob, wanted.row)).state, 'done');
      assert.equal(hub.user('bob')?.files.size, 0);
      assert.equal(hub.user('bob')?.port, 0);
      assert.equal(bob.status.reach.state, 'no-port');
    } finally {
      await rig.end();
      await hub.stop();
    }
  });
});

function hubs(hub: TestHub): { address: string; enabled: boolean; password: string }[] {
  return [{ address: hub.address, enabled: true, password: '' }];
}

/** What a share port answers to a GET beyond its `1`. */
async function askFor(port: number, path: string): Promise<string> {
  const socket = await open(port);
  let text = '';
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('data', (chunk) => {
    if (text === '') socket.write(`GETeve "${path}" 0`);
    text += chunk.toString('latin1');
  });
  await closed;
  return text.slice(1);
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** A port that nobody uses at this moment. */
async function free(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Serves these bytes from wherever it is asked. */
function whole(bytes: Buffer): (socket: Socket, get: string) => void {
  return (socket, get) => {
    const offset = Number(/\d+$/.exec(get)?.[0]);
    socket.write(String(bytes.length));
    socket.end(bytes.subarray(offset));
  };
}
