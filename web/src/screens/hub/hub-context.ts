// What every screen of the hub's page is given: what comes live, and the acts, each the same for buttons, keys and menus.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect } from 'react';
import type { HubOverview, HubUserAction } from '#api';
import type { MenuEntry } from '../../shell/object-menu.tsx';
import { go } from '../../shell/router.ts';
import { useSignal } from '../../shell/signal.ts';
import { tell, tellFailure, tellWithButton } from '../../shell/toasts.ts';
import { ask, type HubLive } from './ask.ts';
import { w } from './words.ts';

export type HubPage = { live: HubLive; acts: HubActs };
export const HubContext = createContext<HubPage | null>(null);

export function useHub(): HubPage {
  const hub = useContext(HubContext);
  if (hub === null) throw new Error('useHub outside of HubApp');
  return hub;
}

export function useOverview(): HubOverview | null {
  return useSignal(useHub().live.overview);
}

/** Asks for a list again every few seconds, in place: what is shown stays until the answer comes. */
export function useFresh(list: string, everyMs: number): void {
  const queries = useQueryClient();
  useEffect(() => {
    const timer = setInterval(() => void queries.invalidateQueries({ queryKey: ['hub', list] }), everyMs);
    return () => clearInterval(timer);
  }, [queries, list, everyMs]);
}

/** Whether this key may do what moderators, or only admins, do. */
export function useMay(): { moderate: boolean; administer: boolean } {
  const role = useOverview()?.role ?? 'read-only';
  return { moderate: role !== 'read-only', administer: role === 'admin' };
}

export const HOUR = 3600;

/** After an act the lists are asked for again. */
export class HubActs {
  readonly #live: HubLive;
  readonly #changed: () => void;

  constructor(live: HubLive, changed: () => void) {
    this.#live = live;
    this.#changed = changed;
  }

  readonly ban = async (mask: string, seconds: number, reason: string): Promise<boolean> => {
    try {
      const { ban, ended } = await ask('ban', { body: { mask, seconds, reason } });
      tellWithButton('good', w.banned(ban.mask, ended), w.undo, () => void this.lift(ban.id, ban.mask));
      this.#did();
      return true;
    } catch (error) {
      tellFailure(error);
      return false;
    }
  };

  readonly lift = async (id: number, mask: string): Promise<void> => {
    await ask('liftBan', { params: { id: String(id) } })
      .then(() => tell('good', w.unbanned(mask)))
      .catch(tellFailure);
    this.#did();
  };

  readonly kill = (nick: string): Promise<void> =>
    this.#act(nick, { action: 'kill', reason: w.reasonOperator }, w.killed(nick));

  readonly muzzle = async (nick: string, on: boolean): Promise<void> => {
    const action: HubUserAction = { action: on ? 'muzzle' : 'unmuzzle', reason: w.reasonOperator };
    await this.#act(nick, action, on ? w.muzzledNow(nick) : w.unmuzzledNow(nick));
  };

  readonly takeDown = async (name: string): Promise<void> => {
    try {
      const { filter, takenDown } = await ask('addFilter', { body: { kind: 'name', pattern: name } });
      tellWithButton('good', w.tookDown(name, takenDown), w.undo, () => void this.dropFilter(filter.id));
      this.#did();
    } catch (error) {
      tellFailure(error);
    }
  };

  readonly dropFilter = async (id: number): Promise<void> => {
    await ask('dropFilter', { params: { id: String(id) } })
      .then(() => tell('good', w.removed))
      .catch(tellFailure);
    this.#did();
  };

  readonly look = (nick: string): void => go(['users'], { nick });

  /** The menu of a nick, everywhere the same. */
  readonly nickMenu = (nick: string, address: string | null, moderate: boolean): MenuEntry[] => {
    const entries: MenuEntry[] = [{ heading: nick }, { label: w.look, icon: 'user', run: () => this.look(nick) }];
    if (!moderate) return entries;
    const mask = address === null ? `${nick}!*` : `*!${address}`;
    entries.push(
      { label: w.banHour, icon: 'ban', danger: true, run: () => void this.ban(mask, HOUR, w.reasonOperator) },
      { label: w.muzzle, icon: 'volume', run: () => void this.muzzle(nick, true) },
      { label: w.kill, icon: 'power', danger: true, run: () => void this.kill(nick) },
    );
    return entries;
  };

  async #act(nick: string, body: HubUserAction, said: string): Promise<void> {
    await ask('actOnUser', { params: { nick }, body })
      .then(() => tell('good', said))
      .catch(tellFailure);
    this.#did();
  }

  #did(): void {
    this.#live.lookNow();
    this.#changed();
  }
}
