// A panel with a heading, and a page made of them.
import type { ReactNode } from 'react';
import css from './card.module.css';

export function CardPage({ children }: { children: ReactNode }): ReactNode {
  return <div className={css.page}>{children}</div>;
}

type CardProps = { title: string; id?: string; aside?: ReactNode; wide?: boolean; children: ReactNode };

export function Card({ title, id, aside, wide = false, children }: CardProps): ReactNode {
  return (
    <section className={css.card} id={id} data-wide={wide} aria-label={title}>
      <header className={css.head}>
        <h2 className={css.title}>{title}</h2>
        {aside !== undefined && <div className={css.aside}>{aside}</div>}
      </header>
      {children}
    </section>
  );
}

type FigureProps = { value: string; label: string; more?: string; tone?: 'down' | 'up' };

export function Figure({ value, label, more, tone }: FigureProps): ReactNode {
  return (
    <div className={css.figure}>
      <dt className={css.figureLabel}>
        {label}
        {more !== undefined && <div className={css.figureMore}>{more}</div>}
      </dt>
      <dd className={css.figureValue} data-tone={tone}>
        {value}
      </dd>
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }): ReactNode {
  return <dl className={css.figures}>{children}</dl>;
}
