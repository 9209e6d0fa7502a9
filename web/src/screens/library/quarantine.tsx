// What arrived and is not what it claimed: why, at which byte, and the way out, which is asked twice and undone once.
import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { QuarantineAction, QuarantineRow } from '#api';
import { useActs, usePeer } from '../../peer-context.ts';
import { useNow } from '../../shell/clock.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Thing } from '../../shell/things.tsx';
import { tellFailure } from '../../shell/toasts.ts';
import { span } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import { InspectionView } from '../verdict/inspect.tsx';
import css from './library.module.css';

export default function QuarantineScreen(): ReactNode {
  const { provider } = usePeer();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<QuarantineRow | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['quarantine'],
    queryFn: () => provider.call('quarantine', { query: { offset: 0, limit: 200 } }),
  });
  if (error !== null && data === undefined) return <Failed error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading />;

  async function act(row: QuarantineRow, action: QuarantineAction): Promise<void> {
    setAsking(null);
    await provider.call('actOnQuarantine', { id: row.id, body: { action } }).catch(tellFailure);
    await queries.invalidateQueries({ queryKey: ['quarantine'] });
  }

  if (data.rows.length === 0)
    return <Empty icon="shield" title={t.quarantine.emptyTitle} text={t.quarantine.emptyText} />;
  return (
    <div className={css.page}>
      <h2 className={css.pageTitle}>{t.quarantine.title}</h2>
      <p className={css.pageText}>{t.quarantine.text}</p>
      <ul className={css.held}>
        {data.rows.map((row) => (
          <Held key={row.id} row={row} onAsk={() => setAsking(row)} onAct={(action) => void act(row, action)} />
        ))}
      </ul>
      <Modal
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={t.quarantine.sureTitle}
        lockScroll={false}
        closeButtonProps={{ 'aria-label': t.verdict.close }}
      >
        {asking !== null && (
          <>
            <p>{t.quarantine.sureText(asking.name, t.verdict.kinds[asking.kind] ?? asking.kind)}</p>
            <div className={css.heldButtons} style={{ marginTop: 16 }}>
              <Button color="red" variant="light" onClick={() => void act(asking, 'release')}>
                {t.quarantine.sure}
              </Button>
              <Button variant="default" data-autofocus onClick={() => setAsking(null)}>
                {t.quarantine.cancel}
              </Button>
            </div>
          </>
        )}
      </Modal>
    </div>
  );
}

type HeldProps = { row: QuarantineRow; onAsk: () => void; onAct: (action: QuarantineAction) => void };

function Held({ row, onAsk, onAct }: HeldProps): ReactNode {
  const acts = useActs();
  const now = useNow();
  return (
    <li className={css.heldOne}>
      <div className={css.heldHead}>
        <h3 className={css.heldName}>{row.name}</h3>
        <span className={css.heldFrom}>
          <Thing label={t.quarantine.from(row.nick)} menu={() => acts.nickMenu(row.nick, row.hub)} /> ·{' '}
          {span(now - row.at)}
        </span>
      </div>
      <InspectionView of={row} />
      <div className={css.heldButtons}>
        {row.released ? (
          <>
            <span className={css.heldFrom}>{t.quarantine.released}</span>
            <Button size="xs" variant="default" onClick={() => onAct('undo')}>
              {t.quarantine.undo}
            </Button>
          </>
        ) : (
          <>
            <Button size="xs" variant="default" onClick={() => onAct('delete')}>
              {t.quarantine.delete}
            </Button>
            <Button size="xs" variant="subtle" color="red" onClick={onAsk}>
              {t.quarantine.release}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}
