// FIRST FLOOR, pure: Wrapster 1.0, 2.0 and 3.0, the disguise in which anything went through Napster.
export { numberedName, safeName } from './names.ts';
export {
  isWrapster,
  LIMITS,
  type WrapsterEvent,
  WrapsterReader,
} from './reader.ts';
