// Two network namespaces with a slow, lossy wire between them, made without privilege (`unshare -rn`):
//
//   scanner 10.77.0.1, fd77::1 ── veth ── line.py (delay, loss) ── veth ── target 10.77.0.2, fd77::2
//
// Everything that is started here is ended by `close`, and the namespaces go with their last process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { type Layout, rulesOf } from './layouts.ts';

export type Wire = { delayMs: number; loss: number; seed: number };
export type Ran = { stdout: string; stderr: string; code: number | null; seconds: number };

export const SCANNER = { 4: '10.77.0.1', 6: 'fd77::1' } as const;
export const TARGET = { 4: '10.77.0.2', 6: 'fd77::2' } as const;

/** What still runs when a test was cut off by its deadline: it must not outlive the process, nor hold it. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const HOLD = ['sh', '-c', 'echo $$; exec sleep 3600'];
const READY_MS = 10_000;

/** A running testbed. */
export class Bed {
  readonly #children: ChildProcess[] = [];
  #scannerPid = 0;
  #targetPid = 0;

  static async open(layout: Layout, wire: Wire): Promise<Bed> {
    const bed = new Bed();
    try {
      await bed.#build(layout, wire);
    } catch (error) {
      bed.close();
      throw error;
    }
    return bed;
  }

  /** Runs a program where the scanner stands and waits for its end. */
  scan(command: string[], input = ''): Promise<Ran> {
    return this.#run(this.#scannerPid, command, input);
  }

  /** Runs a program in the target. */
  target(command: string[], input = ''): Promise<Ran> {
    return this.#run(this.#targetPid, command, input);
  }

  /** Starts a program in one of the two and waits for its first line on stdout. */
  async start(where: 'scanner' | 'target', command: string[]): Promise<{ child: ChildProcess; line: string }> {
    const pid = where === 'scanner' ? this.#scannerPid : this.#targetPid;
    return await this.#spawn([...enter(pid), ...command]);
  }

  /** What to put before a command line so that it runs in the target. */
  enterTarget(): string[] {
    return enter(this.#targetPid);
  }

  close(): void {
    for (const child of this.#children.toReversed()) child.kill('SIGKILL');
    this.#children.length = 0;
  }

  async #build(layout: Layout, wire: Wire): Promise<void> {
    this.#scannerPid = Number((await this.#spawn(['unshare', '-rn', '--kill-child', ...HOLD])).line);
    this.#targetPid = Number((await this.#spawn([...enter(this.#scannerPid), 'unshare', '-n', ...HOLD])).line);
    const line = join(import.meta.dirname, 'line.py');
    const { 4: s4, 6: s6 } = SCANNER;
    const { 4: t4, 6: t6 } = TARGET;
    await this.#must(
      this.#scannerPid,
      `set -e
sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 || true
ip link set lo up
ip link add scanner type veth peer name near
ip link add target type veth peer name far
for dev in scanner near target far; do python3 '${line}' --offload-off $dev; done
for dev in near far; do sysctl -qw net.ipv6.conf.$dev.disable_ipv6=1 || true; done
ip link set near up; ip link set far up; ip link set scanner up
ip addr add ${s4}/24 dev scanner; ip addr add ${s6}/64 dev scanner nodad
ip link set target netns ${this.#targetPid}`,
    );
    await this.#must(
      this.#targetPid,
      `set -e
ip link set lo up; ip link set target up
ip addr add ${t4}/24 dev target; ip addr add ${t6}/64 dev target nodad`,
    );
    await this.start('scanner', ['python3', line, 'near', 'far', `${wire.delayMs}`, `${wire.loss}`, `${wire.seed}`]);
    await this.start('target', ['python3', join(import.meta.dirname, 'target.py')]);
    const { code, stderr } = await this.target(['nft', '-f', '-'], rulesOf(layout));
    if (code !== 0) throw new Error(`nft refused the layout: ${stderr}`);
    await this.#warmUp(layout);
  }

  /** Lets the neighbours learn each other, so that a measurement does not begin with ARP. */
  async #warmUp(layout: Layout): Promise<void> {
    const host = TARGET[layout.family];
    const kind = layout.family === 6 ? 'AF_INET6' : 'AF_INET';
    const code = `import socket,time
s=socket.socket(socket.${kind},socket.SOCK_DGRAM)
for _ in range(3): s.sendto(b'',('${host}',9)); time.sleep(.1)`;
    await this.scan(['python3', '-c', code]);
  }

  async #must(pid: number, script: string): Promise<void> {
    const { code, stderr } = await this.#run(pid, ['sh', '-c', script], '');
    if (code !== 0) throw new Error(`the testbed could not be built: ${stderr}`);
  }

  async #run(pid: number, command: string[], input: string): Promise<Ran> {
    const startedAt = performance.now();
    const [program, ...args] = [...enter(pid), ...command] as [string, ...string[]];
    const child = spawn(program, args);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { stdout, stderr, code, seconds: (performance.now() - startedAt) / 1000 };
  }

  async #spawn(command: string[]): Promise<{ child: ChildProcess; line: string }> {
    const [program, ...args] = command as [string, ...string[]];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.push(child);
    running.add(child);
    child.once('exit', () => running.delete(child));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const lines = createInterface(child.stdout);
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${command.join(' ')} ended: ${stderr}`)));
    const [line] = (await Promise.race([once(lines, 'line', { signal: AbortSignal.timeout(READY_MS) }), ended])) as [
      string,
    ];
    ended.catch(() => {});
    child.unref();
    for (const pipe of [child.stdout, child.stderr]) (pipe as Socket).unref();
    return { child, line };
  }
}

function enter(pid: number): string[] {
  return ['nsenter', `--target=${pid}`, '--user', '--preserve-credentials', '--net'];
}
