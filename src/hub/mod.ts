// The hub: an OpenNap-compatible index server for a community. Accounts, search, browse, chat, brokered transfers.
export { LIMITS } from './all-limits.ts';
export { ADMIN_VERBS } from './operator/admin.ts';
export { adminHub } from './operator/shell.ts';
export { HUB_OPTIONS, type HubValues } from './options.ts';
export { type RunningHub, startHub } from './start.ts';
