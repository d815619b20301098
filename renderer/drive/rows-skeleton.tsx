import { useTranslation } from 'react-i18next';
import { useLate } from '../ui/skeleton.tsx';

/** Rows of a folder in waiting: still, and only after 300 ms. */
export function RowsSkeleton() {
  const { t } = useTranslation('ui');
  if (!useLate(true)) return <div className="grow" />;
  return (
    <div role="status" aria-label={t('loading')} className="rows-skeleton grow">
      {Array.from({ length: 10 }, (_, index) => (
        <div key={index} className="grid-row">
          <span className="skeleton" style={{ width: `${36 + ((index * 17) % 40)}%` }} />
          <span className="skeleton" style={{ width: '60%' }} />
          <span className="skeleton" style={{ width: '70%' }} />
          <span className="skeleton" style={{ width: '60%' }} />
        </div>
      ))}
    </div>
  );
}
