// Joins sockets to sessions: bytes in, bytes out, one timer for all, backpressure both ways. One pump per program.
//
// Cheap per connection: the four handlers are shared functions that find their connection on the socket (`this`), and
// deadlines live in one table. Cheap per chunk: everything a chunk asked for leaves in one write.
import type { Socket } from 'node:net';
import { Deadlines, type Limits, type Session, type Step } from '#base';

export const LIMITS = {
  /** Output that waits in memory for one reader who does not read. */
  unsentBytes: {
    value: 1_048_576,
    unit: 'bytes',
    source: 'a browse of 5,000 files is 0.7 MB; more than one is a slow reader',
  },
  /** How long a closing connection may stay still, and stay open once everything is sent. */
  lingerMs: {
    value: 5_000,
    unit: 'ms',
    source: 'an error text must reach a slow modem, a dead peer must not hold a socket',
  },
  /** How long the last bytes of a closing connection may take in all, whatever the other side still says. */
  lingerMostMs: {
    value: 300_000,
    unit: 'ms',
    source: 'a megabyte at 28.8 kbit/s takes five minutes',
  },
} as const satisfies Limits;

/** What the owner of a connection wants to hear. All optional. */
export type Owner = {
  /** The session asked for TLS or hands its connection over; after a handover the pump has let go of the socket. */
  step?(step: Step, connection: Connection): void;
  /** The connection is gone; called once. `why` undefined: in good order. */
  closed?(why: Error | undefined, connection: Connection): void;
};

export type PumpOptions = {
  /** Milliseconds that never run backwards. Default: performance.now. */
  now?: () => number;
  unsentBytes?: number;
  lingerMs?: number;
};

const CONNECTION = Symbol('connection');
type Pumped = Socket & { [CONNECTION]?: Connection };

/** One socket with its session. Made by {@link Pump.attach}. */
export class Connection {
  readonly socket: Socket;
  readonly session: Session;
  readonly pump: Pump;
  readonly owner: Owner;
  /** In the pump's list of those that have something to send. */
  waiting = false;
  done = false;
  /** Reading has stopped until the other side has read. */
  #held = false;
  #stopped = false;

  constructor(pump: Pump, socket: Socket, session: Session, owner: Owner) {
    this.pump = pump;
    this.socket = socket;
    this.session = session;
    this.owner = owner;
  }

  /** Something other than received bytes made this session speak: its output goes out at the end of this turn. */
  kick(): void {
    this.pump.kick(this);
  }

  /** Stops reading from this socket until {@link resume}: somebody over budget waits, in the kernel's buffers. */
  pause(): void {
    this.#stopped = true;
    this.socket.pause();
  }

  resume(): void {
    this.#stopped = false;
    if (!this.#held && !this.done) this.socket.resume();
  }

  /** Ends the connection after what is queued has been sent. */
  end(why?: Error): void {
    if (this.done) return;
    this.#send();
    this.#finish(why);
    const { socket } = this;
    const { lingerMs } = this.pump;
    socket.end();
    if (socket.destroyed) return;
    const gone = (): void => void socket.destroy();
    // Who goes on talking keeps the socket from being idle, so its time ends by the clock too.
    let timer = setTimeout(gone, LIMITS.lingerMostMs.value).unref();
    socket.once('finish', () => {
      clearTimeout(timer);
      timer = setTimeout(gone, lingerMs).unref();
    });
    socket.once('close', () => clearTimeout(timer));
    socket.setTimeout(lingerMs, gone);
    socket.resume(); // what still arrives is read and dropped, so that our last words are not lost to a reset
  }

  /** Ends the connection now, unsent bytes and all. */
  destroy(why?: Error): void {
    this.#finish(why);
    this.socket.destroy();
  }

  flush(): void {
    if (this.done) return;
    const { session, pump } = this;
    this.#send();
    const step = session.takeStep?.() ?? null;
    if (step !== null) this.#takeStep(step);
    if (this.done) return;
    if (session.closing) {
      this.end(session.closing);
      return;
    }
    pump.deadlines.set(this, session.deadline);
  }

  #send(): void {
    const bytes = this.session.takeOutput();
    if (bytes === null || bytes.length === 0) return;
    const more = this.socket.write(bytes);
    if (this.socket.writableLength === 0) {
      this.session.sent?.();
      return;
    }
    if (more) return;
    if (this.socket.writableLength > this.pump.unsentBytes) {
      this.destroy(new Error('slow reader'));
      return;
    }
    this.#held = true;
    this.socket.pause();
  }

  drained(): void {
    this.#held = false;
    if (!this.#stopped && !this.done) this.socket.resume();
  }

  /** The socket has ended or failed. */
  lost(why?: Error): void {
    this.#finish(why);
  }

  #takeStep(step: Step): void {
    if ('handover' in step) {
      this.done = true;
      this.pump.forget(this);
      unhook(this.socket);
      this.socket.pause();
    }
    this.owner.step?.(step, this);
  }

  #finish(why: Error | undefined): void {
    if (this.done) return;
    this.done = true;
    this.pump.forget(this);
    this.session.close(why);
    this.owner.closed?.(why, this);
  }
}

/** The connections of one program, their deadlines and the one timer. */
export class Pump {
  readonly deadlines = new Deadlines<Connection>();
  readonly unsentBytes: number;
  readonly lingerMs: number;
  readonly #now: () => number;
  readonly #all = new Set<Connection>();
  #dirty: Connection[] = [];
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #receiving = false;

  constructor(options: PumpOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
    this.unsentBytes = options.unsentBytes ?? LIMITS.unsentBytes.value;
    this.lingerMs = options.lingerMs ?? LIMITS.lingerMs.value;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Takes over a connected socket. What the session wants to say first goes out at once. */
  attach(socket: Socket, session: Session, owner: Owner = {}): Connection {
    const connection = new Connection(this, socket, session, owner);
    (socket as Pumped)[CONNECTION] = connection;
    this.#all.add(connection);
    socket.setNoDelay(true);
    socket.on('data', onData);
    socket.on('drain', onDrain);
    socket.on('error', onError);
    socket.on('close', onClose);
    connection.flush();
    this.#arm();
    return connection;
  }

  receive(connection: Connection, chunk: Uint8Array): void {
    this.#receiving = true;
    try {
      connection.session.receive(chunk, this.#now());
      connection.flush();
    } finally {
      this.#receiving = false;
      this.#sendKicked();
    }
    this.#arm();
  }

  kick(connection: Connection): void {
    if (connection.waiting || connection.done) return;
    connection.waiting = true;
    this.#dirty.push(connection);
    if (!this.#receiving && this.#dirty.length === 1) queueMicrotask(() => this.#sendKicked());
  }

  forget(connection: Connection): void {
    this.#all.delete(connection);
    this.deadlines.delete(connection);
  }

  /** Ends every connection, with what is queued sent first. */
  close(why?: Error): void {
    for (const connection of this.#all) connection.end(why);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  #sendKicked(): void {
    while (this.#dirty.length > 0) {
      const batch = this.#dirty;
      this.#dirty = [];
      for (const connection of batch) {
        connection.waiting = false;
        connection.flush();
      }
    }
    this.#arm();
  }

  #arm(): void {
    const next = this.deadlines.next;
    if (next >= this.#timerAt) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = next;
    const delay = Math.min(Math.max(0, next - this.#now()), 2 ** 31 - 1);
    this.#timer = setTimeout(() => this.#wakeDue(), Math.ceil(delay));
    this.#timer.unref();
  }

  #wakeDue(): void {
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#now();
    for (let due = this.deadlines.takeDue(now); due !== null; due = this.deadlines.takeDue(now)) {
      due.session.wake(now);
      due.flush();
    }
    this.#sendKicked();
  }
}

function onData(this: Socket, chunk: Buffer): void {
  const connection = (this as Pumped)[CONNECTION];
  if (connection !== undefined && !connection.done) connection.pump.receive(connection, chunk);
}

function onDrain(this: Socket): void {
  (this as Pumped)[CONNECTION]?.drained();
}

function onError(this: Socket, error: Error): void {
  (this as Pumped)[CONNECTION]?.lost(error);
}

function onClose(this: Socket): void {
  (this as Pumped)[CONNECTION]?.lost();
}

function unhook(socket: Socket): void {
  socket.off('data', onData);
  socket.off('drain', onDrain);
  socket.off('error', onError);
  socket.off('close', onClose);
  delete (socket as Pumped)[CONNECTION];
}
