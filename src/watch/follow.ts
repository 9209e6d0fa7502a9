// After a verdict: both directions of a recognised conversation put in order and handed to what understands them.
// Segments that come early wait, within a bound; a hole that stays is skipped and said, so that the reader can find its
// way back in.
import type { Limits } from '#base';

export const FOLLOW_LIMITS = {
  watchAhead: {
    value: 65_536,
    unit: 'bytes a direction',
    source: 'segments that wait for a hole to be filled; more, and the hole is skipped',
  },
  watchAheadSegments: { value: 64, unit: 'segments a direction', source: 'as above, for tiny segments' },
} as const satisfies Limits;

/** Understands what two sides say. Sides are numbered as in the flow: 0 is A. */
export type Talk = {
  /** Bytes in order. */
  hear(side: 0 | 1, bytes: Uint8Array, from: number, to: number): void;
  /** Bytes of this side are missing here. */
  gap(side: 0 | 1): void;
  /** The conversation is over: let go what is held outside. */
  end(): void;
  /** Nothing more is to be learnt. */
  readonly isDone: boolean;
};

type Ahead = { sequence: number; bytes: Uint8Array };

const NONE_AHEAD: Ahead[] = [];

class Direction {
  next = 0;
  isKnown = false;
  /** Made when the first segment comes early: there are two of these for each recognised flow. */
  ahead: Ahead[] = NONE_AHEAD;
  aheadBytes = 0;
}

export class Follower {
  readonly talk: Talk;
  readonly #directions = [new Direction(), new Direction()] as const;

  constructor(talk: Talk) {
    this.talk = talk;
  }

  /** Where a direction goes on. */
  expect(side: 0 | 1, sequence: number): void {
    const direction = this.#directions[side];
    direction.next = sequence;
    direction.isKnown = true;
  }

  segment(side: 0 | 1, sequence: number, bytes: Uint8Array, from: number, to: number): void {
    const direction = this.#directions[side];
    if (!direction.isKnown) this.expect(side, sequence);
    const distance = (sequence - direction.next) | 0;
    if (distance > 0) {
      this.#keep(side, direction, sequence, bytes, from, to);
      return;
    }
    const fresh = from - distance;
    if (fresh >= to) return;
    direction.next = (direction.next + (to - fresh)) | 0;
    this.talk.hear(side, bytes, fresh, to);
    if (direction.ahead.length > 0) this.#catchUp(side, direction);
  }

  #keep(side: 0 | 1, direction: Direction, sequence: number, bytes: Uint8Array, from: number, to: number): void {
    if (direction.ahead === NONE_AHEAD) direction.ahead = [];
    direction.ahead.push({ sequence, bytes: bytes.slice(from, to) });
    direction.aheadBytes += to - from;
    const isFull =
      direction.aheadBytes > FOLLOW_LIMITS.watchAhead.value ||
      direction.ahead.length > FOLLOW_LIMITS.watchAheadSegments.value;
    if (!isFull) return;
    direction.ahead.sort((a, b) => (a.sequence - b.sequence) | 0);
    direction.next = direction.ahead[0]!.sequence;
    this.talk.gap(side);
    this.#catchUp(side, direction);
  }

  #catchUp(side: 0 | 1, direction: Direction): void {
    if (direction.ahead.length > 1) direction.ahead.sort((a, b) => (a.sequence - b.sequence) | 0);
    while (direction.ahead.length > 0) {
      const { sequence, bytes } = direction.ahead[0]!;
      const skip = (direction.next - sequence) | 0;
      if (skip < 0) return;
      direction.ahead.shift();
      direction.aheadBytes -= bytes.length;
      if (skip >= bytes.length) continue;
      direction.next = (sequence + bytes.length) | 0;
      this.talk.hear(side, bytes, skip, bytes.length);
    }
  }

  /** The conversation is over: what waits beyond holes is heard as well. */
  finish(): void {
    for (const side of [0, 1] as const) {
      const direction = this.#directions[side];
      while (direction.ahead.length > 0) {
        direction.ahead.sort((a, b) => (a.sequence - b.sequence) | 0);
        direction.next = direction.ahead[0]!.sequence;
        this.talk.gap(side);
        this.#catchUp(side, direction);
      }
    }
    this.talk.end();
  }
}
