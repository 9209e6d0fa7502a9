// FIRST FLOOR, pure: MPEG audio frames (1, 2, 2.5; layers I to III) and the tags around them, as bytes in arrays. Whoever
// holds a stream walks it (`guard`).
export { checkAllocation } from './allocation.ts';
export {
  decodeHeader,
  FRAME_HZ,
  FRAME_KBPS,
  FRAME_LENGTH,
  FRAME_SAMPLES,
  FREE,
  headerIndex,
  isHeader,
  MAX_FREE_FRAME_BYTES,
  SAME_STREAM,
  sideInfoBytes,
} from './header.ts';
export { type InfoFrame, readInfoFrame } from './info-frame.ts';
export { readSideInfo, side } from './side-info.ts';
export {
  type Id3v2Header,
  id3v2FrameHeaderBytes,
  plainText,
  readApeItem,
  readApeMark,
  readId3v1,
  readId3v2Frame,
  readId3v2Header,
  readId3v2Text,
  syncsafe,
  textEnd,
} from './tags.ts';
