// Options that are changed while the hub runs: by the config file on SIGHUP, or one by one by an elite user (message
// 810) and the dashboard. The latter are kept on disk and hold until they are reset (message 800).
import { UsageError } from '#base';
import type { Store } from '#store';
import { HUB_OPTIONS, type HubValues } from './options.ts';

export type ReloadLine = { key: string; outcome: 'applied' | 'needs a restart' | 'refused'; why?: string };
type Key = keyof HubValues;
type Value = string | number | boolean | null | readonly string[];

export class Settings {
  readonly #store: Store;
  #started: HubValues;

  constructor(store: Store, started: HubValues) {
    this.#store = store;
    this.#started = started;
  }

  /** What holds now: options, and what was set by message over them. */
  effective(): HubValues {
    const values: Record<string, unknown> = { ...this.#started };
    for (const row of this.#store.prepare('SELECT name, value FROM setting').all()) {
      const key = String(row['name']) as Key;
      if (key in HUB_OPTIONS) values[key] = JSON.parse(String(row['value']));
    }
    return values as HubValues;
  }

  /** New options: what became of each key that differs. Those that need a restart keep their old value. */
  reload(next: HubValues): ReloadLine[] {
    const lines: ReloadLine[] = [];
    const applied: Record<string, unknown> = { ...this.#started };
    for (const key of Object.keys(HUB_OPTIONS) as Key[]) {
      if (JSON.stringify(next[key]) === JSON.stringify(this.#started[key])) continue;
      if (!isReloadable(key)) {
        lines.push({ key, outcome: 'needs a restart' });
        continue;
      }
      applied[key] = next[key];
      const over = this.#store.prepare('SELECT value FROM setting WHERE name = ?').get(key);
      if (over === undefined) lines.push({ key, outcome: 'applied' });
      else lines.push({ key, outcome: 'refused', why: 'it was set while running; reset it first (message 800)' });
    }
    this.#started = applied as HubValues;
    return lines;
  }

  /** @throws UsageError in words */
  set(name: string, text: string): Key {
    const key = keyOf(name);
    this.#store
      .prepare('INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(key, JSON.stringify(parse(key, text)));
    return key;
  }

  /** @throws UsageError in words */
  reset(name: string): Key {
    const key = keyOf(name);
    this.#store.prepare('DELETE FROM setting WHERE name = ?').run(key);
    return key;
  }
}

function isReloadable(key: Key): boolean {
  const spec = HUB_OPTIONS[key];
  return 'reload' in spec && spec.reload;
}

function keyOf(name: string): Key {
  const key = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) as Key;
  if (!(key in HUB_OPTIONS)) throw new UsageError(name, `there is no setting "${name}"`);
  if (!isReloadable(key)) throw new UsageError(name, `"${name}" can only be set at the start`);
  return key;
}

function parse(key: Key, text: string): Value {
  const spec = HUB_OPTIONS[key] as {
    type: string;
    min?: number;
    max?: number;
    choices?: readonly string[];
    check?: (value: never) => string | null;
  };
  switch (spec.type) {
    case 'flag':
      if (!/^(1|0|true|false|on|off|yes|no)$/i.test(text)) throw new UsageError(key, `${key} is true or false`);
      return /^(1|true|on|yes)$/i.test(text);
    case 'number': {
      const value = Number(text);
      if (text.trim() === '' || !(value >= (spec.min ?? -Infinity) && value <= (spec.max ?? Infinity)))
        throw new UsageError(key, `${key} is a number from ${spec.min ?? 'any'} to ${spec.max ?? 'any'}`);
      return value;
    }
    case 'list':
      return text.split(',').map((part) => part.trim());
    default:
      if (spec.choices !== undefined && !spec.choices.includes(text))
        throw new UsageError(key, `${key} is one of ${spec.choices.join(', ')}`);
      return text === '' ? null : text;
  }
}
