import { AppError } from '#shared/base/errors.ts';
import type { Node, Version } from '#shared/model/drive.ts';
import type { Database } from '../context.ts';
import { spacePermission } from '../content/access.ts';
import { listBatches } from '../content/batches.ts';
import { readContent, shownContent, toNode, type NodeRow, type SpaceRow } from './nodes.ts';

/** The most entries of a trash that are listed, the newest first. */
const mostTrashed = 1_000;

/** Who asks. */
export interface Reader {
  readonly tenantId: string;
  readonly memberId: string;
}

/** A space that the reader may see. Throws `not_found` for every other. */
export async function readableSpace(database: Database, { tenantId, memberId }: Reader, spaceId: string): Promise<SpaceRow> {
  const permission = await spacePermission(database, tenantId, memberId, spaceId);
  const space = await database
    .selectFrom('spaces')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('id', '=', spaceId)
    .executeTakeFirst();
  if (space === undefined || permission === 'none') throw new AppError('not_found', 'No such space');
  return space;
}

async function readableNode(database: Database, reader: Reader, nodeId: string): Promise<NodeRow> {
  const node = await database
    .selectFrom('nodes')
    .selectAll()
    .where('tenant_id', '=', reader.tenantId)
    .where('id', '=', nodeId)
    .executeTakeFirst();
  if (node === undefined || (await spacePermission(database, reader.tenantId, reader.memberId, node.space_id)) === 'none') {
    throw new AppError('not_found', 'No such file or folder');
  }
  return node;
}

/** A live folder with what lies in it, and the way to it from the space's root, both ends included. */
export async function childrenOf(
  database: Database,
  reader: Reader,
  folderId: string,
): Promise<{ folder: Node; path: { id: string; name: string }[]; nodes: Node[] }> {
  const folder = await readableNode(database, reader, folderId);
  if (folder.kind !== 'folder' || folder.trashed_at !== null) throw new AppError('not_found', 'No such folder');
  const children = await database
    .selectFrom('nodes')
    .selectAll()
    .where('tenant_id', '=', reader.tenantId)
    .where('parent_id', '=', folderId)
    .where('trashed_at', 'is', null)
    .orderBy('kind', 'desc')
    .orderBy('folded_name')
    .execute();
  const ancestors = await ancestorsOf(database, reader.tenantId, [folder]);
  const path = wayTo(folder, ancestors).map(({ id, name }) => ({ id, name }));
  return { folder: toNode(folder), path, nodes: children.map(toNode) };
}

/** Every content of a file, the current one first. */
export async function versionsOf(database: Database, reader: Reader, nodeId: string): Promise<Version[]> {
  const node = await readableNode(database, reader, nodeId);
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

/** What was deleted from a space, each with everything that went along as one entry, and where it was. The newest first. */
export async function trashOf(
  database: Database,
  space: SpaceRow,
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
    .limit(mostTrashed)
    .execute();
  const ancestors = await ancestorsOf(database, space.tenant_id, rows);
  return rows.map((row) => ({
    node: toNode(row),
    trashedAt: row.trashed_at!,
    trashedBy: row.trashed_by!,
    path: wayTo(row, ancestors)
      .slice(1, -1)
      .map(({ name }) => name)
      .join('/'),
  }));
}

type Step = Pick<NodeRow, 'id' | 'name' | 'parent_id'>;

/** All ancestors of some nodes, read level by level. */
export async function ancestorsOf(database: Database, tenantId: string, rows: readonly Step[]): Promise<Map<string, Step>> {
  const known = new Map<string, Step>(rows.map((row) => [row.id, row]));
  for (let level: readonly Step[] = rows; level.length > 0;) {
    const wanted = [...new Set(level.flatMap(({ parent_id: id }) => (id === null || known.has(id) ? [] : [id])))];
    const found: Step[] = [];
    for (const ids of listBatches(wanted)) {
      const query = database.selectFrom('nodes').select(['id', 'name', 'parent_id']);
      found.push(...(await query.where('tenant_id', '=', tenantId).where('id', 'in', ids).execute()));
    }
    for (const row of found) known.set(row.id, row);
    level = found;
  }
  return known;
}

/** From the root down to the node itself. */
export function wayTo(node: Step, known: ReadonlyMap<string, Step>): Step[] {
  const way: Step[] = [];
  for (let at: Step | undefined = node; at !== undefined; at = known.get(at.parent_id ?? '')) way.push(at);
  return way.toReversed();
}
