import type { Limits } from '#base';
import { NAME_LIMITS } from './downloads/names.ts';
import { LIVE_LIMITS } from './http/live.ts';
import { LINK_LIMITS } from './hubs/link.ts';
import { WATCH_LIMITS } from './reader/folder-watch.ts';
import { SHARE_LIMITS } from './shares/rules.ts';
import { SLOT_LIMITS } from './uploads/slots.ts';
import { CALL_LIMITS } from './wire/calls.ts';

/** What this room accepts at most. */
export const LIMITS = {
  ...NAME_LIMITS,
  ...SHARE_LIMITS,
  ...SLOT_LIMITS,
  ...CALL_LIMITS,
  ...LINK_LIMITS,
  ...WATCH_LIMITS,
  ...LIVE_LIMITS,
} as const satisfies Limits;
