// The player at the foot of every screen, there while something is in it.
import { ActionIcon } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { Transfer } from '#api';
import { usePeer, useTransfers } from '../peer-context.ts';
import type { Provider } from '../provider/provider.ts';
import { Icon } from '../shell/icons.tsx';
import { useSignal } from '../shell/signal.ts';
import { bare, length } from '../texts/format.ts';
import { t } from '../texts/mod.ts';
import css from './dock.module.css';
import type { PlayerState } from './player.ts';
import { loudnessOf } from './waveform.ts';

export function Dock(): ReactNode {
  const { player } = usePeer();
  const state = useSignal(player.state);
  return state.track === null ? null : <DockOf state={state} />;
}

function DockOf({ state }: { state: PlayerState }): ReactNode {
  const { player, provider } = usePeer();
  const transfer = useTransfers()?.find(({ id }) => id === state.track?.transferId);
  const whole = state.track?.transferId === null ? state.track.url : libraryUrl(transfer, provider);
  const bars = useLoudness(whole);
  const going = state.state === 'playing' || state.state === 'waiting';
  const passed = transfer === undefined || transfer.sizeBytes === 0 ? 1 : transfer.playableBytes / transfer.sizeBytes;
  const at = state.seconds > 0 ? Math.min(1, state.at / state.seconds) : 0;
  return (
    <section className={css.dock} aria-label={t.player.title}>
      <div className={css.buttons}>
        <span className={css.wide}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t.player.previous}
            disabled={!state.hasPrevious}
            onClick={() => player.step(-1)}
          >
            <Icon name="previous" size={18} />
          </ActionIcon>
        </span>
        <ActionIcon
          size={40}
          radius="xl"
          aria-label={going ? t.player.pause : t.player.play}
          onClick={() => player.toggle()}
        >
          <Icon name={going ? 'pause' : 'play'} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t.player.next}
          disabled={!state.hasNext}
          onClick={() => player.step(1)}
        >
          <Icon name="next" size={18} />
        </ActionIcon>
      </div>
      <div className={css.what}>
        <div className={css.name}>{bare(state.track?.name ?? '')}</div>
        <div className={css.from} data-failed={state.state === 'failed'}>
          {say(state, transfer)}
        </div>
      </div>
      <div className={css.time}>
        <span className={css.clock}>{length(state.at) || '0:00'}</span>
        <span className={css.bar} data-wave={bars !== null}>
          {bars === null ? (
            <>
              <span className={css.passed} style={{ width: `${passed * 100}%` }} />
              <span className={css.played} style={{ width: `${at * 100}%` }} />
            </>
          ) : (
            <Wave bars={bars} at={at} />
          )}
          <input
            className={css.seek}
            type="range"
            min={0}
            max={Math.max(1, state.seconds)}
            step={1}
            value={Math.min(state.at, Math.max(1, state.seconds))}
            aria-label={t.player.seek}
            aria-valuetext={`${length(state.at) || '0:00'} / ${length(state.seconds)}`}
            onChange={({ currentTarget }) => player.seek(Number(currentTarget.value))}
          />
        </span>
        <span className={css.clock}>{length(state.seconds)}</span>
      </div>
      <label className={css.volume}>
        <span className="ps-hidden">{t.player.volume}</span>
        <Icon name="volume" size={18} />
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={state.volume}
          onChange={({ currentTarget }) => player.setVolume(Number(currentTarget.value))}
        />
      </label>
      <ActionIcon variant="subtle" color="gray" aria-label={t.player.close} onClick={() => player.stop()}>
        <Icon name="close" size={16} />
      </ActionIcon>
    </section>
  );
}

/** Where a song that has arrived in the meantime lies now. */
function libraryUrl(transfer: Transfer | undefined, provider: Provider): string | null {
  const id = transfer?.libraryId ?? null;
  return id === null ? null : provider.mediaUrl('library', id);
}

const BARS = 160;

/** The picture of a song that is here in full; null until there is one. */
function useLoudness(url: string | null): readonly number[] | null {
  const [drawn, setDrawn] = useState<{ url: string; bars: readonly number[] } | null>(null);
  useEffect(() => {
    if (url === null) return;
    const abort = new AbortController();
    async function load(from: string): Promise<void> {
      const bars = await loudnessOf(from, BARS, abort.signal);
      if (bars !== null && !abort.signal.aborted) setDrawn({ url: from, bars });
    }
    void load(url);
    return () => abort.abort();
  }, [url]);
  return drawn !== null && drawn.url === url ? drawn.bars : null;
}

function Wave({ bars, at }: { bars: readonly number[]; at: number }): ReactNode {
  return (
    <svg className={css.wave} viewBox={`0 0 ${bars.length} 1`} preserveAspectRatio="none" aria-hidden>
      {bars.map((bar, i) => {
        const height = Math.max(0.08, bar ** 0.7);
        // oxlint-disable-next-line react/no-array-index-key
        return (
          <rect
            key={i}
            x={i + 0.15}
            width={0.7}
            y={(1 - height) / 2}
            height={height}
            data-played={i / bars.length < at}
          />
        );
      })}
    </svg>
  );
}

function say({ state, track }: PlayerState, transfer: Transfer | undefined): string {
  if (state === 'failed') {
    const reason = transfer?.reason ?? null;
    return reason === null ? t.player.failed : t.player.failedWhy(reason);
  }
  if (state === 'waiting') return t.player.waiting;
  return track?.from ?? '';
}
