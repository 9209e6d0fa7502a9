// When to ask which port again, and what to make of silence. Pure: time and answers come in, moves go out; attempt.ts
// makes the connections. The rule that keeps it simple: a port is answered once and for ever, or it is silent so far.
//
//   sweep ──► sample ──► slow lane ──► early ports again ──► done
//     │          └─ nothing answers ──────────▲
//     └─ a late answer, or a refusal by ICMP (always rationed) ──► slow lane
//
// sweep      every port in a shuffled order at a steady pace, silent ones up to three times
// sample     some of the silent ports again, slowly: does the host ration its answers?
// slow lane  all silent ports again and again at a pace that follows the answers, until two rounds bring nothing
// again      ports that answered early: if they are silent now, the host began to hide from us
import { type Chance, wholeBelow } from '#base';

/** What an attempt brought. `rejected`: a router or filter refused by ICMP. */
export type Answer = 'open' | 'refused' | 'rejected';

/** How to ask. Defaults in {@link DEFAULT_PACE}. */
export type Pace = {
  /** Attempts a second at most; 2,000 is about 1 Mbit/s of SYNs, which home routers bear. */
  ratePerS: number;
  /** Attempts under way at most: bounded by file descriptors. */
  inFlight: number;
  /** Attempts at a silent port before the slow lane is considered. */
  tries: number;
  /** Round trip known from elsewhere (the visitor's own connection), ms; null: learn it. */
  rttHintMs: number | null;
  /** Longest time for a plan of up to 1,056 ports, ms; more ports get more. */
  budgetMs: number;
};

export const DEFAULT_PACE: Pace = { ratePerS: 2000, inFlight: 8000, tries: 3, rttHintMs: null, budgetMs: 36_000 };

/** Above this a Linux kernel repeats its SYN inside one connect: shorter means one SYN an attempt. */
const LONGEST_TIMEOUT_MS = 950;
const SHORTEST_TIMEOUT_MS = 250;
/** A host that answers late under load is given this beyond what its round trips say. */
const TIMEOUT_SLACK_MS = 120;
const SAMPLE_PORTS = 256;
const SAMPLE_RATE_PER_S = 250;
const SLOW_RATE_PER_S = 150;
/** The slow lane ends after this many rounds, and this long, without an answer. */
const DRY_ROUNDS = 2;
const DRY_MS = 2500;
/** So many answers to the last try are no accident of the line: the slow lane begins without waiting for the rest. */
const CERTAINLY_RATIONED = 4;
const EARLY_PORTS = 12;
const EARLY_RATE_PER_S = 40;
/** After a pause the plan may catch up on this much of its pace at once, not more. */
const CATCH_UP_MS = 50;
const YIELD_WINDOW_MS = 500;
const LOCAL_PAUSE_MS = 100;

export type Move = { kind: 'try'; port: number } | { kind: 'drop'; port: number };
export type Phase = 'sweep' | 'sample' | 'slow' | 'again' | 'done';

/** What is known of a port: its answer, or null for silence so far. */
export type PortFact = { answer: Answer | null; tries: number; rttMs: number };

/** What the plan noticed about the host as a whole. */
export type HostFacts = {
  /** It rations its answers. */
  rationed: boolean;
  /** The slow lane ended by time, not because everything had been heard: silence is less sure. */
  cutShort: boolean;
  /** Ports that answered early are silent now. */
  adaptive: boolean;
  /** Smoothed round trip, ms; null when nothing answered and there was no hint. */
  rttMs: number | null;
};

type Attempt = { port: number; startedAt: number; over: boolean };

/** One host's ports, asked by one engine. `now` is ms on any clock that does not run backwards; a jump back is ignored. */
export class ProbePlan {
  readonly #pace: Pace;
  readonly #chance: Chance;
  readonly #facts = new Map<number, PortFact>();
  readonly #flying = new Map<number, Attempt>();
  /** In order of start: all share one time-out, so the first is always the next to expire. */
  #started: Attempt[] = [];
  #queue: number[] = [];
  #queueAt = 0;
  #phase: Phase = 'sweep';
  #rate: number;
  #nextSendAt: number;
  #inFlightLimit: number;
  #now: number;
  readonly #endBy: number;
  #srtt: number | null;
  #rttvar: number;
  #late = 0;
  #roundAnswers = 0;
  #roundLeft = 0;
  #dryRounds = 0;
  #answeredAt: number;
  #rejections = 0;
  #recent: number[] = [];
  #early: number[] = [];
  #earlyAnswers = 0;
  #earlyTries = new Map<number, number>();
  #rationed = false;
  #cutShort = false;
  #adaptive = false;

  constructor(ports: readonly number[], pace: Pace, chance: Chance, now: number) {
    this.#pace = pace;
    this.#chance = chance;
    this.#rate = pace.ratePerS;
    this.#inFlightLimit = Math.max(1, pace.inFlight);
    this.#now = this.#nextSendAt = this.#answeredAt = now;
    const attemptsMs = (ports.length * pace.tries * 1000) / pace.ratePerS;
    this.#endBy = now + Math.max(pace.budgetMs, attemptsMs + pace.budgetMs);
    this.#srtt = pace.rttHintMs;
    this.#rttvar = pace.rttHintMs === null ? 0 : pace.rttHintMs / 4;
    for (const port of ports) this.#facts.set(port, { answer: null, tries: 0, rttMs: 0 });
    this.#queue = shuffled([...this.#facts.keys()], chance);
    if (this.#facts.size === 0) this.#phase = 'done';
  }

  get phase(): Phase {
    return this.#phase;
  }

  get done(): boolean {
    return this.#phase === 'done';
  }

  get facts(): ReadonlyMap<number, PortFact> {
    return this.#facts;
  }

  get host(): HostFacts {
    return { rationed: this.#rationed, cutShort: this.#cutShort, adaptive: this.#adaptive, rttMs: this.#srtt };
  }

  /** How long an attempt may take now, ms. */
  get timeoutMs(): number {
    if (this.#srtt === null) return LONGEST_TIMEOUT_MS;
    const wanted = this.#srtt + 6 * this.#rttvar + TIMEOUT_SLACK_MS;
    return Math.min(LONGEST_TIMEOUT_MS, Math.max(SHORTEST_TIMEOUT_MS, wanted));
  }

  /** When `moves` has something to say next, if nothing is answered before; Infinity when done. */
  get wakeAt(): number {
    if (this.done) return Number.POSITIVE_INFINITY;
    const first = this.#firstFlying();
    const expiry = first === null ? Number.POSITIVE_INFINITY : first.startedAt + this.timeoutMs;
    const mayStart = this.#queueAt < this.#queue.length && this.#flying.size < this.#inFlightLimit;
    const start = mayStart ? this.#nextSendAt : Number.POSITIVE_INFINITY;
    return Math.max(this.#now, Math.min(expiry, start));
  }

  /** Ports to drop because their time is over, then ports to try now. */
  moves(now: number): Move[] {
    this.#now = Math.max(this.#now, now);
    const moves: Move[] = [];
    this.#expire(moves);
    for (;;) {
      this.#start(moves);
      if (this.done || this.#queueAt < this.#queue.length) return moves;
      const early = this.#phase === 'sweep' && this.#late >= CERTAINLY_RATIONED;
      if (this.#flying.size > 0 && !early) return moves;
      this.#enterNext();
      if (this.done) return moves;
    }
  }

  /** An attempt was answered. Answers to attempts that are over are ignored. */
  answer(port: number, answer: Answer, now: number): void {
    this.#now = Math.max(this.#now, now);
    const attempt = this.#land(port);
    if (attempt === null) return;
    const rttMs = this.#now - attempt.startedAt;
    this.#learn(rttMs);
    this.#recent.push(this.#now);
    this.#answeredAt = this.#now;
    if (answer === 'rejected') this.#rejections++;
    if (this.#phase === 'again') {
      this.#earlyAnswers++;
      return;
    }
    const fact = this.#facts.get(port) as PortFact;
    fact.answer = answer;
    fact.rttMs = rttMs;
    if (fact.tries >= this.#pace.tries) this.#late++;
    this.#roundAnswers++;
    if (fact.tries === 1 && answer !== 'rejected' && this.#early.length < EARLY_PORTS) this.#early.push(port);
  }

  /** The attempt failed here (no descriptor, no local port): ask again later, with less at once. Never a port state. */
  localFailure(port: number, now: number): void {
    this.#now = Math.max(this.#now, now);
    if (this.#land(port) === null) return;
    if (this.#phase === 'again') this.#earlyTries.set(port, (this.#earlyTries.get(port) ?? 1) - 1);
    else (this.#facts.get(port) as PortFact).tries--;
    this.#queue.push(port);
    this.#inFlightLimit = Math.max(16, Math.floor(Math.min(this.#inFlightLimit, this.#flying.size + 1) * 0.8));
    this.#nextSendAt = Math.max(this.#nextSendAt, this.#now + LOCAL_PAUSE_MS);
  }

  #firstFlying(): Attempt | null {
    let over = 0;
    while (this.#started[over]?.over === true) over++;
    if (over > 256 || over === this.#started.length) this.#started.splice(0, over);
    else if (over > 0) return this.#started[over] as Attempt;
    return this.#started[0] ?? null;
  }

  #land(port: number): Attempt | null {
    const attempt = this.#flying.get(port);
    if (attempt === undefined) return null;
    attempt.over = true;
    this.#flying.delete(port);
    return attempt;
  }

  #expire(moves: Move[]): void {
    for (;;) {
      const first = this.#firstFlying();
      if (first === null || first.startedAt + this.timeoutMs > this.#now) return;
      this.#land(first.port);
      moves.push({ kind: 'drop', port: first.port });
      if (this.#wantsAnotherTry(first.port)) this.#queue.push(first.port);
    }
  }

  #wantsAnotherTry(port: number): boolean {
    if (this.#phase === 'sweep') return (this.#facts.get(port) as PortFact).tries < this.#pace.tries;
    if (this.#phase === 'again') return (this.#earlyTries.get(port) as number) < this.#pace.tries;
    return this.#phase === 'slow' && !this.#slowIsOver();
  }

  #slowIsOver(): boolean {
    if (this.#now >= this.#endBy) return true;
    return this.#dryRounds >= DRY_ROUNDS && this.#now >= this.#answeredAt + DRY_MS;
  }

  #start(moves: Move[]): void {
    if (this.#phase === 'slow') this.#followYield();
    const gap = 1000 / this.#rate;
    this.#nextSendAt = Math.max(this.#nextSendAt, this.#now - CATCH_UP_MS);
    while (this.#nextSendAt <= this.#now && this.#flying.size < this.#inFlightLimit) {
      const port = this.#queue[this.#queueAt];
      if (port === undefined) return;
      this.#queueAt++;
      if (this.#phase === 'slow') {
        if (this.#slowIsOver()) continue;
        this.#countRound();
      }
      this.#nextSendAt += gap;
      const attempt = { port, startedAt: this.#now, over: false };
      this.#flying.set(port, attempt);
      this.#started.push(attempt);
      if (this.#phase === 'again') this.#earlyTries.set(port, (this.#earlyTries.get(port) ?? 0) + 1);
      else (this.#facts.get(port) as PortFact).tries++;
      moves.push({ kind: 'try', port });
    }
  }

  /** The slow lane sends twice what comes back, so that a host's ration is always used up and never flooded. */
  #followYield(): void {
    const since = this.#now - YIELD_WINDOW_MS;
    let old = 0;
    while (old < this.#recent.length && (this.#recent[old] as number) < since) old++;
    if (old > 0) this.#recent.splice(0, old);
    const answersPerS = this.#recent.length * (1000 / YIELD_WINDOW_MS);
    this.#rate = Math.min(this.#pace.ratePerS, SLOW_RATE_PER_S + 2 * answersPerS);
  }

  /** The slow lane has no pauses between its rounds: a silent port goes to the end of the queue again. */
  #countRound(): void {
    if (--this.#roundLeft > 0) return;
    this.#dryRounds = this.#roundAnswers === 0 ? this.#dryRounds + 1 : 0;
    if (this.#roundAnswers > 0 && this.#late > 1) this.#rationed = true;
    this.#roundAnswers = 0;
    this.#roundLeft = this.#queue.length - this.#queueAt + this.#flying.size;
    this.#queue = this.#queue.slice(this.#queueAt);
    this.#queueAt = 0;
  }

  #enterNext(): void {
    const silent = this.#silent();
    switch (this.#phase) {
      case 'sweep':
        if (silent.length === 0) return this.#enter('done', []);
        if (silent.length === this.#facts.size) return this.#enter('done', []);
        if (this.#late > 0 || this.#rejections > 0) return this.#enterSlow(silent);
        return this.#enter('sample', shuffled(silent, this.#chance).slice(0, SAMPLE_PORTS), SAMPLE_RATE_PER_S);
      case 'sample':
        if (this.#roundAnswers > 0) return this.#enterSlow(silent);
        return this.#enterAgain(silent);
      case 'slow':
        this.#cutShort = silent.length > 0 && this.#dryRounds < DRY_ROUNDS;
        return this.#enterAgain(silent);
      case 'again':
        this.#adaptive = this.#earlyAnswers === 0;
        return this.#enter('done', []);
      case 'done':
        return;
    }
  }

  #enterSlow(silent: number[]): void {
    const waiting = silent.filter((port) => !this.#flying.has(port));
    this.#dryRounds = 0;
    this.#roundLeft = silent.length;
    this.#rationed = this.#late >= CERTAINLY_RATIONED;
    this.#enter('slow', shuffled(waiting, this.#chance), SLOW_RATE_PER_S);
  }

  #enterAgain(silent: number[]): void {
    if (silent.length === 0 || this.#early.length < EARLY_PORTS / 4) return this.#enter('done', []);
    this.#earlyTries.clear();
    this.#enter('again', [...this.#early], EARLY_RATE_PER_S);
  }

  #enter(phase: Phase, queue: number[], rate: number = this.#rate): void {
    this.#phase = queue.length === 0 && this.#flying.size === 0 ? 'done' : phase;
    this.#queue = queue;
    this.#queueAt = 0;
    this.#rate = rate;
    this.#roundAnswers = 0;
    this.#nextSendAt = this.#now;
  }

  #silent(): number[] {
    const silent: number[] = [];
    for (const [port, fact] of this.#facts) if (fact.answer === null) silent.push(port);
    return silent;
  }

  /** Smoothing as TCP does it for its own time-outs (RFC 6298 §2). */
  #learn(rttMs: number): void {
    if (this.#srtt === null) {
      this.#srtt = rttMs;
      this.#rttvar = rttMs / 2;
      return;
    }
    this.#rttvar += (Math.abs(this.#srtt - rttMs) - this.#rttvar) / 4;
    this.#srtt += (rttMs - this.#srtt) / 8;
  }
}

function shuffled(ports: number[], chance: Chance): number[] {
  for (let i = ports.length - 1; i > 0; i--) {
    const j = wholeBelow(i + 1, chance);
    [ports[i], ports[j]] = [ports[j] as number, ports[i] as number];
  }
  return ports;
}
