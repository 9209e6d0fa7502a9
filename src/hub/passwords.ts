// Password hashes, made where nobody has to wait for them: argon2id in libuv's pool, a few at once, in a bounded queue.
import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ByteString } from '#base';
import { LIMITS } from './limits.ts';

// OWASP's least for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB = 19_456;
const PASSES = 2;
const TAG_BYTES = 32;

/** Hashes and checks. One for a hub; `idle` resolves when nothing waits. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  get queued(): number {
    return this.#waiting.length + this.#running;
  }

  /** Whether one more would be taken. */
  get full(): boolean {
    return this.#waiting.length >= LIMITS.hashQueue.value;
  }

  /** `argon2id$m=…,t=…$salt$tag`, base64. */
  async hash(password: ByteString): Promise<string> {
    const salt = randomBytes(16);
    const tag = await this.#argon2(password, salt, MEMORY_KIB, PASSES);
    return `argon2id$${MEMORY_KIB},${PASSES}$${salt.toString('base64')}$${tag.toString('base64')}`;
  }

  /** Whether this password made that hash. An unreadable hash matches nothing. */
  async check(password: ByteString, stored: string): Promise<boolean> {
    const [kind, costs = '', salt = '', tag = ''] = stored.split('$');
    if (kind === 'opennap') return isOpennap(password, costs, salt);
    const [memory, passes] = costs.split(',').map(Number);
    if (kind !== 'argon2id' || memory === undefined || passes === undefined) return false;
    const made = await this.#argon2(password, Buffer.from(salt, 'base64'), memory, passes);
    return made.length === Buffer.from(tag, 'base64').length && timingSafeEqual(made, Buffer.from(tag, 'base64'));
  }

  #argon2(password: ByteString, nonce: Buffer, memory: number, passes: number): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.#start(() => {
      const options = {
        message: Buffer.from(password, 'latin1'),
        nonce,
        parallelism: 1,
        tagLength: TAG_BYTES,
        memory,
        passes,
      };
      argon2('argon2id', options, (error, tag) => {
        this.#running--;
        this.#waiting.shift()?.();
        if (error === null) resolve(tag);
        else reject(error);
      });
    });
    return promise;
  }

  #start(work: () => void): void {
    const run = (): void => {
      this.#running++;
      work();
    };
    if (this.#running < LIMITS.hashesAtOnce.value) run();
    else this.#waiting.push(run);
  }
}

/** A hash of an imported opennap account: base64 of MD5(salt and password), without the padding. */
function isOpennap(password: ByteString, salt: string, hash: string): boolean {
  const made = createHash('md5').update(salt).update(password, 'latin1').digest();
  const stored = Buffer.from(hash, 'base64');
  return made.length === stored.length && timingSafeEqual(made, stored);
}

/** Whether a hash should be made anew after a login that proved the password. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(`argon2id$${MEMORY_KIB},${PASSES}$`);
}
