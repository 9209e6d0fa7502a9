// Consent: a token that starts one test, once, from one address, on one live connection, within a minute. Pure but for
// the bytes of the token, which the caller brings.

export type Consent<T> = { address: string; connection: string; what: T };

type Kept<T> = Consent<T> & { until: number };

const LIFE_MS = 60_000;
/** More than this many unused tokens are never kept: the oldest goes. */
const KEPT = 10_000;

/** Tokens that were given and not yet used. */
export class Consents<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #random: () => string;

  /** @param random a fresh secret of at least 128 bits */
  constructor(random: () => string) {
    this.#random = random;
  }

  give(consent: Consent<T>, now: number): string {
    this.#forget(now);
    const token = this.#random();
    this.#kept.set(token, { ...consent, until: now + LIFE_MS });
    return token;
  }

  /** What the token allows, or null. A token that was shown at the wrong place is spent too. */
  take(token: string, address: string, connection: string, now: number): T | null {
    const kept = this.#kept.get(token);
    this.#kept.delete(token);
    if (kept === undefined || now >= kept.until) return null;
    return kept.address === address && kept.connection === connection ? kept.what : null;
  }

  #forget(now: number): void {
    for (const [token, { until }] of this.#kept) {
      if (until > now && this.#kept.size < KEPT) return;
      this.#kept.delete(token);
    }
  }
}
