import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Space } from '#shared/model/drive.ts';
import { spaceGroups } from '../app/drive-way.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import type { Sending } from './drive-tools.ts';
import { FolderTree } from './folder-tree.tsx';
import { FolderIcon, FolderWord } from './node-mark.tsx';
import type { TreeRow } from './tree-rows.ts';

interface SendDialogProps {
  sending: Sending;
  spaces: readonly Space[];
  /** Ids of the folders that are open at first. */
  startAt: readonly string[];
  onClose: () => void;
  onSend: (to: { id: string; name: string; spaceId: string }) => void;
}

/** Picks the folder that things go to: to move, one of the same drive (DRV-08); to copy, one of any; never one of those that go. */
export function SendDialog({ sending, spaces, startAt, onClose, onSend }: SendDialogProps) {
  const { t } = useTranslation(['drive', 'explorer', 'ui']);
  const { kind, nodes } = sending;
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(startAt));
  const [to, setTo] = useState<TreeRow | null>(null);
  const groups = useMemo(() => {
    const names = { shared: t('sharedSpaces'), my: t('mySpaces'), folder: t('sharedFolders'), room: t('roomSpaces') };
    const wanted = kind === 'copy' ? spaces : spaces.filter(({ id }) => id === nodes[0]?.spaceId);
    return spaceGroups(wanted).map(({ kind: group, spaces: inGroup }) => ({
      label: names[group],
      roots: inGroup.map(({ id, rootId, name }) => ({ id: rootId, name, spaceId: id })),
    }));
  }, [kind, nodes, spaces, t]);
  const hidden = useMemo(() => new Set(nodes.map(({ id }) => id)), [nodes]);
  const permissionOf = (row: TreeRow) => row.permission ?? spaces.find(({ id }) => id === row.spaceId)?.permission ?? 'read';
  const isHere = kind === 'move' && to !== null && nodes.every(({ parentId }) => parentId === to.id);
  const isClosed = to !== null && permissionOf(to) !== 'edit';
  const why = isHere ? t('drop_here_already') : isClosed ? t('drop_read_only') : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={kind === 'move' ? t('moveTitle') : t('explorer:copyTitle')}
      className="move-dialog"
      footer={
        <>
          <span className="grow sm t2" role="status">
            {why}
          </span>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={to === null || why !== null} onClick={() => to !== null && onSend(to)}>
            {kind === 'move' ? t('moveHere') : t('explorer:copyHere')}
          </Button>
        </>
      }
    >
      <FolderTree
        label={kind === 'move' ? t('moveFolders') : t('explorer:copyFolders')}
        groups={groups}
        open={open}
        onOpen={(id, isOpen) => setOpen((now) => new Set(isOpen ? [...now, id] : [...now].filter((other) => other !== id)))}
        selectedId={to?.id ?? null}
        onSelect={setTo}
        hidden={hidden}
        markOf={(row) => <FolderWord node={row} permission={permissionOf(row)} />}
        iconOf={(row) => <FolderIcon node={row} permission={permissionOf(row)} size={16} />}
      />
    </Dialog>
  );
}
