// A Napster session as a listener hears it: frames of both directions, what they tell, and what in them is dangerous.
import { ByteQueue, byteString } from '#base';
import { isKnownType, isStrongBody } from './detect/napster.ts';
import type { Talk } from './follow.ts';
import type { News } from './news.ts';
import { type Inflation, startInflation } from './inflation.ts';

const MAX_COMMAND = 2048;
const MAX_FRAME = 65_535 + 4;

export class HubTalk implements Talk {
  readonly #news: News;
  readonly #client: 0 | 1;
  readonly #sides = [new Side(), new Side()] as const;
  #isCompressed = false;
  isDone = false;

  constructor(news: News, client: 0 | 1) {
    this.#news = news;
    this.#client = client;
  }

  gap(side: 0 | 1): void {
    const heard = this.#sides[side];
    heard.queue.takeAll();
    heard.isLost = true;
    if (heard.inflation !== null) this.isDone = true;
  }

  end(): void {
    for (const heard of this.#sides) heard.inflation?.end();
  }

  hear(side: 0 | 1, bytes: Uint8Array, from: number, to: number): void {
    const heard = this.#sides[side];
    const chunk = bytes.subarray(from, to);
    if (heard.inflation !== null) {
      if (heard.inflation.push(chunk, (plain) => heard.queue.push(plain))) this.#readQueue(side, heard);
      else this.isDone = true;
      return;
    }
    if (heard.queue.length > 0) {
      heard.queue.push(chunk);
      this.#readQueue(side, heard);
      return;
    }
    // Measured (bench/watch.ts): most segments end where a frame ends, and need not be copied to be read.
    const used = this.#frames(side, heard, chunk);
    if (used < chunk.length) heard.queue.push(chunk.subarray(used));
    this.#afterFrames(side, heard, used);
  }

  #readQueue(side: 0 | 1, heard: Side): void {
    const used = this.#frames(side, heard, heard.queue.peek());
    heard.queue.skip(used);
    this.#afterFrames(side, heard, used);
  }

  /** Goes on with what is left, after a way back in was looked for or the stream has turned into a compressed one. */
  #afterFrames(side: 0 | 1, heard: Side, used: number): void {
    if (this.#isCompressed && heard.inflation === null && !this.isDone) {
      const rest = heard.queue.takeAll();
      this.#startInflating();
      if (!this.isDone && rest.length > 0) this.hear(side, rest, 0, rest.length);
      return;
    }
    if (heard.queue.length > MAX_FRAME || heard.strange > 20) this.isDone = true;
    else if (heard.isLost && used > 0 && heard.queue.length > 0) this.#readQueue(side, heard);
  }

  /** Reads whole frames from the front; returns how many bytes are done with. */
  #frames(side: 0 | 1, heard: Side, bytes: Uint8Array): number {
    let at = 0;
    if (heard.isLost) {
      at = findFrames(bytes);
      if (at < 0) return Math.max(0, bytes.length - MAX_COMMAND);
      heard.isLost = false;
    }
    while (at + 4 <= bytes.length) {
      const length = bytes[at]! | (bytes[at + 1]! << 8);
      const type = bytes[at + 2]! | (bytes[at + 3]! << 8);
      if (!isKnownType(type) && !(type < 12_000 && length <= MAX_COMMAND)) {
        heard.strange++;
        heard.isLost = true;
        return at + 1;
      }
      if (at + 4 + length > bytes.length) break;
      this.#message(side, type, byteString(bytes, at + 4, at + 4 + length));
      at += 4 + length;
      if (this.#isCompressed && heard.inflation === null) break;
    }
    return at;
  }

  #startInflating(): void {
    for (const heard of this.#sides) {
      heard.inflation ??= startInflation();
      if (heard.inflation === null) this.isDone = true;
    }
  }

  #message(side: 0 | 1, type: number, body: string): void {
    const news = this.#news;
    const isClient = side === this.#client;
    const client = this.#client;
    if (body.length > MAX_COMMAND)
      news.alert(
        'overflow',
        `a message of type ${type} is ${body.length} bytes long; old clients and servers hold ${MAX_COMMAND}`,
      );
    else if (isFormatAttack(body))
      news.alert('overflow', `a message of type ${type} holds printf directives that write to memory (%n)`);
    switch (type) {
      case 2:
      case 6:
        if (isClient) this.#login(body);
        return;
      case 3:
        if (!isClient && this.#wantsCompression) this.#isCompressed = true;
        return;
      case 5:
        if (!isClient)
          news.alert('auto-upgrade', `the hub tells the client to fetch and run a program: ${shortened(body)}`);
        return;
      case 100:
      case 10_300:
        if (!isClient) return;
        this.#checkWrapped(type, body);
        news.step('share', client, fileName(body));
        return;
      case 870:
        if (!isClient) return;
        this.#checkWrapped(type, body);
        news.step('share', client, fileName(body));
        return;
      case 200:
        if (!isClient) return;
        news.rate('search', client, null);
        news.step('search', client, /CONTAINS "([^"]*)"/i.exec(body)?.[1] ?? null);
        return;
      case 201:
        if (isClient) return;
        this.#checkWrapped(type, body);
        news.step('result', client, fileName(body));
        return;
      case 203:
      case 500:
        if (isClient) news.step('request', client, fileName(body));
        return;
      case 204:
      case 501: {
        if (isClient) return;
        const fields = /^\S+ (\d{1,10}) (\d{1,5}) "/.exec(body);
        if (fields !== null) this.#told(Number(fields[1]), Number(fields[2]), `type ${type} of the hub`);
        return;
      }
      case 216: {
        const fields = /^\S+ (\d{1,10}) (\d{1,5}) "/.exec(body);
        if (!isClient && fields !== null) this.#told(Number(fields[1]), Number(fields[2]), 'a resume match of the hub');
        return;
      }
      case 641: {
        const fields = /^\S+ (\d{1,10}) (\d{1,5})/.exec(body);
        if (!isClient && fields !== null) this.#told(Number(fields[1]), Number(fields[2]), 'a direct browse');
        return;
      }
      case 205:
        if (!isClient) return;
        news.rate('message', client, null);
        news.step('chat', client, null);
        return;
      case 402:
        if (isClient) news.step('chat', client, null);
        return;
      case 211:
        if (!isClient) return;
        news.rate('browse', client, body);
        news.step('browse', client, null);
        return;
      case 603:
        if (isClient) news.rate('whois', client, body);
        return;
      case 900:
      case 901:
        if (!isClient)
          news.alert(
            'port-check',
            `type ${type} makes the client ${type === 900 ? 'connect to' : 'listen at'} an address of the hub's choice: ${shortened(body)}`,
          );
        return;
      default:
    }
  }

  #wantsCompression = false;

  #login(body: string): void {
    const fields = /^(\S{1,64}) \S* ?(\d{1,5}) "([^"]*)" \d+(?: (\S+))?(?: (\S+))?(?: ([1-9]))?\s*$/.exec(body);
    this.#news.rate('login', this.#client, null);
    this.#news.step('login', this.#client, null);
    if (fields === null) return;
    this.#news.person(this.#client, fields[3] ?? null, fields[1] ?? null);
    this.#wantsCompression = fields[6] !== undefined;
  }

  /** The address is the network-order number read as a little-endian one. */
  #told(raw: number, port: number, what: string): void {
    if (raw === 0 || raw > 0xffffffff || port === 0 || port > 65_535) return;
    const ip = (((raw & 255) << 24) | ((raw & 0xff00) << 8) | ((raw >>> 8) & 0xff00) | (raw >>> 24)) >>> 0;
    this.#news.told(this.#client, ip, port, what);
  }

  #checkWrapped(type: number, body: string): void {
    if (!/" \S+ \d+ 32 32000 \d+/.test(body)) return;
    this.#news.alert(
      'wrapster',
      `suspected: type ${type} names a file of 32 kbit/s at 32,000 Hz, as Wrapster marks its archives`,
    );
  }
}

class Side {
  readonly queue = new ByteQueue();
  inflation: Inflation | null = null;
  isLost = false;
  strange = 0;
}

/** Where a chain begins that holds a body only Napster writes; -1: not in these bytes. */
function findFrames(bytes: Uint8Array): number {
  for (let at = 0; at + 8 <= bytes.length; at++) {
    const length = bytes[at]! | (bytes[at + 1]! << 8);
    const type = bytes[at + 2]! | (bytes[at + 3]! << 8);
    const end = at + 4 + length;
    if (length < 4 || length > MAX_COMMAND || end > bytes.length) continue;
    if (isStrongBody(type, byteString(bytes, at + 4, end))) return at;
  }
  return -1;
}

function isFormatAttack(body: string): boolean {
  if (!body.includes('%')) return false;
  const writes = body.match(/%(?:\d{1,5}\$)?h{0,2}l?n/g)?.length ?? 0;
  if (writes === 0) return false;
  const others = body.match(/%(?:\d{1,5}\$)?[0-9.]*[xspdu]/g)?.length ?? 0;
  return writes >= 2 || others >= 2;
}

function fileName(body: string): string | null {
  return /"([^"]+)"/.exec(body)?.[1] ?? null;
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
