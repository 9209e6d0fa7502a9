// Is it well: how late the event loop is, memory, what waits, the database and its backups; and a line to everybody.
import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Card, CardPage, Figure, Figures } from '../../shell/card.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { tell, tellFailure } from '../../shell/toasts.ts';
import { bytes, count, span } from '../../texts/format.ts';
import { ask } from './ask.ts';
import { useMay } from './hub-context.ts';
import css from './hub.module.css';
import { moment } from './time.ts';
import { w } from './words.ts';

export function Health(): ReactNode {
  const { administer } = useMay();
  const { data, error, refetch } = useQuery({
    queryKey: ['hub', 'health'],
    queryFn: () => ask('health'),
    refetchInterval: 3000,
  });
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  const { lag, memory, machine, queues } = data;
  return (
    <CardPage>
      <Card title={w.lag}>
        <Figures>
          <Figure value={`${lag.nowMs} ms`} label={w.lagNow} />
          <Figure value={`${lag.p99Ms} ms`} label={w.lagP99} />
          <Figure value={`${lag.maxMs} ms`} label={w.lagMax} />
        </Figures>
      </Card>
      <Card title={w.memory}>
        <Figures>
          <Figure value={bytes(memory.rss)} label={w.resident} />
          <Figure value={bytes(memory.heapUsed)} label={w.heap} />
          <Figure value={bytes(machine.free)} label={w.freeMachine} />
        </Figures>
      </Card>
      <Card title={w.queues}>
        <Figures>
          <Figure value={count(queues.answers)} label={w.answers} />
          <Figure value={count(queues.hashes)} label={w.hashes} />
          <Figure value={count(data.connections)} label={w.connections} />
        </Figures>
      </Card>
      <Card title={w.program}>
        <Figures>
          <Figure value={data.version} label={w.version} more={`Node ${data.node.replace('v', '')}`} />
          <Figure value={`${data.cpuPercent} %`} label={w.cpu} />
          <Figure value={span(data.uptimeMs)} label={w.up} />
        </Figures>
      </Card>
      <Card title={w.backups} aside={`${w.database} ${bytes(data.databaseBytes)}`}>
        {data.backups.length === 0 && <p className={css.quiet}>{w.noBackups}</p>}
        <ul className={css.list}>
          {data.backups.slice(0, 5).map(({ name, at, sizeBytes }) => (
            <li key={name} className={css.moment}>
              <span className={css.cut}>{name}</span>
              <span className={css.quiet}>
                {moment(at)} · {bytes(sizeBytes)}
              </span>
            </li>
          ))}
        </ul>
        {administer && <BackUp />}
      </Card>
      {administer && <Announce />}
    </CardPage>
  );
}

function BackUp(): ReactNode {
  const queries = useQueryClient();
  async function run(): Promise<void> {
    await ask('backUp')
      .then(({ name }) => tell('good', w.backedUp(name)))
      .catch(tellFailure);
    await queries.invalidateQueries({ queryKey: ['hub', 'health'] });
  }
  return (
    <div>
      <Button size="xs" variant="default" onClick={() => void run()}>
        {w.backUpNow}
      </Button>
    </div>
  );
}

function Announce(): ReactNode {
  const [text, setText] = useState('');
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    try {
      await ask('announce', { body: { text } });
      tell('good', w.announced);
      setText('');
    } catch (error) {
      tellFailure(error);
    }
  }
  return (
    <Card title={w.announce}>
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        <TextInput
          label={w.announceLabel}
          value={text}
          maxLength={180}
          className={css.grow}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={text.trim() === ''}>
          {w.announce}
        </Button>
      </form>
    </Card>
  );
}
