// Short words at the edge of the page: what was done, what failed, what came.
import { notifications } from '@mantine/notifications';
import { createElement } from 'react';
import { t } from '../texts/mod.ts';

type Level = 'info' | 'good' | 'warn' | 'alarm';
const COLOR: Record<Level, string> = { info: 'teal', good: 'teal', warn: 'yellow', alarm: 'red' };

type More = {
  text?: string;
  /** What a press on it opens. */
  open?: () => void;
  /** A toast of the same thing gives way: "getting it" to "it is here". */
  about?: string;
};

export function tell(level: Level, title: string, { text = '', open, about }: More = {}): void {
  if (about !== undefined) notifications.hide(about);
  const id = notifications.show({
    ...(about === undefined ? {} : { id: about }),
    color: COLOR[level],
    title,
    message: text,
    autoClose: level === 'alarm' ? 12_000 : 5000,
    closeButtonProps: { 'aria-label': t.notices.dismiss },
    ...(open === undefined
      ? {}
      : {
          style: { cursor: 'pointer' },
          onClick: () => {
            notifications.hide(id);
            open();
          },
        }),
  });
}

/** For `.catch`: says what the program said. */
export function tellFailure(error: unknown): void {
  tell('alarm', error instanceof Error ? error.message : t.state.failed);
}

/** With something to press: undo, play. */
export function tellWithButton(level: Level, title: string, label: string, run: () => void): void {
  const id = notifications.show({
    color: COLOR[level],
    title,
    message: createElement(
      'button',
      {
        type: 'button',
        className: 'ps-link',
        onClick: () => {
          notifications.hide(id);
          run();
        },
      },
      label,
    ),
    autoClose: 10_000,
    closeButtonProps: { 'aria-label': t.notices.dismiss },
  });
}
