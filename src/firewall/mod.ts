// SECOND FLOOR: the host's packet filter: one nftables table of our own, and nothing else.
export { admit } from './admit.ts';
export { doesNothing, type FirewallRules, script } from './rules.ts';
export { installTable, removeTable, showTable } from './table.ts';
export { countUnsolicited, type StopCounting } from './unsolicited.ts';
