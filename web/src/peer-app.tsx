// The peer's page: its screens in the shell.
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { actsOf } from './acts.ts';
import { useNow } from './shell/clock.ts';
import { PeerContext, type Peer, useStatus } from './peer-context.ts';
import { PeerPalette } from './peer-palette.tsx';
import { Dock } from './player/dock.tsx';
import { Player } from './player/player.ts';
import { Live } from './provider/live.ts';
import type { Provider } from './provider/provider.ts';
import { Now } from './screens/now/now.tsx';
import { SearchScreen } from './screens/search/search.tsx';
import { Frame, type FrameItem } from './shell/frame.tsx';
import { Gate } from './shell/gate.tsx';
import { ObjectMenuProvider } from './shell/object-menu.tsx';
import { go, usePlace } from './shell/router.ts';
import { type Press, sentenceOf } from './shell/sentence.ts';
import { useSignal } from './shell/signal.ts';
import { Loading } from './shell/states.tsx';
import { speed } from './texts/format.ts';
import { t } from './texts/mod.ts';
import { tell, tellFailure } from './shell/toasts.ts';

const Transfers = lazy(() => import('./screens/transfers/transfers.tsx'));
const Library = lazy(() => import('./screens/library/library.tsx'));
const Settings = lazy(() => import('./screens/settings/settings.tsx'));
const Browse = lazy(() => import('./screens/browse/browse.tsx'));

const ITEMS: readonly FrameItem[] = [
  { screen: 'now', label: t.screens.now, icon: 'now' },
  { screen: 'search', label: t.screens.search, icon: 'search' },
  { screen: 'transfers', label: t.screens.transfers, icon: 'transfers' },
  { screen: 'library', label: t.screens.library, icon: 'library' },
  { screen: 'settings', label: t.screens.settings, icon: 'settings' },
];

export function PeerApp({ provider }: { provider: Provider }): ReactNode {
  const [peer] = useState<Peer>(() => makePeer(provider));
  useEffect(() => {
    peer.live.start();
    return () => peer.live.stop();
  }, [peer]);
  const link = useSignal(peer.live.link);
  if (link.state === 'locked') return <Gate again={() => peer.live.retryNow()} />;
  return (
    <PeerContext value={peer}>
      <ObjectMenuProvider>
        <PeerFrame peer={peer} />
      </ObjectMenuProvider>
    </PeerContext>
  );
}

function makePeer(provider: Provider): Peer {
  const player = new Player();
  const live = new Live(provider, (notice) => {
    if (notice.type === 'message') return tell('info', t.notices.message(notice.nick), { text: notice.text });
    const id = notice.transferId;
    tell(notice.level, notice.text, id === null ? {} : { about: id, open: () => go(['transfers'], { id }) });
  });
  return { provider, player, live, acts: actsOf(provider, player, live) };
}

function PeerFrame({ peer }: { peer: Peer }): ReactNode {
  const { path } = usePlace();
  const link = useSignal(peer.live.link);
  const status = useStatus();
  const now = useNow();
  const sentence = sentenceOf(link, status, now);
  const moving = (status?.transfers.down ?? 0) + (status?.transfers.up ?? 0);
  const items = ITEMS.map((item) => (item.screen === 'transfers' ? { ...item, badge: moving } : item));
  const aside =
    status === null || link.state !== 'open' ? null : (
      <>
        <span style={{ color: 'var(--ps-down)' }}>↓ {speed(status.transfers.downBps)}</span>
        <span style={{ color: 'var(--ps-up)' }}>↑ {speed(status.transfers.upBps)}</span>
      </>
    );

  async function press(what: Press): Promise<void> {
    if (what.do === 'retry') return peer.live.retryNow();
    if (what.do === 'go') return go(what.path, what.query);
    await peer.provider.call('power', { body: { on: true } }).catch(tellFailure);
  }

  return (
    <Frame
      items={items}
      active={path[0] ?? 'now'}
      who={status?.nick ?? ''}
      sentence={sentence}
      onPress={(what) => void press(what)}
      aside={aside}
      banner={peer.provider.demo ? t.demo : null}
      stale={link.state === 'lost' && status !== null}
      foot={<Dock />}
    >
      <PeerPalette items={ITEMS} />
      <Suspense fallback={<Loading />}>
        <Screen path={path} />
      </Suspense>
    </Frame>
  );
}

function Screen({ path: [first = 'now', second] }: { path: readonly string[] }): ReactNode {
  switch (first) {
    case 'search':
      return <SearchScreen />;
    case 'transfers':
      return <Transfers />;
    case 'library':
      return <Library part={second} />;
    case 'settings':
      return <Settings />;
    case 'browse':
      return <Browse nick={second ?? ''} />;
    default:
      return <Now />;
  }
}
