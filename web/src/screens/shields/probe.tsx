// Outside: choose a test, agree, watch the grid fill, read what it means.
import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import type { ShieldsMe, ShieldsReport, ShieldsTest } from '#api';
import { Card, CardPage } from '../../shell/card.tsx';
import { Icon } from '../../shell/icons.tsx';
import { Loading } from '../../shell/states.tsx';
import { tell, tellFailure } from '../../shell/toasts.ts';
import { Browser } from './browser.tsx';
import type { PortKnowledge, ShieldsChannel, ShieldsState } from './channel.ts';
import { FixCards } from './fix-cards.tsx';
import { Grid, Legend } from './grid.tsx';
import { savePicture } from './picture.ts';
import { type Cell, isOver, readPorts, type Run } from './run.ts';
import css from './shields.module.css';
import { w } from './words.ts';

type ProbeProps = { channel: ShieldsChannel; state: ShieldsState; known: PortKnowledge };

export function Probe({ channel, state: { me, link, run }, known }: ProbeProps): ReactNode {
  const [selected, setSelected] = useState<number | null>(null);
  if (me === null) return <Loading />;
  const again = (port: number): void =>
    void channel.again(port).then((state) => tell('good', w.nowIs(port, state)), tellFailure);
  const running = run !== null && !isOver(run);
  return (
    <CardPage>
      <Choose me={me} ready={link === 'open' && !running} running={running} channel={channel} />
      {run !== null && run.upnp === null && run.failed === null && (
        <Result run={run} known={known} selected={selected} onSelect={setSelected} />
      )}
      {run?.upnp != null && <Upnp {...run.upnp} />}
      {selected !== null && run !== null && run.upnp === null && (
        <PortDetails port={selected} run={run} known={known} onSelect={setSelected} onAgain={running ? null : again} />
      )}
      {run?.report != null && (
        <Card title={w.fixes} wide>
          {run.report.cards.length === 0 ? (
            <p className={css.soft}>{w.nothingToFix}</p>
          ) : (
            <FixCards cards={run.report.cards} onAgain={again} />
          )}
        </Card>
      )}
      <Browser headers={me.headers} />
    </CardPage>
  );
}

type ChooseProps = { me: ShieldsMe; ready: boolean; running: boolean; channel: ShieldsChannel };

function Choose({ me, ready, running, channel }: ChooseProps): ReactNode {
  const [test, setTest] = useState<ShieldsTest>('service');
  const [own, setOwn] = useState('');
  const chosen = me.tests.find((one) => one.test === test);
  const ownPorts = test === 'own' ? readPorts(own) : null;
  const total = ownPorts?.length ?? chosen?.ports ?? 0;
  const start = (): void => void channel.test(test, total, ownPorts ?? undefined);
  return (
    <Card title={w.choose} wide>
      {me.refused !== null && <p className={css.refused}>{me.refused}</p>}
      <fieldset className={css.tests} disabled={running}>
        <legend className="ps-hidden">{w.choose}</legend>
        {me.tests.map(({ test: name, about, ports }) => (
          <label key={name} className={css.test} data-chosen={name === test}>
            <input
              className={css.radio}
              type="radio"
              name="test"
              value={name}
              checked={name === test}
              onChange={() => setTest(name)}
            />
            <span className={css.testName}>
              {w.tests[name]}{' '}
              <span className={css.soft}>{name === 'own' || name === 'upnp' ? '' : ports.toLocaleString('en')}</span>
            </span>
            <span className={css.testAbout}>{about}</span>
          </label>
        ))}
      </fieldset>
      {test === 'own' && (
        <TextInput
          aria-label={w.ownPorts}
          placeholder={w.ownPorts}
          value={own}
          error={own !== '' && ownPorts === null ? w.ownWrong : null}
          onChange={(event) => setOwn(event.currentTarget.value)}
        />
      )}
      {me.warnings.map((warning) => (
        <p key={warning} className={css.warning}>
          <Icon name="warn" size={16} /> <span>{warning}</span>
        </p>
      ))}
      <div className={css.go}>
        {running ? (
          <Button variant="default" onClick={() => channel.cancel()}>
            {w.stop}
          </Button>
        ) : (
          <Button disabled={!ready || me.refused !== null || (test === 'own' && ownPorts === null)} onClick={start}>
            {w.start}
          </Button>
        )}
        <p className={css.consent}>{w.consent(me.address, test === 'upnp' ? 1 : Math.max(2, total))}</p>
      </div>
    </Card>
  );
}

type ResultProps = { run: Run; known: PortKnowledge; selected: number | null; onSelect: (port: number) => void };

function Result({ run, known, selected, onSelect }: ResultProps): ReactNode {
  const { report } = run;
  const counts = report ?? countCells(run);
  // On a small screen the grid lies below the choice: show it filling.
  useEffect(() => {
    // Braces, because newer browsers return a promise here and React takes what is returned for a clean-up.
    document.getElementById('result')?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <Card title={w.result} id="result" wide aside={report === null ? null : w.seconds(report.seconds)}>
      {report !== null && (
        <p className={css.verdict} data-verdict={report.verdict} data-testid="verdict">
          {report.sentence}
        </p>
      )}
      <Legend counts={counts} />
      {run.ports.length > 0 && <Pointed port={selected} run={run} known={known} />}
      {run.ports.length > 0 && (
        <Grid ports={run.ports} cells={run.cells} names={known.texts} selected={selected} onSelect={onSelect} />
      )}
      {report !== null && run.ports.length === 0 && <Unusual report={report} onSelect={onSelect} />}
      {report !== null && <Around report={report} />}
      {report !== null && (
        <div className={css.go}>
          {/* The clipboard is there on https and localhost only; the text below is there always. */}
          {window.isSecureContext && (
            <Button
              variant="light"
              size="xs"
              leftSection={<Icon name="copy" size={16} />}
              onClick={() => void copy(report.text)}
            >
              {w.copyReport}
            </Button>
          )}
          <Button
            variant="light"
            size="xs"
            leftSection={<Icon name="get" size={16} />}
            onClick={() => void savePicture(run, report).catch(tellFailure)}
          >
            {w.picture}
          </Button>
        </div>
      )}
      {report !== null && (
        <details>
          <summary className={css.link}>{w.textReport}</summary>
          <pre className={css.code} data-testid="report">
            {report.text}
          </pre>
        </details>
      )}
    </Card>
  );
}

/** One line on the square under the pointer, above the grid so that it is seen on small screens too. */
function Pointed({ port, run, known }: { port: number | null; run: Run; known: PortKnowledge }): ReactNode {
  const cell = port === null ? undefined : run.cells.get(port);
  const text = port === null ? undefined : known.texts.get(port);
  return (
    <p className={css.pointed}>
      {port === null ? (
        <span className={css.soft}>{w.point}</span>
      ) : (
        <>
          <strong>
            {port} {text?.name}
          </strong>{' '}
          {stateWords(cell)} <span className={css.soft}>{text?.who}</span>
        </>
      )}
    </p>
  );
}

function stateWords(cell: Cell | undefined): string {
  if (cell === undefined) return w.unknown;
  return cell.provisional ? w.provisional : w.states[cell.state];
}

/** UDP rows, ping, and what must be known before the states are believed. */
function Around({ report }: { report: ShieldsReport }): ReactNode {
  const udp = report.rows.filter(({ proto }) => proto === 'udp');
  return (
    <ul className={css.around}>
      {udp.map(({ port, state, confidence }) => (
        <li key={port}>
          UDP {port}: {confidence === 'low' ? `${w.states[state]} (${w.unsure})` : w.states[state]}
        </li>
      ))}
      <li>{w.ping[report.ping]}</li>
      <li>{w.unsolicited(report.unsolicited)}</li>
      {report.notes.map((note) => (
        <li key={note} className={css.note}>
          {note}
        </li>
      ))}
    </ul>
  );
}

function Unusual({ report, onSelect }: { report: ShieldsReport; onSelect: (port: number) => void }): ReactNode {
  return (
    <ul className={css.related}>
      {report.rows.map(({ port, state }) => (
        <li key={port}>
          <button type="button" className={css.link} onClick={() => onSelect(port)}>
            {port} {w.states[state]}
          </button>
        </li>
      ))}
    </ul>
  );
}

function countCells({ cells }: Run): Record<'open' | 'closed' | 'stealth', number> {
  const counts = { open: 0, closed: 0, stealth: 0 };
  for (const { state } of cells.values()) counts[state]++;
  return counts;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell('good', w.copied);
  } catch (error) {
    tellFailure(error);
  }
}

type DetailsProps = {
  port: number;
  run: Run;
  known: PortKnowledge;
  onSelect: (port: number) => void;
  onAgain: ((port: number) => void) | null;
};

function PortDetails({ port, run, known, onSelect, onAgain }: DetailsProps): ReactNode {
  const text = known.texts.get(port);
  const cell = run.cells.get(port);
  const state = stateWords(cell);
  return (
    <Card title={`${w.details} ${port}${text === undefined ? '' : ` · ${text.name}`}`} aside={state} wide>
      {cell !== undefined && !cell.provisional && <p>{w.means[cell.state]}</p>}
      {text === undefined ? (
        <p className={css.soft}>{w.noText}</p>
      ) : (
        <dl className={css.facts}>
          <dt>{w.who}</dt>
          <dd>{text.who}</dd>
          <dt>{w.what}</dt>
          <dd>{text.what}</dd>
          <dt>{w.close}</dt>
          <dd>{text.close}</dd>
          <dt>{w.related}</dt>
          <dd>
            <ul className={css.related}>
              {text.related.map((other) => (
                <li key={other}>
                  <button type="button" className={css.link} onClick={() => onSelect(other)}>
                    {other} {known.texts.get(other)?.name}
                  </button>
                </li>
              ))}
            </ul>
          </dd>
        </dl>
      )}
      {onAgain !== null && (
        <div className={css.go}>
          <Button variant="light" size="xs" leftSection={<Icon name="retry" size={16} />} onClick={() => onAgain(port)}>
            {w.againPort(port)}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Upnp({ replies, sent }: { replies: string[]; sent: number }): ReactNode {
  return (
    <Card title={w.upnpResult} wide>
      <p>{replies.length === 0 ? w.upnpSilent(sent) : w.upnpAnswers}</p>
      {replies.map((reply) => (
        <pre key={reply} className={css.code}>
          {reply}
        </pre>
      ))}
    </Card>
  );
}
