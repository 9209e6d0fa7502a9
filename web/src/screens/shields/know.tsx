// Good to know, whatever was found.
import type { ReactNode } from 'react';
import type { ShieldsCard } from '#api';
import { Card, CardPage } from '../../shell/card.tsx';
import { FixCards } from './fix-cards.tsx';
import { w } from './words.ts';

export default function Know({ cards }: { cards: readonly ShieldsCard[] }): ReactNode {
  return (
    <CardPage>
      <Card title={w.know} wide>
        <FixCards cards={cards} onAgain={null} />
      </Card>
    </CardPage>
  );
}
