// Everything that can be set, on one page. Changes gather until Save, and the answer says what each key did.
import {
  Button,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Switch,
  TextInput,
  useMantineColorScheme,
} from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { PeerSettings, SettingsChange } from '#api';
import { usePeer, useStatus } from '../../peer-context.ts';
import { Card, CardPage } from '../../shell/card.tsx';
import { usePlace } from '../../shell/router.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { tell, tellFailure } from '../../shell/toasts.ts';
import { t } from '../../texts/mod.ts';
import { HubList } from './hubs.tsx';
import { ShareFolders } from './folders.tsx';
import { Safety } from './safety.tsx';
import css from './settings.module.css';

export default function SettingsScreen(): ReactNode {
  const { provider } = usePeer();
  const { data, error, refetch } = useQuery({ queryKey: ['settings'], queryFn: () => provider.call('settings') });
  if (data !== undefined) return <Form settings={data} />;
  if (error !== null) return <Failed error={error} again={() => void refetch()} />;
  return <Loading />;
}

/** What a part of the form is given: the values as they would be, and how to change them. */
export type Draft = { values: PeerSettings; change: (change: SettingsChange) => void };

function Form({ settings }: { settings: PeerSettings }): ReactNode {
  const { provider } = usePeer();
  const queries = useQueryClient();
  const [changes, setChanges] = useState<SettingsChange>({});
  const [saving, setSaving] = useState(false);
  const { query } = usePlace();
  useEffect(() => {
    if (query.part !== undefined) document.getElementById(`settings-${query.part}`)?.scrollIntoView({ block: 'start' });
  }, [query.part]);

  const { hubs, ...simple } = changes;
  const values: PeerSettings = {
    ...settings,
    ...simple,
    hubs:
      hubs?.map((hub) => ({
        address: hub.address,
        enabled: hub.enabled,
        hasPassword:
          hub.password !== undefined ||
          settings.hubs.some(({ address, hasPassword }) => hasPassword && address === hub.address),
      })) ?? settings.hubs,
  };
  const draft: Draft = { values, change: (change) => setChanges((before) => ({ ...before, ...change })) };
  const dirty = Object.keys(changes).length > 0;
  const nickWrong = !/^[^\s:"@]{1,19}$/.test(values.nick);

  async function save(): Promise<void> {
    setSaving(true);
    try {
      const report = await provider.call('changeSettings', { body: changes });
      queries.setQueryData(['settings'], report.settings);
      void queries.invalidateQueries({ queryKey: ['library'] });
      setChanges({});
      const refused = report.effects.filter(({ effect }) => effect === 'refused');
      const later = report.effects.filter(({ effect }) => effect === 'restart').map(({ key }) => key);
      for (const { key, reason } of refused) tell('alarm', t.settings.refused(key, reason ?? ''));
      if (later.length > 0) tell('warn', t.settings.restart(later.join(', ')));
      else if (refused.length === 0) tell('good', t.settings.saved);
    } catch (error) {
      tellFailure(error);
    } finally {
      setSaving(false);
    }
  }

  return (
    <>
      <CardPage>
        <You draft={draft} nickWrong={nickWrong} />
        <Sharing draft={draft} />
        <Downloads draft={draft} />
        <Card title={t.settings.hubs} id="settings-hubs">
          <HubList draft={draft} />
        </Card>
        <Ports draft={draft} />
        <Safety />
        <Appearance />
      </CardPage>
      {dirty && (
        <div className={css.save} role="region" aria-label={t.settings.unsaved}>
          <span className={css.unsaved}>{t.settings.unsaved}</span>
          <Button variant="default" onClick={() => setChanges({})}>
            {t.settings.discard}
          </Button>
          <Button loading={saving} disabled={nickWrong} onClick={() => void save()}>
            {t.settings.save}
          </Button>
        </div>
      )}
    </>
  );
}

function You({ draft: { values, change }, nickWrong }: { draft: Draft; nickWrong: boolean }): ReactNode {
  return (
    <Card title={t.settings.you} id="settings-you">
      <TextInput
        label={t.settings.nick}
        description={t.settings.nickHint}
        error={nickWrong ? t.settings.nickWrong : null}
        value={values.nick}
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        onChange={({ currentTarget }) => change({ nick: currentTarget.value })}
      />
      <NativeSelect
        label={t.settings.line}
        value={String(values.line)}
        data={t.search.line.map((label, line) => ({ value: String(line), label }))}
        onChange={({ currentTarget }) => change({ line: Number(currentTarget.value) })}
      />
    </Card>
  );
}

function Sharing({ draft }: { draft: Draft }): ReactNode {
  const { values, change } = draft;
  return (
    <Card title={t.settings.sharing} id="settings-sharing">
      <Switch
        label={t.settings.fetchOnly}
        description={t.settings.fetchOnlyHint}
        checked={values.fetchOnly}
        onChange={({ currentTarget }) => change({ fetchOnly: currentTarget.checked })}
      />
      <ShareFolders draft={draft} />
      <div className={css.pair}>
        <Whole
          label={t.settings.uploadSlots}
          value={values.uploadSlots}
          min={0}
          max={100}
          onChange={(uploadSlots) => change({ uploadSlots })}
        />
        <Whole
          label={t.settings.upLimit}
          hint={t.settings.limitHint}
          value={values.upLimitKBps}
          min={0}
          onChange={(upLimitKBps) => change({ upLimitKBps })}
        />
      </div>
    </Card>
  );
}

function Downloads({ draft: { values, change } }: { draft: Draft }): ReactNode {
  return (
    <Card title={t.settings.downloads} id="settings-downloads">
      <TextInput
        label={t.settings.downloadsDir}
        value={values.downloadsDir}
        spellCheck={false}
        onChange={({ currentTarget }) => change({ downloadsDir: currentTarget.value })}
      />
      <div className={css.pair}>
        <Whole
          label={t.settings.downloadSlots}
          value={values.downloadSlots}
          min={1}
          max={100}
          onChange={(downloadSlots) => change({ downloadSlots })}
        />
        <Whole
          label={t.settings.downLimit}
          hint={t.settings.limitHint}
          value={values.downLimitKBps}
          min={0}
          onChange={(downLimitKBps) => change({ downLimitKBps })}
        />
      </div>
    </Card>
  );
}

function Ports({ draft: { values, change } }: { draft: Draft }): ReactNode {
  const gnutella = useStatus()?.features.includes('gnutella') ?? false;
  return (
    <Card title={t.settings.ports} id="settings-ports">
      <div className={css.pair}>
        <Whole
          label={t.settings.napsterPort}
          hint={t.settings.portHint}
          value={values.napsterPort}
          min={0}
          max={65_535}
          onChange={(napsterPort) => change({ napsterPort })}
        />
        {gnutella && (
          <Whole
            label={t.settings.gnutellaPort}
            hint={t.settings.portHint}
            value={values.gnutellaPort}
            min={0}
            max={65_535}
            onChange={(gnutellaPort) => change({ gnutellaPort })}
          />
        )}
      </div>
      {gnutella && (
        <NativeSelect
          label={t.settings.gnutella}
          value={values.gnutella}
          data={Object.entries(t.settings.gnutellaModes).map(([value, label]) => ({ value, label }))}
          onChange={({ currentTarget }) => change({ gnutella: currentTarget.value as PeerSettings['gnutella'] })}
        />
      )}
    </Card>
  );
}

function Appearance(): ReactNode {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Card title={t.settings.appearance}>
      <SegmentedControl
        aria-label={t.settings.appearance}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
        data={Object.entries(t.settings.schemes).map(([value, label]) => ({ value, label }))}
      />
    </Card>
  );
}

type WholeProps = {
  label: string;
  hint?: string;
  value: number;
  min: number;
  max?: number;
  onChange: (value: number) => void;
};

function Whole({ label, hint, value, min, max, onChange }: WholeProps): ReactNode {
  return (
    <NumberInput
      label={label}
      description={hint}
      value={value}
      min={min}
      {...(max === undefined ? {} : { max })}
      allowDecimal={false}
      allowNegative={false}
      clampBehavior="strict"
      hideControls
      onChange={(next) => typeof next === 'number' && onChange(next)}
    />
  );
}
