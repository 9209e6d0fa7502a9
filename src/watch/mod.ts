// THIRD FLOOR: the program that watches. Captures and live interfaces in; who uses Napster and Gnutella, how much and
// when, alerts, pictures, rules and records out.
import { ACTIVITY_LIMITS } from './activity.ts';
import { FOLLOW_LIMITS } from './follow.ts';
import { INFLATION_LIMITS } from './inflation.ts';
import { PREFIX_LIMITS } from './prefixes.ts';
import { RATE_LIMITS } from './rates.ts';
import { SETTING_LIMITS } from './settings.ts';
import { TOLD_LIMITS } from './told.ts';

export { Feed, watchFile } from './feed.ts';
export { alertLine, flowLine, Lines, summaryLine, summaryOf } from './lines.ts';
export { DEFAULTS, type WatchSettings } from './settings.ts';
export { type Alert, type Sink, Watcher } from './watcher.ts';

export const LIMITS = { ...PREFIX_LIMITS, ...FOLLOW_LIMITS, ...INFLATION_LIMITS, ...TOLD_LIMITS, ...RATE_LIMITS, ...ACTIVITY_LIMITS, ...SETTING_LIMITS };
