// The frame of every program's page: rail or bottom bar, the status sentence, the screen, the foot.
import { Button } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { t } from '../texts/mod.ts';
import css from './frame.module.css';
import { Icon, type IconName, Mark } from './icons.tsx';
import { formatPlace } from './place.ts';
import type { Press, Sentence } from './sentence.ts';

export type FrameItem = { screen: string; label: string; icon: IconName; badge?: number };

type FrameProps = {
  items: readonly FrameItem[];
  active: string;
  who: string;
  sentence: Sentence;
  onPress: (press: Press) => void;
  aside: ReactNode;
  banner: string | null;
  /** The program is gone and what is shown is from before. */
  stale: boolean;
  foot: ReactNode;
  children: ReactNode;
};

export function Frame(props: FrameProps): ReactNode {
  const { items, active, sentence } = props;
  const label = items.find(({ screen }) => screen === active)?.label;
  useEffect(() => {
    document.title = label === undefined ? t.name : `${label} · ${t.name}`;
  }, [label]);
  return (
    <div className={css.frame}>
      <a
        className={css.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {t.skip}
      </a>
      <nav className={css.rail} aria-label={t.navigation}>
        <div className={css.brand}>
          <Mark />
          <span className={css.word}>{t.name}</span>
        </div>
        <ul className={css.items}>
          {items.map((item) => (
            <li key={item.screen} className={css.slot}>
              <a
                className={css.item}
                href={formatPlace([item.screen])}
                title={item.label}
                aria-current={item.screen === active ? 'page' : undefined}
              >
                <Icon name={item.icon} />
                <span className={css.label}>{item.label}</span>
                {item.badge !== undefined && item.badge > 0 && <span className={css.badge}>{item.badge}</span>}
              </a>
            </li>
          ))}
        </ul>
        {props.banner !== null && <div className={css.banner}>{props.banner}</div>}
        <div className={css.who}>{props.who}</div>
      </nav>
      <header className={css.status} data-tone={sentence.tone}>
        <span className={css.lamp} data-tone={sentence.tone} aria-hidden />
        <p className={css.sentence} role="status">
          {sentence.text}
        </p>
        {sentence.button !== null && !leadsTo(sentence.button.press, active) && (
          <Button
            size="xs"
            variant={sentence.tone === 'good' ? 'light' : 'filled'}
            className={css.press}
            onClick={() => sentence.button !== null && props.onPress(sentence.button.press)}
          >
            {sentence.button.label}
          </Button>
        )}
        <div className={css.aside}>{props.aside}</div>
      </header>
      <main className={css.screen} id="content" tabIndex={-1} data-stale={props.stale}>
        <h1 className="ps-hidden">{label ?? t.name}</h1>
        {props.children}
      </main>
      <div className={css.foot}>{props.foot}</div>
    </div>
  );
}

/** The button that leads to where one is says nothing. */
function leadsTo(press: Press, active: string): boolean {
  return press.do === 'go' && press.path[0] === active && press.query === undefined;
}
