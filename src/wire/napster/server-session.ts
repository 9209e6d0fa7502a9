// The hub's end of one client's connection: cuts frames, keeps their limits, gathers answers. What the messages do is
// the sink's business: one sink serves all sessions, so that a connection costs no closure.
import { ByteQueue, type Session, type Step, WireError } from '#base';
import { FrameReader } from './frame.ts';
import { LIMITS } from './limits.ts';
import { FrameOutput } from './output.ts';

/** Hears all sessions of a hub. */
export type ServerSink<Owner> = {
  /** One frame; the payload is `bytes` from `from` up to `to`, valid during the call. May throw WireError: closes. */
  frame(session: ServerSession<Owner>, type: number, bytes: Uint8Array, from: number, to: number, now: number): void;
  /** The session's deadline has come. */
  due(session: ServerSession<Owner>, now: number): void;
  /** Gone, once. */
  closed(session: ServerSession<Owner>, why: Error | undefined): void;
};

/** What compressed logins need, from `net`. @see createInflater there for the bound. */
export type Inflate = { push(chunk: Uint8Array): Uint8Array[] };
export type Deflate = { push(chunk: Uint8Array): Uint8Array };

const SLICE_BYTES = 4096;
const loginLimit = (): number => LIMITS.loginPayload.value;
const clientLimit = (type: number): number =>
  type === SHARE_DIRECTORY ? LIMITS.directoryPayload.value : LIMITS.clientPayload.value;
const SHARE_DIRECTORY = 870;

export class ServerSession<Owner = unknown> implements Session {
  /** Whose connection this is; the sink's to set. */
  owner: Owner | null = null;
  readonly out = new FrameOutput();
  closing: Error | null = null;
  /** The sink's to set: when `due` shall be called. */
  deadline = Number.POSITIVE_INFINITY;
  readonly #sink: ServerSink<Owner>;
  readonly #reader = new FrameReader();
  #loggedIn = false;
  #held = false;
  #closed = false;
  #parked: ByteQueue | null = null;
  #zip: { inflate: Inflate; deflate: Deflate; plain: Uint8Array | null; ended: () => void } | null = null;
  #step: Step | null = null;

  constructor(sink: ServerSink<Owner>) {
    this.#sink = sink;
  }

  /** While held, frames wait; `resume` goes on with them. */
  get held(): boolean {
    return this.#held;
  }

  receive(chunk: Uint8Array, now: number): void {
    if (this.#closed || this.closing !== null) return;
    if (this.#held) this.#park(chunk);
    else this.#guarded(() => this.#read(chunk, now));
  }

  takeOutput(): Uint8Array | null {
    const plain = this.out.take();
    const zip = this.#zip;
    if (zip === null) return plain;
    const before = zip.plain;
    zip.plain = null;
    if (plain === null) return before;
    const packed = zip.deflate.push(plain);
    return before === null ? packed : Buffer.concat([before, packed]);
  }

  sent(): void {
    if (this.#zip === null) this.out.sent();
  }

  takeStep(): Step | null {
    const step = this.#step;
    this.#step = null;
    return step;
  }

  wake(now: number): void {
    if (this.#closed || this.closing !== null || now < this.deadline) return;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#guarded(() => this.#sink.due(this, now));
  }

  close(why?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#zip?.ended();
    this.#sink.closed(this, why);
  }

  /** Longer messages are allowed from now on. */
  loggedIn(): void {
    this.#loggedIn = true;
  }

  /** Both directions are zlib streams from now on; what was said before goes out plain. `ended`: the streams are free. */
  compress(inflate: Inflate, deflate: Deflate, ended: () => void = () => {}): void {
    this.#zip = { inflate, deflate, plain: this.out.take(), ended };
    const rest = this.#reader.takeRest();
    if (rest.length > 0) this.#inflate(rest);
  }

  hold(): void {
    this.#held = true;
  }

  /** Goes on with the frames that waited. */
  resume(now: number): void {
    if (!this.#held || this.#closed) return;
    this.#held = false;
    this.#guarded(() => {
      this.#drain(now);
      const parked = this.#parked;
      if (this.#held || parked === null) return;
      this.#parked = null;
      this.#read(parked.takeAll(), now);
    });
  }

  /** Ends the connection after what has been said is sent. */
  end(why: Error): void {
    this.closing ??= why;
  }

  /** The raw connection is wanted (a relay): the owner takes it over, with what was read beyond this message. */
  handOver(): void {
    this.#step = { handover: true, rest: this.#reader.takeRest() };
    this.close();
  }

  #read(chunk: Uint8Array, now: number): void {
    if (this.#zip === null) {
      this.#reader.push(chunk);
      this.#drain(now);
      this.#reader.keep();
      return;
    }
    for (let from = 0; from < chunk.length; from += SLICE_BYTES) {
      if (this.#held) {
        this.#park(chunk.subarray(from));
        return;
      }
      this.#inflate(chunk.subarray(from, from + SLICE_BYTES));
      this.#drain(now);
    }
  }

  #inflate(chunk: Uint8Array): void {
    for (const piece of (this.#zip as { inflate: Inflate }).inflate.push(chunk)) {
      this.#reader.push(piece);
      this.#reader.keep();
    }
  }

  #drain(now: number): void {
    const reader = this.#reader;
    while (!this.#held && !this.#closed && this.closing === null) {
      if (!reader.next(this.#loggedIn ? clientLimit : loginLimit)) return;
      this.#sink.frame(this, reader.type, reader.bytes, reader.from, reader.to, now);
    }
  }

  #park(chunk: Uint8Array): void {
    const parked = (this.#parked ??= new ByteQueue());
    parked.push(chunk);
    if (parked.length > LIMITS.parked.value) this.end(new WireError('flood', 'sends on while it has to wait'));
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.end(error);
    }
  }
}
