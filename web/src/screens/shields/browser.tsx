// What the browser gives away: what came with the request, and what any script can ask. Nothing of it is sent anywhere.
import { type ReactNode, useState } from 'react';
import type { ShieldsMe } from '#api';
import { Card } from '../../shell/card.tsx';
import css from './shields.module.css';
import { w } from './words.ts';

export function Browser({ headers }: { headers: ShieldsMe['headers'] }): ReactNode {
  const [told] = useState(askBrowser);
  return (
    <Card title={w.browser} wide>
      <div className={css.twoColumns}>
        <Facts title={w.browserSent} facts={headers.map(({ name, value }) => [name, value])} />
        <Facts title={w.browserTold} facts={told} />
      </div>
    </Card>
  );
}

function Facts({ title, facts }: { title: string; facts: [string, string][] }): ReactNode {
  return (
    <section>
      <h3 className={css.system}>{title}</h3>
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={css.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function askBrowser(): [string, string][] {
  return [
    [w.language, navigator.languages.join(', ')],
    [w.zone, Intl.DateTimeFormat().resolvedOptions().timeZone],
    [w.screen, `${screen.width} × ${screen.height}, ${window.devicePixelRatio}×`],
    [w.cookies, navigator.cookieEnabled ? w.yes : w.no],
    [w.cores, String(navigator.hardwareConcurrency)],
    [w.touch, String(navigator.maxTouchPoints)],
  ];
}
