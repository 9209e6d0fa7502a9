// Who was told which address. What content cannot show (TLS, transfers that began before the capture) is inferred from
// it: only a host that itself spoke the protocol and was told exactly this address can reach it "because of" that.
// Strangers fill this table, so it is of a fixed size (sets of four places, the oldest of a set goes) and forgets after an
// hour. Typed arrays: a Gnutella link names thousands of addresses.
import type { Limits } from '#base';
import type { App } from './detect/verdict.ts';

export const TOLD_LIMITS = {
  watchTold: {
    value: 262_144,
    unit: 'addresses',
    source: 'those that hosts were told: 28 bytes each; the oldest goes',
  },
  watchToldSeconds: { value: 3600, unit: 's', source: 'clients try an address soon or never' },
} as const satisfies Limits;

const WAYS = 4;
const SETS = TOLD_LIMITS.watchTold.value / WAYS;
const FORGET_SECONDS = TOLD_LIMITS.watchToldSeconds.value;

export type Telling = { readonly at: number; readonly app: App; readonly what: string };

export class Told {
  #hosts = new Float64Array(0);
  #addresses = new Float64Array(0);
  #times = new Float64Array(0);
  #reasons = new Uint16Array(0);
  readonly #reasonList: { app: App; what: string }[] = [];
  readonly #reasonIds = new Map<string, number>();
  /** Ports that occur in the table: a cheap first look. */
  readonly #ports = new Uint8Array(65_536);
  /** Whether anybody was told anything. */
  isEmpty = true;

  /** `host` learns at `at` (seconds) of an IPv4 address. */
  add(host: number, ip: number, port: number, at: number, app: App, what: string): void {
    if (this.isEmpty) this.#allocate();
    const address = ip * 65_536 + port;
    const from = setOf(host, ip, port) * WAYS;
    let place = from;
    for (let way = from; way < from + WAYS; way++) {
      if (this.#addresses[way] === address && this.#hosts[way] === host) {
        // The first telling is the one that may have come before the flow.
        if (at - this.#times[way]! < FORGET_SECONDS) return;
        place = way;
        break;
      }
      if (this.#times[way]! < this.#times[place]!) place = way;
    }
    this.#addresses[place] = address;
    this.#hosts[place] = host;
    this.#times[place] = at;
    this.#reasons[place] = this.#reason(app, what);
    this.#ports[port] = 1;
  }

  mayKnow(port: number): boolean {
    return this.#ports[port] === 1;
  }

  /** What `host` was told about this address, if a flow from `first` to `last` (seconds) may follow from it. */
  find(host: number, ip: number, port: number, first: number, last: number): Telling | null {
    const address = ip * 65_536 + port;
    const from = setOf(host, ip, port) * WAYS;
    for (let way = from; way < from + WAYS; way++) {
      if (this.#addresses[way] !== address || this.#hosts[way] !== host) continue;
      const at = this.#times[way]!;
      if (at > last + 2 || first - at > FORGET_SECONDS) return null;
      const reason = this.#reasonList[this.#reasons[way]!]!;
      return { at, app: reason.app, what: reason.what };
    }
    return null;
  }

  #reason(app: App, what: string): number {
    const known = this.#reasonIds.get(app + what);
    if (known !== undefined) return known;
    const id = this.#reasonList.push({ app, what }) - 1;
    this.#reasonIds.set(app + what, id);
    return id;
  }

  #allocate(): void {
    this.isEmpty = false;
    this.#hosts = new Float64Array(SETS * WAYS).fill(-1);
    this.#addresses = new Float64Array(SETS * WAYS);
    this.#times = new Float64Array(SETS * WAYS).fill(Number.NEGATIVE_INFINITY);
    this.#reasons = new Uint16Array(SETS * WAYS);
  }
}

function setOf(host: number, ip: number, port: number): number {
  let h = Math.imul(host | 0, 0x9e3779b1) ^ ip;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca77) ^ port;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae3d);
  return ((h ^ (h >>> 16)) >>> 0) % SETS;
}
