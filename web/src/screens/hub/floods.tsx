// Who sends most, and what the hub did about it by itself, with the evidence.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { HubMeasure, HubTalker } from '#api';
import { Card, CardPage } from '../../shell/card.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { Thing } from '../../shell/things.tsx';
import { ask } from './ask.ts';
import { HOUR, useHub, useMay, useOverview } from './hub-context.ts';
import css from './hub.module.css';
import { Spark } from './spark.tsx';
import { ago } from './time.ts';
import { w } from './words.ts';

export default function Floods(): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['hub', 'floods'],
    queryFn: () => ask('floods'),
    refetchInterval: 4000,
  });
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  return (
    <CardPage>
      <Card title={w.measures} wide>
        <p className={css.quiet}>{data.measures.length === 0 ? w.noMeasures : w.measuresText}</p>
        <ul className={css.list}>
          {data.measures.slice(0, 50).map((measure) => (
            <Measure key={measure.id} measure={measure} />
          ))}
        </ul>
      </Card>
      <Card title={w.talkers} wide>
        {data.talkers.length === 0 && <p className={css.quiet}>{w.noTalkers}</p>}
        <ul className={css.list}>
          {data.talkers.map((talker) => (
            <Talker key={talker.nick} talker={talker} />
          ))}
        </ul>
      </Card>
    </CardPage>
  );
}

function Measure({ measure: { nick, address, kind, evidence, at } }: { measure: HubMeasure }): ReactNode {
  const now = useOverview()?.now ?? at;
  return (
    <li className={css.alert}>
      <span className={css.tag}>{w[kind]}</span>
      <div className={css.alertWords}>
        <Who nick={nick} address={address} />
        <span className={css.quiet}>
          {evidence} · {ago(at, now)}
        </span>
      </div>
      <BanHour address={address} />
    </li>
  );
}

function Talker({ talker: { nick, address, perMinute, minutes } }: { talker: HubTalker }): ReactNode {
  const { acts } = useHub();
  return (
    <li className={css.alert}>
      <div className={css.alertWords}>
        <Who nick={nick} address={address} />
        <span className={css.quiet}>
          {address} · {w.perMinute(perMinute)}
        </span>
      </div>
      <Spark values={minutes} label={`${w.activity}: ${perMinute}`} />
      <Button size="compact-sm" variant="default" onClick={() => acts.look(nick)}>
        {w.look}
      </Button>
    </li>
  );
}

function Who({ nick, address }: { nick: string; address: string }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  return <Thing label={nick === '' ? address : nick} menu={() => acts.nickMenu(nick, address, moderate)} />;
}

function BanHour({ address }: { address: string }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  if (!moderate || address === '') return null;
  return (
    <Button
      size="compact-sm"
      color="red"
      variant="light"
      onClick={() => void acts.ban(`*!${address}`, HOUR, w.reasonFlood)}
    >
      {w.banHour}
    </Button>
  );
}
