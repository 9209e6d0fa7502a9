// Ctrl-K on every screen: type a few letters, press Enter. What matches nothing else is searched for.
import { Modal } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { t } from '../texts/mod.ts';
import { Icon, type IconName } from './icons.tsx';
import css from './palette.module.css';

export type Command = { label: string; icon: IconName; run: () => void };

type PaletteProps = {
  commands: readonly Command[];
  /** The command that takes the typed words themselves. */
  withText: (text: string) => Command;
  onClose: () => void;
};

export default function Palette({ commands, withText, onClose }: PaletteProps): ReactNode {
  const id = useId();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = commands.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  const shown = words.length > 0 ? [...matching, withText(text.trim())] : matching;
  const chosen = Math.min(at, shown.length - 1);

  function run(command: Command | undefined): void {
    if (command === undefined) return;
    onClose();
    command.run();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter') run(shown[chosen]);
    else if (event.key === 'ArrowDown') setAt((chosen + 1) % shown.length);
    else if (event.key === 'ArrowUp') setAt((chosen + shown.length - 1) % shown.length);
    else return;
    event.preventDefault();
  }

  return (
    <Modal.Root opened onClose={onClose} lockScroll={false} yOffset="12vh" transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t.palette.title}>
        <input
          className={css.input}
          role="combobox"
          aria-label={t.palette.title}
          aria-expanded
          aria-controls={id}
          aria-activedescendant={`${id}-${chosen}`}
          placeholder={t.palette.hint}
          value={text}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          onChange={({ currentTarget }) => {
            setText(currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className={css.list} role="listbox" id={id} aria-label={t.palette.title}>
          {shown.map((command, i) => (
            // The keyboard stays in the box above; the list is for the eye and the mouse.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={command.label}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === chosen}
              className={css.option}
              onPointerMove={() => setAt(i)}
              onClick={() => run(command)}
            >
              <Icon name={command.icon} size={18} />
              {command.label}
            </div>
          ))}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
