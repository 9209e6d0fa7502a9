// Home: what moves, what was given today, the hubs, what is worth a look; on the first day two steps to begin.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { GnutellaState, HubState, PeerStatus, Speeds, Transfer } from '#api';
import { useActs, usePeer, useStatus, useTransfers } from '../../peer-context.ts';
import { Card, CardPage, Figure, Figures } from '../../shell/card.tsx';
import { Chart } from '../../shell/chart.tsx';
import { useNow } from '../../shell/clock.ts';
import { Icon } from '../../shell/icons.tsx';
import { formatPlace } from '../../shell/place.ts';
import { useSignal } from '../../shell/signal.ts';
import { Loading } from '../../shell/states.tsx';
import { Bar, Thing } from '../../shell/things.tsx';
import { bare, bytes, count, percent, speed } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import css from './now.module.css';

export function Now(): ReactNode {
  const status = useStatus();
  const transfers = useTransfers();
  if (status === null) return <Loading />;
  return (
    <CardPage>
      <First status={status} transfers={transfers} />
      <Traffic />
      <Today status={status} />
      <OnTheWay transfers={transfers} />
      <Hubs hubs={status.hubs} gnutella={status.gnutella} now={status.now} />
      <Problems status={status} />
    </CardPage>
  );
}

function First({ status, transfers }: { status: PeerStatus; transfers: readonly Transfer[] | null }): ReactNode {
  const shared = status.shares.folders > 0 || status.mode === 'fetch-only';
  const fetched = transfers === null || transfers.length > 0;
  if (shared && fetched) return null;
  return (
    <section className={css.first} aria-label={t.now.firstTitle(status.nick)}>
      <h2 className={css.welcome}>{t.now.firstTitle(status.nick)}</h2>
      <p className={css.welcomeText}>{t.now.firstText}</p>
      <ol className={css.steps}>
        <Step
          n={1}
          done={shared}
          title={t.now.firstShare}
          text={t.now.firstShareText}
          href={formatPlace(['settings'], { part: 'sharing' })}
        />
        <Step
          n={2}
          done={fetched}
          title={t.now.firstSearch}
          text={t.now.firstSearchText}
          href={formatPlace(['search'])}
        />
      </ol>
    </section>
  );
}

type StepProps = { n: number; done: boolean; title: string; text: string; href: string };

function Step({ n, done, title, text, href }: StepProps): ReactNode {
  return (
    <li className={css.step} data-done={done}>
      <span className={css.number}>{done ? <Icon name="check" size={16} /> : n}</span>
      <div>
        {done ? (
          <span className={css.stepTitle}>
            {title} <span className="ps-hidden">({t.now.done})</span>
          </span>
        ) : (
          <a className={css.stepTitle} href={href}>
            {title}
          </a>
        )}
        <p className={css.stepText}>{text}</p>
      </div>
    </li>
  );
}

function Traffic(): ReactNode {
  const { live } = usePeer();
  const speeds = useSignal(live.speeds);
  const { downBps, upBps } = padded(speeds);
  const clock = useNow();
  const now = speeds.until === 0 ? clock : speeds.until;
  const times = downBps.map((_, i) => (now - (downBps.length - 1 - i) * speeds.stepMs) / 1000);
  const says = t.now.trafficSays(downBps.at(-1) ?? 0, upBps.at(-1) ?? 0);
  return (
    <Card title={t.now.traffic} aside={says} wide>
      <Chart
        label={`${t.now.traffic}: ${says}`}
        times={times}
        format={speed}
        lines={[
          { label: t.now.down, color: '--ps-down', values: downBps },
          { label: t.now.up, color: '--ps-up-fill', mirrored: true, values: upBps },
        ]}
      />
    </Card>
  );
}

const SHOWN_SAMPLES = 180;

/** The last minutes, with nothing before the peer began. */
function padded({ downBps, upBps }: Speeds): { downBps: number[]; upBps: number[] } {
  return { downBps: padOne(downBps), upBps: padOne(upBps) };
}

function padOne(values: readonly number[]): number[] {
  const last = values.slice(-SHOWN_SAMPLES);
  return [...Array.from<number>({ length: SHOWN_SAMPLES - last.length }).fill(0), ...last];
}

function Today({ status: { today } }: { status: PeerStatus }): ReactNode {
  return (
    <Card title={t.now.today}>
      <Figures>
        <Figure value={count(today.filesDown)} label={t.now.fetched} more={bytes(today.bytesDown)} tone="down" />
        <Figure value={count(today.filesUp)} label={t.now.given} more={bytes(today.bytesUp)} tone="up" />
        <Figure value={count(today.peopleUp)} label={t.now.people} />
      </Figures>
    </Card>
  );
}

function OnTheWay({ transfers }: { transfers: readonly Transfer[] | null }): ReactNode {
  const acts = useActs();
  const moving = (transfers ?? []).filter(({ state }) => state === 'receiving').slice(0, 5);
  return (
    <Card title={t.now.moving} aside={<a href={formatPlace(['transfers'])}>{t.now.all}</a>}>
      {moving.length === 0 && <p className={css.quiet}>{t.now.nothingMoving}</p>}
      <ul className={css.list}>
        {moving.map((row) => (
          <li key={row.id} className={css.moving}>
            <span className={css.way} data-way={row.direction}>
              {row.direction === 'down' ? '↓' : '↑'}
            </span>
            <span className={css.movingName} title={row.name}>
              {bare(row.name)}
            </span>
            <span className={css.movingWho}>
              <Thing label={row.nick} menu={() => acts.nickMenu(row.nick, row.hub)} />
            </span>
            <span className={css.movingBar}>
              <Bar part={row.bytes / row.sizeBytes} tone={row.direction === 'up' ? 'up' : 'go'} label={row.name} />
              <span className={css.figure}>{percent(row.bytes, row.sizeBytes)}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

type HubsProps = { hubs: readonly HubState[]; gnutella: GnutellaState | null; now: number };

function Hubs({ hubs, gnutella, now }: HubsProps): ReactNode {
  const acts = useActs();
  if (hubs.length === 0 && gnutella === null) return null;
  return (
    <Card title={t.now.hubs}>
      <ul className={css.list}>
        {hubs.map((hub) => (
          <li key={hub.address} className={css.hub}>
            <span className={css.lamp} data-state={hub.state} aria-hidden />
            <div className={css.hubWords}>
              <Thing label={hub.name ?? hub.address} menu={() => acts.hubMenu(hub.address)} />
              <span className={css.quiet}>{hubSays(hub, now)}</span>
            </div>
            {hub.encrypted && (
              <span className={css.quiet} title="TLS">
                <Icon name="lock" size={15} />
              </span>
            )}
            <span className={css.figure}>{hub.pingMs === null ? '' : `${hub.pingMs} ms`}</span>
          </li>
        ))}
        {gnutella !== null && (
          <li className={css.hub}>
            <span className={css.lamp} data-state={gnutella.peers > 0 ? 'online' : 'connecting'} aria-hidden />
            <div className={css.hubWords}>
              <span>{t.now.gnutella}</span>
              <span className={css.quiet}>
                {t.now.gnutellaSays(t.settings.gnutellaModes[gnutella.mode], gnutella.peers, gnutella.wanted)}
              </span>
            </div>
          </li>
        )}
      </ul>
    </Card>
  );
}

function hubSays(hub: HubState, now: number): string {
  if (hub.state === 'online') return t.now.hubSays(hub.users, hub.files);
  const state = t.now.hubState[hub.state];
  const why = hub.reason === null ? state : `${state}: ${hub.reason}`;
  return hub.retryAt === null ? why : `${why}, ${t.transfers.retryIn(hub.retryAt - now)}`;
}

function Problems({ status }: { status: PeerStatus }): ReactNode {
  if (status.problems.length === 0) return null;
  return (
    <Card title={t.now.problems}>
      <ul className={css.list}>
        {status.problems.map(({ id, level, text, fix }) => (
          <li key={id} className={css.problem} data-level={level}>
            <Icon name={level === 'note' ? 'shield' : 'warn'} size={18} />
            <span className={css.problemText}>{text}</span>
            {fix !== null && (
              <Button
                component="a"
                size="compact-sm"
                variant="light"
                href={formatPlace(
                  fix.screen === 'quarantine' ? ['library', 'quarantine'] : [fix.screen],
                  fix.id === undefined ? {} : { id: fix.id },
                )}
              >
                {t.status.fix}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
