// A Gnutella link as a listener hears it: heads, then descriptors, deflated or not. G2 is heard for its heads only.
import { ByteQueue, byteString } from '#base';
import { undotted } from './addresses.ts';
import { descriptorLength, isDescriptor } from './detect/gnutella.ts';
import type { Talk } from './follow.ts';
import { type Inflation, startInflation } from './inflation.ts';
import type { News } from './news.ts';

const MAX_HEAD = 16_384;
/** Bytes without a descriptor after which a link is no longer listened to. */
const MAX_LOST = 16_384;

class Side {
  readonly queue = new ByteQueue();
  heads = 0;
  isInHead = true;
  isDeflated = false;
  isLeaf = false;
  isLost = false;
  strange = 0;
  lostBytes = 0;
  inflation: Inflation | null = null;
}

export class OverlayTalk implements Talk {
  readonly #news: News;
  readonly #client: 0 | 1;
  readonly #isG2: boolean;
  readonly #sides = [new Side(), new Side()] as const;
  isDone = false;

  /** `isMidway`: the handshake is past. */
  constructor(news: News, client: 0 | 1, isG2: boolean, isMidway: boolean) {
    this.#news = news;
    this.#client = client;
    this.#isG2 = isG2;
    if (!isMidway) return;
    for (const side of this.#sides) {
      side.isInHead = false;
      side.isLost = true;
    }
  }

  end(): void {
    for (const heard of this.#sides) heard.inflation?.end();
  }

  gap(side: 0 | 1): void {
    const heard = this.#sides[side];
    if (heard.isInHead || heard.inflation !== null) {
      this.isDone = true;
      return;
    }
    heard.queue.takeAll();
    heard.isLost = true;
  }

  hear(side: 0 | 1, bytes: Uint8Array, from: number, to: number): void {
    const heard = this.#sides[side];
    this.#take(heard, bytes.subarray(from, to));
    if (heard.isInHead) this.#head(side, heard);
    if (!heard.isInHead && !this.isDone) this.#descriptors(side, heard);
  }

  #take(heard: Side, chunk: Uint8Array): void {
    if (heard.inflation === null) heard.queue.push(chunk);
    else if (!heard.inflation.push(chunk, (plain) => heard.queue.push(plain))) this.isDone = true;
  }

  #head(side: 0 | 1, heard: Side): void {
    for (;;) {
      const text = byteString(heard.queue.peek());
      const end = /\r?\n\r?\n/.exec(text);
      if (end === null) {
        if (text.length > MAX_HEAD) this.isDone = true;
        return;
      }
      this.#readHead(side, heard, text.slice(0, end.index));
      heard.queue.skip(end.index + end[0].length);
      heard.heads++;
      // The dialler says two heads in 0.6 and one in 0.4, the other side one.
      const last = side === this.#client && text.startsWith('GNUTELLA CONNECT/0.6') ? 2 : 1;
      const isLast = heard.heads >= (side === this.#client ? this.#clientHeads(heard, last) : 1);
      if (!isLast) continue;
      heard.isInHead = false;
      if (this.#isG2) {
        this.isDone = this.#sides[0].heads > 0 && this.#sides[1].heads > 0;
        return;
      }
      if (!heard.isDeflated) return;
      const rest = heard.queue.takeAll();
      heard.inflation = startInflation();
      if (heard.inflation === null) {
        this.isDone = true;
        return;
      }
      if (rest.length > 0) this.#take(heard, rest);
      return;
    }
  }

  #expected = 0;
  #clientHeads(heard: Side, byFirst: number): number {
    if (heard.heads === 1) this.#expected = byFirst;
    return this.#expected;
  }

  #readHead(side: 0 | 1, heard: Side, head: string): void {
    const other = side === 0 ? 1 : 0;
    for (const line of head.split(/\r?\n/).slice(1, 200)) {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      const value = line.slice(colon + 1).trim();
      switch (line.slice(0, colon).toLowerCase()) {
        case 'user-agent':
          this.#news.person(side, value, null);
          break;
        case 'x-ultrapeer':
          heard.isLeaf = /^false/i.test(value);
          break;
        case 'content-encoding':
          heard.isDeflated = /deflate/i.test(value);
          break;
        case 'crawler':
          this.#news.rate('crawl', side, 'flow');
          break;
        case 'listen-ip':
        case 'node':
        case 'x-my-address':
          this.#addresses(other, value, 'its handshake');
          break;
        case 'x-try':
        case 'x-try-ultrapeers':
        case 'x-try-hubs':
        case 'peers':
        case 'leaves':
          this.#addresses(other, value, `${line.slice(0, colon).toLowerCase()} of a handshake`);
          break;
        default:
      }
    }
  }

  #addresses(side: 0 | 1, value: string, what: string): void {
    for (const match of value.slice(0, 4096).matchAll(/(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?/g)) {
      const ip = undotted(match[1] as string);
      const port = Number(match[2] ?? 6346);
      if (ip > 0 && port > 0 && port < 65_536) this.#news.told(side, ip, port, what);
    }
  }

  #descriptors(side: 0 | 1, heard: Side): void {
    const bytes = heard.queue.peek();
    let at = 0;
    if (heard.isLost) {
      at = findDescriptors(bytes);
      if (at < 0) {
        const passed = Math.max(0, bytes.length - 1024);
        heard.queue.skip(passed);
        heard.lostBytes += passed;
        if (heard.lostBytes > MAX_LOST) this.isDone = true;
        return;
      }
      heard.isLost = false;
    }
    while (at + 23 <= bytes.length) {
      if (!isDescriptor(bytes, at, -1)) {
        heard.isLost = true;
        heard.strange++;
        at++;
        break;
      }
      const length = descriptorLength(bytes, at);
      if (at + 23 + length > bytes.length) break;
      this.#descriptor(side, heard, bytes, at, length);
      at += 23 + length;
    }
    heard.queue.skip(at);
    if (heard.strange > 20) this.isDone = true;
    else if (heard.isLost && at > 0) this.#descriptors(side, heard);
  }

  #descriptor(side: 0 | 1, heard: Side, bytes: Uint8Array, at: number, length: number): void {
    const hops = bytes[at + 18]!;
    const body = at + 23;
    const other = side === 0 ? 1 : 0;
    switch (bytes[at + 16]!) {
      case 0x01:
        if (length >= 14)
          this.#news.told(other, readIp(bytes, body + 2), bytes[body]! | (bytes[body + 1]! << 8), 'a pong');
        return;
      case 0x40:
        if (length < 26) return;
        this.#news.push(readIp(bytes, body + 20), bytes[body + 24]! | (bytes[body + 25]! << 8));
        this.#news.told(
          other,
          readIp(bytes, body + 20),
          bytes[body + 24]! | (bytes[body + 25]! << 8),
          'a push request',
        );
        this.#news.step('push', side, null);
        return;
      case 0x80: {
        // A leaf's queries are its own; an ultrapeer passes on those of others.
        if (heard.isLeaf || hops === 0) this.#news.rate('query', side, null);
        const end = bytes.indexOf(0, body + 2);
        this.#news.step('search', side, end > 0 && end < body + length ? byteString(bytes, body + 2, end) : null);
        return;
      }
      case 0x81:
        readHit(this.#news, other, bytes, body, length);
        return;
      default:
    }
  }
}

/** A query hit tells its receiver where the files are. */
export function readHit(news: News, receiver: 0 | 1, bytes: Uint8Array, body: number, length: number): void {
  if (length < 11) return;
  news.told(receiver, readIp(bytes, body + 3), bytes[body + 1]! | (bytes[body + 2]! << 8), 'a query hit');
  const end = bytes.indexOf(0, body + 19);
  news.step('result', receiver, end > 0 && end < body + length ? byteString(bytes, body + 19, end) : null);
}

export function readIp(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

function findDescriptors(bytes: Uint8Array): number {
  for (let from = 0; from + 46 <= bytes.length; from++) {
    if (!isDescriptor(bytes, from, -1)) continue;
    const second = from + 23 + descriptorLength(bytes, from);
    if (isDescriptor(bytes, second, -1)) return from;
  }
  return -1;
}
