// SECOND FLOOR, pure: joins mpeg, wrapster and magic into findings and a verdict. For peer, watch, hub and `inspect`.
export { createJudge } from './judge.ts';
export { QUICK_HEAD_BYTES, QUICK_TAIL_BYTES, readFacts } from './quick.ts';
export { LIMITS } from './record.ts';
export type {
  Finding,
  ForeignKind,
  Format,
  Judge,
  Judgement,
  Kind,
  QuickFacts,
  Segment,
  SegmentKind,
  Tags,
  Verdict,
  WrapsterList,
} from './verdict.ts';
