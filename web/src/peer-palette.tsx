// What Ctrl-K offers on the peer's page.
import { useMantineColorScheme } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { useActs, usePeer, useStatus } from './peer-context.ts';
import type { FrameItem } from './shell/frame.tsx';
import type { Command } from './shell/palette.tsx';
import { go } from './shell/router.ts';
import { tellFailure } from './shell/toasts.ts';
import { t } from './texts/mod.ts';

const Palette = lazy(() => import('./shell/palette.tsx'));

export function PeerPalette({ items }: { items: readonly FrameItem[] }): ReactNode {
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpened(true);
    }
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return opened ? <Opened items={items} onClose={() => setOpened(false)} /> : null;
}

function Opened({ items, onClose }: { items: readonly FrameItem[]; onClose: () => void }): ReactNode {
  const { provider, live, player } = usePeer();
  const acts = useActs();
  const status = useStatus();
  const { setColorScheme } = useMantineColorScheme();
  const ended = (live.transfers.get() ?? []).filter(({ endedAt }) => endedAt !== null);
  const off = status?.mode === 'off';
  const has = (feature: 'power' | 'quarantine'): boolean => status?.features.includes(feature) ?? false;
  const commands: Command[] = [
    ...items.map(({ screen, label, icon }) => ({ label, icon, run: () => go([screen]) })),
    ...(has('quarantine')
      ? [{ label: t.screens.quarantine, icon: 'shield' as const, run: () => go(['library', 'quarantine']) }]
      : []),
    ...(player.state.get().track === null
      ? []
      : [{ label: t.palette.playPause, icon: 'play' as const, run: () => player.toggle() }]),
    { label: t.library.rescan, icon: 'retry', run: () => void provider.call('rescan').catch(tellFailure) },
    ...(ended.length > 0
      ? [{ label: t.transfers.clearDone, icon: 'check' as const, run: () => void acts.act('clear', ended) }]
      : []),
    { label: t.status.chooseFolder, icon: 'folder', run: () => go(['settings'], { part: 'sharing' }) },
    { label: t.settings.addHub, icon: 'hub', run: () => go(['settings'], { part: 'hubs' }) },
    { label: t.palette.light, icon: 'now', run: () => setColorScheme('light') },
    { label: t.palette.dark, icon: 'now', run: () => setColorScheme('dark') },
    ...(has('power')
      ? [
          {
            label: off ? t.status.turnOn : t.settings.off,
            icon: 'power' as const,
            run: () => void provider.call('power', { body: { on: off } }).catch(tellFailure),
          },
        ]
      : []),
  ];
  return (
    <Suspense>
      <Palette
        commands={commands}
        withText={(text) => ({
          label: t.palette.searchFor(text),
          icon: 'search',
          run: () => go(['search'], { q: text }),
        })}
        onClose={onClose}
      />
    </Suspense>
  );
}
