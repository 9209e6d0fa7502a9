// The switch that closes everything, and the test that shows what the sandbox refuses.
import { Button, Switch } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { usePeer, useStatus } from '../../peer-context.ts';
import { Card } from '../../shell/card.tsx';
import { Icon } from '../../shell/icons.tsx';
import { tellFailure } from '../../shell/toasts.ts';
import { t } from '../../texts/mod.ts';
import css from './settings.module.css';

export function Safety(): ReactNode {
  const { provider } = usePeer();
  const status = useStatus();
  const [lines, setLines] = useState<readonly { ok: boolean; text: string }[]>([]);
  const [testing, setTesting] = useState(false);
  const features = status?.features ?? [];
  if (status === null || !(features.includes('power') || features.includes('self-test'))) return null;

  async function test(): Promise<void> {
    setTesting(true);
    try {
      const report = await provider.call('selfTest');
      setLines(report.lines);
    } catch (error) {
      tellFailure(error);
    } finally {
      setTesting(false);
    }
  }

  return (
    <Card title={t.settings.safety}>
      {features.includes('power') && (
        <Switch
          color="red"
          label={t.settings.off}
          description={t.settings.offHint}
          checked={status.mode === 'off'}
          onChange={({ currentTarget }) => {
            provider.call('power', { body: { on: !currentTarget.checked } }).catch(tellFailure);
          }}
        />
      )}
      {features.includes('self-test') && (
        <div className={css.group}>
          <p className={css.quiet}>{t.settings.selfTestHint}</p>
          <Button
            variant="default"
            className={css.fit}
            loading={testing}
            leftSection={<Icon name="shield" size={16} />}
            onClick={() => void test()}
          >
            {t.settings.selfTest}
          </Button>
          <ul className={css.lines} aria-live="polite">
            {lines.map(({ ok, text }) => (
              <li key={text} className={css.line}>
                <span className={ok ? css.good : css.bad}>
                  <Icon name={ok ? 'check' : 'warn'} size={14} />
                </span>
                {text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}
