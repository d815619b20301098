import type { Database } from '../context.ts';
import { ancestry, wayUp } from './ancestry.ts';
import { listBatches } from './batches.ts';
import { nodeAccess, type Placed } from './node-access.ts';
import { everybody, spacesOf, type Reader } from './space-access.ts';

/*
 * A chunk is reached through scopes (`chunk_scopes.scope_id`): a room, what a member sent, or a part of the Drive. A folder that says by itself who
 * may do what is a scope of its own; everything else belongs to the scope of its space. A node that is closed off or moved elsewhere is added to
 * its new scope at once; what is left of it in the former one has become stale, and goes when collection compares with `scopeOfNodes`.
 */

/** Of these folders, those that say by themselves who may do what. */
export async function restrictedAmong(database: Database, tenantId: string, folderIds: Iterable<string>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const ids of listBatches([...new Set(folderIds)])) {
    const query = database.selectFrom('folder_members').select('folder_id').distinct();
    const rows = await query.where('tenant_id', '=', tenantId).where('folder_id', 'in', ids).execute();
    for (const row of rows) found.add(row.folder_id);
  }
  return found;
}

/** All folders of some spaces that say by themselves who may do what. */
export async function restrictedIn(database: Database, tenantId: string, spaceIds: Iterable<string>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const ids of listBatches([...spaceIds])) {
    const query = database.selectFrom('folder_members').select('folder_id').distinct();
    const rows = await query.where('tenant_id', '=', tenantId).where('space_id', 'in', ids).execute();
    for (const row of rows) found.add(row.folder_id);
  }
  return found;
}

/** The scope that the content of each node belongs to: the nearest folder on its way up that says who may do what, else its space. */
export async function scopeOfNodes(database: Database, tenantId: string, nodes: readonly Placed[]): Promise<Map<string, string>> {
  const scopes = new Map<string, string>();
  const ruled = new Set<string>();
  for (const ids of listBatches([...new Set(nodes.map((node) => node.space_id))])) {
    const query = database.selectFrom('spaces').select('id').where('tenant_id', '=', tenantId).where('id', 'in', ids);
    for (const { id } of await query.where('folder_rules', '>', 0).execute()) ruled.add(id);
  }
  const inRuled = nodes.filter((node) => ruled.has(node.space_id));
  const restricted = await restrictedIn(database, tenantId, ruled);
  const parents = inRuled.flatMap(({ parent_id: parentId }) => (parentId === null ? [] : [parentId]));
  const known = await ancestry(database, tenantId, parents);
  for (const node of nodes) {
    const way = ruled.has(node.space_id) ? [node, ...wayUp(node.parent_id ?? '', known)] : [];
    scopes.set(node.id, way.find(({ id }) => restricted.has(id))?.id ?? node.space_id);
  }
  return scopes;
}

/** The my drives, whosever they are, of which a folder is shared with a member (DRV-01). */
export async function spacesSharing(database: Database, reader: Reader): Promise<string[]> {
  const rows = await database
    .selectFrom('folder_members')
    .innerJoin('spaces', (join) =>
      join.onRef('spaces.tenant_id', '=', 'folder_members.tenant_id').onRef('spaces.id', '=', 'folder_members.space_id'),
    )
    .select('spaces.id')
    .distinct()
    .where('folder_members.tenant_id', '=', reader.tenantId)
    .where('folder_members.member_id', 'in', [reader.memberId, everybody])
    .where('folder_members.permission', '!=', 'none')
    .where('spaces.kind', '=', 'my')
    .execute();
  return rows.map(({ id }) => id);
}

/** The parts of the Drive that a member may read: spaces, and folders that say by themselves who may. */
export async function readableScopes(database: Database, reader: Reader): Promise<string[]> {
  const spaces = await spacesOf(database, reader);
  const ruled = new Set([
    ...(await spacesSharing(database, reader)),
    ...[...spaces.values()].flatMap(({ hasRules, spaceId }) => (hasRules ? [spaceId] : [])),
  ]);
  const folders =
    ruled.size === 0
      ? new Map<string, unknown>()
      : await nodeAccess(database, reader, await restrictedIn(database, reader.tenantId, ruled));
  return [...spaces.keys(), ...folders.keys()];
}
