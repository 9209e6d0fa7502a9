// A client's conversation with one hub: enters, hears, speaks, keeps the line alive.
//
//   state      │ hub says                                │ next
//   checking   │ 8 free                                  │ entering (register)
//              │ 9 taken, 10 invalid, 0                  │ over
//   entering   │ 3 welcome                               │ online
//              │ 0, 9, 10                                │ over
//   online     │ everything                              │ online
import { type ByteString, readable, type Session, WireError } from '#base';
import { type Capability, EXTENSION_VERSION } from './extensions.ts';
import { FrameReader } from './frame.ts';
import { encodeFields } from './layout.ts';
import { LIMITS } from './limits.ts';
import { decodeFromHub, FROM_CLIENT, FROM_HUB, type FromClient, type FromHub, type Unknown } from './messages.ts';
import { FrameOutput } from './output.ts';

export type ClientOptions = {
  nick: ByteString;
  password: ByteString;
  /** Our share port; 0: we cannot be reached. */
  port: number;
  /** Name and version of the program, as `peershield 1.0`. */
  client: ByteString;
  /** 0 unknown, 1 14.4, 2 28.8, 3 33.6, 4 56k, 5 ISDN, 6 two of them, 7 cable, 8 DSL, 9 T1, 10 T3 or better. */
  speed: number;
  email?: ByteString;
  /** `login`: message 2. `register`: message 6. `new`: 7 first, and 6 when the nick is free. */
  enter: 'login' | 'register' | 'new';
  /** Say 2100 after the welcome. Old hubs answer with one 404, which is not handed on. */
  extensions?: { capabilities: readonly Capability[]; key?: string };
};

export type ClientListener = {
  /** The hub let us in; messages that follow are motd and counts. */
  online(welcome: { email: ByteString }): void;
  /** Every other message, in the order it came. A message that its number's table does not fit comes as `unknown`. */
  message(message: FromHub | Unknown): void;
  /** Over, once; `why` in words: the hub's own where it gave some. `refused`: trying again unchanged is of no use. */
  ended(why: string, refused: boolean): void;
};

const payloadLimit = (): number => LIMITS.payload.value;

export class ClientSession implements Session {
  state: 'checking' | 'entering' | 'online' | 'over';
  deadline: number;
  closing: Error | null = null;
  readonly #options: ClientOptions;
  readonly #listener: ClientListener;
  readonly #reader = new FrameReader();
  readonly #out = new FrameOutput();
  #refusal: string | null = null;
  #asked = false;
  #helloSent = false;

  constructor(options: ClientOptions, listener: ClientListener, now: number) {
    this.#options = options;
    this.#listener = listener;
    this.deadline = now + LIMITS.loginMs.value;
    if (options.enter === 'new') {
      this.state = 'checking';
      this.#frame({ kind: 'checkNick', nick: options.nick });
    } else {
      this.state = 'entering';
      this.#enter(options.enter === 'login' ? 'login' : 'register');
    }
  }

  /** Says something; ignored unless online. */
  send(message: FromClient): void {
    if (this.state === 'online') this.#frame(message);
  }

  receive(chunk: Uint8Array, now: number): void {
    if (this.state === 'over') return;
    if (this.state === 'online') {
      this.deadline = now + LIMITS.keepAliveMs.value;
      this.#asked = false;
    }
    this.#reader.push(chunk);
    while (!this.#isOver() && this.#reader.next(payloadLimit)) {
      const { type, bytes, from, to } = this.#reader;
      this.#hear(decode(type, bytes, from, to), now);
    }
    this.#reader.keep();
  }

  takeOutput(): Uint8Array | null {
    return this.#out.take();
  }

  wake(now: number): void {
    if (now < this.deadline || this.state === 'over') return;
    if (this.state !== 'online') this.#end('the hub does not answer the login', false);
    else if (this.#asked) this.#end('the hub does not answer any more', false);
    else {
      this.#asked = true;
      this.#frame({ kind: 'stats' });
      this.deadline = now + LIMITS.keepAliveAnswerMs.value;
    }
  }

  close(why?: Error): void {
    if (this.state === 'over') return;
    this.#end(this.#refusal ?? why?.message ?? 'the hub closed the connection', this.#refusal !== null);
  }

  #isOver(): boolean {
    return this.state === 'over';
  }

  #hear(message: FromHub | Unknown, now: number): void {
    if (this.state === 'checking') this.#hearNick(message);
    else if (this.state === 'entering') this.#hearWelcome(message, now);
    else if (!this.#isHelloUnknown(message)) this.#listener.message(message);
  }

  #hearNick(message: FromHub | Unknown): void {
    if (message.kind === 'nickFree') {
      this.state = 'entering';
      this.#enter('register');
    } else if (message.kind === 'nickTaken') this.#end('the nick is taken', true);
    else if (message.kind === 'nickInvalid') this.#end('the hub does not allow this nick', true);
    else if (message.kind === 'error') this.#end(readable(message.text ?? ''), true);
    else this.#listener.message(message);
  }

  #hearWelcome(message: FromHub | Unknown, now: number): void {
    if (message.kind === 'loginAck') {
      this.state = 'online';
      this.deadline = now + LIMITS.keepAliveMs.value;
      this.#listener.online({ email: message.email ?? '' });
      this.#sayHello();
    } else if (message.kind === 'error') this.#end(readable(message.text ?? 'refused'), true);
    else if (message.kind === 'nickTaken') this.#end('the nick is taken', true);
    else if (message.kind === 'nickInvalid') this.#end('the hub does not allow this nick', true);
    else {
      // A notice before the door is closed: the reason, if nothing better follows.
      if (message.kind === 'notice') this.#refusal = readable(message.text);
      this.#listener.message(message);
    }
  }

  #sayHello(): void {
    const { extensions } = this.#options;
    if (extensions === undefined || this.#isOver()) return;
    this.#helloSent = true;
    const capabilities = extensions.capabilities.join(',') || '-';
    const key = extensions.key === undefined ? {} : { key: extensions.key };
    this.#frame({ kind: 'hello', version: EXTENSION_VERSION, capabilities, ...key });
  }

  #isHelloUnknown(message: FromHub | Unknown): boolean {
    return this.#helloSent && message.kind === 'notice' && message.text.includes(String(FROM_CLIENT.hello.type));
  }

  #enter(kind: 'login' | 'register'): void {
    const { nick, password, port, client, speed, email } = this.#options;
    const mail = email !== undefined && email !== '' ? { email } : kind === 'register' ? { email: 'anon' } : {};
    this.#frame({ kind, nick, password, port, client, speed, ...mail });
  }

  #frame(message: FromClient): void {
    const { type, fields } = FROM_CLIENT[message.kind];
    this.#out.frame(type, encodeFields(fields, message));
  }

  #end(why: string, refused: boolean): void {
    this.state = 'over';
    this.deadline = Number.POSITIVE_INFINITY;
    this.closing = new Error(why);
    this.#listener.ended(why, refused);
  }
}

function decode(type: number, bytes: Uint8Array, from: number, to: number): FromHub | Unknown {
  // Passed over unread: a field that is kept would keep the whole payload.
  if (KEPT.has(type) && to - from > LIMITS.resultPayload.value) return { kind: 'unknown', type, payload: '' };
  const payload: ByteString = Buffer.prototype.latin1Slice.call(bytes, from, to);
  try {
    return decodeFromHub(type, payload);
  } catch (error) {
    if (error instanceof WireError) return { kind: 'unknown', type, payload };
    throw error;
  }
}

const KEPT = new Set<number>([FROM_HUB.result.type, FROM_HUB.browseEntry.type]);
