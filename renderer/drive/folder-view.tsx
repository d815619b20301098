import { useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Node, Space } from '#shared/model/drive.ts';
import { useHost } from '../app/host-context.tsx';
import { pathOf, useRouter } from '../app/router.ts';
import { Button } from '../ui/button.tsx';
import { ContextMenu } from '../ui/menu.tsx';
import { Empty } from '../ui/note.tsx';
import type { CutNodes } from './cut.ts';
import { DataGrid } from './data-grid.tsx';
import { useDragStart, useDropZones } from './drop-zone.tsx';
import type { DropTarget } from './drop.ts';
import { useFileColumns } from './file-columns.tsx';
import { folderCommands, useFolderMenu } from './folder-commands.ts';
import { MoveDialog } from './move-dialog.tsx';
import { NewFolderRow } from './new-folder-row.tsx';
import { FolderBar, SelectionBar } from './selection-bar.tsx';
import { chooseNone, chooseOnly, retain, type Selection } from './selection.ts';
import { byName, sortNodes, type Sort } from './sorting.ts';
import type { DriveActions } from './use-drive-actions.ts';
import { useMemberName } from './use-names.ts';
import { useRemembered } from '../app/use-remembered.ts';
import type { WayStep } from '../app/drive-way.ts';

export type Listing = OutputOf<WorkspaceContract, 'drive.children'>;

interface FolderViewProps {
  listing: Listing;
  space: Space;
  way: readonly WayStep[];
  selection: Selection;
  onSelection: (next: Selection) => void;
  cut: CutNodes | null;
  onCut: (cut: CutNodes | null) => void;
  actions: DriveActions;
  onShowDetails: () => void;
  /** Set while the new folder's name is typed. */
  isCreating: boolean;
  onCreating: (creating: boolean) => void;
}

const keyOf = (node: Node): string => node.id;
const nameOfNode = (node: Node): string => node.name;

/** The contents of one folder: a table that is chosen from, dragged from and dropped on. */
export function FolderView(props: FolderViewProps) {
  const { listing, space, way, selection, onSelection, cut, onCut, actions, onShowDetails, isCreating, onCreating } = props;
  const { t } = useTranslation('drive');
  const { shell } = useHost();
  const router = useRouter();
  const memberName = useMemberName();
  const zoneOf = useDropZones();
  const startDrag = useDragStart();
  const grid = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useRemembered<Sort>('drive.sort', byName);
  const [renamingId, setRenamingId] = useState<string | null>(null);
  const [moving, setMoving] = useState<readonly Node[] | null>(null);

  const { folder, permission } = listing;
  const mayEdit = permission === 'edit';
  const nodes = useMemo(() => sortNodes(listing.nodes, sort, memberName), [listing.nodes, sort, memberName]);
  const siblings = useMemo(() => listing.nodes.map(nameOfNode), [listing.nodes]);
  const chosen = useMemo(() => nodes.filter(({ id }) => selection.chosen.has(id)), [nodes, selection.chosen]);

  // A new answer keeps what was chosen; what is gone from it is let go.
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    const order = nodes.map(keyOf);
    const kept = retain(selection, before.current, order);
    before.current = order;
    if (kept !== selection) onSelection(kept);
    // oxlint-disable-next-line react/exhaustive-deps -- only when the answer changes
  }, [nodes]);

  const back = () => grid.current?.focus({ preventScroll: true });
  // Whoever opened this folder from the table it replaced goes on with the keyboard here.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, []);
  const open = (node: Node) => {
    if (node.kind === 'folder') router.go(pathOf('drive', node.id));
    else void actions.download([node]);
  };
  const paste = () => {
    if (cut === null) return;
    if (cut.spaceId !== space.id) return actions.complain(t('drop_other_space'));
    if (cut.nodes.some(({ id }) => way.some((step) => step.id === id))) return actions.complain(t('drop_into_itself'));
    onCut(null);
    void actions.move(cut.nodes, { id: folder.id, name: way.at(-1)!.name });
  };
  const commands = folderCommands(chosen, mayEdit, {
    open,
    download: (files) => void actions.download(files),
    rename: (node) => setRenamingId(node.id),
    move: setMoving,
    cut: (taken) => onCut({ spaceId: space.id, nodes: taken }),
    remove: (gone) => void actions.remove(gone),
    versions: onShowDetails,
    paste: cut === null ? null : paste,
    newFolder: () => onCreating(true),
    addFiles: () => void actions.chooseAndUpload(space.id, folder.id, false),
    addFolder: shell === null ? null : () => void actions.chooseAndUpload(space.id, folder.id, true),
  });
  const menu = useFolderMenu(commands, chosen.length > 0);

  const columns = useFileColumns({
    sort,
    onSort: setSort,
    renamingId,
    siblings,
    onRename: (node, name) => {
      setRenamingId(null);
      back();
      if (name !== null) void actions.rename(node, name);
    },
  });
  const create = async (name: string | null) => {
    onCreating(false);
    back();
    const node = name === null ? null : await actions.createFolder(space.id, folder.id, name);
    if (node !== null) onSelection(chooseOnly(node.id));
  };

  const onKey = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey;
    const byKey: Readonly<Record<string, (() => void) | null>> = {
      F2: commands.rename,
      Delete: commands.remove,
      ...(command ? { x: commands.cut, v: commands.paste } : {}),
      ...(cut !== null && chosen.length === 0 ? { Escape: () => onCut(null) } : {}),
      Backspace: way.length > 1 && event.altKey ? () => router.go(pathOf('drive', way.at(-2)!.id)) : null,
      ...(event.altKey ? { ArrowUp: way.length > 1 ? () => router.go(pathOf('drive', way.at(-2)!.id)) : null } : {}),
    };
    const run = byKey[event.key];
    if (run === undefined || run === null) return;
    event.preventDefault();
    run();
  };

  const here: DropTarget = { folderId: folder.id, name: way.at(-1)!.name, spaceId: space.id, permission, way: way.map(({ id }) => id) };
  const zone = zoneOf('folder', here);
  const rowProps = (node: Node) => {
    const inside = node.kind === 'folder' ? { ...here, folderId: node.id, name: node.name, way: [...here.way, node.id] } : null;
    const rowZone = zoneOf(`row-${node.id}`, inside, () => router.go(pathOf('drive', node.id)));
    return {
      ...rowZone.handlers,
      draggable: renamingId !== node.id,
      onDragStart: (event: DragEvent) =>
        startDrag(event, { kind: 'nodes', spaceId: space.id, nodes: selection.chosen.has(node.id) ? chosen : [node] }),
      className: `${rowZone.className ?? ''} ${cut?.nodes.some(({ id }) => id === node.id) === true ? 'cut-out' : ''}`,
    };
  };

  return (
    <>
      {chosen.length > 0 ? (
        <SelectionBar nodes={chosen} commands={commands} onClear={() => onSelection(chooseNone(selection))} />
      ) : (
        <FolderBar count={nodes.length} commands={commands} />
      )}
      <ContextMenu entries={menu}>
        <div className={`folder-area ${zone.className ?? ''}`} {...zone.handlers}>
          {nodes.length === 0 && !isCreating ? (
            <div
              ref={grid}
              className="empty-folder"
              role="group"
              aria-label={t('files', { folder: here.name })}
              tabIndex={0}
              data-start
              onKeyDown={onKey}
            >
              <EmptyFolder mayEdit={mayEdit} onAdd={commands.addFiles} />
            </div>
          ) : (
            <DataGrid
              ref={grid}
              label={t('files', { folder: here.name })}
              items={nodes}
              keyOf={keyOf}
              nameOf={nameOfNode}
              columns={columns}
              selection={selection}
              onSelection={onSelection}
              onOpen={open}
              onKey={onKey}
              rowProps={rowProps}
              {...(isCreating ? { first: <NewFolderRow siblings={siblings} onDone={(name) => void create(name)} /> } : {})}
            />
          )}
        </div>
      </ContextMenu>
      {moving !== null && (
        <MoveDialog
          space={space}
          nodes={moving}
          startAt={way}
          onClose={() => setMoving(null)}
          onMove={(to) => {
            setMoving(null);
            void actions.move(moving, to);
          }}
        />
      )}
    </>
  );
}

function EmptyFolder({ mayEdit, onAdd }: { mayEdit: boolean; onAdd: (() => void) | null }) {
  const { t } = useTranslation('drive');
  if (!mayEdit || onAdd === null) {
    return (
      <Empty icon="folder" title={t('emptyViewOnly')}>
        {t('emptyViewOnlyMore')}
      </Empty>
    );
  }
  return (
    <Empty
      icon="folder"
      title={t('empty')}
      action={
        <Button size="small" icon="plus" onClick={onAdd}>
          {t('addFiles')}
        </Button>
      }
    >
      {t('emptyMore')}
    </Empty>
  );
}
