// What is remembered of a recognised conversation beyond its counters.
import type { App, Role } from './detect/verdict.ts';
import type { Follower } from './follow.ts';
import type { Step } from './news.ts';

/** A step of a session, for the picture. `name` only when names were asked for. */
export type TrackStep = { at: number; what: Step; side: 0 | 1; name: string | null };

/** A flow as it stands, for output. */
export type FlowRecord = {
  src: string;
  sport: number;
  dst: string;
  dport: number;
  proto: 'tcp' | 'udp';
  app: App;
  role: Role;
  certainty: 'seen' | 'inferred' | null;
  why: string;
  packets: number;
  bytes: number;
  packetsToServer: number;
  bytesToServer: number;
  first: number;
  last: number;
  flowId: string;
  srcHost: number;
  dstHost: number;
};

export class Track {
  flow: number;
  readonly app: App;
  readonly role: Role;
  readonly isInferred: boolean;
  readonly why: string;
  follower: Follower | null = null;
  /** Time bin that is being filled, and its bytes each way. */
  bin: number;
  generation: number;
  ab = 0;
  ba = 0;
  nextInterim: number;
  steps: TrackStep[] = [];
  stepsLost = 0;
  /** Program and nick of each side, once one was said. */
  program: [string | null, string | null] | null = null;
  nick: [string | null, string | null] | null = null;
  /** Whether side 1 (B) opened the conversation. */
  isOpenerB = false;
  alerted: Set<string> | null = null;
  /** Set when the flow has left the table. */
  ended: FlowRecord | null = null;

  constructor(
    flow: number,
    app: App,
    role: Role,
    isInferred: boolean,
    why: string,
    bin: number,
    generation: number,
    nextInterim: number,
  ) {
    this.flow = flow;
    this.app = app;
    this.role = role;
    this.isInferred = isInferred;
    this.why = why;
    this.bin = bin;
    this.generation = generation;
    this.nextInterim = nextInterim;
  }
}
