// What is shown to a page without the key: what to do, and a place to paste it.
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { t } from '../texts/mod.ts';
import css from './gate.module.css';
import { Mark } from './icons.tsx';
import { keepToken, token, tokenIn } from './token.ts';

/** A refusal is said after this: an answer that comes sooner takes the gate away. */
const ANSWER_MS = 600;

export function Gate({ again }: { again: () => void }): ReactNode {
  const [text, setText] = useState('');
  const [asking, setAsking] = useState(false);
  const refused = !asking && token.get() !== null && (text === '' || keyIn(text) === token.get());

  function submit(event: FormEvent): void {
    event.preventDefault();
    const key = keyIn(text);
    if (key === '') return;
    keepToken(key);
    setAsking(true);
    setTimeout(() => setAsking(false), ANSWER_MS);
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
          error={refused ? t.gate.wrong : null}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" loading={asking}>
          {t.gate.open}
        </Button>
      </form>
    </main>
  );
}

function keyIn(text: string): string {
  return tokenIn(text) ?? text.trim();
}
