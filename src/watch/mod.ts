// THIRD FLOOR: the program that watches. Captures and live interfaces in; who uses Napster and Gnutella, how much and
// when, alerts, pictures, rules and records out.
import { ACTIVITY_LIMITS } from './activity.ts';
import { FOLLOW_LIMITS } from './follow.ts';
import { INFLATION_LIMITS } from './inflation.ts';
import { POLICY_LIMITS } from './policy.ts';
import { PREFIX_LIMITS } from './prefixes.ts';
import { RATE_LIMITS } from './rates.ts';
import { REPORT_LIMITS } from './report/report.ts';
import { SETTING_LIMITS } from './settings.ts';
import { TOLD_LIMITS } from './told.ts';

export { type ExportFormat, exporterOf, FORMATS } from './exports.ts';
export { watchFile, watchInput } from './feed.ts';
export { applyRules, undoRules } from './filter.ts';
export { type Findings, gather, sentence } from './findings.ts';
export { alertLine, flowLine, Lines, summaryLine, summaryOf } from './lines.ts';
export { LiveCapture } from './live.ts';
export { type Network, parseNetwork, PRIVATE_NETWORKS } from './nets.ts';
export { AlertPolicy, parseHours } from './policy.ts';
export { writeReport } from './report/report.ts';
export {
  dryRun,
  planRules,
  RULE_FORMATS,
  type RuleFormat,
  type RuleOptions,
  type RulePlan,
  writeRules,
} from './rules.ts';
export { describe, drawScreen } from './screen.ts';
export { DEFAULTS, type WatchSettings } from './settings.ts';
export { ownSurroundings } from './surroundings.ts';
export type { FlowRecord } from './track.ts';
export { type Alert, type Sink, Watcher } from './watcher.ts';

export const LIMITS = {
  ...PREFIX_LIMITS,
  ...FOLLOW_LIMITS,
  ...INFLATION_LIMITS,
  ...TOLD_LIMITS,
  ...RATE_LIMITS,
  ...ACTIVITY_LIMITS,
  ...SETTING_LIMITS,
  ...POLICY_LIMITS,
  ...REPORT_LIMITS,
};
