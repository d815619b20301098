import { AppError } from '#shared/base/errors.ts';
import type { Node, Version } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { absentSpace } from '../content/my-drive.ts';
import { accessOf, type NodeAccess } from '../content/node-access.ts';
import type { Reader } from '../content/space-access.ts';
import { ancestry, wayUp, type Step } from '../content/ancestry.ts';
import { readContent, shownContent, type NodeRow } from './nodes.ts';
import { shownNodes } from './shown.ts';
import type { View } from './view.ts';

/** The most entries of a trash that are listed, the newest first. */
const mostTrashed = 1_000;

/** A node that the reader may see, with the view that it belongs to. Throws `not_found` for every other. */
export async function readableNode(database: Database, reader: Reader, nodeId: string): Promise<{ row: NodeRow; access: NodeAccess }> {
  const query = database.selectFrom('nodes').selectAll().where('tenant_id', '=', reader.tenantId).where('id', '=', nodeId);
  const row = await query.executeTakeFirst();
  const access = row === undefined ? undefined : (await accessOf(database, reader, [row])).get(row.id);
  if (row === undefined || access === undefined) throw await absentSpace(database, reader, row?.space_id ?? '', 'No such file or folder');
  return { row, access };
}

/** Every content of a file, the current one first. */
export async function versionsOf(database: Database, reader: Reader, nodeId: string): Promise<Version[]> {
  const { row: node } = await readableNode(database, reader, nodeId);
  if (node.content === null) throw new AppError('not_found', 'Folders have no versions');
  const rows = await database
    .selectFrom('versions')
    .select(['version', 'content'])
    .where('tenant_id', '=', reader.tenantId)
    .where('node_id', '=', nodeId)
    .orderBy('version', 'desc')
    .execute();
  return [{ version: node.version, content: node.content }, ...rows].map(({ version, content }) => {
    const written = readContent(content);
    return { version, content: shownContent(written), createdAt: written.writtenAt, createdBy: written.writtenBy };
  });
}

/**
 * What was deleted from a space, each with everything that went along as one entry, and where it was. The newest first. In a folder that was shared
 * with the reader, only what they may edit.
 */
export async function trashOf(
  database: Database,
  reader: Reader,
  { space, id: viewId, permission: viewPermission }: View,
): Promise<{ node: Node; trashedAt: number; trashedBy: string; path: string }[]> {
  const rows = await database
    .selectFrom('nodes')
    .selectAll()
    .where('tenant_id', '=', space.tenant_id)
    .where('space_id', '=', space.id)
    .where('trashed_at', 'is not', null)
    .whereRef('trash_root_id', '=', 'id')
    .orderBy('trashed_at', 'desc')
    .orderBy('sequence', 'desc')
    // What the reader may not see is left out below.
    .limit(space.folder_rules === 0 ? mostTrashed : mostTrashed * 10)
    .execute();
  const shown = await shownNodes(database, reader, rows);
  const isTheirs = (node: Node | undefined): node is Node =>
    node?.spaceId === viewId && (viewId === space.id || (node.permission ?? viewPermission) === 'edit');
  const listed = rows.filter((row) => isTheirs(shown.get(row.id))).slice(0, mostTrashed);
  const known = await ancestry(
    database,
    space.tenant_id,
    listed.map(({ id }) => id),
  );
  return listed.map((row) => ({
    node: shown.get(row.id)!,
    trashedAt: row.trashed_at!,
    trashedBy: row.trashed_by!,
    path: wayWithin(viewId, row.id, known)
      .slice(1, -1)
      .map(({ name }) => name)
      .join('/'),
  }));
}

/** The way to a node as a reader sees it, both ends included: from the folder that was shared with them on, or from the space's root. */
export function wayWithin(viewId: string, nodeId: string, known: ReadonlyMap<string, Step>): readonly Step[] {
  const way = wayUp(nodeId, known).toReversed();
  const start = way.findIndex(({ id }) => id === viewId);
  return way.slice(Math.max(start, 0));
}
