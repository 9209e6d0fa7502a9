// Looks at the running hub every two seconds and remembers: series for the charts, people, what is wrong, moments worth
// a mark. Nothing in the hub's own path knows of it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { HubAlert, HubMark } from '#api';
import { harmless, readable } from '#base';
import type { Counts, LiveHub, Slowed } from './needs.ts';
import { People } from './people.ts';
import { type Moment, percentile, Series } from './series.ts';

type LagHistogram = ReturnType<typeof monitorEventLoopDelay>;

const STEP_MS = 2_000;
const PEOPLE_EVERY = 2;
const MINUTE_STEPS = 30;
const LAG_RESOLUTION_MS = 20;
const MARKS = 100;
const ALERT_MS = 10 * 60_000;
const ALERT_TIMES = 5;

export class Watching {
  readonly minutes = new Series(STEP_MS, 900);
  readonly day = new Series(STEP_MS * MINUTE_STEPS, 1440);
  readonly people = new People();
  readonly marks: HubMark[] = [];
  /** Of the last step, and of the whole run. */
  readonly #lag: LagHistogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  readonly #lagEver: LagHistogram = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  readonly #hub: LiveHub;
  #before: Counts;
  #beforeTimes: number[];
  #at: number;
  #steps = 0;
  /** Per second over the last step: what the charts do not show and the second stats port says. */
  rates = { outKBps: 0, inKBps: 0, logins: 0 };
  #timer: NodeJS.Timeout | null = null;

  constructor(hub: LiveHub, now: number) {
    this.#hub = hub;
    this.#before = hub.counts();
    this.#beforeTimes = Array.from(this.#before.searchTimes);
    this.#at = now;
    this.mark('start', 'The hub started', hub.startedAt);
    this.people.look(hub.users(), now);
  }

  start(clock: () => number): void {
    this.#lag.enable();
    this.#lagEver.enable();
    this.#timer = setInterval(() => this.step(clock()), STEP_MS);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#lag.disable();
    this.#lagEver.disable();
  }

  step(now: number): void {
    const counts = this.#hub.counts();
    const seconds = Math.max(0.001, (now - this.#at) / 1000);
    const before = this.#before;
    const moment: Moment = {
      users: counts.users,
      files: counts.files,
      searchesPerSecond: (counts.searches - before.searches) / seconds,
      searchP99Ms: percentile(this.#beforeTimes, counts.searchTimes, counts.searchEdgesMs, 0.99),
      brokeredBps: (counts.bytesBrokered - before.bytesBrokered) / seconds,
      messagesPerSecond: (counts.messages - before.messages) / seconds,
      lagMs: lagOf(this.#lag.percentile(99)),
    };
    this.#lag.reset();
    this.minutes.push(moment, now);
    const inKBps = (counts.bytesIn - before.bytesIn) / 1024 / seconds;
    this.rates = { outKBps: 0, inKBps, logins: (counts.logins - before.logins) / seconds };
    this.#before = counts;
    this.#beforeTimes = Array.from(counts.searchTimes);
    this.#at = now;
    this.#steps++;
    if (this.#steps % PEOPLE_EVERY === 0) this.people.look(this.#hub.users(), now);
    if (this.#steps % MINUTE_STEPS !== 0) return;
    const mean = this.minutes.mean(MINUTE_STEPS);
    if (mean !== null) this.day.push(mean, now);
  }

  mark(kind: HubMark['kind'], text: string, at: number): void {
    this.marks.push({ at, kind, text: harmless(text, 120) });
    if (this.marks.length > MARKS) this.marks.shift();
  }

  lag(): { nowMs: number; p99Ms: number; maxMs: number } {
    return {
      nowMs: round(this.minutes.last?.lagMs ?? 0),
      p99Ms: round(lagOf(this.#lagEver.percentile(99))),
      maxMs: round(lagOf(this.#lagEver.max)),
    };
  }

  /** @param holds whether a ban already holds for this nick and address */
  alerts(now: number, holds: (nick: string, address: string) => boolean): HubAlert[] {
    const alerts: HubAlert[] = [];
    const { lagMs = 0 } = this.minutes.mean(5) ?? {};
    if (lagMs > 200)
      alerts.push({
        id: 'lag',
        level: 'alarm',
        at: now,
        text: 'The hub answers late',
        evidence: `${Math.round(lagMs)} ms behind its clock`,
        nick: null,
        mask: null,
      });
    for (const slowed of this.#hub.slowed()) {
      if (slowed.times < ALERT_TIMES || now - slowed.last > ALERT_MS || holds(slowed.nick, slowed.address)) continue;
      alerts.push(alertOf(slowed));
    }
    return alerts.toSorted((a, b) => b.at - a.at).slice(0, 20);
  }
}

function alertOf(slowed: Slowed): HubAlert {
  const nick = readable(slowed.nick);
  return {
    id: `slowed ${slowed.budget} ${slowed.address} ${nick}`,
    level: slowed.times >= 100 ? 'alarm' : 'warn',
    at: slowed.last,
    text: `${nick === '' ? slowed.address : nick} floods: ${slowed.budget}`,
    evidence: evidenceOf(slowed),
    nick: nick === '' ? null : nick,
    mask: slowed.address === '' ? null : `*!${slowed.address}`,
  };
}

export function evidenceOf({ times, first, last, bound }: Slowed): string {
  const seconds = Math.max(1, Math.round((last - first) / 1000));
  return `made to wait ${times} times in ${seconds} s; the bound is ${bound}`;
}

function lagOf(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e6 - LAG_RESOLUTION_MS) : 0;
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
