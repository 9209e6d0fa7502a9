// The hub as a program: its health, its configuration against the file, and the log of what was done.
import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { go } from '../../shell/router.ts';
import { AuditLog } from './audit.tsx';
import { Config } from './config.tsx';
import { Health } from './health.tsx';
import css from './hub.module.css';
import { w } from './words.ts';

const PARTS = ['health', 'config', 'audit'] as const;

export default function System({ part }: { part: string | undefined }): ReactNode {
  const shown = PARTS.find((name) => name === part) ?? 'health';
  return (
    <div className={css.screen} data-plain={shown === 'health'}>
      <div className={css.bar}>
        <SegmentedControl
          aria-label={w.screens.system}
          value={shown}
          onChange={(value) => go(['system', value])}
          data={PARTS.map((value) => ({ value, label: w[value] }))}
        />
      </div>
      {shown === 'health' ? <Health /> : shown === 'config' ? <Config /> : <AuditLog />}
    </div>
  );
}
