import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import { Input, Select } from '../../ui/input.tsx';
import { useLanguage } from '../../ui/use-format.ts';
import { MemberPicker } from '../rules/member-picker.tsx';
import { knownActs, useActName } from './act-names.ts';
import { noFilters, type Filters } from './filters.ts';

const results = ['success', 'failure', 'denied'] as const;

/** What the log is searched by. */
export function FilterBar({ filters, onChange }: { filters: Filters; onChange: (next: Filters) => void }) {
  const { t } = useTranslation('audit');
  const language = useLanguage();
  const actName = useActName();
  const set = (part: Partial<Filters>) => onChange({ ...filters, ...part });
  const acts = knownActs.map((value) => ({ value, text: actName(value) })).toSorted((a, b) => a.text.localeCompare(b.text, language));
  const empty = JSON.stringify(filters) === JSON.stringify(noFilters);
  return (
    <search className="audit-filters">
      <Select
        label={t('action')}
        value={filters.action}
        options={[{ value: '', text: t('allActions') }, ...acts]}
        onChange={(action) => set({ action })}
      />
      <Select
        label={t('result')}
        value={filters.result}
        options={[{ value: '', text: t('allResults') }, ...results.map((value) => ({ value, text: t(`result_${value}`) }))]}
        onChange={(result) => set({ result })}
      />
      {(['actor', 'target'] as const).map((field) => (
        <span key={field} className="row audit-person">
          <MemberPicker label={t(field)} chosen={filters[field]} onChoose={({ id }) => set({ [field]: id })} />
          {filters[field] !== null && <IconButton icon="close" small label={t('clear')} onClick={() => set({ [field]: null })} />}
        </span>
      ))}
      {(['since', 'until'] as const).map((field) => (
        <span key={field} className="field compact audit-day">
          <span className="xs t3 nowrap">{t(field)}</span>
          <input type="date" aria-label={t(field)} value={filters[field]} onChange={(event) => set({ [field]: event.target.value })} />
        </span>
      ))}
      <Input
        label={null}
        aria-label={t('text')}
        placeholder={t('text')}
        type="search"
        className="audit-text"
        maxLength={100}
        value={filters.text}
        onChange={(event) => set({ text: event.target.value })}
      />
      {!empty && (
        <Button size="small" look="quiet" onClick={() => onChange(noFilters)}>
          {t('clear')}
        </Button>
      )}
    </search>
  );
}
