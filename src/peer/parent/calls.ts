// Calls between processes: a name and plain values there, a value or a reason back. Over Node's own channel between parent
// and child, or anything else that carries messages in order.

type Value = unknown;
export type CallMessage =
  | { readonly call: number; readonly name: string; readonly args: readonly Value[] }
  | { readonly answer: number; readonly value: Value }
  | { readonly failed: number; readonly why: string };

/** What the other side may call. */
export type Callable = Readonly<Record<string, (...args: never[]) => Value>>;

/** The other side, as an object of asynchronous functions. */
export type Remote<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** Both directions of one channel. */
export class Calls {
  readonly #send: (message: CallMessage) => void;
  readonly #local: Callable;
  readonly #waiting = new Map<number, PromiseWithResolvers<Value>>();
  #last = 0;
  #closed: Error | null = null;

  constructor(send: (message: CallMessage) => void, local: Callable) {
    this.#send = send;
    this.#local = local;
  }

  /** Calls `name` on the other side. */
  call(name: string, args: readonly Value[]): Promise<Value> {
    if (this.#closed !== null) return Promise.reject(this.#closed);
    const id = ++this.#last;
    const waiting = Promise.withResolvers<Value>();
    this.#waiting.set(id, waiting);
    this.#send({ call: id, name, args });
    return waiting.promise;
  }

  /** The other side as an object. */
  remote<T>(): Remote<T> {
    return new Proxy({} as Remote<T>, {
      // Not a promise: awaiting the object must not call `then` over there.
      get: (_, name) =>
        typeof name === 'string' && name !== 'then' ? (...args: Value[]) => this.call(name, args) : undefined,
    });
  }

  /** A message has arrived. What is no message of ours is ignored. */
  receive(message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    if ('call' in message) void this.#serve(message as Extract<CallMessage, { call: number }>);
    else if ('answer' in message)
      this.#settle((message as { answer: number }).answer)?.resolve((message as { value?: Value }).value);
    else if ('failed' in message)
      this.#settle((message as { failed: number }).failed)?.reject(
        new Error(String((message as { why?: string }).why)),
      );
  }

  /** The channel is gone: everybody who waits hears so. */
  close(why: string): void {
    this.#closed ??= new Error(why);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#closed);
    this.#waiting.clear();
  }

  async #serve({ call, name, args }: Extract<CallMessage, { call: number }>): Promise<void> {
    try {
      if (!Object.hasOwn(this.#local, name)) throw new Error(`${name} cannot be called`);
      const value = await (this.#local[name] as (...args: readonly Value[]) => Value)(...args);
      if (this.#closed === null) this.#send({ answer: call, value });
    } catch (error) {
      if (this.#closed === null)
        this.#send({ failed: call, why: error instanceof Error ? error.message : String(error) });
    }
  }

  #settle(id: number): PromiseWithResolvers<Value> | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
