// SECOND FLOOR, pure: joins mpeg, wrapster and magic into findings and a verdict. For peer, watch, hub and `inspect`.
export { createJudge, type JudgeOptions } from './judge.ts';
export { QUICK_HEAD_BYTES, QUICK_TAIL_BYTES, type QuickSource, readFacts } from './quick.ts';
export type {
  Codec,
  Finding,
  FindingCode,
  ForeignKind,
  Format,
  Judge,
  Judgement,
  Kind,
  Level,
  QuickFacts,
  Segment,
  SegmentKind,
  Tags,
  Verdict,
  WrapsterList,
} from './verdict.ts';
