import type { Limits } from '#base';

/** What the hub keeps of strangers at most. What operators may change is an option instead (options.ts). */
export const LIMITS = {
  loginMs: { value: 60_000, unit: 'ms', source: 'opennap-ng login_timeout' },
  messagesBeforeLogin: { value: 30, unit: 'messages', source: 'a login needs at most 7, 6 and a few hellos' },
  hotlist: { value: 256, unit: 'nicks', source: 'opennap-ng silently dropped above 32' },
  ignores: { value: 256, unit: 'nicks', source: 'opennap-ng max_ignore 32' },
  channelsOfUser: { value: 10, unit: 'channels', source: 'opennap-ng max_user_channels 5' },
  channels: { value: 10_000, unit: 'channels', source: 'made by users; each needs a member' },
  channelBans: { value: 200, unit: 'bans', source: 'of one channel' },
  topic: { value: 255, unit: 'bytes', source: 'opennap-ng 64; the 410 of old clients holds 2 kB' },
  reason: { value: 160, unit: 'bytes', source: 'opennap-ng max_reason 96' },
  email: { value: 128, unit: 'bytes', source: 'never used but shown to the person and to moderators' },
  hashQueue: { value: 512, unit: 'logins', source: 'at 80 ms each on two threads: 20 s, a third of the login time' },
  hashesAtOnce: { value: 2, unit: 'hashes', source: '19 MiB each, and the other cores of the pool stay free' },
  searchSteps: { value: 40_000, unit: 'steps', source: 'one turn of a search, about 0.8 ms; others come in between' },
  browseTurn: { value: 400, unit: 'files', source: 'one turn of a browse, about 0.3 ms' },
  searchCost: { value: 4_000_000, unit: 'steps', source: 'a search that needs more ends with what it has' },
  unsentPause: { value: 262_144, unit: 'bytes', source: 'a long answer goes on when so much is not waiting any more' },
  audit: { value: 100_000, unit: 'rows', source: 'older ones are dropped' },
  told: { value: 100, unit: 'rows', source: 'who was told my address, kept for each user while online' },
  bans: { value: 20_000, unit: 'bans', source: 'globs are looked through at each login' },
  whoWasMs: { value: 300_000, unit: 'ms', source: 'opennap-ng who_was_time' },
  whoWas: { value: 10_000, unit: 'users', source: 'kept for moderators' },
  inflated: { value: 262_144, unit: 'bytes', source: 'out of 4 kB of a compressed stream; real ones make five-fold' },
  compressed: { value: 500, unit: 'users', source: 'a zlib stream each way costs some 100 kB' },
  gates: { value: 100_000, unit: 'addresses', source: 'budgets of addresses kept at once' },
} as const satisfies Limits;
