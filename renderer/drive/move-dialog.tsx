import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Node, Space } from '#shared/model/drive.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FolderTree } from './folder-tree.tsx';
import type { WayStep } from '../app/drive-way.ts';

interface MoveDialogProps {
  space: Space;
  nodes: readonly Node[];
  startAt: readonly WayStep[];
  onClose: () => void;
  onMove: (to: { id: string; name: string }) => void;
}

/** Picks the folder that things move to: one of the same drive (DRV-08), never one of those that move. */
export function MoveDialog({ space, nodes, startAt, onClose, onMove }: MoveDialogProps) {
  const { t } = useTranslation(['drive', 'ui']);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(startAt.map(({ id }) => id)));
  const [to, setTo] = useState<{ id: string; name: string } | null>(null);
  const groups = useMemo(
    () => [{ label: space.name, roots: [{ id: space.rootId, name: space.name, spaceId: space.id }] }],
    [space.id, space.rootId, space.name],
  );
  const hidden = useMemo(() => new Set(nodes.map(({ id }) => id)), [nodes]);
  const isHere = to === null || nodes.every(({ parentId }) => parentId === to.id);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('moveTitle')}
      className="move-dialog"
      footer={
        <>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button look="primary" disabled={isHere} onClick={() => to !== null && onMove(to)}>
            {t('moveHere')}
          </Button>
        </>
      }
    >
      <FolderTree
        label={t('moveFolders')}
        groups={groups}
        open={open}
        onOpen={(id, isOpen) => setOpen((now) => new Set(isOpen ? [...now, id] : [...now].filter((other) => other !== id)))}
        selectedId={to?.id ?? null}
        onSelect={(row) => setTo({ id: row.id, name: row.name })}
        hidden={hidden}
      />
    </Dialog>
  );
}
