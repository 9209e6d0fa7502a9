// What every screen of the peer's page is given: its provider, what comes live, the player.
import { createContext, useContext, useEffect } from 'react';
import type { PeerStatus, Transfer } from '#api';
import type { Acts } from './acts.ts';
import type { Player } from './player/player.ts';
import type { Live, LiveSearch } from './provider/live.ts';
import type { Provider } from './provider/provider.ts';
import { useSignal } from './shell/signal.ts';

export type Peer = { provider: Provider; live: Live; player: Player; acts: Acts };

export const PeerContext = createContext<Peer | null>(null);

export function usePeer(): Peer {
  const peer = useContext(PeerContext);
  if (peer === null) throw new Error('usePeer outside of PeerApp');
  return peer;
}

export function useActs(): Acts {
  return usePeer().acts;
}

export function useStatus(): PeerStatus | null {
  return useSignal(usePeer().live.status);
}

/** All transfers, live while the screen is there; null until they came. */
export function useTransfers(): readonly Transfer[] | null {
  const { live } = usePeer();
  useEffect(() => live.watchTransfers(), [live]);
  return useSignal(live.transfers);
}

export function useLiveSearch(id: string): LiveSearch {
  const { live } = usePeer();
  useEffect(() => live.watchSearch(id), [live, id]);
  return useSignal(live.search(id));
}
