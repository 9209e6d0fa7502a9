// The page of `shields serve`: what a stranger sees (outside), who holds what (inside), what is good to know.
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { Frame, type FrameItem } from '../../shell/frame.tsx';
import { usePlace } from '../../shell/router.ts';
import type { Sentence } from '../../shell/sentence.ts';
import { useSignal } from '../../shell/signal.ts';
import { Loading } from '../../shell/states.tsx';
import { loadKnowledge, type PortKnowledge, ShieldsChannel, type ShieldsState } from './channel.ts';
import { Probe } from './probe.tsx';
import { isOver } from './run.ts';
import { w } from './words.ts';

const Machine = lazy(() => import('./machine.tsx'));
const Know = lazy(() => import('./know.tsx'));

const ITEMS: readonly FrameItem[] = [
  { screen: 'probe', label: w.screens.probe, icon: 'shield' },
  { screen: 'machine', label: w.screens.machine, icon: 'list' },
  { screen: 'know', label: w.screens.know, icon: 'talk' },
];
const NOTHING_KNOWN: PortKnowledge = { texts: new Map(), cards: [] };

export default function ShieldsApp(): ReactNode {
  const [channel] = useState(() => new ShieldsChannel());
  useEffect(() => {
    channel.start();
    return () => channel.stop();
  }, [channel]);
  const state = useSignal(channel.state);
  const { data: known = NOTHING_KNOWN } = useQuery({
    queryKey: ['shields-ports'],
    queryFn: loadKnowledge,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { path } = usePlace();
  const screen = path[0] ?? 'probe';
  return (
    <Frame
      items={ITEMS}
      active={screen}
      who={state.me?.address ?? ''}
      sentence={sentenceOf(state)}
      onPress={channel.retryNow}
      aside={null}
      banner={state.me?.mode === 'lan' ? w.lan : null}
      stale={false}
      foot={null}
    >
      <Suspense fallback={<Loading />}>
        {screen === 'machine' ? (
          <Machine channel={channel} />
        ) : screen === 'know' ? (
          <Know cards={known.cards} />
        ) : (
          <Probe channel={channel} state={state} known={known} />
        )}
      </Suspense>
    </Frame>
  );
}

function sentenceOf({ me, link, run }: ShieldsState): Sentence {
  if (link === 'lost') return { tone: 'bad', text: w.lost, button: { label: w.tryNow, press: { do: 'retry' } } };
  if (me === null || link === 'connecting') return say('idle', w.asking);
  if (me.refused !== null) return say('warn', w.refused);
  if (run === null) return say('idle', w.idle(me.address));
  if (run.failed !== null) return say('warn', run.failed);
  if (!isOver(run))
    return say('idle', run.before > 0 ? w.waiting(run.before) : w.running(run.cells.size, run.total, run.phase));
  if (run.upnp !== null)
    return run.upnp.replies.length > 0
      ? say('bad', w.upnpAnswers.split('. ')[0] as string)
      : say('good', w.upnpSilent(run.upnp.sent));
  if (run.report === null) return say('idle', '');
  const tone = { 'open found': 'bad', 'closed only': 'warn', 'all stealth': 'good', passed: 'good' } as const;
  return say(tone[run.report.verdict], run.report.sentence);
}

function say(tone: Sentence['tone'], text: string): Sentence {
  return { tone, text, button: null };
}
