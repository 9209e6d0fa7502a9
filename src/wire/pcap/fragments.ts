// IP fragments, in any order. Few datagrams are kept, for a short time, within a bound of bytes: fragments are rare in
// honest traffic and free for whoever wants to fill a memory.
import type { Limits } from '#base';
import type { Packet } from './packet.ts';

export const FRAGMENT_LIMITS = {
  fragmentDatagrams: {
    value: 512,
    unit: 'datagrams',
    source: 'those waiting for fragments at one time; the oldest goes',
  },
  fragmentBytes: { value: 8_388_608, unit: 'bytes', source: 'all waiting fragments together' },
  fragmentParts: { value: 64, unit: 'fragments a datagram', source: '65,535 bytes are 45 Ethernet frames' },
  fragmentSeconds: { value: 30, unit: 's', source: 'RFC 791 wants 15, RFC 8200 60' },
} as const satisfies Limits;

const MAX_DATAGRAM = 65_535;

/** A datagram whose fragments are arriving. The owner keeps in it whose bytes these are. */
export type Datagram = {
  /** Flow of the first fragment, -1 until it is known. */
  flow: number;
  /** What arrived before the flow was known. */
  packets: number;
  wireBytes: number;
  readonly protocol: number;
  readonly since: number;
  readonly parts: { offset: number; bytes: Uint8Array }[];
  partBytes: number;
  /** Length of the whole datagram, -1 until the last fragment has come. */
  total: number;
  /** A part was cut by snaplen or is too large: it will never be whole. */
  broken: boolean;
};

export class Fragments {
  readonly #waiting = new Map<string, Datagram>();
  #bytes = 0;
  /** Datagrams given up because of a bound or their age. */
  dropped = 0;

  get size(): number {
    return this.#waiting.size;
  }

  /** The datagram that this fragment belongs to; `key` names its addresses, protocol and id. */
  find(key: string, packet: Packet, now: number): Datagram {
    const known = this.#waiting.get(key);
    if (known !== undefined && Math.abs(now - known.since) <= FRAGMENT_LIMITS.fragmentSeconds.value) return known;
    if (known !== undefined) this.#drop(key, known);
    const made: Datagram = {
      flow: -1,
      packets: 0,
      wireBytes: 0,
      protocol: packet.protocol,
      since: now,
      parts: [],
      partBytes: 0,
      total: -1,
      broken: false,
    };
    this.#waiting.set(key, made);
    this.#bound();
    return made;
  }

  /** Adds a fragment's bytes. Returns the whole datagram when this was the last that was missing, else null. */
  add(key: string, datagram: Datagram, packet: Packet, bytes: Uint8Array): Uint8Array | null {
    const end = packet.fragmentOffset + packet.payloadLength;
    if (!packet.fragmentMore) datagram.total = end;
    if (end > MAX_DATAGRAM || datagram.parts.length >= FRAGMENT_LIMITS.fragmentParts.value) datagram.broken = true;
    if (packet.payloadEnd - packet.payloadAt < packet.payloadLength) datagram.broken = true;
    if (datagram.broken) return null;
    const part = bytes.slice(packet.payloadAt, packet.payloadEnd);
    datagram.parts.push({ offset: packet.fragmentOffset, bytes: part });
    datagram.partBytes += part.length;
    this.#bytes += part.length;
    this.#bound();
    if (datagram.total < 0 || datagram.partBytes < datagram.total) return null;
    const whole = join(datagram);
    if (whole !== null) this.#forget(key, datagram);
    return whole;
  }

  #bound(): void {
    for (const [key, oldest] of this.#waiting) {
      const full =
        this.#waiting.size > FRAGMENT_LIMITS.fragmentDatagrams.value ||
        this.#bytes > FRAGMENT_LIMITS.fragmentBytes.value;
      if (!full) return;
      this.#drop(key, oldest);
    }
  }

  #drop(key: string, datagram: Datagram): void {
    this.dropped++;
    this.#forget(key, datagram);
  }

  #forget(key: string, datagram: Datagram): void {
    this.#waiting.delete(key);
    this.#bytes -= datagram.partBytes;
    datagram.partBytes = 0;
    datagram.broken = true;
  }
}

function join(datagram: Datagram): Uint8Array | null {
  const whole = new Uint8Array(datagram.total);
  let reached = 0;
  for (const { offset, bytes } of datagram.parts.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > reached) return null;
    if (offset + bytes.length <= reached) continue;
    // The bytes that came first in the datagram win where two fragments overlap.
    const fresh = bytes.subarray(reached - offset, datagram.total - offset);
    whole.set(fresh, reached);
    reached += fresh.length;
  }
  return reached === datagram.total ? whole : null;
}
