// The configuration as it stands, and what would become of it if it were read again now.
import type { HubConfig, HubConfigRow } from '#api';
import { HUB_OPTIONS, type HubValues } from '../options.ts';
import type { ReloadLine } from '../settings.ts';

export type ConfigDesk = {
  values(): HubValues;
  /** Reads file and environment again without applying them; throws what is wrong in them. Null: not possible here. */
  readonly pending: (() => HubValues) | null;
  reload(): ReloadLine[];
};

export function configOf(desk: ConfigDesk): HubConfig {
  const now = desk.values();
  let next: HubValues | null = null;
  let error: string | null = null;
  try {
    next = desk.pending?.() ?? null;
  } catch (failure) {
    error = (failure as Error).message;
  }
  return { rows: (Object.keys(HUB_OPTIONS) as (keyof HubValues)[]).map((key) => rowOf(key, now, next)), error };
}

function rowOf(key: keyof HubValues, now: HubValues, next: HubValues | null): HubConfigRow {
  const spec = HUB_OPTIONS[key];
  const secret = 'secret' in spec && spec.secret;
  const shown = (value: HubValues[keyof HubValues]): string =>
    secret ? (value === '' ? '' : '(secret)') : textOf(value);
  const value = textOf(now[key]);
  const pending = next === null || textOf(next[key]) === value ? null : shown(next[key]);
  return {
    key: key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value: shown(now[key]),
    default: shown(spec.default),
    pending,
    reload: 'reload' in spec && spec.reload,
    secret,
    help: spec.help,
  };
}

function textOf(value: HubValues[keyof HubValues]): string {
  return value === null ? '' : Array.isArray(value) ? value.join(',') : String(value);
}
