// What stands above each list: a filter that waits until the typing stops, and what belongs beside it.
import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../../shell/icons.tsx';
import css from './hub.module.css';

type ListBarProps = { label: string; value: string; onChange: (value: string) => void; children?: ReactNode };

export function ListBar({ label, value, onChange, children }: ListBarProps): ReactNode {
  return (
    <div className={css.bar}>
      <TextInput
        className={css.filter}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        maxLength={200}
        leftSection={<Icon name="search" size={16} />}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {children}
    </div>
  );
}
