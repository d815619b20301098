import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { FileKind } from '#shared/model/file-kind.ts';
import { compareNames } from '../app/node-names.ts';
import { useMembers } from '../app/people.tsx';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { anybody, noFilters, periods, type SearchFilters } from './search-query.ts';

interface ChipProps<Value extends string> {
  label: string;
  value: Value;
  /** With this value it filters nothing. */
  none: Value;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
}

/** A filter in one word: the system's own list behind it. */
function FilterChip<Value extends string>({ label, value, none, options, onChange }: ChipProps<Value>) {
  return (
    <span className={classNames('filter-chip', value !== none && 'on')}>
      <select aria-label={label} value={value} onChange={(event) => onChange(event.target.value as Value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
      <Icon name="down" size={12} />
    </span>
  );
}

interface SearchFilterBarProps {
  filters: SearchFilters;
  onFilters: (filters: SearchFilters) => void;
  /** What the folder in view is called; null where one stands in none. */
  here: string | null;
}

/** What narrows the search: place, kind, period and person (DRV-16). */
export function SearchFilterBar({ filters, onFilters, here }: SearchFilterBarProps) {
  const { t } = useTranslation('explorer');
  const members = useMembers();
  const people = useMemo(
    () => [...members.values()].map(({ id, name }) => [id, name] as const).sort((a, b) => compareNames(a[1], b[1])),
    [members],
  );
  const change = (more: Partial<SearchFilters>) => onFilters({ ...filters, ...more });
  return (
    <div className="filter-bar" role="group" aria-label={t('filters')}>
      {here !== null && (
        <FilterChip
          label={t('filterWhere')}
          value={filters.where}
          none={noFilters.where}
          options={[
            ['everywhere', t('everywhere')],
            ['here', t('inFolder', { folder: here })],
          ]}
          onChange={(where) => change({ where })}
        />
      )}
      <FilterChip
        label={t('filterKind')}
        value={filters.kind}
        none={noFilters.kind}
        options={[['any', t('anyKind')], ...FileKind.options.map((kind) => [kind, t(`find_${kind}`)] as const)]}
        onChange={(kind) => change({ kind })}
      />
      <FilterChip
        label={t('filterPeriod')}
        value={filters.period}
        none={noFilters.period}
        options={periods.map((period) => [period, t(`period_${period}`)] as const)}
        onChange={(period) => change({ period })}
      />
      <FilterChip
        label={t('filterPerson')}
        value={filters.person}
        none={anybody}
        options={[[anybody, t('anyPerson')], ...people]}
        onChange={(person) => change({ person })}
      />
    </div>
  );
}
