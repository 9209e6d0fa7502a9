// Connections between two peers: making one and getting through the handshake, and the share port that takes them.
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ByteString, Limits, Log } from '#base';
import { type Address, dial, listen, type Pump } from '#net';
import { type IncomingRequest, IncomingSession, OutgoingSession, type OutgoingRequest, REFUSALS } from '#wire/napster';
import { dialReason } from '../hubs/link.ts';

export const CALL_LIMITS = {
  dialMs: { value: 20_000, unit: 'ms', source: 'a modem behind a slow line still answers; a filtered port never does' },
  incoming: { value: 200, unit: 'connections', source: 'on the share port at once; beyond it new ones are closed' },
  incomingPerAddress: { value: 16, unit: 'connections', source: 'on the share port from one address' },
} as const satisfies Limits;

/** A connection whose handshake is done; `rest` is the file's beginning that came along. Not flowing yet. */
export type Handed = { socket: Socket; rest: Uint8Array };

/** Why a call came to nothing, for people; `theirs`: the other side said so. */
export class CallFailed extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'CallFailed';
    this.code = code;
  }
}

/**
 * Whether an address that a hub names may be dialled: a hub on the Internet must not send us into our own network.
 * @param hub the hub's own address; null: not known, so nothing private
 */
export function mayDial(ip: string, hub: string | null): boolean {
  const range = rangeOf(ip);
  if (range === 'unicast') return true;
  return NEAR.has(range) && hub !== null && NEAR.has(rangeOf(hub));
}

const NEAR = new Set(['private', 'loopback', 'uniqueLocal', 'linkLocal', 'carrierGradeNat', 'reserved']);

function rangeOf(ip: string): string {
  try {
    return ipaddr.process(ip).range();
  } catch {
    return 'nonsense';
  }
}

/** Connects to somebody's share port and asks. Resolves with what they said and the connection. @throws CallFailed */
export async function callPeer(
  pump: Pump,
  address: Address,
  want: Extract<OutgoingRequest, { kind: 'get' | 'send' }>,
  options: { bind?: string | undefined; signal: AbortSignal },
): Promise<Handed & { said: number }> {
  const local = options.bind === undefined ? {} : { localAddress: options.bind };
  const dialled = dial(address, { timeoutMs: CALL_LIMITS.dialMs.value, ...local });
  const socket = await unlessStopped(dialled, options.signal).catch((error: NodeJS.ErrnoException) => {
    throw new CallFailed('unreachable', `cannot be reached: ${dialReason(error)}`);
  });
  const outcome = Promise.withResolvers<Handed & { said: number }>();
  let said = 0;
  let reason = 'hung up before the transfer began';
  const session = new OutgoingSession(
    want,
    {
      size: (bytes) => void (said = bytes),
      offset: (offset) => void (said = offset),
      failed: (text) => void (reason = text),
    },
    performance.now(),
  );
  const connection = pump.attach(socket, session, {
    step: (step) => 'handover' in step && outcome.resolve({ socket, rest: step.rest, said }),
    closed: () => outcome.reject(new CallFailed('refused', refusalWords(reason))),
  });
  const stop = (): void => connection.destroy(new Error('stopped'));
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    return await outcome.promise;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

/** The connection, unless the signal comes first; one that comes after it is closed. */
async function unlessStopped(dialled: Promise<Socket>, signal: AbortSignal): Promise<Socket> {
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stopped.reject(new Error('stopped'));
    dialled.then(
      (socket) => socket.destroy(),
      () => {},
    );
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([dialled, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Connects and asks for their list of files (direct browse). @throws CallFailed */
export async function callForList(
  pump: Pump,
  address: Address,
  onLine: (line: ByteString) => void,
): Promise<ByteString> {
  const socket = await dial(address, { timeoutMs: CALL_LIMITS.dialMs.value }).catch((error: NodeJS.ErrnoException) => {
    throw new CallFailed('unreachable', `cannot be reached: ${dialReason(error)}`);
  });
  const outcome = Promise.withResolvers<ByteString>();
  let nick = '';
  let failed = 'hung up before the list ended';
  const session = new OutgoingSession(
    { kind: 'list' },
    {
      listOf: (whose) => void (nick = whose),
      line: onLine,
      listEnd: () => outcome.resolve(nick),
      failed: (text) => void (failed = text),
    },
    performance.now(),
  );
  pump.attach(socket, session, { closed: () => outcome.reject(new CallFailed('refused', refusalWords(failed))) });
  return outcome.promise;
}

/** Connects to somebody who asked for our list and cannot be answered otherwise, and gives it. */
export async function giveList(
  pump: Pump,
  address: Address,
  nick: ByteString,
  lines: Iterable<ByteString>,
): Promise<void> {
  const socket = await dial(address, { timeoutMs: CALL_LIMITS.dialMs.value });
  pump.attach(socket, new OutgoingSession({ kind: 'give-list', nick, lines }, { failed: () => {} }, performance.now()));
}

function refusalWords(text: string): string {
  if (text === REFUSALS.notShared || text === REFUSALS.notFound) return 'does not share that file any more';
  if (text === REFUSALS.invalid) return 'refused the request';
  return text;
}

/** What the share port asks of the rest of the peer. */
export type PortOwner = {
  /** Somebody wants a file of ours; answer by `accept` (then the connection is handed over) or `refuse`. */
  asked(call: IncomingCall<Extract<IncomingRequest, { kind: 'get' }>>): void;
  /** Somebody brings a file that we asked for, or says so. */
  brought(call: IncomingCall<Extract<IncomingRequest, { kind: 'send' }>>): void;
  /** Lines of our list, for whoever browses us. */
  list(): { nick: ByteString; lines: Iterable<ByteString> } | null;
};

/** One request on the share port. */
export type IncomingCall<R extends IncomingRequest> = {
  readonly request: R;
  /** `value`: the size of our file, or the offset from which we want theirs. */
  accept(value: number): Promise<Handed>;
  refuse(): void;
};

/** The port that other peers connect to. */
export class SharePort {
  readonly #server: Server;
  readonly #pump: Pump;
  readonly #owner: PortOwner;
  readonly #log: Log;
  readonly #from = new Map<string, number>();
  /** Somebody has come in: we can be reached. */
  onReached: () => void = () => {};

  constructor(pump: Pump, owner: PortOwner, log: Log) {
    this.#pump = pump;
    this.#owner = owner;
    this.#log = log;
    this.#server = createServer({ allowHalfOpen: false }, (socket) => this.#take(socket));
    this.#server.maxConnections = CALL_LIMITS.incoming.value;
  }

  listen(address: Address): Promise<Address> {
    return listen(this.#server, 'napster port', address);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #take(socket: Socket): void {
    const from = socket.remoteAddress ?? '';
    const count = (this.#from.get(from) ?? 0) + 1;
    if (count > CALL_LIMITS.incomingPerAddress.value) {
      socket.destroy();
      return;
    }
    this.#from.set(from, count);
    socket.once('close', () => {
      const left = (this.#from.get(from) ?? 1) - 1;
      if (left > 0) this.#from.set(from, left);
      else this.#from.delete(from);
    });
    this.onReached();
    let handed: PromiseWithResolvers<Handed> | null = null;
    const session: IncomingSession = new IncomingSession(
      {
        request: (request) => {
          if (request.kind === 'list') return this.#giveList(session);
          if (request.kind === 'their-list') return session.refuse(REFUSALS.invalid);
          const accept = (value: number): Promise<Handed> => {
            handed = Promise.withResolvers<Handed>();
            if (request.kind === 'get') session.answerGet(value);
            else session.answerSend(value);
            connection.kick();
            return handed.promise;
          };
          const refuse = (): void => {
            session.refuse(request.kind === 'get' ? REFUSALS.notShared : REFUSALS.invalid);
            connection.kick();
          };
          if (request.kind === 'get') this.#owner.asked({ request, accept, refuse });
          else this.#owner.brought({ request, accept, refuse });
        },
      },
      performance.now(),
    );
    const connection = this.#pump.attach(socket, session, {
      step: (step) => 'handover' in step && handed?.resolve({ socket, rest: step.rest }),
      closed: (why) => {
        this.#log.debug('share-port-closed', { from, why: why?.message });
        handed?.reject(new CallFailed('hung-up', 'hung up before the transfer began'));
      },
    });
  }

  #giveList(session: IncomingSession): void {
    const list = this.#owner.list();
    if (list === null) session.refuse(REFUSALS.invalid);
    else session.answerList(list.nick, list.lines);
  }
}
