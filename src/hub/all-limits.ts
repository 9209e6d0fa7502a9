import type { Limits } from '#base';
import { LIMITS as HUB } from './limits.ts';
import { OPERATOR_LIMITS } from './operator/limits.ts';

/** Everything that the hub bounds, for docs/limits.md. */
export const LIMITS: Limits = {
  ...HUB,
  ...OPERATOR_LIMITS,
};
