// FIRST FLOOR: what routers and devices say about ports: SSDP and IGD (UPnP), NAT-PMP. Pure.
export {
  decodeMapping,
  decodeOutsideAddress,
  encodeSoap,
  findIgdService,
  type IgdMapping,
  type IgdService,
  LIMITS,
} from './igd.ts';
export { decodeNatPmp, encodeAddressRequest, NAT_PMP_PORT } from './nat-pmp.ts';
export { decodeReply, encodeSearch, SSDP_GROUP, SSDP_PORT } from './ssdp.ts';
