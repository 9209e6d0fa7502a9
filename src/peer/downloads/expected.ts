// Files that we asked somebody to bring, because they cannot be reached: who may come in on the share port with SEND.
import type { ByteString } from '#base';
import type { IncomingRequest } from '#wire/napster';
import type { IncomingCall } from '../wire/calls.ts';

type Send = IncomingCall<Extract<IncomingRequest, { kind: 'send' }>>;
type Waiting = { nick: string; path: ByteString; resolve: (call: Send | null) => void };

export class Expected {
  readonly #waiting = new Set<Waiting>();

  /** Waits for `nick` to bring `path`; null when it does not come in time. */
  expect(
    nick: ByteString,
    path: ByteString,
    options: { timeoutMs: number; signal: AbortSignal },
  ): { call: Promise<Send | null>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<Send | null>();
    const waiting: Waiting = { nick: nick.toLowerCase(), path, resolve };
    const cancel = (): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', cancel);
      this.#waiting.delete(waiting);
      resolve(null);
    };
    const timer = setTimeout(cancel, options.timeoutMs);
    options.signal.addEventListener('abort', cancel, { once: true });
    if (options.signal.aborted) cancel();
    else this.#waiting.add(waiting);
    return { call: promise.finally(cancel), cancel };
  }

  /** Somebody came in with SEND; nobody gets in who was not asked. napster.pl names the file without its folders. */
  brought(call: Send): void {
    const nick = call.request.nick.toLowerCase();
    for (const waiting of this.#waiting) {
      if (waiting.nick !== nick) continue;
      if (waiting.path !== call.request.path && baseOf(waiting.path) !== call.request.path) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(call);
      return;
    }
    call.refuse();
  }
}

function baseOf(path: ByteString): ByteString {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}
