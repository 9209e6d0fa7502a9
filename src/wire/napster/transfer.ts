// Between two clients: who has what is settled by the hub, the file goes directly. There are no terminators, and real
// clients differ; what they do is in docs/protocols/napster.md.
//
//   download           listener (owner)      caller          push               listener (asker)      caller (owner)
//                      1 ──────────────────▶                                    1 ──────────────────▶
//                        ◀── GET<nick> "<path>" <offset>                          ◀── SEND<nick> "<path>" <size>
//                      <size in digits><data from offset> ▶                     <offset in digits> ─▶
//                                                                                 ◀── <data from offset>
//   browse             1, ◀ GETLIST, <nick>\n<file>\n…\n ▶     or       1, ◀ SENDLIST <nick>\n<file>\n…\n
import { ByteQueue, type ByteString, byteString, bytesOf, type Session, type Step } from '#base';
import { LIMITS } from './limits.ts';

/** What somebody who connected to our share port asks for. */
export type IncomingRequest =
  | { kind: 'get'; nick: ByteString; path: ByteString; offset: number }
  | { kind: 'send'; nick: ByteString; path: ByteString; sizeBytes: number }
  | { kind: 'list' }
  | { kind: 'their-list'; nick: ByteString };

/** What the owner of an {@link IncomingSession} hears, inside `receive`, `wake` or `close`. */
export type IncomingListener = {
  /** Called once. Answer now or later by one of the session's verbs; the deadline of the handshake goes on. */
  request(request: IncomingRequest): void;
  /** One file of a list that is sent to us, in the fields of message 100. */
  line?(line: ByteString): void;
  /** The list came to its end. */
  listEnd?(): void;
};

const ONE = 0x31;

/** The side that was connected to: speaks first (`1`), hears what is wanted, answers, hands the connection over. */
export class IncomingSession implements Session {
  deadline: number;
  closing: Error | null = null;
  /** A number that goes on does not move this one. */
  #giveUpAt: number;
  readonly #listener: IncomingListener;
  readonly #in = new ByteQueue();
  #out: ByteString = '1';
  #step: Step | null = null;
  #state: 'asked' | 'answering' | 'listing' | 'over' = 'asked';
  #list: LineReader | null = null;

  constructor(listener: IncomingListener, now: number) {
    this.#listener = listener;
    this.deadline = this.#giveUpAt = now + LIMITS.handshakeMs.value;
  }

  receive(chunk: Uint8Array, now: number): void {
    if (this.#state === 'over') return;
    if (this.#state === 'listing') {
      this.#readList(chunk, now);
      return;
    }
    this.#in.push(chunk);
    if (this.#in.length > LIMITS.handshake.value && this.#state === 'asked' && !this.#isList()) {
      this.refuse(REFUSALS.invalid);
      return;
    }
    if (this.#state === 'asked') this.#read(now, false);
  }

  /** The file's whole size; its bytes from the asked offset on are the caller's of this session to send. */
  answerGet(sizeBytes: number): void {
    this.#handOver(String(sizeBytes));
  }

  /** From where we want the bytes that the caller will send. */
  answerSend(offset: number): void {
    this.#handOver(String(offset));
  }

  /** Our files, each in the fields of message 100. The connection ends after it. */
  answerList(nick: ByteString, lines: Iterable<ByteString>): void {
    if (this.#state === 'over') return;
    this.#out += listText(nick, lines);
    this.#end(new Error('list sent'));
  }

  /** One of {@link REFUSALS}, and the connection ends. */
  refuse(text: ByteString): void {
    if (this.#state === 'over') return;
    this.#out += text;
    this.#end(new Error(text));
  }

  takeOutput(): Uint8Array | null {
    if (this.#out === '') return null;
    const bytes = bytesOf(this.#out);
    this.#out = '';
    return bytes;
  }

  takeStep(): Step | null {
    const step = this.#step;
    this.#step = null;
    return step;
  }

  wake(now: number): void {
    if (now < this.deadline || this.#state === 'over') return;
    if (this.#state === 'asked' && this.#in.length > 0 && this.#read(now, true)) return;
    this.#end(new Error('nothing was asked for in time'));
  }

  close(why?: Error): void {
    if (this.#state === 'listing') this.#listener.listEnd?.();
    if (this.#state !== 'over') this.#end(why ?? new Error('closed'));
  }

  /** `last`: nothing more came for a while, so that a number may be taken as whole. True: understood. */
  #read(now: number, last: boolean): boolean {
    const bytes = this.#in.peek();
    const text = byteString(bytes);
    const request = parseRequest(text, last);
    if (request === 'more') return false;
    if (request === 'quiet') {
      this.deadline = Math.min(this.#giveUpAt, now + LIMITS.quietMs.value);
      return false;
    }
    if (request === null) {
      this.refuse(REFUSALS.invalid);
      return true;
    }
    this.#in.skip(request.length);
    this.deadline = this.#giveUpAt = now + LIMITS.handshakeMs.value;
    if (request.asked.kind === 'their-list') this.#startList(request.asked, now);
    else {
      this.#state = 'answering';
      this.#listener.request(request.asked);
    }
    return true;
  }

  #isList(): boolean {
    return byteString(this.#in.peek(), 0, Math.min(9, this.#in.length)).startsWith('SENDLIST ');
  }

  #startList(asked: IncomingRequest, now: number): void {
    this.#state = 'listing';
    this.#list = new LineReader((line) => this.#listener.line?.(line));
    this.#listener.request(asked);
    this.#readList(this.#in.takeAll(), now);
  }

  #readList(chunk: Uint8Array, now: number): void {
    this.deadline = now + LIMITS.listIdleMs.value;
    const outcome = (this.#list as LineReader).push(chunk);
    if (outcome === 'more') return;
    this.#listener.listEnd?.();
    this.#end(new Error(outcome === 'end' ? 'list received' : 'a list without an end'));
  }

  #handOver(text: ByteString): void {
    if (this.#state !== 'answering') return;
    this.#out += text;
    this.#state = 'over';
    this.deadline = Number.POSITIVE_INFINITY;
    this.#step = { handover: true, rest: this.#in.takeAll() };
  }

  #end(why: Error): void {
    this.#state = 'over';
    this.deadline = Number.POSITIVE_INFINITY;
    this.closing = why;
  }
}

/** What uploaders say instead of a size. */
export const REFUSALS = {
  notShared: 'FILE NOT SHARED',
  notFound: 'FILE NOT FOUND',
  invalid: 'INVALID REQUEST',
} as const;

/** What the caller wants of somebody's share port. */
export type OutgoingRequest =
  /** Their file from `offset` on; `sizeBytes` as the search said, or null when nobody said. */
  | { kind: 'get'; nick: ByteString; path: ByteString; offset: number; sizeBytes: number | null }
  /** They asked for our file, we cannot be reached: push it. */
  | { kind: 'send'; nick: ByteString; path: ByteString; sizeBytes: number }
  /** Their list of files. */
  | { kind: 'list' }
  /** Our list of files. */
  | { kind: 'give-list'; nick: ByteString; lines: Iterable<ByteString> };

export type OutgoingListener = {
  /** A `get` begins: the file's whole size as the uploader says it. The connection is handed over next. */
  size?(sizeBytes: number): void;
  /** A `send` begins from this offset. The connection is handed over next. */
  offset?(offset: number): void;
  /** Whose list begins; then its lines; then {@link listEnd}. */
  listOf?(nick: ByteString): void;
  line?(line: ByteString): void;
  listEnd?(): void;
  /** It came to nothing; `text` is theirs (FILE NOT SHARED …) or ours. Called at most once. */
  failed(text: string): void;
};

/** The side that connects: waits for `1`, says what it wants, reads the answer, hands the connection over. */
export class OutgoingSession implements Session {
  deadline: number;
  closing: Error | null = null;
  /** A number that goes on does not move this one. */
  #giveUpAt: number;
  readonly #want: OutgoingRequest;
  readonly #listener: OutgoingListener;
  readonly #in = new ByteQueue();
  #out: ByteString = '';
  #step: Step | null = null;
  #state: 'greeting' | 'answer' | 'refusal' | 'listing' | 'over' = 'greeting';
  #list: LineReader | null = null;

  constructor(want: OutgoingRequest, listener: OutgoingListener, now: number) {
    this.#want = want;
    this.#listener = listener;
    this.deadline = this.#giveUpAt = now + LIMITS.handshakeMs.value;
  }

  receive(chunk: Uint8Array, now: number): void {
    if (this.#state === 'over') return;
    if (this.#state === 'listing') {
      this.#readList(chunk, now);
      return;
    }
    this.#in.push(chunk);
    if (this.#state === 'greeting') this.#greet(now);
    else this.#read(now, false);
  }

  takeOutput(): Uint8Array | null {
    if (this.#out === '') return null;
    const bytes = bytesOf(this.#out);
    this.#out = '';
    return bytes;
  }

  takeStep(): Step | null {
    const step = this.#step;
    this.#step = null;
    return step;
  }

  wake(now: number): void {
    if (now < this.deadline || this.#state === 'over') return;
    if (this.#state === 'answer' && this.#in.length > 0) this.#read(now, true);
    else if (this.#state === 'refusal') this.#fail(this.#refusalText());
    else if (this.#state === 'listing') this.#finishList('the list stopped');
    else this.#fail(this.#state === 'greeting' ? 'connected, but nobody speaks Napster there' : 'no answer');
  }

  close(why?: Error): void {
    if (this.#state === 'over') return;
    if (this.#state === 'listing') this.#finishList(null);
    else if (this.#state === 'refusal') this.#fail(this.#refusalText());
    else this.#fail(why?.message ?? 'the other side closed the connection');
  }

  #greet(now: number): void {
    if (this.#in.peek()[0] !== ONE) {
      this.#refused(now);
      return;
    }
    this.#in.skip(1);
    this.#out += requestText(this.#want);
    this.deadline = this.#giveUpAt = now + LIMITS.handshakeMs.value;
    if (this.#want.kind === 'give-list') {
      this.#state = 'over';
      this.deadline = Number.POSITIVE_INFINITY;
      this.#listener.listEnd?.();
      this.closing = new Error('list sent');
      return;
    }
    this.#state = this.#want.kind === 'list' ? 'listing' : 'answer';
    if (this.#want.kind === 'list') {
      this.#list = new LineReader((line) => this.#line(line));
      if (this.#in.length > 0) this.#readList(this.#in.takeAll(), now);
    } else if (this.#in.length > 0) this.#read(now, false);
  }

  #read(now: number, last: boolean): void {
    const bytes = this.#in.peek();
    if (this.#state === 'refusal' || !isDigit(bytes[0])) {
      this.#refused(now);
      return;
    }
    const want = this.#want;
    const known = want.kind === 'get' ? sizesOf(want) : want.kind === 'send' ? [] : null;
    if (known === null) return;
    const number = leadingNumber(bytes, known, want.kind === 'send' || known.length === 0, last);
    if (number === 'more') {
      this.deadline = Math.min(this.#giveUpAt, now + LIMITS.quietMs.value);
      return;
    }
    if (number === null) {
      this.#fail('a size that is no number');
      return;
    }
    this.#in.skip(number.digits);
    this.#state = 'over';
    this.deadline = Number.POSITIVE_INFINITY;
    if (want.kind === 'get') {
      const left = want.sizeBytes === null ? null : want.sizeBytes - want.offset;
      this.#listener.size?.(number.value === left ? (want.sizeBytes as number) : number.value);
    } else this.#listener.offset?.(number.value);
    this.#step = { handover: true, rest: this.#in.takeAll() };
  }

  #refused(now: number): void {
    this.#state = 'refusal';
    this.deadline = now + LIMITS.quietMs.value;
    if (this.#in.length >= LIMITS.refusal.value) this.#fail(this.#refusalText());
  }

  #refusalText(): ByteString {
    return byteString(this.#in.peek(), 0, Math.min(this.#in.length, LIMITS.refusal.value));
  }

  #line(line: ByteString): void {
    if (this.#theirNick !== null) {
      this.#listener.line?.(line);
      return;
    }
    // TekNap writes SENDLIST on a line of its own before the nick.
    if (line === 'SENDLIST') return;
    this.#theirNick = line;
    this.#listener.listOf?.(line);
  }

  #theirNick: ByteString | null = null;

  #readList(chunk: Uint8Array, now: number): void {
    this.deadline = now + LIMITS.listIdleMs.value;
    const outcome = (this.#list as LineReader).push(chunk);
    if (outcome === 'end') this.#finishList(null);
    else if (outcome === 'too-long') this.#finishList('a list without an end');
  }

  #finishList(why: string | null): void {
    if (why !== null || this.#theirNick === null) {
      this.#fail(why ?? 'no list came');
      return;
    }
    this.#state = 'over';
    this.deadline = Number.POSITIVE_INFINITY;
    this.#listener.listEnd?.();
    this.closing = new Error('list received');
  }

  #fail(text: string): void {
    this.#state = 'over';
    this.deadline = Number.POSITIVE_INFINITY;
    this.closing = new Error(text);
    this.#listener.failed(text);
  }
}

// Requests ----------------------------------------------------------------------------------------------------------

type Parsed = { asked: IncomingRequest; length: number };

/** Null: nonsense. `more`: not whole yet. `quiet`: whole, unless more digits follow. */
function parseRequest(text: ByteString, last: boolean): Parsed | 'more' | 'quiet' | null {
  if ('GETLIST'.startsWith(text) || 'SENDLIST'.startsWith(text)) {
    if (text === 'GETLIST') return last ? { asked: { kind: 'list' }, length: 7 } : 'quiet';
    return 'more';
  }
  const list = /^GETLIST(\r?\n)/.exec(text);
  if (list !== null) return { asked: { kind: 'list' }, length: list[0].length };
  const theirs = /^SENDLIST ([^"\s]+)\r?\n/.exec(text);
  if (theirs !== null) return { asked: { kind: 'their-list', nick: theirs[1] as string }, length: theirs[0].length };
  const verb = text.startsWith('GET') ? 'get' : text.startsWith('SEND') ? 'send' : null;
  if (verb === null) return null;
  const rest = text.slice(verb === 'get' ? 3 : 4);
  const match = /^\s*([^\s"]+) +"([^"]*)" +(\d+)/.exec(rest);
  if (match === null) return /["][^"]*["] +[^\d ]/.test(rest) || /^\s*"/.test(rest) ? null : 'more';
  const [whole, nick = '', path = '', digits = ''] = match;
  if (digits.length > LIMITS.sizeDigits.value) return null;
  const used = (verb === 'get' ? 3 : 4) + whole.length;
  if (used === text.length && digits !== '0' && !last) return 'quiet';
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) return null;
  const length = used + (/^\r?\n/.exec(text.slice(used))?.[0].length ?? 0);
  return verb === 'get'
    ? { asked: { kind: 'get', nick, path, offset: value }, length }
    : { asked: { kind: 'send', nick, path, sizeBytes: value }, length };
}

function requestText(want: OutgoingRequest): ByteString {
  switch (want.kind) {
    case 'get':
      return `GET${want.nick} "${want.path}" ${want.offset}`;
    case 'send':
      return `SEND${want.nick} "${want.path}" ${want.sizeBytes}`;
    case 'list':
      return 'GETLIST';
    case 'give-list':
      return `SENDLIST ${listText(want.nick, want.lines)}`;
  }
}

function listText(nick: ByteString, lines: Iterable<ByteString>): ByteString {
  const parts = [nick];
  for (const line of lines) parts.push(line);
  return `${parts.join('\n')}\n\n`;
}

// Numbers -----------------------------------------------------------------------------------------------------------

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** What the uploader may say: the file's size, or (giFT, resuming) what is left of it. */
function sizesOf(want: { offset: number; sizeBytes: number | null }): string[] {
  if (want.sizeBytes === null) return [];
  return [String(want.sizeBytes), String(want.sizeBytes - want.offset)];
}

/**
 * The number that the bytes begin with. Data may follow at once, and may itself begin with a digit: so one of the
 * `known` numbers wins over "as many digits as there are". `last`: nothing more came for a while.
 */
function leadingNumber(
  bytes: Uint8Array,
  known: readonly string[],
  free: boolean,
  last: boolean,
): { value: number; digits: number } | 'more' | null {
  let count = 0;
  while (count <= LIMITS.sizeDigits.value && isDigit(bytes[count])) count++;
  const digits = byteString(bytes, 0, count);
  const ended = last || count < bytes.length;
  let found: string | null = null;
  for (const number of known) {
    if (digits.startsWith(number) && number.length > (found?.length ?? 0)) found = number;
    if (!ended && number.length > digits.length && number.startsWith(digits)) return 'more';
  }
  if (found !== null) return { value: Number(found), digits: found.length };
  if (free && digits === '0') return { value: 0, digits: 1 };
  if (!ended) return count > LIMITS.sizeDigits.value ? null : 'more';
  const value = Number(digits);
  return count > LIMITS.sizeDigits.value || !Number.isSafeInteger(value) ? null : { value, digits: count };
}

// Lists -------------------------------------------------------------------------------------------------------------

/** Lines up to an empty one. */
class LineReader {
  readonly #line: (line: ByteString) => void;
  #part = '';
  #bytes = 0;
  #lines = 0;

  constructor(line: (line: ByteString) => void) {
    this.#line = line;
  }

  push(chunk: Uint8Array): 'more' | 'end' | 'too-long' {
    this.#bytes += chunk.length;
    if (this.#bytes > LIMITS.listBytes.value) return 'too-long';
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      const line = (this.#part + byteString(chunk, from, end)).replace(/\r$/, '');
      this.#part = '';
      from = end + 1;
      if (line.length > LIMITS.listLine.value) return 'too-long';
      // TekNap's SENDLIST and a nick come first: an empty line before any other is not the end.
      if (line === '' && this.#lines > 0) return 'end';
      if (line === '') continue;
      this.#lines++;
      this.#line(line);
    }
    this.#part += byteString(chunk, from);
    return this.#part.length > LIMITS.listLine.value ? 'too-long' : 'more';
  }
}
