import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { WorkspaceContract } from '#shared/contract/workspace.ts';
import type { Node, Permission, Space } from '#shared/model/drive.ts';
import { pathOf, useRouter } from '../app/router.ts';
import type { WayStep } from '../app/drive-way.ts';
import { ContextMenu } from '../ui/menu.tsx';
import { newClip } from './clipboard-clip.ts';
import type { Pasted } from './clip.ts';
import { CutNote } from './cut-note.tsx';
import { DataGrid } from './data-grid.tsx';
import { useTools } from './drive-tools.ts';
import { useDropZones, useHover } from './drop-zone.tsx';
import type { DropTarget } from './drop.ts';
import { EmptyFolder } from './empty-folder.tsx';
import { NodeName, useFileColumns, type Renaming } from './file-columns.tsx';
import { permissionIn } from './folder-commands.ts';
import { NewFolderRow } from './new-folder-row.tsx';
import { useNodeMenu } from './node-menu.ts';
import { NodeTile } from './node-tile.tsx';
import { RowsSkeleton } from './rows-skeleton.tsx';
import { FolderBar, SelectionBar } from './selection-bar.tsx';
import { chooseNone, chooseOnly, type Selection } from './selection.ts';
import { useChosen } from './use-chosen.ts';
import { useClipboard } from './use-clipboard.ts';
import { useFolderKeys } from './use-folder-keys.ts';
import { useKeptSelection } from './use-kept-selection.ts';
import { useMemberName } from './use-names.ts';
import { useNodeCommands, useOpen } from './use-node-commands.ts';
import { useNodeDrag } from './use-node-drag.ts';
import { useSorted } from './use-sorted.ts';
import { useWidth } from './use-width.ts';
import { useFolderExtras } from './folder-extras.ts';
import type { ViewPrefs } from './view-prefs.ts';

export type Listing = OutputOf<WorkspaceContract, 'drive.children'>;

interface FolderViewProps {
  listing: Listing;
  space: Space;
  way: readonly WayStep[];
  prefs: ViewPrefs;
  onPrefs: (change: Partial<ViewPrefs>) => void;
  selection: Selection;
  onSelection: (next: Selection) => void;
  onRefresh: () => void;
  /** Set while the new folder's name is typed. */
  isCreating: boolean;
  onCreating: (creating: boolean) => void;
}

const keyOf = (node: Node): string => node.id;
const nameOfNode = (node: Node): string => node.name;

/** The contents of one folder, as rows or tiles: chosen from, dragged from and dropped on. */
export function FolderView(props: FolderViewProps) {
  const { listing, space, way, prefs, onPrefs, selection, onSelection, onRefresh, isCreating, onCreating } = props;
  const { t } = useTranslation(['drive', 'explorer']);
  const { actions, marks, clip, setClip, memoryOf, spaces } = useTools();
  const router = useRouter();
  const memberName = useMemberName();
  const zoneOf = useDropZones();
  const hover = useHover();
  const grid = useRef<HTMLDivElement>(null);
  const [width, measure] = useWidth();
  const [renaming, setRenaming] = useState<Renaming | null>(null);
  const { folder, permission, nodes: all, complete } = listing;
  const name = way.at(-1)!.name;
  const sorted = useSorted(all, prefs.sort, memberName);
  const nodes = sorted ?? noNodes;
  const chosen = useChosen(nodes, selection.chosen);
  useKeptSelection(sorted, keyOf, selection, onSelection);

  const isSorted = sorted !== null;
  const back = () => grid.current?.focus({ preventScroll: true });
  // Whoever opened this folder from the view it replaced goes on with the keyboard here.
  useEffect(() => {
    if (document.activeElement === null || document.activeElement === document.body) grid.current?.focus({ preventScroll: true });
  }, [isSorted]);

  const here = { spaceId: space.id, folderId: folder.id, permission, way: way.map(({ id }) => id) };
  const pasteClip = async () => {
    if (clip === null) return;
    const to = { id: folder.id, name, spaceId: space.id };
    if (clip.kind === 'cut') setClip(null);
    if (clip.kind === 'cut') await actions.move(clip.nodes, to);
    else onSelection(selectionOf(await actions.copy(clip.nodes, to), selection));
  };
  const opens = useOpen();
  const open = (node: Node) => {
    memoryOf(folder.id).keepSelection(chooseOnly(node.id));
    opens(node, nodes);
  };
  const isAcross = clip?.kind === 'cut' && clip.spaceId !== space.id;
  const [offersCopy, setOffersCopy] = useState(false);
  const paste = () => (isAcross ? setOffersCopy(true) : void pasteClip());
  const commands = useNodeCommands({
    nodes: chosen,
    among: nodes,
    here,
    rename: ({ id }) => setRenaming({ id, siblings: all.map(nameOfNode), refusal: null }),
    paste,
    newFolder: () => onCreating(true),
  });
  const extras = useFolderExtras({
    prefs,
    onPrefs,
    onRefresh,
    onAll: () => onSelection({ ...selection, chosen: new Set(nodes.map(keyOf)) }),
  });
  const menu = useNodeMenu(commands, chosen, chosen.length > 0 ? [] : extras);
  const onKey = useFolderKeys({ commands, way, clip, hasChosen: chosen.length > 0, onLetGo: () => setClip(null), onRefresh });
  useClipboard({
    take: (kind) => {
      const command = commands[kind];
      if (command === undefined || document.activeElement !== grid.current) return null;
      if (command.why !== null) {
        actions.complain(command.why);
        return null;
      }
      const taken = newClip(kind, chosen);
      setClip(taken);
      return taken;
    },
    paste: (pasted: NonNullable<Pasted>) => {
      if (commands.paste?.why != null && (pasted.kind === 'clip' || permission !== 'edit')) return actions.complain(commands.paste.why);
      if (pasted.kind === 'clip') paste();
      else void actions.uploadFiles(space.id, folder.id, pasted.files);
    },
  });

  const onRename = useCallback(
    (node: Node, typed: string | null) => {
      if (typed === null) {
        setRenaming(null);
        return grid.current?.focus({ preventScroll: true });
      }
      void actions.rename(node, typed).then((problem) => {
        setRenaming((now) => (now?.id !== node.id ? now : problem === null ? null : { ...now, refusal: { text: problem } }));
        if (problem === null) grid.current?.focus({ preventScroll: true });
      });
    },
    [actions],
  );
  // What is gone can no longer be named.
  const isThere = renaming === null || all.some(({ id }) => id === renaming.id);
  useEffect(() => {
    if (!isThere) setRenaming(null);
  }, [isThere]);

  const permissionOf = useCallback((node: Node): Permission => permissionIn(permission, spaces)(node), [permission, spaces]);
  const columnOptions = { prefs, onPrefs, width, renaming, onRename, permissionOf, isStarred: marks.isStarred };
  const { columns, template } = useFileColumns(columnOptions);
  const tile = useCallback(
    (node: Node, isChosen: boolean) => (
      <NodeTile
        node={node}
        permission={permissionOf(node)}
        chosen={isChosen}
        name={<NodeName node={node} options={{ renaming, onRename, isStarred: marks.isStarred, permissionOf }} />}
      />
    ),
    [permissionOf, renaming, onRename, marks],
  );
  const create = async (typed: string | null) => {
    onCreating(false);
    back();
    const node = typed === null ? null : await actions.createFolder(space.id, folder.id, typed);
    if (node !== null) onSelection(chooseOnly(node.id));
  };

  const target: DropTarget = { ...here, name };
  const zone = zoneOf('folder', target);
  const zoneAt = (node: Node | null) => {
    if (node?.kind !== 'folder') return zone;
    const inside = { ...target, folderId: node.id, name: node.name, permission: permissionOf(node), way: [...here.way, node.id] };
    return zoneOf(`row-${node.id}`, inside, () => router.go(pathOf('drive', node.id)));
  };
  const startDrag = useNodeDrag();
  const cutIds = useMemo(() => new Set(clip?.kind === 'cut' ? clip.nodes.map(keyOf) : []), [clip]);
  const classOf = (node: Node): string | null => {
    const mark = hover?.zone === `row-${node.id}` ? (hover.verdict.kind === 'refuse' ? 'drop-refused' : 'drop-here') : null;
    return cutIds.has(node.id) ? `${mark ?? ''} cut-out` : mark;
  };
  const isEmpty = all.length === 0 && complete && !isCreating;
  const label = t('files', { folder: name });
  return (
    <>
      {chosen.length > 0 ? (
        <SelectionBar nodes={chosen} commands={commands} onClear={() => onSelection(chooseNone(selection))} />
      ) : (
        <FolderBar count={all.length} complete={complete} commands={commands} />
      )}
      {(isAcross || clip?.kind === 'cut') && (
        <CutNote
          clip={clip}
          folder={name}
          offersCopy={isAcross && offersCopy}
          onCopy={() => {
            setOffersCopy(false);
            setClip(null);
            void actions.copy(clip.nodes, { id: folder.id, name, spaceId: space.id });
          }}
          onClear={() => setClip(null)}
        />
      )}
      <ContextMenu entries={menu}>
        <div ref={measure} className={`folder-area ${zone.className ?? ''}`} {...(isEmpty ? zone.handlers : {})}>
          {isEmpty && (
            <div ref={grid} className="empty-folder" role="group" aria-label={label} tabIndex={0} data-start onKeyDown={onKey}>
              <EmptyFolder add={commands.addFiles} />
            </div>
          )}
          {!isEmpty && sorted === null && <RowsSkeleton />}
          {!isEmpty && sorted !== null && (
            <DataGrid
              ref={grid}
              label={label}
              items={nodes}
              keyOf={keyOf}
              nameOf={nameOfNode}
              columns={columns}
              template={template}
              {...(prefs.view === 'tiles' ? { tile } : {})}
              selection={selection}
              onSelection={onSelection}
              onOpen={open}
              onKey={onKey as (event: KeyboardEvent) => void}
              classOf={classOf}
              editing={renaming?.id ?? null}
              memory={memoryOf(folder.id)}
              drag={{
                onStart: (event: DragEvent, node) => startDrag(event, space.id, selection.chosen.has(node.id) ? chosen : [node]),
                onOver: (event, node) => zoneAt(node).handlers.onDragOver?.(event),
                onDrop: (event, node) => zoneAt(node).handlers.onDrop?.(event),
              }}
              {...(isCreating ? { first: <NewFolderRow siblings={all.map(nameOfNode)} onDone={(typed) => void create(typed)} /> } : {})}
            />
          )}
        </div>
      </ContextMenu>
    </>
  );
}

const noNodes: readonly Node[] = [];

/** What was just made is chosen. */
const selectionOf = (nodes: readonly Node[], before: Selection): Selection =>
  nodes.length === 0 ? before : { chosen: new Set(nodes.map(keyOf)), anchor: nodes[0]!.id, active: nodes[0]!.id };
