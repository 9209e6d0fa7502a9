// From a captured frame down to the bytes of TCP or UDP: link types, tags, tunnels, IPv4 and IPv6. One object is
// reused for every packet; its fields are offsets into the capture's buffer. Lengths come from the headers, never from
// what was captured: frames are padded, cut by snaplen, and sent with a total length of 0 by offloading cards.

/** What {@link Packet.decode} found. */
export const KIND = { nothing: 0, tcp: 1, udp: 2, fragment: 3 } as const;

/** Headers inside headers are followed this deep; a frame with more is counted and left alone. */
const MAX_NESTING = 8;

const TCP = 6;
const UDP = 17;

export class Packet {
  /** 4 or 6. */
  family = 4;
  /** IPv4 addresses as signed 32-bit numbers (unsigned ones would be boxed); for IPv6 see `srcAt` and `dstAt`. */
  src = 0;
  dst = 0;
  /** Where the address bytes begin (4 or 16 of them). */
  srcAt = 0;
  dstAt = 0;
  /** IP protocol number of the innermost IP header. */
  protocol = 0;
  sport = 0;
  dport = 0;
  /** Payload: first byte, end of what was captured, and its length on the wire. */
  payloadAt = 0;
  payloadEnd = 0;
  payloadLength = 0;
  tcpFlags = 0;
  /** Signed, like the addresses. */
  sequence = 0;
  /** Of a fragment: its id, where it begins in the datagram, whether more follow; the datagram's part is `payload…`. */
  fragmentId = 0;
  fragmentOffset = 0;
  fragmentMore = false;

  /**
   * Decodes one frame of `wireLength` bytes of which `[at, end)` was captured. Returns one of {@link KIND}.
   * Never throws: what makes no sense is `nothing`.
   */
  decode(bytes: Uint8Array, view: DataView, at: number, end: number, link: number): number {
    // Measured (bench/watch.ts): nearly every packet is Ethernet, IPv4 without options, whole, TCP or UDP outside a tunnel.
    if (
      link === 1 &&
      at + 42 <= end &&
      view.getUint16(at + 12) === 0x0800 &&
      bytes[at + 14] === 0x45 &&
      (view.getUint16(at + 20) & 0x3fff) === 0
    ) {
      const kind = this.#plain(bytes, view, at + 14, end);
      if (kind >= 0) return kind;
    }
    switch (link) {
      case 1:
        return this.#ethernet(bytes, view, at, end, 0);
      case 0: // BSD loopback: a family in the byte order of the machine that wrote it
      case 108:
        return this.#ip(bytes, view, at + 4, end, 0);
      case 12: // raw IP, by its numbers on different systems
      case 14:
      case 101:
      case 228:
      case 229:
        return this.#ip(bytes, view, at, end, 0);
      case 113: // Linux cooked
        return at + 16 > end ? 0 : this.#ethertype(bytes, view, view.getUint16(at + 14), at + 16, end, 0);
      case 276: // Linux cooked, second version
        return at + 20 > end ? 0 : this.#ethertype(bytes, view, view.getUint16(at), at + 20, end, 0);
      case 9: // PPP, with or without address and control
      case 50:
        return this.#ppp(bytes, view, at + 2 <= end && view.getUint16(at) === 0xff03 ? at + 2 : at, end, 0);
      case 51:
        return at + 6 > end ? 0 : this.#ppp(bytes, view, at + 6, end, 0);
      case 104: // Cisco HDLC
        return at + 4 > end ? 0 : this.#ethertype(bytes, view, view.getUint16(at + 2), at + 4, end, 0);
      case 105:
        return this.#wireless(bytes, view, at, end);
      case 127: // radiotap before 802.11; its length is little-endian
        return at + 4 > end ? 0 : this.#wireless(bytes, view, at + view.getUint16(at + 2, true), end);
      default:
        return 0;
    }
  }

  /** The shortest way to TCP or UDP; -1: the long way must be taken. */
  #plain(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    const total = view.getUint16(at + 2);
    const stop = at + total < end ? at + total : end;
    const protocol = bytes[at + 9]!;
    const body = at + 20;
    if (total < 28) return -1;
    const sport = view.getUint16(body);
    const dport = view.getUint16(body + 2);
    if (protocol === TCP) {
      if (body + 20 > stop) return -1;
      const head = (bytes[body + 12]! >> 4) * 4;
      if (head < 20 || head + 20 > total) return -1;
      this.sequence = view.getInt32(body + 4);
      this.tcpFlags = bytes[body + 13]!;
      this.payloadLength = total - 20 - head;
      this.payloadAt = body + head < stop ? body + head : stop;
    } else if (protocol === UDP) {
      const claimed = view.getUint16(body + 4);
      if (claimed < 8 || isTunnelPort(dport)) return -1;
      this.payloadLength = claimed - 8;
      this.payloadAt = body + 8;
    } else return -1;
    const payloadEnd = this.payloadAt + this.payloadLength;
    this.payloadEnd = payloadEnd < stop ? payloadEnd : stop;
    this.family = 4;
    this.protocol = protocol;
    this.src = view.getInt32(at + 12);
    this.dst = view.getInt32(at + 16);
    this.srcAt = at + 12;
    this.dstAt = at + 16;
    this.sport = sport;
    this.dport = dport;
    return protocol === TCP ? KIND.tcp : KIND.udp;
  }

  /** Decodes TCP or UDP at `at`; `length` is what the IP header says is there. For reassembled datagrams too. */
  transport(bytes: Uint8Array, view: DataView, at: number, end: number, length: number, depth = MAX_NESTING): number {
    if (this.protocol === TCP) {
      if (at + 20 > end || length < 20) return this.#shortTcp(view, at, end);
      const head = (bytes[at + 12]! >> 4) * 4;
      if (head < 20 || head > length) return 0;
      this.sport = view.getUint16(at);
      this.dport = view.getUint16(at + 2);
      this.sequence = view.getInt32(at + 4);
      this.tcpFlags = bytes[at + 13]!;
      this.payloadLength = length - head;
      this.#payload(at + head, end);
      return KIND.tcp;
    }
    if (this.protocol !== UDP || at + 8 > end) return 0;
    this.sport = view.getUint16(at);
    this.dport = view.getUint16(at + 2);
    let claimed = view.getUint16(at + 4);
    if (claimed === 0) claimed = length; // a jumbogram, or an offloading card
    if (claimed < 8) return 0;
    if (depth < MAX_NESTING && isTunnelPort(this.dport)) {
      const inner = this.#insideUdp(bytes, view, at, Math.min(end, at + claimed), depth);
      if (inner !== 0) return inner;
    }
    this.payloadLength = claimed - 8;
    this.#payload(at + 8, end);
    return KIND.udp;
  }

  #payload(at: number, end: number): void {
    this.payloadAt = Math.min(at, end);
    this.payloadEnd = Math.min(end, at + this.payloadLength);
    if (this.payloadEnd < this.payloadAt) this.payloadEnd = this.payloadAt;
  }

  /** A TCP header cut by snaplen still says whose packet it is. */
  #shortTcp(view: DataView, at: number, end: number): number {
    if (at + 8 > end) return 0;
    this.sport = view.getUint16(at);
    this.dport = view.getUint16(at + 2);
    this.sequence = view.getInt32(at + 4);
    this.tcpFlags = at + 14 <= end ? view.getUint8(at + 13) : 0;
    this.payloadLength = 0;
    this.payloadAt = this.payloadEnd = end;
    return KIND.tcp;
  }

  #ethernet(bytes: Uint8Array, view: DataView, at: number, end: number, depth: number): number {
    if (at + 14 > end) return 0;
    return this.#ethertype(bytes, view, view.getUint16(at + 12), at + 14, end, depth);
  }

  #ethertype(bytes: Uint8Array, view: DataView, firstType: number, from: number, end: number, depth: number): number {
    let type = firstType;
    let at = from;
    for (let tags = 0; tags < MAX_NESTING; tags++) {
      switch (type) {
        case 0x0800:
        case 0x86dd:
          return this.#ip(bytes, view, at, end, depth);
        case 0x8100: // VLAN tags, stacked
        case 0x88a8:
        case 0x9100:
        case 0x9200:
          if (at + 4 > end) return 0;
          type = view.getUint16(at + 2);
          at += 4;
          continue;
        case 0x8864: // PPPoE session
          return at + 6 > end ? 0 : this.#ppp(bytes, view, at + 6, end, depth);
        case 0x8847:
        case 0x8848:
          return this.#mpls(bytes, view, at, end, depth);
        case 0x6558: // transparent Ethernet
          return depth >= MAX_NESTING ? 0 : this.#ethernet(bytes, view, at, end, depth + 1);
        case 0x880b:
          return this.#ppp(bytes, view, at, end, depth);
        default:
          // 802.3 with LLC and SNAP: a length where Ethernet II has a type.
          if (type > 1500 || at + 8 > end || view.getUint16(at) !== 0xaaaa) return 0;
          type = view.getUint16(at + 6);
          at += 8;
      }
    }
    return 0;
  }

  #ppp(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
    let at = from;
    if (at + 2 <= end && view.getUint16(at) === 0xff03) at += 2;
    if (at + 2 > end) return 0;
    // The protocol field may be compressed to its lower byte, which is odd.
    const short = (bytes[at]! & 1) === 1;
    const protocol = short ? bytes[at]! : view.getUint16(at);
    at += short ? 1 : 2;
    if (protocol === 0x21 || protocol === 0x57) return this.#ip(bytes, view, at, end, depth);
    if (protocol === 0x281) return this.#mpls(bytes, view, at, end, depth);
    return 0;
  }

  #mpls(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
    let at = from;
    for (let labels = 0; labels < 16; labels++) {
      if (at + 5 > end) return 0;
      const bottom = bytes[at + 2]! & 1;
      at += 4;
      if (!bottom) continue;
      const next = bytes[at]! >> 4;
      if (next === 4 || next === 6) return this.#ip(bytes, view, at, end, depth);
      // A pseudowire, with or without its control word.
      if (depth >= MAX_NESTING) return 0;
      if (next === 0 && at + 18 <= end) {
        const inner = this.#ethernet(bytes, view, at + 4, end, depth + 1);
        if (inner !== 0) return inner;
      }
      return this.#ethernet(bytes, view, at, end, depth + 1);
    }
    return 0;
  }

  #wireless(bytes: Uint8Array, view: DataView, at: number, end: number): number {
    if (at + 24 > end) return 0;
    const control = bytes[at]!;
    const flags = bytes[at + 1]!;
    const isData = (control & 0x0c) === 0x08;
    const hasBody = (control & 0x40) === 0;
    const encrypted = (flags & 0x40) !== 0;
    if (!isData || !hasBody || encrypted) return 0;
    let head = 24;
    if ((flags & 3) === 3) head += 6;
    if (control & 0x80) head += flags & 0x80 ? 6 : 2;
    const body = at + head;
    if (body + 8 > end || view.getUint16(body) !== 0xaaaa) return 0;
    return this.#ethertype(bytes, view, view.getUint16(body + 6), body + 8, end, 0);
  }

  #ip(bytes: Uint8Array, view: DataView, at: number, end: number, depth: number): number {
    if (at >= end) return 0;
    const version = bytes[at]! >> 4;
    if (version === 4) return this.#ip4(bytes, view, at, end, depth);
    return version === 6 ? this.#ip6(bytes, view, at, end, depth) : 0;
  }

  #ip4(bytes: Uint8Array, view: DataView, at: number, end: number, depth: number): number {
    if (at + 20 > end) return 0;
    const head = (bytes[at]! & 15) * 4;
    let total = view.getUint16(at + 2);
    if (total === 0) total = end - at; // segmentation offload
    if (head < 20 || total < head) return 0;
    this.family = 4;
    this.src = view.getInt32(at + 12);
    this.dst = view.getInt32(at + 16);
    this.srcAt = at + 12;
    this.dstAt = at + 16;
    this.protocol = bytes[at + 9]!;
    const stop = Math.min(end, at + total);
    const fragment = view.getUint16(at + 6);
    if (fragment & 0x3fff) {
      this.fragmentId = view.getUint16(at + 4);
      return this.#fragment(at + head, stop, total - head, (fragment & 0x1fff) * 8, (fragment & 0x2000) !== 0);
    }
    return this.#next(bytes, view, at + head, stop, total - head, depth);
  }

  #ip6(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
    if (from + 40 > end) return 0;
    let length = view.getUint16(from + 4);
    if (length === 0) length = end - from - 40;
    this.family = 6;
    this.src = this.dst = 0;
    this.srcAt = from + 8;
    this.dstAt = from + 24;
    const stop = Math.min(end, from + 40 + length);
    let next = bytes[from + 6]!;
    let at = from + 40;
    for (let headers = 0; headers < MAX_NESTING; headers++) {
      switch (next) {
        case 0: // hop-by-hop, routing, destination options, mobility
        case 43:
        case 60:
        case 135: {
          if (at + 8 > stop) return 0;
          const size = (bytes[at + 1]! + 1) * 8;
          next = bytes[at]!;
          at += size;
          length -= size;
          continue;
        }
        case 51: {
          // authentication
          if (at + 8 > stop) return 0;
          const size = (bytes[at + 1]! + 2) * 4;
          next = bytes[at]!;
          at += size;
          length -= size;
          continue;
        }
        case 44: {
          if (at + 8 > stop) return 0;
          const field = view.getUint16(at + 2);
          this.protocol = bytes[at]!;
          this.fragmentId = view.getUint32(at + 4);
          if (field & 0xfff9) return this.#fragment(at + 8, stop, length - 8, field & 0xfff8, (field & 1) !== 0);
          next = bytes[at]!; // an atomic fragment is whole
          at += 8;
          length -= 8;
          continue;
        }
        default:
          if (length < 0) return 0;
          this.protocol = next;
          return this.#next(bytes, view, at, stop, length, depth);
      }
    }
    return 0;
  }

  #fragment(at: number, end: number, length: number, offset: number, more: boolean): number {
    this.fragmentOffset = offset;
    this.fragmentMore = more;
    this.payloadLength = length;
    this.#payload(at, end);
    return length <= 0 ? 0 : KIND.fragment;
  }

  #next(bytes: Uint8Array, view: DataView, at: number, end: number, length: number, depth: number): number {
    const protocol = this.protocol;
    if (protocol === TCP || protocol === UDP) return this.transport(bytes, view, at, end, length, depth);
    if (depth >= MAX_NESTING) return 0;
    if (protocol === 4 || protocol === 41) return this.#ip(bytes, view, at, end, depth + 1);
    if (protocol === 47) return this.#gre(bytes, view, at, end, depth + 1);
    return 0;
  }

  #gre(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
    if (from + 4 > end) return 0;
    const flags = view.getUint16(from);
    const type = view.getUint16(from + 2);
    let at = from + 4;
    if (flags & 0xc000) at += 4; // checksum or routing
    if (flags & 0x2000) at += 4; // key
    if (flags & 0x1000) at += 4; // sequence number
    if ((flags & 7) === 1 && flags & 0x0080) at += 4; // PPTP's acknowledgement
    if (at > end) return 0;
    if (type === 0x88be) return this.#ethernet(bytes, view, flags & 0x1000 ? at + 8 : at, end, depth); // ERSPAN II, I
    if (type === 0x22eb) return this.#ethernet(bytes, view, at + 12, end, depth); // ERSPAN III
    return this.#ethertype(bytes, view, type, at, end, depth);
  }

  /** Tries the tunnel that the port promises; what is no tunnel stays the outer datagram. */
  #insideUdp(bytes: Uint8Array, view: DataView, at: number, end: number, depth: number): number {
    const { family, src, dst, srcAt, dstAt } = this;
    const inner = this.#udpTunnel(bytes, view, at + 8, end, depth);
    if (inner !== 0) return inner;
    Object.assign(this, { family, src, dst, srcAt, dstAt });
    this.protocol = UDP;
    this.sport = view.getUint16(at);
    this.dport = view.getUint16(at + 2);
    return 0;
  }

  #udpTunnel(bytes: Uint8Array, view: DataView, at: number, end: number, depth: number): number {
    switch (this.dport) {
      case 4789: // VXLAN
      case 8472:
        if (at + 8 > end || bytes[at] !== 0x08) return 0;
        return this.#ethernet(bytes, view, at + 8, end, depth + 1);
      case 6081: {
        if (at + 8 > end || bytes[at]! >> 6 !== 0) return 0;
        return this.#ethertype(bytes, view, view.getUint16(at + 2), at + 8 + (bytes[at]! & 63) * 4, end, depth + 1);
      }
      case 2152: {
        // GTP-U, version 1, message 255: a user's packet.
        if (at + 8 > end || bytes[at]! >> 5 !== 1 || bytes[at + 1] !== 0xff) return 0;
        let inner = at + 8;
        if (bytes[at]! & 7) {
          let extension = inner + 4 <= end ? bytes[inner + 3]! : 0;
          inner += 4;
          for (let n = 0; extension !== 0 && n < MAX_NESTING; n++) {
            if (inner >= end || bytes[inner] === 0) return 0;
            inner += bytes[inner]! * 4;
            extension = inner <= end ? bytes[inner - 1]! : 0;
          }
        }
        return this.#ip(bytes, view, inner, end, depth + 1);
      }
      default:
        return 0;
    }
  }
}

function isTunnelPort(port: number): boolean {
  return port === 4789 || port === 8472 || port === 6081 || port === 2152;
}
