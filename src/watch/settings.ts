// What a watcher can be told, and the bounds it keeps whatever it is told.
import type { Limits } from '#base';

export const SETTING_LIMITS = {
  watchFlows: {
    value: 2_000_000,
    unit: 'flows',
    source: '64 bytes each and 12 for the index; then the idle leave, counted',
  },
  watchUndecided: {
    value: 400_000,
    unit: 'flows',
    source: 'flows whose first bytes are still kept; then the oldest is given up',
  },
  watchTracks: { value: 400_000, unit: 'flows', source: 'recognised flows with a reason and a place in the picture' },
  watchFollowers: {
    value: 8000,
    unit: 'flows',
    source: 'conversations whose messages are read on after the verdict; the oldest is only counted',
  },
  watchSteps: { value: 500_000, unit: 'steps', source: 'of all sessions drawn' },
  watchStepsPerFlow: { value: 200, unit: 'steps', source: 'of one session drawn' },
  watchAlerts: { value: 10_000, unit: 'alerts', source: 'kept for the report; all are printed' },
} as const satisfies Limits;

export const MAX = {
  tracks: SETTING_LIMITS.watchTracks.value,
  followers: SETTING_LIMITS.watchFollowers.value,
  steps: SETTING_LIMITS.watchSteps.value,
  stepsPerFlow: SETTING_LIMITS.watchStepsPerFlow.value,
  alerts: SETTING_LIMITS.watchAlerts.value,
} as const;

export type WatchSettings = {
  /** Keep searches and file names. Off by default: it is others' privacy. */
  names: boolean;
  interimSeconds: number;
  maxFlows: number;
  maxUndecided: number;
  /** How much within a minute is too much. */
  thresholds: Record<'search' | 'message' | 'login' | 'query' | 'browse' | 'whois' | 'crawl' | 'ping', number>;
  pushes: number;
};

export const DEFAULTS: WatchSettings = {
  names: false,
  interimSeconds: 300,
  maxFlows: SETTING_LIMITS.watchFlows.value,
  maxUndecided: SETTING_LIMITS.watchUndecided.value,
  thresholds: { search: 60, message: 60, login: 20, query: 100, browse: 30, whois: 30, crawl: 20, ping: 100 },
  pushes: 50,
};
