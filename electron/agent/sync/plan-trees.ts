import type { Near, NodeMap, RemoteNode, Siblings, Trees } from '#shared/sync/tree.ts';
import type { NodeRows } from './node-codec.ts';
import type { NodeTable, RowTypes, TreeName } from './node-table.ts';
import type { StoredTree } from './stored-tree.ts';

/** What a plan is made from. */
interface PlanSource {
  readonly nodes: NodeTable;
  readonly remote: StoredTree<'remote'>;
  readonly local: StoredTree<'local'>;
  readonly synced: StoredTree<'synced'>;
}

/**
 * The three trees for one plan: what the trees do not agree on (and what lies in folders of which that is true) is read at once and kept while
 * the plan is made; everything else is read when the plan asks for it. Valid until the store changes.
 */
export function planTrees(store: PlanSource, rootId: string): Trees {
  const rows = new Map<string, Readonly<NodeRows>>();
  for (const { id, rows: known } of store.nodes.open()) rows.set(id, known);
  const view = <T extends TreeName>(tree: StoredTree<T>, name: T): NodeMap<RowTypes[T]> & Siblings<RowTypes[T]> => {
    const get = (id: string): RowTypes[T] | undefined => {
      const known = rows.get(id);
      return known === undefined ? tree.get(id) : (known[name] as RowTypes[T] | undefined);
    };
    return {
      get,
      has: (id) => get(id) !== undefined,
      keys: () => tree.keys(),
      values: () => tree.values(),
      get size() {
        return tree.size;
      },
      children: (parentId) => tree.children(parentId),
      occupant: (parentId, wanted) => tree.occupants(parentId, wanted).at(-1),
    };
  };
  const [remote, local, synced] = [view(store.remote, 'remote'), view(store.local, 'local'), view(store.synced, 'synced')];
  const isLive = liveness(rootId, remote);
  addBelow(store, rows, isLive);
  const hidden = hiddenAway(rows, isLive);
  store.nodes.quieten(hidden);
  for (const id of hidden) rows.delete(id);
  // What had nothing to say while it lay in the trash, or outside of the pair, is in sight again, and stays so.
  for (const { remote: row, local: here, synced: agreed } of rows.values())
    if (row !== undefined && here === undefined && agreed === undefined) store.nodes.wake(row.id);
  const near: Near = { open: [...rows.keys()], local, remote };
  return { rootId, remote, local, synced, near };
}

/** Whether neither a node nor a folder above it is in the trash of the server. */
function liveness(rootId: string, remote: NodeMap<RemoteNode>): (id: string) => boolean {
  const live = new Map<string, boolean>([[rootId, true]]);
  const isLive = (id: string): boolean => {
    const known = live.get(id);
    if (known !== undefined) return known;
    live.set(id, false);
    const node = remote.get(id);
    const is = node !== undefined && !node.trashed && node.parentId !== null && isLive(node.parentId);
    live.set(id, is);
    return is;
  };
  return isLive;
}

const manyFolders = 100;

/** Adds what agrees by itself but lies in a folder that came, went, or is in the trash. */
function addBelow({ nodes }: PlanSource, rows: Map<string, Readonly<NodeRows>>, isLive: (id: string) => boolean): void {
  const folders: string[] = [];
  for (const [id, { remote, local, synced }] of rows) {
    const isSteady = remote !== undefined && local !== undefined && synced !== undefined && isLive(id);
    if ((remote ?? local ?? synced)?.kind === 'folder' && !isSteady) folders.push(id);
  }
  // The first listing of a drive: everything is open.
  if (folders.length > manyFolders && !nodes.hasClosed()) return;
  for (let id = folders.pop(); id !== undefined; id = folders.pop()) {
    for (const child of nodes.closedChildren(id)) {
      if (rows.has(child.id)) continue;
      rows.set(child.id, child.rows);
      if (child.rows.remote?.kind === 'folder') folders.push(child.id);
    }
  }
}

/** What is on the server alone, within something that is in the trash there: it says nothing until that comes back. */
function hiddenAway(rows: ReadonlyMap<string, Readonly<NodeRows>>, isLive: (id: string) => boolean): string[] {
  return [...rows].flatMap(([id, { remote, local, synced }]) =>
    remote !== undefined && !remote.trashed && local === undefined && synced === undefined && !isLive(id) ? [id] : [],
  );
}
