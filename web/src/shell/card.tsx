// A panel with a heading, and a page made of them.
import type { ReactNode } from 'react';
import css from './card.module.css';

export function CardPage({ children, label }: { children: ReactNode; label: string }): ReactNode {
  return (
    <div className={css.page}>
      <h1 className="ps-hidden">{label}</h1>
      {children}
    </div>
  );
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

export function Figure({ value, label, tone }: { value: string; label: string; tone?: 'down' | 'up' }): ReactNode {
  return (
    <div className={css.figure}>
      <dt className={css.figureLabel}>{label}</dt>
      <dd className={css.figureValue} data-tone={tone}>
        {value}
      </dd>
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }): ReactNode {
  return <dl className={css.figures}>{children}</dl>;
}
