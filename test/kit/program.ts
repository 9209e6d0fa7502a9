// Runs `peershield …` as a person would: a process of its own, its own folders, NDJSON read from its stdout.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const WAIT_MS = 30_000;

export type ProgramEvent = { readonly event: string; readonly [key: string]: unknown };

/** A folder for one test file, with HOME and everything in it. */
export function scratch(name: string): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), `peershield-${name}-`));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }) };
}

/** One running command. */
export class Program {
  readonly child: ChildProcess;
  readonly title: string;
  readonly events: ProgramEvent[] = [];
  out = '';
  err = '';
  readonly #waiters = new Set<() => void>();
  #rest = '';

  constructor(args: readonly string[], home: string) {
    this.title = `peershield ${args.join(' ')}`;
    const env = { PATH: process.env['PATH'], HOME: home, TMPDIR: home, LANG: 'C.UTF-8' };
    this.child = spawn(process.execPath, ['bin/peershield.js', ...args], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
    });
    this.child.on('close', () => this.#tell());
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits until `find` says something other than undefined of what has come so far. */
  async until<T>(
    what: string,
    find: (events: readonly ProgramEvent[]) => T | undefined,
    ms: number = WAIT_MS,
  ): Promise<T> {
    const deadline = performance.now() + ms;
    for (;;) {
      const found = find(this.events);
      if (found !== undefined) return found;
      if (!this.running)
        throw new Error(`${this.title}: ended (${this.child.exitCode}) before ${what}\n${this.err}\n${this.out}`);
      const left = deadline - performance.now();
      if (left <= 0)
        throw new Error(`${this.title}: no ${what} within ${ms} ms\n${this.err}\n${this.out.slice(-2000)}`);
      await this.#change(left);
    }
  }

  /** The address that the ready line of `program` gives for `name`. */
  async ready(program: string, name: string): Promise<string> {
    const ready = await this.until(`ready line of ${program}`, (events) =>
      events.find((event) => event.event === 'ready' && event['program'] === program),
    );
    const listen = (ready['listen'] as Record<string, unknown>)[name];
    return Array.isArray(listen) ? String(listen[0]) : String(listen);
  }

  /** Ends it as an operator would; the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.running) {
      this.child.kill(signal);
      await once(this.child, 'close');
    }
    return this.child.exitCode;
  }

  /** Waits for its own end; the exit code. */
  async end(): Promise<number | null> {
    if (this.running) await once(this.child, 'close');
    return this.child.exitCode;
  }

  #read(text: string): void {
    this.out += text;
    this.#rest += text;
    const lines = this.#rest.split('\n');
    this.#rest = lines.pop() as string;
    for (const line of lines) if (line.startsWith('{')) this.events.push(JSON.parse(line) as ProgramEvent);
    this.#tell();
  }

  #tell(): void {
    for (const waiter of this.#waiters) waiter();
  }

  async #change(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#waiters.add(done);
    });
  }
}

/** Runs a short command to its end. */
export async function command(
  args: readonly string[],
  home: string,
): Promise<{ code: number | null; events: readonly ProgramEvent[]; out: string; err: string }> {
  const program = new Program(args, home);
  const code = await program.end();
  return { code, events: program.events, out: program.out, err: program.err };
}

/** Asks again until the answer fits: for what has no event of its own, as a hub's count of files. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, ms: number = WAIT_MS): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
  }
}
