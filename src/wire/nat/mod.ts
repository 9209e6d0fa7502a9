// FIRST FLOOR: what routers and devices say about ports: SSDP (UPnP's search), NAT-PMP. Pure.
export {
  decodeNatPmp,
  encodeAddressRequest,
  encodeMapRequest,
  type MappedProto,
  NAT_PMP_PORT,
  NAT_PMP_RESULT,
  type NatPmpReply,
} from './nat-pmp.ts';
export { decodeReply, encodeSearch, type SearchReply, SSDP_GROUP, SSDP_PORT } from './ssdp.ts';
