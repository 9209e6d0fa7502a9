// What is shown to a page without the key: what to do, and a place to paste it.
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { t } from '../texts/mod.ts';
import css from './gate.module.css';
import { Mark } from './icons.tsx';
import { keepToken, token, tokenIn } from './token.ts';

export function Gate({ again }: { again: () => void }): ReactNode {
  const [text, setText] = useState('');
  const tried = token.get() !== null;

  function submit(event: FormEvent): void {
    event.preventDefault();
    const key = tokenIn(text) ?? text.trim();
    if (key === '') return;
    keepToken(key);
    again();
  }

  return (
    <main className={css.gate}>
      <form className={css.card} onSubmit={submit}>
        <Mark size={44} />
        <h1 className={css.title}>{t.gate.title}</h1>
        <p className={css.text}>{t.gate.text}</p>
        <TextInput
          label={t.gate.field}
          value={text}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          error={tried && text === '' ? t.gate.wrong : null}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit">{t.gate.open}</Button>
      </form>
    </main>
  );
}
