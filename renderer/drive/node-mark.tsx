import { useTranslation } from 'react-i18next';
import type { Node, Permission } from '#shared/model/drive.ts';
import { useAccount } from '../app/host-context.tsx';
import { Chip } from '../ui/badge.tsx';
import { FileIcon, fileKind } from '../ui/file.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { useFormat } from '../ui/use-format.ts';
import { SyncSign } from './sync-states.tsx';
import { useMemberName } from './use-names.ts';

/** DRV-07: the three folders: open to whoever has what is above, with members of its own, or only to be viewed. */
export const folderIcon = ({ restricted }: Pick<Node, 'restricted'>, permission: Permission): IconName =>
  permission === 'read' ? 'folder-read' : restricted === true ? 'folder-limited' : 'folder';

/** The picture of a folder; decoration beside its name, behind which `FolderWord` says the same. */
export function FolderIcon({ node, permission, size }: { node: Pick<Node, 'restricted'>; permission: Permission; size: number }) {
  return <Icon name={folderIcon(node, permission)} size={size} />;
}

/** What a folder's picture tells, for those who hear the screen; nothing for an open one. */
export function FolderWord({ node, permission }: { node: Pick<Node, 'restricted'>; permission: Permission }) {
  const { t } = useTranslation(['drive', 'explorer']);
  const name = folderIcon(node, permission);
  return name === 'folder' ? null : <span className="unseen">{name === 'folder-read' ? t('viewOnly') : t('explorer:limited')}</span>;
}

interface RowMarkProps {
  node: Pick<Node, 'kind' | 'name' | 'restricted'>;
  permission?: Permission;
  chosen: boolean;
}

/** The mark before a name: the kind of the thing, or the tick of a chosen row. */
export function RowMark({ node, permission = 'edit', chosen }: RowMarkProps) {
  if (chosen) {
    return (
      <span aria-hidden className="row-tick">
        <Icon name="check" size={12} />
      </span>
    );
  }
  if (node.kind === 'file') return <FileIcon small kind={fileKind(node.name)} />;
  return (
    <span className="file-icon kind-folder small">
      <FolderIcon node={node} permission={permission} size={18} />
    </span>
  );
}

/** DRV-15: who holds a file and since when, as one sentence; null when nobody does. */
export function useLockText(): (lock: Node['lock']) => string | null {
  const { t } = useTranslation('explorer');
  const format = useFormat();
  const nameOf = useMemberName();
  const { member } = useAccount();
  return (lock) => {
    if (lock == null) return null;
    const since = format.moment(lock.since);
    return lock.by === member.id ? t('lockedByMe', { since }) : t('lockedBy', { name: nameOf(lock.by), since });
  };
}

/** What stands behind a name: who it is for, a lock, a star. */
export function NodeSigns({ node, permission, starred }: { node: Node; permission: Permission; starred: boolean }) {
  const { t } = useTranslation(['explorer', 'drive']);
  const lockText = useLockText();
  const held = lockText(node.lock);
  return (
    <>
      {node.kind === 'folder' && permission === 'read' && <Chip>{t('drive:viewOnly')}</Chip>}
      {node.kind === 'folder' && permission !== 'read' && <FolderWord node={node} permission={permission} />}
      {held !== null && (
        <span className="node-sign" title={held}>
          <Icon name="lock" size={14} label={held} />
        </span>
      )}
      <SyncSign nodeId={node.id} />
      {starred && (
        <span className="node-sign">
          <Icon name="starred" size={14} label={t('isStarred')} />
        </span>
      )}
    </>
  );
}
