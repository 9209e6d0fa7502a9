// What is looked for, what is never found, and what may not be shared: each filter can be tried before it holds.
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import {
  HUB_FILTER_KINDS,
  type HubContent,
  type HubFilter,
  type HubFilterKind,
  type HubFilterPreview,
  type HubSearched,
} from '#api';
import { Card, CardPage } from '../../shell/card.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { Thing } from '../../shell/things.tsx';
import { tell, tellFailure } from '../../shell/toasts.ts';
import { ask } from './ask.ts';
import { useHub, useMay } from './hub-context.ts';
import css from './hub.module.css';
import { w } from './words.ts';

export default function Content(): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['hub', 'content'],
    queryFn: () => ask('content'),
    refetchInterval: 6000,
  });
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  return (
    <CardPage>
      <Filters />
      <Searched title={w.mostSearched} rows={data.searched} none={w.nothingSearched} />
      <Searched
        title={w.neverFound}
        rows={data.missing}
        none={data.searched.length === 0 ? w.nothingSearched : w.allFound}
      />
      <Doubtful content={data} />
    </CardPage>
  );
}

function Doubtful({ content: { doubtful, doubts, blocked } }: { content: HubContent }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  return (
    <Card title={w.doubtful} aside={w.doubts(doubts, blocked)}>
      <p className={css.quiet}>{doubtful.length === 0 ? w.nothingDoubtful : w.doubtfulText}</p>
      <ul className={css.list}>
        {doubtful.slice(0, 20).map(({ nick, path }, i) => (
          <li key={`${i} ${path}`} className={css.moment}>
            <span className={css.cut} title={path}>
              {path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1)}
            </span>
            <Thing label={nick} menu={() => acts.nickMenu(nick, null, moderate)} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Searched({ title, rows, none }: { title: string; rows: readonly HubSearched[]; none: string }): ReactNode {
  const most = rows[0]?.times ?? 1;
  return (
    <Card title={title}>
      {rows.length === 0 && <p className={css.quiet}>{none}</p>}
      <ol className={css.searched}>
        {rows.slice(0, 25).map(({ text, times, found }) => (
          <li key={text} className={css.search}>
            <span className={css.share} style={{ width: `${(times / most) * 100}%` }} aria-hidden />
            <span className={css.cut}>{text}</span>
            <span className={css.quiet}>
              {w.times(times)} · {w.found(found)}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Filters(): ReactNode {
  const { data = [] } = useQuery({ queryKey: ['hub', 'filters'], queryFn: () => ask('filters') });
  const { moderate } = useMay();
  return (
    <Card title={w.filters} wide>
      <p className={css.quiet}>{w.filtersText}</p>
      {moderate && <FilterForm />}
      {data.length === 0 && <p className={css.quiet}>{w.noFilters}</p>}
      <ul className={css.list}>
        {data.map((filter) => (
          <FilterRow key={filter.id} filter={filter} />
        ))}
      </ul>
    </Card>
  );
}

function FilterForm(): ReactNode {
  const queries = useQueryClient();
  const [kind, setKind] = useState<HubFilterKind>('word');
  const [pattern, setPattern] = useState('');
  const [preview, setPreview] = useState<HubFilterPreview | null>(null);
  const body = { kind, pattern };

  async function tryIt(event: FormEvent): Promise<void> {
    event.preventDefault();
    await ask('previewFilter', { body }).then(setPreview).catch(tellFailure);
  }

  async function add(): Promise<void> {
    try {
      const { takenDown } = await ask('addFilter', { body });
      tell('good', w.added(takenDown));
      setPattern('');
      setPreview(null);
      await queries.invalidateQueries({ queryKey: ['hub'] });
    } catch (error) {
      tellFailure(error);
    }
  }

  return (
    <form className={css.form} onSubmit={(event) => void tryIt(event)}>
      <NativeSelect
        label={w.kind}
        value={kind}
        data={HUB_FILTER_KINDS.map((value) => ({ value, label: w.kinds[value] }))}
        onChange={({ currentTarget }) => {
          setKind(currentTarget.value as HubFilterKind);
          setPreview(null);
        }}
      />
      <TextInput
        label={w.pattern}
        value={pattern}
        maxLength={200}
        className={css.grow}
        onChange={({ currentTarget }) => {
          setPattern(currentTarget.value);
          setPreview(null);
        }}
      />
      <Button type="submit" variant="default" disabled={pattern.trim() === ''}>
        {w.dryRun}
      </Button>
      <Button disabled={preview === null} onClick={() => void add()}>
        {w.add}
      </Button>
      {preview !== null && <Tried preview={preview} />}
    </form>
  );
}

function Tried({ preview }: { preview: HubFilterPreview }): ReactNode {
  const { files, looked, owners, searches, paths, texts, warnings } = preview;
  return (
    <div className={css.tried} role="status">
      <p>
        {w.wouldMeet(files, looked.files, owners, searches)} {warnings.map((text) => `${text}. `)}
      </p>
      <ul>
        {[...paths, ...texts].slice(0, 8).map((text, i) => (
          <li key={`${i} ${text}`} className={css.cut}>
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

function FilterRow({ filter: { id, kind, pattern, setter, enabled } }: { filter: HubFilter }): ReactNode {
  const { acts } = useHub();
  const { moderate } = useMay();
  const queries = useQueryClient();

  async function turn(): Promise<void> {
    await ask('setFilter', { params: { id: String(id) }, body: { enabled: !enabled } }).catch(tellFailure);
    await queries.invalidateQueries({ queryKey: ['hub', 'filters'] });
  }

  return (
    <li className={css.alert}>
      <span className={css.tag}>{w.kinds[kind]}</span>
      <div className={css.alertWords}>
        <code className={css.cut}>{pattern}</code>
        <span className={css.quiet}>
          {setter}
          {enabled ? '' : ` · ${w.resting}`}
        </span>
      </div>
      {moderate && (
        <>
          <Button size="compact-sm" variant="default" onClick={() => void turn()}>
            {enabled ? w.rest : w.work}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void acts.dropFilter(id)}>
            {w.remove}
          </Button>
        </>
      )}
    </li>
  );
}
