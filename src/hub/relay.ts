// Carrying a transfer between two who cannot reach one another: each connects to the hub, and bytes go through as they
// are. Off unless the operator wants it; bounded in number, pace and size.
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type ByteString, TokenBucket } from '#base';
import type { Hub } from './hub.ts';
import type { User } from './user.ts';

type Side = 'listens' | 'connects';
type End = { socket: Socket; rest: Uint8Array };
type Relay = {
  id: string;
  asker: User;
  owner: User;
  path: ByteString;
  /** What each end must say; empty until the owner accepts. */
  tokens: Record<Side, string>;
  ends: Partial<Record<Side, End>>;
  until: number;
};

const WAIT_MS = 60_000;
/** Nobody is asked more than this at once. */
const ASKED_BY_ONE = 5;
const CHUNK_PAUSE_MS = 50;

export class RelayDesk {
  readonly #hub: Hub;
  readonly #relays = new Map<string, Relay>();
  /** Tokens that were said, by the user object of the connection that said them. */
  readonly #joined = new Map<User, { relay: Relay; side: Side }>();
  /** Which hub port both connect to. */
  port = 0;
  open = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  ask(asker: User, owner: User, path: ByteString): void {
    this.#forgetOld();
    const mine = [...this.#relays.values()].filter((relay) => relay.asker === asker).length;
    if (this.open + this.#relays.size >= this.#hub.values.relays || mine >= ASKED_BY_ONE) {
      asker.tell(2136, '- "all relays are in use; try again later"');
      return;
    }
    const id = randomBytes(6).toString('hex');
    const until = this.#hub.now + WAIT_MS;
    this.#relays.set(id, { id, asker, owner, path, tokens: { listens: '', connects: '' }, ends: {}, until });
    owner.tell(2131, `${id} ${asker.nick} "${path}"`);
  }

  accept(owner: User, id: string): void {
    const relay = this.#relays.get(id);
    if (relay === undefined || relay.owner !== owner) {
      owner.tell(2136, `${id} "no such relay"`);
      return;
    }
    relay.until = this.#hub.now + WAIT_MS;
    relay.tokens = { listens: randomBytes(16).toString('hex'), connects: randomBytes(16).toString('hex') };
    relay.asker.tell(2134, `${id} ${this.port} ${relay.tokens.listens} listens`);
    relay.owner.tell(2134, `${id} ${this.port} ${relay.tokens.connects} connects`);
  }

  refuse(owner: User, id: string, reason: ByteString): void {
    const relay = this.#relays.get(id);
    if (relay === undefined || relay.owner !== owner) return;
    this.#relays.delete(id);
    relay.asker.tell(2136, `${id} "${reason.replace(/"/g, "'")}"`);
  }

  /** A new connection says a token; true: its socket will be handed over. */
  join(end: User, token: ByteString): boolean {
    this.#forgetOld();
    for (const relay of this.#relays.values())
      for (const side of ['listens', 'connects'] as const)
        if (token.length === 32 && relay.tokens[side] === token) {
          relay.tokens[side] = '';
          this.#joined.set(end, { relay, side });
          end.session.handOver();
          return true;
        }
    return false;
  }

  /** The socket of a connection that joined. When both are there, bytes go through. */
  take(end: User, socket: Socket, rest: Uint8Array): void {
    const joined = this.#joined.get(end);
    this.#joined.delete(end);
    if (joined === undefined) {
      socket.destroy();
      return;
    }
    const { relay, side } = joined;
    relay.ends[side] = { socket, rest };
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#relays.delete(relay.id));
    const { listens, connects } = relay.ends;
    if (listens === undefined || connects === undefined) return;
    this.#relays.delete(relay.id);
    this.open++;
    const budget = this.#budget();
    this.#carry(listens, connects.socket, budget);
    this.#carry(connects, listens.socket, budget);
    let ended = false;
    const end1 = (): void => {
      if (!ended) this.open--;
      ended = true;
      listens.socket.destroy();
      connects.socket.destroy();
    };
    listens.socket.once('close', end1);
    connects.socket.once('close', end1);
  }

  #budget(): TokenBucket {
    const rate = this.#hub.values.relayKbps * 1024;
    return new TokenBucket(rate, rate * 2, performance.now());
  }

  /** One direction: what is read goes out; who is over the pace, or faster than the reader, is not read from. */
  #carry({ socket, rest }: End, to: Socket, budget: TokenBucket): void {
    const pass = (chunk: Uint8Array): void => {
      this.#hub.counters.relayedBytes += chunk.length;
      budget.force(chunk.length, performance.now());
      const waitMs = budget.waitMs(0, performance.now());
      const fast = to.write(chunk);
      if (fast && waitMs === 0) return;
      socket.pause();
      if (!fast) to.once('drain', () => socket.resume());
      else setTimeout(() => socket.resume(), Math.max(CHUNK_PAUSE_MS, waitMs)).unref();
    };
    socket.on('data', pass);
    socket.once('end', () => to.end());
    if (rest.length > 0) pass(rest);
    socket.resume();
  }

  #forgetOld(): void {
    for (const [id, relay] of this.#relays) {
      if (relay.until > this.#hub.now) continue;
      this.#relays.delete(id);
      relay.asker.tell(2136, `${id} "nobody came in time"`);
      relay.ends.listens?.socket.destroy();
      relay.ends.connects?.socket.destroy();
    }
  }
}
