import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preview } from '#shared/model/preview.ts';
import { MarkdownText } from '../../ui/markdown-text.tsx';
import { Note } from '../../ui/note.tsx';
import { mostTableRows, readTable, TableText } from '../../ui/table-text.tsx';
import { CodeText } from './code-text.tsx';

/** Text as its format is read: as it stands, as code, as Markdown, or as a table. */
export function TextView({ preview }: { preview: Extract<Preview, { kind: 'text' }> }) {
  const { t } = useTranslation('viewer');
  const { format, text, truncated, language } = preview;
  const table = useMemo(() => (format === 'csv' ? readTable(text) : null), [format, text]);
  return (
    <div className="text-view" tabIndex={0} role="group" aria-label={t(format === 'csv' ? 'table' : 'text')}>
      {truncated && (
        <Note icon="info" tone="caution">
          {t('truncated')}
        </Note>
      )}
      {text === '' && <p className="sm t3">{t('empty')}</p>}
      {format === 'markdown' && <MarkdownText text={text} />}
      {format === 'code' && <CodeText text={text} language={language} />}
      {table?.isCut === true && <p className="sm t3">{t('tableCut', { count: mostTableRows })}</p>}
      {table !== null && <TableText rows={table.rows} />}
      {format === 'plain' && <pre className="plain-text selectable">{text}</pre>}
    </div>
  );
}
