// Runs a plan against one host: the dull part. One timer, one map of sockets; what to do is the plan's.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type Chance, Failure } from '#base';
import { attempt, type Outcome } from './attempt.ts';
import { DEFAULT_PACE, type HostFacts, type Pace, type PortFact, ProbePlan } from './plan.ts';
import { type PortState, type ProbedPort, judge } from './verdict.ts';

export type ProbeOptions = {
  /** A literal address: names are looked up by the caller, who decides whether they may be probed. */
  host: string;
  ports: readonly number[];
  pace?: Partial<Pace>;
  chance: Chance;
  signal?: AbortSignal;
  /** Called with what has changed since the last call, at most every 100 ms. */
  progress?: (changed: readonly PortChange[], phase: string) => void;
};

export type PortChange = { port: number; state: PortState; provisional: boolean };

export type ProbeResult = { ports: ProbedPort[]; host: HostFacts & { proxied: boolean }; seconds: number };

const PROGRESS_MS = 100;

/**
 * Asks every port and returns the states in ascending order.
 * @throws Failure when there is no way to the host or nobody holds the address; the signal's reason when aborted.
 */
export async function probe(options: ProbeOptions): Promise<ProbeResult> {
  const startedAt = performance.now();
  const pace = { ...DEFAULT_PACE, inFlight: openFileRoom(), ...options.pace };
  const plan = new ProbePlan(options.ports, pace, options.chance, startedAt);
  await new Run(plan, options).finished;
  if (nobodyThere(options.host, plan.facts))
    throw new Failure(`no machine answers at ${options.host} on our own network`);
  const { ports, host } = judge(plan);
  return { ports, host, seconds: Math.round(performance.now() - startedAt) / 1000 };
}

class Run {
  readonly finished: Promise<void>;
  readonly #plan: ProbePlan;
  readonly #options: ProbeOptions;
  readonly #sockets = new Map<number, Socket>();
  readonly #settle: { resolve: () => void; reject: (error: Error) => void };
  #timer: NodeJS.Timeout | null = null;
  #stepping = false;
  #over = false;
  #changed: PortChange[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(plan: ProbePlan, options: ProbeOptions) {
    this.#plan = plan;
    this.#options = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#settle = { resolve, reject };
    options.signal?.addEventListener('abort', this.#abort, { once: true });
    if (options.signal?.aborted === true) this.#abort();
    else this.#step();
  }

  readonly #abort = (): void => this.#end(asError(this.#options.signal?.reason));

  readonly #step = (): void => {
    this.#stepping = false;
    if (this.#over) return;
    for (const move of this.#plan.moves(performance.now())) {
      if (move.kind === 'try') this.#try(move.port);
      else this.#drop(move.port);
    }
    this.#tell();
    if (this.#plan.done) this.#end(null);
    else this.#schedule();
  };

  #try(port: number): void {
    this.#sockets.set(
      port,
      attempt(this.#options.host, port, (outcome) => this.#answered(port, outcome)),
    );
  }

  #drop(port: number): void {
    this.#sockets.get(port)?.destroy();
    this.#sockets.delete(port);
    const fact = this.#plan.facts.get(port) as PortFact;
    if (fact.answer === null) this.#changed.push({ port, state: 'stealth', provisional: true });
  }

  #answered(port: number, outcome: Outcome): void {
    if (this.#over || !this.#sockets.delete(port)) return;
    if (outcome === 'unreachable') return this.#end(new Failure(`there is no way from here to ${this.#options.host}`));
    const now = performance.now();
    if (outcome === 'local') this.#plan.localFailure(port, now);
    else {
      this.#plan.answer(port, outcome, now);
      this.#changed.push({ port, state: outcome === 'open' ? 'open' : 'closed', provisional: false });
    }
    this.#schedule();
  }

  /** Steps after the poll phase, so that answers which already lie in the kernel are heard before time runs out on them. */
  #schedule(): void {
    if (this.#stepping || this.#over) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const waitMs = this.#plan.wakeAt - performance.now();
    if (waitMs > 0.5 && Number.isFinite(waitMs)) this.#timer = setTimeout(this.#stepSoon, waitMs);
    else this.#stepSoon();
  }

  readonly #stepSoon = (): void => {
    this.#timer = null;
    this.#stepping = true;
    setImmediate(this.#step);
  };

  #tell(): void {
    const now = performance.now();
    if (this.#options.progress === undefined || this.#changed.length === 0) return;
    if (now < this.#toldAt + PROGRESS_MS && !this.#plan.done) return;
    this.#toldAt = now;
    this.#options.progress(this.#changed, this.#plan.phase);
    this.#changed = [];
  }

  #end(error: Error | null): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#abort);
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
    if (error === null) this.#settle.resolve();
    else this.#settle.reject(error);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Failure('the probe was stopped');
}

/** Descriptors that a probe may hold: what the system allows, less a reserve for everything else. */
export function openFileRoom(): number {
  try {
    const match = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    if (match?.[1] !== undefined && match[1] !== 'unlimited')
      return Math.max(16, Math.min(DEFAULT_PACE.inFlight, Number(match[1]) - 500));
  } catch {
    // no /proc: another system; its own errors tell us (local failures lower the number)
  }
  return 2000;
}

/** On our own network a machine that is not there looks like one that is silent; the neighbour table knows better. */
function nobodyThere(host: string, facts: ReadonlyMap<number, PortFact>): boolean {
  for (const { answer } of facts.values()) if (answer === 'open' || answer === 'refused') return false;
  try {
    return neighbourIsMissing(readFileSync('/proc/net/arp', 'utf8'), host);
  } catch {
    return false;
  }
}

/** Whether the kernel's ARP table says that it asked for this address and nobody answered (flags 0x0). */
export function neighbourIsMissing(table: string, host: string): boolean {
  const row = table.split('\n').find((line) => line.startsWith(`${host} `));
  return row !== undefined && row.split(/\s+/)[2] === '0x0';
}
