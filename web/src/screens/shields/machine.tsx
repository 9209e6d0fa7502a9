// Inside: which program holds which port, joined with what the tests of this page saw from outside.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ShieldsAudit, ShieldsAuditRow } from '#api';
import { Card, CardPage } from '../../shell/card.tsx';
import { Icon } from '../../shell/icons.tsx';
import { useSignal } from '../../shell/signal.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { loadAudit, loadRouter, type ShieldsChannel, type ShieldsState } from './channel.ts';
import { FixCards } from './fix-cards.tsx';
import css from './shields.module.css';
import { w } from './words.ts';

export default function Machine({ channel }: { channel: ShieldsChannel }): ReactNode {
  const { me, outside } = useSignal(channel.state);
  const allowed = me?.audit === true;
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['shields-audit'],
    queryFn: loadAudit,
    enabled: allowed,
  });
  if (me === null) return <Loading />;
  if (!allowed) return <Empty icon="lock" title={w.machine} text={w.machineAway} />;
  if (error !== null) return <Failed error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  const again = (
    <Button
      size="compact-xs"
      variant="subtle"
      loading={isFetching}
      leftSection={<Icon name="retry" size={14} />}
      onClick={() => void refetch()}
    >
      {w.refresh}
    </Button>
  );
  return (
    <CardPage>
      {data.cards.length > 0 && (
        <Card title={w.fixes} wide>
          <FixCards cards={data.cards} onAgain={null} />
        </Card>
      )}
      <Card title={w.machine} wide aside={again}>
        {data.listeners.length === 0 ? (
          <p className={css.soft}>{w.noListeners}</p>
        ) : (
          <Listeners rows={data.listeners} outside={outside} />
        )}
      </Card>
      <Card title={w.connections} wide>
        <Connections rows={data.connections} />
      </Card>
      <RouterCard />
      <Card title={w.firewall} wide>
        <p>{data.firewall}</p>
        {data.unseen.map((what) => (
          <p key={what} className={css.soft}>
            {w.unseen}: {what}
          </p>
        ))}
        <p className={css.soft}>{w.proven}</p>
      </Card>
    </CardPage>
  );
}

/** Asked only on a press: it sends packets into the local network. */
function RouterCard(): ReactNode {
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['shields-router'],
    queryFn: loadRouter,
    enabled: false,
  });
  return (
    <Card title={w.router} wide>
      <div className={css.go}>
        <Button size="xs" variant="light" loading={isFetching} onClick={() => void refetch()}>
          {w.askRouter}
        </Button>
        <p className={css.consent}>{w.askRouterMeans}</p>
      </div>
      {error !== null && <p className={css.refused}>{error.message}</p>}
      {data !== undefined && (
        <>
          <p>{w.routerSays(data.device, data.outside, data.nat)}</p>
          {data.notes.map((note) => (
            <p key={note} className={css.soft}>
              {note}
            </p>
          ))}
          <FixCards cards={data.cards} onAgain={null} />
        </>
      )}
    </Card>
  );
}

function Listeners({ rows, outside }: { rows: ShieldsAuditRow[]; outside: ShieldsState['outside'] }): ReactNode {
  const c = w.columns;
  return (
    <div className={css.scroll}>
      <table className={css.table}>
        <thead>
          <tr>
            {[w.details, c.program, c.address, c.reach, c.filter, w.outside, c.since].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.proto} ${row.address} ${row.port} ${row.pid}`}>
              <td>
                {row.port}{' '}
                <span className={css.soft}>
                  {row.proto === 'udp' ? 'udp ' : ''}
                  {row.name}
                </span>
              </td>
              <td>
                {row.program || '?'} <span className={css.soft}>{origin(row)}</span>
              </td>
              <td>{row.address}</td>
              <td>
                <span className={css.tag} data-tone={row.reach === 'any' ? 'warn' : 'plain'}>
                  {w.reach[row.reach]}
                </span>
              </td>
              <td>{row.filter}</td>
              <td>{row.proto === 'tcp' ? <Outside state={outside.get(row.port)} /> : ''}</td>
              <td>{row.since === null ? '' : row.since.slice(0, 10)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outside({ state }: { state: 'open' | 'closed' | 'stealth' | undefined }): ReactNode {
  if (state === undefined) return <span className={css.soft}>{w.notProbed}</span>;
  return (
    <span className={css.tag} data-tone={state === 'open' ? 'bad' : 'good'}>
      {w.states[state]}
    </span>
  );
}

function origin({ pid, user, startedBy }: ShieldsAuditRow): string {
  return [pid === null ? '' : `pid ${pid}`, user ?? '', startedBy ?? ''].filter(Boolean).join(', ');
}

function Connections({ rows }: { rows: ShieldsAudit['connections'] }): ReactNode {
  if (rows.length === 0) return <p className={css.soft}>{w.noConnections}</p>;
  return (
    <div className={css.scroll}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{w.columns.program}</th>
            <th scope="col">{w.columns.remote}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ proto, local, remote, program, pid }) => (
            <tr key={`${proto} ${local} ${remote}`}>
              <td>
                {program || '?'} <span className={css.soft}>{pid === null ? '' : `pid ${pid}`}</span>
              </td>
              <td>{remote}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
