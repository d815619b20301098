import { useCallback, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place, PlacedNode } from '#shared/contract/drive.ts';
import type { Node } from '#shared/model/drive.ts';
import { ContextMenu } from '../ui/menu.tsx';
import { useFormat } from '../ui/use-format.ts';
import { newClip } from './clipboard-clip.ts';
import { DataGrid, type GridColumn } from './data-grid.tsx';
import { useTools } from './drive-tools.ts';
import { NodeName, type Renaming } from './file-columns.tsx';
import { permissionIn } from './folder-commands.ts';
import { RowMark } from './node-mark.tsx';
import { useNodeMenu } from './node-menu.ts';
import { FolderBar, SelectionBar } from './selection-bar.tsx';
import { chooseNone, type Selection } from './selection.ts';
import { useChosen } from './use-chosen.ts';
import { useClipboard } from './use-clipboard.ts';
import { useFolderKeys } from './use-folder-keys.ts';
import { useKeptSelection } from './use-kept-selection.ts';
import type { ScrollMemory } from './use-kept-scroll.ts';
import { useMemberName } from './use-names.ts';
import { useNodeCommands, useOpen } from './use-node-commands.ts';
import { useNodeDrag } from './use-node-drag.ts';
import { useWidth } from './use-width.ts';
import { fittingColumns } from './view-prefs.ts';

/** A node from anywhere, and when it was used where that is what the list is about. */
export type Gathered = PlacedNode & { readonly at?: number };

interface NodesViewProps<Item extends Gathered> {
  label: string;
  items: readonly Item[];
  selection: Selection;
  onSelection: (next: Selection) => void;
  memory?: ScrollMemory;
  onRefresh: () => void;
  /** Draws the name of what is found, over two lines. */
  tallName?: (item: Item) => ReactNode;
  onEnd?: () => void;
  onKey?: (event: KeyboardEvent) => void;
  /** What is said of how many there are. */
  head?: ReactNode;
}

/** The way to where a node lies: `設備設計 › 第2工場`. */
export const placeText = ({ spaceName, names }: Place): string => [spaceName, ...names].join(' › ');

const keyOf = ({ node }: Gathered): string => node.id;
const nameOfItem = ({ node }: Gathered): string => node.name;
const order = ['name', 'place', 'person', 'date', 'size'] as const;
const needed = ['name', 'place', 'date', 'person', 'size'] as const;
const noWay: readonly never[] = [];

/** Files and folders from anywhere, each with where it lies: starred, used lately, found. */
export function NodesView<Item extends Gathered>(props: NodesViewProps<Item>) {
  const { label, items, selection, onSelection, memory, onRefresh, tallName, onEnd, onKey: firstKey, head } = props;
  const { t } = useTranslation(['drive', 'explorer']);
  const format = useFormat();
  const memberName = useMemberName();
  const { actions, marks, clip, setClip, spaces } = useTools();
  const [width, measure] = useWidth();
  const grid = useRef<HTMLDivElement>(null);
  const [renaming, setRenaming] = useState<Renaming | null>(null);
  const nodes = useMemo(() => items.map(({ node }) => node), [items]);
  const chosen = useChosen(nodes, selection.chosen);
  useKeptSelection(items, keyOf, selection, onSelection);
  const open = useOpen();
  const startDrag = useNodeDrag();
  const commands = useNodeCommands({
    nodes: chosen,
    among: nodes,
    here: null,
    rename: ({ id }) => setRenaming({ id, siblings: [], refusal: null }),
  });
  const menu = useNodeMenu(commands, chosen);
  const folderKeys = useFolderKeys({ commands, way: noWay, clip, hasChosen: chosen.length > 0, onLetGo: () => setClip(null), onRefresh });
  useClipboard({
    take: (kind) => {
      const command = commands[kind];
      if (command === undefined || command.why !== null || document.activeElement !== grid.current) return null;
      const taken = newClip(kind, chosen);
      setClip(taken);
      return taken;
    },
    paste: () => undefined,
  });
  const onRename = useCallback(
    (node: Node, typed: string | null) => {
      if (typed === null) return setRenaming(null);
      void actions.rename(node, typed).then((problem) => {
        setRenaming((now) => (now?.id !== node.id || problem === null ? null : { ...now, refusal: { text: problem } }));
        onRefresh();
      });
    },
    [actions, onRefresh],
  );
  const isUse = items[0]?.at !== undefined;
  const { columns, template } = useMemo(() => {
    const permissionOf = permissionIn(undefined, spaces);
    const { shown, template: widths } = fittingColumns(needed, order, {}, width);
    const all: Readonly<Record<(typeof order)[number], Omit<GridColumn<Item>, 'id'>>> = {
      name: {
        title: t('name'),
        className: 'cell-name',
        isHandle: true,
        render: (item, isChosen) => (
          <>
            <RowMark node={item.node} permission={permissionOf(item.node)} chosen={isChosen} />
            {tallName !== undefined && renaming?.id !== item.node.id ? (
              tallName(item)
            ) : (
              <NodeName node={item.node} options={{ renaming, onRename, isStarred: marks.isStarred, permissionOf }} />
            )}
          </>
        ),
      },
      place: {
        title: t('place'),
        className: 'cell-place',
        render: ({ place }) => (
          <span className="cut" title={placeText(place)}>
            {placeText(place)}
          </span>
        ),
      },
      person: {
        title: t('person'),
        className: 'cell-person',
        render: ({ node }) => <span className="cut">{memberName(node.updatedBy)}</span>,
      },
      date: {
        title: isUse ? t('explorer:usedAt') : t('date'),
        className: 'cell-date num',
        render: ({ node, at }) => format.stamp(at ?? node.updatedAt),
      },
      size: {
        title: t('size'),
        className: 'cell-size num',
        render: ({ node }) => (node.content === null ? t('noSize') : format.size(node.content.sizeBytes)),
      },
    };
    return { columns: shown.map((id): GridColumn<Item> => ({ id, ...all[id] })), template: widths };
  }, [spaces, width, t, format, memberName, marks, renaming, onRename, tallName, isUse]);

  return (
    <>
      {chosen.length > 0 ? (
        <SelectionBar nodes={chosen} commands={commands} onClear={() => onSelection(chooseNone(selection))} />
      ) : (
        (head ?? <FolderBar count={items.length} commands={{}} />)
      )}
      <ContextMenu entries={menu}>
        <div ref={measure} className="folder-area">
          <DataGrid
            ref={grid}
            label={label}
            items={items}
            keyOf={keyOf}
            nameOf={nameOfItem}
            columns={columns}
            template={template}
            {...(tallName === undefined ? {} : { tall: 52 })}
            selection={selection}
            onSelection={onSelection}
            onOpen={({ node }) => open(node, nodes)}
            onKey={(event) => {
              firstKey?.(event);
              if (!event.defaultPrevented) folderKeys(event);
            }}
            editing={renaming?.id ?? null}
            {...(memory === undefined ? {} : { memory })}
            {...(onEnd === undefined ? {} : { onEnd })}
            drag={{
              onStart: (event, { node }) =>
                startDrag(event, node.spaceId, sameSpace(selection.chosen.has(node.id) ? chosen : [node], node)),
              onOver: () => undefined,
              onDrop: () => undefined,
            }}
          />
        </div>
      </ContextMenu>
    </>
  );
}

/** Only things of one drive travel together. */
const sameSpace = (nodes: readonly Node[], { spaceId }: Node): readonly Node[] => nodes.filter((node) => node.spaceId === spaceId);
