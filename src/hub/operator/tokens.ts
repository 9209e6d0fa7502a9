// The keys of the control page: one for each role, random, in DIR/tokens.json (mode 0600), shown once when they are made.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HUB_ROLES, type HubRole } from '#api';
import { Failure, TokenBucket } from '#base';
import { OPERATOR_LIMITS } from './limits.ts';

export type Tokens = Readonly<Record<HubRole, string>>;

/** @returns `fresh`: they were made now, and this is the one time to show them */
export function loadTokens(dataDir: string): { tokens: Tokens; fresh: boolean } {
  const file = join(dataDir, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return { tokens: writeTokens(dataDir, made()), fresh: true };
  }
  const tokens = parsed(text);
  if (tokens === null) throw new Failure(`${file} holds no tokens; remove it to get new ones`);
  return { tokens, fresh: false };
}

/** A new token for one role; the old one opens nothing any more. */
export function renewToken(dataDir: string, role: HubRole): Tokens {
  const { tokens } = loadTokens(dataDir);
  return writeTokens(dataDir, { ...tokens, [role]: newToken() });
}

/** A token as people and pages carry it: 32 characters, 192 bits. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

const FILE = 'tokens.json';

function made(): Tokens {
  return { 'read-only': newToken(), moderator: newToken(), admin: newToken() };
}

function writeTokens(dataDir: string, tokens: Tokens): Tokens {
  const file = join(dataDir, FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify(tokens, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return tokens;
}

function parsed(text: string): Tokens | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const whole = HUB_ROLES.every((role) => typeof value[role] === 'string' && value[role].length >= 20);
    return whole ? (value as Tokens) : null;
  } catch {
    return null;
  }
}

/** Says which role a token opens, in time that does not depend on the token, and slows down who guesses. */
export class Door {
  #digests: { role: HubRole; digest: Buffer }[] = [];
  readonly #wrong = new Map<string, TokenBucket>();

  constructor(tokens: Tokens) {
    this.set(tokens);
  }

  set(tokens: Tokens): void {
    this.#digests = HUB_ROLES.map((role) => ({ role, digest: digestOf(tokens[role]) }));
  }

  roleOf(token: string): HubRole | null {
    const digest = digestOf(token);
    let found: HubRole | null = null;
    for (const known of this.#digests) if (timingSafeEqual(known.digest, digest)) found = known.role;
    return found;
  }

  /** Whether this address may try once more. */
  mayTry(address: string, now: number): boolean {
    return (this.#wrong.get(address)?.waitMs(1, now) ?? 0) === 0;
  }

  wasWrong(address: string, now: number): void {
    const { value: perMinute } = OPERATOR_LIMITS.wrongTokens;
    if (this.#wrong.size >= OPERATOR_LIMITS.wrongTokenAddresses.value) this.#wrong.clear();
    const bucket = this.#wrong.get(address) ?? new TokenBucket(perMinute / 60, perMinute, now);
    bucket.force(1, now);
    this.#wrong.set(address, bucket);
  }
}

export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
