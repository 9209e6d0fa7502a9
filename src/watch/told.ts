// Who was told which address. What content cannot show (TLS, transfers that began before the capture) is inferred from
// it: only a host that itself spoke the protocol and was told exactly this address can reach it "because of" that.
// Strangers fill this table, so it is bounded and forgets after an hour.
import type { Limits } from '#base';
import type { App } from './detect/verdict.ts';

export const TOLD_LIMITS = {
  watchTold: { value: 200_000, unit: 'addresses', source: 'those that hosts were told; the oldest goes' },
  watchToldSeconds: { value: 3600, unit: 's', source: 'clients try an address soon or never' },
} as const satisfies Limits;

export type Telling = { readonly at: number; readonly app: App; readonly what: string; readonly flow: number };

export class Told {
  readonly #tellings = new Map<string, Telling>();
  /** Ports that occur in the table: a cheap first look. */
  readonly #ports = new Uint8Array(65_536);

  get size(): number {
    return this.#tellings.size;
  }

  add(host: number, ip: number, port: number, telling: Telling): void {
    const key = `${host} ${ip} ${port}`;
    // Told again: it moves to the young end. The first telling is the one that may have come before the flow.
    const before = this.#tellings.get(key);
    if (before !== undefined) {
      if (telling.at - before.at < TOLD_LIMITS.watchToldSeconds.value) return;
      this.#tellings.delete(key);
    }
    this.#tellings.set(key, telling);
    this.#ports[port] = 1;
    if (this.#tellings.size <= TOLD_LIMITS.watchTold.value) return;
    for (const oldest of this.#tellings.keys()) {
      this.#tellings.delete(oldest);
      return;
    }
  }

  mayKnow(port: number): boolean {
    return this.#ports[port] === 1;
  }

  /** What `host` was told about this address, if a flow from `first` to `last` (seconds) may follow from it. */
  find(host: number, ip: number, port: number, first: number, last: number): Telling | null {
    const telling = this.#tellings.get(`${host} ${ip} ${port}`);
    if (telling === undefined || telling.at > last + 2) return null;
    return first - telling.at <= TOLD_LIMITS.watchToldSeconds.value ? telling : null;
  }
}
