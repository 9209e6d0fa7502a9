// The hubs: which are used, how each stands, one more.
import { ActionIcon, Button, PasswordInput, Switch, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useStatus } from '../../peer-context.ts';
import { Icon } from '../../shell/icons.tsx';
import { t } from '../../texts/mod.ts';
import type { Draft } from './settings.tsx';
import css from './settings.module.css';

const ADDRESS = /^[^\s/]+:\d{1,5}$/;

export function HubList({ draft: { values, change } }: { draft: Draft }): ReactNode {
  const states = useStatus()?.hubs ?? [];
  const kept = values.hubs.map(({ address, enabled }) => ({ address, enabled }));
  return (
    <div className={css.group}>
      {kept.length === 0 && <p className={css.quiet}>{t.settings.noHubs}</p>}
      <ul className={css.rows}>
        {kept.map(({ address, enabled }) => {
          const state = states.find((hub) => hub.address === address);
          return (
            <li key={address} className={css.row}>
              <Switch
                aria-label={`${t.settings.use}: ${address}`}
                checked={enabled}
                onChange={({ currentTarget: { checked } }) =>
                  change({ hubs: kept.map((hub) => (hub.address === address ? { ...hub, enabled: checked } : hub)) })
                }
              />
              <span className={css.rowText}>
                {address}
                <span className={css.rowMore}>
                  {state === undefined
                    ? ''
                    : state.reason === null
                      ? t.now.hubState[state.state]
                      : `${t.now.hubState[state.state]}: ${state.reason}`}
                </span>
              </span>
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={`${t.settings.remove}: ${address}`}
                onClick={() => change({ hubs: kept.filter((hub) => hub.address !== address) })}
              >
                <Icon name="trash" size={18} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <AddHub
        add={(address, password) =>
          change({
            hubs: [
              ...kept.filter((hub) => hub.address !== address),
              { address, enabled: true, ...(password === '' ? {} : { password }) },
            ],
          })
        }
      />
    </div>
  );
}

function AddHub({ add }: { add: (address: string, password: string) => void }): ReactNode {
  const [address, setAddress] = useState('');
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState(false);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!ADDRESS.test(address.trim())) return setWrong(true);
    add(address.trim(), password);
    setAddress('');
    setPassword('');
  }

  return (
    <form className={css.addHub} onSubmit={submit}>
      <TextInput
        className={css.hubAddress}
        label={t.settings.addHub}
        placeholder={t.settings.hubAddress}
        value={address}
        error={wrong ? t.settings.hubWrong : null}
        spellCheck={false}
        autoComplete="off"
        onChange={({ currentTarget }) => {
          setAddress(currentTarget.value);
          setWrong(false);
        }}
      />
      <PasswordInput
        label={t.settings.hubPassword}
        value={password}
        autoComplete="new-password"
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <Button type="submit" variant="default" className={css.addButton}>
        {t.settings.add}
      </Button>
    </form>
  );
}
