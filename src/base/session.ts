// The type in the middle: a protocol as bytes and time in, bytes and messages out. No socket, no clock, no promise.
// `net/pump.ts` joins one to a socket; tests and worlds feed it by hand.

/**
 * A protocol conversation on one connection.
 *
 * `now` is milliseconds on any clock that never runs backwards; a session only compares values of it.
 * A session never throws from these five members for what the other side sent: it queues the protocol's own
 * error (where there is one) and asks to be closed by {@link Session.closing}.
 */
export type Session = {
  /** Bytes arrived. The chunk may be reused by the caller after the call: keep copies, not views. */
  receive(chunk: Uint8Array, now: number): void;
  /** All bytes to send now, or null. Each call hands over what has gathered since the last one, in one piece. */
  takeOutput(): Uint8Array | null;
  /**
   * The bytes that `takeOutput` gave last are with the operating system, all of them: their memory may be used again.
   * Not called when some had to wait; the memory is then theirs until they are gone.
   */
  sent?(): void;
  /** When `wake` wants to be called, in ms of the caller's clock; Infinity: never. */
  readonly deadline: number;
  /** The deadline has come (a call too early is harmless). */
  wake(now: number): void;
  /** The connection has ended (`why` undefined: in good order). May be called twice. */
  close(why?: Error): void;
  /** Set when the session wants its connection ended after the output has been written; the reason, for the log. */
  readonly closing?: Error | null;
  /** What the bytes need next from the outside, or null. */
  takeStep?(): Step | null;
};

/** What a session cannot do itself; `rest` is what it has read beyond the point where the step begins. */
export type Step =
  /** Start TLS now, as the named side. */
  | { tls: 'client' | 'server'; rest: Uint8Array }
  /** The body of a file follows: the caller takes over the raw connection. */
  | { handover: true; rest: Uint8Array };
