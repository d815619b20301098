import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import { Input } from '../../ui/input.tsx';
import { MemberPicker } from '../rules/member-picker.tsx';
import { noDownloadFilters, type DownloadFilters } from './filters.ts';

interface DownloadFilterBarProps {
  filters: DownloadFilters;
  onChange: (next: DownloadFilters) => void;
}

/** What the record of downloads is searched by. */
export function DownloadFilterBar({ filters, onChange }: DownloadFilterBarProps) {
  const { t } = useTranslation('audit');
  const set = (part: Partial<DownloadFilters>) => onChange({ ...filters, ...part });
  const empty = JSON.stringify(filters) === JSON.stringify(noDownloadFilters);
  return (
    <search className="audit-filters">
      <span className="row audit-person">
        <MemberPicker label={t('member')} chosen={filters.member} onChoose={({ id }) => set({ member: id })} />
        {filters.member !== null && <IconButton icon="close" small label={t('clear')} onClick={() => set({ member: null })} />}
      </span>
      {(['since', 'until'] as const).map((field) => (
        <span key={field} className="field compact audit-day">
          <span className="xs t3 nowrap">{t(field)}</span>
          <input type="date" aria-label={t(field)} value={filters[field]} onChange={(event) => set({ [field]: event.target.value })} />
        </span>
      ))}
      <Input
        label={null}
        aria-label={t('textFile')}
        placeholder={t('textFile')}
        type="search"
        className="audit-text"
        maxLength={100}
        value={filters.text}
        onChange={(event) => set({ text: event.target.value })}
      />
      {!empty && (
        <Button size="small" look="quiet" onClick={() => onChange(noDownloadFilters)}>
          {t('clear')}
        </Button>
      )}
    </search>
  );
}
