// The operator's page of a hub: its screens in the shell.
import { useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import type { HubOverview } from '#api';
import type { Link } from '../../provider/provider.ts';
import { Frame, type FrameItem } from '../../shell/frame.tsx';
import { Gate } from '../../shell/gate.tsx';
import { ObjectMenuProvider } from '../../shell/object-menu.tsx';
import { go, usePlace } from '../../shell/router.ts';
import type { Press, Sentence } from '../../shell/sentence.ts';
import { useSignal } from '../../shell/signal.ts';
import { Loading } from '../../shell/states.tsx';
import { HubLive } from './ask.ts';
import { HubActs, HubContext, useOverview } from './hub-context.ts';
import { Overview } from './overview.tsx';
import { w } from './words.ts';

const Users = lazy(() => import('./users.tsx'));
const Floods = lazy(() => import('./floods.tsx'));
const Rooms = lazy(() => import('./rooms.tsx'));
const Content = lazy(() => import('./content.tsx'));
const Bans = lazy(() => import('./bans.tsx'));
const System = lazy(() => import('./system.tsx'));

const ITEMS: readonly FrameItem[] = [
  { screen: 'overview', label: w.screens.overview, icon: 'now' },
  { screen: 'users', label: w.screens.users, icon: 'person' },
  { screen: 'floods', label: w.screens.floods, icon: 'warn' },
  { screen: 'rooms', label: w.screens.rooms, icon: 'talk' },
  { screen: 'content', label: w.screens.content, icon: 'search' },
  { screen: 'bans', label: w.screens.bans, icon: 'ban' },
  { screen: 'system', label: w.screens.system, icon: 'settings' },
];

export default function HubApp(): ReactNode {
  const [live] = useState(() => new HubLive());
  const queries = useQueryClient();
  const acts = useMemo(
    () => new HubActs(live, () => void queries.invalidateQueries({ queryKey: ['hub'] })),
    [live, queries],
  );
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  const hub = useMemo(() => ({ live, acts }), [live, acts]);
  const link = useSignal(live.link);
  if (link.state === 'locked') return <Gate again={live.lookNow} />;
  return (
    <HubContext value={hub}>
      <ObjectMenuProvider>
        <HubFrame live={live} />
      </ObjectMenuProvider>
    </HubContext>
  );
}

function HubFrame({ live }: { live: HubLive }): ReactNode {
  const { path } = usePlace();
  const overview = useOverview();
  const link = useSignal(live.link);
  const screen = ITEMS.find((item) => item.screen === path[0])?.screen ?? 'overview';
  const alerts = overview?.alerts.length ?? 0;
  const items = ITEMS.map((item) => (item.screen === 'floods' ? { ...item, badge: alerts } : item));

  function press(what: Press): void {
    if (what.do === 'go') go(what.path, what.query);
    else live.lookNow();
  }

  return (
    <Frame
      items={items}
      active={screen}
      who={overview === null ? '' : `${overview.name} · ${w.roles[overview.role]}`}
      sentence={sentenceOf(link, overview)}
      onPress={press}
      aside={null}
      banner={null}
      stale={link.state === 'lost' && overview !== null}
      foot={null}
    >
      <Suspense fallback={<Loading />}>
        <Screen screen={screen} part={path[1]} />
      </Suspense>
    </Frame>
  );
}

function Screen({ screen, part }: { screen: string; part: string | undefined }): ReactNode {
  switch (screen) {
    case 'users':
      return <Users />;
    case 'floods':
      return <Floods />;
    case 'rooms':
      return <Rooms />;
    case 'content':
      return <Content />;
    case 'bans':
      return <Bans />;
    case 'system':
      return <System part={part} />;
    default:
      return <Overview />;
  }
}

function sentenceOf(link: Link, overview: HubOverview | null): Sentence {
  if (link.state === 'lost') return { tone: 'bad', text: w.lost, button: { label: w.tryNow, press: { do: 'retry' } } };
  if (overview === null) return { tone: 'idle', text: w.asking, button: null };
  const [first] = overview.alerts;
  if (first !== undefined) {
    const path = first.nick === null ? ['system', 'health'] : ['users'];
    const press: Press = { do: 'go', path, ...(first.nick === null ? {} : { query: { nick: first.nick } }) };
    const tone = first.level === 'alarm' ? 'bad' : 'warn';
    return { tone, text: w.alerts(overview.alerts.length, first.text), button: { label: w.look, press } };
  }
  return { tone: 'good', text: overview.users === 0 ? w.empty : w.well(overview.users, overview.files), button: null };
}
