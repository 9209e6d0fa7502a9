// What a person has set, kept in settings.json (mode 0600, by the parent): defaults < saved < options given. Pure.
import type { PeerSettings, SettingsChange, SettingsReport } from '#api';
import { Failure, type OptionValues } from '#base';
import { isNick, type PEER_OPTIONS } from './options.ts';

/** Everything that lasts; hub passwords are written here and nowhere else. */
export type Settings = Omit<PeerSettings, 'hubs'> & {
  hubs: { address: string; enabled: boolean; password: string }[];
  password: string;
  /** Every port closed, nothing shared, until somebody says on. */
  off: boolean;
  bind: string | null;
  metaserver: string | null;
};

export type PeerOptionValues = OptionValues<typeof PEER_OPTIONS>;

const RESTART_KEYS = new Set<keyof SettingsChange>([
  'nick',
  'fetchOnly',
  'shareFolders',
  'downloadsDir',
  'napsterPort',
  'hubs',
  'line',
]);
const LATER_KEYS = new Set<keyof SettingsChange>(['gnutella', 'gnutellaPort']);

/** @param made what a first start makes up: `nick`, `password`, and where downloads go unless told */
export function defaultSettings(made: { nick: string; password: string; downloadsDir: string }): Settings {
  return {
    ...made,
    fetchOnly: false,
    shareFolders: [],
    upLimitKBps: 0,
    downLimitKBps: 0,
    uploadSlots: 4,
    downloadSlots: 6,
    line: 0,
    hubs: [],
    napsterPort: 6699,
    gnutella: 'off',
    gnutellaPort: 0,
    off: false,
    bind: null,
    metaserver: null,
  };
}

/** Saved settings as read from disk, completed. @throws Failure when it is not what we wrote */
export function readSettings(text: string, defaults: Settings): Settings {
  let saved: unknown;
  try {
    saved = JSON.parse(text);
  } catch {
    throw new Failure('settings.json is damaged; mend it or take it away');
  }
  if (typeof saved !== 'object' || saved === null || Array.isArray(saved))
    throw new Failure('settings.json is damaged; mend it or take it away');
  const settings: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(saved))
    if (
      key in defaults &&
      (defaults[key as keyof Settings] === null || typeof value === typeof defaults[key as keyof Settings])
    )
      settings[key] = value;
  return settings as Settings;
}

/** The options that were given, laid over the settings. */
export function withOptions(settings: Settings, options: PeerOptionValues): Settings {
  const {
    share,
    hub,
    nick,
    password,
    napsterPort,
    downloads,
    upLimit,
    downLimit,
    uploadSlots,
    downloadSlots,
    fetchOnly,
    bind,
    metaserver,
  } = options;
  const known = new Map(settings.hubs.map((one) => [one.address, one]));
  return {
    ...settings,
    nick: nick ?? settings.nick,
    password: password ?? settings.password,
    shareFolders: share.length > 0 ? [...share] : settings.shareFolders,
    hubs:
      hub.length > 0
        ? hub.map((address) => known.get(address) ?? { address, enabled: true, password: '' })
        : settings.hubs,
    napsterPort: napsterPort ?? settings.napsterPort,
    downloadsDir: downloads ?? settings.downloadsDir,
    upLimitKBps: upLimit ?? settings.upLimitKBps,
    downLimitKBps: downLimit ?? settings.downLimitKBps,
    uploadSlots: uploadSlots ?? settings.uploadSlots,
    downloadSlots: downloadSlots ?? settings.downloadSlots,
    fetchOnly: fetchOnly || settings.fetchOnly,
    bind: bind ?? settings.bind,
    metaserver: metaserver ?? settings.metaserver,
  };
}

/** What the page may see. */
export function shownSettings({
  hubs,
  off: _off,
  bind: _bind,
  metaserver: _metaserver,
  password: _password,
  ...rest
}: Settings): PeerSettings {
  return {
    ...rest,
    hubs: hubs.map(({ address, enabled, password }) => ({ address, enabled, hasPassword: password !== '' })),
  };
}

/** Applies a change of the page: the new settings, what became of each key, and whether the peer must start anew. */
export function changeSettings(
  settings: Settings,
  change: SettingsChange,
): { settings: Settings; effects: SettingsReport['effects']; restart: boolean } {
  const next: Settings = { ...settings };
  const effects: SettingsReport['effects'] = [];
  let restart = false;
  for (const key of Object.keys(change) as (keyof SettingsChange)[]) {
    const refused = refuse(key, change);
    if (refused !== null) {
      effects.push({ key, effect: 'refused', reason: refused });
      continue;
    }
    if (key === 'hubs') next.hubs = mergeHubs(settings, change.hubs ?? []);
    else (next as Record<string, unknown>)[key] = change[key];
    const changed = JSON.stringify(next[key]) !== JSON.stringify(settings[key]);
    if (changed && RESTART_KEYS.has(key)) restart = true;
    effects.push({ key, effect: 'applied', reason: null });
  }
  return { settings: next, effects, restart };
}

function mergeHubs(settings: Settings, hubs: NonNullable<SettingsChange['hubs']>): Settings['hubs'] {
  const before = new Map(settings.hubs.map((hub) => [hub.address, hub.password]));
  const unique = new Map(hubs.map((hub) => [hub.address, hub]));
  return [...unique.values()].map(({ address, enabled, password }) => ({
    address,
    enabled,
    password: password ?? before.get(address) ?? '',
  }));
}

function refuse(key: keyof SettingsChange, change: SettingsChange): string | null {
  if (LATER_KEYS.has(key)) return change[key] === 'off' || change[key] === 0 ? null : 'not in this version';
  if (key === 'nick' && !isNick(change.nick ?? ''))
    return 'hubs do not take such a nick: 1 to 19 letters without blanks, quotes, colons or @';
  const folders =
    key === 'shareFolders' ? (change.shareFolders ?? []) : key === 'downloadsDir' ? [change.downloadsDir ?? ''] : [];
  for (const folder of folders) {
    if (!isAbsolute(folder)) return `${folder} is not a whole path`;
    if (/^(?:\/|[a-z]:\\?)$/i.test(folder)) return 'the whole disk cannot be shared';
  }
  return null;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:[\\/]/i.test(path);
}
