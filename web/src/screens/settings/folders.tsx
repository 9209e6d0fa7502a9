// The folders that are shared; a new one is looked at before it is shared, and what looks private is named.
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { FolderCheck } from '#api';
import { usePeer, useStatus } from '../../peer-context.ts';
import { Icon } from '../../shell/icons.tsx';
import { tellFailure } from '../../shell/toasts.ts';
import { t } from '../../texts/mod.ts';
import type { Draft } from './settings.tsx';
import css from './settings.module.css';

export function ShareFolders({ draft: { values, change } }: { draft: Draft }): ReactNode {
  const { shareFolders } = values;
  return (
    <div className={css.group}>
      <h3 className={css.groupTitle}>{t.settings.folders}</h3>
      {shareFolders.length === 0 && <p className={css.quiet}>{t.settings.noFolders}</p>}
      <ul className={css.rows}>
        {shareFolders.map((path) => (
          <li key={path} className={css.row}>
            <Icon name="folder" size={18} />
            <span className={css.rowText}>{path}</span>
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              aria-label={`${t.settings.stop}: ${path}`}
              onClick={() => change({ shareFolders: shareFolders.filter((other) => other !== path) })}
            >
              {t.settings.stop}
            </Button>
          </li>
        ))}
      </ul>
      <AddFolder add={(path) => change({ shareFolders: [...new Set([...shareFolders, path])] })} />
    </div>
  );
}

function AddFolder({ add }: { add: (path: string) => void }): ReactNode {
  const { provider } = usePeer();
  const checks = useStatus()?.features.includes('folder-check') ?? false;
  const [path, setPath] = useState('');
  const [found, setFound] = useState<FolderCheck | null>(null);
  const [looking, setLooking] = useState(false);

  async function look(event: FormEvent): Promise<void> {
    event.preventDefault();
    const wanted = path.trim();
    if (wanted === '') return;
    if (!checks) return take(wanted);
    setLooking(true);
    try {
      setFound(await provider.call('checkFolder', { body: { path: wanted } }));
    } catch (error) {
      tellFailure(error);
    } finally {
      setLooking(false);
    }
  }

  function take(wanted: string): void {
    add(wanted);
    setPath('');
    setFound(null);
  }

  return (
    <>
      <form className={css.add} onSubmit={(event) => void look(event)}>
        <TextInput
          className={css.grow}
          label={t.settings.addFolder}
          placeholder={t.settings.folderPath}
          value={path}
          spellCheck={false}
          autoComplete="off"
          onChange={({ currentTarget }) => {
            setPath(currentTarget.value);
            setFound(null);
          }}
        />
        <Button type="submit" variant="default" loading={looking}>
          {checks ? t.settings.look : t.settings.add}
        </Button>
      </form>
      {found !== null && <Found check={found} share={() => take(found.path)} />}
    </>
  );
}

function Found({ check, share }: { check: FolderCheck; share: () => void }): ReactNode {
  if (!check.exists) return <p className={css.bad}>{t.settings.checkMissing}</p>;
  return (
    <div className={css.found} role="status">
      <p>{t.settings.checkSays(check.audio, check.files, check.bytes)}</p>
      {check.risks.length === 0 ? (
        <p className={css.good}>{t.settings.checkClean}</p>
      ) : (
        <>
          <p className={css.bad}>{t.settings.checkRisks(check.risks.length)}</p>
          <ul className={css.risks}>
            {check.risks.map(({ path, why }) => (
              <li key={path}>
                <code>{path}</code> {why}
              </li>
            ))}
          </ul>
        </>
      )}
      {check.refused === null ? (
        <Button size="sm" onClick={share}>
          {t.settings.share}
        </Button>
      ) : (
        <p className={css.bad}>{check.refused}</p>
      )}
    </div>
  );
}
