import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Space } from '#shared/model/drive.ts';
import { pathOf, useRouter } from '../app/router.ts';
import { useRemembered } from '../app/use-remembered.ts';
import { spaceGroups, type WayStep } from '../app/drive-way.ts';
import { IconButton } from '../ui/button.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import type { DropTarget } from './drop.ts';
import { useTools } from './drive-tools.ts';
import { FolderTree } from './folder-tree.tsx';
import { FolderIcon, FolderWord } from './node-mark.tsx';
import { gatheredPlaces, type DrivePlace, type Gathered } from './place.ts';
import { SideFoot } from './side-foot.tsx';
import type { TreeRow } from './tree-rows.ts';
import { useSideMenu } from './use-side-menu.ts';

interface DriveSideProps {
  spaces: readonly Space[];
  /** The drive in view. */
  space: Space | undefined;
  way: readonly WayStep[];
  place: DrivePlace | null;
  addEntries: readonly MenuEntry[];
  onPicked: () => void;
}

const placeIcons: Readonly<Record<Gathered, IconName>> = { recent: 'clock', starred: 'star', links: 'link' };
/** Rows that are no folders of the tree have ids of their own. */
const placeId = (name: Gathered): string => `place:${name}`;
const pinId = (folderId: string): string => `pin:${folderId}`;
const isLeaf = (id: string): boolean => id.startsWith('place:') || id.startsWith('pin:');
const bare = (id: string): string => id.replace(/^(?:place|pin):/u, '');

/** The left column: what is gathered from everywhere, quick access, every drive with its folders, and the trash of the one in view (DRV-01). */
export function DriveSide({ spaces, space, way, place, addEntries, onPicked }: DriveSideProps) {
  const { t } = useTranslation(['drive', 'explorer']);
  const router = useRouter();
  const { marks } = useTools();
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
    const places = gatheredPlaces.map((name) => ({ id: placeId(name), name: t(`explorer:place_${name}`), spaceId: '' }));
    const pins = marks.pinned.map(({ node }) => ({
      id: pinId(node.id),
      name: node.name,
      spaceId: node.spaceId,
      restricted: node.restricted,
      permission: node.permission,
    }));
    return [
      { label: t('explorer:places'), quiet: true, roots: places },
      ...(pins.length === 0 ? [] : [{ label: t('explorer:quickAccess'), roots: pins }]),
      ...spaceGroups(spaces).map(({ kind, spaces: inGroup }) => ({
        label: names[kind],
        roots: inGroup.map(({ id, rootId, name }) => ({ id: rootId, name, spaceId: id })),
      })),
    ];
  }, [spaces, marks.pinned, t]);
  const spaceOf = ({ spaceId }: TreeRow) => spaces.find(({ id }) => id === spaceId);
  const permissionOf = (row: TreeRow) => row.permission ?? spaceOf(row)?.permission ?? 'edit';
  const dropTargetOf = (row: TreeRow): DropTarget | null =>
    spaceOf(row) === undefined
      ? null
      : { folderId: bare(row.id), name: row.name, spaceId: row.spaceId, permission: permissionOf(row), way: row.way.map(bare) };
  const iconOf = (row: TreeRow) => {
    const owner = spaceOf(row);
    if (row.id.startsWith('place:')) return <Icon name={placeIcons[bare(row.id) as Gathered]} size={16} />;
    if (owner?.rootId === row.id && owner.kind === 'room') return <Icon name="group" size={16} />;
    return <FolderIcon node={row} permission={permissionOf(row)} size={16} />;
  };
  const menuOf = useSideMenu({ idOf: ({ id }) => (id.startsWith('place:') ? null : bare(id)), spaceOf });
  const selectedId =
    place === null || place.kind === 'trash' ? null : place.kind === 'folder' ? (way.at(-1)?.id ?? null) : placeId(place.kind);

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
          selectedId={selectedId}
          onSelect={({ id }) => {
            router.go(pathOf('drive', bare(id)));
            onPicked();
          }}
          dropTargetOf={dropTargetOf}
          iconOf={iconOf}
          markOf={(row) => (row.id.startsWith('place:') ? null : <FolderWord node={row} permission={permissionOf(row)} />)}
          menuOf={menuOf}
          isLeaf={isLeaf}
        />
      </div>
      <SideFoot space={space ?? spaces[0]} spaces={spaces} isTrash={place?.kind === 'trash'} onPicked={onPicked} />
    </aside>
  );
}
