// How the hub stands: what wants a look, figures, charts that move, moments worth a mark.
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { HubAlert, HubOverview, HubSeries, HubSpan } from '#api';
import { Card, CardPage, Figure, Figures } from '../../shell/card.tsx';
import { Chart, type Line } from '../../shell/chart.tsx';
import { Icon } from '../../shell/icons.tsx';
import { Loading } from '../../shell/states.tsx';
import { bytes, count, span, speed } from '../../texts/format.ts';
import { ask } from './ask.ts';
import { HOUR, useHub, useMay, useOverview } from './hub-context.ts';
import css from './hub.module.css';
import { ago } from './time.ts';
import { w } from './words.ts';

export function Overview(): ReactNode {
  const overview = useOverview();
  if (overview === null) return <Loading />;
  return (
    <CardPage>
      <Attention alerts={overview.alerts} now={overview.now} />
      <Card title={w.now}>
        <Figures>
          <Figure value={count(overview.users)} label={w.people} />
          <Figure value={count(overview.files)} label={w.files} />
          <Figure value={bytes(overview.bytes)} label={w.shared} />
          <Figure value={count(overview.rooms)} label={w.rooms} />
          <Figure value={count(overview.accounts)} label={w.accounts} />
          <Figure value={count(overview.bans)} label={w.bans} />
        </Figures>
      </Card>
      <Card title={w.sinceStart} aside={`${span(overview.now - overview.startedAt)} ${w.up}`}>
        <Figures>
          <Figure value={count(overview.searches)} label={w.searches} />
          <Figure value={count(overview.logins)} label={w.logins} />
          <Figure value={count(overview.refused)} label={w.refused} />
          <Figure value={bytes(overview.bytesBrokered)} label={w.brokered} />
        </Figures>
      </Card>
      <Moments overview={overview} />
      <Charts overview={overview} />
    </CardPage>
  );
}

function Attention({ alerts, now }: { alerts: readonly HubAlert[]; now: number }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  return (
    <Card title={w.attention} wide>
      {alerts.length === 0 && <p className={css.quiet}>{w.nothingToSee}</p>}
      <ul className={css.list}>
        {alerts.map((alert) => (
          <li key={alert.id} className={css.alert} data-level={alert.level}>
            <Icon name="warn" size={18} />
            <div className={css.alertWords}>
              <strong>{alert.text}</strong>
              <span className={css.quiet}>
                {alert.evidence} · {ago(alert.at, now)}
              </span>
            </div>
            {alert.nick !== null && (
              <Button size="compact-sm" variant="default" onClick={() => acts.look(alert.nick as string)}>
                {w.look}
              </Button>
            )}
            {moderate && alert.mask !== null && (
              <Button
                size="compact-sm"
                color="red"
                variant="light"
                onClick={() => void acts.ban(alert.mask as string, HOUR, w.reasonFlood)}
              >
                {w.banHour}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Charts({ overview }: { overview: HubOverview }): ReactNode {
  const [shown, setShown] = useState<HubSpan>('minutes');
  const day = useQuery({
    queryKey: ['hub', 'day'],
    queryFn: () => ask('overview', { query: { span: 'day' } }),
    enabled: shown === 'day',
    refetchInterval: 30_000,
  });
  const series = shown === 'day' ? (day.data?.series ?? null) : overview.series;
  const pick = (
    <SegmentedControl
      size="xs"
      aria-label={w.span}
      value={shown}
      onChange={(value) => setShown(value)}
      data={[
        { value: 'minutes', label: w.minutes },
        { value: 'day', label: w.day },
      ]}
    />
  );
  return (
    <>
      <Pictured title={w.users} aside={pick} series={series} column="users" color="--ps-down" format={whole} />
      <Pictured title={w.perSecond} series={series} column="searchesPerSecond" color="--ps-info" format={rate} />
      <Pictured title={w.p99} series={series} column="searchP99Ms" color="--ps-up" format={rate} />
      <Pictured title={w.brokeredChart} series={series} column="brokeredBps" color="--ps-good" format={speed} />
    </>
  );
}

type PicturedProps = {
  title: string;
  aside?: ReactNode;
  series: HubSeries | null;
  column: 'users' | 'searchesPerSecond' | 'searchP99Ms' | 'brokeredBps';
  color: string;
  format: (value: number) => string;
};

function Pictured({ title, aside, series, column, color, format }: PicturedProps): ReactNode {
  const values = series?.[column] ?? [];
  const last = format(values.at(-1) ?? 0);
  const { until = 0, step = 1 } = series ?? {};
  const times = values.map((_, i) => (until - (values.length - 1 - i) * step) / 1000);
  const lines: Line[] = [{ label: title, color, values }];
  return (
    <Card title={title} aside={aside ?? last}>
      <Chart
        label={`${title}: ${last}`}
        times={times}
        lines={lines}
        format={format}
        height={150}
        least={column === 'brokeredBps' ? 1000 : 1}
      />
    </Card>
  );
}

function whole(value: number): string {
  return Number.isInteger(value) ? count(value) : '';
}

function rate(value: number): string {
  return value >= 100 || Number.isInteger(value) ? count(Math.round(value)) : value.toFixed(value < 1 ? 2 : 1);
}

function Moments({ overview: { marks, now } }: { overview: HubOverview }): ReactNode {
  return (
    <Card title={w.moments}>
      <ul className={css.list}>
        {marks
          .slice(-8)
          .toReversed()
          .map((mark) => (
            <li key={`${mark.at} ${mark.text}`} className={css.moment}>
              <span className={css.tag}>{mark.kind}</span>
              <span className={css.cut}>{mark.text}</span>
              <span className={css.quiet}>{ago(mark.at, now)}</span>
            </li>
          ))}
      </ul>
    </Card>
  );
}
