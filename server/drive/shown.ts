import type { Node } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { accessOf, type NodeAccess } from '../content/node-access.ts';
import { restrictedAmong } from '../content/scopes.ts';
import { everybody, type Reader } from '../content/space-access.ts';
import { toNode, type NodeRow, type ShownRow } from './nodes.ts';

/** A node as somebody who may see it knows it (DRV-07): within their view, with what they may do where that is not what they may do in all of it. */
export function asSeen(row: ShownRow, { permission, viewId, viewPermission }: NodeAccess, isRestricted: boolean): Node {
  const node = toNode(row);
  return {
    ...node,
    spaceId: viewId,
    parentId: row.id === viewId ? null : node.parentId,
    ...(permission === viewPermission ? {} : { permission }),
    ...(isRestricted ? { restricted: true } : {}),
  };
}

/** What one reader may do with some nodes, and which of those say by themselves who may do what. */
export interface Seen {
  readonly access: ReadonlyMap<string, NodeAccess>;
  readonly restricted: ReadonlySet<string>;
}

/** Reads it in few statements, however many the nodes are; those that the reader may not see have no access. */
export async function seenAmong(database: Database, reader: Reader, rows: readonly ShownRow[]): Promise<Seen> {
  const access = await accessOf(database, reader, rows);
  const folders = rows.flatMap((row) => (row.kind === 'folder' && access.get(row.id)?.hasRules === true ? [row.id] : []));
  return { access, restricted: await restrictedAmong(database, reader.tenantId, folders) };
}

/** Rows as nodes, for one reader, in few statements however many: those that they may see, by id. */
export async function shownNodes(database: Database, reader: Reader, rows: readonly NodeRow[]): Promise<Map<string, Node>> {
  const { access, restricted } = await seenAmong(database, reader, rows);
  const shown = new Map<string, Node>();
  for (const row of rows) {
    const found = access.get(row.id);
    if (found !== undefined) shown.set(row.id, asSeen(row, found, restricted.has(row.id)));
  }
  return shown;
}

/** What is told of a node to somebody who could see it and cannot any more: that it is gone. */
export const gone = ({ id, kind, sequence }: NodeRow, viewId: string): Node => ({
  id,
  spaceId: viewId,
  parentId: null,
  name: '',
  kind: kind as Node['kind'],
  revision: 0,
  version: 0,
  content: null,
  updatedAt: 0,
  updatedBy: everybody,
  trashed: true,
  sequence,
});
