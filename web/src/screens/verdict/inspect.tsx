// What a file really is: verdict, sentence, strip, findings; in a window for one file, or inline in quarantine.
import { Button, Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Inspection, Verdict } from '#api';
import { usePeer, useStatus } from '../../peer-context.ts';
import { Icon } from '../../shell/icons.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { bytes } from '../../texts/format.ts';
import { t } from '../../texts/mod.ts';
import css from './inspect.module.css';
import { Strip } from './strip.tsx';

export function VerdictMark({ verdict }: { verdict: Verdict }): ReactNode {
  return (
    <span className={css.verdict} data-verdict={verdict}>
      <Icon name={verdict === 'good' ? 'check' : 'warn'} size={14} />
      {t.verdict.names[verdict]}
    </span>
  );
}

export function InspectionView({ of }: { of: Inspection }): ReactNode {
  const says = of.kind === 'audio' ? of.format : t.verdict.kinds[of.kind];
  return (
    <div className={css.view}>
      <p className={css.says}>
        <VerdictMark verdict={of.verdict} />
        <span>
          {[says, of.kind === 'audio' ? null : of.format, bytes(of.sizeBytes)]
            .filter((part) => part !== null && part !== undefined)
            .join(' · ')}
        </span>
      </p>
      {of.segments.length > 0 && <Strip segments={of.segments} sizeBytes={of.sizeBytes} />}
      <ul className={css.findings}>
        {of.findings.map(({ code, level, at, what }) => (
          <li key={`${code} ${at}`} data-level={level}>
            {t.verdict.at(at, what)}
          </li>
        ))}
      </ul>
    </div>
  );
}

type InspectButtonProps = { of: 'transferInspection' | 'libraryInspection'; id: string; verdict: Verdict | null };

/** Shown only where the program can say more. */
export function InspectButton({ of, id, verdict }: InspectButtonProps): ReactNode {
  const [opened, setOpened] = useState(false);
  const status = useStatus();
  if (verdict === null || status?.features.includes('inspection') !== true) return null;
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<Icon name="shield" size={14} />}
        onClick={() => setOpened(true)}
      >
        {t.verdict.inspect}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t.verdict.inspect}
        size="lg"
        lockScroll={false}
        closeButtonProps={{ 'aria-label': t.verdict.close }}
      >
        {opened && <Inspecting of={of} id={id} />}
      </Modal>
    </>
  );
}

function Inspecting({ of, id }: { of: InspectButtonProps['of']; id: string }): ReactNode {
  const { provider } = usePeer();
  const { data, error, refetch } = useQuery({ queryKey: [of, id], queryFn: () => provider.call(of, { id }) });
  if (error !== null) return <Failed error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return (
    <>
      <p className={css.name}>{data.name}</p>
      <InspectionView of={data} />
    </>
  );
}
