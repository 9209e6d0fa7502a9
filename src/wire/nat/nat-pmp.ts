// NAT-PMP (RFC 6886): asking a router for its outside address and for a port. Fixed messages over UDP port 5351.
//
//   request  version 0 | op            | reserved 16 | inside port 16 | outside port 16 | lifetime 32     (op 0: first 2 bytes only)
//   reply    version 0 | op + 128      | result 16   | seconds since start 32 | …
import { WireError } from '#base';

export const NAT_PMP_PORT = 5351;
const OP = { address: 0, udp: 1, tcp: 2 } as const;
type MappedProto = 'udp' | 'tcp';

export type NatPmpReply =
  /** `result` 0: done; 2: not authorised; 3: network failure; others in §3.5. */
  | { op: 'address'; result: number; epochS: number; address: string }
  | { op: MappedProto; result: number; epochS: number; inside: number; outside: number; lifetimeS: number };

export function encodeAddressRequest(): Uint8Array {
  return Uint8Array.of(0, OP.address);
}

/** Lifetime 0 removes the mapping (§3.4); 7200 s is what the RFC recommends. */
export function encodeMapRequest(proto: MappedProto, inside: number, outside: number, lifetimeS: number): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint8(1, OP[proto]);
  view.setUint16(4, inside);
  view.setUint16(6, outside);
  view.setUint32(8, lifetimeS);
  return bytes;
}

/** @throws WireError `short`, `version`, `not-a-reply`, `unknown-op` */
export function decodeNatPmp(datagram: Uint8Array): NatPmpReply {
  if (datagram.length < 8) throw new WireError('short', `${datagram.length} bytes of NAT-PMP`);
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  if (view.getUint8(0) !== 0) throw new WireError('version', `NAT-PMP version ${view.getUint8(0)}`);
  const op = view.getUint8(1) - 128;
  if (op < 0) throw new WireError('not-a-reply');
  const result = view.getUint16(2);
  const epochS = view.getUint32(4);
  if (op === OP.address) {
    // A refusal may end after the epoch.
    const address = datagram.length >= 12 ? [8, 9, 10, 11].map((at) => view.getUint8(at)).join('.') : '0.0.0.0';
    if (result === 0 && datagram.length < 12) throw new WireError('short', 'an address reply without an address');
    return { op: 'address', result, epochS, address };
  }
  if (op !== OP.udp && op !== OP.tcp) throw new WireError('unknown-op', `NAT-PMP operation ${op}`);
  const proto = op === OP.udp ? 'udp' : 'tcp';
  if (datagram.length < 16) {
    if (result === 0) throw new WireError('short', 'a mapping reply without a mapping');
    return { op: proto, result, epochS, inside: 0, outside: 0, lifetimeS: 0 };
  }
  return {
    op: proto,
    result,
    epochS,
    inside: view.getUint16(8),
    outside: view.getUint16(10),
    lifetimeS: view.getUint32(12),
  };
}
