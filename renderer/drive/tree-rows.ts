/** A folder in the tree. */
export interface TreeFolder {
  readonly id: string;
  readonly name: string;
  /** DRV-07: it has members of its own. */
  readonly restricted?: boolean | undefined;
  /** Where it is not what one may do in the whole drive. */
  readonly permission?: 'edit' | 'read' | undefined;
}
/** The root of a space in the tree. */
export interface TreeRoot extends TreeFolder {
  readonly spaceId: string;
}
export interface TreeRow extends TreeFolder {
  readonly spaceId: string;
  readonly level: number;
  readonly parentId: string | null;
  /** Ids from the root down to this folder. */
  readonly way: readonly string[];
  /** Null when it is known to hold no folder. */
  readonly open: boolean | null;
}

const pick = ({ id, name, restricted, permission }: TreeFolder): TreeFolder => ({ id, name, restricted, permission });

/** The folders in view, from top to bottom. `foldersOf` is undefined for what was not asked for yet. */
export function treeRows(
  roots: readonly TreeRoot[],
  open: ReadonlySet<string>,
  foldersOf: (id: string) => readonly TreeFolder[] | undefined,
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (folder: TreeFolder, spaceId: string, above: readonly string[]) => {
    const inside = foldersOf(folder.id);
    const isOpen = inside?.length === 0 ? null : open.has(folder.id);
    const way = [...above, folder.id];
    rows.push({ ...pick(folder), spaceId, level: way.length, parentId: above.at(-1) ?? null, way, open: isOpen });
    // A folder that stands above itself could only come from a broken answer; it must not hang the window.
    if (isOpen === true) for (const child of inside ?? []) if (!way.includes(child.id)) visit(child, spaceId, way);
  };
  for (const root of roots) visit(root, root.spaceId, []);
  return rows;
}

export type TreeMove = { readonly kind: 'go'; readonly id: string } | { readonly kind: 'open' | 'close'; readonly id: string } | null;

/** What an arrow, Home or End does in a tree, standing on the row at `index`. */
export function treeMove(rows: readonly TreeRow[], index: number, key: string): TreeMove {
  const row = rows[index];
  if (row === undefined) return null;
  const go = (to: number): TreeMove => (rows[to] === undefined ? null : { kind: 'go', id: rows[to].id });
  switch (key) {
    case 'ArrowDown':
      return go(index + 1);
    case 'ArrowUp':
      return go(index - 1);
    case 'Home':
      return go(0);
    case 'End':
      return go(rows.length - 1);
    case 'ArrowRight':
      if (row.open === false) return { kind: 'open', id: row.id };
      return rows[index + 1]?.parentId === row.id ? go(index + 1) : null;
    case 'ArrowLeft':
      if (row.open === true) return { kind: 'close', id: row.id };
      return row.parentId === null ? null : { kind: 'go', id: row.parentId };
    default:
      return null;
  }
}
