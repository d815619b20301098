import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node } from '#shared/model/drive.ts';
import { useAccount } from '../../app/host-context.tsx';
import { wayText, type WayStep } from '../../app/drive-way.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { FileIcon, fileKind } from '../../ui/file.tsx';
import { Note } from '../../ui/note.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { DriveActions } from '../use-drive-actions.ts';
import { useMemberName } from '../use-names.ts';
import { ActivityList } from './activity-list.tsx';
import { SharedWith } from './shared-with.tsx';
import { VersionList } from './version-list.tsx';
import type { AskedDetails } from './asked-details.ts';
import './details.css';

interface DetailsPanelProps {
  /** What is chosen, the last one last; nothing means the folder itself. */
  chosen: readonly Node[];
  last: Node | undefined;
  folder: Node;
  way: readonly WayStep[];
  mayEdit: boolean;
  actions: DriveActions;
  /** Opens the dialog that shares it; null where that is not possible. */
  onShare: ((node: Node, start: 'people' | 'links') => void) | null;
  onUnlock: ((node: Node) => void) | null;
  onClose: () => void;
  /** What of it was asked for, and a number that grows each time: it is shown then, whatever was before. */
  asked: AskedDetails;
}
type Tab = AskedDetails['tab'];

/** Facts, versions and activity of what was chosen last, or of the folder in view. */
export function DetailsPanel(props: DetailsPanelProps) {
  const { chosen, last, folder, way, mayEdit, actions, onShare, onUnlock, onClose, asked } = props;
  const { t } = useTranslation(['drive', 'sharing']);
  const format = useFormat();
  const [picked, setPicked] = useState({ tab: asked.tab, times: asked.times });
  const wanted = picked.times === asked.times ? picked.tab : asked.tab;
  const node = last ?? folder;
  const name = last?.name ?? way.at(-1)?.name ?? folder.name;
  const size = node.content === null ? t('folder') : format.size(node.content.sizeBytes);
  const tabs: readonly Tab[] = node.kind === 'file' ? ['facts', 'versions', 'activity'] : ['facts', 'activity'];
  const tab = tabs.includes(wanted) ? wanted : 'facts';
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
          <Segmented
            label={t('details')}
            value={tab}
            options={tabs.map((value) => ({ value, text: t(`sharing:${value}`) }))}
            onChange={(one) => setPicked({ tab: one, times: asked.times })}
          />
        </section>
        {tab === 'facts' && (
          <>
            <Facts node={node} place={last === undefined ? way.slice(0, -1) : way} mayEdit={mayEdit} onUnlock={onUnlock} />
            {onShare !== null && chosen.length <= 1 && <SharedWith key={node.id} node={node} onShare={(start) => onShare(node, start)} />}
          </>
        )}
        {tab === 'versions' && <VersionList key={node.id} node={node} mayEdit={mayEdit} actions={actions} />}
        {tab === 'activity' && <ActivityList key={node.id} node={node} />}
      </div>
    </aside>
  );
}

function Facts({
  node,
  place,
  mayEdit,
  onUnlock,
}: {
  node: Node;
  place: readonly WayStep[];
  mayEdit: boolean;
  onUnlock: ((node: Node) => void) | null;
}) {
  const { t } = useTranslation(['drive', 'sharing']);
  const format = useFormat();
  const nameOf = useMemberName();
  const { member } = useAccount();
  const lock = node.lock ?? null;
  const may = node.permission ?? (mayEdit ? 'edit' : 'read');
  const facts: readonly (readonly [string, string])[] = [
    [t('permission'), t(may === 'edit' ? 'canEdit' : 'viewOnly')],
    ...(place.length > 0 ? [[t('place'), wayText(place)] as const] : []),
    [t('person'), nameOf(node.updatedBy)],
    [t('date'), format.stamp(node.updatedAt)],
  ];
  return (
    <section className="details-part">
      {lock !== null && (
        <Note
          icon="lock"
          tone="caution"
          action={
            onUnlock === null ? undefined : (
              <Button size="small" onClick={() => onUnlock(node)}>
                {t('sharing:unlock')}
              </Button>
            )
          }
        >
          {lock.by === member.id
            ? t('sharing:lockedByMe', { at: format.moment(lock.since) })
            : t('sharing:lockedBy', { name: nameOf(lock.by), at: format.moment(lock.since) })}
          <span className="xs t3">{t('sharing:lockUntil', { at: format.moment(lock.until) })}</span>
        </Note>
      )}
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
  );
}
