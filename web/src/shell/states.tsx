// What a screen shows when it has nothing else to show: waiting, empty, failed.
import { Button, Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../texts/mod.ts';
import { Icon, type IconName } from './icons.tsx';
import css from './states.module.css';

export function Loading(): ReactNode {
  return (
    <div className={css.state} role="status">
      <Loader size="sm" />
      <span className="ps-hidden">{t.state.loading}</span>
    </div>
  );
}

type EmptyProps = { icon: IconName; title: string; text?: string; children?: ReactNode };

export function Empty({ icon, title, text, children }: EmptyProps): ReactNode {
  return (
    <div className={css.state}>
      <span className={css.sign}>
        <Icon name={icon} size={28} />
      </span>
      <h2 className={css.title}>{title}</h2>
      {text !== undefined && <p className={css.text}>{text}</p>}
      {children}
    </div>
  );
}

export function Failed({ error, again }: { error: unknown; again: () => void }): ReactNode {
  return (
    <Empty icon="warn" title={t.state.failed} text={error instanceof Error ? error.message : ''}>
      <Button variant="light" onClick={again}>
        {t.state.again}
      </Button>
    </Empty>
  );
}
