import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { Icon } from '../ui/icon.tsx';
import { ContextMenu, type MenuEntry } from '../ui/menu.tsx';
import { TypeAhead } from '../ui/type-ahead.ts';
import { useDropZones } from './drop-zone.tsx';
import type { DropTarget } from './drop.ts';
import { treeMove, treeRows, type TreeRoot, type TreeRow } from './tree-rows.ts';
import { useFolders } from './use-folders.ts';

export interface TreeGroup {
  readonly label: string;
  /** Its label is only read aloud. */
  readonly quiet?: boolean;
  readonly roots: readonly TreeRoot[];
}

interface FolderTreeProps {
  label: string;
  groups: readonly TreeGroup[];
  open: ReadonlySet<string>;
  onOpen: (id: string, open: boolean) => void;
  selectedId: string | null;
  onSelect: (row: TreeRow) => void;
  /** Folders that must not be picked, with all that is in them. */
  hidden?: ReadonlySet<string>;
  dropTargetOf?: (row: TreeRow) => DropTarget | null;
  /** The picture before the name; a folder where missing. */
  iconOf?: (row: TreeRow) => ReactNode;
  /** Something after the name. */
  markOf?: (row: TreeRow) => ReactNode;
  /** The menu of a row, on the right button, Shift F10 and the menu key. */
  menuOf?: (row: TreeRow) => readonly MenuEntry[];
  /** Rows that lead somewhere and hold nothing. */
  isLeaf?: (id: string) => boolean;
}

const nothingHidden: ReadonlySet<string> = new Set();
const noLeaf = (): boolean => false;

/** Folders as a tree with one tab stop. What is in a folder is asked for when it opens. */
export function FolderTree(props: FolderTreeProps) {
  const { label, groups, open, onOpen, selectedId, onSelect, hidden = nothingHidden, dropTargetOf } = props;
  const { isLeaf = noLeaf, iconOf, menuOf } = props;
  const openIds = useMemo(() => [...open].filter((id) => !isLeaf(id)), [open, isLeaf]);
  const foldersOf = useFolders(openIds);
  const zoneOf = useDropZones();
  const typing = useRef(new TypeAhead());
  const elements = useRef(new Map<string, HTMLElement>());
  const [activeId, setActiveId] = useState<string | null>(null);
  const [menuRow, setMenuRow] = useState<TreeRow | null>(null);

  const inside = (id: string) => (isLeaf(id) ? [] : foldersOf(id)?.filter((folder) => !hidden.has(folder.id)));
  const rowGroups = groups.map(({ label: name, roots, quiet = false }) => ({ name, quiet, rows: treeRows(roots, open, inside) }));
  const rows = rowGroups.flatMap((group) => group.rows);
  const stop = rows.find(({ id }) => id === activeId) ?? rows.find(({ id }) => id === selectedId) ?? rows[0];

  const goTo = (id: string) => {
    setActiveId(id);
    const element = elements.current.get(id);
    element?.focus();
    element?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (row: TreeRow) => (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.altKey) return;
    const index = rows.indexOf(row);
    const move = treeMove(rows, index, event.key);
    if (move?.kind === 'go') goTo(move.id);
    else if (move !== null) onOpen(move.id, move.kind === 'open');
    else if (event.key === 'Enter' || event.key === ' ') onSelect(row);
    else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) {
      const found = typing.current.find(event.key, event.timeStamp, index, rows.length, (at) => [rows[at]!.name]);
      if (found >= 0) goTo(rows[found]!.id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const item = (row: TreeRow) => {
    const zone = zoneOf(`tree-${row.id}`, dropTargetOf?.(row) ?? null, row.open === false ? () => onOpen(row.id, true) : undefined);
    return (
      <div
        key={row.id}
        {...zone.handlers}
        ref={(element) => {
          if (element === null) elements.current.delete(row.id);
          else elements.current.set(row.id, element);
        }}
        role="treeitem"
        tabIndex={row.id === stop?.id ? 0 : -1}
        {...(row.id === stop?.id ? { 'data-start': true } : {})}
        aria-level={row.level}
        aria-selected={row.id === selectedId}
        {...(row.open === null ? {} : { 'aria-expanded': row.open })}
        className={classNames('tree-row', row.id === selectedId && 'chosen', zone.className)}
        style={{ paddingInlineStart: 8 + (row.level - 1) * 18 }}
        onKeyDown={onKeyDown(row)}
        onFocus={() => setActiveId(row.id)}
        onClick={() => onSelect(row)}
        onContextMenu={() => setMenuRow(row)}
        onDoubleClick={() => row.open !== null && onOpen(row.id, !row.open)}
      >
        {!isLeaf(row.id) && (
          <span
            aria-hidden
            className="tree-turn"
            onClick={(event) => {
              if (row.open === null) return;
              event.stopPropagation();
              onOpen(row.id, !row.open);
            }}
          >
            {row.open !== null && <Icon name={row.open ? 'down' : 'forward'} size={14} />}
          </span>
        )}
        <span className="tree-icon t2">{iconOf?.(row) ?? <Icon name="folder" size={16} />}</span>
        <span className="cut grow" title={row.name}>
          {row.name}
        </span>
        {props.markOf?.(row)}
      </div>
    );
  };

  const tree = (
    <div role="tree" aria-label={label} className="folder-tree">
      {rowGroups.map(({ name, quiet, rows: inGroup }) => (
        <div key={name} role="group" aria-label={name}>
          {!quiet && (
            <div className="tree-group" aria-hidden>
              {name}
            </div>
          )}
          {inGroup.map(item)}
        </div>
      ))}
    </div>
  );
  if (menuOf === undefined) return tree;
  return <ContextMenu entries={menuRow === null ? [] : menuOf(menuRow)}>{tree}</ContextMenu>;
}
