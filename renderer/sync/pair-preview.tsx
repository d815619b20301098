import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer } from '../app/host-context.tsx';
import { Note } from '../ui/note.tsx';
import { useFormat } from '../ui/use-format.ts';

interface PairPreviewProps {
  input: NonNullable<Parameters<typeof useAnswer<'sync.preview'>>[1]>;
  onRefused: (error: unknown) => void;
}

/** What pairing would do, before it is done. */
export function PairPreview({ input, onRefused }: PairPreviewProps) {
  const { t } = useTranslation('sync');
  const format = useFormat();
  const { data, error } = useAnswer('sync.preview', input);
  const refused = useEffectEvent(onRefused);
  useEffect(() => {
    if (error !== null) refused(error);
  }, [error]);
  if (data === undefined) return error === null ? <span className="sm t3">{t('previewing')}</span> : null;
  const { down, downBytes, up, upBytes, equal, differing, freeBytes } = data;
  const facts = [
    down === 0 ? null : t('previewDown', { count: down, size: format.size(downBytes) }),
    up === 0 ? null : t('previewUp', { count: up, size: format.size(upBytes) }),
    equal === 0 ? null : t('previewEqual', { count: equal }),
    differing === 0 ? null : t('previewDiffering', { count: differing }),
  ];
  return (
    <>
      <ul className="pair-preview sm num" aria-label={t('preview')}>
        {facts.every((fact) => fact === null) && <li>{t('previewNothing')}</li>}
        {facts.map((fact) => fact !== null && <li key={fact}>{fact}</li>)}
      </ul>
      {downBytes > freeBytes && (
        <Note tone="caution" icon="warning">
          {t('previewNoRoom', { free: format.size(freeBytes) })}
        </Note>
      )}
    </>
  );
}
