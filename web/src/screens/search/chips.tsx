// The filters as chips: three that open a short list, two that are on or off.
import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../../shell/icons.tsx';
import { t } from '../../texts/mod.ts';
import css from './chips.module.css';
import { type Filters, NO_FILTERS } from './groups.ts';

type ChipsProps = { filters: Filters; onChange: (filters: Filters) => void };

export function FilterChips({ filters, onChange }: ChipsProps): ReactNode {
  const some = JSON.stringify(filters) !== JSON.stringify(NO_FILTERS);
  return (
    <div className={css.chips} role="group" aria-label={t.search.filters}>
      <ChoiceChip
        label={t.search.bitrate}
        value={filters.kbps}
        choices={t.search.bitrates}
        onChoose={(kbps) => onChange({ ...filters, kbps: kbps as Filters['kbps'] })}
      />
      <ChoiceChip
        label={t.search.length}
        value={filters.length}
        choices={t.search.lengths}
        onChoose={(length) => onChange({ ...filters, length: length as Filters['length'] })}
      />
      <ChoiceChip
        label={t.search.size}
        value={filters.size}
        choices={t.search.sizes}
        onChoose={(size) => onChange({ ...filters, size: size as Filters['size'] })}
      />
      <ToggleChip
        label={t.search.freeSlot}
        on={filters.freeSlot}
        onToggle={(freeSlot) => onChange({ ...filters, freeSlot })}
      />
      <ToggleChip
        label={t.search.plausible}
        on={filters.plausible}
        onToggle={(plausible) => onChange({ ...filters, plausible })}
      />
      {some && (
        <button type="button" className={css.clear} onClick={() => onChange(NO_FILTERS)}>
          {t.search.clearFilters}
        </button>
      )}
    </div>
  );
}

type ChoiceProps = { label: string; value: string; choices: Record<string, string>; onChoose: (value: string) => void };

function ChoiceChip({ label, value, choices, onChoose }: ChoiceProps): ReactNode {
  return (
    <Menu position="bottom-start" shadow="md" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className={css.chip} data-on={value !== ''}>
          {value === '' ? label : `${label}: ${choices[value]}`}
          <Icon name="down" size={12} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose('')}>{t.search.any}</Menu.Item>
        {Object.entries(choices).map(([key, name]) => (
          <Menu.Item
            key={key}
            rightSection={key === value ? <Icon name="check" size={14} /> : null}
            onClick={() => onChoose(key)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ToggleChip({
  label,
  on,
  onToggle,
}: {
  label: string;
  on: boolean;
  onToggle: (on: boolean) => void;
}): ReactNode {
  return (
    <button type="button" className={css.chip} data-on={on} aria-pressed={on} onClick={() => onToggle(!on)}>
      {on && <Icon name="check" size={14} />}
      {label}
    </button>
  );
}
