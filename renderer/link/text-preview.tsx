import { useMemo } from 'react';
import type { Preview } from '#shared/model/preview.ts';
import { MarkdownText } from '../ui/markdown-text.tsx';
import { readTable, TableText } from '../ui/table-text.tsx';

/** Text as its format is read: Markdown and tables as they are meant, code in even letters, the rest as it stands. */
export function TextPreview({ preview }: { preview: Extract<Preview, { kind: 'text' }> }) {
  const { format, text } = preview;
  const table = useMemo(() => (format === 'csv' ? readTable(text) : null), [format, text]);
  if (format === 'markdown') return <MarkdownText text={text} />;
  if (table !== null) return <TableText rows={table.rows} />;
  return <pre className={format === 'plain' ? 'prose' : 'code'}>{text}</pre>;
}
