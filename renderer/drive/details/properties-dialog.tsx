import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { problemOf, useExplain } from '../../app/explain.ts';
import { useAccount, useAnswer } from '../../app/host-context.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { useMemberName } from '../use-names.ts';

/** How much files and folders hold, where they lie, and who changed them last. */
export function PropertiesDialog({ nodes, onClose }: { nodes: readonly Node[]; onClose: () => void }) {
  const { t } = useTranslation('sharing');
  const explain = useExplain();
  const format = useFormat();
  const nameOf = useMemberName();
  const { accountId } = useAccount();
  const only = nodes.length === 1 ? nodes[0] : undefined;
  const measured = useAnswer('drive.measure', { accountId, nodeIds: nodes.map(({ id }) => id) });
  const placed = useAnswer('drive.node', only === undefined ? null : { accountId, nodeId: only.id });
  const place = placed.data?.place;
  const sum = measured.data;
  const facts: (readonly [string, string])[] = [
    ...(only === undefined ? [] : [[t('kind'), t(only.kind === 'folder' ? 'kind_folder' : 'kind_file')] as const]),
    ...(place === undefined ? [] : [[t('place'), [place.spaceName, ...place.names].join(' › ')] as const]),
    ...(sum === undefined
      ? [[t('size'), t('measuring')] as const]
      : [
          ...(only?.kind === 'file' ? [] : [[t('contents'), t('contentsOf', { files: sum.files, folders: sum.folders })] as const]),
          [t('size'), format.size(sum.sizeBytes)] as const,
          ...(sum.versionBytes === 0 ? [] : [[t('versionSize'), format.size(sum.versionBytes)] as const]),
        ]),
    ...(only === undefined ? [] : [[t('modified'), format.facts([nameOf(only.updatedBy), format.stamp(only.updatedAt)])] as const]),
  ];
  return (
    <Dialog
      open
      onClose={onClose}
      title={only === undefined ? t('propertiesMany', { count: nodes.length }) : t('properties', { name: only.name })}
      footer={<Button onClick={onClose}>{t('close')}</Button>}
    >
      <dl className="facts properties">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt className="t3">{term}</dt>
            <dd className="selectable">{value}</dd>
          </div>
        ))}
      </dl>
      {measured.error !== null && measured.data === undefined && (
        <Note icon="error" tone="danger" alert>
          {`${t('measureFailed')}${explain(problemOf(measured.error))}`}
        </Note>
      )}
    </Dialog>
  );
}
