// Fix cards, one below another; the steps open where they are wanted.
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ShieldsCard } from '#api';
import { Icon } from '../../shell/icons.tsx';
import css from './shields.module.css';
import { w } from './words.ts';

type FixCardsProps = { cards: readonly ShieldsCard[]; onAgain: ((port: number) => void) | null };

export function FixCards({ cards, onAgain }: FixCardsProps): ReactNode {
  return (
    <ul className={css.fixes}>
      {cards.map((card) => (
        <li key={card.id}>
          <details className={css.fix} data-level={card.level}>
            <summary className={css.fixTitle}>
              <Icon name={card.level === 'note' ? 'shield' : 'warn'} size={18} />
              <span>{card.title}</span>
            </summary>
            <div className={css.fixBody}>
              {card.what !== '' && <p>{card.what}</p>}
              <p className={css.soft}>{card.why}</p>
              {card.steps.map(({ system, lines }) => (
                <div key={system} className={css.step}>
                  <h3 className={css.system}>{system}</h3>
                  {lines.some(isCommand) ? (
                    <pre className={css.code}>{lines.join('\n')}</pre>
                  ) : (
                    lines.map((line) => <p key={line}>{line}</p>)
                  )}
                </div>
              ))}
              <p className={css.soft}>
                {w.keeps} {card.keeps}
              </p>
              {card.port !== null && onAgain !== null && (
                <Button
                  variant="light"
                  size="xs"
                  className={css.againButton}
                  leftSection={<Icon name="retry" size={16} />}
                  onClick={() => card.port !== null && onAgain(card.port)}
                >
                  {w.againPort(card.port)}
                </Button>
              )}
            </div>
          </details>
        </li>
      ))}
    </ul>
  );
}

/** Commands are set in a fixed width and keep their lines; sentences are not. */
function isCommand(line: string): boolean {
  return /^(nft|ufw|netsh|systemctl|sysctl|kill|ss|peershield) /.test(line);
}
