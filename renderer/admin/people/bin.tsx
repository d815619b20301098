import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';

interface Deleted {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly deletedAt: number | null;
}

/** What was deleted and can still come back (30 days). */
export function Bin<Item extends Deleted>({ items, onRestore }: { items: readonly Item[]; onRestore: (item: Item) => void }) {
  const { t } = useTranslation(['people', 'console']);
  const format = useFormat();
  if (items.length === 0) {
    return (
      <Empty icon="trash" title={t('binNone')}>
        {t('binMore')}
      </Empty>
    );
  }
  return (
    <div className="page-scroll">
      <p className="sm t3 prose list-note">{t('binMore')}</p>
      <div className="box">
        {items.map((item) => (
          <div key={item.id} className="box-row">
            <span className="col grow">
              <span className="cut">{item.name}</span>
              <span className="xs t3 cut">
                {format.facts([item.description, item.deletedAt === null ? null : t('deletedAt', { at: format.moment(item.deletedAt) })])}
              </span>
            </span>
            <Button size="small" icon="history" aria-label={`${t('console:restore')}: ${item.name}`} onClick={() => onRestore(item)}>
              {t('console:restore')}
            </Button>
          </div>
        ))}
      </div>
    </div>
  );
}
