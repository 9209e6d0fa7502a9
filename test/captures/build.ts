// Captures for tests, byte by byte: TCP and UDP in IPv4 and IPv6, every link type and tunnel that `watch` reads, pcap and
// pcapng of both byte orders. Small and plain; the labelled set of realistic captures is mkcap.py's.

export type Bytes = Uint8Array;

export function join(...parts: readonly Bytes[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}

export function text(latin1: string): Bytes {
  return new Uint8Array(Buffer.from(latin1, 'latin1'));
}

export function hex(digits: string): Bytes {
  return new Uint8Array(Buffer.from(digits.replace(/\s+/g, ''), 'hex'));
}

export function u16(value: number, little = false): Bytes {
  return little ? new Uint8Array([value & 255, (value >> 8) & 255]) : new Uint8Array([(value >> 8) & 255, value & 255]);
}

export function u32(value: number, little = false): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0, little);
  return bytes;
}

function address(written: string): Bytes {
  if (!written.includes(':')) return new Uint8Array(written.split('.').map(Number));
  const [head = '', tail = ''] = written.split('::');
  const left = groupsOf(head);
  const right = groupsOf(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => 0), ...right];
  return join(...all.map((group) => u16(group)));
}

function groupsOf(part: string): number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
}

/** An IP packet around a payload. `more`: IPv4 fragment field and id. */
export function ip(
  src: string,
  dst: string,
  protocol: number,
  payload: Bytes,
  more: { fragment?: number; id?: number; options?: Bytes } = {},
): Bytes {
  if (src.includes(':'))
    return join(
      u32(0x60000000),
      u16(payload.length),
      new Uint8Array([protocol, 64]),
      address(src),
      address(dst),
      payload,
    );
  const options = more.options ?? new Uint8Array(0);
  const head = 20 + options.length;
  return join(
    new Uint8Array([0x40 | (head / 4), 0]),
    u16(head + payload.length),
    u16(more.id ?? 7),
    u16(more.fragment ?? 0),
    new Uint8Array([64, protocol]),
    u16(0),
    address(src),
    address(dst),
    options,
    payload,
  );
}

export const SYN = 2;
export const FIN = 1;
export const RST = 4;
export const ACK = 16;

export function tcp(
  sport: number,
  dport: number,
  sequence: number,
  flags: number,
  payload: Bytes = new Uint8Array(0),
): Bytes {
  return join(
    u16(sport),
    u16(dport),
    u32(sequence),
    u32(0),
    new Uint8Array([0x50, flags]),
    u16(64_000),
    u32(0),
    payload,
  );
}

export function udp(sport: number, dport: number, payload: Bytes): Bytes {
  return join(u16(sport), u16(dport), u16(8 + payload.length), u16(0), payload);
}

export function ethernet(packet: Bytes, tags: readonly Bytes[] = []): Bytes {
  const type = packet[0]! >> 4 === 6 ? 0x86dd : 0x0800;
  return join(new Uint8Array(12).fill(2), ...tags, u16(type), packet);
}

/** Who says what, one message after the other: 0 is who opens. */
export type Said = readonly [side: 0 | 1, bytes: Bytes];

export type Ends = { src: string; sport: number; dst: string; dport: number };
export const ENDS: Ends = { src: '10.0.0.5', sport: 40_000, dst: '198.18.1.2', dport: 8888 };

/**
 * IP packets of a TCP conversation. `cut`: cuts each message into pieces of these lengths (the last repeats);
 * `syn`: with a handshake (default); `fin`: with an end (default).
 */
export function conversation(
  said: readonly Said[],
  {
    ends = ENDS,
    cut,
    syn = true,
    fin = true,
  }: { ends?: Ends; cut?: readonly number[]; syn?: boolean; fin?: boolean } = {},
): { side: 0 | 1; packet: Bytes }[] {
  const sequences = [1000, 0xffffff00] as [number, number];
  const packets: { side: 0 | 1; packet: Bytes }[] = [];
  const segment = (side: 0 | 1, flags: number, payload: Bytes = new Uint8Array(0)): void => {
    const { src, sport, dst, dport } = ends;
    const bytes =
      side === 0
        ? ip(src, dst, 6, tcp(sport, dport, sequences[0], flags, payload))
        : ip(dst, src, 6, tcp(dport, sport, sequences[1], flags, payload));
    packets.push({ side, packet: bytes });
    sequences[side] = (sequences[side] + payload.length + (flags & 3 ? 1 : 0)) >>> 0;
  };
  if (syn) {
    segment(0, SYN);
    segment(1, SYN | ACK);
    segment(0, ACK);
  }
  for (const [side, bytes] of said) {
    let n = 0;
    for (let at = 0; at < bytes.length; n++) {
      const length = cut === undefined ? bytes.length : Math.max(1, cut[Math.min(n, cut.length - 1)] ?? bytes.length);
      segment(side, 0x18, bytes.subarray(at, at + length));
      at += length;
    }
  }
  if (fin) {
    segment(0, FIN | ACK);
    segment(1, FIN | ACK);
  }
  return packets;
}

export type PcapOptions = {
  link?: number;
  little?: boolean;
  nanoseconds?: boolean;
  snaplen?: number;
  seconds?: (n: number) => number;
};

export function pcapHead({ link = 1, little = true, nanoseconds = false, snaplen = 262_144 }: PcapOptions = {}): Bytes {
  return join(
    u32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, little),
    u16(2, little),
    u16(4, little),
    u32(0, little),
    u32(0, little),
    u32(snaplen, little),
    u32(link, little),
  );
}

export function pcapRecord(frame: Bytes, n: number, options: PcapOptions = {}): Bytes {
  const {
    little = true,
    nanoseconds = false,
    snaplen = 262_144,
    seconds = (at: number) => 1_000_000_000 + at / 100,
  } = options;
  const time = seconds(n);
  const captured = frame.subarray(0, snaplen);
  return join(
    u32(Math.floor(time), little),
    u32(Math.round((time % 1) * (nanoseconds ? 1e9 : 1e6)), little),
    u32(captured.length, little),
    u32(frame.length, little),
    captured,
  );
}

export function pcap(frames: readonly Bytes[], options: PcapOptions = {}): Bytes {
  return new Uint8Array(Buffer.concat([pcapHead(options), ...frames.map((frame, n) => pcapRecord(frame, n, options))]));
}

/** One pcapng block. */
export function block(type: number, body: Bytes, little = true): Bytes {
  const padded = join(body, new Uint8Array((4 - (body.length % 4)) % 4));
  const total = u32(12 + padded.length, little);
  return join(u32(type, little), total, padded, total);
}

export function section(little = true): Bytes {
  return block(
    0x0a0d0d0a,
    join(u32(0x1a2b3c4d, little), u16(1, little), u16(0, little), u32(0xffffffff), u32(0xffffffff)),
    little,
  );
}

export function interfaceBlock(
  link: number,
  options: Bytes = new Uint8Array(0),
  little = true,
  snaplen = 262_144,
): Bytes {
  return block(1, join(u16(link, little), u16(0, little), u32(snaplen, little), options), little);
}

export function enhanced(frame: Bytes, units: bigint, on = 0, little = true): Bytes {
  return block(
    6,
    join(
      u32(on, little),
      u32(Number(units >> 32n), little),
      u32(Number(units & 0xffffffffn), little),
      u32(frame.length, little),
      u32(frame.length, little),
      frame,
    ),
    little,
  );
}

/** A Napster frame. */
export function napster(type: number, body: string): Bytes {
  return join(u16(body.length, true), u16(type, true), text(body));
}

/** A Gnutella descriptor with a GUID of sixteen different bytes. */
export function descriptor(type: number, payload: Bytes = new Uint8Array(0), ttl = 1, hops = 0): Bytes {
  return join(
    hex('a1b2c3d4e5f60718ff293a4b5c6d7e00'),
    new Uint8Array([type, ttl, hops]),
    u32(payload.length, true),
    payload,
  );
}
