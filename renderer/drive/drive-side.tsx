import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Space } from '#shared/model/drive.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import type { DropTarget } from './drop.ts';
import { FolderTree } from './folder-tree.tsx';
import type { TreeRow } from './tree-rows.ts';
import { useRemembered } from '../app/use-remembered.ts';
import { spaceGroups, type WayStep } from '../app/drive-way.ts';

interface DriveSideProps {
  spaces: readonly Space[];
  /** The drive in view. */
  space: Space | undefined;
  way: readonly WayStep[];
  isTrash: boolean;
  addEntries: readonly MenuEntry[];
  onPicked: () => void;
}

/** The left column: every drive with its folders, and the trash of the one in view. */
export function DriveSide({ spaces, space, way, isTrash, addEntries, onPicked }: DriveSideProps) {
  const { t } = useTranslation('drive');
  const router = useRouter();
  const [openIds, setOpenIds] = useRemembered<readonly string[]>('drive.open', []);
  const open = useMemo(() => new Set(openIds), [openIds]);
  const above = way.slice(0, -1).map(({ id }) => id);

  // The folder in view is always in the tree.
  const missing = above.filter((id) => !open.has(id)).join();
  useEffect(() => {
    if (missing !== '') setOpenIds([...open, ...missing.split(',')]);
    // oxlint-disable-next-line react/exhaustive-deps -- only when the place changes, so that a folder above can be closed again
  }, [way]);

  const groups = useMemo(() => {
    const names = { shared: t('sharedSpaces'), my: t('mySpaces'), folder: t('sharedFolders'), room: t('roomSpaces') };
    return spaceGroups(spaces).map(({ kind, spaces: inGroup }) => ({
      label: names[kind],
      roots: inGroup.map(({ id, rootId, name }) => ({ id: rootId, name, spaceId: id })),
    }));
  }, [spaces, t]);
  const spaceOf = ({ spaceId }: TreeRow) => spaces.find(({ id }) => id === spaceId);
  const dropTargetOf = (row: TreeRow): DropTarget | null => {
    const owner = spaceOf(row);
    return owner === undefined
      ? null
      : { folderId: row.id, name: row.name, spaceId: row.spaceId, permission: owner.permission, way: row.way };
  };

  return (
    <aside className="side" aria-label={t('folders')} data-column>
      <div className="head">
        <h2 className="grow">{t('title')}</h2>
        {addEntries.length > 0 && (
          <Menu entries={addEntries} align="end">
            <IconButton icon="plus" label={t('add')} />
          </Menu>
        )}
      </div>
      <div className="tree-place">
        <FolderTree
          label={t('folders')}
          groups={groups}
          open={open}
          onOpen={(id, isOpen) => setOpenIds(isOpen ? [...open, id] : [...open].filter((other) => other !== id))}
          selectedId={isTrash ? null : (way.at(-1)?.id ?? null)}
          onSelect={({ id }) => {
            router.go(pathOf('drive', id));
            onPicked();
          }}
          dropTargetOf={dropTargetOf}
          markOf={(row) =>
            row.level === 1 && spaceOf(row)?.permission === 'read' ? (
              <Icon name="lock" size={14} className="t3" label={t('viewOnly')} />
            ) : null
          }
        />
      </div>
      {space !== undefined && (
        <div className="side-foot">
          <button
            type="button"
            className={classNames('trash-button', isTrash && 'chosen')}
            aria-current={isTrash ? 'page' : undefined}
            onClick={() => {
              router.go(pathOf('drive', 'trash', space.id));
              onPicked();
            }}
          >
            <Icon name="trash" size={16} className="t2" />
            {t('trash')}
          </button>
        </div>
      )}
    </aside>
  );
}
