// How often and how many: one probe an address at a time, a pause after it, an hourly share for a site and a network, and
// a bound on all of them together. Pure: time is an argument.
import { type Limits, TokenBucket } from '#base';
import type { KnownAddress } from './addresses.ts';

export const LIMITS = {
  probesAtOnce: {
    value: 4,
    unit: 'probes',
    source: 'four times 2,000 SYNs a second: about 4 Mbit/s out of this server',
  },
  waiting: { value: 16, unit: 'probes', source: 'further visitors are told to come back' },
  pauseSmallMs: { value: 30_000, unit: 'ms', source: 'after a test of up to 64 ports' },
  pauseServiceMs: { value: 60_000, unit: 'ms', source: 'after a test of up to 1,056 ports' },
  pauseAllMs: { value: 600_000, unit: 'ms', source: 'after all ports' },
  pauseAgainMs: { value: 3_000, unit: 'ms', source: 'after "test this port again"' },
  siteProbesPerHour: {
    value: 60,
    unit: 'probes',
    source: 'an IPv4 address, or an IPv6 /64: many addresses of one visitor',
  },
  networkProbesPerHour: { value: 240, unit: 'probes', source: 'an IPv6 /48' },
  targetPerS: { value: 2_000, unit: 'SYNs a second', source: 'kind to home routers' },
  ownPorts: { value: 64, unit: 'ports', source: 'an own list' },
  connections: { value: 500, unit: 'live connections', source: 'memory; a page needs one' },
  connectionsPerSite: { value: 8, unit: 'live connections', source: 'tabs of one visitor' },
  messageBytes: { value: 4_096, unit: 'bytes', source: 'a message of the page is a token' },
  upnpPackets: { value: 10, unit: 'datagrams', source: 'one each half second, on the UPnP test only' },
} as const satisfies Limits;

export type Refusal = { code: 'busy' | 'pause' | 'too-often' | 'full'; waitMs: number };

/** `againAt`: when one port may be asked again, which needs no pause after a large test: that is how a fix is checked. */
type Visitor = { running: boolean; freeAt: number; againAt: number };

const KEPT = 20_000;

/** Who may start a probe now. */
export class Gate {
  readonly #visitors = new Map<string, Visitor>();
  readonly #hourly = new Map<string, TokenBucket>();

  /** Null: it may start, and is counted as running until `ended`. */
  start(address: KnownAddress, ports: number, now: number): Refusal | null {
    this.#sweep(now);
    const visitor = this.#visitors.get(address.text);
    if (visitor?.running === true) return { code: 'busy', waitMs: 0 };
    const { freeAt = 0, againAt = 0 } = visitor ?? {};
    const mayAt = ports <= 1 ? againAt : freeAt;
    if (mayAt > now) return { code: 'pause', waitMs: mayAt - now };
    const site = this.#bucket(address.site, LIMITS.siteProbesPerHour.value, now);
    const network = this.#bucket(`${address.network} all`, LIMITS.networkProbesPerHour.value, now);
    const waitMs = Math.max(site.waitMs(1, now), network.waitMs(1, now));
    if (waitMs > 0) return { code: 'too-often', waitMs };
    site.take(1, now);
    network.take(1, now);
    this.#visitors.set(address.text, { running: true, freeAt, againAt });
    return null;
  }

  /** The probe of so many ports has ended (in whatever way). */
  ended(address: KnownAddress, ports: number, now: number): void {
    const { freeAt = 0, againAt = 0 } = this.#visitors.get(address.text) ?? {};
    const until = now + pauseMs(ports);
    this.#visitors.set(address.text, {
      running: false,
      freeAt: ports <= 1 ? freeAt : until,
      againAt: ports <= 1 ? until : againAt,
    });
  }

  #bucket(key: string, perHour: number, now: number): TokenBucket {
    let bucket = this.#hourly.get(key);
    if (bucket === undefined) this.#hourly.set(key, (bucket = new TokenBucket(perHour / 3600, perHour, now)));
    return bucket;
  }

  /** Forgets who owes nothing; results are never kept anywhere, and neither is who came. */
  #sweep(now: number): void {
    if (this.#visitors.size + this.#hourly.size < KEPT) return;
    for (const [key, { running, freeAt, againAt }] of this.#visitors)
      if (!running && Math.max(freeAt, againAt) <= now) this.#visitors.delete(key);
    for (const [key, bucket] of this.#hourly) if (bucket.isFull(now)) this.#hourly.delete(key);
  }
}

export function pauseMs(ports: number): number {
  if (ports <= 1) return LIMITS.pauseAgainMs.value;
  if (ports <= LIMITS.ownPorts.value) return LIMITS.pauseSmallMs.value;
  return ports <= 1056 ? LIMITS.pauseServiceMs.value : LIMITS.pauseAllMs.value;
}

/** A few probes at once, the others in a row; who leaves gives up the place. */
export class Turns {
  #running = 0;
  readonly #row: { enter: () => void; moved: (before: number) => void }[] = [];

  /** Resolves when it is our turn: call what it returns when done. Null: the row is full. Rejects when `signal` aborts. */
  async take(signal: AbortSignal, moved: (before: number) => void): Promise<(() => void) | null> {
    signal.throwIfAborted();
    if (this.#running >= LIMITS.probesAtOnce.value) {
      if (this.#row.length >= LIMITS.waiting.value) return null;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const place = { enter: resolve, moved };
      this.#row.push(place);
      moved(this.#row.length);
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      try {
        await promise;
      } catch (error) {
        const at = this.#row.indexOf(place);
        if (at >= 0) this.#row.splice(at, 1);
        else this.#leave();
        throw error;
      }
    } else this.#running++;
    let left = false;
    return () => {
      if (!left) this.#leave();
      left = true;
    };
  }

  #leave(): void {
    const next = this.#row.shift();
    if (next === undefined) this.#running--;
    else next.enter();
    for (const [index, { moved }] of this.#row.entries()) moved(index + 1);
  }
}
