// FIRST FLOOR, pure: what bytes are by their first few, and the fixed parts of the containers that sound comes in.
export { readComments } from './comments.ts';
export { flacScan, oggCrc32, scanFlac } from './crc.ts';
export { FLAC_HEADER_BYTES, type FlacStreamInfo, readFlacFrame, readFlacStreamInfo } from './flac.ts';
export {
  identify,
  identifyBare,
  identifyStrong,
  MACRO_WORDS,
  type Magic,
  MAGIC_BYTES,
} from './kinds.ts';
export {
  OGG_HEADER_BYTES,
  type OggCodec,
  type OggPage,
  opusSamples,
  readOggCodec,
  readOggPage,
} from './ogg.ts';
export { letters } from './letters.ts';
