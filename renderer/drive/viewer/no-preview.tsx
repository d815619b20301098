import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { FileIcon, fileKind } from '../../ui/file.tsx';
import { useFormat } from '../../ui/use-format.ts';

const told = ['unknown_type', 'too_large', 'damaged', 'encrypted', 'too_slow', 'converter_missing', 'pending'] as const;

/** A file that cannot be shown: what it is, and why. */
export function NoPreview({ node, reason }: { node: Node; reason: string }) {
  const { t } = useTranslation('viewer');
  const format = useFormat();
  const why = told.find((one) => one === reason) ?? 'other';
  const facts = [format.size(node.content?.sizeBytes ?? 0), format.stamp(node.updatedAt)];
  return (
    <div className="no-preview" role="status">
      <FileIcon kind={fileKind(node.name)} />
      <b className="phrase">{t('none')}</b>
      <p className="sm prose">{t(`none_${why}`)}</p>
      <span className="xs t3 num">{format.facts(facts)}</span>
    </div>
  );
}
