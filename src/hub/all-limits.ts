import type { Limits } from '#base';
import { LIMITS as HUB } from './limits.ts';
import { CONTROL_LIMITS } from './operator/http/control.ts';
import { PUBLIC_LIMITS } from './operator/http/public.ts';
import { IMPORT_LIMITS } from './operator/import/opennap.ts';
import { NAPIGATOR_LIMITS } from './operator/napigator.ts';
import { ONE_LINE_LIMITS } from './operator/one-line-server.ts';
import { PEOPLE_LIMITS } from './operator/people.ts';
import { DOOR_LIMITS } from './operator/tokens.ts';

/** Everything that the hub bounds, for docs/limits.md. */
export const LIMITS: Limits = {
  ...HUB,
  ...CONTROL_LIMITS,
  ...PUBLIC_LIMITS,
  ...DOOR_LIMITS,
  ...IMPORT_LIMITS,
  ...NAPIGATOR_LIMITS,
  ...ONE_LINE_LIMITS,
  ...PEOPLE_LIMITS,
};
