import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { IconButton } from '../ui/button.tsx';
import { FileIcon, fileKind } from '../ui/file.tsx';
import { useFormat } from '../ui/use-format.ts';
import type { DriveActions } from './use-drive-actions.ts';
import { useMemberName } from './use-names.ts';
import { VersionList } from './version-list.tsx';
import { wayText, type WayStep } from '../app/drive-way.ts';

interface DetailsPanelProps {
  /** What is chosen, the last one last; nothing means the folder itself. */
  chosen: readonly Node[];
  last: Node | undefined;
  folder: Node;
  way: readonly WayStep[];
  mayEdit: boolean;
  actions: DriveActions;
  onClose: () => void;
}

/** Facts and versions of what was chosen last, or of the folder in view. */
export function DetailsPanel({ chosen, last, folder, way, mayEdit, actions, onClose }: DetailsPanelProps) {
  const { t } = useTranslation('drive');
  const format = useFormat();
  const nameOf = useMemberName();
  const node = last ?? folder;
  const name = last?.name ?? way.at(-1)!.name;
  const place = last === undefined ? way.slice(0, -1) : way;
  const size = node.content === null ? t('folder') : format.size(node.content.sizeBytes);
  const facts: readonly (readonly [string, string])[] = [
    [t('permission'), t(mayEdit ? 'canEdit' : 'viewOnly')],
    ...(place.length > 0 ? [[t('place'), wayText(place)] as const] : []),
    [t('person'), nameOf(node.updatedBy)],
    [t('date'), format.stamp(node.updatedAt)],
  ];
  return (
    <aside className="details" aria-label={t('details')} data-column>
      <div className="head">
        <h2 className="grow cut">{chosen.length > 1 ? t('nSelected', { count: chosen.length }) : t('details')}</h2>
        <IconButton icon="close" label={t('closeDetails')} keys="Ctrl Shift I" onClick={onClose} />
      </div>
      <div className="details-inside">
        <section className="details-part">
          <div className="row details-name">
            <FileIcon kind={node.kind === 'folder' ? 'folder' : fileKind(node.name)} />
            <span className="col">
              <b className="selectable">{name}</b>
              <span className="xs t3 num">{chosen.length > 1 ? t('lastChosen', { size }) : size}</span>
            </span>
          </div>
          <dl className="facts sm">
            {facts.map(([term, value]) => (
              <div key={term}>
                <dt className="t3">{term}</dt>
                <dd className="cut" title={value}>
                  {value}
                </dd>
              </div>
            ))}
          </dl>
        </section>
        {last?.kind === 'file' && <VersionList key={last.id} node={last} mayEdit={mayEdit} actions={actions} />}
      </div>
    </aside>
  );
}
