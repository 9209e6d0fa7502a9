// A capture file as a stream: pcap (both byte orders, micro- and nanoseconds, Kuznetzov's variant) and pcapng
// (several sections, each in its own byte order). The caller fills `room()`, the reader points at one packet after the
// other inside the same buffer: nothing is copied and nothing is built per packet.
//
//   readSync → room()  ─►  [ done | unread ........ | free ]  ─►  next(): at, length, wireLength, seconds, link
//
// A record whose length lies does not end the file: the reader says so in `fault`, then looks for the next place that
// chains into two plausible records.
import { type Limits, WireError } from '#base';

export const READER_LIMITS = {
  captureRecord: {
    value: 524_288,
    unit: 'bytes',
    source: 'tcpdump writes at most 262,144; larger record lengths are lies',
  },
  captureInterfaces: { value: 4096, unit: 'interfaces a section', source: 'a bound: interface blocks cost memory' },
} as const satisfies Limits;

const MAX_RECORD = READER_LIMITS.captureRecord.value;
const BUFFER_BYTES = 1 << 20;
/** Read at once: what fits the second-level cache. Measured (bench/watch.ts): 1 MB at once costs a tenth more. */
const READ_BYTES = 1 << 18;

const SECTION = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;
const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;

type Interface = { link: number; snaplen: number; unitsPerSecond: number; offsetSeconds: number };

/** Reads packets out of a capture that arrives in pieces. */
export class CaptureReader {
  /** The buffer that `at` points into; valid until the next `filled`. */
  bytes = new Uint8Array(BUFFER_BYTES);
  view = new DataView(this.bytes.buffer);
  /** The current packet: where its captured bytes begin, how many there are, and how many were on the wire. */
  at = 0;
  length = 0;
  wireLength = 0;
  /** Its time in seconds since 1970; 0 when the file gives none. */
  seconds = 0;
  /** Its link type (LINKTYPE_…). */
  link = 0;
  /** Records so far. */
  packets = 0;
  /** The first thing in this capture that was not as it should be, in words; null: nothing. */
  fault: string | null = null;

  #from = 0;
  #to = 0;
  #skip = 0;
  #format: 'unknown' | 'pcap' | 'pcapng' = 'unknown';
  #little = true;
  #recordHeader = 16;
  #fraction = 1e-6;
  #lost = false;
  #lastSeconds = 0;
  #interfaces: Interface[] = [];

  /** Free space to read into; never empty. Call {@link filled} with how much was written there. */
  room(): Uint8Array {
    if (this.#from > 0) {
      this.bytes.copyWithin(0, this.#from, this.#to);
      this.#to -= this.#from;
      this.#from = 0;
    }
    return this.bytes.subarray(this.#to, Math.min(this.bytes.length, this.#to + READ_BYTES));
  }

  filled(count: number): void {
    this.#to += count;
  }

  /**
   * Steps to the next packet. False: more bytes are needed.
   * @throws WireError `not-a-capture` when the first bytes belong to no known format.
   */
  next(): boolean {
    // The commonest case first: a whole record of a healthy pcap.
    if (this.#format === 'pcap' && this.#skip === 0 && !this.#lost) return this.#nextRecord();
    for (;;) {
      if (this.#skip > 0 && !this.#skipSome()) return false;
      if (this.#format === 'unknown') {
        if (!this.#readHead()) return false;
        continue;
      }
      if (this.#lost) {
        if (!this.#resynchronise()) return false;
        continue;
      }
      if (this.#format === 'pcap') return this.#nextRecord();
      const step = this.#nextBlock();
      if (step !== 'again') return step === 'packet';
    }
  }

  /** The input has ended. Returns what is missing, in words, or null when the capture ended where a record ended. */
  end(): string | null {
    if (this.#format === 'unknown') {
      if (this.#to === this.#from) return 'the input is empty';
      return 'the input ends inside the head of the capture';
    }
    const rest = this.#to - this.#from;
    if (this.fault === null && (rest > 0 || this.#skip > 0))
      this.fault = `the capture is cut off inside record ${this.packets + 1}`;
    return this.fault;
  }

  #skipSome(): boolean {
    const step = Math.min(this.#skip, this.#to - this.#from);
    this.#from += step;
    this.#skip -= step;
    return this.#skip === 0;
  }

  #readHead(): boolean {
    if (this.#to - this.#from < 4) return false;
    const magic = this.view.getUint32(this.#from, true);
    if (magic === SECTION) {
      this.#format = 'pcapng';
      return true;
    }
    switch (magic) {
      case 0xa1b2c3d4:
        this.#setFormat(true, 1e-6, 16);
        break;
      case 0xa1b23c4d:
        this.#setFormat(true, 1e-9, 16);
        break;
      case 0xa1b2cd34:
        this.#setFormat(true, 1e-6, 24);
        break;
      case 0xd4c3b2a1:
        this.#setFormat(false, 1e-6, 16);
        break;
      case 0x4d3cb2a1:
        this.#setFormat(false, 1e-9, 16);
        break;
      case 0x34cdb2a1:
        this.#setFormat(false, 1e-6, 24);
        break;
      default:
        throw new WireError('not-a-capture', 'neither pcap nor pcapng');
    }
    if (this.#to - this.#from < 24) return false;
    // The upper bits hold the length of the frame check sequence.
    this.link = this.view.getUint32(this.#from + 20, this.#little) & 0x03ffffff;
    this.#from += 24;
    this.#format = 'pcap';
    return true;
  }

  #setFormat(isLittle: boolean, fraction: number, recordHeader: number): void {
    this.#little = isLittle;
    this.#fraction = fraction;
    this.#recordHeader = recordHeader;
  }

  #nextRecord(): boolean {
    const from = this.#from;
    const body = from + this.#recordHeader;
    if (body > this.#to) return false;
    const view = this.view;
    const little = this.#little;
    const length = view.getUint32(from + 8, little);
    if (length > MAX_RECORD) {
      this.#loseWay(`record ${this.packets + 1} claims ${length} bytes`);
      return this.next();
    }
    if (length === 0 && this.#isHead(from)) {
      // Captures written one behind the other: here begins the next, perhaps in another byte order.
      this.#format = 'unknown';
      return this.next();
    }
    if (body + length > this.#to) return false;
    const seconds = view.getUint32(from, little) + view.getUint32(from + 4, little) * this.#fraction;
    this.seconds = seconds;
    this.#lastSeconds = seconds;
    this.at = body;
    this.length = length;
    this.wireLength = view.getUint32(from + 12, little);
    this.packets++;
    this.#from = body + length;
    return true;
  }

  /** Whether a file's head stands where a record should: magic, version 2.4, no time zone. */
  #isHead(from: number): boolean {
    const view = this.view;
    const magic = view.getUint32(from, true);
    const isLittle = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
    const isBig = magic === 0xd4c3b2a1 || magic === 0x4d3cb2a1;
    return (isLittle || isBig) && view.getUint16(from + 4, isLittle) === 2 && view.getUint16(from + 6, isLittle) === 4;
  }

  #nextBlock(): 'packet' | 'again' | 'more' {
    const from = this.#from;
    if (this.#to - from < 12) return 'more';
    const view = this.view;
    const type = view.getUint32(from, this.#little);
    if (type === SECTION) return this.#section();
    const total = view.getUint32(from + 4, this.#little);
    const isPacket = type === ENHANCED_PACKET || type === SIMPLE_PACKET || type === OLD_PACKET;
    if (total < 12 || total % 4 !== 0 || ((isPacket || type === INTERFACE) && total > MAX_RECORD)) {
      this.#loseWay(`the block after record ${this.packets} claims ${total} bytes`);
      return 'again';
    }
    if (!isPacket && type !== INTERFACE) {
      // Statistics, names, secrets, custom blocks: of no use here, and perhaps larger than the buffer. Only the file's
      // end can tell whether the length was true, except when it is absurd.
      if (total > 64 * MAX_RECORD) {
        this.#loseWay(`the block after record ${this.packets} claims ${total} bytes`);
        return 'again';
      }
      this.#skip = total;
      return 'again';
    }
    if (from + total > this.#to) return 'more';
    this.#from = from + total;
    if (type === INTERFACE) {
      this.#interface(from, total);
      return 'again';
    }
    return this.#packetBlock(type, from, total) ? 'packet' : 'again';
  }

  #section(): 'again' | 'more' {
    const from = this.#from;
    if (this.view.getUint32(from + 8, true) === BYTE_ORDER) this.#little = true;
    else if (this.view.getUint32(from + 8, false) === BYTE_ORDER) this.#little = false;
    else {
      if (this.packets === 0 && this.#interfaces.length === 0)
        throw new WireError('not-a-capture', 'a pcapng head without byte order');
      this.#loseWay(`the section after record ${this.packets} has no byte order`);
      return 'again';
    }
    const total = this.view.getUint32(from + 4, this.#little);
    if (total < 28 || total % 4 !== 0 || total > MAX_RECORD) {
      this.#loseWay(`the section head after record ${this.packets} claims ${total} bytes`);
      return 'again';
    }
    if (from + total > this.#to) return 'more';
    this.#interfaces = [];
    this.#from = from + total;
    return 'again';
  }

  #interface(from: number, total: number): void {
    const view = this.view;
    const little = this.#little;
    if (total < 20 || this.#interfaces.length >= READER_LIMITS.captureInterfaces.value) return;
    const made: Interface = {
      link: view.getUint16(from + 8, little),
      snaplen: view.getUint32(from + 12, little),
      unitsPerSecond: 1e6,
      offsetSeconds: 0,
    };
    const end = from + total - 4;
    for (let at = from + 16; at + 4 <= end; ) {
      const code = view.getUint16(at, little);
      const length = view.getUint16(at + 2, little);
      at += 4;
      if (code === 0 || at + length > end) break;
      if (code === OPTION_TSRESOL && length >= 1) {
        const value = view.getUint8(at);
        made.unitsPerSecond = value & 0x80 ? 2 ** Math.min(value & 0x7f, 64) : 10 ** Math.min(value, 18);
      } else if (code === OPTION_TSOFFSET && length >= 8) {
        made.offsetSeconds = Number(view.getBigInt64(at, little));
      }
      at += (length + 3) & ~3;
    }
    this.#interfaces.push(made);
  }

  #packetBlock(type: number, from: number, total: number): boolean {
    const view = this.view;
    const little = this.#little;
    const simple = type === SIMPLE_PACKET;
    const headBytes = simple ? 12 : 28;
    if (total < headBytes + 4) {
      this.fault ??= `record ${this.packets + 1} is shorter than its head`;
      return false;
    }
    const number = simple
      ? 0
      : type === OLD_PACKET
        ? view.getUint16(from + 8, little)
        : view.getUint32(from + 8, little);
    const on = this.#interfaces[number];
    if (on === undefined) {
      this.fault ??= `record ${this.packets + 1} names interface ${number}, which nobody described`;
      return false;
    }
    const space = total - headBytes - 4;
    if (simple) {
      this.wireLength = view.getUint32(from + 8, little);
      this.length = Math.min(this.wireLength, on.snaplen === 0 ? space : on.snaplen, space);
      this.seconds = 0;
    } else {
      const units = view.getUint32(from + 12, little) * 4294967296 + view.getUint32(from + 16, little);
      this.seconds = units / on.unitsPerSecond + on.offsetSeconds;
      this.length = view.getUint32(from + 20, little);
      this.wireLength = view.getUint32(from + 24, little);
      if (this.length > space) {
        this.fault ??= `record ${this.packets + 1} claims ${this.length} bytes in a block of ${total}`;
        this.length = space;
      }
    }
    this.at = from + headBytes;
    this.link = on.link;
    this.packets++;
    return true;
  }

  #loseWay(what: string): void {
    this.fault ??= what;
    this.#lost = true;
    this.#from += this.#format === 'pcap' ? 1 : 4;
  }

  /** Looks for the next place from which two records follow each other; false: not in what is here. */
  #resynchronise(): boolean {
    const step = this.#format === 'pcap' ? 1 : 4;
    // A record is only believed when the one behind it can be seen too, so the last bytes wait for more.
    for (; this.#from + 64 <= this.#to; this.#from += step) {
      const first = this.#format === 'pcap' ? this.#recordEnd(this.#from) : this.#blockEnd(this.#from);
      if (first === 0) continue;
      if (first + 28 > this.#to) {
        if (this.#to - this.#from < MAX_RECORD) return false;
        continue;
      }
      const second = this.#format === 'pcap' ? this.#recordEnd(first) : this.#blockEnd(first);
      if (second === 0) continue;
      this.#lost = false;
      return true;
    }
    return false;
  }

  #recordEnd(from: number): number {
    const view = this.view;
    const length = view.getUint32(from + 8, this.#little);
    const wire = view.getUint32(from + 12, this.#little);
    if (length > wire || length < 14 || wire > MAX_RECORD) return 0;
    const seconds = view.getUint32(from, this.#little);
    if (view.getUint32(from + 4, this.#little) * this.#fraction >= 1) return 0;
    if (this.#lastSeconds !== 0 && Math.abs(seconds - this.#lastSeconds) > 86_400) return 0;
    return from + this.#recordHeader + length;
  }

  #blockEnd(from: number): number {
    const view = this.view;
    const type = view.getUint32(from, this.#little);
    if (type === 0 || (type > 12 && type !== SECTION)) return 0;
    const total = view.getUint32(from + 4, this.#little);
    if (total < 12 || total % 4 !== 0 || total > MAX_RECORD) return 0;
    if (from + total <= this.#to && view.getUint32(from + total - 4, this.#little) !== total) return 0;
    return from + total;
  }
}
