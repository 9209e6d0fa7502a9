// Who may do what. A level acts on lower ones; Elite on all.
import type { ByteString } from '#base';

export const LEVEL = { leech: 0, user: 1, moderator: 2, admin: 3, elite: 4 } as const;
export type Level = (typeof LEVEL)[keyof typeof LEVEL];
export const LEVEL_NAMES = ['Leech', 'User', 'Moderator', 'Admin', 'Elite'] as const;

/** The first three letters count, as opennap has it; a digit is taken too. */
export function parseLevel(text: ByteString): Level | null {
  if (/^[0-4]$/.test(text)) return Number(text) as Level;
  const start = text.slice(0, 3).toLowerCase();
  const level = start.length < 3 ? -1 : LEVEL_NAMES.findIndex((name) => name.toLowerCase().startsWith(start));
  return level < 0 ? null : (level as Level);
}

/** Whether somebody of level `mine` may act on somebody of level `theirs`. */
export function mayActOn(mine: Level, theirs: Level): boolean {
  return mine === LEVEL.elite || mine > theirs;
}

/** Flags of an account (message 10050), as bits. */
export const FLAG = { muzzled: 1, friend: 2, criminal: 4 } as const;

export function flagNames(flags: number): string[] {
  const names: string[] = [];
  if ((flags & FLAG.friend) !== 0) names.push('Friend');
  if ((flags & FLAG.muzzled) !== 0) names.push('Muzzled');
  if ((flags & FLAG.criminal) !== 0) names.push('Criminal');
  return names;
}
